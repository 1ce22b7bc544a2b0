// SPDX-License-Identifier: Apache-2.0

import Collateral
import Quote

/// Signatures of collateral, each verified once for all quotes that come later.
///
/// A rule asks whether something is signed; what is not known here is verified then and there, with the same answer.
struct VerifiedSignatures: Sendable {
    private struct Entry: Sendable {
        let message: [UInt8]
        let key: [UInt8]
        let isValid: Bool
    }
    private var entries: [Entry] = []

    private func known(_ message: [UInt8], _ key: [UInt8]) -> Bool? {
        entries.first { $0.message == message && $0.key == key }?.isValid
    }

    private mutating func remember(_ message: [UInt8], _ key: [UInt8], _ verify: () -> Bool) {
        guard known(message, key) == nil else { return }
        entries.append(Entry(message: message, key: key, isValid: verify()))
    }

    /// Verifies what can be verified without a quote.
    init(_ collateral: Collateral) {
        let chains = [
            collateral.pckCRLIssuerChain, collateral.tcbInfoIssuerChain, collateral.qeIdentityIssuerChain,
        ]
        for chain in chains {
            guard let first = chain.first, let root = chain.last, chain.count == 2 else { continue }
            for certificate in [root, first] {
                remember(certificate.bytes, root.uncompressedKey) { certificate.isSigned(by: root) }
            }
            remember(collateral.rootCACRL.bytes, root.uncompressedKey) {
                collateral.rootCACRL.isSigned(by: root)
            }
        }
        if let issuer = collateral.pckCRLIssuerChain.first {
            remember(collateral.pckCRL.bytes, issuer.uncompressedKey) {
                collateral.pckCRL.isSigned(by: issuer)
            }
        }
        if let signer = collateral.tcbInfoIssuerChain.first {
            let document = collateral.tcbInfo
            remember(document.text + document.signature.bytes, signer.uncompressedKey) {
                document.isSigned(by: signer.publicKey)
            }
        }
        if let signer = collateral.qeIdentityIssuerChain.first {
            let document = collateral.qeIdentity
            remember(document.text + document.signature.bytes, signer.uncompressedKey) {
                document.isSigned(by: signer.publicKey)
            }
        }
    }

    func isSigned(_ certificate: AttestationCertificate, by issuer: AttestationCertificate) -> Bool {
        known(certificate.bytes, issuer.uncompressedKey) ?? certificate.isSigned(by: issuer)
    }

    func isSigned(_ list: CertificateRevocationList, by issuer: AttestationCertificate) -> Bool {
        known(list.bytes, issuer.uncompressedKey) ?? list.isSigned(by: issuer)
    }

    func isSigned<Content>(_ document: SignedDocument<Content>, by signer: AttestationCertificate) -> Bool {
        known(document.text + document.signature.bytes, signer.uncompressedKey)
            ?? document.isSigned(by: signer.publicKey)
    }
}

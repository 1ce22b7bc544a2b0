// SPDX-License-Identifier: Apache-2.0

import Collateral
import Quote

/// Collateral, and all that can be said of it before a quote and a time are known.
///
/// Each signature is verified once for all quotes that come later. A rule asks whether something is signed; what is not
/// known here is verified then and there, with the same answer.
struct PreparedCollateral: Sendable {
    let collateral: Collateral
    /// The TCB levels from the highest to the lowest.
    let levels: [TCBLevel]
    let tcbInfoChain: Result<SigningChain, Refusal>
    let qeIdentityChain: Result<SigningChain, Refusal>
    private var signatures: [KnownSignature] = []
    private let chains = RecentChains()

    private struct KnownSignature: Sendable {
        let message: [UInt8]
        /// Empty where the message has its signature within.
        let signature: [UInt8]
        let key: [UInt8]
        let isValid: Bool
    }

    init(_ collateral: Collateral, trusting trusted: TrustedRoot) {
        self.collateral = collateral
        levels = collateral.tcbInfo.content.levels.sorted { $0.isHigher(than: $1) }
        tcbInfoChain = SigningChain.chain(collateral.tcbInfoIssuerChain, of: "TCB Info")
        qeIdentityChain = SigningChain.chain(collateral.qeIdentityIssuerChain, of: "QE identity")

        if let root = trusted.selfSigned { remember(root, signedBy: root, isValid: true) }
        for chain in [
            collateral.pckCRLIssuerChain, collateral.tcbInfoIssuerChain, collateral.qeIdentityIssuerChain,
        ] {
            guard let first = chain.first, let root = chain.last, chain.count == 2 else { continue }
            for certificate in [root, first] { remember(certificate, signedBy: root) }
            remember(collateral.rootCACRL, signedBy: root)
        }
        if let issuer = collateral.pckCRLIssuerChain.first { remember(collateral.pckCRL, signedBy: issuer) }
        if case .success(let chain) = tcbInfoChain { remember(collateral.tcbInfo, signedBy: chain.signer) }
        if case .success(let chain) = qeIdentityChain {
            remember(collateral.qeIdentity, signedBy: chain.signer)
        }
    }

    private func known(_ signed: some Signed, by signer: AttestationCertificate) -> Bool? {
        let (message, signature) = signed.signedContent
        return signatures.first {
            $0.message == message && $0.signature == signature && $0.key == signer.uncompressedKey
        }?.isValid
    }

    private mutating func remember(
        _ signed: some Signed, signedBy signer: AttestationCertificate, isValid: Bool? = nil
    ) {
        guard known(signed, by: signer) == nil else { return }
        let (message, signature) = signed.signedContent
        signatures.append(
            KnownSignature(
                message: message, signature: signature, key: signer.uncompressedKey,
                isValid: isValid ?? signed.isSigned(by: signer)))
    }

    /// The PCK chain of a quote. One that came before is not read again, and the signature on its leaf is known.
    func chain(of quote: Quote) throws(Refusal) -> PCKChain {
        guard case .pckChain(let text) = quote.signature.certification.certification else {
            return try PCKChain(of: quote, collateral: collateral)
        }
        if let chain = chains[text] { return chain }
        var chain = try PCKChain(of: quote, collateral: collateral)
        chain.isLeafSigned = chain.leaf.isSigned(by: chain.intermediate)
        chains[text] = chain
        return chain
    }

    func isSigned(_ signed: some Signed, by signer: AttestationCertificate) -> Bool {
        known(signed, by: signer) ?? signed.isSigned(by: signer)
    }
}

/// What an authority signs.
protocol Signed {
    /// All that decides whether a signature is valid, besides the key. What has its signature within has no other.
    var signedContent: (message: [UInt8], signature: [UInt8]) { get }
    func isSigned(by signer: AttestationCertificate) -> Bool
}

extension AttestationCertificate: Signed {
    var signedContent: (message: [UInt8], signature: [UInt8]) { (bytes, []) }
}

extension CertificateRevocationList: Signed {
    var signedContent: (message: [UInt8], signature: [UInt8]) { (bytes, []) }
}

extension SignedDocument: Signed {
    var signedContent: (message: [UInt8], signature: [UInt8]) { (text, signature.bytes) }
    func isSigned(by signer: AttestationCertificate) -> Bool { isSigned(by: signer.publicKey) }
}

// SPDX-License-Identifier: Apache-2.0

import Collateral
import Crypto
import Quote
import QuoteVerification
import Quoting

extension TestVector {
    static let revocations: [TestVector] =
        [
            refused(.revocation, "revoked-pck", .pckRevoked) { $0.revoked = [.pck] },
            refused(.revocation, "revoked-platform-ca", .intermediateRevoked) { $0.revoked = [.platformCA] },
            refused(.revocation, "revoked-tcb-signing", .signingCertificateRevoked) {
                $0.revoked = [.tcbSigning]
            },
            accepted(.revocation, "revoked-others") { $0.revokesOthers = true },
        ].flatMap { $0 }

    /// The last second of each period and the one after it, the first and the one before it.
    static let dates: [TestVector] = {
        var vectors: [TestVector] = []
        func add(
            _ name: String, _ code: VerificationCode, isBeginIgnored: Bool,
            set: (inout Forgery, ClosedRange<Int64>) -> Void
        ) {
            for (edge, period, isValid) in [
                ("last-second", -864_000...0, true), ("over", -864_000 ... -1, false),
                ("first-second", 0...864_000, true), ("not-yet", 1...864_000, false),
            ] as [(String, ClosedRange<Int64>, Bool)] {
                for var vector in TestVector.vectors(
                    .date, "date-\(name)-\(edge)", isValid ? verdict(.upToDate) : .refused(code),
                    { set(&$0, period) })
                {
                    vector.isAcceptedByVendor = isBeginIgnored && edge == "not-yet"
                    vectors.append(vector)
                }
            }
        }
        add("root-crl", .crlExpired, isBeginIgnored: false) { $0.rootCRLPeriod = $1 }
        add("pck-crl", .crlExpired, isBeginIgnored: false) { $0.pckCRLPeriod = $1 }
        add("pck", .pckChainExpired, isBeginIgnored: true) { $0.periods[.pck] = $1 }
        add("platform-ca", .pckChainExpired, isBeginIgnored: true) { $0.periods[.platformCA] = $1 }
        add("root", .pckChainExpired, isBeginIgnored: true) { $0.periods[.root] = $1 }
        add("tcb-signing", .signingChainExpired, isBeginIgnored: true) { $0.periods[.tcbSigning] = $1 }
        add("tcb-info", .tcbInfoExpired, isBeginIgnored: true) {
            $0.info.issueDate = Forgery.time.advanced(by: $1.lowerBound)
            $0.info.nextUpdate = Forgery.time.advanced(by: $1.upperBound)
        }
        add("qe-identity", .enclaveIdentityExpired, isBeginIgnored: true) {
            $0.identity.issueDate = Forgery.time.advanced(by: $1.lowerBound)
            $0.identity.nextUpdate = Forgery.time.advanced(by: $1.upperBound)
        }
        return vectors
    }()

    static let chains: [TestVector] =
        [
            refused(.chain, "chain-of-another-root", .pckChainUntrusted) {
                $0.keys.root = $0.strangers.root
                $0.signsRootCRL = $0.strangers.root
            },
            refused(.chain, "chain-platform-ca-of-another", .pckChainUntrusted) {
                $0.signedByAnother = [.platformCA]
            },
            refused(.chain, "chain-pck-of-another", .pckChainUntrusted) { $0.signedByAnother = [.pck] },
            refused(.chain, "chain-tcb-signing-of-another", .signingChainUntrusted) {
                $0.signedByAnother = [.tcbSigning]
            },
            refused(.chain, "chain-signers-of-another-root", .signingChainUntrusted) {
                $0.signedUnderAnotherRoot = [.tcbInfo, .qeIdentity]
            },
            refused(.chain, "chain-tcb-info-under-another-root", .signingChainUntrusted) {
                $0.signedUnderAnotherRoot = [.tcbInfo]
            },
            refused(.chain, "chain-qe-identity-under-another-root", .signingChainUntrusted) {
                $0.signedUnderAnotherRoot = [.qeIdentity]
            },
            // Certificates are known by what they are, and there are three.
            accepted(.chain, "chain-reversed") { $0.pckChain = { $0.reversed() } },
            refused(.chain, "chain-without-root", .unsupportedCertificateFormat) {
                $0.pckChain = { $0.dropLast() }
            },
            refused(.chain, "chain-without-platform-ca", .unsupportedCertificateFormat) {
                $0.pckChain = { [$0[0], $0[2]] }
            },
            refused(.chain, "chain-of-four", .unsupportedCertificateFormat) {
                $0.pckChain = { $0 + $0.suffix(1) }
            },
            refused(.chain, "chain-of-none", .unsupportedCertificateFormat) { $0.pckChain = { _ in [] } },
            refused(.chain, "chain-tcb-info-without-root", .unsupportedCertificateFormat) {
                $0.issuerChains[.tcbInfo] = { $0.dropLast() }
            },
            refused(.chain, "chain-qe-identity-without-root", .unsupportedCertificateFormat) {
                $0.issuerChains[.qeIdentity] = { $0.dropLast() }
            },
            refused(.chain, "chain-tcb-info-of-three", .unsupportedCertificateFormat) {
                $0.issuerChains[.tcbInfo] = { $0 + $0.suffix(1) }
            },
            // The quote names the platform, and whoever has the chain hands it over with the collateral.
            accepted(.chain, "chain-beside-a-ppid") {
                $0.identify({ .ppid($0) }, ppidSize: 16)
                $0.hasChainInCollateral = true
            },
            accepted(.chain, "chain-beside-a-ppid-rsa-2048") {
                $0.identify({ .ppidRSA2048($0) }, ppidSize: 256)
                $0.hasChainInCollateral = true
            },
            accepted(.chain, "chain-beside-a-ppid-rsa-3072") {
                $0.identify({ .ppidRSA3072($0) }, ppidSize: 384)
                $0.hasChainInCollateral = true
            },
            refused(.chain, "chain-nowhere", .unsupportedCertificateFormat) {
                $0.identify({ .ppidRSA3072($0) }, ppidSize: 384)
            },
            refused(.chain, "chain-crl-of-another-ca", .crlInvalid) { $0.hasCRLOfAnotherCA = true },
        ].flatMap { $0 }

    static let signatures: [TestVector] =
        [
            refused(.signature, "signature-of-quote", .invalidQuoteSignature) {
                $0.signsQuote = $0.strangers.attestation
            },
            refused(.signature, "signature-of-qe-report", .invalidQEReportSignature) {
                $0.signsQEReport = $0.strangers.pck
            },
            refused(.signature, "signature-of-tcb-info", .tcbInfoInvalidSignature) {
                $0.signsInfo = $0.strangers.tcbSigning
            },
            refused(.signature, "signature-of-qe-identity", .enclaveIdentityInvalidSignature) {
                $0.signsIdentity = $0.strangers.tcbSigning
            },
            refused(.signature, "signature-of-root-crl", .crlInvalid) { $0.signsRootCRL = $0.strangers.root },
            refused(.signature, "signature-of-pck-crl", .crlInvalid) {
                $0.signsPCKCRL = $0.strangers.platformCA
            },
            refused(.signature, "signature-of-zeros", .invalidQuoteSignature) { $0.quoteSignature = .zero },
            refused(.signature, "signature-of-ones", .invalidQuoteSignature) {
                $0.quoteSignature = RawSignature([UInt8](repeating: 0xFF, count: 64))
            },
            // The key of somebody else, whom the quoting enclave does not name.
            refused(.signature, "attestation-key-of-another", .invalidQEReportData) {
                $0.attestationKey = RawPublicKey($0.strangers.attestation.publicKey.rawRepresentation)
                $0.signsQuote = $0.strangers.attestation
                let key = $0.keys.attestation.publicKey.rawRepresentation
                $0.qeReportData = Forgery.reportData(onKey: RawPublicKey(key))
            },
            refused(.signature, "changed-user-data", .invalidQuoteSignature) {
                $0.edit = { bytes, _ in bytes[28] ^= 1 }
            },
            refused(.signature, "changed-mrtd", .invalidQuoteSignature) {
                $0.edit = { $0[$1.body + 136] ^= 1 }
            },
            refused(.signature, "changed-reportdata", .invalidQuoteSignature) {
                $0.edit = { $0[$1.body + 583] ^= 1 }
            },
            refused(.signature, "changed-tee-tcb-svn-2", in: formsWithCurrent, .invalidQuoteSignature) {
                $0.edit = { $0[$1.body + 599] ^= 1 }
            },
            refused(.signature, "changed-mrservicetd", in: formsWithCurrent, .invalidQuoteSignature) {
                $0.edit = { $0[$1.body + 647] ^= 1 }
            },
            refused(.signature, "changed-td-id", in: [.v5TD15Ex], .invalidQuoteSignature) {
                $0.edit = { $0[$1.body + 649] ^= 1 }
            },
            refused(.signature, "changed-quote-signature", .invalidQuoteSignature) {
                $0.edit = { $0[$1.quoteSignature + 63] ^= 1 }
            },
            refused(.signature, "changed-qe-report", .invalidQEReportSignature) {
                $0.edit = { $0[$1.qeReport + 64] ^= 1 }
            },
            refused(.signature, "changed-qe-report-signature", .invalidQEReportSignature) {
                $0.edit = { $0[$1.qeSignature + 63] ^= 1 }
            },
            refused(.signature, "changed-authentication-data", .invalidQEReportData) {
                $0.edit = { $0[$1.authenticationData] ^= 1 }
            },
        ].flatMap { $0 }
}

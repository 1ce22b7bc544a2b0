// SPDX-License-Identifier: Apache-2.0

import Collateral

extension Rule {
    /// Every certificate of the chain and both revocation lists are valid at the given time.
    ///
    /// Deviation: the vendor's library looks at the beginning of a period only for CRLs. A certificate that is not valid
    /// yet means a wrong clock or an attack; here it is refused.
    static let pckChainDates = Rule("pck-chain-dates", .pckChain) { evidence, _ throws(Refusal) in
        for certificate in [evidence.chain.root, evidence.chain.intermediate, evidence.chain.leaf] {
            try evidence.requireValid(certificate, .pckChainExpired)
        }
        try evidence.requireValid(evidence.collateral.rootCACRL, "root CA CRL")
        try evidence.requireValid(evidence.collateral.pckCRL, "PCK CRL")
    }
}

extension Evidence {
    func requireValid(
        _ name: String, from first: Timestamp, to last: Timestamp, _ code: VerificationCode
    ) throws(Refusal) {
        guard time < first || time > last else { return }
        throw Refusal(
            code, found: "\(name), valid from \(first) to \(last)", required: "one that is valid at \(time)")
    }

    func requireValid(_ certificate: AttestationCertificate, _ code: VerificationCode) throws(Refusal) {
        try requireValid(
            "“\(certificate.commonName)”", from: certificate.notBefore, to: certificate.notAfter, code)
    }

    func requireValid(_ list: CertificateRevocationList, _ name: String) throws(Refusal) {
        try requireValid("a \(name)", from: list.thisUpdate, to: list.nextUpdate, .crlExpired)
    }
}

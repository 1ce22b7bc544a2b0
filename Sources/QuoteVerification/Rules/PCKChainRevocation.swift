// SPDX-License-Identifier: Apache-2.0

import Collateral

extension Rule {
    /// Neither the CA nor the PCK certificate is revoked.
    static let pckChainRevocation = Rule("pck-chain-revocation", .pckChain) { evidence, _ throws(Refusal) in
        try evidence.requireNotRevoked(
            evidence.chain.intermediate, by: evidence.collateral.rootCACRL, .intermediateRevoked)
        try evidence.requireNotRevoked(evidence.chain.leaf, by: evidence.collateral.pckCRL, .pckRevoked)
    }
}

extension Evidence {
    func requireNotRevoked(
        _ certificate: AttestationCertificate, by list: CertificateRevocationList, _ code: VerificationCode
    ) throws(Refusal) {
        guard let entry = list.entry(for: certificate) else { return }
        throw Refusal(
            code, found: "“\(certificate.commonName)”, revoked on \(entry.revocationDate)",
            required: "a certificate that is not revoked")
    }
}

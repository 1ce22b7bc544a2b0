// SPDX-License-Identifier: Apache-2.0

import Collateral

extension Rule {
    /// The revocation lists are those of the root and of the CA of this chain.
    static let pckChainCRLs = Rule("pck-chain-crls", .pckChain) { evidence, _ throws(Refusal) in
        try evidence.requireIssued(evidence.collateral.rootCACRL, "root CA CRL", by: evidence.chain.root)
        try evidence.requireIssued(evidence.collateral.pckCRL, "PCK CRL", by: evidence.chain.intermediate)
    }
}

extension Evidence {
    /// The list names the issuer and has its signature.
    func requireIssued(
        _ list: CertificateRevocationList, _ name: String, by issuer: AttestationCertificate
    ) throws(Refusal) {
        guard list.isIssued(by: issuer) else {
            throw Refusal(
                .crlInvalid, found: "a \(name) of “\(list.issuer.attestationCommonName)”",
                required: "one of “\(issuer.commonName)”")
        }
        guard prepared.isSigned(list, by: issuer) else {
            throw Refusal(
                .crlInvalid, found: "a signature on the \(name) that “\(issuer.commonName)” did not make",
                required: "the issuer's signature")
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Collateral

extension Rule {
    /// Root signs itself, root signs CA, CA signs PCK certificate; and root and CA may.
    static let pckChainSignatures = Rule("pck-chain-signatures", .pckChain) { evidence, _ throws(Refusal) in
        let chain = evidence.chain
        try evidence.requireIssued(chain.root, by: chain.root, below: 1, .pckChainUntrusted)
        try evidence.requireIssued(chain.intermediate, by: chain.root, below: 1, .pckChainUntrusted)
        try evidence.requireIssued(
            chain.leaf, by: chain.intermediate, below: 0, .pckChainUntrusted, isSigned: chain.isLeafSigned)
    }
}

extension Evidence {
    /// The certificate names the issuer, has its signature, and the issuer may have signed it.
    func requireIssued(
        _ certificate: AttestationCertificate, by issuer: AttestationCertificate, below: Int,
        _ code: VerificationCode, isSigned: Bool? = nil
    ) throws(Refusal) {
        guard certificate.names(issuer: issuer) else {
            throw Refusal(
                code, found: "“\(certificate.commonName)” issued by another than “\(issuer.commonName)”",
                required: "a chain in which each certificate issues the one before")
        }
        guard issuer.isAuthority(below: below) else {
            throw Refusal(
                code, found: "“\(issuer.commonName)” as an issuer, which its constraints do not allow",
                required: "a CA that may sign certificates and CRLs")
        }
        guard isSigned ?? prepared.isSigned(certificate, by: issuer) else {
            throw Refusal(
                code,
                found: "a signature on “\(certificate.commonName)” that “\(issuer.commonName)” did not make",
                required: "the issuer's signature")
        }
    }
}

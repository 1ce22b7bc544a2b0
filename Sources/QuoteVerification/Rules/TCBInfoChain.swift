// SPDX-License-Identifier: Apache-2.0

import Collateral

extension Rule {
    /// The issuer chain of the TCB Info is a TCB signing certificate and the root that issued it.
    static let tcbInfoChain = Rule("tcb-info-chain", .tcbInfo) { evidence, _ throws(Refusal) in
        try evidence.requireIssued(evidence.tcbInfoChain())
    }
}

extension Evidence {
    func tcbInfoChain() throws(Refusal) -> SigningChain { try prepared.tcbInfoChain.get() }

    /// The root signs itself and the signer, and may.
    func requireIssued(_ chain: SigningChain) throws(Refusal) {
        for certificate in [chain.root, chain.signer] {
            if let missing = certificate.missingExtension {
                throw Refusal(
                    .unsupportedCertificateFormat, found: "“\(certificate.commonName)” without \(missing)",
                    required: "every extension of the PKI")
            }
            try requireIssued(
                certificate, by: chain.root, below: certificate == chain.root ? 1 : 0, .signingChainUntrusted)
        }
    }
}

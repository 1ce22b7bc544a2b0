// SPDX-License-Identifier: Apache-2.0

import Collateral

extension Rule {
    /// The chain has a PCK certificate, its CA and a root, each with the extensions of this PKI.
    ///
    /// That there are three and which is which is decided before, in `PCKChain`; a chain that fails there fails this rule.
    static let pckChainFormat = Rule("pck-chain-format", .pckChain) { evidence, _ throws(Refusal) in
        for certificate in evidence.chain.certificates {
            if let missing = certificate.missingExtension {
                throw Refusal(
                    .unsupportedCertificateFormat, found: "“\(certificate.commonName)” without \(missing)",
                    required: "every extension of the PKI")
            }
        }
        guard evidence.chain.root.isNamed("SGX Root CA") else {
            throw Refusal(
                .unsupportedCertificateFormat, found: "a root called “\(evidence.chain.root.commonName)”",
                required: "an SGX Root CA")
        }
    }
}

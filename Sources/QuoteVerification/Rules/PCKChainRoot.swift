// SPDX-License-Identifier: Apache-2.0

import Collateral

extension Rule {
    /// The root of the PCK chain is the one that is trusted. Names prove nothing: the key is compared.
    static let pckChainRoot = Rule("pck-chain-root", .pckChain) { evidence, _ throws(Refusal) in
        try evidence.requireTrusted(evidence.chain.root, .pckChainUntrusted)
    }
}

extension Evidence {
    func requireTrusted(_ certificate: AttestationCertificate, _ code: VerificationCode) throws(Refusal) {
        guard root.matches(certificate) else {
            let (found, required) = certificate.untrustedDescription(instead: root)
            throw Refusal(code, found: found, required: required)
        }
    }
}

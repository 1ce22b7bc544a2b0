// SPDX-License-Identifier: Apache-2.0

import Collateral

extension Rule {
    /// The issuer chain of the QE identity is a TCB signing certificate and the root that issued it.
    static let qeIdentityChain = Rule("qe-identity-chain", .qeIdentity) { evidence, _ throws(Refusal) in
        try evidence.requireIssued(evidence.qeIdentityChain())
    }
}

extension Evidence {
    func qeIdentityChain() throws(Refusal) -> SigningChain { try prepared.qeIdentityChain.get() }
}

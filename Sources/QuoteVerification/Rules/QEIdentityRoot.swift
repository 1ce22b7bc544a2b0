// SPDX-License-Identifier: Apache-2.0

import Collateral

extension Rule {
    /// The root of the QE identity is the one that is trusted.
    static let qeIdentityRoot = Rule("qe-identity-root", .qeIdentity) { evidence, _ throws(Refusal) in
        try evidence.requireTrusted(evidence.qeIdentityChain().root, .signingChainUntrusted)
    }
}

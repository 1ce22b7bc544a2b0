// SPDX-License-Identifier: Apache-2.0

import Collateral

extension Rule {
    /// The signing certificate of the QE identity is not in the root's revocation list.
    static let qeIdentityRevocation = Rule("qe-identity-revocation", .qeIdentity) {
        evidence, _ throws(Refusal) in
        try evidence.requireNotRevoked(evidence.qeIdentityChain())
    }
}

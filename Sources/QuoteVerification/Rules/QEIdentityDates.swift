// SPDX-License-Identifier: Apache-2.0

import Collateral

extension Rule {
    /// The QE identity, its certificates and the root's revocation list are valid at the given time.
    static let qeIdentityDates = Rule("qe-identity-dates", .qeIdentity) { evidence, _ throws(Refusal) in
        try evidence.requireValid(
            evidence.qeIdentityChain(), of: evidence.collateral.qeIdentity, .enclaveIdentityExpired)
    }
}

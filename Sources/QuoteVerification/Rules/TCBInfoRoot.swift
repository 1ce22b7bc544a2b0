// SPDX-License-Identifier: Apache-2.0

import Collateral

extension Rule {
    /// The root of the TCB Info is the one that is trusted.
    static let tcbInfoRoot = Rule("tcb-info-root", .tcbInfo) { evidence, _ throws(Refusal) in
        try evidence.requireTrusted(evidence.tcbInfoChain().root, .signingChainUntrusted)
    }
}

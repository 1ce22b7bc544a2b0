// SPDX-License-Identifier: Apache-2.0

import Collateral

extension Rule {
    /// The TCB Info is one of TDX: one of SGX is as well signed, and knows nothing of TDX modules.
    static let tcbInfoKind = Rule("tcb-info-kind", .quote) { evidence, _ throws(Refusal) in
        let id = evidence.collateral.tcbInfo.content.id
        guard id == "TDX" else {
            throw Refusal(.tcbInfoMismatch, found: "a TCB Info of \(id)", required: "one of TDX")
        }
    }
}

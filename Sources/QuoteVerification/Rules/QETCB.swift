// SPDX-License-Identifier: Apache-2.0

import Collateral
import Quote

extension Rule {
    /// The quoting enclave reaches a level of its identity.
    static let qeTCB = Rule("qe-tcb", .quote) { evidence, findings throws(Refusal) in
        let levels = evidence.collateral.qeIdentity.content.levels
        guard let level = levels.level(reachedBy: evidence.qeReport.isvSVN) else {
            throw Refusal(
                .tcbNotSupported, found: "a QE of SVN \(evidence.qeReport.isvSVN), below every level",
                required: "SVN \(levels.map(\.isvSVN).min() ?? 0) or higher")
        }
        findings.qe = level
    }
}

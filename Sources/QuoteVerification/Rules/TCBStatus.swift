// SPDX-License-Identifier: Apache-2.0

import Collateral

extension Rule {
    /// The statuses of platform, TDX module and QE converge to one, which is not revocation.
    static let tcbStatus = Rule("tcb-status", .quote) { evidence, findings throws(Refusal) in
        guard let platform = findings.platform, let module = findings.module, let qe = findings.qe else {
            preconditionFailure("the rules before this one find the levels or end the part")
        }
        let result = TCBResult(
            launch: TCBEvaluation(platform: platform.launch, module: module.launch, qe: qe),
            current: TCBEvaluation(platform: platform.current, module: module.current, qe: qe),
            evaluationDataNumber: min(
                evidence.collateral.tcbInfo.content.tcbEvaluationDataNumber,
                evidence.collateral.qeIdentity.content.tcbEvaluationDataNumber))
        findings.tcb = result
        guard result.status != .revoked else {
            throw Refusal(
                .tcbRevoked, found: "a TCB that is revoked since \(result.tcbDate)",
                required: "one that is not")
        }
    }
}

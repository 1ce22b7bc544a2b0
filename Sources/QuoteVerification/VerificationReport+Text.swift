// SPDX-License-Identifier: Apache-2.0

public import Collateral
import Quote
import TDXABI

extension VerificationReport {
    /// The verdict and every rule, a line each, for a person.
    public var table: String { table(verdict: isAccepted ? "accepted" : "REFUSED") }

    /// The same under a verdict that takes more into account.
    public func table(verdict: String) -> String {
        var lines = rows(verdict).map { "\($0.0.padded(to: 22))\($0.1)" }
        lines.append("")
        for outcome in outcomes {
            let mark: String
            switch outcome.result {
            case .passed: mark = "holds"
            case .failed(let refusal): mark = "FAILS: \(refusal.code.rawValue). \(refusal)"
            case .notReached: mark = "not reached"
            }
            lines.append(
                "  \(outcome.rule.part.rawValue.padded(to: 13))\(outcome.rule.name.padded(to: 24))\(mark)")
        }
        for remark in remarks { lines.append("note: \(remark)") }
        return lines.joined(separator: "\n")
    }

    private func rows(_ verdict: String) -> [(String, String)] {
        var rows = [("verdict", verdict)]
        if let (rule, refusal) = refusal {
            rows.append(("rule", "\(rule.name) (\(refusal.code.rawValue))"))
            rows.append(("reason", refusal.description))
        }
        rows.append(("root", root.name))
        rows.append(("time", time.description))
        if let tcb {
            rows.append(("TCB status", tcb.status.rawValue))
            if tcb.current != tcb.launch { rows.append(("TCB status now", tcb.current.status.rawValue)) }
            rows.append(("TCB date", tcb.tcbDate.description))
            rows.append(
                ("advisories", tcb.advisoryIDs.isEmpty ? "none" : tcb.advisoryIDs.joined(separator: " ")))
            rows.append(("TCB evaluation", "\(tcb.evaluationDataNumber)"))
        }
        if let chain { rows.append(("platform", "FMSPC \(chain.sgx.fmspc), PPID \(chain.sgx.ppid)")) }
        rows.append(("MRTD", quote.body.report.mrTD.description))
        return rows
    }

    /// The same for a program.
    public var json: JSONValue {
        var members: [JSONValue.Member] = [.init("verdict", .string(isAccepted ? "accepted" : "refused"))]
        if let (rule, refusal) = refusal {
            members += [
                .init("rule", .string(rule.name)), .init("code", .string(refusal.code.rawValue)),
                .init("reason", .string(refusal.description)), .init("found", .string(refusal.found)),
                .init("required", .string(refusal.required)),
            ]
        }
        members += [
            .init("tcbStatus", tcb.map { .string($0.status.rawValue) } ?? .null),
            .init("tcbDate", tcb.map { .string($0.tcbDate.description) } ?? .null),
            .init("advisories", .strings(tcb?.advisoryIDs ?? [])),
            .init("root", .string(root.name)), .init("rootIsIntel", .boolean(root.isBuiltIn)),
            .init("time", .string(time.description)),
        ]
        if let tcb {
            members += [
                .init("tcbEvaluationDataNumber", .integer(Int64(tcb.evaluationDataNumber))),
                .init("launch", tcb.launch.json), .init("current", tcb.current.json),
            ]
        }
        if let chain { members.append(.init("platform", chain.sgx.json)) }
        members += [
            .init(
                "collateral",
                .object([
                    .init("earliestIssue", .string(collateralPeriod.earliestIssue.description)),
                    .init("latestIssue", .string(collateralPeriod.latestIssue.description)),
                    .init("earliestExpiration", .string(collateralPeriod.earliestExpiration.description)),
                ])),
            .init("quote", quote.json), .init("remarks", .strings(remarks)),
            .init("rules", .array(outcomes.map(\.json))),
        ]
        return .object(members)
    }
}

extension RuleOutcome {
    var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("rule", .string(rule.name)), .init("part", .string(rule.part.rawValue)),
        ]
        switch result {
        case .passed: members.append(.init("result", .string("holds")))
        case .notReached: members.append(.init("result", .string("not reached")))
        case .failed(let refusal):
            members += [
                .init("result", .string("fails")), .init("code", .string(refusal.code.rawValue)),
                .init("reason", .string(refusal.description)),
            ]
        }
        return .object(members)
    }
}

extension TCBEvaluation {
    var json: JSONValue {
        .object([
            .init("tcbStatus", .string(status.rawValue)), .init("tcbDate", .string(tcbDate.description)),
            .init("advisories", .strings(advisoryIDs)), .init("platform", .string(platform.status.rawValue)),
            .init("tdxModule", module.map { .string($0.status.rawValue) } ?? .null),
            .init("qe", .string(qe.status.rawValue)),
        ])
    }
}

extension SGXExtension {
    var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("fmspc", .string(fmspc.description)), .init("ppid", .string(ppid.description)),
            .init("pceID", .string(pceID.description)), .init("cpuSVN", .string(cpuSVN.description)),
            .init("pceSVN", .integer(Int64(pceSVN))), .init("sgxType", .string(sgxType.description)),
        ]
        if let platform {
            members += [
                .init("platformInstanceID", .string(platform.instanceID.description)),
                .init("dynamicPlatform", .boolean(platform.isDynamic)),
                .init("cachedKeys", .boolean(platform.hasCachedKeys)),
                .init("smtEnabled", .boolean(platform.hasSMT)),
            ]
        }
        return .object(members)
    }
}

extension JSONValue {
    static func strings(_ strings: [String]) -> JSONValue { .array(strings.map { .string($0) }) }
}

extension String {
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}

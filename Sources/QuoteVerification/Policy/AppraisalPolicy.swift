// SPDX-License-Identifier: Apache-2.0

public import Collateral
public import Quote
public import TDXABI

/// What a caller requires of a TD whose quote is genuine.
///
/// A reference value that is nil is not checked; it never means zero. What is checked without being asked is what
/// everybody should ask: no debugging, and a TCB that is up to date.
public struct AppraisalPolicy: Hashable, Sendable {
    // The TCB
    /// Statuses that will do. Revocation never does.
    public var acceptedStatuses: Set<TCBStatus> = [.upToDate]
    /// The same for the module that runs now; nil to look at the launch alone.
    public var acceptedCurrentStatuses: Set<TCBStatus>?
    /// Advisories that must not apply.
    public var rejectedAdvisories: Set<String> = []
    /// When not nil, the only advisories that may apply.
    public var acceptedAdvisories: Set<String>?
    public var minimumTCBDate: Timestamp?
    public var minimumTCBEvaluationDataNumber: UInt32?
    /// Compared component by component.
    public var minimumTEETCBSVN: SVNComponents?
    public var minimumQESVN: UInt16?

    // The TD
    /// Whether a TD that its host can debug will do.
    public var allowsDebug = false
    public var requiredAttributes: TDAttributes = []
    public var forbiddenAttributes: TDAttributes = []
    /// Bits of `XFAM` that must be set.
    public var requiredXFAM: UInt64 = 0
    /// Bits of `XFAM` that must be clear.
    public var forbiddenXFAM: UInt64 = 0
    /// For each measurement the values that will do.
    public var measurements: [Measurement: Set<Digest384>] = [:]
    /// All 64 bytes; a shorter nonce is padded with zeros on the right.
    public var reportData: ReportData?

    // The platform
    public var allowsDynamicPlatform = true
    public var allowsCachedKeys = true
    public var allowsSMT = true

    /// A value of 48 bytes in a quote that can be compared with references.
    public enum Measurement: String, Hashable, Sendable, CaseIterable {
        case mrTD
        case mrConfigID
        case mrOwner
        case mrOwnerConfig
        case rtmr0
        case rtmr1
        case rtmr2
        case rtmr3
        case mrSEAM
        /// Zero in a quote whose form has no such field.
        case mrServiceTD

        func value(in body: QuoteBody) -> Digest384 {
            let report = body.report
            return switch self {
            case .mrTD: report.mrTD
            case .mrConfigID: report.mrConfigID
            case .mrOwner: report.mrOwner
            case .mrOwnerConfig: report.mrOwnerConfig
            case .rtmr0: report.rtmr0
            case .rtmr1: report.rtmr1
            case .rtmr2: report.rtmr2
            case .rtmr3: report.rtmr3
            case .mrSEAM: report.mrSEAM
            case .mrServiceTD: body.td15?.mrServiceTD ?? .zero
            }
        }
    }

    public init() {}
}

/// A requirement of a policy that a TD does not meet.
public struct PolicyViolation: Hashable, Sendable, CustomStringConvertible {
    /// The member of the policy.
    public let requirement: String
    public let found: String
    public let required: String

    public var description: String { "Found \(found); the policy requires \(required)." }
}

extension AppraisalPolicy {
    /// Everything that a verified quote does not meet; empty when it meets all.
    ///
    /// A report that is not accepted violates every policy: nothing in it is proven.
    public func appraise(_ report: VerificationReport) -> [PolicyViolation] {
        guard report.isAccepted, let tcb = report.tcb, let chain = report.chain else {
            return [
                PolicyViolation(
                    requirement: "verification", found: "a quote that is refused",
                    required: "one that is accepted")
            ]
        }
        return violations(of: tcb)
            + violations(of: report.quote.body, qe: report.quote.signature.certification.report)
            + violations(of: chain.sgx)
    }

    private func violations(of tcb: TCBResult) -> [PolicyViolation] {
        var violations = Violations()
        violations.require(
            "acceptedStatuses", accepts(acceptedStatuses, tcb.status), "the TCB status \(tcb.status)"
        ) {
            "one of \(list(acceptedStatuses.map(\.rawValue)))"
        }
        if let accepted = acceptedCurrentStatuses {
            violations.require(
                "acceptedCurrentStatuses", accepts(accepted, tcb.current.status),
                "the TCB status \(tcb.current.status) now"
            ) { "one of \(list(accepted.map(\.rawValue)))" }
        }
        let advisories = Set(tcb.advisoryIDs)
        violations.require(
            "rejectedAdvisories", advisories.isDisjoint(with: rejectedAdvisories),
            "the advisories \(list(advisories.intersection(rejectedAdvisories)))"
        ) { "none of these" }
        if let acceptedAdvisories {
            violations.require(
                "acceptedAdvisories", advisories.isSubset(of: acceptedAdvisories),
                "the advisories \(list(advisories.subtracting(acceptedAdvisories)))"
            ) { "no others than \(list(acceptedAdvisories))" }
        }
        if let minimumTCBDate {
            violations.require("minimumTCBDate", tcb.tcbDate >= minimumTCBDate, "the TCB date \(tcb.tcbDate)")
            {
                "\(minimumTCBDate) or later"
            }
        }
        if let minimum = minimumTCBEvaluationDataNumber {
            violations.require(
                "minimumTCBEvaluationDataNumber", tcb.evaluationDataNumber >= minimum,
                "the TCB evaluation \(tcb.evaluationDataNumber)"
            ) { "\(minimum) or higher" }
        }
        return violations.all
    }

    private func accepts(_ accepted: Set<TCBStatus>, _ status: TCBStatus) -> Bool {
        status != .revoked && accepted.contains(status)
    }

    private func violations(of body: QuoteBody, qe: EnclaveReport) -> [PolicyViolation] {
        let report = body.report
        var violations = Violations()
        // Bits 7:0 all belong to debugging.
        violations.require(
            "allowDebug", allowsDebug || report.tdAttributes.rawValue & 0xFF == 0,
            "a TD that its host can debug"
        ) { "one that it cannot" }
        violations.require(
            "requiredAttributes", report.tdAttributes.isSuperset(of: requiredAttributes),
            "the attributes \(hexadecimal(report.tdAttributes.rawValue))"
        ) { "all of \(hexadecimal(requiredAttributes.rawValue))" }
        violations.require(
            "forbiddenAttributes", report.tdAttributes.isDisjoint(with: forbiddenAttributes),
            "the attributes \(hexadecimal(report.tdAttributes.rawValue))"
        ) { "none of \(hexadecimal(forbiddenAttributes.rawValue))" }
        violations.require(
            "requiredXFAM", report.xfam & requiredXFAM == requiredXFAM, "XFAM \(hexadecimal(report.xfam))"
        ) { "all of \(hexadecimal(requiredXFAM))" }
        violations.require(
            "forbiddenXFAM", report.xfam & forbiddenXFAM == 0, "XFAM \(hexadecimal(report.xfam))"
        ) {
            "none of \(hexadecimal(forbiddenXFAM))"
        }
        for measurement in Measurement.allCases {
            guard let accepted = measurements[measurement] else { continue }
            let value = measurement.value(in: body)
            violations.require(
                measurement.rawValue, accepted.contains(value), "\(measurement.rawValue) \(value)"
            ) {
                list(accepted.map(\.description))
            }
        }
        if let reportData {
            violations.require(
                "reportData", report.reportData == reportData, "the report data \(report.reportData)"
            ) { reportData.description }
        }
        if let minimumTEETCBSVN {
            violations.require(
                "minimumTEETCBSVN", report.teeTCBSVN.meets(minimumTEETCBSVN),
                "TEE_TCB_SVN \(report.teeTCBSVN)"
            ) { "no component below \(minimumTEETCBSVN)" }
        }
        if let minimumQESVN {
            violations.require("minimumQESVN", qe.isvSVN >= minimumQESVN, "a QE of SVN \(qe.isvSVN)") {
                "\(minimumQESVN) or higher"
            }
        }
        return violations.all
    }

    private func violations(of sgx: SGXExtension) -> [PolicyViolation] {
        var violations = Violations()
        let platform = sgx.platform
        violations.require(
            "allowDynamicPlatform", allowsDynamicPlatform || platform?.isDynamic != true, "a dynamic platform"
        ) { "one that is not" }
        violations.require(
            "allowCachedKeys", allowsCachedKeys || platform?.hasCachedKeys != true,
            "a platform with cached keys"
        ) { "one without" }
        violations.require("allowSMT", allowsSMT || platform?.hasSMT != true, "a platform with SMT") {
            "one without"
        }
        return violations.all
    }

    private func list(_ names: some Sequence<String>) -> String { names.sorted().joined(separator: ", ") }
    private func hexadecimal(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }
}

/// Collects what is not met.
private struct Violations {
    var all: [PolicyViolation] = []

    mutating func require(
        _ requirement: String, _ isMet: Bool, _ found: @autoclosure () -> String, _ required: () -> String
    ) {
        guard !isMet else { return }
        all.append(PolicyViolation(requirement: requirement, found: found(), required: required()))
    }
}

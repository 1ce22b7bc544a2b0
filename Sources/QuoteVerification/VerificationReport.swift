// SPDX-License-Identifier: Apache-2.0

public import Collateral
public import Quote
import TDXABI

/// What became of one rule.
public struct RuleOutcome: Sendable {
    public enum Result: Hashable, Sendable {
        case passed
        case failed(Refusal)
        /// A rule before it in its part failed.
        case notReached
    }

    public let rule: Rule
    public let result: Result
}

/// The answer to whether a quote is genuine, and what the vendor says of its TCB.
public struct VerificationReport: Sendable {
    public let quote: Quote
    /// The time at which everything was judged.
    public let time: Timestamp
    /// The root that was trusted.
    public let root: TrustedRoot
    /// Each rule, in checking order.
    public let outcomes: [RuleOutcome]
    /// Nil when the quote has no chain that can be used.
    public let chain: PCKChain?
    /// What the quote alone amounts to under this collateral, even if the collateral is refused. Nil when no level is
    /// reached or a signature is bad.
    public let isolatedTCB: TCBResult?
    public let collateralPeriod: CollateralPeriod

    /// The first rule that failed, and why.
    public var refusal: (rule: Rule, refusal: Refusal)? {
        for outcome in outcomes {
            if case .failed(let refusal) = outcome.result { return (outcome.rule, refusal) }
        }
        return nil
    }

    /// The TCB, as far as it is proven: nil when the chain or the collateral is refused. There with the status `revoked`
    /// when that is why the quote is refused.
    public var tcb: TCBResult? {
        for part in [Rule.Part.pckChain, .tcbInfo, .qeIdentity] where refusal(of: part) != nil { return nil }
        return isolatedTCB
    }

    /// Whether every rule holds. It says nothing of what the TD is: that is for a policy.
    public var isAccepted: Bool { refusal == nil }

    /// The first failure of one part alone; nil when the part holds.
    public func refusal(of part: Rule.Part) -> Refusal? {
        for outcome in outcomes where outcome.rule.part == part {
            if case .failed(let refusal) = outcome.result { return refusal }
        }
        return nil
    }

    /// What a reader should know of the TD although no rule of the vendor's refuses it.
    public var remarks: [String] { quote.body.remarks }
}

extension QuoteBody {
    /// Facts that a policy mostly wants to know.
    public var remarks: [String] {
        var remarks: [String] = []
        if report.tdAttributes.contains(.debug) {
            remarks.append("DEBUG is set: the host can read and change the TD")
        }
        if !report.tdAttributes.contains(.septVEDisable) {
            remarks.append("SEPT_VE_DISABLE is clear: the host can raise #VE in the TD by taking a page away")
        }
        if report.tdAttributes.contains(.migratable) {
            remarks.append("MIGRATABLE is set: the migration TD belongs to the trust base")
        }
        if let td15, !td15.mrServiceTD.isZero {
            remarks.append("MRSERVICETD is not zero: service TDs belong to the trust base")
        }
        return remarks
    }
}

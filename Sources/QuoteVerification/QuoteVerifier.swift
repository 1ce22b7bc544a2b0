// SPDX-License-Identifier: Apache-2.0

public import Collateral
public import Quote

/// Verifies quotes against one set of collateral and one root.
///
/// What does not depend on a quote or the time is done once, when a verifier is made; the PCK chains that came last are
/// not read again. What it answers does not depend on what it was asked before, and any number of threads can ask.
public struct QuoteVerifier: Sendable {
    public let root: TrustedRoot
    private let prepared: PreparedCollateral

    public var collateral: Collateral { prepared.collateral }

    /// - Parameters:
    ///   - collateral: what quotes are judged by; whether it is genuine and current is part of the answer.
    ///   - root: Intel's, unless the caller vouches for another.
    public init(collateral: Collateral, trusting root: TrustedRoot = .intel) {
        self.root = root
        prepared = PreparedCollateral(collateral, trusting: root)
    }

    /// Checks every rule for a quote at a time. It never fails to answer: whatever is wrong is in the report.
    public func verify(_ quote: Quote, at time: Timestamp) -> VerificationReport {
        var findings = Findings()
        do {
            let evidence = Evidence(
                quote: quote, chain: try prepared.chain(of: quote), prepared: prepared,
                root: root, time: time)
            var failed: Set<Rule.Part> = []
            var outcomes: [RuleOutcome] = []
            outcomes.reserveCapacity(Rule.all.count)
            for rule in Rule.all {
                guard !failed.contains(rule.part) else {
                    outcomes.append(RuleOutcome(rule: rule, result: .notReached))
                    continue
                }
                do {
                    try rule.check(evidence, &findings)
                    outcomes.append(RuleOutcome(rule: rule, result: .passed))
                } catch {
                    failed.insert(rule.part)
                    outcomes.append(RuleOutcome(rule: rule, result: .failed(error)))
                }
            }
            return report(quote, time, outcomes, chain: evidence.chain, tcb: findings.tcb)
        } catch {
            // Without a chain in its roles no other rule has anything to look at.
            let outcomes = Rule.all.map {
                RuleOutcome(
                    rule: $0, result: $0.name == Rule.pckChainFormat.name ? .failed(error) : .notReached)
            }
            return report(quote, time, outcomes, chain: nil, tcb: nil)
        }
    }

    private func report(
        _ quote: Quote, _ time: Timestamp, _ outcomes: [RuleOutcome], chain: PCKChain?, tcb: TCBResult?
    ) -> VerificationReport {
        VerificationReport(
            quote: quote, time: time, root: root, outcomes: outcomes, chain: chain, isolatedTCB: tcb,
            collateralPeriod: CollateralPeriod(collateral))
    }
}

/// When the documents of a set of collateral were issued, and until when all are valid.
public struct CollateralPeriod: Hashable, Sendable {
    public let earliestIssue: Timestamp
    public let latestIssue: Timestamp
    public let earliestExpiration: Timestamp

    init(_ collateral: Collateral) {
        let issues = [
            collateral.rootCACRL.thisUpdate, collateral.pckCRL.thisUpdate,
            collateral.tcbInfo.content.issueDate,
            collateral.qeIdentity.content.issueDate,
        ]
        let ends = [
            collateral.rootCACRL.nextUpdate, collateral.pckCRL.nextUpdate,
            collateral.tcbInfo.content.nextUpdate,
            collateral.qeIdentity.content.nextUpdate,
        ]
        earliestIssue = issues.min() ?? Timestamp(secondsSince1970: 0)
        latestIssue = issues.max() ?? Timestamp(secondsSince1970: 0)
        earliestExpiration = ends.min() ?? Timestamp(secondsSince1970: 0)
    }
}

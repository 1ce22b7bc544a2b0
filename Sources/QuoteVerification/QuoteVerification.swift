// SPDX-License-Identifier: Apache-2.0

/// Whether a quote is to be believed: the vendor's rules, then the caller's policy.
///
/// A `QuoteVerifier` holds collateral and the root that is trusted, and verifies any number of quotes against them. The
/// rules are the vendor's own, one file each in `Rules`, in the order of `Rule.all`; none of them looks at a clock.
/// What a caller wants of a TD beyond that (`AppraisalPolicy`) is another question, with another answer.
///
/// ```swift
/// let verifier = QuoteVerifier(collateral: try Collateral(json: bundle))
/// let report = verifier.verify(try Quote(bytes), at: now)
/// print(report.isAccepted, report.tcb?.status, report.root)
/// ```
public enum QuoteVerification {}

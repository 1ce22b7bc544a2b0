// SPDX-License-Identifier: Apache-2.0

import Collateral
import Quote
import QuoteVerification

/// What the documentation shows. `PackagingTests` compares it with the text there.
func isGood(_ quote: [UInt8], bundle: [UInt8], at time: Timestamp, root: TrustedRoot = .intel) throws -> Bool
{
    let verifier = QuoteVerifier(collateral: try Collateral(json: bundle), trusting: root)
    let report = verifier.verify(try Quote(quote), at: time)
    var policy = AppraisalPolicy()  // UpToDate and no debugging, unless you say otherwise
    policy.minimumQESVN = 4
    print(report.table)
    return policy.appraise(report).isEmpty
}

// SPDX-License-Identifier: Apache-2.0

import Collateral
import QuoteVerification

/// One case that a verifier must judge right: what to forge, and the verdict.
struct TestVector {
    enum Verdict: Equatable {
        /// The quote is genuine; its TCB is of this status and date, with these advisories.
        case accepted(TCBStatus, Timestamp, [String])
        /// The code of the vendor's library.
        case refused(VerificationCode)
    }

    let name: String
    let forgery: Forgery
    let expected: Verdict
    /// The vendor's library accepts it nevertheless: it does not look at when certificates and documents begin.
    var isAcceptedByVendor = false

    /// As the list of the set has it.
    var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("name", .string(name)), .init("quote", .string("\(name)/quote.bin")),
            .init("collateral", .string("\(name)/collateral.json")),
            .init("time", .string(Forgery.time.description)),
        ]
        switch expected {
        case .accepted(let status, let date, let advisories):
            members += [
                .init("verdict", .string("accepted")), .init("tcbStatus", .string(status.rawValue)),
                .init("tcbDate", .string(date.description)),
                .init("advisories", .array(advisories.map { .string($0) })),
            ]
        case .refused(let code):
            members += [.init("verdict", .string("refused")), .init("code", .string(code.rawValue))]
            if isAcceptedByVendor { members.append(.init("vendorVerdict", .string("accepted"))) }
        }
        return .object(members)
    }
}

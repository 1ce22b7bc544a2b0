// SPDX-License-Identifier: Apache-2.0

import Collateral
import QuoteVerification

/// One case that a verifier must judge right: what to forge, and the verdict.
///
/// Verdicts are stated with the recipes, by the tables of the vendor's library, and not by the verifier of this package.
struct TestVector {
    enum Verdict: Equatable {
        /// The quote is genuine; its TCB is of this status and date, with these advisories.
        case accepted(TCBStatus, Timestamp, [String])
        /// The code of the vendor's library.
        case refused(VerificationCode)
    }

    /// What part of the decision tree a vector is of.
    enum Category: String, CaseIterable {
        case status, convergence, relaunch, module, platform
        case quotingEnclave = "qe"
        case revocation, date, chain, signature, length, format
    }

    let category: Category
    /// What is forged, without the form of the quote.
    let subject: String
    let forgery: Forgery
    let expected: Verdict
    /// The vendor's library accepts it nevertheless: it does not look at when certificates and documents begin.
    var isAcceptedByVendor = false

    /// Form and subject, which no other vector has.
    var name: String { "\(forgery.form.rawValue)-\(subject)" }

    /// As the list of the set has it.
    var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("name", .string(name)), .init("category", .string(category.rawValue)),
            .init("form", .string(forgery.form.rawValue)), .init("subject", .string(subject)),
            .init("quote", .string("\(name)/quote.bin")),
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

extension TestVector {
    /// Every branch of the decision tree.
    static let all: [TestVector] =
        statuses + convergences + relaunches + modules + platforms + quotingEnclaves + revocations + dates
        + chains + signatures + lengths + formats

    /// The forms in which what does not depend on the form is forged.
    static let forms: [Forgery.Form] = [.v4, .v5TD15]

    typealias Change = (inout Forgery) -> Void

    /// A sound quote but for one change, in several forms.
    static func vectors(
        _ category: Category, _ subject: String, in forms: [Forgery.Form] = forms, _ expected: Verdict,
        _ change: Change
    ) -> [TestVector] {
        forms.map { form in
            var forgery = Forgery()
            forgery.form = form
            change(&forgery)
            return TestVector(category: category, subject: subject, forgery: forgery, expected: expected)
        }
    }

    static func refused(
        _ category: Category, _ subject: String, in forms: [Forgery.Form] = forms, _ code: VerificationCode,
        _ change: Change
    ) -> [TestVector] { vectors(category, subject, in: forms, .refused(code), change) }

    static func accepted(
        _ category: Category, _ subject: String, in forms: [Forgery.Form] = forms, _ change: Change
    ) -> [TestVector] { vectors(category, subject, in: forms, verdict(.upToDate), change) }

    /// What is accepted amounts to the launch's platform of day 60, the quoting enclave of 80 and the module of 90; each that is
    /// not up to date has an advisory.
    static func verdict(
        _ status: TCBStatus, platform: TCBStatus = .upToDate, module: TCBStatus = .upToDate,
        qe: TCBStatus = .upToDate, day: Int64 = 60
    ) -> Verdict {
        guard status != .revoked else { return .refused(.tcbRevoked) }
        let advisories = [(platform, "11"), (module, "12"), (qe, "13")].filter { $0.0 != .upToDate }
        return .accepted(status, Forgery.date(day), advisories.map { "SEAMLESS-SA-000" + $0.1 })
    }
}

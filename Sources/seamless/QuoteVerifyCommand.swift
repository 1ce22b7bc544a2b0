// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Collateral
import Foundation
import Quote
import QuoteVerification

/// `seamless quote verify`: the vendor's rules, then a policy if there is one.
struct QuoteVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Verify a quote against collateral, and a policy if there is one.",
        discussion: """
            The verdict is the vendor's: signatures, revocation, dates, identities, TCB. Without --policy, a quote of a TD \
            that can be debugged or whose TCB is out of date is accepted, and its status and remarks say so. A policy is a \
            JSON object: acceptedStatuses (UpToDate alone unless given), mrTD, rtmr0 to rtmr3, reportData, minimumTCBDate, \
            allowDebug and others; see “Verifying a quote” in the documentation.
            """)

    @Argument(help: ArgumentHelp("The quote; “-” for standard input.", valueName: "file"))
    var file: String

    @Option(help: ArgumentHelp("The collateral: a JSON bundle, or a directory of files.", valueName: "file"))
    var collateral: String?

    @Option(help: ArgumentHelp("Get the collateral from this PCS or PCCS.", valueName: "url"))
    var pcs: String?

    @Option(
        help: ArgumentHelp(
            "Judge at this time, YYYY-MM-DDTHH:MM:SSZ or seconds since 1970; now otherwise.",
            valueName: "time"))
    var at: String?

    @Option(
        help: ArgumentHelp("Trust this root certificate (DER or PEM) instead of Intel's.", valueName: "file"))
    var root: String?

    @Option(help: ArgumentHelp("Require what this policy does.", valueName: "file"))
    var policy: String?

    @Flag(help: "Print a JSON object.")
    var json = false

    func run() throws { try QuoteCommand.run(verify) }

    private func verify() throws -> Bool {
        let quote = try QuoteCommand.readQuote(file)
        let time = try self.time()
        let policy = try policy.map { try AppraisalPolicy(json: InputFile(path: $0, role: "policy").bytes()) }
        let verifier = QuoteVerifier(
            collateral: try collateral(for: quote, at: time), trusting: try trustedRoot())
        let report = verifier.verify(quote, at: time)
        let appraisal = Appraisal(report: report, policy: policy)
        try QuoteCommand.print(json ? appraisal.json.indented : appraisal.table)
        return appraisal.isAccepted
    }

    private func time() throws -> Timestamp {
        guard let at else { return Timestamp(secondsSince1970: Int64(Date().timeIntervalSince1970)) }
        guard let time = Timestamp(at) ?? Int64(at).map({ Timestamp(secondsSince1970: $0) }) else {
            throw QuoteCommandError.badTime(at)
        }
        return time
    }

    private func trustedRoot() throws -> TrustedRoot {
        guard let root else { return .intel }
        let chain = try AttestationCertificate.chain(
            InputFile(path: root, role: "root certificate").bytes(), document: "root certificate")
        guard let certificate = chain.last, chain.count == 1 else {
            throw QuoteCommandError.notOneCertificate(root, count: chain.count)
        }
        return TrustedRoot(named: certificate)
    }

    private func collateral(for quote: Quote, at time: Timestamp) throws -> Collateral {
        switch (collateral, pcs) {
        case (.some(let path), nil):
            var isDirectory: ObjCBool = false
            _ = unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
            guard isDirectory.boolValue else {
                return try Collateral(json: InputFile(path: path, role: "collateral bundle").bytes())
            }
            var files: [String: [UInt8]] = [:]
            for name in try FileManager.default.contentsOfDirectory(atPath: path) {
                files[name] = try InputFile(path: path + "/" + name, role: "collateral file").bytes()
            }
            return try Collateral(CollateralBundle(files: files))
        case (nil, .some(let address)):
            return try CollateralClient(address: address).collateral(for: quote, at: time)
        case (.some, .some): throw QuoteCommandError.twoSources
        case (nil, nil): throw QuoteCommandError.noCollateral
        }
    }
}

/// A report, and what a policy makes of it.
struct Appraisal {
    let report: VerificationReport
    /// Nil without a policy.
    let violations: [PolicyViolation]?

    init(report: VerificationReport, policy: AppraisalPolicy?) {
        self.report = report
        // A quote that is refused is not appraised: nothing in it is proven.
        violations = report.isAccepted ? policy?.appraise(report) : nil
    }

    var isAccepted: Bool { report.isAccepted && violations?.isEmpty != false }

    var table: String {
        guard let violations else { return report.table }
        var lines = report.table(verdict: violations.isEmpty ? "accepted" : "REFUSED by the policy")
        lines += "\npolicy" + String(repeating: " ", count: 16) + (violations.isEmpty ? "met" : "NOT MET")
        for violation in violations { lines += "\n  \(violation.requirement): \(violation)" }
        return lines
    }

    var json: JSONValue {
        guard case .object(var members) = report.json, let violations else { return report.json }
        if let first = violations.first {
            members[0].value = .string("refused")
            members.insert(
                contentsOf: [
                    .init("rule", .string("policy-\(first.requirement)")),
                    .init("reason", .string(first.description)),
                ], at: 1)
        }
        let list: [JSONValue] = violations.map {
            .object([
                .init("requirement", .string($0.requirement)), .init("found", .string($0.found)),
                .init("required", .string($0.required)),
            ])
        }
        members.append(
            .init(
                "policy",
                .object([
                    .init("verdict", .string(violations.isEmpty ? "met" : "not met")),
                    .init("violations", .array(list)),
                ])))
        return .object(members)
    }
}

/// What a person can get wrong with the quote commands.
enum QuoteCommandError: Error, CustomStringConvertible {
    case badTime(String)
    case notOneCertificate(String, count: Int)
    case twoSources
    case noCollateral
    case badAddress(String)
    case noChain
    case requestFailed(address: String, reason: String)

    var description: String {
        switch self {
        case .badTime(let text):
            "“\(text)” is no time; write one as 2026-02-14T00:00:00Z, or as seconds since 1970."
        case .notOneCertificate(let path, let count):
            "“\(path)” has \(count) certificates; --root takes a file with the one that is to be trusted."
        case .twoSources: "--collateral and --pcs both say where collateral comes from; give one of them."
        case .noCollateral:
            "A quote is verified against collateral; give --collateral FILE, or --pcs URL to get it from a service."
        case .badAddress(let text): "“\(text)” is no address of a PCS; write one as https://HOST[:PORT]."
        case .noChain:
            "The quote has no PCK certificate that says which collateral it needs; give it with --collateral."
        case .requestFailed(let address, let reason): "“\(address)” gives no collateral: \(reason)."
        }
    }
}

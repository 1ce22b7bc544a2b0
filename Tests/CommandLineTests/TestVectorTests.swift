// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Collateral
import Foundation
import Quote
import QuoteVerification
import Testing

@testable import seamless

@Suite("Test vectors")
struct TestVectorTests {
    @Test("are judged as each says")
    func verdicts() throws {
        let root = TrustedRoot(named: try Forgery().root().certificate)
        #expect(TestVector.all.count >= 600)
        #expect(Set(TestVector.all.map(\.name)).count == TestVector.all.count)
        for vector in TestVector.all {
            #expect(try verdict(vector, root) == vector.expected, "\(vector.name)")
        }
    }

    @Test("have each row of each table of the vendor's library, in each form of a quote that has it")
    func coverage() {
        typealias Form = Forgery.Form
        let (each, both, current): ([Form], [Form], [Form]) = (
            Form.allCases, [.v4, .v5TD15], [.v5TD15, .v5TD15Ex]
        )
        let described = each.filter { $0 != .v4 }
        let platforms = [
            "UpToDate", "SWHardeningNeeded", "ConfigurationNeeded", "ConfigurationAndSWHardeningNeeded",
            "OutOfDate", "OutOfDateConfigurationNeeded", "Revoked",
        ]
        let components = ["UpToDate", "OutOfDate", "Revoked"]
        var rows: [(TestVector.Category, String, [Form])] = []
        for platform in platforms {
            rows += [
                (.status, "status-\(platform)", each), (.status, "status-\(platform)-module-major-0", each),
            ]
            for other in platforms { rows.append((.relaunch, "relaunch-\(platform)-\(other)", current)) }
            for module in components {
                for qe in components {
                    rows.append((.convergence, "convergence-\(platform)-\(module)-\(qe)", both))
                }
            }
        }
        func add(_ category: TestVector.Category, _ forms: [Form], _ subjects: String...) {
            rows += subjects.map { (category, "\(category.rawValue)-\($0)", forms) }
        }
        add(
            .module, both, "major-0", "major-0-of-another-signer", "major-0-with-attributes", "major-unknown",
            "without-identities", "of-another-signer", "with-attributes", "below-every-level")
        add(.module, current, "current-unknown", "current-below-every-level", "current-of-another-major")
        add(
            .platform, both, "of-another-fmspc", "of-another-pceid", "tcb-info-of-sgx",
            "component-below-every-level", "pce-below-every-level", "late-microcode-below-every-level")
        add(
            .quotingEnclave, both, "identity-of-sgx", "miscselect", "debug", "without-an-attribute",
            "of-another-signer", "of-another-product", "below-every-level", "report-of-another-key")
        rows += ["pck", "platform-ca", "tcb-signing"].map { (.revocation, "revoked-" + $0, both) }
        for document in [
            "root", "platform-ca", "pck", "tcb-signing", "root-crl", "pck-crl", "tcb-info", "qe-identity",
        ] {
            add(
                .date, both, "\(document)-first-second", "\(document)-not-yet", "\(document)-last-second",
                "\(document)-over")
        }
        add(
            .chain, both, "of-another-root", "platform-ca-of-another", "pck-of-another",
            "tcb-signing-of-another", "tcb-info-under-another-root", "qe-identity-under-another-root",
            "without-root", "without-platform-ca", "crl-of-another-ca")
        add(
            .signature, both, "of-quote", "of-qe-report", "of-tcb-info", "of-qe-identity", "of-root-crl",
            "of-pck-crl")
        for lie in ["short", "long", "none", "signed", "huge"] {
            add(.length, described, "body-\(lie)")
            add(
                .length, each, "signature-data-\(lie)", "outer-certification-data-\(lie)",
                "authentication-data-\(lie)", "inner-certification-data-\(lie)")
        }
        add(
            .format, each, "version-3", "version-6", "key-type", "tee-type", "vendor",
            "outer-certification-type")
        add(.format, described, "body-type-enclave", "body-type-unknown", "body-type-of-another")

        let vectors = Dictionary(grouping: TestVector.all, by: \.name)
        for (category, subject, forms) in rows {
            for form in forms {
                #expect(
                    vectors["\(form.rawValue)-\(subject)"]?.first?.category == category, "\(form) \(subject)")
            }
        }
        for category in TestVector.Category.allCases {
            let mine = TestVector.all.filter { $0.category == category }
            let (older, newer) = (
                mine.filter { $0.forgery.form == .v4 }, mine.filter { $0.forgery.form != .v4 }
            )
            // Version 4 knows nothing of a platform that changed under a TD.
            #expect(older.isEmpty == (category == .relaunch) && !newer.isEmpty, "\(category)")
        }
    }

    private func verdict(_ vector: TestVector, _ root: TrustedRoot) throws -> TestVector.Verdict {
        let verifier = QuoteVerifier(collateral: try vector.forgery.collateral(), trusting: root)
        let bytes = try vector.forgery.quote()
        // What cannot be read is refused for that.
        guard let quote = try? Quote(bytes) else { return .refused(.unsupportedQuoteFormat) }
        let report = verifier.verify(quote, at: Forgery.time)
        if let refusal = report.refusal { return .refused(refusal.refusal.code) }
        let tcb = try #require(report.tcb)
        return .accepted(tcb.status, tcb.tcbDate, tcb.advisoryIDs)
    }

    @Test("are the same bytes each time")
    func reproducible() throws {
        let (first, second) = (Forgery(), Forgery())
        #expect(try first.quote() == second.quote())
        #expect(try first.collateral() == second.collateral())
    }

    @Test(
        "are judged alike by another team's verifier, but for what is known",
        .enabled(if: OtherVerifier.isHere))
    func otherVerifier() throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
            "vectors-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }  // the system tidies what stays
        var command = try Seamless.parseAsRoot(["quote", "forge", directory.path])
        try command.run()
        let run = try OtherVerifier.run([directory.path])
        #expect(run.status == 0, "\(run.output)")
        #expect(run.output.contains("agrees on"))
    }
}

/// The PyPI package `dcap-qvl`, where it is installed.
enum OtherVerifier {
    static let isHere = (try? python(["-c", "import dcap_qvl"]))?.status == 0

    static func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Scripts/crosscheck-dcap-qvl.py")
        return try python([script.path] + arguments)
    }

    private static func python(_ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: bytes, as: UTF8.self))
    }
}

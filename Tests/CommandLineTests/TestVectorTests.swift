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
        #expect(TestVector.all.count >= 150)
        #expect(Set(TestVector.all.map(\.name)).count == TestVector.all.count)
        for vector in TestVector.all {
            #expect(try verdict(vector, root) == vector.expected, "\(vector.name)")
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

// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Collateral
import Foundation
import Testing

@testable import seamless

@Suite("Quote commands")
struct QuoteCommandTests {
    /// Runs a command and gives its exit status.
    private func status(_ arguments: [String]) throws -> Int32 {
        var command = try Seamless.parseAsRoot(arguments)
        do {
            try command.run()
            return 0
        } catch {
            return try #require(error as? ExitCode).rawValue
        }
    }

    private func withFile<Result>(_ bytes: [UInt8], _ body: (String) throws -> Result) throws -> Result {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("quote-\(UUID().uuidString)")
        try Data(bytes).write(to: url)
        // The file is of this test: whether it can be removed does not matter to it.
        defer { try? FileManager.default.removeItem(at: url) }
        return try body(url.path)
    }

    @Test("end with status 2 when the input cannot be used")
    func unusable() throws {
        try withFile([4, 0, 2, 0]) { path throws in
            let rows: [[String]] = [
                ["quote", "show", "/does/not/exist"], ["quote", "show", path],
                ["quote", "verify", path, "--collateral", path], ["quote", "verify", "/does/not/exist"],
                ["quote", "replay", path], ["quote", "replay", "/does/not/exist"],
            ]
            for row in rows { #expect(try status(row) == 2, "\(row)") }
        }
    }

    private static let fixtures = ProcessInfo.processInfo.environment["SEAMLESS_FIXTURES"].map {
        $0 + "/attestation/"
    }

    @Test("end with 0 for a quote that is accepted and with 1 for one that is refused")
    func verdicts() throws {
        guard let fixtures = Self.fixtures else { return }
        let google = [
            fixtures + "quotes/v5-90c06f-google.bin", "--collateral",
            fixtures + "collateral/90c06f-2026-02.json",
        ]
        let good = ["--at", "2026-02-14T00:00:00Z"]
        let debug = [
            fixtures + "quotes/v4-50806f-debug-td.bin", "--collateral",
            fixtures + "collateral/50806f-2023-06.json", "--at",
            "2023-06-28T08:00:00Z", "--json",
        ]
        #expect(try status(["quote", "verify"] + google + good) == 0)
        #expect(try status(["quote", "verify"] + google + ["--at", "1771027200", "--json"]) == 0)
        #expect(try status(["quote", "verify"] + google + ["--at", "2027-02-14T00:00:00Z"]) == 1)
        #expect(try status(["quote", "verify"] + google + ["--at", "yesterday"]) == 2)
        #expect(try status(["quote", "verify"] + google + good + ["--pcs", "http://localhost"]) == 2)
        let other = fixtures + "roots/intel-preproduction-root-ca.der"
        #expect(try status(["quote", "verify"] + google + good + ["--root", other]) == 1)
        #expect(
            try status(
                ["quote", "verify"] + google + good + ["--root", fixtures + "roots/intel-sgx-root-ca.der"])
                == 0)
        #expect(try status(["quote", "verify"] + debug) == 0)
        try withFile(Array("{}".utf8)) { path throws in
            #expect(try status(["quote", "verify"] + debug + ["--policy", path]) == 1)
        }
        try withFile(Array(#"{"mrtd":""}"#.utf8)) { path throws in
            #expect(try status(["quote", "verify"] + debug + ["--policy", path]) == 2)
        }
        #expect(try status(["quote", "show", fixtures + "quotes/v5-90c06f-google.bin"]) == 0)
        #expect(try status(["quote", "show", fixtures + "tdreports/tdreport-live.bin", "--json"]) == 0)
        let quote = ["--quote", fixtures + "quotes/v4-b0c06f-live.bin"]
        #expect(try status(["quote", "replay", fixtures + "eventlogs/ccel-live2.bin"] + quote) == 0)
        #expect(try status(["quote", "replay", fixtures + "eventlogs/ccel-live1-mismatch.bin"] + quote) == 1)
        #expect(
            try status(["quote", "replay", fixtures + "eventlogs/dstack-lite.json", "--json", "--events"])
                == 0)
    }
}

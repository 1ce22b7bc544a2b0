// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import ToolTesting

@Suite("The built-in guest")
struct BuiltInGuestTests {
    struct Report: Decodable {
        var mrtd: String
        var guest: String
        var outcome: String?
        var pages: Int?
    }

    @Test("tells its story on standard output")
    func story() throws {
        let run = try Tool.run("run")
        #expect(run.status == 0)
        let lines = run.output.split(separator: "\r\n").map(String.init)
        try #require(lines.count == 9, "\(run.output)")
        #expect(lines[0] == "Hello from a trust domain.")
        #expect(lines[1].hasSuffix("KVMKVMKVM"))
        #expect(lines[2].hasSuffix("60"))
        let measured = try Tool.run("measure").output.trimmingCharacters(in: .newlines)
        #expect(lines[3] == "MRTD   \(measured)")
        // RTMR2 is SHA-384 of its old value, zero, and the digest it was extended with.
        #expect(lines[4].hasSuffix(String(repeating: "0", count: 96)))
        #expect(
            lines[6] == "RTMR2  fe83f742d1cab5c709a0c424729831fbff9b5bb9748a618f"
                + "0b6ea04fe1fde4d546f4040e7fc9587b2e6badada6c941b0")
        #expect(lines[8] == "Powering off.")
        #expect(run.errors == "seamless: The guest powered off with status 0.\n")
    }

    @Test("runs twenty times at once")
    func many() throws {
        let children = try (0..<20).map { _ in try Tool.start(["run", "--json"]) }
        var measurements: Set<String> = []
        for child in children {
            let run = try Tool.finish(child, seconds: 120)
            #expect(run.status == 0, "\(run.errors)")
            measurements.insert(try JSONDecoder().decode(Report.self, from: Data(run.bytes)).mrtd)
        }
        #expect(measurements.count == 1)
    }
}

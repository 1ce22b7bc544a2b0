// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import ToolTesting

@Suite("MRTD")
struct MeasurementTests {
    static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../Scripts/mrtd.py").path
    static let hasPython = (try? Child("python3", ["--version"]).wait(seconds: 60)) == 0

    @Test(
        "is what another program computes from the same pages, and what the run had",
        .enabled(if: hasPython, "The other program is in Python, which is not installed here."),
        arguments: Debian.isHere ? [[], ["debian", "--", "true"]] : [[]])
    func independent(guest: [String]) throws {
        let directory = try TemporaryDirectory()
        let pages = directory.path + "/pages"
        let end = guest.firstIndex(of: "--") ?? guest.count
        func with(_ command: String, _ options: [String]) -> [String] {
            [command] + guest[..<end] + options + guest[end...]
        }
        let measured = try Tool.run(with("measure", ["--pages", pages]))
        #expect(measured.status == 0)
        let digest = measured.output.trimmingCharacters(in: .newlines)
        #expect(digest.count == 96)
        let other = try Tool.finish(Child("python3", [MeasurementTests.script, pages]))
        #expect(other.output == measured.output)
        let report = try Tool.run(with("measure", ["--json"]))
        #expect(report.output.contains("\"mrtd\":\"\(digest)\""))
        let run = try Tool.run(with("run", ["--json"]))
        #expect(run.status == 0)
        #expect(run.output.contains("\"mrtd\":\"\(digest)\""))
        #expect(directory.contents == ["pages"])
    }
}

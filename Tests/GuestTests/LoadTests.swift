// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import ToolTesting

@Suite("Debian under load", .enabled(if: Debian.isHere, Debian.reason))
struct LoadTests {
    /// Seconds of guest time; `make load` asks for ten minutes.
    static let seconds =
        ProcessInfo.processInfo.environment["SEAMLESS_LOAD"].flatMap { Int($0) } ?? 10
    static let processors = 8

    /// The busiest that busybox can make it: computing and napping on each processor, pipes between them, and a driver that comes
    /// and goes, with memory that becomes shared and private again.
    @Test("keeps eight processors going, with no stall and no wake-up lost")
    func load() throws {
        let script = try #require(String(bytes: PackageResources.load_sh, encoding: .utf8))
        let run = try Debian.run(
            ["--cpus", "\(LoadTests.processors)", "--memory", "1G"],
            "SECONDS_OF_LOAD=\(LoadTests.seconds)\n" + script, seconds: 300 + 2 * Double(LoadTests.seconds))
        #expect(run.status == 0)
        let lines = run.output.split(separator: "\n").map(String.init)
        #expect(lines.filter { $0.hasPrefix("bad ") } == [])
        if LoadTests.seconds > 60 { print(run.output) }

        /// What a line of the script counted.
        func count(_ name: String) throws -> Int {
            let line = try #require(lines.first { $0.hasPrefix(name + " ") }, "\(run.output)")
            return try #require(Int(line.dropFirst(name.count + 1)))
        }
        for processor in (0..<LoadTests.processors).map(String.init) + ["free"] {
            #expect(try count("computed.\(processor)") > 0)
            #expect(try count("napped.\(processor)") > LoadTests.seconds)
        }
        #expect(try count("converted") > 0)

        // Every processor has had timer interrupts throughout, and IPIs of the kernel's kinds.
        func interrupts(_ name: String) throws -> [Int] {
            let line = try #require(lines.first { $0.contains(" \(name): ") }, "\(run.output)")
            return line.split(separator: " ").dropFirst(2).prefix(LoadTests.processors).compactMap { Int($0) }
        }
        for (name, least) in [("LOC", 10 * LoadTests.seconds), ("RES", 1), ("CAL", 1)] {
            let counts = try interrupts(name)
            #expect(counts.count == LoadTests.processors)
            #expect(counts.allSatisfy { $0 >= least }, "\(name): \(counts)")
        }
        // A tick of this kernel is 4 ms; a timer that fires again and again would have far more.
        #expect(try interrupts("LOC").allSatisfy { $0 < 5000 * (LoadTests.seconds + 60) })
    }
}

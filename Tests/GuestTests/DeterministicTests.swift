// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import ToolTesting

/// `--deterministic`: a run that can be had again.
@Suite("A deterministic run")
struct DeterministicTests {
    private func tool(_ arguments: [String], input: String) throws -> Tool.Run {
        try Tool.finish(
            Child("sh", ["-c", #"input=$1; shift; exec "$0" "$@" <"$input""#, Tool.path, input] + arguments),
            seconds: 500)
    }

    private func run(
        _ system: [String], options: [String], directory: TemporaryDirectory, _ name: String,
        command: [String] = []
    ) throws -> (run: Tool.Run, trace: Data) {
        let path = directory.path + "/" + name
        let run = try tool(
            ["run"] + system + ["--deterministic", "--trace", path] + options + command, input: "/dev/null")
        let trace = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
        return (run, trace)
    }

    @Test("of the built-in guest gives the same trace each time")
    func builtIn() throws {
        let directory = try TemporaryDirectory()
        let first = try run([], options: [], directory: directory, "1")
        let second = try run([], options: [], directory: directory, "2")
        #expect(first.run.status == 0)
        #expect(first.run.output == second.run.output)
        #expect(first.trace.count > 1000)
        #expect(first.trace == second.trace)
    }

    @Test(
        "of Debian gives the same trace, byte for byte", .enabled(if: Debian.isHere, Debian.reason),
        arguments: [1, 2])
    func debian(processors: Int) throws {
        let directory = try TemporaryDirectory()
        let script = """
            nproc; date +%s; md5sum /bin/busybox; head -c 32 /dev/urandom | md5sum; cat /proc/interrupts
            (sleep 2; echo slept) & (head -c 100000 /dev/zero | gzip | md5sum) & wait
            """
        func boot(_ name: String) throws -> (run: Tool.Run, trace: Data) {
            try run(
                ["debian"], options: ["--cpus", "\(processors)"], directory: directory, name,
                command: ["--", "sh", "-c", script])
        }
        let first = try boot("1")
        let second = try boot("2")
        #expect(first.run.status == 0)
        #expect(first.run.output.hasPrefix("\(processors)\n17356896"))
        #expect(first.run.output.hasSuffix("slept\n"))
        #expect(first.run.output == second.run.output)
        #expect(first.trace.count > 100_000_000)
        #expect(first.trace == second.trace)
    }

    @Test(
        "has the clock and the random numbers it is told, and sleeps no longer than the host computes",
        .enabled(if: Debian.isHere, Debian.reason))
    func inputs() throws {
        let script =
            "date -u +%Y-%m-%d; head -c 32 /dev/urandom | md5sum; sleep 100000; date -u +%Y-%m-%d; cat"
        let directory = try TemporaryDirectory()
        let input = try directory.file("input", Array("what is said".utf8))
        func output(_ options: [String]) throws -> [Substring] {
            let run = try tool(
                ["run", "debian", "--deterministic"] + options + ["--", "sh", "-c", script], input: input)
            #expect(run.status == 0)
            #expect(run.output.hasSuffix("\nwhat is said"))
            return run.output.split(separator: "\n")
        }
        let first = try output(["--seed", "1", "--epoch", "951782400"])
        let second = try output(["--seed", "2", "--epoch", "951782400"])
        #expect(first[0] == "2000-02-29" && first[2] == "2000-03-01")
        #expect(second[0] == "2000-02-29" && second[2] == "2000-03-01")
        #expect(first[1] != second[1])
    }
}

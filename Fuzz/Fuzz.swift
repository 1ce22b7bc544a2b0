// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation

/// Gives parsers of what comes from outside inputs that are nearly right, and looks for a crash, a hang, a value that is not
/// written as it was read, and memory beyond a bound.
///
/// Execution *i* of a parser depends on its name, the seed and *i* alone: what failed at *i* fails again with `--from i`.
@main
struct Fuzz: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Fuzz the parsers of attestation: \(Target.all.map(\.name).joined(separator: ", ")).")

    @Argument(help: "The parsers; all unless named.")
    var targets: [String] = []

    @Option(help: "Executions of each.")
    var executions: UInt64 = 10_000_000

    @Option(help: "Begin with this one.")
    var from: UInt64 = 0

    @Option(help: "Another seed, other inputs.")
    var seed: UInt64 = 1

    @Flag(help: "Print the number of each execution before it begins.")
    var verbose = false

    /// What one input may take: two seconds of processor time, in the units of `clock`, which POSIX makes microseconds.
    private static let longest = 2_000_000
    /// What the process may need in all, in KiB.
    private static let mostMemory = 512 << 10

    /// The most memory that the process has had so far, in KiB; 0 where the system does not say.
    private static var memory: Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    }

    func run() throws {
        let chosen = Target.all.filter { targets.isEmpty || targets.contains($0.name) }
        guard chosen.count == (targets.isEmpty ? Target.all.count : targets.count) else {
            throw ValidationError("There are \(Target.all.map(\.name).joined(separator: ", ")).")
        }
        for target in chosen { try run(target) }
    }

    private func run(_ target: Target) throws {
        let seeds = try target.seeds()
        let start = Date()
        var accepted: UInt64 = 0
        for index in from..<max(from, executions) {
            if verbose { print(target.name, index) }
            var mutator = Mutator(seed: seed &* 0x9E37_79B9_7F4A_7C15 &+ index, name: target.name)
            let input = mutator.input(of: seeds)
            let before = clock()
            if target.execute(input) { accepted += 1 }
            guard clock() - before < Fuzz.longest else {
                throw Failure.slow(target.name, index)
            }
            if index % 1_000_000 == 999_999 {
                FileHandle.standardError.write(Data("\(target.name): \(index + 1)\n".utf8))
            }
        }
        let memory = Fuzz.memory
        guard memory < Fuzz.mostMemory else { throw Failure.memory(target.name, memory) }
        let count = max(from, executions) - from
        let seconds = max(0.001, -start.timeIntervalSinceNow)
        print(
            "\(target.name): \(count) executions, \(accepted) accepted, \(Int(Double(count) / seconds)) a second, "
                + "\(memory >> 10) MiB")
    }
}

enum Failure: Error, CustomStringConvertible {
    case slow(String, UInt64)
    case memory(String, Int)

    var description: String {
        switch self {
        case .slow(let name, let index): "Execution \(index) of \(name) took too long."
        case .memory(let name, let size): "After \(name) the process has needed \(size) KiB."
        }
    }
}

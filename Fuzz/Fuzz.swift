// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation

/// Gives parsers of what comes from outside inputs that are nearly right, and looks for a crash, a hang, a value that is not
/// written as it was read, and memory beyond a bound.
///
/// Execution *i* of a target depends on its name, the seed and *i* alone. Workers are processes of their own, so that the
/// end of one says at which execution it was, and this process is there to say it.
struct Fuzz: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Fuzz the parsers of attestation: \(Target.names).")

    @Argument(help: "The targets; all unless named.")
    var targets: [String] = []

    @Option(help: "Executions of each.")
    var executions: UInt64 = 10_000_000

    @Option(help: "The number of the first.")
    var from: UInt64 = 0

    @Option(help: "Another seed, other inputs.")
    var seed: UInt64 = 1

    @Option(help: "How many processes; one for each processor unless said.")
    var workers: Int?

    @Option(help: "Execute these files, which are inputs, and nothing else.")
    var input: [String] = []

    @Option(help: .hidden)
    var progress: String?

    func validate() throws {
        guard executions > 0, UInt64.max - from >= executions else {
            throw ValidationError("That many executions cannot be counted.")
        }
        guard workers ?? 1 > 0 else { throw ValidationError("At least one process is needed.") }
    }

    func run() throws {
        let chosen = Target.all.filter { targets.isEmpty || targets.contains($0.name) }
        guard chosen.count == (targets.isEmpty ? Target.all.count : Set(targets).count) else {
            throw ValidationError("There are \(Target.names).")
        }
        let share = Share(seed: seed, first: from, end: from + executions)
        if !input.isEmpty {
            for target in chosen { try replay(target) }
        } else if let progress, let target = chosen.first {
            print(try Worker(target: target, share: share).run(progress: Progress(path: progress)).line)
        } else {
            let count = workers ?? ProcessInfo.processInfo.activeProcessorCount
            for target in chosen { try Campaign(target: target, share: share, workers: count).run() }
        }
    }

    private func replay(_ target: Target) throws {
        for path in input {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            print("\(target.name): “\(path)” is \(target.execute(Array(bytes)) ? "accepted" : "refused")")
        }
    }
}

/// Which executions of a target one process does.
struct Share {
    var seed: UInt64
    var first: UInt64
    var end: UInt64

    /// As many shares as there are workers, of nearly the same size.
    func divided(by workers: Int) -> [Share] {
        let count = end - first
        let parts = min(UInt64(workers), count)
        return (0..<parts).map { part in
            // The product of two numbers that the machine can hold may be one that it cannot.
            let edge = { (part: UInt64) in first + count / parts * part + min(part, count % parts) }
            return Share(seed: seed, first: edge(part), end: edge(part + 1))
        }
    }
}

#if GUIDED
    @main
    enum Entry {
        static func main() throws { try Guided.run() }
    }
#else
    @main
    enum Entry {
        static func main() { Fuzz.main() }
    }
#endif

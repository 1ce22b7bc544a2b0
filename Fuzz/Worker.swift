// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Executes a share of a target's inputs in this process, and keeps the bounds.
struct Worker {
    let target: Target
    let share: Share

    /// What one input may take: two seconds of processor time.
    static let longest = 2.0
    /// What the process may need in all, in MiB. An input has at most a few kilobytes, so that this is far from enough for
    /// what a length field can ask for.
    static let mostMemory = 96

    /// What a worker has to say when it is done.
    struct Outcome {
        var executions: UInt64
        var accepted: UInt64
        var memory: Int
        /// Of processor time.
        var milliseconds: UInt64

        var line: String { "\(executions) \(accepted) \(memory) \(milliseconds)" }

        init(executions: UInt64 = 0, accepted: UInt64 = 0, memory: Int = 0, milliseconds: UInt64 = 0) {
            self.executions = executions
            self.accepted = accepted
            self.memory = memory
            self.milliseconds = milliseconds
        }

        /// Reads `line`.
        init?(_ line: some StringProtocol) {
            let words = line.split { $0 == " " || $0 == "\n" }
            guard words.count == 4, let executions = UInt64(words[0]), let accepted = UInt64(words[1]),
                let memory = Int(words[2]), let milliseconds = UInt64(words[3])
            else { return nil }
            self.init(
                executions: executions, accepted: accepted, memory: memory, milliseconds: milliseconds)
        }
    }

    func run(progress: Progress) throws -> Outcome {
        let seeds = try target.seeds()
        var outcome = Outcome(executions: share.end - share.first)
        let start = Usage.now()
        var before = start
        let parent = getppid()
        for index in share.first..<share.end {
            // Nobody works on for a campaign that is gone.
            guard index & 0xFFF != 0 || getppid() == parent else { throw Failure.alone(target.name, index) }
            progress.index = index
            let input = Mutator.input(of: target, from: seeds, seed: share.seed, index: index)
            if target.execute(input) { outcome.accepted += 1 }
            let after = Usage.now()
            guard after.seconds - before.seconds < Worker.longest else {
                throw Failure.slow(target.name, index)
            }
            guard after.memory <= Worker.mostMemory else {
                throw Failure.memory(target.name, index, after.memory)
            }
            before = after
        }
        outcome.memory = before.memory
        outcome.milliseconds = UInt64(max(0, before.seconds - start.seconds) * 1000)
        return outcome
    }
}

/// What this process has used so far.
struct Usage {
    /// Of processor time.
    var seconds: Double
    /// The most that it had at once, in MiB.
    var memory: Int

    static func now() -> Usage {
        var usage = rusage()
        #if canImport(Darwin)
            _ = unsafe getrusage(RUSAGE_SELF, &usage)
            let unit = 1 << 20
        #else
            _ = unsafe getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
            let unit = 1 << 10
        #endif
        let time = (usage.ru_utime, usage.ru_stime)
        return Usage(
            seconds: Double(time.0.tv_sec + time.1.tv_sec)
                + Double(time.0.tv_usec + time.1.tv_usec) / 1_000_000,
            memory: usage.ru_maxrss / unit)
    }
}

/// The number of the execution that a worker is at, in a file that both processes have in memory.
@safe
final class Progress {
    private let place: UnsafeMutablePointer<UInt64>

    init(path: String) throws {
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0, ftruncate(descriptor, 8) == 0,
            let memory = unsafe mmap(nil, 8, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0),
            unsafe memory != MAP_FAILED
        else { throw Failure.file(path) }
        close(descriptor)
        unsafe place = memory.bindMemory(to: UInt64.self, capacity: 1)
    }

    deinit { _ = unsafe munmap(place, 8) }

    var index: UInt64 {
        get { unsafe place.pointee }
        set { unsafe place.pointee = newValue }
    }
}

enum Failure: Error, CustomStringConvertible {
    case slow(String, UInt64)
    case memory(String, UInt64, Int)
    case file(String)
    case alone(String, UInt64)
    /// A worker ended at an execution whose input is in a file.
    case crash(Campaign.Ending, target: String, seed: UInt64, index: UInt64, file: String)

    var description: String {
        switch self {
        case .slow(let name, let index): "Execution \(index) of \(name) took too long."
        case .memory(let name, let index, let size):
            "At execution \(index) of \(name) the process needed \(size) MiB, which is more than \(Worker.mostMemory)."
        case .alone(let name, let index): "At execution \(index) of \(name) nobody was there any more."
        case .file(let path): "“\(path)” cannot be used."
        case .crash(let ending, let target, let seed, let index, let file):
            "\(target) \(ending) at execution \(index) of seed \(seed). Repeat it with “\(target) --seed \(seed) "
                + "--from \(index) --executions 1” or with “\(target) --input \(file)”."
        }
    }
}

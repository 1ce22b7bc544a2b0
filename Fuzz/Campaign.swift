// SPDX-License-Identifier: Apache-2.0

import Foundation

/// All executions of one target, by several processes at once; ends at the first that does not do all of its own.
struct Campaign {
    let target: Target
    let share: Share
    let workers: Int

    /// For how many seconds a worker may be at the same execution. Others may use the processors, too.
    private static let longest = 60.0

    /// How a worker ended that should not have.
    enum Ending: CustomStringConvertible {
        case signal(Int32)
        case status(Int32)
        case hang

        var description: String {
            switch self {
            case .signal(let number): "ended by signal \(number)"
            case .status(let number): "failed (\(number))"
            case .hang: "hung"
            }
        }
    }

    /// A worker as this process sees it.
    private struct Running {
        let process: Process
        let output: Pipe
        let progress: Progress
        var last: UInt64
        var since = Date()
    }

    func run() throws {
        let start = Date()
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
            "fuzz-\(ProcessInfo.processInfo.processIdentifier)-\(target.name)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }  // the system tidies what stays
        var running: [Running] = []
        defer { for worker in running where worker.process.isRunning { worker.process.terminate() } }
        for (number, part) in share.divided(by: workers).enumerated() {
            running.append(
                try launch(part, progress: directory.appendingPathComponent("\(number)").path))
        }
        while running.contains(where: \.process.isRunning) {
            Thread.sleep(forTimeInterval: 0.05)
            for number in running.indices {
                let worker = running[number]
                let index = worker.progress.index
                if !worker.process.isRunning {
                    try check(worker)
                } else if index != worker.last {
                    running[number].last = index
                    running[number].since = Date()
                } else if -worker.since.timeIntervalSinceNow > Campaign.longest {
                    throw try failure(.hang, at: index)
                }
            }
        }
        var sum = Worker.Outcome()
        for worker in running {
            try check(worker)
            let text = worker.output.fileHandleForReading.readDataToEndOfFile()
            guard let outcome = Worker.Outcome(String(decoding: text, as: UTF8.self)) else {
                throw try failure(.status(0), at: worker.progress.index)
            }
            sum.executions += outcome.executions
            sum.accepted += outcome.accepted
            sum.milliseconds += outcome.milliseconds
            sum.memory = max(sum.memory, outcome.memory)
        }
        let seconds = Int(-start.timeIntervalSinceNow)
        let rate = sum.executions * 1000 / max(1, sum.milliseconds)
        print(
            "\(target.name): \(sum.executions) executions, \(sum.accepted) accepted, \(rate) a second of a processor, "
                + "\(seconds) seconds in all, at most \(sum.memory) MiB")
        // A reader behind a pipe wants to know now.
        fflush(nil)
    }

    private func launch(_ part: Share, progress path: String) throws -> Running {
        let progress = try Progress(path: path)
        progress.index = part.first
        let process = Process()
        process.executableURL = Bundle.main.executableURL
        process.arguments = [
            target.name, "--seed", "\(part.seed)", "--from", "\(part.first)", "--executions",
            "\(part.end - part.first)", "--progress", path,
        ]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        return Running(process: process, output: output, progress: progress, last: part.first)
    }

    private func check(_ worker: Running) throws {
        let process = worker.process
        guard process.terminationReason == .exit else {
            throw try failure(.signal(process.terminationStatus), at: worker.progress.index)
        }
        guard process.terminationStatus == 0 else {
            throw try failure(.status(process.terminationStatus), at: worker.progress.index)
        }
    }

    /// Keeps the input.
    private func failure(_ ending: Ending, at index: UInt64) throws -> Failure {
        let file = "fuzz-\(target.name)-\(share.seed)-\(index)"
        let input = Mutator.input(of: target, from: try target.seeds(), seed: share.seed, index: index)
        try Data(input).write(to: URL(fileURLWithPath: file))
        return .crash(ending, target: target.name, seed: share.seed, index: index, file: file)
    }
}

// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation

/// How fast guests run: the same kernel and workloads on Seamless, on QEMU's TCG where it is installed, and the workloads
/// natively where the machine can.
@main
struct Benchmarks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "Benchmarks", abstract: "Measure how fast guests run, and compare.")

    @Option(help: "The seamless program; by default the one beside this one.")
    var seamless: String?

    @Option(help: "How often each is run; the figures are medians.")
    var repeats = 3

    @Option(help: "Where the figures go as JSON.")
    var output = "bench.json"

    @Flag(help: "Only Seamless.")
    var alone = false

    @Flag(
        help:
            "Count the emulators' processor time, not the clock's: for a machine that is busy with other work."
    )
    var processorTime = false

    @Flag(help: "Only the costs of single steps.")
    var costs = false

    @Flag(help: "Only verifications of quotes.")
    var verification = false

    func run() async throws {
        do {
            try await measure()
        } catch {
            note("\(error)")
            throw ExitCode.failure
        }
    }

    private func measure() async throws {
        if verification {
            print(try await VerificationRates.measure().table)
            return
        }
        if costs {
            print(try Costs.measure(repeats: max(1, repeats)).table)
            return
        }
        let beside = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        let tool = seamless ?? beside.appendingPathComponent("seamless").path
        guard FileManager.default.isExecutableFile(atPath: tool) else { throw BenchmarkError.noProgram(tool) }
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("seamless-bench-\(ProcessInfo.processInfo.processIdentifier)")
        // What is left behind is in the system's temporary directory.
        defer { try? FileManager.default.removeItem(at: directory) }
        let files = try GuestFiles(in: directory, seamless: tool, progress: note)

        var report = Report(
            kernel: files.kernelPackage, repeats: max(1, repeats), countsProcessorTime: processorTime)
        do {
            note("costs of single steps")
            report.costs = try Costs.measure(repeats: max(1, repeats))
        } catch {
            note("\(error)")
        }
        note("verifications of quotes")
        report.verification = try await VerificationRates.measure()
        let subjects = subjects(tool, files)
        for subject in subjects {
            var runs: [Subject.Times] = []
            do throws(BenchmarkError) {
                for number in 1...max(1, repeats) {
                    runs.append(
                        try subject.run(countsProcessorTime: processorTime) {
                            note("\(subject.name), run \(number) of \(max(1, repeats)): \($0)")
                        })
                }
            } catch {
                note(error.description)
                continue
            }
            report.add(subject, runs)
        }
        report.compare(Benchmarks.ours)
        print("\(report.machine.processor), \(report.machine.processors) processors; \(report.kernel)")
        print(report.table(subjects.map(\.name)))
        if let costs = report.costs { print(costs.table) }
        if let verification = report.verification { print(verification.table) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            try encoder.encode(report).write(to: URL(fileURLWithPath: output))
        } catch {
            throw BenchmarkError.notWritable(path: output, reason: reason(error))
        }
        guard report.subjects[Benchmarks.ours] != nil else { throw ExitCode.failure }
    }

    private static let ours = "seamless"

    private func subjects(_ tool: String, _ files: GuestFiles) -> [Subject] {
        let words = "console=ttyS0 panic=-1 quiet loglevel=3"
        var subjects = [
            Subject(
                name: Benchmarks.ours, version: "\(files.kernelPackage) as a trust domain", program: tool,
                arguments: [
                    "run", "--kernel", files.kernel.path, "--initrd", files.root.path, "--append",
                    "panic=-1 quiet loglevel=3",
                ], boots: true)
        ]
        if alone { return subjects }
        if let qemu = find("qemu-system-x86_64") {
            subjects.append(
                Subject(
                    name: "tcg", version: firstLine(qemu, ["--version"]) ?? "unknown", program: qemu,
                    arguments: [
                        "-accel", "tcg", "-cpu", "Westmere", "-m", "512", "-nodefaults", "-display", "none",
                        "-serial", "stdio", "-no-reboot", "-kernel", files.kernel.path, "-initrd",
                        files.root.path, "-append", words,
                    ], boots: true))
        } else {
            note("qemu-system-x86_64 is not installed; there is nothing to compare the boot with.")
        }
        #if os(Linux) && arch(x86_64)
            subjects.append(
                Subject(
                    name: "native", version: firstLine("/bin/uname", ["-sr"]) ?? "Linux",
                    program: files.program.path, arguments: [], directory: files.directory, boots: false))
        #else
            note("The workloads are Linux programs for x86-64; there is no native run on this machine.")
        #endif
        return subjects
    }

    private func find(_ program: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return path.split(separator: ":").map { "\($0)/\(program)" }
            .first(where: FileManager.default.isExecutableFile)
    }
}

/// A line of progress or complaint, on standard error.
func note(_ text: String) { FileHandle.standardError.write(Data("bench: \(text)\n".utf8)) }

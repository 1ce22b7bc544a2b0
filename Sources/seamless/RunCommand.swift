// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Dispatch
import Foundation
import Platform
import Synchronization
import Trace
import VMM

/// `seamless run`: boots a guest as a TD and ends as the guest ends.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Boot a guest as a trust domain.",
        usage: """
            seamless run
            seamless run debian [-- COMMAND …]
            seamless run --kernel FILE [--initrd FILE] [--append WORDS]
            """,
        discussion: """
            Standard output is the guest's console; in Debian it is what the shell or the command says, and the kernel \
            tells on standard error, with --verbose or when something went wrong. With --json standard output has one \
            JSON object on how the run ended, and what would be there is on standard error.

            At a terminal a shell gets every key, Ctrl-C too; Ctrl-] leaves. Elsewhere Ctrl-C stops the guest, and a \
            second one ends the tool at once.


            """ + ExitStatus.help)

    @OptionGroup var guest: GuestOptions

    @Option(
        help: ArgumentHelp(
            "Write every SEAMCALL, TDCALL, exit and ioctl as a line of JSON.", valueName: "file"))
    var trace: String?

    @Option(
        help: ArgumentHelp(
            "Be this simulated platform, which quotes the guest's reports.", valueName: "directory"))
    var platform: String?

    @Flag(
        help:
            "One thread runs all processors in turn, and time is what they execute: the same input and seed give the same run and the same trace. Standard input is read to its end before the guest starts."
    )
    var deterministic = false

    @Option(help: ArgumentHelp("Of --deterministic: where random numbers come from.", valueName: "number"))
    var seed: UInt64?

    @Option(
        help: ArgumentHelp(
            "Of --deterministic: what the clock shows at the start, in seconds since 1970. [default: 2025-01-01]",
            valueName: "seconds"))
    var epoch: UInt64?

    @Option(help: FaultPlan.help, transform: FaultPlan.parse)
    var inject: FaultPlan?

    @Flag(help: "Say how the run ended as JSON on standard output.")
    var json = false

    func validate() throws {
        if !deterministic, seed != nil || epoch != nil {
            throw ValidationError("--seed and --epoch belong to --deterministic.")
        }
    }

    mutating func run() throws {
        let guest = try guest.guest()
        let authority = try platform.map { try PlatformDirectory($0).authority() }
        let traceFile = try trace.map(openTrace)
        let output = json ? FileHandle.standardError : FileHandle.standardOutput
        let isInteractive = guest.isInteractive && Terminal.isUsable && !json && !deterministic

        let log = guest.hasSession ? KernelLog(isShown: self.guest.verbose) : nil
        progress(
            "Booting \(guest.name) with \(guest.memory >> 20) MiB"
                + (isInteractive ? "; Ctrl-] leaves." : "."))
        let host = try Host(
            memory: guest.memory, processors: guest.configuration.processors, authority: authority,
            determinism: deterministic
                ? Host.Determinism(seed: seed ?? 0, epoch: epoch ?? InstructionTime.defaultEpoch) : nil,
            faults: inject, trace: traceFile)
        let stopping = Stopping()
        let print: @Sendable ([UInt8]) -> Void = { bytes in
            if !output.writeQuietly(bytes) { stopping.stop(signal: SIGPIPE) }
        }
        var (console, session) = (print, nil as (@Sendable ([UInt8]) -> Void)?)
        if let log { (console, session) = ({ log.take($0) }, print) }
        var wiring = MachineWiring(
            console: console, session: session,
            wallClock: { Int64(Date().timeIntervalSince1970) },
            nanoseconds: { DispatchTime.now().uptimeNanoseconds }, quote: host.quote)
        if let turns = host.turns {
            wiring.wallClock = { Int64(clamping: turns.wallNanoseconds() / 1_000_000_000) }
            wiring.nanoseconds = { turns.nanoseconds() }
            wiring.idle = host.idle
        }
        let machine = Machine(guest.configuration, device: host.device, wiring: wiring)
        stopping.machine.withLock { $0 = machine }
        Interruption.shared.onFirstSignal { stopping.stop(signal: $0) }
        let started = DispatchTime.now()
        let outcome: MachineOutcome
        do throws(MachineError) {
            try machine.build()
            if isInteractive { Terminal.makeRaw() }
            let input = Input(
                machine: machine, stopping: stopping, isRaw: isInteractive, isCommand: !guest.command.isEmpty)
            if !deterministic {
                input.start()
            } else {
                input.carry(nothing: isatty(0) != 0)
            }
            outcome = machine.run()
        } catch {
            outcome = .failed(error)
        }
        Terminal.restore()
        // For the trace: the process's memory ends with it anyway.
        if trace != nil { machine.close() }
        Interruption.shared.onFirstSignal(nil)
        let seconds = Double(DispatchTime.now().uptimeNanoseconds - started.uptimeNanoseconds) / 1e9
        let traceFailure = traceFile?.finish()

        let end = RunEnd(
            outcome: outcome, signal: stopping.signal, wantsStatus: !guest.command.isEmpty, guest: guest,
            seconds: seconds)
        if json { FileHandle.standardOutput.writeQuietly(Array((end.json + "\n").utf8)) }
        if end.needsExplanation { log?.explain() }
        if !end.isQuiet { note(end.sentence) }
        if let trace, let traceFailure {
            let error = ToolError.fileNotWritable(path: trace, reason: systemMessage(traceFailure.number))
            Seamless.leave(error.description, error.status)
        }
        Interruption.shared.runExitActions()
        Foundation.exit(end.status)
    }
}

/// The file of `--trace`.
func openTrace(_ path: String) throws(ToolError) -> TraceFile {
    do {
        return try TraceFile(path)
    } catch {
        throw .fileNotWritable(path: path, reason: systemMessage(error.number))
    }
}

/// Who wanted the end, when it was not the guest.
private final class Stopping: Sendable {
    let machine = Mutex<Machine?>(nil)
    private let reason = Mutex<Int32?>(nil)

    var signal: Int32? { reason.withLock { $0 } }

    func stop(signal: Int32) {
        reason.withLock { $0 = $0 ?? signal }
        machine.withLock { $0 }?.stop()
    }
}

/// Carries standard input to the guest's console.
private struct Input: Sendable {
    let machine: Machine
    let stopping: Stopping
    let isRaw: Bool
    let isCommand: Bool

    func start() {
        // Reading as a background job would stop the process.
        guard isatty(0) == 0 || tcgetpgrp(0) == getpgrp() else { return }
        Thread { [self] in carry() }.start()
    }

    /// Carries all of it, on the thread that calls; or only its end.
    func carry(nothing: Bool = false) {
        var buffer = [UInt8](repeating: 0, count: 4096)
        var command = CommandInput()
        while !nothing {
            // The buffer is valid for the call.
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(0, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { break }
            let bytes = Array(buffer[..<count])
            if isRaw, let escape = bytes.firstIndex(of: Terminal.escape) {
                machine.receive(Array(bytes[..<escape]))
                stopping.stop(signal: SIGINT)
                return
            }
            machine.receive(isCommand ? command.take(bytes) : bytes)
        }
        // The end of a piped input is what Ctrl-D is at a terminal.
        machine.receive(command.end)
    }
}

/// How a run ended, for people, programs and the shell.
struct RunEnd {
    let outcome: MachineOutcome
    let signal: Int32?
    let wantsStatus: Bool
    let guest: Guest
    let seconds: Double

    var status: Int32 {
        switch outcome {
        case .poweredOff(.some(let status)): Int32(status)
        case .poweredOff(.none): wantsStatus ? ExitStatus.noStatus.rawValue : 0
        case .reset: ExitStatus.guestReset.rawValue
        case .panicked: ExitStatus.guestPanicked.rawValue
        case .tripleFault: ExitStatus.tripleFault.rawValue
        case .fatalReport: ExitStatus.fatalReport.rawValue
        case .failed: ExitStatus.machineFailed.rawValue
        case .stopped: 128 + (signal ?? SIGINT)
        }
    }

    /// The guest ended by itself and its status says all.
    var isQuiet: Bool {
        if case .poweredOff(let status) = outcome { return wantsStatus && status != nil }
        return false
    }

    /// What the kernel said last belongs to the story.
    var needsExplanation: Bool {
        switch outcome {
        case .panicked, .tripleFault, .fatalReport, .failed: true
        default: false
        }
    }

    var sentence: String {
        switch outcome {
        case .poweredOff(.none) where wantsStatus: "The guest powered off before its command gave a status."
        case .stopped where signal == SIGPIPE:
            "The guest was stopped because nobody reads its console any more."
        case .stopped: "The guest was stopped."
        default: outcome.description
        }
    }

    private struct Report: Encodable {
        var outcome: String
        var status: Int32
        var message: String
        var guest: String
        var mrtd: String
        var memory: UInt64
        var seconds: Double
    }

    var json: String {
        let kind =
            switch outcome {
            case .poweredOff: "poweredOff"
            case .reset: "reset"
            case .panicked: "panicked"
            case .tripleFault: "tripleFault"
            case .fatalReport: "fatalReport"
            case .failed: "failed"
            case .stopped: "stopped"
            }
        return encoded(
            Report(
                outcome: kind, status: status, message: sentence, guest: guest.name,
                mrtd: guest.mrtd.hexadecimal,
                memory: guest.memory, seconds: (seconds * 1000).rounded() / 1000))
    }
}

/// A value as one line of JSON with its names in order.
func encoded(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Values of ours are strings and whole numbers, which always encode.
    guard let data = try? encoder.encode(value) else { return "{}" }
    return String(decoding: data, as: UTF8.self)
}

extension Sequence<UInt8> {
    /// Two lower-case digits a byte.
    var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

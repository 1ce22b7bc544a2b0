// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import Synchronization

/// Something the workload program runs on.
struct Subject {
    let name: String
    /// Which one exactly, for the report.
    let version: String
    let program: String
    let arguments: [String]
    var directory: URL?
    /// It boots a kernel first.
    let boots: Bool

    /// Seconds of one run: from the start of the process to `/init`, and of each workload.
    struct Times {
        var start = 0.0
        var workloads: [WorkloadProgram.Workload: Double] = [:]
    }

    private static let patience = 180

    /// Runs it once. `progress` gets each line of the program as it comes.
    ///
    /// - Parameter countsProcessorTime: takes the time that the emulator computes, not the clock's.
    func run(countsProcessorTime: Bool, progress: (String) -> Void) throws(BenchmarkError) -> Times {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.currentDirectoryURL = directory
        process.standardInput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let pipe = Pipe()
        process.standardOutput = pipe
        var started = Subject.now()
        do { try process.run() } catch { throw .cannotStart(program: program, reason: reason(error)) }
        // Programs that are not emulators compute in processes of their own.
        let clock: () -> UInt64
        if countsProcessorTime, boots, let clockOfProcess = Subject.processorClock(process.processIdentifier)
        {
            clock = clockOfProcess
            started = 0
        } else {
            clock = Subject.now
        }
        // A guest that hangs says nothing more: only a clock of ours ends it.
        let timedOut = Atomic(false)
        let timer = DispatchSource.makeTimerSource()
        timer.schedule(deadline: .now() + .seconds(Subject.patience))
        timer.setEventHandler {
            timedOut.store(true, ordering: .relaxed)
            process.terminate()
        }
        timer.resume()
        defer {
            timer.cancel()
            process.terminate()
            process.waitUntilExit()
        }

        var times = Times()
        var last = "the start"
        var line: [UInt8] = []
        while true {
            let piece = pipe.fileHandleForReading.availableData
            let now = clock()
            if piece.isEmpty { break }
            for byte in piece where byte != UInt8(ascii: "\r") {
                guard byte == UInt8(ascii: "\n") else {
                    line.append(byte)
                    continue
                }
                let text = String(decoding: line, as: UTF8.self)
                line.removeAll(keepingCapacity: true)
                guard let range = text.range(of: WorkloadProgram.Marker.prefix) else { continue }
                let words = String(text[range.upperBound...])
                last = words
                let seconds = Double(now &- started) / 1e9
                started = now
                if words == WorkloadProgram.Marker.begin {
                    times.start = seconds
                    if boots { progress(String(format: "/init after %.2f s", seconds)) }
                } else if words == WorkloadProgram.Marker.done {
                    return times
                } else if let workload = workload(words, WorkloadProgram.Marker.end) {
                    times.workloads[workload] = seconds
                    progress(String(format: "\(workload.rawValue) %.3f s", seconds))
                } else if let workload = workload(words, WorkloadProgram.Marker.failed) {
                    throw .workloadFailed(subject: name, workload: workload.rawValue)
                }
            }
        }
        if timedOut.load(ordering: .relaxed) {
            throw .tooSlow(subject: name, seconds: Subject.patience, last: last)
        }
        throw .endedEarly(subject: name, last: last)
    }

    private static func now() -> UInt64 { DispatchTime.now().uptimeNanoseconds }

    /// Nanoseconds that all threads of a process have computed.
    private static func processorClock(_ process: Int32) -> (() -> UInt64)? {
        #if os(Linux)
            var identifier = clockid_t()
            guard unsafe clock_getcpuclockid(process, &identifier) == 0 else { return nil }
            return {
                var time = timespec()
                unsafe clock_gettime(identifier, &time)
                return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
            }
        #else
            return nil
        #endif
    }

    private func workload(_ words: String, _ marker: String) -> WorkloadProgram.Workload? {
        words.hasPrefix(marker)
            ? WorkloadProgram.Workload(rawValue: String(words.dropFirst(marker.count))) : nil
    }
}

/// The part of a Foundation error that tells the reader something.
func reason(_ error: any Error) -> String {
    let error = error as NSError
    if error.domain == NSPOSIXErrorDomain { return unsafe String(cString: strerror(Int32(error.code))) }
    return error.localizedDescription
}

/// The first line that a program says about itself.
func firstLine(_ program: String, _ arguments: [String]) -> String? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    // A program that cannot be started says nothing.
    guard (try? process.run()) != nil else { return nil }
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return text.split(separator: "\n").first.map(String.init)
}

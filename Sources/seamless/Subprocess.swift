// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// A program of the system, run to its end.
struct Subprocess {
    let program: String
    var arguments: [String]
    var directory: URL?
    var environment: [String: String] = [:]

    struct Result {
        var status: Int32
        var output: [UInt8]
        var errors: String

        var text: String { String(decoding: output, as: UTF8.self) }
    }

    /// The path of `program`, if the person who runs the tool could run it.
    static func find(_ program: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        for directory in path.split(separator: ":") {
            let candidate = "\(directory)/\(program)"
            if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
        }
        return nil
    }

    /// Runs it and hands its output over as it comes.
    ///
    /// - Parameter output: takes a piece of standard output; false ends the program.
    func run(output: (Data) throws -> Bool) throws -> (status: Int32, errors: String) {
        guard let path = Subprocess.find(program) else { throw ToolError.noPackageManager(program) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.currentDirectoryURL = directory
        var environment = ProcessInfo.processInfo.environment
        environment["LC_ALL"] = "C"
        environment.merge(self.environment) { $1 }
        process.environment = environment
        let (out, err) = (Pipe(), Pipe())
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = out
        process.standardError = err
        do {
            try process.run()
        } catch {
            throw ToolError.programFailed(program: program, reason: reason(error))
        }
        let token = Interruption.shared.onExit { [process] in process.terminate() }
        defer { Interruption.shared.forget(token) }
        // Standard error is drained beside standard output, so that neither pipe fills up.
        let errors = Mutex(Data())
        let drained = DispatchSemaphore(value: 0)
        let reader = Thread {
            while true {
                let piece = err.fileHandleForReading.availableData
                if piece.isEmpty { break }
                errors.withLock { $0.append(piece) }
            }
            drained.signal()
        }
        reader.start()
        do {
            while true {
                let piece = out.fileHandleForReading.availableData
                if piece.isEmpty { break }
                if try !output(piece) { break }
            }
        } catch {
            process.terminate()
            process.waitUntilExit()
            throw error
        }
        // A program that still writes learns that nobody reads.
        try? out.fileHandleForReading.close()
        process.waitUntilExit()
        drained.wait()
        return (process.terminationStatus, String(decoding: errors.withLock { $0 }, as: UTF8.self))
    }

    func run() throws -> Result {
        var bytes: [UInt8] = []
        let end = try run { piece in
            bytes += piece
            return true
        }
        return Result(status: end.status, output: bytes, errors: end.errors)
    }
}

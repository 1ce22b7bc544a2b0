// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// A program of the system, run to its end.
///
/// Started with `posix_spawn` and waited for with `waitpid`: Foundation's own way needs sockets, which a sandbox without
/// network may refuse.
struct Subprocess {
    let program: String
    var arguments: [String]
    var directory: URL?

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

    /// A pipe whose ends close when a program is started.
    private struct Channel {
        let reading: Int32
        let writing: Int32

        init?() {
            var ends: [Int32] = [0, 0]
            // The array has room for the two descriptors.
            guard unsafe pipe(&ends) == 0 else { return nil }
            (reading, writing) = (ends[0], ends[1])
            _ = fcntl(reading, F_SETFD, FD_CLOEXEC)
            _ = fcntl(writing, F_SETFD, FD_CLOEXEC)
        }
    }

    /// Runs it and hands its output over as it comes.
    ///
    /// - Parameter output: takes a piece of standard output; false ends the program.
    func run(output: ([UInt8]) throws -> Bool) throws -> (status: Int32, errors: String) {
        guard let path = Subprocess.find(program) else { throw ToolError.noPackageManager(program) }
        guard let out = Channel(), let err = Channel() else {
            throw ToolError.programFailed(program: program, reason: systemMessage(errno))
        }
        // The shell changes the directory, as there is no portable way to ask for it.
        let command =
            directory.map { ["/bin/sh", "-c", "cd \"$1\" && shift && exec \"$@\"", "sh", $0.path, path] } ?? [path]
        let process = try spawn(command + arguments, out: out.writing, err: err.writing)
        close(out.writing)
        close(err.writing)
        let token = Interruption.shared.onExit { kill(process, SIGTERM) }
        defer { Interruption.shared.forget(token) }

        // Standard error is drained beside standard output, so that neither pipe fills up.
        let errors = Mutex<[UInt8]>([])
        let drained = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            while let piece = readPiece(err.reading) { errors.withLock { $0 += piece } }
            close(err.reading)
            drained.signal()
        }
        var failure: (any Error)?
        do {
            while let piece = readPiece(out.reading) {
                if try !output(piece) { break }
            }
        } catch {
            failure = error
            kill(process, SIGTERM)
        }
        // A program that still writes learns that nobody reads.
        close(out.reading)
        let status = wait(process)
        drained.wait()
        if let failure { throw failure }
        return (status, String(decoding: errors.withLock { $0 }, as: UTF8.self))
    }

    func run() throws -> Result {
        var bytes: [UInt8] = []
        let end = try run { piece in
            bytes += piece
            return true
        }
        return Result(status: end.status, output: bytes, errors: end.errors)
    }

    private func spawn(_ command: [String], out: Int32, err: Int32) throws -> pid_t {
        #if canImport(Darwin)
        var actions: posix_spawn_file_actions_t?
        var attributes: posix_spawnattr_t?
        #else
        var actions = unsafe posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        #endif
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawnattr_init(&attributes)
        defer {
            unsafe posix_spawn_file_actions_destroy(&actions)
            unsafe posix_spawnattr_destroy(&attributes)
        }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, out, 1)
        unsafe posix_spawn_file_actions_adddup2(&actions, err, 2)
        // Signals this tool ignores or handles do their usual work in the program.
        var defaults = sigset_t()
        unsafe sigemptyset(&defaults)
        for number in [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE] { _ = unsafe sigaddset(&defaults, number) }
        unsafe posix_spawnattr_setsigdefault(&attributes, &defaults)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))

        var environment = ProcessInfo.processInfo.environment
        environment["LC_ALL"] = "C"
        var words = unsafe command.map { unsafe strdup($0) } + [nil]
        var variables = unsafe environment.map { unsafe strdup("\($0)=\($1)") } + [nil]
        defer {
            unsafe words.forEach { unsafe free($0) }
            unsafe variables.forEach { unsafe free($0) }
        }
        var process: pid_t = 0
        // All pointers live until the call returns.
        let failure = unsafe posix_spawn(&process, command[0], &actions, &attributes, &words, &variables)
        guard failure == 0 else { throw ToolError.programFailed(program: program, reason: systemMessage(failure)) }
        return process
    }

    private func wait(_ process: pid_t) -> Int32 {
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) < 0 && errno == EINTR {}
        return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
    }
}

/// What comes next from a descriptor; nil at its end.
private func readPiece(_ descriptor: Int32) -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        // The buffer is valid for the call.
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
        if count < 0 && errno == EINTR { continue }
        return count > 0 ? Array(buffer[..<count]) : nil
    }
}

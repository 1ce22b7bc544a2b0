// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// A process that a test started: the tool, with pipes or a terminal of its own.
package final class Child: Sendable {
    package let process: Int32
    package let output = Collector()
    package let errors = Collector()
    /// What the process reads: the other end of its pipe, or the terminal.
    private let input: Int32
    private let ended = Mutex<Int32?>(nil)
    private let started = ContinuousClock.now

    package struct CannotStart: Error { let number: Int32 }

    /// Held from making pipes to closing them, so that no other child gets their ends.
    private static let starting = NSLock()
    #if canImport(Darwin)
        private static let ownSession = Int32(POSIX_SPAWN_SETSID)
    #else
        /// `POSIX_SPAWN_SETSID`, which the system's module does not show.
        private static let ownSession: Int32 = 0x80
    #endif

    /// - Parameters:
    ///   - program: its path, or a name to be looked up.
    ///   - environment: what is different from this process's; nil takes a name away.
    ///   - terminal: standard input, output and error, and the process's controlling terminal. Nil: pipes.
    package init(
        _ program: String, _ arguments: [String], environment changes: [String: String?] = [:],
        terminal: PseudoTerminal? = nil
    ) throws {
        var environment = ProcessInfo.processInfo.environment
        for (name, value) in changes { environment[name] = value }
        Child.starting.lock()
        defer { Child.starting.unlock() }
        let (reading, writing) = (try Child.pipe(), try Child.pipe())
        let failing = try Child.pipe()
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
            var attributes: posix_spawnattr_t?
        #else
            var actions = posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        if let terminal {
            // The first terminal that a session's leader opens becomes the session's own.
            posix_spawn_file_actions_addopen(&actions, 0, terminal.path, O_RDWR, 0)
            posix_spawn_file_actions_adddup2(&actions, 0, 1)
            posix_spawn_file_actions_adddup2(&actions, 0, 2)
        } else {
            posix_spawn_file_actions_adddup2(&actions, reading[0], 0)
            posix_spawn_file_actions_adddup2(&actions, writing[1], 1)
            posix_spawn_file_actions_adddup2(&actions, failing[1], 2)
        }
        for number in [reading, writing, failing].joined() + (terminal.map { [$0.descriptor] } ?? []) {
            posix_spawn_file_actions_addclose(&actions, number)
        }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        let flags = Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF) | Child.ownSession
        posix_spawnattr_setflags(&attributes, Int16(flags))

        var number: pid_t = 0
        var words = ([program] + arguments).map { strdup($0) } + [nil]
        var names = environment.map { strdup("\($0)=\($1)") } + [nil]
        let failure = posix_spawnp(&number, program, &actions, &attributes, &words, &names)
        for word in words + names { free(word) }
        for end in [reading[0], writing[1], failing[1]] { close(end) }
        process = number
        input = terminal?.descriptor ?? reading[1]
        if let terminal {
            for end in [reading[1], writing[0], failing[0]] { close(end) }
            output.read(terminal.descriptor)
        } else {
            output.read(writing[0])
            errors.read(failing[0])
        }
        guard failure == 0 else {
            ended.withLock { $0 = 127 }
            throw CannotStart(number: failure)
        }
        isTerminal = terminal != nil
    }
    private let isTerminal: Bool

    /// Nobody outlives a test.
    deinit {
        signal(SIGKILL)
        _ = try? wait(seconds: 10)  // a process that was killed ends
        if !isTerminal { close(input) }
    }

    private static func pipe() throws -> [Int32] {
        var ends: [Int32] = [0, 0]
        guard Foundation.pipe(&ends) == 0 else { throw CannotStart(number: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return ends
    }

    package func write(_ text: String) {
        for byte in text.utf8 { _ = withUnsafeBytes(of: byte) { Foundation.write(input, $0.baseAddress, 1) } }
    }

    package func signal(_ number: Int32) {
        ended.withLock { if $0 == nil { kill(process, number) } }
    }

    package struct TooLong: Error {
        let seconds: Double
        let output: String
        let errors: String
    }

    /// The exit status, as a shell gives it.
    package func wait(seconds: Double) throws -> Int32 {
        while true {
            let status: Int32? = ended.withLock { ended in
                if let ended { return ended }
                var status: Int32 = 0
                guard waitpid(process, &status, WNOHANG) == process else { return nil }
                let signal = status & 0x7F
                ended = signal == 0 ? status >> 8 & 0xFF : 128 + signal
                return ended
            }
            if let status {
                output.finish()
                errors.finish()
                return status
            }
            try check(seconds)
        }
    }

    /// Waits until the output, from where it was last found, has a text.
    package func expect(_ text: String, seconds: Double) throws {
        while !output.take(through: text) { try check(seconds) }
    }

    private func check(_ seconds: Double) throws {
        usleep(20_000)
        guard started.duration(to: .now) > .seconds(seconds) else { return }
        signal(SIGKILL)
        throw TooLong(seconds: seconds, output: output.text, errors: errors.text)
    }

    /// Processor time used so far, in seconds; nil where the system does not tell.
    package var processorTime: Double? {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let name = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[name...].split(separator: " ")
        guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13]) else {
            return nil
        }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}

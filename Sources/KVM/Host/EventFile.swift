// SPDX-License-Identifier: Apache-2.0

import KVMABI

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// An eventfd of the program, kept open until it is needed no more.
final class EventFile: Sendable {
    fileprivate let descriptor: Int32
    /// Which eventfd it is, by whatever descriptor.
    private let identity: UInt64

    /// - Throws: `EBADF` when nothing is open there, `EINVAL` when it is no eventfd.
    init(_ number: Int32) throws(Errno) {
        #if canImport(Darwin)
            throw .invalid
        #else
            descriptor = fcntl(number, F_DUPFD_CLOEXEC, 0)
            guard descriptor >= 0 else { throw .badDescriptor("nothing is open at the descriptor") }
            guard let identity = EventFile.identity(of: descriptor) else {
                close(descriptor)
                throw .invalid("the descriptor is no eventfd")
            }
            self.identity = identity
        #endif
    }

    deinit { close(descriptor) }

    /// The host's system has eventfds.
    static let exist: Bool = {
        #if canImport(Darwin)
            false
        #else
            true
        #endif
    }()

    func isSame(as other: EventFile) -> Bool { identity == other.identity }

    /// Adds 1.
    func signal() {
        var one: UInt64 = 1
        // A counter that is full already says what is to be said.
        _ = write(descriptor, &one, 8)
    }

    /// Takes what has been added, if it still is there.
    fileprivate func take() -> Bool {
        var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&state, 1, 0) == 1, Int32(state.revents) & POLLIN != 0 else { return false }
        var count: UInt64 = 0
        return read(descriptor, &count, 8) == 8
    }

    #if !canImport(Darwin)
        /// The number by which the system tells eventfds apart; nil for other files.
        private static func identity(of descriptor: Int32) -> UInt64? {
            guard let file = fopen("/proc/self/fdinfo/\(descriptor)", "r") else { return nil }
            defer { fclose(file) }
            var isEvent = false
            var line = [CChar](repeating: 0, count: 256)
            while fgets(&line, Int32(line.count), file) != nil {
                let text = String(
                    decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
                let parts = text.split { ": \t\n".contains($0) }
                guard parts.count == 2 else { continue }
                if parts[0] == "eventfd-count" { isEvent = true }
                if parts[0] == "eventfd-id" { return UInt64(parts[1]) }
            }
            // Systems that do not number them: every descriptor is another.
            return isEvent ? 1 << 63 | UInt64(descriptor) : nil
        }
    #endif
}

/// One thread that waits for eventfds of programs and calls who wants to know.
///
/// The thread starts with the first file and ends when nobody has the poller any more.
final class EventPoller: Sendable {
    private final class State: @unchecked Sendable {
        let lock = Lock()
        /// Who is told, by what `add` returned.
        var watched: [UInt64: (file: EventFile, body: @Sendable () -> Void)] = [:]
        var next: UInt64 = 0
        var ended = false
        /// Makes the thread look at the list again.
        var wakeup: (read: Int32, write: Int32)?
    }
    private let state = State()

    deinit {
        state.lock.withLock {
            state.ended = true
            EventPoller.poke(state)
        }
    }

    private static func poke(_ state: State) {
        guard let wakeup = state.wakeup else { return }
        var byte: UInt8 = 0
        // A full pipe wakes as well.
        _ = write(wakeup.write, &byte, 1)
    }

    /// Calls `body` on the poller's thread whenever the file has been written to.
    func add(_ file: EventFile, _ body: @escaping @Sendable () -> Void) throws(Errno) -> UInt64 {
        try state.lock.withLock { () throws(Errno) -> UInt64 in
            if state.wakeup == nil {
                var pair: [Int32] = [0, 0]
                guard pipe(&pair) == 0 else { throw .noMemory }
                for end in pair {
                    _ = fcntl(end, F_SETFD, FD_CLOEXEC)
                    _ = fcntl(end, F_SETFL, O_NONBLOCK)
                }
                state.wakeup = (pair[0], pair[1])
                let state = state
                startThread { EventPoller.run(state) }
            }
            state.next += 1
            state.watched[state.next] = (file, body)
            EventPoller.poke(state)
            return state.next
        }
    }

    func remove(_ key: UInt64) {
        state.lock.withLock {
            state.watched[key] = nil
            EventPoller.poke(state)
        }
    }

    private static func run(_ state: State) {
        while true {
            let list = state.lock.withLock { state.ended ? nil : state.watched }
            guard let list, let wakeup = state.wakeup else { break }
            let keys = Array(list.keys)
            var files = [pollfd(fd: wakeup.read, events: Int16(POLLIN), revents: 0)]
            for key in keys {
                files.append(pollfd(fd: list[key]?.file.descriptor ?? -1, events: Int16(POLLIN), revents: 0))
            }
            guard poll(&files, nfds_t(files.count), -1) > 0 else { continue }
            if files[0].revents != 0 {
                var bytes = [UInt8](repeating: 0, count: 64)
                while read(wakeup.read, &bytes, bytes.count) > 0 {}
            }
            for (index, key) in keys.enumerated() where files[index + 1].revents != 0 {
                guard let entry = list[key], entry.file.take() else { continue }
                // Not for who has been removed meanwhile.
                if state.lock.withLock({ state.watched[key] != nil }) { entry.body() }
            }
        }
        if let wakeup = state.wakeup {
            close(wakeup.read)
            close(wakeup.write)
        }
    }
}

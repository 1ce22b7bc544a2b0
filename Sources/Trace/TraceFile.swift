// SPDX-License-Identifier: Apache-2.0

import Synchronization
public import TDXABI

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A trace: one line of JSON an event, in the order the events were reported.
public final class TraceFile: Sendable {
    /// The system's answer when the file could not be opened or written.
    public struct Failure: Error {
        /// An error number of the system.
        public let number: Int32
    }

    private struct State {
        var buffer: [UInt8] = []
        var failure: Failure?
    }
    private let descriptor: Int32
    private let state = Mutex(State())

    /// Makes the file, or empties it.
    public init(_ path: String) throws(Failure) {
        // The path is read during the call.
        descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw Failure(number: errno) }
    }

    /// Adds an event. After a failure the rest is dropped, and `close` says why.
    public func write(_ event: TraceEvent) {
        let line = TraceLine.text(event)
        state.withLock { state in
            guard state.failure == nil else { return }
            state.buffer += line.utf8
            state.buffer.append(0x0A)
            if state.buffer.count >= 1 << 16 || event.isFailure { flush(&state) }
        }
    }

    /// Writes what is left.
    ///
    /// - Returns: the first failure, when the file is not whole.
    public func finish() -> Failure? {
        state.withLock { state in
            if state.failure == nil { flush(&state) }
            return state.failure
        }
    }

    private func flush(_ state: inout State) {
        var done = 0
        while done < state.buffer.count {
            // The pointer is used within the closure only.
            let count = unsafe state.buffer.withUnsafeBytes { buffer in
                unsafe systemWrite(
                    descriptor, buffer.baseAddress.map { unsafe $0 + done }, buffer.count - done)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                state.failure = Failure(number: errno)
                break
            }
            done += count
        }
        state.buffer.removeAll(keepingCapacity: true)
    }
}

extension TraceEvent {
    /// The program was told that something went wrong, after which it may end without leave.
    fileprivate var isFailure: Bool {
        if case .ioctl(_, _, let result, _) = self { result < 0 } else { false }
    }
}

/// `write(2)`, under a name that methods called `write` do not hide.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    unsafe write(descriptor, bytes, count)
}

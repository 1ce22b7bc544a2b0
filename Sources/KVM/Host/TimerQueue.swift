// SPDX-License-Identifier: Apache-2.0

import Platform

/// High-resolution timers: one thread that sleeps until the next expiry.
///
/// The thread starts with the first timer and ends when nobody has the queue any more.
final class TimerQueue: Sendable {
    private final class State: @unchecked Sendable {
        let lock = Lock()
        var timers: [ObjectIdentifier: (deadline: UInt64, fire: @Sendable () -> Void)] = [:]
        var runs = false
        var ended = false
    }
    private let state = State()

    deinit {
        state.lock.withLock {
            state.ended = true
            state.lock.wake()
        }
    }

    /// Calls `fire` at `deadline` (nanoseconds of the host's monotonic clock), instead of what `owner` had before.
    func set(_ owner: AnyObject, deadline: UInt64, _ fire: @escaping @Sendable () -> Void) {
        state.lock.withLock {
            state.timers[ObjectIdentifier(owner)] = (deadline, fire)
            if state.runs {
                state.lock.wake()
            } else {
                state.runs = true
                let state = state
                startThread { TimerQueue.run(state) }
            }
        }
    }

    func cancel(_ owner: AnyObject) {
        state.lock.withLock { _ = state.timers.removeValue(forKey: ObjectIdentifier(owner)) }
    }

    private static func run(_ state: State) {
        while true {
            let due: [@Sendable () -> Void]? = state.lock.withLock {
                if state.ended { return nil }
                let now = HostClock.nanoseconds()
                let expired = state.timers.filter { $0.value.deadline <= now }
                for key in expired.keys { state.timers[key] = nil }
                if expired.isEmpty {
                    let next = state.timers.values.map(\.deadline).min()
                    state.lock.wait(nanoseconds: next.map { $0 &- now })
                }
                return expired.values.map(\.fire)
            }
            guard let due else { return }
            for fire in due { fire() }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Platform
import Synchronization

/// High-resolution timers: one thread that sleeps until the next expiry.
///
/// The thread starts with the first timer and ends when nobody has the queue any more. Who sets a timer wakes it only
/// for an earlier expiry than it sleeps for.
final class TimerQueue: Sendable {
    private final class State: @unchecked Sendable {
        let lock = Lock()
        let time: any TimeSource
        var timers: [ObjectIdentifier: (deadline: UInt64, fire: @Sendable () -> Void)] = [:]
        /// What the thread sleeps for.
        var next = UInt64.max
        var runs = false
        var ended = false
        /// How often the thread has looked for expired timers.
        var rounds = 0
        init(_ time: any TimeSource) { self.time = time }
    }
    private let state: State

    init(_ time: any TimeSource) {
        let state = State(time)
        self.state = state
        time.whenAdvanced { [weak state] in
            guard let state else { return }
            state.lock.withLock { state.lock.wake() }
        }
    }

    deinit {
        state.lock.withLock {
            state.ended = true
            state.lock.wake()
        }
    }

    /// How often the queue's thread has woken, for tests.
    var rounds: Int { state.lock.withLock { state.rounds } }

    /// Calls `fire` when the time-stamp counter reaches `deadline`, instead of what `owner` had before.
    func set(_ owner: AnyObject, deadline: UInt64, _ fire: @escaping @Sendable () -> Void) {
        state.lock.withLock {
            state.timers[ObjectIdentifier(owner)] = (deadline, fire)
            guard state.runs else {
                state.runs = true
                let state = state
                startThread { TimerQueue.run(state) }
                return
            }
            if deadline < state.next { state.lock.wake() }
        }
    }

    func cancel(_ owner: AnyObject) {
        state.lock.withLock { _ = state.timers.removeValue(forKey: ObjectIdentifier(owner)) }
    }

    private static func run(_ state: State) {
        while true {
            let due: [@Sendable () -> Void]? = state.lock.withLock {
                if state.ended { return nil }
                state.rounds += 1
                let now = state.time.ticks()
                let expired = state.timers.filter { $0.value.deadline <= now }
                for key in expired.keys { state.timers[key] = nil }
                if expired.isEmpty {
                    state.next = state.timers.values.map(\.deadline).min() ?? .max
                    let delay = state.next == .max ? nil : state.time.delay(until: state.next)
                    if delay != 0 { state.lock.wait(nanoseconds: delay) }
                    state.next = 0  // awake: nobody has to wake it
                }
                return expired.values.map(\.fire)
            }
            guard let due else { return }
            for fire in due { fire() }
        }
    }
}

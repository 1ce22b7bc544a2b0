// SPDX-License-Identifier: Apache-2.0

import Platform
import Synchronization

/// High-resolution timers: one thread that sleeps until the next expiry.
///
/// The thread starts with the first timer and ends when nobody has the queue any more. Who sets a timer wakes it only
/// for an earlier expiry than it sleeps for. Where vCPUs run in turn there is no thread: who runs them calls `fireDue`.
final class TimerQueue: Sendable {
    private struct Timer {
        var deadline: UInt64
        /// Of two with the same deadline the one that was set first is the first to fire.
        var number: UInt64
        var fire: @Sendable () -> Void
    }
    private final class State: @unchecked Sendable {
        let lock = Lock()
        let time: any TimeSource
        var timers: [ObjectIdentifier: Timer] = [:]
        /// How many timers have been set.
        var count: UInt64 = 0
        /// What the thread sleeps for.
        var next = UInt64.max
        var runs = false
        var ended = false
        /// How often the thread has looked for expired timers.
        var rounds = 0
        init(_ time: any TimeSource) { self.time = time }

        /// Takes out the timers that are due, in their order.
        func takeDue() -> [@Sendable () -> Void] {
            let now = time.ticks()
            let due = timers.filter { $0.value.deadline <= now }
            for key in due.keys { timers[key] = nil }
            return due.values.sorted { ($0.deadline, $0.number) < ($1.deadline, $1.number) }.map(\.fire)
        }
        var earliest: UInt64 { timers.values.map(\.deadline).min() ?? .max }
    }
    private let state: State
    private let hasThread: Bool

    init(_ time: any TimeSource, hasThread: Bool = true) {
        self.hasThread = hasThread
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
            state.count += 1
            state.timers[ObjectIdentifier(owner)] = Timer(deadline: deadline, number: state.count, fire: fire)
            if !hasThread { return }
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

    /// When the next timer is due; all ones when there is none.
    var next: UInt64 { state.lock.withLock { state.earliest } }

    /// Fires the timers that are due, on the thread that calls.
    func fireDue() {
        for fire in state.lock.withLock({ state.takeDue() }) { fire() }
    }

    private static func run(_ state: State) {
        while true {
            let due: [@Sendable () -> Void]? = state.lock.withLock {
                if state.ended { return nil }
                state.rounds += 1
                let expired = state.takeDue()
                if expired.isEmpty {
                    state.next = state.earliest
                    let delay = state.next == .max ? nil : state.time.delay(until: state.next)
                    if delay != 0 { state.lock.wait(nanoseconds: delay) }
                    state.next = 0  // awake: nobody has to wake it
                }
                return expired
            }
            guard let due else { return }
            for fire in due { fire() }
        }
    }
}

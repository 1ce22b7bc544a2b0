// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What the machine's time-stamp counter follows, and how threads of the host wait for it.
public protocol TimeSource: Sendable {
    /// The counter, which never goes back.
    func ticks() -> UInt64
    /// How long a thread may sleep, in nanoseconds, until the counter has reached `ticks`; nil: until it is told that
    /// the counter has advanced.
    func delay(until ticks: UInt64) -> UInt64?
    /// `body` is called, by whatever thread, after the counter has advanced in a way that `delay` did not foresee.
    func whenAdvanced(_ body: @escaping @Sendable () -> Void)
    /// Nanoseconds since some moment, which never go back: the host kernel's monotonic clock.
    func nanoseconds() -> UInt64
    /// Nanoseconds since 1970: the host kernel's wall clock.
    func wallNanoseconds() -> UInt64
}

extension TimeSource {
    public func nanoseconds() -> UInt64 { HostClock.nanoseconds() }
    public func wallNanoseconds() -> UInt64 { HostClock.wallNanoseconds() }
}

/// Time that follows the host's monotonic clock, from 0 on.
public struct HostTime: TimeSource {
    private let start: UInt64
    private let kHz: UInt64

    public init(kHz: UInt32) {
        start = HostClock.nanoseconds()
        self.kHz = UInt64(kHz)
    }

    public func ticks() -> UInt64 {
        HostClock.scale(HostClock.nanoseconds() &- start, by: kHz, over: 1_000_000)
    }

    public func delay(until ticks: UInt64) -> UInt64? {
        let now = self.ticks()
        guard ticks > now else { return 0 }
        // Rounded up, so that the counter is there when the thread wakes.
        let delay = HostClock.scale(ticks - now, by: 1_000_000, over: kHz)
        return delay == ~0 ? delay : delay + 1
    }

    public func whenAdvanced(_ body: @escaping @Sendable () -> Void) {}
}

/// Time that passes only when somebody says so.
public final class ManualTime: TimeSource {
    private struct State: Sendable {
        var ticks: UInt64 = 0
        var listeners: [@Sendable () -> Void] = []
    }
    private let state = Mutex(State())

    public init() {}

    public func advance(by ticks: UInt64) {
        let listeners = state.withLock { state in
            state.ticks &+= ticks
            return state.listeners
        }
        for listener in listeners { listener() }
    }

    public func ticks() -> UInt64 { state.withLock { $0.ticks } }
    public func delay(until ticks: UInt64) -> UInt64? { ticks <= self.ticks() ? 0 : nil }
    public func whenAdvanced(_ body: @escaping @Sendable () -> Void) {
        state.withLock { $0.listeners.append(body) }
    }
}

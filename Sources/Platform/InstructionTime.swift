// SPDX-License-Identifier: Apache-2.0

import Synchronization
import X86Engine

/// Time that guests make pass by what they execute: a tick of the time-stamp counter for each instruction.
///
/// One thread runs all vCPUs of such a machine in turn. A guest that runs is interrupted by the machine's timer when its
/// turn is over, or somebody's timer is due; while no vCPU has anything to do, time jumps to the next timer. So the same
/// program with the same input runs the same way every time.
public final class InstructionTime: TimeSource {
    /// What executes the guests counts here.
    let counter = InstructionCounter()
    private let kHz: UInt64
    private let epoch: UInt64
    /// Ticks in which nobody ran.
    private let idle = Atomic<UInt64>(0)

    /// When a machine starts, in seconds since 1970, if nobody says: 1 January 2025, 0:00.
    public static let defaultEpoch: UInt64 = 1_735_689_600

    /// Instructions of a vCPU before it is the next one's turn.
    public static let turn: UInt64 = 100_000

    /// The vector of the interrupt that ends a turn: Linux's `LOCAL_TIMER_VECTOR`.
    static let timerVector: UInt8 = 0xEC

    /// - Parameters:
    ///   - kHz: frequency of the time-stamp counter.
    ///   - epoch: what the wall clock shows at the start, in seconds since 1970.
    public init(kHz: UInt32, epoch: UInt64 = InstructionTime.defaultEpoch) {
        self.kHz = UInt64(kHz)
        self.epoch = epoch
    }

    public func ticks() -> UInt64 { counter.count &+ idle.load(ordering: .relaxed) }
    public func delay(until ticks: UInt64) -> UInt64? { ticks <= self.ticks() ? 0 : nil }
    public func whenAdvanced(_ body: @escaping @Sendable () -> Void) {}
    public func nanoseconds() -> UInt64 { HostClock.scale(ticks(), by: 1_000_000, over: kHz) }
    public func wallNanoseconds() -> UInt64 { epoch &* 1_000_000_000 &+ nanoseconds() }

    /// Nobody has anything to do until then.
    public func skip(to ticks: UInt64) {
        let now = self.ticks()
        if ticks > now { idle.wrappingAdd(ticks - now, ordering: .relaxed) }
    }

    /// The next guest to run is interrupted when the time has come.
    public func interrupt(at ticks: UInt64) {
        let now = self.ticks()
        counter.limit = counter.count &+ (ticks > now ? ticks - now : 0)
    }

    /// The timer's interrupt, if it has arrived.
    var interrupt: UInt8? { counter.count >= counter.limit ? InstructionTime.timerVector : nil }
}

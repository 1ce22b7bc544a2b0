// SPDX-License-Identifier: Apache-2.0

import Platform
import Synchronization

/// The machine's logical processors as threads get hold of them.
///
/// A thread has the processor for the time of one `SEAMCALL`. Whoever waits for one that runs a guest interrupts the
/// guest: at once for a call, after a time slice to run a guest itself.
final class Processors: @unchecked Sendable {
    /// The vector that makes a guest leave so that somebody else may run: Linux's `RESCHEDULE_VECTOR`.
    static let rescheduleVector: UInt8 = 0xFD

    /// How long a guest runs while others wait to run theirs.
    private static let slice: UInt64 = 4_000_000

    private final class Slot: @unchecked Sendable {
        let processor: LogicalProcessor
        /// vCPUs whose threads are to run here.
        let load = Atomic<Int>(0)
        let lock = Lock()
        var next: UInt64 = 0
        var serving: UInt64 = 0
        init(_ processor: LogicalProcessor) { self.processor = processor }
    }
    private let slots: [Slot]

    init(_ platform: Platform) { slots = platform.processors.map(Slot.init) }

    var count: Int { slots.count }
    func processor(_ index: Int) -> LogicalProcessor { slots[index].processor }

    // MARK: Scheduling

    /// A vCPU's thread wants to run: on the processor of before, unless others are there and elsewhere are fewer.
    func schedule(preferred: Int) -> Int {
        var best = preferred
        var least = slots[preferred].load.load(ordering: .relaxed)
        for (index, slot) in slots.enumerated() where least > 0 {
            let load = slot.load.load(ordering: .relaxed)
            if load < least { (best, least) = (index, load) }
        }
        slots[best].load.wrappingAdd(1, ordering: .relaxed)
        return best
    }

    /// The thread sleeps, or goes back to its program.
    func unschedule(_ index: Int) { slots[index].load.wrappingSubtract(1, ordering: .relaxed) }

    // MARK: Calls

    /// Runs `body` on processor `index`, in the order of the calls.
    func on<T>(_ index: Int, runsGuest: Bool = false, _ body: (LogicalProcessor) -> T) -> T {
        let slot = slots[index]
        slot.lock.withLock {
            let ticket = slot.next
            slot.next += 1
            var patience = runsGuest ? Processors.slice : 0
            while slot.serving != ticket {
                if patience == 0 { slot.processor.interrupt(Processors.rescheduleVector) }
                slot.lock.wait(nanoseconds: patience > 0 ? patience : 1_000_000)
                patience = 0
            }
        }
        defer { release(slot) }
        return body(slot.processor)
    }

    /// Runs `body` on whichever processor is idle, the preferred one first.
    func onAny<T>(preferred: Int? = nil, _ body: (LogicalProcessor) -> T) -> T {
        let last = slots.count - 1
        if let preferred, take(slots[preferred]) {
            defer { release(slots[preferred]) }
            return body(slots[preferred].processor)
        }
        for index in stride(from: last, through: 0, by: -1) where take(slots[index]) {
            defer { release(slots[index]) }
            return body(slots[index].processor)
        }
        return on(preferred ?? last, body)
    }

    private func take(_ slot: Slot) -> Bool {
        slot.lock.withLock {
            guard slot.next == slot.serving else { return false }
            slot.next += 1
            return true
        }
    }

    private func release(_ slot: Slot) {
        slot.lock.withLock {
            slot.serving += 1
            if slot.next != slot.serving { slot.lock.wake() }
        }
    }
}

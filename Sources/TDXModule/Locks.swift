// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TDXABI

// The order in which a call takes locks. Each is tried, never waited for, so that the order only decides which
// operand a `TDX_OPERAND_BUSY` names.
//
// 1. The global lock: system state, TDMR table. The key locks (KOT, KET, WBCACHE) come after it.
// 2. The page named by the first operand; for a vCPU page, its TD's TDR next. A page's lock protects what the page
//    holds; sharing it promises only that the page keeps its use.
// 3. `OP_STATE` of the TD.
// 4. The Secure EPT tree: exclusively for calls that change non-leaf entries others may rely on.
// 5. The lock bit of one Secure EPT entry.
// 6. Pages that the call adds or removes.
// 7. `TD_EPOCH` and the RTMRs, for a moment each.

/// A lock that many share or one holds, and nobody waits for.
final class TryLock: Sendable {
    /// The number of sharers, or −1.
    private let state = Atomic<Int>(0)

    func trySharing() -> Bool {
        var value = state.load(ordering: .relaxed)
        while value >= 0 {
            let (exchanged, original) = state.compareExchange(
                expected: value, desired: value + 1, ordering: .acquiring)
            if exchanged { return true }
            value = original
        }
        return false
    }

    func tryHolding() -> Bool {
        state.compareExchange(expected: 0, desired: -1, ordering: .acquiring).exchanged
    }

    func unlockShared() { state.subtract(1, ordering: .releasing) }
    func unlock() { state.store(0, ordering: .releasing) }

    /// Shares the lock until the result goes out of scope.
    func shared(_ operand: OperandID) throws(TDXStatus) -> SharedLock {
        try SharedLock(self, .operandBusy.at(operand))
    }
    /// Holds the lock until the result goes out of scope.
    func exclusive(_ operand: OperandID) throws(TDXStatus) -> ExclusiveLock {
        try ExclusiveLock(self, .operandBusy.at(operand))
    }
}

/// A share of a lock; given back when it goes out of scope.
struct SharedLock: ~Copyable {
    private let lock: TryLock

    init(_ lock: TryLock, _ busy: TDXStatus) throws(TDXStatus) {
        guard lock.trySharing() else { throw busy }
        self.lock = lock
    }

    deinit { lock.unlockShared() }
}

/// A lock held alone; unlocked when it goes out of scope.
struct ExclusiveLock: ~Copyable {
    private let lock: TryLock

    init(_ lock: TryLock, _ busy: TDXStatus) throws(TDXStatus) {
        guard lock.tryHolding() else { throw busy }
        self.lock = lock
    }

    deinit { lock.unlock() }
}

// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TDXABI
import X86

/// Makes go wrong what a `FaultPlan` says. Processor, machine and KVM ask it wherever something could.
///
/// What it decides follows from the plan's seed and the order in which it is asked, so that a run with one vCPU, or with
/// vCPUs in turn, can be repeated.
public final class FaultInjector: Sendable {
    private let plan: FaultPlan
    private let random: SeededRandom

    /// How often a fault could have happened, and has.
    private struct Tally: Sendable {
        var opportunities: UInt64 = 0
        /// Left of the run of times in a row.
        var burst: UInt64 = 0
        var mustSpare = false
    }
    private struct State: Sendable {
        /// By fault and leaf.
        var tallies: [[UInt64: Tally]]
        var happened: [UInt64]
        /// Private pages that could go bad.
        var pages: [UInt64] = []
        /// TDVMCALLs that wait for their answer, by vCPU.
        var calls: [UInt64: UInt64] = [:]
    }
    private let state: Mutex<State>

    public init(_ plan: FaultPlan) {
        self.plan = plan
        random = SeededRandom(plan.seed)
        let count = plan.faults.count
        state = Mutex(
            State(
                tallies: Array(repeating: [:], count: count), happened: Array(repeating: 0, count: count)))
    }

    /// How often each fault of the plan has happened.
    public var happened: [UInt64] { state.withLock { $0.happened } }

    /// Whether fault `index` happens now, to `leaf`.
    private func happens(_ index: Int, leaf: UInt64, _ state: inout State) -> Bool {
        let fault = plan.faults[index]
        var tally = state.tallies[index][leaf, default: Tally()]
        defer { state.tallies[index][leaf] = tally }
        tally.opportunities += 1
        guard tally.opportunities > fault.after, state.happened[index] < fault.count else { return false }
        if tally.burst > 0 {
            tally.burst -= 1
        } else if tally.mustSpare {
            tally.mustSpare = false
            return false
        } else {
            if let every = fault.every {
                guard (tally.opportunities - fault.after) % every == 0 else { return false }
            } else {
                guard fault.rate >= 1 || Double(random.next() >> 11) < fault.rate * 0x1p53 else {
                    return false
                }
            }
            tally.burst = fault.burst - 1
            // Whoever has been told that something is busy finds it free in the end.
            tally.mustSpare = fault.kind == .status(nil)
        }
        state.happened[index] += 1
        return true
    }

    // MARK: SEAMCALLs

    /// Leaves that find something busy when others use it too, with what that is.
    static let contended: [HostLeafNumber: OperandID] = [
        .memSEPTAdd: .septTree, .memPageAdd: .septTree, .memPageAug: .septTree, .memRangeBlock: .septTree,
        .memPageRemove: .septTree, .memTrack: .tdEpoch, .mrFinalize: .opState, .vpEnter: .septTree,
    ]

    /// The status that a call is to end with instead of doing anything.
    func status(of leaf: HostLeafNumber) -> TDXStatus? {
        state.withLock { state in
            for (index, fault) in plan.faults.enumerated() {
                guard case .status(let status) = fault.kind else { continue }
                let operand = FaultInjector.contended[leaf]
                guard fault.leaf.map({ $0 == UInt64(leaf.rawValue) }) ?? (operand != nil) else { continue }
                if happens(index, leaf: UInt64(leaf.rawValue), &state) {
                    return status ?? .operandBusy.at(operand ?? .rcx)
                }
            }
            return nil
        }
    }

    /// A call is over: keeps what later faults need to know.
    func called(_ operands: HostRegisters, _ results: HostRegisters) {
        guard TDXStatus(results.rax).withoutDetails == .success else { return }
        let leaf = HostLeafNumber(rawValue: UInt16(truncatingIfNeeded: operands.rax))
        state.withLock { state in
            switch leaf {
            case .memPageAug, .memPageAdd: state.pages.append(operands.r8 & ~0xFFF)
            case .vpEnter:
                let isCall = results.rax & 0xFFFF == UInt64(ExitReason.tdcall.rawValue)
                state.calls[operands.rcx & ~0xFFF] = isCall && results.r10 == 0 ? results.r11 : nil
            default: break
            }
        }
    }

    // MARK: Answers

    /// The host enters a vCPU: what it has to say to the vCPU's TDVMCALL may become something else.
    func changeAnswer(_ registers: inout HostRegisters) {
        state.withLock { state in
            guard let call = state.calls.removeValue(forKey: registers.rcx & ~0xFFF) else { return }
            for (index, fault) in plan.faults.enumerated() {
                guard case .answer = fault.kind, fault.leaf ?? call == call,
                    happens(index, leaf: call, &state)
                else { continue }
                let statuses: [UInt64] = [
                    0, 1, 0x8000_0000_0000_0000, 0x8000_0000_0000_0001, 0x8000_0000_0000_0002,
                    0x8000_0000_0000_0003, random.next(),
                ]
                registers.r10 = statuses[Int(random.next(below: UInt64(statuses.count)))]
                for register in [.r11, .r12, .r13, .r14, .r15] as [GeneralRegister]
                where random.next(below: 2) == 0 {
                    registers[register] = random.next() >> random.next(below: 64)
                }
            }
        }
    }

    // MARK: Memory, interrupts, keys

    /// The page that goes bad now, if one does. Asked before each VM entry.
    func failingPage() -> (address: UInt64, isFoundEarly: Bool)? {
        state.withLock { state in
            for (index, fault) in plan.faults.enumerated() {
                guard case .memory(let isFoundEarly) = fault.kind, !state.pages.isEmpty,
                    happens(index, leaf: 0, &state)
                else { continue }
                let place = Int(random.next(below: UInt64(state.pages.count)))
                return (state.pages.remove(at: place), isFoundEarly)
            }
            return nil
        }
    }

    /// How many nanoseconds the next interrupt takes longer than others.
    public func interruptDelay() -> UInt64 {
        state.withLock { state in
            var delay: UInt64 = 0
            for (index, fault) in plan.faults.enumerated() {
                guard case .delay(let nanoseconds) = fault.kind, happens(index, leaf: 0, &state) else {
                    continue
                }
                delay = max(delay, nanoseconds)
            }
            return delay
        }
    }

    /// Which of the KeyIDs the host has lost.
    public func lostKeys(of keys: Range<UInt16>) -> Set<UInt16> {
        var left = Array(keys)
        var lost: Set<UInt16> = []
        for fault in plan.faults {
            guard case .keys(let count) = fault.kind else { continue }
            for _ in 0..<min(count, left.count) {
                lost.insert(left.remove(at: Int(random.next(below: UInt64(left.count)))))
            }
        }
        return lost
    }
}

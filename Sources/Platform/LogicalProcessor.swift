// SPDX-License-Identifier: Apache-2.0

import Synchronization
public import TDXABI
import TDXModule
import X86

/// A logical processor of the machine: it executes `SEAMCALL` and, between a VM entry and a VM exit, a guest.
///
/// One thread at a time uses it, as one thread at a time runs on a processor; `interrupt` may come from any.
public final class LogicalProcessor: Sendable {
    /// Its number in the machine.
    public let index: Int
    public let package: Int
    private let module: TDXModule
    private let machineChecksAreSMIs: Bool
    private let turns: InstructionTime?
    private let faults: FaultInjector?
    private let trace: (@Sendable (TraceEvent) -> Void)?

    /// Interrupts that have arrived, and the guest they would interrupt.
    private struct Delivery: Sendable {
        var guest: (any VirtualProcessor)?
        var notificationVector: UInt8 = 0
        /// What has arrived and neither the guest nor the host has taken: each vector once, as in the IRR.
        var pending: Set<UInt8> = []
        var flush = false
        /// How often somebody has written to memory that is not theirs, and what each guest knew at its last entry.
        var spoils = 0
        var known: [ObjectIdentifier: Int] = [:]
    }
    private let delivery = Mutex(Delivery())

    init(
        index: Int, package: Int, module: TDXModule, machineChecksAreSMIs: Bool, turns: InstructionTime?,
        faults: FaultInjector?, trace: (@Sendable (TraceEvent) -> Void)?
    ) {
        self.index = index
        self.package = package
        self.module = module
        self.machineChecksAreSMIs = machineChecksAreSMIs
        self.turns = turns
        self.faults = faults
        self.trace = trace
    }

    /// `SEAMCALL`: registers in and out as the instruction has them.
    ///
    /// - Returns: false when no module is loaded (`VMfailInvalid`); registers are then unchanged.
    public func seamcall(_ registers: inout HostRegisters) -> Bool {
        guard let faults else { return execute(&registers) }
        let operands = registers
        let leaf = HostLeafNumber(rawValue: UInt16(truncatingIfNeeded: operands.rax))
        if let status = faults.status(of: leaf) {
            registers.rax = status.rawValue
            trace?(
                .seamcall(
                    name: TDXModule.name(of: leaf) ?? "", leaf: UInt64(leaf.rawValue), processor: index,
                    operands: operands, results: registers, explanation: "The fault was injected."))
            return true
        }
        if leaf == .vpEnter { faults.changeAnswer(&registers) }
        guard execute(&registers) else { return false }
        faults.called(operands, registers)
        return true
    }

    private func execute(_ registers: inout HostRegisters) -> Bool {
        switch module.call(&registers, on: index) {
        case .completed: return true
        case .enter(let guest):
            enter(guest)
            while true {
                var exit = guest.run()
                if exit.reason == .externalInterrupt {
                    // What the guest was asked to leave for may have been taken before it entered.
                    guard let vector = acknowledgeInterrupt() ?? turns?.interrupt else { continue }
                    exit.interruptionInformation = 1 << 31 | UInt32(vector)
                }
                if machineChecksAreSMIs, exit.isMachineCheck {
                    // Qualification bit 0: it is one for a machine check.
                    exit = VMExit(.otherSMI, qualification: 1)
                }
                switch module.exited(exit, &registers, on: index) {
                case .resume: continue
                case .completed:
                    delivery.withLock { $0.guest = nil }
                    return true
                }
            }
        }
    }

    private func enter(_ guest: any VirtualProcessor) {
        let vector = guest.configuration.postedInterruptVector
        delivery.withLock { delivery in
            delivery.guest = guest
            delivery.notificationVector = vector
            let isStale = delivery.spoils != delivery.known[ObjectIdentifier(guest), default: 0]
            if isStale { delivery.known[ObjectIdentifier(guest)] = delivery.spoils }
            if delivery.flush || isStale { guest.notify(.flushTranslations) }
            delivery.flush = false
            if delivery.pending.remove(vector) != nil { guest.notify(.postedInterrupt) }
            if !delivery.pending.isEmpty { guest.notify(.externalInterrupt) }
        }
    }

    /// The guest leaves for an interrupt: the one of the highest priority, which is acknowledged with the exit. The others
    /// stay pending.
    private func acknowledgeInterrupt() -> UInt8? {
        delivery.withLock { delivery in
            guard let vector = delivery.pending.max() else { return nil }
            delivery.pending.remove(vector)
            return vector
        }
    }

    /// An interrupt arrives. A guest that runs takes the notification vector itself and leaves for any other; without
    /// a guest it stays pending until the next VM entry.
    public func interrupt(_ vector: UInt8) {
        delivery.withLock { delivery in
            if let guest = delivery.guest, vector == delivery.notificationVector {
                guest.notify(.postedInterrupt)
                return
            }
            delivery.pending.insert(vector)
            delivery.guest?.notify(.externalInterrupt)
        }
    }

    /// The host has taken what was pending.
    public func acknowledgeInterrupts() {
        delivery.withLock { $0.pending = [] }
    }

    /// Memory has been written to with another key: a guest that owns it must find out at its next access, though it may
    /// have translated the address before.
    func memorySpoiled() {
        delivery.withLock { delivery in
            delivery.spoils += 1
            if let guest = delivery.guest {
                delivery.known[ObjectIdentifier(guest)] = delivery.spoils
                guest.notify(.flushTranslations)
            }
        }
    }

    /// `INVEPT`, all contexts: the next guest to enter, or the one that runs, drops its translations.
    public func invalidateTranslations() {
        delivery.withLock { delivery in
            if let guest = delivery.guest {
                guest.notify(.flushTranslations)
            } else {
                delivery.flush = true
            }
        }
    }
}

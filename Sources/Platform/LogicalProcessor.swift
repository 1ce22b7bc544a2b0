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

    /// Interrupts that have arrived, and the guest they would interrupt.
    private struct Delivery: Sendable {
        var guest: (any VirtualProcessor)?
        var notificationVector: UInt8 = 0
        var pending: [UInt8] = []
        var flush = false
        /// How often somebody has written to memory that is not theirs, and what each guest knew at its last entry.
        var spoils = 0
        var known: [ObjectIdentifier: Int] = [:]
    }
    private let delivery = Mutex(Delivery())

    init(index: Int, package: Int, module: TDXModule) {
        self.index = index
        self.package = package
        self.module = module
    }

    /// `SEAMCALL`: registers in and out as the instruction has them.
    ///
    /// - Returns: false when no module is loaded (`VMfailInvalid`); registers are then unchanged.
    public func seamcall(_ registers: inout HostRegisters) -> Bool {
        switch module.call(&registers, on: index) {
        case .completed: return true
        case .enter(let guest):
            enter(guest)
            while true {
                let exit = guest.run()
                switch module.exited(exit, &registers, on: index) {
                case .resume: continue
                case .completed:
                    delivery.withLock {
                        $0.guest = nil
                        $0.pending = []
                    }
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
            for pending in delivery.pending { guest.notify(request(pending, notification: vector)) }
            delivery.pending = []
        }
    }

    private func request(_ vector: UInt8, notification: UInt8) -> ProcessorRequest {
        vector == notification
            ? .postedInterrupt
            : ProcessorRequest(
                rawValue: ProcessorRequest.externalInterrupt.rawValue | UInt32(vector) << 24)
    }

    /// An interrupt arrives. A guest that runs takes the notification vector itself and leaves for any other; without
    /// a guest it stays pending until the next VM entry.
    public func interrupt(_ vector: UInt8) {
        delivery.withLock { delivery in
            if let guest = delivery.guest {
                guest.notify(request(vector, notification: delivery.notificationVector))
            } else if !delivery.pending.contains(vector) {
                delivery.pending.append(vector)
            }
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

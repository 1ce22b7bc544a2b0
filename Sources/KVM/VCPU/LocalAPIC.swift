// SPDX-License-Identifier: Apache-2.0

import KVMABI
import Platform
import Synchronization
import X86

/// The part of a local APIC that a TD's host emulates: identity, timer, interrupt commands, local vectors.
///
/// Priorities and pending interrupts are the processor's own business; an interrupt leaves here as a posted one.
///
/// - SeeAlso: SDM Vol. 3, "Advanced Programmable Interrupt Controller (APIC)".
final class LocalAPIC: @unchecked Sendable {
    private unowned let vcpu: VCPU
    private let lock = Lock()

    // Registers
    private var spurious: UInt32 = 0xFF
    private var errorStatus: UInt32 = 0
    private var command: UInt64 = 0
    /// LVT entries by MSR number.
    private var vectors: [UInt32: UInt32] = [:]
    private var initialCount: UInt32 = 0
    private var divideConfiguration: UInt32 = 0
    /// `IA32_TSC_DEADLINE`
    private var deadline: UInt64 = 0
    /// When the timer is to fire, in ticks of the machine; nil when it is stopped.
    private var expiry: UInt64?
    /// A change of the timer makes a late expiry of the old one void.
    private var generation: UInt64 = 0

    private static let version: UInt32 = 0x0005_0014
    private static let masked: UInt32 = 1 << 16
    private static let lvtTimer: UInt32 = 0x832

    init(_ vcpu: VCPU) {
        self.vcpu = vcpu
        for number in [0x82F, 0x832, 0x833, 0x834, 0x835, 0x836, 0x837] as [UInt32] {
            vectors[number] = LocalAPIC.masked
        }
        vectors[0x835] = 0x700
    }

    var logicalID: UInt32 { (vcpu.id >> 4) << 16 | 1 << (vcpu.id & 15) }

    func matches(_ destination: UInt32, isLogical: Bool) -> Bool {
        guard isLogical else { return destination == vcpu.id }
        return destination >> 16 == logicalID >> 16 && destination & logicalID & 0xFFFF != 0
    }

    /// An interrupt arrives from the bus.
    ///
    /// - Returns: false when nothing comes of it: an APIC that is not enabled takes no vectors.
    @discardableResult
    func accept(mode: UInt8, vector: UInt8) -> Bool {
        switch mode {
        case 0, 1:
            guard lock.withLock({ spurious & 0x100 != 0 }) else { return false }
            vcpu.post(vector)
        case 4:
            vcpu.hasNMI.store(true, ordering: .sequentiallyConsistent)
            vcpu.kick()
        // SMI, INIT, SIPI and ExtINT do not exist for a TD.
        default: break
        }
        return true
    }

    // MARK: Registers, by x2APIC MSR number

    /// Nil where a read faults.
    func read(_ number: UInt32) -> UInt64? {
        lock.withLock {
            switch number {
            case 0x802: UInt64(vcpu.id)
            case 0x803: UInt64(LocalAPIC.version)
            case 0x80D: UInt64(logicalID)
            case 0x80F: UInt64(spurious)
            case 0x828: UInt64(errorStatus)
            case 0x830: command
            case 0x82F, 0x832...0x837: vectors[number].map(UInt64.init)
            case 0x838: UInt64(initialCount)
            case 0x839: UInt64(currentCount)
            case 0x83E: UInt64(divideConfiguration)
            case 0x6E0: timerMode == 2 ? deadline : 0
            default: nil
            }
        }
    }

    /// False where a write faults.
    func write(_ number: UInt32, _ value: UInt64) -> Bool {
        switch number {
        case 0x830: return sendInterrupt(value)
        case 0x83F:
            guard value >> 8 == 0 else { return false }
            vcpu.post(UInt8(value))
            return true
        default: break
        }
        guard number == 0x6E0 || value >> 32 == 0 else { return false }
        let word = UInt32(truncatingIfNeeded: value)
        return lock.withLock {
            switch number {
            case 0x80F:
                guard word & ~0x1FF == 0 else { return false }
                spurious = word
                if word & 0x100 == 0 {
                    for key in vectors.keys { vectors[key, default: 0] |= LocalAPIC.masked }
                }
            case 0x828:
                guard word == 0 else { return false }
                errorStatus = 0
            case LocalAPIC.lvtTimer:
                guard word & ~0x7_10FF == 0 else { return false }
                let old = timerMode
                setVector(number, word)
                if timerMode != old {
                    stopTimer()
                    deadline = 0
                    initialCount = 0
                }
            case 0x82F, 0x833, 0x834:
                guard word & ~0x1_17FF == 0 else { return false }
                setVector(number, word)
            case 0x835, 0x836:
                guard word & ~0x1_F7FF == 0 else { return false }
                setVector(number, word)
            case 0x837:
                guard word & ~0x1_10FF == 0 else { return false }
                setVector(number, word)
            case 0x838:
                guard timerMode != 2 else { return true }
                initialCount = word
                startCounting()
            case 0x83E:
                guard word & ~0xB == 0 else { return false }
                let remaining = currentCount
                divideConfiguration = word
                if expiry != nil, remaining > 0 { arm(at: now &+ period(remaining)) }
            case 0x6E0:
                guard timerMode == 2 else { return true }
                deadline = value
                if value == 0 { stopTimer() } else { arm(at: ticks(ofGuestTSC: value)) }
            default: return false
            }
            return true
        }
    }

    private func setVector(_ number: UInt32, _ value: UInt32) {
        vectors[number] = spurious & 0x100 == 0 ? value | LocalAPIC.masked : value
    }

    // MARK: Timer

    /// LVT timer bits 18:17: 0 one-shot, 1 periodic, 2 TSC deadline.
    private var timerMode: UInt32 { (vectors[LocalAPIC.lvtTimer] ?? 0) >> 17 & 3 }
    private var divisor: UInt64 {
        let code = divideConfiguration & 3 | divideConfiguration >> 1 & 4
        return code == 7 ? 1 : 2 << UInt64(code)
    }
    private var platform: Platform { vcpu.vm.host.platform }
    /// Ticks of the machine.
    private var now: UInt64 { platform.clock() }
    /// Ticks of the machine in which the timer counts so much.
    private func period(_ count: UInt32) -> UInt64 {
        HostClock.scale(
            UInt64(count) &* divisor &* vcpu.vm.apicBusNanoseconds, by: UInt64(platform.configuration.tscKHz),
            over: 1_000_000)
    }

    private var currentCount: UInt32 {
        guard timerMode != 2, let expiry, initialCount != 0 else { return 0 }
        let now = now
        guard expiry > now else { return 0 }
        let nanoseconds = HostClock.scale(
            expiry - now, by: 1_000_000, over: UInt64(max(platform.configuration.tscKHz, 1)))
        let unit = divisor &* vcpu.vm.apicBusNanoseconds
        return UInt32(truncatingIfNeeded: min(nanoseconds / max(unit, 1), UInt64(initialCount)))
    }

    private func startCounting() {
        guard initialCount != 0 else {
            stopTimer()
            return
        }
        arm(at: now &+ period(initialCount))
    }

    private func arm(at time: UInt64) {
        generation &+= 1
        expiry = time
        let current = generation
        vcpu.vm.host.timers.set(self, deadline: time) { [weak self] in self?.fire(current) }
    }

    private func stopTimer() {
        generation &+= 1
        expiry = nil
        vcpu.vm.host.timers.cancel(self)
    }

    /// The vCPU goes: nothing fires any more.
    func stop() { lock.withLock { stopTimer() } }

    private func fire(_ armed: UInt64) {
        let vector: UInt8? = lock.withLock {
            guard armed == generation, let time = expiry else { return nil }
            expiry = nil
            switch timerMode {
            case 1:
                // A period that has been missed is not made up for.
                let now = now
                var next = time &+ period(initialCount)
                if next <= now { next = now &+ max(period(initialCount), 1000) }
                arm(at: next)
            case 2: deadline = 0
            default: break
            }
            let entry = vectors[LocalAPIC.lvtTimer] ?? LocalAPIC.masked
            return entry & LocalAPIC.masked == 0 ? UInt8(truncatingIfNeeded: entry) : nil
        }
        if let vector { vcpu.post(vector) }
    }

    /// The machine's time-stamp counter when the guest's reaches a value.
    private func ticks(ofGuestTSC value: UInt64) -> UInt64 {
        let vm = vcpu.vm
        let now = now
        let guest = now.multipliedFullWidth(by: vm.tscMultiplier)
        let current = (guest.high << 16 | guest.low >> 48) &+ vm.tscOffset
        guard Int64(bitPattern: value &- current) > 0 else { return now }
        // Rounded up: not before its time.
        let wait = HostClock.scale(value &- current, by: 1 << 48, over: max(vm.tscMultiplier, 1))
        let (ticks, overflow) = now.addingReportingOverflow(wait &+ 1)
        return overflow || wait == ~0 ? ~0 : ticks
    }

    // MARK: Interrupt command

    private func sendInterrupt(_ value: UInt64) -> Bool {
        lock.withLock { command = value & ~(1 << 12) }
        let mode = UInt8(truncatingIfNeeded: value >> 8 & 7)
        let vector = UInt8(truncatingIfNeeded: value)
        let destination = UInt32(truncatingIfNeeded: value >> 32)
        let vm = vcpu.vm
        switch value >> 18 & 3 {
        case 1: accept(mode: mode, vector: vector)
        case 2:
            _ = vm.deliver(destination: ~0, isLogical: false, mode: mode, vector: vector, from: vcpu)
        case 3:
            _ = vm.deliver(
                destination: ~0, isLogical: false, mode: mode, vector: vector, from: vcpu,
                includingSelf: false)
        default:
            _ = vm.deliver(
                destination: destination, isLogical: value[bit: 11], mode: mode, vector: vector, from: vcpu)
        }
        return true
    }
}

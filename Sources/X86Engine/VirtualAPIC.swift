// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import X86

/// Offsets of registers in the virtual-APIC page.
enum APICRegister {
    static let tpr = 0x80
    static let ppr = 0xA0
    static let isr = 0x100
    static let irr = 0x200
}

/// The virtual local APIC as far as the processor itself does it: priorities, acceptance, EOI, self-IPI and posted
/// interrupts.
///
/// - SeeAlso: SDM Vol. 3, "APIC Virtualization and Virtual Interrupts".
extension VirtualCPU {
    var taskPriority: UInt8 {
        virtualAPICPage?.load(fromByteOffset: APICRegister.tpr, as: UInt8.self) ?? tpr
    }

    func setTaskPriority(_ value: UInt8) {
        tpr = value
        virtualAPICPage?.storeBytes(of: UInt32(value), toByteOffset: APICRegister.tpr, as: UInt32.self)
        evaluateInterrupts()
    }

    /// PPR virtualization, then whether a virtual interrupt is due.
    func evaluateInterrupts() {
        guard let page = virtualAPICPage else {
            interruptPending = false
            return
        }
        let task = taskPriority
        let priority = task >> 4 >= inServiceVector >> 4 ? task : inServiceVector & 0xF0
        page.storeBytes(of: UInt32(priority), toByteOffset: APICRegister.ppr, as: UInt32.self)
        interruptPending = requestingVector >> 4 > priority >> 4
    }

    /// Virtual-interrupt delivery's first half: takes the highest request into service.
    func acknowledgeInterrupt() -> UInt8 {
        let vector = requestingVector
        guard let page = virtualAPICPage else { return vector }
        setBit(page + APICRegister.isr, vector, true)
        setBit(page + APICRegister.irr, vector, false)
        inServiceVector = vector
        requestingVector = highestBit(page + APICRegister.irr)
        evaluateInterrupts()
        return vector
    }

    func endOfInterrupt() {
        guard let page = virtualAPICPage else { return }
        setBit(page + APICRegister.isr, inServiceVector, false)
        inServiceVector = highestBit(page + APICRegister.isr)
        evaluateInterrupts()
    }

    func requestInterrupt(_ vector: UInt8) {
        guard let page = virtualAPICPage else { return }
        setBit(page + APICRegister.irr, vector, true)
        requestingVector = max(requestingVector, vector)
        evaluateInterrupts()
    }

    /// Moves what has been posted into the virtual IRR.
    func mergePostedInterrupts() {
        guard let address = configuration.postedInterrupts, let page = virtualAPICPage else { return }
        let (key, _) = PhysicalMemory.split(address)
        // A descriptor that is not memory posts nothing.
        guard address.rawValue & 63 == 0, let descriptor = try? memory.pointer(address, key: key) else {
            return
        }
        (descriptor + 32).assumingMemoryBound(to: Atomic<UInt32>.self).pointee
            .bitwiseAnd(~1, ordering: .sequentiallyConsistent)
        for word in 0..<8 {
            let posted = (descriptor + word * 4).assumingMemoryBound(to: Atomic<UInt32>.self)
            if posted.pointee.load(ordering: .relaxed) == 0 { continue }
            let bits = posted.pointee.exchange(0, ordering: .acquiring)
            let place = page + APICRegister.irr + word * 16
            place.storeBytes(of: place.load(as: UInt32.self) | bits, as: UInt32.self)
        }
        requestingVector = max(requestingVector, highestBit(page + APICRegister.irr))
    }

    private func setBit(_ registers: UnsafeMutableRawPointer, _ vector: UInt8, _ value: Bool) {
        let place = registers + Int(vector >> 5) * 16
        let bit: UInt32 = 1 << UInt32(vector & 31)
        let old = place.load(as: UInt32.self)
        place.storeBytes(of: value ? old | bit : old & ~bit, as: UInt32.self)
    }

    /// The highest vector set in an eight-word register, or 0.
    private func highestBit(_ registers: UnsafeMutableRawPointer) -> UInt8 {
        for word in stride(from: 7, through: 0, by: -1) {
            let bits = (registers + word * 16).load(as: UInt32.self)
            if bits != 0 { return UInt8(word * 32 + 31 - bits.leadingZeroBitCount) }
        }
        return 0
    }

    // MARK: x2APIC registers

    /// What RDMSR of an x2APIC register gives without an exit; nil: it exits.
    func readX2APIC(_ number: UInt32) throws(Fault) -> UInt64? {
        guard let page = virtualAPICPage else { return nil }
        switch number {
        case 0x808: return UInt64(taskPriority)
        case 0x80A:
            evaluateInterrupts()
            return UInt64(page.load(fromByteOffset: APICRegister.ppr, as: UInt32.self))
        case 0x80B, 0x83F: throw .protection(0)
        case 0x810...0x827:
            return UInt64(page.load(fromByteOffset: Int(number - 0x800) << 4, as: UInt32.self))
        default: return nil
        }
    }

    /// Performs WRMSR of an x2APIC register. False: it exits.
    func writeX2APIC(_ number: UInt32, _ value: UInt64) throws(Fault) -> Bool {
        switch number {
        case 0x808:
            guard value <= 0xFF else { throw .protection(0) }
            setTaskPriority(UInt8(value))
        case 0x80B:
            guard value == 0 else { throw .protection(0) }
            endOfInterrupt()
        case 0x83F:
            guard value <= 0xFF else { throw .protection(0) }
            requestInterrupt(UInt8(value))
        case 0x80A, 0x810...0x827: throw .protection(0)
        default: return false
        }
        return true
    }
}

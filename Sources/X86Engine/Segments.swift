// SPDX-License-Identifier: Apache-2.0

import Synchronization
import X86

/// A segment descriptor as it lies in a table.
///
/// - SeeAlso: SDM Vol. 3, "Segment Descriptors".
struct Descriptor {
    var low: UInt64

    var type: UInt64 { low[bits: 40...43] }
    var isSystem: Bool { !low[bit: 44] }
    var dpl: UInt8 { UInt8(low[bits: 45...46]) }
    var isPresent: Bool { low[bit: 47] }
    var isLong: Bool { low[bit: 53] }
    var isBig: Bool { low[bit: 54] }
    var isCode: Bool { low[bits: 43...44] == 3 }
    var isData: Bool { low[bits: 43...44] == 2 }
    var isConforming: Bool { isCode && low[bit: 42] }
    var isReadable: Bool { isData || isCode && low[bit: 41] }
    var isWritable: Bool { isData && low[bit: 41] }
    var isAccessed: Bool { low[bit: 40] }
    var base: UInt64 { low[bits: 16...39] | low[bits: 56...63] << 24 }
    var limit: UInt32 {
        let raw = UInt32(low[bits: 0...15] | low[bits: 48...51] << 16)
        return low[bit: 55] ? raw << 12 | 0xFFF : raw
    }
    /// Access rights as the VMCS keeps them.
    var accessRights: UInt32 { UInt32(low[bits: 40...47] | low[bits: 52...55] << 12) }

    /// The hidden part that loading it gives; it counts as accessed.
    func segment(_ selector: UInt16) -> Segment {
        Segment(
            selector: selector, base: base, limit: limit,
            accessRights: isSystem ? accessRights : accessRights | 1)
    }
}

/// Segment registers and control transfers between segments.
extension VirtualCPU {
    /// Reads a descriptor from the GDT or LDT; `fault` when the selector lies outside.
    func descriptor(
        _ selector: UInt16, fault: Fault
    ) throws(Fault) -> (descriptor: Descriptor, place: UInt64) {
        let base: UInt64
        let limit: UInt64
        if selector & 4 == 0 {
            let table = gdtr
            (base, limit) = (table.base, UInt64(table.limit))
        } else {
            let table = ldtr
            guard table.accessRights & AccessRights.unusable == 0 else { throw fault }
            (base, limit) = (table.base, UInt64(table.limit))
        }
        let offset = UInt64(selector & ~7)
        guard offset + 7 <= limit else { throw fault }
        let place = base &+ offset
        return (Descriptor(low: try load(place, .kernel)), place)
    }

    /// The upper half of a 16-byte system descriptor.
    private func upperHalf(_ selector: UInt16, _ place: UInt64, fault: Fault) throws(Fault) -> UInt64 {
        let limit = selector & 4 == 0 ? UInt64(gdtr.limit) : UInt64(ldtr.limit)
        guard UInt64(selector & ~7) + 15 <= limit else { throw fault }
        return try load(place &+ 8, .kernel)
    }

    /// Sets the accessed bit in memory.
    func markAccessed(_ descriptor: Descriptor, _ place: UInt64) throws(Fault) {
        if descriptor.isAccessed { return }
        try store(place &+ 5, UInt8(truncatingIfNeeded: descriptor.low >> 40) | 1, .kernel)
    }

    /// Loads a data segment register, or SS.
    func loadSegment(_ register: SegmentRegister, _ selector: UInt16) throws(Fault) {
        let code = UInt32(selector & ~3)
        if register == .ss {
            setSegment(2, try stackSegment(selector, cpl: cpl, fault: Fault.protection(code)))
            updateMode()
            return
        }
        if selector & ~3 == 0 {
            // The hidden base of a null segment is 0.
            setSegment(
                Int(register.rawValue), Segment(selector: selector, accessRights: AccessRights.unusable))
            if !is64Bit { updateMode() }
            return
        }
        let (descriptor, place) = try descriptor(selector, fault: Fault.protection(code))
        guard !descriptor.isSystem, descriptor.isReadable else { throw .protection(code) }
        if !descriptor.isConforming {
            guard max(cpl, UInt8(selector & 3)) <= descriptor.dpl else { throw .protection(code) }
        }
        guard descriptor.isPresent else { throw .notPresent(code) }
        try markAccessed(descriptor, place)
        setSegment(Int(register.rawValue), descriptor.segment(selector))
        if !is64Bit { updateMode() }
    }

    /// What SS becomes for a selector at a privilege level.
    func stackSegment(_ selector: UInt16, cpl: UInt8, fault: Fault, to64Bit: Bool? = nil) throws(Fault)
        -> Segment
    {
        if selector & ~3 == 0 {
            guard to64Bit ?? is64Bit, cpl < 3, selector & 3 == UInt16(cpl) else { throw .protection(0) }
            return Segment(selector: selector, accessRights: 0x1_0093 | UInt32(cpl) << 5)
        }
        let (descriptor, place) = try descriptor(selector, fault: fault)
        guard selector & 3 == UInt16(cpl), descriptor.isWritable, descriptor.dpl == cpl else { throw fault }
        guard descriptor.isPresent else { throw .stack(UInt32(selector & ~3)) }
        try markAccessed(descriptor, place)
        return descriptor.segment(selector)
    }

    /// LLDT
    func loadLDT(_ selector: UInt16) throws(Fault) {
        guard selector & ~3 != 0 else {
            ldtr = Segment(selector: selector, accessRights: AccessRights.unusable | 0x82)
            return
        }
        let code = UInt32(selector & ~3)
        guard selector & 4 == 0 else { throw .protection(code) }
        let (descriptor, place) = try descriptor(selector, fault: Fault.protection(code))
        guard descriptor.isSystem, descriptor.type == 2 else { throw .protection(code) }
        var segment = descriptor.segment(selector)
        if isLongMode {
            let high = try upperHalf(selector, place, fault: Fault.protection(code))
            guard high[bits: 40...44] == 0 else { throw .protection(code) }
            segment.base |= high << 32
            guard isCanonical(segment.base) else { throw .protection(code) }
        }
        guard descriptor.isPresent else { throw .notPresent(code) }
        ldtr = segment
    }

    /// LTR
    func loadTask(_ selector: UInt16) throws(Fault) {
        let code = UInt32(selector & ~3)
        guard selector & ~3 != 0, selector & 4 == 0 else { throw .protection(code) }
        let (descriptor, place) = try descriptor(selector, fault: Fault.protection(code))
        guard descriptor.isSystem, descriptor.type == 9 || descriptor.type == 1 && !isLongMode else {
            throw .protection(code)
        }
        var segment = descriptor.segment(selector)
        if isLongMode {
            let high = try upperHalf(selector, place, fault: Fault.protection(code))
            guard high[bits: 40...44] == 0 else { throw .protection(code) }
            segment.base |= high << 32
            guard isCanonical(segment.base) else { throw .protection(code) }
        }
        guard descriptor.isPresent else { throw .notPresent(code) }
        try store(place &+ 5, UInt8(truncatingIfNeeded: descriptor.low >> 40) | 2, .kernel)
        segment.accessRights |= 2
        tr = segment
    }

    // MARK: Far transfers

    /// The code segment that a far jump or call to `selector` goes to at the current privilege.
    private func codeSegment(_ selector: UInt16) throws(Fault) -> Segment {
        let code = UInt32(selector & ~3)
        guard selector & ~3 != 0 else { throw .protection(0) }
        let (descriptor, place) = try descriptor(selector, fault: Fault.protection(code))
        if descriptor.isSystem, !isLongMode, [1, 3, 5, 9, 11].contains(descriptor.type) {
            pendingExit = VMExit(.taskSwitch, qualification: UInt64(selector) | 2 << 30)
            throw .exit
        }
        guard descriptor.isCode else { throw .protection(code) }
        if isLongMode, descriptor.isLong, descriptor.isBig { throw .protection(code) }
        if descriptor.isConforming {
            guard descriptor.dpl <= cpl else { throw .protection(code) }
        } else {
            guard selector & 3 <= UInt16(cpl), descriptor.dpl == cpl else { throw .protection(code) }
        }
        guard descriptor.isPresent else { throw .notPresent(code) }
        try markAccessed(descriptor, place)
        return descriptor.segment(selector & ~3 | UInt16(cpl))
    }

    private func checkTarget(_ offset: UInt64, _ segment: Segment) throws(Fault) {
        if isLongMode, segment.accessRights & AccessRights.long != 0 {
            guard isCanonical(offset) else { throw .protection(0) }
        } else {
            guard offset <= UInt64(segment.limit) else { throw .protection(0) }
        }
    }

    func farJump(_ selector: UInt16, _ offset: UInt64) throws(Fault) {
        let segment = try codeSegment(selector)
        try checkTarget(offset, segment)
        setSegment(1, segment)
        state.rip = offset
        updateMode()
    }

    func farCall(_ selector: UInt16, _ offset: UInt64, size: Int, returnTo: UInt64) throws(Fault) {
        let segment = try codeSegment(selector)
        try checkTarget(offset, segment)
        var sp = state[.rsp]
        try push(UInt64(self.segment(1).selector), size, &sp)
        try push(returnTo, size, &sp)
        setStackPointer(sp)
        setSegment(1, segment)
        state.rip = offset
        updateMode()
    }

    /// RETF and, with flags, IRET.
    func farReturn(size: Int, release: UInt64) throws(Fault) {
        var sp = state[.rsp]
        let offset = try pop(size, &sp)
        let selector = UInt16(truncatingIfNeeded: try pop(size, &sp))
        try returnFar(selector, offset, size, &sp, release: release, isInterruptReturn: false)
        state.rip = offset
        updateMode()
    }

    private func returnFar(
        _ selector: UInt16, _ offset: UInt64, _ size: Int, _ sp: inout UInt64, release: UInt64,
        isInterruptReturn: Bool
    ) throws(Fault) {
        let code = UInt32(selector & ~3)
        guard selector & ~3 != 0 else { throw .protection(0) }
        let newCPL = UInt8(selector & 3)
        guard newCPL >= cpl else { throw .protection(code) }
        let (descriptor, place) = try descriptor(selector, fault: Fault.protection(code))
        guard descriptor.isCode else { throw .protection(code) }
        if isLongMode, descriptor.isLong, descriptor.isBig { throw .protection(code) }
        guard descriptor.isConforming ? descriptor.dpl <= newCPL : descriptor.dpl == newCPL else {
            throw .protection(code)
        }
        guard descriptor.isPresent else { throw .notPresent(code) }
        let segment = descriptor.segment(selector)
        try checkTarget(offset, segment)
        let isOuter = newCPL != cpl
        var stack: Segment?
        if isOuter || isInterruptReturn && is64Bit {
            if !isInterruptReturn { sp &+= release }
            let newSP = try pop(size, &sp)
            let newSS = UInt16(truncatingIfNeeded: try pop(size, &sp))
            stack = try stackSegment(
                newSS, cpl: newCPL, fault: Fault.protection(UInt32(newSS & ~3)),
                to64Bit: isLongMode && descriptor.isLong)
            sp = newSP
        }
        if !isInterruptReturn { sp &+= release }
        try markAccessed(descriptor, place)
        // Nothing below can fail.
        setSegment(1, segment)
        if let stack {
            setSegment(2, stack)
            // Beyond the stack segment's width the pointer keeps nothing of the inner level's.
            state[.rsp] =
                isLongMode && descriptor.isLong
                ? sp : stack.accessRights & AccessRights.big != 0 ? sp & 0xFFFF_FFFF : sp & 0xFFFF
        } else {
            setStackPointer(sp)
        }
        if isOuter {
            for number in 0..<6 where number != 1 && number != 2 { leaveBehind(number, newCPL) }
        }
    }

    /// A data segment that the outer level may not use becomes null.
    private func leaveBehind(_ number: Int, _ newCPL: UInt8) {
        let old = segment(number)
        guard old.accessRights & AccessRights.unusable == 0 else { return }
        let isConforming = old.accessRights & 0x1C == 0x1C
        if !isConforming, (old.accessRights >> 5) & 3 < UInt32(newCPL) {
            setSegment(number, Segment(base: is64Bit ? old.base : 0, accessRights: AccessRights.unusable))
        }
    }

    func interruptReturn(size: Int) throws(Fault) {
        let flags = state[field: State.Offset.systemFlags]
        if flags & RFLAGS.nt != 0 {
            if isLongMode { throw .protection(0) }
            pendingExit = VMExit(.taskSwitch, qualification: 1 << 30)
            throw .exit
        }
        let oldCPL = cpl
        var sp = state[.rsp]
        let offset = try pop(size, &sp)
        let selector = UInt16(truncatingIfNeeded: try pop(size, &sp))
        let image = try pop(size, &sp)
        try returnFar(selector, offset, size, &sp, release: 0, isInterruptReturn: true)
        restoreFlags(image, size: size, cpl: oldCPL, isInterruptReturn: true)
        state.rip = offset
        state[field: State.Offset.interruptibility] &= ~VirtualCPU.blockingByNMI
        updateMode()
    }

    /// Sets RFLAGS from a popped image, as far as the privilege allows.
    func restoreFlags(_ image: UInt64, size: Int, cpl: UInt8, isInterruptReturn: Bool) {
        let old = state.materializedFlags
        var mask: UInt64 = 0x4_4DD5 | RFLAGS.id  // CF PF AF ZF SF TF DF OF NT AC
        if isInterruptReturn { mask |= RFLAGS.rf }
        if UInt64(cpl) <= old[bits: 12...13] { mask |= RFLAGS.if }
        if cpl == 0 {
            mask |= RFLAGS.iopl
            if isInterruptReturn { mask |= RFLAGS.vif | RFLAGS.vip }
        }
        if size == 2 { mask &= 0xFFFF }
        var new = old & ~mask | image & mask
        // Without armed breakpoints the resume flag would only linger.
        if state[field: State.Offset.dr + 40] & 0xFF == 0 { new &= ~RFLAGS.rf }
        state.setFlags(new & RFLAGS.all | 2)
    }

    // MARK: Stack

    private func stackAddress(_ sp: UInt64, _ size: Int, writes: Bool) -> UInt64 {
        if is64Bit { return sp }
        let mask: UInt64 = state.mode.contains(.stack32) ? 0xFFFF_FFFF : 0xFFFF
        return state.linear(sp & mask, segment: 2, size: size, writes: writes)
    }

    func pop(_ size: Int, _ sp: inout UInt64) throws(Fault) -> UInt64 {
        let address = stackAddress(sp, size, writes: false)
        let value: UInt64
        switch size {
        case 8: value = try load(address, stackTable, isStack: true)
        case 4: value = UInt64(try load(address, stackTable, as: UInt32.self, isStack: true))
        default: value = UInt64(try load(address, stackTable, as: UInt16.self, isStack: true))
        }
        sp = sp &+ UInt64(size)
        return value
    }

    func push(_ value: UInt64, _ size: Int, _ sp: inout UInt64) throws(Fault) {
        let new = sp &- UInt64(size)
        let address = stackAddress(new, size, writes: true)
        switch size {
        case 8: try store(address, value, stackTable, isStack: true)
        case 4: try store(address, UInt32(truncatingIfNeeded: value), stackTable, isStack: true)
        default: try store(address, UInt16(truncatingIfNeeded: value), stackTable, isStack: true)
        }
        sp = new
    }

    @inline(__always)
    private var stackTable: TranslationCaches.Table {
        state.mode.contains(.user) ? .user : state.mode.contains(.smapSuspended) ? .suspended : .kernel
    }

    /// Stores RSP as wide as the stack is.
    func setStackPointer(_ sp: UInt64) {
        if is64Bit {
            state[.rsp] = sp
        } else if state.mode.contains(.stack32) {
            state[.rsp] = sp & 0xFFFF_FFFF
        } else {
            state[.rsp] = state[.rsp] & ~0xFFFF | sp & 0xFFFF
        }
    }

    // MARK: Fast system calls

    private static let code64: UInt32 = 0xA09B
    private static let code32: UInt32 = 0xC09B
    private static let data32: UInt32 = 0xC093

    private func setFlat(_ selector: UInt16, cpl: UInt8, code: UInt32) {
        let dpl = UInt32(cpl) << 5
        setSegment(1, Segment(selector: selector, limit: 0xFFFF_FFFF, accessRights: code | dpl))
    }
    private func setFlatStack(_ selector: UInt16, cpl: UInt8) {
        setSegment(
            2,
            Segment(
                selector: selector, limit: 0xFFFF_FFFF, accessRights: VirtualCPU.data32 | UInt32(cpl) << 5))
    }

    /// SYSCALL
    func systemCall(next: UInt64) throws(Fault) {
        guard efer & EFER.sce != 0, is64Bit else { throw .undefined }
        let flags = state.materializedFlags
        let star = state[field: State.Offset.star]
        let selector = UInt16(truncatingIfNeeded: star >> 32) & ~3
        state[.rcx] = next
        state[.r11] = flags & ~RFLAGS.rf
        state.setFlags(flags & ~(state[field: State.Offset.fmask] | RFLAGS.rf) | 2)
        setFlat(selector, cpl: 0, code: VirtualCPU.code64)
        setFlatStack(selector &+ 8, cpl: 0)
        state.rip = state[field: State.Offset.lstar]
        enteredGate = true
        updateMode()
    }

    /// SYSRET
    func systemReturn(size: Int) throws(Fault) {
        guard efer & EFER.sce != 0, is64Bit else { throw .undefined }
        guard cpl == 0 else { throw .protection(0) }
        let target = state[.rcx]
        if size == 8, !isCanonical(target) { throw .protection(0) }
        let selector = UInt16(truncatingIfNeeded: state[field: State.Offset.star] >> 48)
        state.setFlags(state[.r11] & 0x3C_7FD7 | 2)
        if size == 8 {
            setFlat(selector &+ 16 | 3, cpl: 3, code: VirtualCPU.code64)
            state.rip = target
        } else {
            setFlat(selector | 3, cpl: 3, code: VirtualCPU.code32)
            state.rip = target & 0xFFFF_FFFF
        }
        setFlatStack(selector &+ 8 | 3, cpl: 3)
        updateMode()
    }

    func systemEnter() throws(Fault) {
        let selector = UInt16(truncatingIfNeeded: state[field: State.Offset.sysenterCS])
        guard cr0 & CR0.pe != 0, selector & ~3 != 0 else { throw .protection(0) }
        state.setFlags(state.materializedFlags & ~(RFLAGS.vm | RFLAGS.if | RFLAGS.rf))
        setFlat(selector & ~3, cpl: 0, code: isLongMode ? VirtualCPU.code64 : VirtualCPU.code32)
        setFlatStack(selector & ~3 &+ 8, cpl: 0)
        let mask: UInt64 = isLongMode ? ~0 : 0xFFFF_FFFF
        state[.rsp] = state[field: State.Offset.sysenterESP] & mask
        state.rip = state[field: State.Offset.sysenterEIP] & mask
        updateMode()
    }

    func systemExit(size: Int) throws(Fault) {
        let selector = UInt16(truncatingIfNeeded: state[field: State.Offset.sysenterCS])
        guard cr0 & CR0.pe != 0, selector & ~3 != 0, cpl == 0 else { throw .protection(0) }
        if size == 8 {
            guard isCanonical(state[.rdx]), isCanonical(state[.rcx]) else { throw .protection(0) }
            setFlat(selector &+ 32 | 3, cpl: 3, code: VirtualCPU.code64)
            setFlatStack(selector &+ 40 | 3, cpl: 3)
            state[.rsp] = state[.rcx]
            state.rip = state[.rdx]
        } else {
            setFlat(selector &+ 16 | 3, cpl: 3, code: VirtualCPU.code32)
            setFlatStack(selector &+ 24 | 3, cpl: 3)
            state[.rsp] = state[.rcx] & 0xFFFF_FFFF
            state.rip = state[.rdx] & 0xFFFF_FFFF
        }
        updateMode()
    }

    // MARK: Descriptor queries

    /// LAR and LSL: the descriptor that the current privilege may look at, or nil.
    private func visible(_ selector: UInt16, types: UInt16) throws(Fault) -> (Descriptor, UInt64)? {
        guard selector & ~3 != 0 else { return nil }
        let found: (descriptor: Descriptor, place: UInt64)
        do {
            found = try descriptor(selector, fault: Fault.protection(0xFFFF_FFFF))
        } catch {
            if error == Fault.protection(0xFFFF_FFFF) { return nil }
            throw error
        }
        let descriptor = found.descriptor
        if descriptor.isSystem, types >> UInt16(descriptor.type) & 1 == 0 { return nil }
        if !descriptor.isConforming, max(cpl, UInt8(selector & 3)) > descriptor.dpl { return nil }
        return (descriptor, found.place)
    }

    func accessRights(of selector: UInt16) throws(Fault) -> UInt64? {
        let types: UInt16 = isLongMode ? 0b0001_1010_0000_0100 : 0b0001_1010_0011_1110
        guard let (descriptor, _) = try visible(selector, types: types) else { return nil }
        return descriptor.low >> 32 & 0x00F0_FF00
    }

    func segmentLimit(of selector: UInt16) throws(Fault) -> UInt64? {
        let types: UInt16 = isLongMode ? 0b0000_1010_0000_0100 : 0b0000_1010_0000_1110
        guard let (descriptor, _) = try visible(selector, types: types) else { return nil }
        return UInt64(descriptor.limit)
    }

    /// VERR and VERW
    func mayAccess(_ selector: UInt16, toWrite: Bool) throws(Fault) -> Bool {
        guard let (descriptor, _) = try visible(selector, types: 0) else { return false }
        return toWrite ? descriptor.isWritable : descriptor.isReadable
    }
}

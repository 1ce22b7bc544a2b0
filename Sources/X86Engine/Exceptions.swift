// SPDX-License-Identifier: Apache-2.0

import X86

/// An event on its way through the IDT.
struct PendingEvent {
    /// Types as in VM-entry interruption information.
    enum Kind: UInt32 {
        case external = 0
        case nmi = 2
        case exception = 3
        case softwareInterrupt = 4
        case privilegedSoftwareException = 5
        case softwareException = 6
    }

    var vector: UInt8
    var kind: Kind
    var errorCode: UInt32?
    /// Of a software event's instruction.
    var length: UInt32 = 0

    /// An event that the program itself asks for: gate privileges are checked, and error codes say so.
    var isSoftware: Bool { kind == .softwareInterrupt || kind == .softwareException }

    var information: UInt32 {
        UInt32(vector) | kind.rawValue << 8 | (errorCode == nil ? 0 : 1 << 11) | 1 << 31
    }

    /// The classes of the double-fault rule.
    var isContributory: Bool {
        guard kind == .exception else { return false }
        switch vector {
        case 0, 10, 11, 12, 13, 21: return true
        default: return false
        }
    }
    var isPageFault: Bool {
        kind == .exception && (vector == ExceptionVector.page || vector == ExceptionVector.virtualization)
    }
    var isDoubleFault: Bool { kind == .exception && vector == ExceptionVector.doubleFault }
}

/// Delivery of exceptions and interrupts.
///
/// - SeeAlso: SDM Vol. 3, "Interrupt and Exception Handling".
extension VirtualCPU {
    /// Delivers a fault or trap of the instruction at `rip`. Returns the exit that breaks the delivery off, if any.
    func deliver(_ vector: UInt8, errorCode: UInt32?, rip: UInt64) -> VMExit? {
        state.rip = rip
        return deliver(PendingEvent(vector: vector, kind: .exception, errorCode: errorCode))
    }

    func deliver(interrupt vector: UInt8) -> VMExit? {
        deliver(PendingEvent(vector: vector, kind: .external))
    }

    /// VM entry's event injection.
    func inject(_ event: EntryEvent) -> VMExit? {
        guard event.information[bit: 31],
            let kind = PendingEvent.Kind(rawValue: event.information[bits: 8...10])
        else { return nil }
        var pending = PendingEvent(
            vector: UInt8(truncatingIfNeeded: event.information), kind: kind,
            errorCode: event.information[bit: 11] ? event.errorCode : nil)
        switch kind {
        case .softwareInterrupt, .softwareException, .privilegedSoftwareException:
            pending.length = event.instructionLength
        case .external, .nmi, .exception:
            break
        }
        return deliver(pending)
    }

    func deliver(_ first: PendingEvent) -> VMExit? {
        var event = first
        while true {
            vectoring = event.information
            vectoringErrorCode = event.errorCode ?? 0
            vectoringLength = event.length
            let fault: Fault
            do {
                try enter(event)
                vectoring = 0
                return nil
            } catch {
                fault = error
            }
            if fault.isExit {
                vectoring = 0
                return finish(pendingExit)
            }
            if event.isDoubleFault {
                vectoring = 0
                return finish(VMExit(.tripleFault))
            }
            let second = PendingEvent(vector: fault.vector, kind: .exception, errorCode: fault.code)
            let isDouble =
                event.isContributory && second.isContributory
                || event.isPageFault && (second.isContributory || second.isPageFault)
            event =
                isDouble
                ? PendingEvent(vector: ExceptionVector.doubleFault, kind: .exception, errorCode: 0) : second
        }
    }

    /// Goes through the gate, or changes nothing but memory below the new stack pointer.
    private func enter(_ event: PendingEvent) throws(Fault) {
        if isLongMode { try enter64(event) } else { try enter32(event) }
        enteredGate = true
        var blocking = state[field: State.Offset.interruptibility] & ~3
        if event.kind == .nmi { blocking |= VirtualCPU.blockingByNMI }
        state[field: State.Offset.interruptibility] = blocking
        updateMode()
    }

    private func savedFlags(_ event: PendingEvent) -> UInt64 {
        let flags = state.materializedFlags
        // A fault is to be restarted without meeting its instruction breakpoint again.
        let isFault =
            event.kind == .exception && event.vector != ExceptionVector.debug
            && event.vector != ExceptionVector.breakpoint
        return isFault ? flags | RFLAGS.rf : flags
    }

    private func enter64(_ event: PendingEvent) throws(Fault) {
        let ext: UInt32 = event.isSoftware ? 0 : 1
        let idtCode = UInt32(event.vector) << 3 | 2 | ext
        let idt = idtr
        let offset = UInt64(event.vector) * 16
        guard offset + 15 <= UInt64(idt.limit) else { throw .protection(idtCode) }
        let low: UInt64 = try load(idt.base &+ offset, .kernel)
        let high: UInt64 = try load(idt.base &+ offset &+ 8, .kernel)
        let type = low[bits: 40...44]
        guard type == 0xE || type == 0xF else { throw .protection(idtCode) }
        if event.isSoftware, low[bits: 45...46] < UInt64(cpl) { throw .protection(idtCode) }
        guard low[bit: 47] else { throw .notPresent(idtCode) }
        let target = low[bits: 0...15] | low[bits: 48...63] << 16 | high[bits: 0...31] << 32
        let selector = UInt16(truncatingIfNeeded: low[bits: 16...31])
        let ist = low[bits: 32...34]

        guard selector & ~3 != 0 else { throw .protection(ext) }
        let selectorCode = UInt32(selector & ~3) | ext
        let (descriptor, place) = try descriptor(selector, fault: Fault.protection(selectorCode))
        guard descriptor.isCode, descriptor.dpl <= cpl, descriptor.isLong, !descriptor.isBig else {
            throw .protection(selectorCode)
        }
        guard descriptor.isPresent else { throw .notPresent(selectorCode) }
        let newCPL = descriptor.isConforming ? cpl : descriptor.dpl
        let changes = newCPL != cpl
        var sp = state[.rsp]
        if ist != 0 {
            sp = try stackPointer(offset: 36 + (ist - 1) * 8, ext)
        } else if changes {
            sp = try stackPointer(offset: 4 + UInt64(newCPL) * 8, ext)
        }
        if ist != 0 || changes, !isCanonical(sp) { throw .stack(ext) }
        sp &= ~0xF
        let table: TranslationCaches.Table = newCPL == 3 ? .user : .kernel
        let ss = segment(2).selector
        let cs = segment(1).selector
        let flags = savedFlags(event)
        sp &-= 8
        try store(sp, UInt64(ss), table, isStack: true)
        sp &-= 8
        try store(sp, state[.rsp], table, isStack: true)
        sp &-= 8
        try store(sp, flags, table, isStack: true)
        sp &-= 8
        try store(sp, UInt64(cs), table, isStack: true)
        sp &-= 8
        try store(sp, state.rip &+ UInt64(event.length), table, isStack: true)
        if let code = event.errorCode {
            sp &-= 8
            try store(sp, UInt64(code), table, isStack: true)
        }
        guard isCanonical(target) else { throw .protection(ext) }
        try markAccessed(descriptor, place)

        var newFlags = flags & ~(RFLAGS.tf | RFLAGS.vm | RFLAGS.rf | RFLAGS.nt)
        if type == 0xE { newFlags &= ~RFLAGS.if }
        state.setFlags(newFlags)
        setSegment(1, descriptor.segment(selector & ~3 | UInt16(newCPL)))
        if changes {
            setSegment(
                2, Segment(selector: UInt16(newCPL), accessRights: 0x1_0093 | UInt32(newCPL) << 5))
        }
        state[.rsp] = sp
        state.rip = target
    }

    /// A stack pointer of the 64-bit TSS.
    private func stackPointer(offset: UInt64, _ ext: UInt32) throws(Fault) -> UInt64 {
        let task = tr
        guard offset + 7 <= UInt64(task.limit) else { throw .invalidTSS(UInt32(task.selector & ~3) | ext) }
        return try load(task.base &+ offset, .kernel)
    }

    private func enter32(_ event: PendingEvent) throws(Fault) {
        let ext: UInt32 = event.isSoftware ? 0 : 1
        let idtCode = UInt32(event.vector) << 3 | 2 | ext
        let idt = idtr
        let offset = UInt64(event.vector) * 8
        guard offset + 7 <= UInt64(idt.limit) else { throw .protection(idtCode) }
        let gate: UInt64 = try load(idt.base &+ offset, .kernel)
        let type = gate[bits: 40...44]
        if event.isSoftware, gate[bits: 45...46] < UInt64(cpl) { throw .protection(idtCode) }
        if type == 5 {
            guard gate[bit: 47] else { throw .notPresent(idtCode) }
            pendingExit = VMExit(.taskSwitch, qualification: gate[bits: 16...31] | 3 << 30)
            addVectoring()
            throw .exit
        }
        let is32 = type == 0xE || type == 0xF
        guard is32 || type == 6 || type == 7 else { throw .protection(idtCode) }
        guard gate[bit: 47] else { throw .notPresent(idtCode) }
        let target = gate[bits: 0...15] | (is32 ? gate[bits: 48...63] << 16 : 0)
        let selector = UInt16(truncatingIfNeeded: gate[bits: 16...31])
        guard selector & ~3 != 0 else { throw .protection(ext) }
        let selectorCode = UInt32(selector & ~3) | ext
        let (descriptor, place) = try descriptor(selector, fault: Fault.protection(selectorCode))
        guard descriptor.isCode, descriptor.dpl <= cpl else { throw .protection(selectorCode) }
        guard descriptor.isPresent else { throw .notPresent(selectorCode) }
        let newCPL = descriptor.isConforming ? cpl : descriptor.dpl
        let changes = newCPL != cpl
        var stack = segment(2)
        var sp = state[.rsp] & 0xFFFF_FFFF
        let (oldSS, oldSP) = (UInt64(stack.selector), sp)
        if changes {
            let task = tr
            guard UInt64(newCPL) * 8 + 9 <= UInt64(task.limit) else {
                throw .invalidTSS(UInt32(task.selector & ~3) | ext)
            }
            sp = UInt64(try load(task.base &+ 4 &+ UInt64(newCPL) * 8, .kernel, as: UInt32.self))
            let newSS: UInt16 = try load(task.base &+ 8 &+ UInt64(newCPL) * 8, .kernel)
            stack = try stackSegment(newSS, cpl: newCPL, fault: Fault.invalidTSS(UInt32(newSS & ~3) | ext))
        }
        let table: TranslationCaches.Table = newCPL == 3 ? .user : .kernel
        let flags = savedFlags(event)
        let width: UInt64 = is32 ? 4 : 2
        func push(_ value: UInt64) throws(Fault) {
            sp = (sp &- width) & (stack.accessRights & AccessRights.big != 0 ? 0xFFFF_FFFF : 0xFFFF)
            let address = (stack.base &+ sp) & 0xFFFF_FFFF
            if is32 {
                try store(address, UInt32(truncatingIfNeeded: value), table, isStack: true)
            } else {
                try store(address, UInt16(truncatingIfNeeded: value), table, isStack: true)
            }
        }
        if changes {
            try push(oldSS)
            try push(oldSP)
        }
        try push(flags)
        try push(UInt64(segment(1).selector))
        try push(state.rip &+ UInt64(event.length))
        if let code = event.errorCode { try push(UInt64(code)) }
        try markAccessed(descriptor, place)

        var newFlags = flags & ~(RFLAGS.tf | RFLAGS.vm | RFLAGS.rf | RFLAGS.nt)
        if type & 1 == 0 { newFlags &= ~RFLAGS.if }
        state.setFlags(newFlags)
        setSegment(1, descriptor.segment(selector & ~3 | UInt16(newCPL)))
        setSegment(2, stack)
        state[.rsp] = sp
        state.rip = target
    }
}

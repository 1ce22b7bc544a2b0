// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

/// What follows an instruction that the `VirtualCPU` has performed.
enum Flow {
    /// The next instruction of the block.
    case next
    /// The block ends: what it was decoded for may have changed. RIP goes behind the instruction.
    case end
    /// The same, and the run loop is to look for due events.
    case poll
    /// RIP has been set.
    case away
    /// RIP has been set, and the run loop is to look for due events.
    case awayPoll
}

/// Runs the body of a rare instruction, an op with a record.
@inline(__always)
func perform(
    _ c: UnsafeMutableRawPointer, _ o: UnsafeMutableRawPointer,
    _ body: (VirtualCPU, Instruction, MicroOp) throws(Fault) -> Flow
) -> UnsafeMutableRawPointer? {
    let state = State(c)
    let op = MicroOp(o)
    let cpu = VirtualCPU.owner(state)
    let instruction = op.instruction
    do throws(Fault) {
        switch try body(cpu, instruction, op) {
        case .next: return proceedPastRecord(c, o)
        case .end: return state.leaveBlock(rip: cpu.next(instruction))
        case .away: return state.leaveBlock(rip: state.rip)
        case .poll: return state.leaveToPoll(rip: cpu.next(instruction))
        case .awayPoll: return state.leaveToPoll(rip: state.rip)
        }
    } catch {
        if error.isExit { return state.exit(cpu.pendingExit, op) }
        if error.isNonCanonical { return state.raise(cpu.vectorOfNonCanonical(op), errorCode: 0, op) }
        return state.raise(error.vector, errorCode: error.code, op)
    }
}

extension State {
    /// Leaves to the run loop, which looks for events.
    func leaveToPoll(rip: UInt64) -> UnsafeMutableRawPointer? {
        self.rip = rip
        self[field: Offset.leave] = Leave.poll.rawValue
        return nil
    }
}

// MARK: Operands

extension VirtualCPU {
    /// RIP as the program counts it: without the base of CS.
    func rip(_ linear: UInt64) -> UInt64 {
        is64Bit ? linear : (linear &- state.read(State.Offset.segments + 32, as: UInt64.self)) & 0xFFFF_FFFF
    }
    @inline(__always) func next(_ i: Instruction) -> UInt64 { rip(i.nextRIP) }

    func register(_ number: UInt8, _ size: UInt8) -> UInt64 {
        let value = state[gpr: Int(number & 15)]
        switch size {
        case 8: return value
        case 4: return value & 0xFFFF_FFFF
        case 2: return value & 0xFFFF
        default: return value & 0xFF
        }
    }
    func setRegister(_ number: UInt8, _ size: UInt8, _ value: UInt64) {
        let number = Int(number & 15)
        switch size {
        case 8: state[gpr: number] = value
        case 4: state[gpr: number] = value & 0xFFFF_FFFF
        case 2: state[gpr: number] = state[gpr: number] & ~0xFFFF | value & 0xFFFF
        default: state[gpr: number] = state[gpr: number] & ~0xFF | value & 0xFF
        }
    }
    /// EDX:EAX
    func setPair(_ value: UInt64) {
        state[.rax] = value & 0xFFFF_FFFF
        state[.rdx] = value >> 32
    }

    func loadSized(_ address: UInt64, _ size: UInt8) throws(Fault) -> UInt64 {
        switch size {
        case 8: return try load(address)
        case 4: return UInt64(try load(address, as: UInt32.self))
        case 2: return UInt64(try load(address, as: UInt16.self))
        default: return UInt64(try load(address, as: UInt8.self))
        }
    }
    func storeSized(_ address: UInt64, _ size: UInt8, _ value: UInt64) throws(Fault) {
        switch size {
        case 8: try store(address, value)
        case 4: try store(address, UInt32(truncatingIfNeeded: value))
        case 2: try store(address, UInt16(truncatingIfNeeded: value))
        default: try store(address, UInt8(truncatingIfNeeded: value))
        }
    }

    /// The 16-bit r/m operand.
    func operand16(_ i: Instruction, _ op: MicroOp) throws(Fault) -> UInt16 {
        if i.isMemory { return try load(op.address(state)) }
        return UInt16(truncatingIfNeeded: state[gpr: Int(i.rm & 15)])
    }
    /// A selector or status word: 16 bits to memory, zero-extended to a register.
    func storeWord(_ value: UInt64, _ i: Instruction, _ op: MicroOp) throws(Fault) {
        if i.isMemory {
            try store(op.address(state), UInt16(truncatingIfNeeded: value))
        } else {
            setRegister(i.rm, max(i.operandSize, 2), value)
        }
    }

    func requireSupervisor() throws(Fault) {
        if cpl != 0 { throw .protection(0) }
    }
    func requireProtectedMode() throws(Fault) {
        if cr0 & CR0.pe == 0 { throw .undefined }
    }
    /// CR4.UMIP
    func requireInstructionVisible() throws(Fault) {
        if cpl != 0, cr4 & CR4.umip != 0 { throw .protection(0) }
    }
    func setZero(_ value: Bool) {
        let flags = state.materializedFlags
        state.setFlags(value ? flags | RFLAGS.zf : flags & ~RFLAGS.zf)
    }
    @inline(__always) var systemFlags: UInt64 {
        get { state[field: State.Offset.systemFlags] }
        set { state[field: State.Offset.systemFlags] = newValue }
    }
    /// IF has been set or the priority lowered: whether an event may be due.
    @inline(__always) var shouldPoll: Bool { interruptPending && systemFlags & RFLAGS.if != 0 }

    /// INT n and its relatives.
    func softwareEvent(_ vector: UInt8, _ kind: PendingEvent.Kind, _ i: Instruction) throws(Fault) -> Flow {
        state.rip = rip(i.rip)
        let event = PendingEvent(vector: vector, kind: kind, errorCode: nil, length: UInt32(i.length))
        if let exit = deliver(event) {
            pendingExit = exit
            throw .exit
        }
        return .away
    }
}

// MARK: Lowering

extension BlockBuilder {
    /// Lowers the system instructions. False: not one of them.
    mutating func lowerSystem(_ i: Instruction) -> Bool {
        switch i.map {
        case .oneByte: lowerSystemOneByte(i)
        case .twoByte: lowerSystemTwoByte(i)
        case .threeByte38: lowerSystemThreeByte(i)
        case .threeByte3A: false
        }
    }

    private var is64: Bool { mode.contains(.code64) }

    /// An op that the block goes on behind.
    private mutating func op(_ handler: @escaping Handler, _ i: Instruction) -> Bool {
        emitRecord(handler, i)
        return true
    }
    /// An op that ends the block.
    private mutating func last(_ handler: @escaping Handler, _ i: Instruction) -> Bool {
        emitEnding(handler, i)
        return true
    }
    /// Segment loads change the mode outside 64-bit mode.
    private mutating func segmentLoad(_ handler: @escaping Handler, _ i: Instruction) -> Bool {
        is64 ? op(handler, i) : last(handler, i)
    }

    private mutating func lowerSystemOneByte(_ i: Instruction) -> Bool {
        switch i.opcode {
        case 0x06, 0x0E, 0x16, 0x1E: is64 ? false : op(pushSegment, i)
        case 0x07, 0x17, 0x1F: is64 ? false : last(popSegment, i)
        case 0x63: is64 ? false : op(arpl, i)
        case 0x6C, 0x6D, 0x6E, 0x6F, 0xE4, 0xE5, 0xE6, 0xE7, 0xEC, 0xED, 0xEE, 0xEF: last(portAccess, i)
        case 0x8C: op(moveFromSegment, i)
        case 0x8E: segmentLoad(moveToSegment, i)
        case 0x9A: is64 ? false : last(farCallDirect, i)
        case 0x9C: op(pushFlags, i)
        case 0x9D: last(popFlags, i)
        case 0xC4, 0xC5: is64 ? false : last(loadFarPointer, i)
        case 0xCA, 0xCB: last(farReturnOp, i)
        case 0xCC: last(int3, i)
        case 0xCD: last(intN, i)
        case 0xCE: is64 ? false : last(into, i)
        case 0xCF: last(iret, i)
        case 0xEA: is64 ? false : last(farJumpDirect, i)
        case 0xF1: last(icebp, i)
        case 0xF4: last(hlt, i)
        case 0xFA: op(cli, i)
        case 0xFB: op(sti, i)
        case 0xFF where i.isMemory && i.opcodeExtension == 3: last(farCallIndirect, i)
        case 0xFF where i.isMemory && i.opcodeExtension == 5: last(farJumpIndirect, i)
        default: false
        }
    }

    private mutating func lowerSystemTwoByte(_ i: Instruction) -> Bool {
        switch i.opcode {
        case 0x00: lowerTableGroup(i)
        case 0x01: i.isMemory ? lowerTableMemoryGroup(i) : lowerTableRegisterGroup(i)
        case 0x02: op(lar, i)
        case 0x03: op(lsl, i)
        case 0x05: last(syscall, i)
        case 0x06: last(clts, i)
        case 0x07: last(sysret, i)
        case 0x08: last(invd, i)
        case 0x09: last(wbinvd, i)
        case 0x0B, 0xB9, 0xFF: last(undefinedInstruction, i)
        case 0x20: op(moveFromCR, i)
        case 0x21: op(moveFromDR, i)
        case 0x22: last(moveToCR, i)
        case 0x23: last(moveToDR, i)
        case 0x30: last(wrmsr, i)
        case 0x31: op(rdtsc, i)
        case 0x32: op(rdmsr, i)
        case 0x33: last(rdpmc, i)
        case 0x34: last(sysenter, i)
        case 0x35: last(sysexit, i)
        case 0x37: last(getsec, i)
        case 0x78 where i.prefixes.isDisjoint(with: [.operandSize, .rep, .repne]): last(vmread, i)
        case 0x79 where i.prefixes.isDisjoint(with: [.operandSize, .rep, .repne]): last(vmwrite, i)
        case 0xA0, 0xA8: op(pushSegment, i)
        case 0xA1, 0xA9: segmentLoad(popSegment, i)
        case 0xA2: last(cpuid, i)
        case 0xAA: last(rsm, i)
        case 0xAE: lowerStateGroup(i)
        case 0xB2, 0xB4, 0xB5: segmentLoad(loadFarPointer, i)
        case 0xC7: lowerExtendedGroup(i)
        default: false
        }
    }

    private mutating func lowerTableGroup(_ i: Instruction) -> Bool {
        switch i.opcodeExtension {
        case 0: op(sldt, i)
        case 1: op(str, i)
        case 2: op(lldt, i)
        case 3: op(ltr, i)
        case 4, 5: op(verify, i)
        default: false
        }
    }

    private mutating func lowerTableMemoryGroup(_ i: Instruction) -> Bool {
        switch i.opcodeExtension {
        case 0, 1: op(storeTable, i)
        case 2, 3: op(loadTable, i)
        case 4: op(smsw, i)
        case 6: last(lmsw, i)
        case 7: last(invlpg, i)
        default: false
        }
    }

    private mutating func lowerTableRegisterGroup(_ i: Instruction) -> Bool {
        let has66 = i.prefixes.contains(.operandSize)
        switch i.modRM {
        case 0xC0: return last(encls, i)
        case 0xCF where !has66: return last(encls, i)
        case 0xC1: return last(vmcall, i)
        case 0xC2: return last(vmlaunch, i)
        case 0xC3: return last(vmresume, i)
        case 0xC4: return last(vmxoff, i)
        case 0xC5: return last(pconfig, i)
        case 0xC8: return last(monitor, i)
        case 0xC9: return last(mwait, i)
        case 0xCA where !has66: return last(clac, i)
        case 0xCB where !has66: return last(stac, i)
        case 0xCC where has66: return last(tdcall, i)
        case 0xCF: return last(seamcall, i)
        case 0xD0: return op(xgetbv, i)
        case 0xD1: return last(xsetbv, i)
        case 0xD4: return last(vmfunc, i)
        case 0xE0...0xE7: return op(smsw, i)
        case 0xE8 where !has66 && i.prefixes.isDisjoint(with: [.rep, .repne]): return last(serialize, i)
        case 0xEE: return op(rdpkru, i)
        case 0xEF: return op(wrpkru, i)
        case 0xF0...0xF7: return last(lmsw, i)
        case 0xF8: return is64 ? op(swapgs, i) : false
        case 0xF9: return op(rdtscp, i)
        default: return false
        }
    }

    private mutating func lowerExtendedGroup(_ i: Instruction) -> Bool {
        let has66 = i.prefixes.contains(.operandSize)
        let hasF3 = i.prefixes.contains(.rep)
        let isPlain = i.mandatoryPrefix == .none
        switch (i.opcodeExtension, i.isMemory) {
        case (3, true) where isPlain: return op(xrstors, i)
        case (4, true) where isPlain: return op(xsavec, i)
        case (5, true) where isPlain: return op(xsaves, i)
        case (6, true): return last(has66 ? vmclear : hasF3 ? vmxon : vmptrld, i)
        case (7, true): return last(vmptrst, i)
        case (7, false) where hasF3: return op(rdpid, i)
        case (6, false), (7, false): return op(rdrand, i)
        default: return false
        }
    }

    private mutating func lowerStateGroup(_ i: Instruction) -> Bool {
        let hasF3 = i.prefixes.contains(.rep)
        if i.isMemory {
            guard i.prefixes.isDisjoint(with: [.rep, .repne]) else { return false }
            let has66 = i.prefixes.contains(.operandSize)
            switch i.opcodeExtension {
            case 4 where !has66: return op(xsave, i)
            case 5 where !has66: return last(xrstor, i)
            case 6: return op(has66 ? cacheLine : xsaveopt, i)
            case 7: return op(cacheLine, i)
            default: return false
            }
        }
        switch i.opcodeExtension {
        case 0...3 where hasF3: return is64 ? op(segmentBase, i) : false
        case 5, 6, 7:
            guard i.prefixes.isDisjoint(with: [.operandSize, .rep, .repne]) else { return false }
            return op(fence, i)
        default: return false
        }
    }

    private mutating func lowerSystemThreeByte(_ i: Instruction) -> Bool {
        guard i.prefixes.contains(.operandSize), i.isMemory, i.prefixes.isDisjoint(with: [.rep, .repne])
        else {
            return false
        }
        switch i.opcode {
        case 0x80: return last(invept, i)
        case 0x81: return last(invvpid, i)
        case 0x82: return last(invpcid, i)
        default: return false
        }
    }
}

// MARK: Exits

/// A handler of an instruction that always exits.
@inline(__always)
private func exiting(
    _ c: UnsafeMutableRawPointer, _ o: UnsafeMutableRawPointer, _ reason: ExitReason, supervisor: Bool = false
) -> UnsafeMutableRawPointer? {
    perform(c, o) { (cpu, i, _) throws(Fault) in
        if supervisor { try cpu.requireSupervisor() }
        throw cpu.exit(reason, i)
    }
}

private let cpuid: Handler = { c, o in exiting(c, o, .cpuid) }
private let hlt: Handler = { c, o in exiting(c, o, .hlt, supervisor: true) }
private let invd: Handler = { c, o in exiting(c, o, .invd, supervisor: true) }
private let wbinvd: Handler = { c, o in exiting(c, o, .wbinvd, supervisor: true) }
private let rsm: Handler = { c, o in exiting(c, o, .rsm) }
private let getsec: Handler = { c, o in exiting(c, o, .getsec) }
private let vmcall: Handler = { c, o in exiting(c, o, .vmcall) }
private let vmlaunch: Handler = { c, o in exiting(c, o, .vmlaunch) }
private let vmresume: Handler = { c, o in exiting(c, o, .vmresume) }
private let vmxoff: Handler = { c, o in exiting(c, o, .vmxoff) }
private let vmxon: Handler = { c, o in exiting(c, o, .vmxon) }
private let vmclear: Handler = { c, o in exiting(c, o, .vmclear) }
private let vmptrld: Handler = { c, o in exiting(c, o, .vmptrld) }
private let vmptrst: Handler = { c, o in exiting(c, o, .vmptrst) }
private let vmread: Handler = { c, o in exiting(c, o, .vmread) }
private let vmwrite: Handler = { c, o in exiting(c, o, .vmwrite) }
private let vmfunc: Handler = { c, o in exiting(c, o, .vmfunc) }
private let invept: Handler = { c, o in exiting(c, o, .invept) }
private let invvpid: Handler = { c, o in exiting(c, o, .invvpid) }
private let encls: Handler = { c, o in exiting(c, o, .encls) }
private let pconfig: Handler = { c, o in exiting(c, o, .pconfig, supervisor: true) }
private let seamcall: Handler = { c, o in exiting(c, o, .seamcall) }
private let tdcall: Handler = { c, o in exiting(c, o, .tdcall, supervisor: true) }

private let undefinedInstruction: Handler = { c, o in
    perform(c, o) { (_, _, _) throws(Fault) in throw .undefined }
}

private let rdpmc: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        if cpu.cpl != 0, cpu.cr4 & CR4.pce == 0 { throw .protection(0) }
        throw cpu.exit(.rdpmc, i)
    }
}

private let monitor: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        if cpu.cpl != 0 { throw .undefined }
        guard cpu.configuration.hasMonitor else { throw cpu.exit(.monitor, i) }
        return .end
    }
}
private let mwait: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        if cpu.cpl != 0 { throw .undefined }
        guard cpu.configuration.hasMonitor else { throw cpu.exit(.mwait, i) }
        return .poll
    }
}

private let xsetbv: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        guard cpu.cr4 & CR4.osxsave != 0 else { throw .undefined }
        try cpu.requireSupervisor()
        throw cpu.exit(.xsetbv, i)
    }
}

// MARK: Ports

private let portAccess: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in try cpu.portAccess(i, op) }
}

extension VirtualCPU {
    /// IN, OUT, INS, OUTS: privilege checks, then an exit.
    func portAccess(_ i: Instruction, _ op: MicroOp) throws(Fault) -> Flow {
        let isString = i.opcode < 0x70
        let isImmediate = i.opcode & 0xF8 == 0xE0
        let isInput = isString ? i.opcode < 0x6E : i.opcode & 2 == 0
        let size: UInt64 = i.opcode & 1 == 0 ? 1 : i.operandSize == 2 ? 2 : 4
        let port = isImmediate ? i.immediate & 0xFF : state[.rdx] & 0xFFFF
        let flags = state[field: State.Offset.systemFlags]
        if UInt64(cpl) > flags[bits: 12...13] { try checkPortMap(port, size) }
        let isRepeated = isString && !i.prefixes.isDisjoint(with: [.rep, .repne])
        if isRepeated, register(GeneralRegister.rcx.rawValue, i.addressSize) == 0 { return .end }
        var qualification = size - 1 | port << 16
        if isInput { qualification |= 1 << 3 }
        if isString { qualification |= 1 << 4 }
        if isRepeated { qualification |= 1 << 5 }
        if isImmediate { qualification |= 1 << 6 }
        var linear: UInt64 = 0
        if isString {
            let segment = isInput ? SegmentRegister.es : i.segment
            linear = register((isInput ? GeneralRegister.rdi : .rsi).rawValue, i.addressSize)
            if !is64Bit || segment == .fs || segment == .gs {
                linear &+= self.segment(Int(segment.rawValue)).base
            }
        }
        throw exit(.ioInstruction, i, qualification: qualification, linear: linear)
    }

    /// The I/O permission bitmap of the TSS.
    private func checkPortMap(_ port: UInt64, _ size: UInt64) throws(Fault) {
        let task = tr
        guard task.accessRights & 0xF >= 9, task.limit >= 103 else { throw .protection(0) }
        let map = UInt64(try load(task.base &+ 102, .kernel, as: UInt16.self))
        let place = map + port >> 3
        guard place + 1 <= UInt64(task.limit) else { throw .protection(0) }
        let bits: UInt16 = try load(task.base &+ place, .kernel)
        let mask = ((1 as UInt16) << UInt16(size)) - 1
        if bits >> UInt16(port & 7) & mask != 0 { throw .protection(0) }
    }
}

// MARK: Flags and events

private let cli: Handler = { c, o in
    perform(c, o) { (cpu, _, _) throws(Fault) in
        if UInt64(cpu.cpl) > cpu.systemFlags[bits: 12...13] { throw .protection(0) }
        cpu.systemFlags &= ~RFLAGS.if
        return .next
    }
}

private let sti: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        let flags = cpu.systemFlags
        if UInt64(cpu.cpl) > flags[bits: 12...13] { throw .protection(0) }
        if flags & RFLAGS.if != 0 { return .next }
        cpu.systemFlags = flags | RFLAGS.if
        cpu.state[field: State.Offset.interruptibility] |= VirtualCPU.blockingBySTI
        cpu.shadowRIP = cpu.next(i)
        return cpu.interruptPending ? .poll : .next
    }
}

private let pushFlags: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        var sp = cpu.state[.rsp]
        try cpu.push(cpu.state.materializedFlags & ~(RFLAGS.rf | RFLAGS.vm), Int(i.operandSize), &sp)
        cpu.setStackPointer(sp)
        return .next
    }
}

private let popFlags: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        var sp = cpu.state[.rsp]
        let image = try cpu.pop(Int(i.operandSize), &sp)
        cpu.setStackPointer(sp)
        let before = cpu.systemFlags
        cpu.restoreFlags(image, size: Int(i.operandSize), cpl: cpu.cpl, isInterruptReturn: false)
        if (before ^ cpu.systemFlags) & (RFLAGS.tf | RFLAGS.ac) != 0 { cpu.updateMode() }
        return cpu.shouldPoll ? .poll : .end
    }
}

private let iret: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        try cpu.interruptReturn(size: Int(i.operandSize))
        return cpu.shouldPoll || cpu.wantsNMIWindow ? .awayPoll : .away
    }
}

private let int3: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        try cpu.softwareEvent(ExceptionVector.breakpoint, .softwareException, i)
    }
}
private let intN: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        try cpu.softwareEvent(UInt8(truncatingIfNeeded: i.immediate), .softwareInterrupt, i)
    }
}
private let into: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        guard cpu.state.materializedFlags & RFLAGS.of != 0 else { return .end }
        return try cpu.softwareEvent(ExceptionVector.overflow, .softwareException, i)
    }
}
private let icebp: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        try cpu.softwareEvent(ExceptionVector.debug, .privilegedSoftwareException, i)
    }
}

private let clac: Handler = { c, o in
    perform(c, o) { (cpu, _, _) throws(Fault) in
        if cpu.cpl != 0 { throw .undefined }
        cpu.systemFlags &= ~RFLAGS.ac
        cpu.updateMode()
        return .end
    }
}
private let stac: Handler = { c, o in
    perform(c, o) { (cpu, _, _) throws(Fault) in
        if cpu.cpl != 0 { throw .undefined }
        cpu.systemFlags |= RFLAGS.ac
        cpu.updateMode()
        return .end
    }
}

// MARK: Control registers, MSRs, time

private let moveFromCR: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        cpu.setRegister(i.rm, cpu.is64Bit ? 8 : 4, try cpu.readCR(i.reg))
        return .next
    }
}
private let moveToCR: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        try cpu.writeCR(i.reg, cpu.register(i.rm, cpu.is64Bit ? 8 : 4), i)
        return cpu.shouldPoll ? .poll : .end
    }
}
private let moveFromDR: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        cpu.setRegister(i.rm, cpu.is64Bit ? 8 : 4, try cpu.readDR(i.reg))
        return .next
    }
}
private let moveToDR: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        try cpu.writeDR(i.reg, cpu.register(i.rm, cpu.is64Bit ? 8 : 4))
        return .end
    }
}
private let clts: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        try cpu.clearTaskSwitched(i)
        return .end
    }
}
private let smsw: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        try cpu.requireInstructionVisible()
        try cpu.storeWord(cpu.visibleCR0, i, op)
        return .next
    }
}
private let lmsw: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        try cpu.requireSupervisor()
        let word = try cpu.operand16(i, op)
        try cpu.loadMachineStatus(word, i, linear: i.isMemory ? op.address(cpu.state) : 0)
        return .end
    }
}
private let rdmsr: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        cpu.setPair(try cpu.readMSR(i))
        return .next
    }
}
private let wrmsr: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        try cpu.writeMSR(i)
        return cpu.shouldPoll ? .poll : .end
    }
}
private let rdtsc: Handler = { c, o in
    perform(c, o) { (cpu, _, _) throws(Fault) in
        if cpu.cpl != 0, cpu.cr4 & CR4.tsd != 0 { throw .protection(0) }
        cpu.setPair(cpu.timeStamp())
        return .next
    }
}
private let rdtscp: Handler = { c, o in
    perform(c, o) { (cpu, _, _) throws(Fault) in
        if cpu.cpl != 0, cpu.cr4 & CR4.tsd != 0 { throw .protection(0) }
        cpu.setPair(cpu.timeStamp())
        cpu.state[.rcx] = cpu.state[field: State.Offset.tscAux] & 0xFFFF_FFFF
        return .next
    }
}
private let rdpid: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        cpu.setRegister(i.rm, cpu.is64Bit ? 8 : 4, cpu.state[field: State.Offset.tscAux] & 0xFFFF_FFFF)
        return .next
    }
}
private let rdrand: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        cpu.setRegister(i.rm, max(i.operandSize, 2), cpu.random())
        cpu.state.setFlags(cpu.systemFlags & ~0x8D5 | RFLAGS.cf | 2)
        return .next
    }
}
private let xgetbv: Handler = { c, o in
    perform(c, o) { (cpu, _, _) throws(Fault) in
        guard cpu.cr4 & CR4.osxsave != 0 else { throw .undefined }
        switch cpu.state[.rcx] & 0xFFFF_FFFF {
        case 0: cpu.setPair(cpu.state[field: State.Offset.xcr0])
        case 1: cpu.setPair(cpu.state[field: State.Offset.xcr0] & cpu.componentsInUse)
        default: throw .protection(0)
        }
        return .next
    }
}
private let rdpkru: Handler = { c, o in
    perform(c, o) { (cpu, _, _) throws(Fault) in
        guard cpu.cr4 & CR4.pke != 0 else { throw .undefined }
        guard cpu.state[.rcx] & 0xFFFF_FFFF == 0 else { throw .protection(0) }
        cpu.setPair(cpu.state[field: State.Offset.pkru] & 0xFFFF_FFFF)
        return .next
    }
}
private let wrpkru: Handler = { c, o in
    perform(c, o) { (cpu, _, _) throws(Fault) in
        guard cpu.cr4 & CR4.pke != 0 else { throw .undefined }
        guard (cpu.state[.rcx] | cpu.state[.rdx]) & 0xFFFF_FFFF == 0 else { throw .protection(0) }
        cpu.setPKRU(cpu.state[.rax] & 0xFFFF_FFFF)
        return .next
    }
}

// MARK: Memory management

private let invlpg: Handler = { c, o in
    perform(c, o) { (cpu, _, op) throws(Fault) in
        try cpu.requireSupervisor()
        cpu.translations.invalidatePage(op.address(cpu.state))
        return .end
    }
}
private let invpcid: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        try cpu.requireSupervisor()
        let type = cpu.register(i.reg, cpu.is64Bit ? 8 : 4)
        guard type <= 3 else { throw .protection(0) }
        let address = op.address(cpu.state)
        let low: UInt64 = try cpu.load(address)
        let linear: UInt64 = try cpu.load(address &+ 8)
        guard low >> 12 == 0 || type >= 2 else { throw .protection(0) }
        if type < 2, cpu.cr4 & CR4.pcide == 0, low & 0xFFF != 0 { throw .protection(0) }
        switch type {
        case 0:
            guard cpu.isCanonical(linear) else { throw .protection(0) }
            cpu.translations.invalidatePage(linear)
        case 2: cpu.translations.flushLinear()
        default: cpu.translations.flushNonGlobal()
        }
        return .end
    }
}
private let cacheLine: Handler = { c, o in
    perform(c, o) { (cpu, _, op) throws(Fault) in
        _ = try cpu.load(op.address(cpu.state), as: UInt8.self)
        return .next
    }
}
private let fence: Handler = { c, o in proceedPastRecord(c, o) }
private let serialize: Handler = { c, o in perform(c, o) { (_, _, _) throws(Fault) in .end } }

// MARK: Descriptor tables

private let storeTable: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        try cpu.requireInstructionVisible()
        let table = i.opcodeExtension == 0 ? cpu.gdtr : cpu.idtr
        let address = op.address(cpu.state)
        let size: UInt8 = cpu.is64Bit ? 8 : 4
        _ = try cpu.data(address, Int(size) + 2, .write, isStack: false)
        try cpu.store(address, table.limit)
        try cpu.storeSized(address &+ 2, size, table.base)
        return .next
    }
}
private let loadTable: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        try cpu.requireSupervisor()
        let address = op.address(cpu.state)
        let limit: UInt16 = try cpu.load(address)
        var base = try cpu.loadSized(address &+ 2, cpu.is64Bit ? 8 : 4)
        if cpu.is64Bit {
            guard cpu.isCanonical(base) else { throw .protection(0) }
        } else if i.operandSize == 2 {
            base &= 0xFF_FFFF
        }
        let table = DescriptorTableRegister(base: base, limit: limit)
        if i.opcodeExtension == 2 { cpu.gdtr = table } else { cpu.idtr = table }
        return .next
    }
}
private let sldt: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        try cpu.requireProtectedMode()
        try cpu.requireInstructionVisible()
        try cpu.storeWord(UInt64(cpu.ldtr.selector), i, op)
        return .next
    }
}
private let str: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        try cpu.requireProtectedMode()
        try cpu.requireInstructionVisible()
        try cpu.storeWord(UInt64(cpu.tr.selector), i, op)
        return .next
    }
}
private let lldt: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        try cpu.requireProtectedMode()
        try cpu.requireSupervisor()
        try cpu.loadLDT(try cpu.operand16(i, op))
        return .next
    }
}
private let ltr: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        try cpu.requireProtectedMode()
        try cpu.requireSupervisor()
        try cpu.loadTask(try cpu.operand16(i, op))
        return .next
    }
}
private let verify: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        try cpu.requireProtectedMode()
        cpu.setZero(try cpu.mayAccess(try cpu.operand16(i, op), toWrite: i.opcodeExtension == 5))
        return .next
    }
}
private let lar: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        try cpu.requireProtectedMode()
        let result = try cpu.accessRights(of: try cpu.operand16(i, op))
        if let result { cpu.setRegister(i.reg, i.operandSize, result) }
        cpu.setZero(result != nil)
        return .next
    }
}
private let lsl: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        try cpu.requireProtectedMode()
        let result = try cpu.segmentLimit(of: try cpu.operand16(i, op))
        if let result { cpu.setRegister(i.reg, i.operandSize, result) }
        cpu.setZero(result != nil)
        return .next
    }
}
private let arpl: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        try cpu.requireProtectedMode()
        let target = try cpu.operand16(i, op)
        let rpl = UInt16(truncatingIfNeeded: cpu.state[gpr: Int(i.reg & 15)]) & 3
        let raises = target & 3 < rpl
        if raises {
            let new = target & ~3 | rpl
            if i.isMemory {
                let segment = cpu.segment(Int(i.segment.rawValue))
                let offset = (op.address(cpu.state) &- segment.base) & 0xFFFF_FFFF
                try cpu.store(cpu.linear(offset, i.segment, size: 2, writes: true), new)
            } else {
                cpu.setRegister(i.rm, 2, UInt64(new))
            }
        }
        cpu.setZero(raises)
        return .next
    }
}

// MARK: Segment registers

private let moveFromSegment: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        guard i.opcodeExtension < 6 else { throw .undefined }
        try cpu.storeWord(UInt64(cpu.segment(Int(i.opcodeExtension)).selector), i, op)
        return .next
    }
}
private let moveToSegment: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        guard let register = SegmentRegister(rawValue: i.opcodeExtension), register != .cs else {
            throw .undefined
        }
        try cpu.loadSegment(register, try cpu.operand16(i, op))
        if register == .ss { cpu.blockAfterStackLoad(i) }
        return cpu.is64Bit ? .next : .end
    }
}

extension VirtualCPU {
    /// MOV SS and POP SS hold events off for one instruction.
    fileprivate func blockAfterStackLoad(_ i: Instruction) {
        state[field: State.Offset.interruptibility] |= VirtualCPU.blockingByMOVSS
        shadowRIP = next(i)
    }

    /// The segment register that a push or pop names by its opcode.
    fileprivate func implied(_ i: Instruction) -> SegmentRegister {
        switch i.opcode {
        case 0x06, 0x07: .es
        case 0x0E: .cs
        case 0x16, 0x17: .ss
        case 0x1E, 0x1F: .ds
        case 0xA0, 0xA1: .fs
        default: .gs
        }
    }
}

private let pushSegment: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        var sp = cpu.state[.rsp]
        let selector = cpu.segment(Int(cpu.implied(i).rawValue)).selector
        try cpu.push(UInt64(selector), Int(i.operandSize), &sp)
        cpu.setStackPointer(sp)
        return .next
    }
}
private let popSegment: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        var sp = cpu.state[.rsp]
        let register = cpu.implied(i)
        let selector = UInt16(truncatingIfNeeded: try cpu.pop(Int(i.operandSize), &sp))
        try cpu.loadSegment(register, selector)
        cpu.setStackPointer(sp)
        if register == .ss { cpu.blockAfterStackLoad(i) }
        return cpu.is64Bit ? .next : .end
    }
}
private let loadFarPointer: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        guard i.isMemory else { throw .undefined }
        let register: SegmentRegister =
            switch i.opcode {
            case 0xC4: .es
            case 0xC5: .ds
            case 0xB2: .ss
            case 0xB4: .fs
            default: .gs
            }
        let address = op.address(cpu.state)
        let offset = try cpu.loadSized(address, i.operandSize)
        let selector: UInt16 = try cpu.load(address &+ UInt64(i.operandSize))
        try cpu.loadSegment(register, selector)
        cpu.setRegister(i.reg, i.operandSize, offset)
        return cpu.is64Bit ? .next : .end
    }
}
private let swapgs: Handler = { c, o in
    perform(c, o) { (cpu, _, _) throws(Fault) in
        try cpu.requireSupervisor()
        let base = State.Offset.segments + 5 * 32
        let old = cpu.state[field: base]
        cpu.state[field: base] = cpu.state[field: State.Offset.kernelGSBase]
        cpu.state[field: State.Offset.kernelGSBase] = old
        return .next
    }
}
private let segmentBase: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        guard cpu.cr4 & CR4.fsgsbase != 0 else { throw .undefined }
        let offset = State.Offset.segments + (i.opcodeExtension & 1 == 0 ? 4 : 5) * 32
        let size: UInt8 = i.operandSize == 8 ? 8 : 4
        if i.opcodeExtension < 2 {
            cpu.setRegister(i.rm, size, cpu.state[field: offset])
        } else {
            let value = cpu.register(i.rm, size)
            guard cpu.isCanonical(value) else { throw .protection(0) }
            cpu.state[field: offset] = value
        }
        return .next
    }
}

// MARK: Transfers

private let syscall: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        try cpu.systemCall(next: cpu.next(i))
        return .away
    }
}
private let sysret: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        try cpu.systemReturn(size: i.prefixes.contains(.rexW) ? 8 : 4)
        return cpu.shouldPoll ? .awayPoll : .away
    }
}
private let sysenter: Handler = { c, o in
    perform(c, o) { (cpu, _, _) throws(Fault) in
        try cpu.systemEnter()
        return .away
    }
}
private let sysexit: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        try cpu.systemExit(size: i.prefixes.contains(.rexW) ? 8 : 4)
        return .away
    }
}
private let farJumpDirect: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        try cpu.farJump(i.immediate2, i.immediate)
        return .away
    }
}
private let farCallDirect: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        try cpu.farCall(i.immediate2, i.immediate, size: Int(i.operandSize), returnTo: cpu.next(i))
        return .away
    }
}
private let farJumpIndirect: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        let address = op.address(cpu.state)
        let size: UInt8 = i.prefixes.contains(.rexW) ? 8 : i.operandSize == 2 ? 2 : 4
        let offset = try cpu.loadSized(address, size)
        try cpu.farJump(try cpu.load(address &+ UInt64(size)), offset)
        return .away
    }
}
private let farCallIndirect: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        let address = op.address(cpu.state)
        let size: UInt8 = i.prefixes.contains(.rexW) ? 8 : i.operandSize == 2 ? 2 : 4
        let offset = try cpu.loadSized(address, size)
        try cpu.farCall(try cpu.load(address &+ UInt64(size)), offset, size: Int(size), returnTo: cpu.next(i))
        return .away
    }
}
private let farReturnOp: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        let size = i.prefixes.contains(.rexW) ? 8 : i.operandSize == 2 ? 2 : 4
        try cpu.farReturn(size: size, release: i.opcode == 0xCA ? i.immediate & 0xFFFF : 0)
        return .away
    }
}

// MARK: Extended state

private let xsave: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        try cpu.saveExtended(op.address(cpu.state), .plain, isWide: i.isWide)
        return .next
    }
}
private let xsaveopt: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        try cpu.saveExtended(op.address(cpu.state), .optimized, isWide: i.isWide)
        return .next
    }
}
private let xsavec: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        try cpu.saveExtended(op.address(cpu.state), .compacted, isWide: i.isWide)
        return .next
    }
}
private let xsaves: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        try cpu.saveExtended(op.address(cpu.state), .supervisor, isWide: i.isWide)
        return .next
    }
}
private let xrstor: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        try cpu.restoreExtended(op.address(cpu.state), supervisor: false, isWide: i.isWide)
        return .end
    }
}
private let xrstors: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        try cpu.restoreExtended(op.address(cpu.state), supervisor: true, isWide: i.isWide)
        return .next
    }
}

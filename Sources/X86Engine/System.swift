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

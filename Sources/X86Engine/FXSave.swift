// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

// FXSAVE, FXRSTOR, LDMXCSR and STMXCSR.

/// MXCSR bits that may be set: `MXCSR_MASK` of the FXSAVE image.
let mxcsrMask: UInt32 = 0xFFFF

private let fxsave: Handler = { c, o in
    let state = State(c)
    let op = MicroOp(o)
    let i = op.instruction
    let address = op.address(state)
    if address & 15 != 0 { return state.raise(13, errorCode: 0, op) }
    let slots = state.mode.contains(.code64) ? 26 : 18
    guard state.isWritable(address, bytes: 512, op) else { return nil }
    for slot in 0..<slots {
        var value = state[slot: UInt8(slot)]
        switch slot {
        case 0: if !i.isWide { value.y &= 0xFFFF_FFFF }
        case 1:
            if !i.isWide { value.x &= 0xFFFF_FFFF }
            value.y = value.y & 0xFFFF_FFFF | UInt64(mxcsrMask) << 32
        case 2..<10: value.y &= 0xFFFF
        default: break
        }
        guard state.store(address &+ UInt64(slot * 16), value, op) else { return nil }
    }
    return proceedPastRecord(c, o)
}
private let fxrstor: Handler = { c, o in
    let state = State(c)
    let op = MicroOp(o)
    let i = op.instruction
    let address = op.address(state)
    if address & 15 != 0 { return state.raise(13, errorCode: 0, op) }
    let slots = state.mode.contains(.code64) ? 26 : 18
    guard var control = state.load(address, op, as: Vector.self),
        var pointers = state.load(address &+ 16, op, as: Vector.self),
        state.load(address &+ 496, op, as: Vector.self) != nil
    else { return nil }
    if UInt32(truncatingIfNeeded: pointers.y) & ~mxcsrMask != 0 { return state.raise(13, errorCode: 0, op) }
    if !i.isWide {
        control.y &= 0xFFFF_FFFF
        pointers.x &= 0xFFFF_FFFF
    }
    pointers.y = pointers.y & 0xFFFF_FFFF | UInt64(mxcsrMask) << 32
    state[slot: 0] = control
    state[slot: 1] = pointers
    state.write(State.Offset.ftw + 1, UInt8(0))
    state.settleX87Control()
    for slot in 2..<slots {
        guard var value = state.load(address &+ UInt64(slot * 16), op, as: Vector.self) else { return nil }
        if slot < 10 { value.y &= 0xFFFF }
        state[slot: UInt8(slot)] = value
    }
    return proceedPastRecord(c, o)
}
private let ldmxcsr: Handler = { c, o in
    let state = State(c)
    let op = MicroOp(o)
    guard let value = state.load(op.address(state), op, as: UInt32.self) else { return nil }
    if value & ~mxcsrMask != 0 { return state.raise(13, errorCode: 0, op) }
    state.write(State.Offset.mxcsr, value)
    return proceed(c, o)
}
private let stmxcsr: Handler = { c, o in
    let state = State(c)
    let op = MicroOp(o)
    guard state.store(op.address(state), state.read(State.Offset.mxcsr, as: UInt32.self), op) else {
        return nil
    }
    return proceed(c, o)
}

extension State {
    /// Whether up to 4096 bytes can be stored; else the fault of the first byte that cannot.
    func isWritable(_ address: UInt64, bytes: UInt64, _ op: MicroOp) -> Bool {
        guard loadForUpdate(address, op, as: UInt8.self) != nil else { return false }
        let last = address &+ (bytes - 1)
        return (address ^ last) < 4096 && address & 0xFFF <= last & 0xFFF
            || loadForUpdate(last & ~0xFFF, op, as: UInt8.self) != nil
    }
    /// Brings ES and B of the status word, and the reserved bits of control word and opcode, in line after they were loaded.
    func settleX87Control() {
        write(Offset.fop, read(Offset.fop, as: UInt16.self) & 0x7FF)
        let control = read(Offset.fcw, as: UInt16.self) & 0x1F7F | 0x40
        write(Offset.fcw, control)
        var status = read(Offset.fsw, as: UInt16.self) & 0x7F7F
        if status & ~control & 0x3F != 0 { status |= 0x8080 }
        write(Offset.fsw, status)
    }
}

extension BlockBuilder {
    /// The parts of group 15 (0F AE) that belong to SSE and x87.
    mutating func lowerGroup15(_ i: Instruction) -> Bool {
        guard i.isMemory, i.mandatoryPrefix == .none else { return false }
        switch i.opcodeExtension {
        case 0, 1:
            if refusesX87(i) { return true }
            emitRecord(i.opcodeExtension == 0 ? fxsave : fxrstor, i)
            return true
        case 2, 3:
            if refusesSSE(i) { return true }
            emit(i.opcodeExtension == 2 ? ldmxcsr : stmxcsr, i)
            return true
        default: return false
        }
    }
}

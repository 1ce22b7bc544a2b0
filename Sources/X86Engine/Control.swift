// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

// Near branches. A block-ending op with known targets has a slot behind it: links to the taken and the fall-through
// block (0 until known), then their addresses.

/// Goes to the block behind way `way` of the slot: 0 taken, 1 fall-through.
@inline(__always)
func follow(_ c: Raw, _ o: Raw, _ way: Int) -> Raw? {
    let slot = o + MicroOp.size
    if let next = slot.load(fromByteOffset: way &* 8, as: UnsafeMutableRawPointer?.self) { return next }
    let state = State(c)
    state[field: State.Offset.pendingLink] = UInt64(UInt(bitPattern: slot + way &* 8))
    return state.leaveBlock(rip: slot.load(fromByteOffset: 16 &+ way &* 8, as: UInt64.self))
}

extension BlockBuilder {
    var linearMask: UInt64 { mode.contains(.code64) ? ~0 : 0xFFFF_FFFF }

    /// Ends the block with an op that has a link slot.
    private mutating func emitBranch(
        _ handler: @escaping Handler, _ i: Instruction, taken: UInt64, code: UInt16 = 0, source: UInt8 = 0,
        destination: UInt8 = 0, immediate: Int32 = 0
    ) {
        emit(handler, i, destination: destination, source: source, code: code, immediate: immediate)
        let slot = reserveSlot()
        slot.storeBytes(of: 0, as: UInt64.self)
        slot.storeBytes(of: 0, toByteOffset: 8, as: UInt64.self)
        slot.storeBytes(of: taken, toByteOffset: 16, as: UInt64.self)
        slot.storeBytes(of: i.nextRIP & linearMask, toByteOffset: 24, as: UInt64.self)
        finish()
    }

    /// Ends a block that no branch has ended.
    mutating func fallThrough(to rip: UInt64) {
        var i = Instruction()
        i.rip = rip
        emitBranch({ c, o in follow(c, o, 0) }, i, taken: rip)
    }

    private func target(_ i: Instruction) -> UInt64 {
        let target = i.nextRIP &+ i.immediate
        return i.operandSize == 2 ? target & 0xFFFF : target & linearMask
    }

    mutating func lowerJump(_ i: Instruction) { emitBranch({ c, o in follow(c, o, 0) }, i, taken: target(i)) }

    mutating func lowerConditional(_ i: Instruction) {
        emitBranch(BlockBuilder.conditional(UInt16(i.opcode & 15)), i, taken: target(i), code: UInt16(i.opcode & 15))
    }

    /// Jcc by condition; the frequent ones without a table look-up.
    private static func conditional(_ code: UInt16) -> Handler {
        switch code {
        case 4: { c, o in follow(c, o, State(c).zeroFlag ? 0 : 1) }
        case 5: { c, o in follow(c, o, State(c).zeroFlag ? 1 : 0) }
        case 2: { c, o in follow(c, o, State(c).carryFlag ? 0 : 1) }
        case 3: { c, o in follow(c, o, State(c).carryFlag ? 1 : 0) }
        case 8: { c, o in follow(c, o, State(c).signFlag ? 0 : 1) }
        case 9: { c, o in follow(c, o, State(c).signFlag ? 1 : 0) }
        default: { c, o in follow(c, o, State(c).condition(MicroOp(o).code) ? 0 : 1) }
        }
    }

    /// LOOPNE, LOOPE, LOOP, JCXZ.
    mutating func lowerLoop(_ i: Instruction) {
        emitBranch(
            { c, o in
                let (state, op) = (State(c), MicroOp(o))
                let mask = State.mask(op.source)
                if op.code == 3 { return follow(c, o, state[.rcx] & mask == 0 ? 0 : 1) }
                let count = (state[.rcx] &- 1) & mask
                state.writeRegister(8, size: op.source, count)
                let condition = op.code == 2 ? true : op.code == 1 ? state.zeroFlag : !state.zeroFlag
                return follow(c, o, count != 0 && condition ? 0 : 1)
            }, i, taken: target(i), code: UInt16(i.opcode & 3), source: i.addressSize)
    }

    mutating func lowerCall(_ i: Instruction) {
        emitBranch(
            { c, o in
                let (state, op) = (State(c), MicroOp(o))
                let next = (o + MicroOp.size).load(fromByteOffset: 24, as: UInt64.self)
                if op.source == 8 {
                    let target = state[.rsp] &- 8
                    guard state.store(target, next, op) else { return nil }
                    state[.rsp] = target
                } else {
                    guard state.push(next, size: op.source, op) else { return nil }
                }
                return follow(c, o, 0)
            }, i, taken: target(i), source: i.operandSize)
    }

    /// RET and RET imm16.
    mutating func lowerReturn(_ i: Instruction) {
        let extra = UInt16(truncatingIfNeeded: i.opcode == 0xC2 ? i.immediate : 0)
        if mode.contains(.code64) {
            emit(
                { c, o in
                    let (state, op) = (State(c), MicroOp(o))
                    guard let target = state.load(state[.rsp], op, as: UInt64.self) else { return nil }
                    guard isCanonical(target) else { return state.raise(13, errorCode: 0, op) }
                    state[.rsp] = state[.rsp] &+ 8 &+ UInt64(op.code)
                    return state.leaveBlock(rip: target)
                }, i, code: extra)
        } else {
            emit(
                { c, o in
                    let (state, op) = (State(c), MicroOp(o))
                    guard let target = state.peek(size: op.source, op) else { return nil }
                    state.setStackPointer(state[.rsp] &+ UInt64(op.source) &+ UInt64(op.code))
                    return state.leaveBlock(rip: target)
                }, i, source: i.operandSize, code: extra)
        }
        finish()
    }

    /// JMP and CALL by register or memory.
    mutating func lowerIndirect(_ i: Instruction) {
        emitRecord(
            { c, o in
                let (state, op) = (State(c), MicroOp(o))
                let i = op.instruction
                guard let target = state.readRM(i, op, size: i.operandSize) else { return nil }
                guard isCanonical(target) else { return state.raise(13, errorCode: 0, op) }
                if i.opcodeExtension == 2 {
                    guard state.push(state.nextRIP(op), size: i.operandSize, op) else { return nil }
                }
                return state.leaveBlock(rip: target)
            }, i)
        finish()
    }
}

@inline(__always)
func isCanonical(_ address: UInt64) -> Bool {
    (Int64(bitPattern: address) << 16) >> 16 == Int64(bitPattern: address)
}

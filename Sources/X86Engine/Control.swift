// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

let jumpAlways: Handler = { c, o in follow(c, o, 0) }

@inline(__always)
func jumpIf(_ c: Pointer, _ o: Pointer, _ code: UInt16) -> Pointer? {
    State(c).condition(code) ? follow(c, o, 0) : follow(c, o, 1)
}

/// CMP and Jcc in one op: compares without the detour over the recorded flags, which are recorded all the same.
@inline(__always)
func holds<T: Word>(_ code: UInt16, _ a: T, _ b: T) -> Bool {
    let result = a &- b
    let bits = T.bitWidth - 1
    let less = a ^ (1 << bits) < b ^ (1 << bits)
    switch code {
    case 2: return a < b
    case 3: return a >= b
    case 4: return a == b
    case 5: return a != b
    case 6: return a <= b
    case 7: return a > b
    case 8: return result >> bits != 0
    case 9: return result >> bits == 0
    case 12: return less
    case 13: return !less
    case 14: return less || a == b
    default: return !(less || a == b)
    }
}
@inline(__always)
func compareJumpRR<T: Word>(_ c: Pointer, _ o: Pointer, _: T.Type, _ code: UInt16) -> Pointer? {
    let (s, op) = (State(c), MicroOp(o))
    let (a, b) = (s.register(op.destination, T.self), s.register(op.source, T.self))
    s.record(FlagKind.sub, a &- b, b)
    return holds(code, a, b) ? follow(c, o, 0) : follow(c, o, 1)
}
/// The comparison's immediate is in `displacement`: `immediate` counts instructions.
@inline(__always)
func compareJumpRI<T: Word>(_ c: Pointer, _ o: Pointer, _: T.Type, _ code: UInt16) -> Pointer? {
    let (s, op) = (State(c), MicroOp(o))
    let (a, b) = (s.register(op.destination, T.self), T(truncatingIfNeeded: op.displacement))
    s.record(FlagKind.sub, a &- b, b)
    return holds(code, a, b) ? follow(c, o, 0) : follow(c, o, 1)
}
@inline(__always)
func testJumpRR<T: Word>(_ c: Pointer, _ o: Pointer, _: T.Type, _ code: UInt16) -> Pointer? {
    let (s, op) = (State(c), MicroOp(o))
    let result = s.register(op.destination, T.self) & s.register(op.source, T.self)
    s.record(FlagKind.logic, result, 0)
    return holds(code, result, 0) ? follow(c, o, 0) : follow(c, o, 1)
}
@inline(__always)
func testJumpRI<T: Word>(_ c: Pointer, _ o: Pointer, _: T.Type, _ code: UInt16) -> Pointer? {
    let (s, op) = (State(c), MicroOp(o))
    let result = s.register(op.destination, T.self) & T(truncatingIfNeeded: op.displacement)
    s.record(FlagKind.logic, result, 0)
    return holds(code, result, 0) ? follow(c, o, 0) : follow(c, o, 1)
}

let callDirect64: Handler = { c, o in
    let (s, op) = (State(c), MicroOp(o))
    let top = s[.rsp] &- 8
    guard s.store(top, s.currentRIP(op) &+ UInt64(op.length), op) else { return nil }
    s[.rsp] = top
    return follow(c, o, 0)
}
let callR64: Handler = { c, o in
    let (s, op) = (State(c), MicroOp(o))
    let target = s[field: Int(op.source)]
    return callTo(c, o, s, op, target)
}
let callM64: Handler = { c, o in
    let (s, op) = (State(c), MicroOp(o))
    guard let target = s.load(op.address(s), op, as: UInt64.self) else { return nil }
    return callTo(c, o, s, op, target)
}
@inline(__always)
private func isCanonical(_ address: UInt64) -> Bool { (address &+ (1 << 47)) >> 48 == 0 }
@inline(__always)
private func callTo(_ c: Pointer, _ o: Pointer, _ s: State, _ op: MicroOp, _ target: UInt64) -> Pointer? {
    guard isCanonical(target) || VirtualCPU.owner(s).isCanonical(target) else {
        return s.raise(ExceptionVector.protection, errorCode: 0, op)
    }
    let top = s[.rsp] &- 8
    guard s.store(top, s.currentRIP(op) &+ UInt64(op.length), op) else { return nil }
    s[.rsp] = top
    return jump(c, o, target)
}
let jumpR64: Handler = { c, o in
    let (s, op) = (State(c), MicroOp(o))
    return jumpTo(c, o, s, op, s[field: Int(op.source)])
}
let jumpM64: Handler = { c, o in
    let (s, op) = (State(c), MicroOp(o))
    guard let target = s.load(op.address(s), op, as: UInt64.self) else { return nil }
    return jumpTo(c, o, s, op, target)
}
@inline(__always)
private func jumpTo(_ c: Pointer, _ o: Pointer, _ s: State, _ op: MicroOp, _ target: UInt64) -> Pointer? {
    guard isCanonical(target) || VirtualCPU.owner(s).isCanonical(target) else {
        return s.raise(ExceptionVector.protection, errorCode: 0, op)
    }
    return jump(c, o, target)
}
/// RET; `code` is the number of bytes to drop.
let return64: Handler = { c, o in
    let (s, op) = (State(c), MicroOp(o))
    let top = s[.rsp]
    guard let target = s.load(top, op, as: UInt64.self) else { return nil }
    guard isCanonical(target) || VirtualCPU.owner(s).isCanonical(target) else {
        return s.raise(ExceptionVector.protection, errorCode: 0, op)
    }
    s[.rsp] = top &+ 8 &+ UInt64(op.code)
    return jump(c, o, target)
}

/// LOOPNE (0), LOOPE (1), LOOP (2), JRCXZ (3) in bits 1:0 of `code`; the address size in bytes from bit 4 on.
let loop: Handler = { c, o in
    let (s, op) = (State(c), MicroOp(o))
    let mask: UInt64 = op.code >> 4 == 8 ? ~0 : op.code >> 4 == 4 ? 0xFFFF_FFFF : 0xFFFF
    let kind = op.code & 3
    if kind == 3 { return s[.rcx] & mask == 0 ? follow(c, o, 0) : follow(c, o, 1) }
    let count = (s[.rcx] &- 1) & mask
    s[.rcx] = mask == 0xFFFF ? s[.rcx] & ~mask | count : count
    let taken = count != 0 && (kind == 2 || s.zeroFlag == (kind == 1))
    return taken ? follow(c, o, 0) : follow(c, o, 1)
}

let undefinedOp: Handler = { c, o in State(c).raise(ExceptionVector.undefined, MicroOp(o)) }
let tooLongOp: Handler = { c, o in State(c).raise(ExceptionVector.protection, errorCode: 0, MicroOp(o)) }

// MARK: Near branches outside 64-bit mode, and with a 16-bit operand: by the record

let nearBranch32: Handler = { c, o in
    perform(c, o) { cpu, i, op throws(Fault) in
        let mask: UInt64 = i.operandSize == 2 ? 0xFFFF : 0xFFFF_FFFF
        let next = cpu.next(i) & mask
        switch (i.opcode, i.opcodeExtension) {
        case (0xE8, _):
            try cpu.pushValue(next, i.operandSize)
            cpu.state.rip = (next &+ i.immediate) & mask
        case (0xC2, _), (0xC3, _):
            let target = try cpu.popValue(i.operandSize)
            if i.opcode == 0xC2 { cpu.moveStack(by: i.immediate & 0xFFFF) }
            cpu.state.rip = target
        case (0xFF, 2):
            let target = try cpu.operand(i, op, i.operandSize)
            try cpu.pushValue(next, i.operandSize)
            cpu.state.rip = target
        default:
            cpu.state.rip = try cpu.operand(i, op, i.operandSize)
        }
        return .away
    }
}

// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

let jumpAlways: Handler = { c, o in follow(c, o, 0) }

@inline(__always)
func jumpIf(_ c: Pointer, _ o: Pointer, _ code: UInt16, _ writer: KnownFlags) -> Pointer? {
    State(c).condition(code, after: writer) ? follow(c, o, 0) : follow(c, o, 1)
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
/// The end of a block by CMP (`isTest` false) or TEST with Jcc. `code` is a condition that `holds` knows.
@inline(__always)
private func branch<T: Word>(
    _ c: Pointer, _ o: Pointer, _ a: T, _ b: T, isTest: Bool, _ code: UInt16, count: Int64
) -> Pointer? {
    let s = State(c)
    let taken: Bool
    if isTest {
        s.record(FlagKind.logic, a & b, 0)
        taken = holds(code, a & b, 0)
    } else {
        s.record(FlagKind.sub, a &- b, b)
        taken = holds(code, a, b)
    }
    return taken ? follow(c, o, 0, count: count) : follow(c, o, 1, count: count)
}
@inline(__always)
private func branchRR<T: Word>(
    _ c: Pointer, _ o: Pointer, _: T.Type, isTest: Bool, _ code: UInt16
) -> Pointer? {
    let (s, op) = (State(c), MicroOp(o))
    let (a, b) = (s.register(op.destination, T.self), s.register(op.source, T.self))
    return branch(c, o, a, b, isTest: isTest, code, count: Int64(op.immediate))
}
/// The immediate is in `displacement`: `immediate` counts instructions.
@inline(__always)
private func branchRI<T: Word>(
    _ c: Pointer, _ o: Pointer, _: T.Type, isTest: Bool, _ code: UInt16
) -> Pointer? {
    let (s, op) = (State(c), MicroOp(o))
    let (a, b) = (s.register(op.destination, T.self), T(truncatingIfNeeded: op.displacement))
    return branch(c, o, a, b, isTest: isTest, code, count: Int64(op.immediate))
}
/// `destination` counts instructions.
@inline(__always)
private func branchMI<T: Word>(
    _ c: Pointer, _ o: Pointer, _: T.Type, isTest: Bool, _ code: UInt16
) -> Pointer? {
    let op = MicroOp(o)
    guard let a = State(c).load(op.address(State(c)), op, as: T.self) else { return nil }
    return branch(
        c, o, a, T(truncatingIfNeeded: op.immediate), isTest: isTest, code, count: Int64(op.destination))
}
@inline(__always)
private func branchMR<T: Word>(
    _ c: Pointer, _ o: Pointer, _: T.Type, isTest: Bool, _ code: UInt16
) -> Pointer? {
    let (s, op) = (State(c), MicroOp(o))
    guard let a = s.load(op.address(s), op, as: T.self) else { return nil }
    return branch(
        c, o, a, s.register(op.source, T.self), isTest: isTest, code, count: Int64(op.immediate))
}
@inline(__always)
func compareJumpRR<T: Word>(_ c: Pointer, _ o: Pointer, _: T.Type, _ code: UInt16) -> Pointer? {
    branchRR(c, o, T.self, isTest: false, code)
}
@inline(__always)
func compareJumpRI<T: Word>(_ c: Pointer, _ o: Pointer, _: T.Type, _ code: UInt16) -> Pointer? {
    branchRI(c, o, T.self, isTest: false, code)
}
@inline(__always)
func compareJumpMI<T: Word>(_ c: Pointer, _ o: Pointer, _: T.Type, _ code: UInt16) -> Pointer? {
    branchMI(c, o, T.self, isTest: false, code)
}
@inline(__always)
func compareJumpMR<T: Word>(_ c: Pointer, _ o: Pointer, _: T.Type, _ code: UInt16) -> Pointer? {
    branchMR(c, o, T.self, isTest: false, code)
}
@inline(__always)
func testJumpRR<T: Word>(_ c: Pointer, _ o: Pointer, _: T.Type, _ code: UInt16) -> Pointer? {
    branchRR(c, o, T.self, isTest: true, code)
}
@inline(__always)
func testJumpRI<T: Word>(_ c: Pointer, _ o: Pointer, _: T.Type, _ code: UInt16) -> Pointer? {
    branchRI(c, o, T.self, isTest: true, code)
}
@inline(__always)
func testJumpMI<T: Word>(_ c: Pointer, _ o: Pointer, _: T.Type, _ code: UInt16) -> Pointer? {
    branchMI(c, o, T.self, isTest: true, code)
}
@inline(__always)
func testJumpMR<T: Word>(_ c: Pointer, _ o: Pointer, _: T.Type, _ code: UInt16) -> Pointer? {
    branchMR(c, o, T.self, isTest: true, code)
}

@inline(__always)
private func isCanonical(_ s: State, _ address: UInt64) -> Bool {
    (address &+ (1 << 47)) >> 48 == 0 || VirtualCPU.owner(s).isCanonical(address)
}
/// Where a call returns to.
@inline(__always)
private func returnAddress(_ c: Pointer, _ o: Pointer) -> UInt64 {
    State(c).currentRIP(MicroOp(o)) &+ UInt64(MicroOp(o).length)
}
/// Jumps to an address that the program has computed, if there can be such an address.
@inline(__always)
private func jumpTo(_ c: Pointer, _ o: Pointer, _ target: UInt64) -> Pointer? {
    guard isCanonical(State(c), target) else { return refuse(c, o) }
    return jump(c, o, target)
}
@inline(never)
private func refuse(_ c: Pointer, _ o: Pointer) -> Pointer? {
    State(c).raise(ExceptionVector.protection, errorCode: 0, MicroOp(o))
}

@inline(__always)
func callDirect64(_ c: Pointer, _ o: Pointer) -> Pointer? {
    pushing(c, o, returnAddress(c, o)) { c, o in follow(c, o, 0) }
}
@inline(__always)
func callR64(_ c: Pointer, _ o: Pointer) -> Pointer? {
    guard isCanonical(State(c), State(c)[field: Int(MicroOp(o).source)]) else { return refuse(c, o) }
    return storing(c, o, State(c)[.rsp] &- 8, returnAddress(c, o)) { c, o in
        // The target may be RSP as it was.
        let target = State(c)[field: Int(MicroOp(o).source)]
        State(c)[.rsp] &-= 8
        return jump(c, o, target)
    }
}
let callM64: Handler = { c, o in
    let (s, op) = (State(c), MicroOp(o))
    guard let target = s.load(op.address(s), op, as: UInt64.self) else { return nil }
    guard isCanonical(s, target) else { return refuse(c, o) }
    let top = s[.rsp] &- 8
    guard s.store(top, returnAddress(c, o), op) else { return nil }
    s[.rsp] = top
    return jump(c, o, target)
}
@inline(__always)
func jumpR64(_ c: Pointer, _ o: Pointer) -> Pointer? {
    jumpTo(c, o, State(c)[field: Int(MicroOp(o).source)])
}
@inline(__always)
func jumpM64(_ c: Pointer, _ o: Pointer) -> Pointer? {
    loading(c, o, MicroOp(o).address(State(c)), UInt64.self, jumpTo)
}
/// RET; `code` is the number of bytes to drop.
@inline(__always)
func return64(_ c: Pointer, _ o: Pointer) -> Pointer? {
    loading(c, o, State(c)[.rsp], UInt64.self) { c, o, target in
        guard isCanonical(State(c), target) else { return refuse(c, o) }
        State(c)[.rsp] &+= 8 &+ UInt64(MicroOp(o).code)
        return jump(c, o, target)
    }
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

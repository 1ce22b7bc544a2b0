// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

// The bodies of the common integer handlers: written once for all operand sizes, instantiated in
// `IntegerHandlers.swift`. Memory is checked before a register is written.

typealias Raw = UnsafeMutableRawPointer

/// A two-operand operation that writes flags.
protocol BinaryOperation {
    static var writes: Bool { get }
    static func apply<T: Word>(_ state: State, _ a: T, _ b: T) -> T
}

extension BinaryOperation {
    static var writes: Bool { true }
}

enum IntAdd: BinaryOperation {
    @inline(__always) static func apply<T: Word>(_ state: State, _ a: T, _ b: T) -> T {
        let result = a &+ b
        state.record(FlagKind.add, result, b)
        return result
    }
}
enum IntSub: BinaryOperation {
    @inline(__always) static func apply<T: Word>(_ state: State, _ a: T, _ b: T) -> T {
        let result = a &- b
        state.record(FlagKind.sub, result, b)
        return result
    }
}
enum IntCmp: BinaryOperation {
    static var writes: Bool { false }
    @inline(__always) static func apply<T: Word>(_ state: State, _ a: T, _ b: T) -> T {
        state.record(FlagKind.sub, a &- b, b)
        return a
    }
}
enum IntAnd: BinaryOperation {
    @inline(__always) static func apply<T: Word>(_ state: State, _ a: T, _ b: T) -> T {
        state.record(FlagKind.logic, a & b, 0)
        return a & b
    }
}
enum IntTest: BinaryOperation {
    static var writes: Bool { false }
    @inline(__always) static func apply<T: Word>(_ state: State, _ a: T, _ b: T) -> T {
        state.record(FlagKind.logic, a & b, 0)
        return a
    }
}
enum IntOr: BinaryOperation {
    @inline(__always) static func apply<T: Word>(_ state: State, _ a: T, _ b: T) -> T {
        state.record(FlagKind.logic, a | b, 0)
        return a | b
    }
}
enum IntXor: BinaryOperation {
    @inline(__always) static func apply<T: Word>(_ state: State, _ a: T, _ b: T) -> T {
        state.record(FlagKind.logic, a ^ b, 0)
        return a ^ b
    }
}
enum IntAdc: BinaryOperation {
    @inline(__always) static func apply<T: Word>(_ state: State, _ a: T, _ b: T) -> T {
        let carry: T = state.carryFlag ? 1 : 0
        let (part, over) = a.addingReportingOverflow(b)
        let (result, over2) = part.addingReportingOverflow(carry)
        state.recordCarry(result, a, b, over || over2, overflow: ((a ^ result) & (b ^ result)) >> (T.bitWidth - 1) != 0)
        return result
    }
}
enum IntSbb: BinaryOperation {
    @inline(__always) static func apply<T: Word>(_ state: State, _ a: T, _ b: T) -> T {
        let carry: T = state.carryFlag ? 1 : 0
        let (part, over) = a.subtractingReportingOverflow(b)
        let (result, over2) = part.subtractingReportingOverflow(carry)
        state.recordCarry(result, a, b, over || over2, overflow: ((a ^ b) & (a ^ result)) >> (T.bitWidth - 1) != 0)
        return result
    }
}

extension State {
    /// ZF, SF and PF of a result as RFLAGS bits.
    @inline(__always)
    static func resultFlags<T: Word>(_ result: T) -> UInt64 {
        var flags: UInt64 = 0
        if result == 0 { flags |= Flag.zf }
        if result >> (T.bitWidth - 1) != 0 { flags |= Flag.sf }
        if (UInt64(truncatingIfNeeded: result) & 0xFF).nonzeroBitCount & 1 == 0 { flags |= Flag.pf }
        return flags
    }
    /// The flags of ADC and SBB.
    @inline(__always)
    func recordCarry<T: Word>(_ result: T, _ a: T, _ b: T, _ carry: Bool, overflow: Bool) {
        var flags = State.resultFlags(result)
        if carry { flags |= Flag.cf }
        if overflow { flags |= Flag.of }
        if UInt64(truncatingIfNeeded: a ^ b ^ result) & 0x10 != 0 { flags |= Flag.af }
        setArithmeticFlags(flags)
    }
}

// MARK: ADD … XOR, CMP, TEST

@inline(__always)
func binaryRR<O: BinaryOperation, T: Word>(_ c: Raw, _ o: Raw, _: O.Type, _: T.Type) -> Raw? {
    let (state, op) = (State(c), MicroOp(o))
    let result = O.apply(state, state.register(op.destination, as: T.self), state.register(op.source, as: T.self))
    if O.writes { state.setRegister(op.destination, result) }
    return proceed(c, o)
}
@inline(__always)
func binaryRI<O: BinaryOperation, T: Word>(_ c: Raw, _ o: Raw, _: O.Type, _: T.Type) -> Raw? {
    let (state, op) = (State(c), MicroOp(o))
    let result = O.apply(state, state.register(op.destination, as: T.self), T(truncatingIfNeeded: op.immediate))
    if O.writes { state.setRegister(op.destination, result) }
    return proceed(c, o)
}
@inline(__always)
func binaryRM<O: BinaryOperation, T: Word>(_ c: Raw, _ o: Raw, _: O.Type, _: T.Type) -> Raw? {
    let (state, op) = (State(c), MicroOp(o))
    guard let value = state.load(op.address(state), op, as: T.self) else { return nil }
    let result = O.apply(state, state.register(op.destination, as: T.self), value)
    if O.writes { state.setRegister(op.destination, result) }
    return proceed(c, o)
}
@inline(__always)
func binaryMR<O: BinaryOperation, T: Word>(_ c: Raw, _ o: Raw, _: O.Type, _: T.Type) -> Raw? {
    let (state, op) = (State(c), MicroOp(o))
    let address = op.address(state)
    if O.writes {
        guard let value = state.loadForUpdate(address, op, as: T.self) else { return nil }
        let result = O.apply(state, value, state.register(op.source, as: T.self))
        guard state.store(address, result, op) else { return nil }
    } else {
        guard let value = state.load(address, op, as: T.self) else { return nil }
        _ = O.apply(state, value, state.register(op.source, as: T.self))
    }
    return proceed(c, o)
}
@inline(__always)
func binaryMI<O: BinaryOperation, T: Word>(_ c: Raw, _ o: Raw, _: O.Type, _: T.Type) -> Raw? {
    let (state, op) = (State(c), MicroOp(o))
    let address = op.address(state)
    let immediate = T(truncatingIfNeeded: op.immediate)
    if O.writes {
        guard let value = state.loadForUpdate(address, op, as: T.self) else { return nil }
        let result = O.apply(state, value, immediate)
        guard state.store(address, result, op) else { return nil }
    } else {
        guard let value = state.load(address, op, as: T.self) else { return nil }
        _ = O.apply(state, value, immediate)
    }
    return proceed(c, o)
}

// MARK: INC, DEC, NEG, NOT

protocol UnaryOperation {
    static func apply<T: Word>(_ state: State, _ a: T) -> T
}
enum IntInc: UnaryOperation {
    @inline(__always) static func apply<T: Word>(_ state: State, _ a: T) -> T {
        state.recordKeepingCarry(FlagKind.inc, a &+ 1)
        return a &+ 1
    }
}
enum IntDec: UnaryOperation {
    @inline(__always) static func apply<T: Word>(_ state: State, _ a: T) -> T {
        state.recordKeepingCarry(FlagKind.dec, a &- 1)
        return a &- 1
    }
}
enum IntNeg: UnaryOperation {
    @inline(__always) static func apply<T: Word>(_ state: State, _ a: T) -> T {
        state.record(FlagKind.sub, 0 &- a, a)
        return 0 &- a
    }
}
enum IntNot: UnaryOperation {
    @inline(__always) static func apply<T: Word>(_ state: State, _ a: T) -> T { ~a }
}
@inline(__always)
func unaryR<O: UnaryOperation, T: Word>(_ c: Raw, _ o: Raw, _: O.Type, _: T.Type) -> Raw? {
    let (state, op) = (State(c), MicroOp(o))
    state.setRegister(op.destination, O.apply(state, state.register(op.destination, as: T.self)))
    return proceed(c, o)
}
@inline(__always)
func unaryM<O: UnaryOperation, T: Word>(_ c: Raw, _ o: Raw, _: O.Type, _: T.Type) -> Raw? {
    let (state, op) = (State(c), MicroOp(o))
    let address = op.address(state)
    guard let value = state.loadForUpdate(address, op, as: T.self) else { return nil }
    guard state.store(address, O.apply(state, value), op) else { return nil }
    return proceed(c, o)
}

// MARK: Shifts and rotates; the count is masked and not zero

protocol ShiftOperation {
    static func apply<T: Word>(_ state: State, _ a: T, _ count: UInt64) -> T
}
enum IntShl: ShiftOperation {
    @inline(__always) static func apply<T: Word>(_ state: State, _ a: T, _ count: UInt64) -> T {
        let result = a << T(truncatingIfNeeded: count)
        var flags = State.resultFlags(result)
        let carry = count <= UInt64(T.bitWidth) && (a >> T(truncatingIfNeeded: UInt64(T.bitWidth) - count)) & 1 != 0
        if carry { flags |= Flag.cf }
        if (result >> (T.bitWidth - 1) != 0) != carry { flags |= Flag.of }
        state.setArithmeticFlags(flags)
        return result
    }
}
enum IntShr: ShiftOperation {
    @inline(__always) static func apply<T: Word>(_ state: State, _ a: T, _ count: UInt64) -> T {
        let result = a >> T(truncatingIfNeeded: count)
        var flags = State.resultFlags(result)
        if (a >> T(truncatingIfNeeded: count &- 1)) & 1 != 0 { flags |= Flag.cf }
        // OF: the top bit of the operand for a shift by one; like the part we model, the xor of the two top bits.
        if count == 1 ? a >> (T.bitWidth - 1) != 0 : false { flags |= Flag.of }
        state.setArithmeticFlags(flags)
        return result
    }
}
enum IntSar: ShiftOperation {
    @inline(__always) static func apply<T: Word>(_ state: State, _ a: T, _ count: UInt64) -> T {
        let negative = a >> (T.bitWidth - 1) != 0
        let width = UInt64(T.bitWidth)
        let shifted = count >= width ? (negative ? ~0 : 0) : a >> T(truncatingIfNeeded: count)
        let fill: T = negative && count < width ? ~(~0 >> T(truncatingIfNeeded: count)) : 0
        let result = shifted | fill
        var flags = State.resultFlags(result)
        let carry =
            count - 1 >= width ? negative : (a >> T(truncatingIfNeeded: count &- 1)) & 1 != 0
        if carry { flags |= Flag.cf }
        state.setArithmeticFlags(flags)
        return result
    }
}
enum IntRol: ShiftOperation {
    @inline(__always) static func apply<T: Word>(_ state: State, _ a: T, _ count: UInt64) -> T {
        let n = count & UInt64(T.bitWidth - 1)
        let result =
            n == 0 ? a : a << T(truncatingIfNeeded: n) | a >> T(truncatingIfNeeded: UInt64(T.bitWidth) - n)
        var flags = state.arithmeticFlags & ~(Flag.cf | Flag.of)
        let carry = result & 1 != 0
        if carry { flags |= Flag.cf }
        if (result >> (T.bitWidth - 1) != 0) != carry { flags |= Flag.of }
        state.setArithmeticFlags(flags)
        return result
    }
}
enum IntRor: ShiftOperation {
    @inline(__always) static func apply<T: Word>(_ state: State, _ a: T, _ count: UInt64) -> T {
        let n = count & UInt64(T.bitWidth - 1)
        let result =
            n == 0 ? a : a >> T(truncatingIfNeeded: n) | a << T(truncatingIfNeeded: UInt64(T.bitWidth) - n)
        var flags = state.arithmeticFlags & ~(Flag.cf | Flag.of)
        if result >> (T.bitWidth - 1) != 0 { flags |= Flag.cf }
        if (result >> (T.bitWidth - 1) ^ result >> (T.bitWidth - 2)) & 1 != 0 { flags |= Flag.of }
        state.setArithmeticFlags(flags)
        return result
    }
}
enum IntRcl: ShiftOperation {
    @inline(__always) static func apply<T: Word>(_ state: State, _ a: T, _ count: UInt64) -> T {
        let n = count % UInt64(T.bitWidth + 1)
        var result = a
        var carry = state.carryFlag
        for _ in 0..<n {
            let out = result >> (T.bitWidth - 1) != 0
            result = result << 1 | (carry ? 1 : 0)
            carry = out
        }
        var flags = state.arithmeticFlags & ~(Flag.cf | Flag.of)
        if carry { flags |= Flag.cf }
        if (result >> (T.bitWidth - 1) != 0) != carry { flags |= Flag.of }
        state.setArithmeticFlags(flags)
        return result
    }
}
enum IntRcr: ShiftOperation {
    @inline(__always) static func apply<T: Word>(_ state: State, _ a: T, _ count: UInt64) -> T {
        let n = count % UInt64(T.bitWidth + 1)
        var result = a
        var carry = state.carryFlag
        for _ in 0..<n {
            let out = result & 1 != 0
            result = result >> 1 | (carry ? 1 << T(T.bitWidth - 1) : 0)
            carry = out
        }
        var flags = state.arithmeticFlags & ~(Flag.cf | Flag.of)
        if carry { flags |= Flag.cf }
        if (result >> (T.bitWidth - 1) ^ result >> (T.bitWidth - 2)) & 1 != 0 { flags |= Flag.of }
        state.setArithmeticFlags(flags)
        return result
    }
}
/// `code`: the count, or 0xFFFF for CL.
@inline(__always)
private func shiftCount<T: Word>(_ state: State, _ op: MicroOp, _: T.Type) -> UInt64 {
    let count = op.code == 0xFFFF ? UInt64(state.register(8, as: UInt8.self)) : UInt64(op.code)
    return count & (T.bitWidth == 64 ? 63 : 31)
}
@inline(__always)
func shiftR<O: ShiftOperation, T: Word>(_ c: Raw, _ o: Raw, _: O.Type, _: T.Type) -> Raw? {
    let (state, op) = (State(c), MicroOp(o))
    let count = shiftCount(state, op, T.self)
    let value = state.register(op.destination, as: T.self)
    // A 32-bit register operand is zero-extended even when the count is 0.
    state.setRegister(op.destination, count == 0 ? value : O.apply(state, value, count))
    return proceed(c, o)
}
@inline(__always)
func shiftM<O: ShiftOperation, T: Word>(_ c: Raw, _ o: Raw, _: O.Type, _: T.Type) -> Raw? {
    let (state, op) = (State(c), MicroOp(o))
    let address = op.address(state)
    let count = shiftCount(state, op, T.self)
    guard let value = state.loadForUpdate(address, op, as: T.self) else { return nil }
    guard state.store(address, count == 0 ? value : O.apply(state, value, count), op) else { return nil }
    return proceed(c, o)
}

// MARK: MOV, LEA, MOVZX, MOVSX, XCHG

@inline(__always)
func movRR<T: Word>(_ c: Raw, _ o: Raw, _: T.Type) -> Raw? {
    let (state, op) = (State(c), MicroOp(o))
    state.setRegister(op.destination, state.register(op.source, as: T.self))
    return proceed(c, o)
}
/// The immediate is in `displacement`.
@inline(__always)
func movRI<T: Word>(_ c: Raw, _ o: Raw, _: T.Type) -> Raw? {
    let (state, op) = (State(c), MicroOp(o))
    state.setRegister(op.destination, T(truncatingIfNeeded: op.displacement))
    return proceed(c, o)
}
@inline(__always)
func movRM<T: Word>(_ c: Raw, _ o: Raw, _: T.Type) -> Raw? {
    let (state, op) = (State(c), MicroOp(o))
    guard let value = state.load(op.address(state), op, as: T.self) else { return nil }
    state.setRegister(op.destination, value)
    return proceed(c, o)
}
@inline(__always)
func movMR<T: Word>(_ c: Raw, _ o: Raw, _: T.Type) -> Raw? {
    let (state, op) = (State(c), MicroOp(o))
    guard state.store(op.address(state), state.register(op.source, as: T.self), op) else { return nil }
    return proceed(c, o)
}
@inline(__always)
func movMI<T: Word>(_ c: Raw, _ o: Raw, _: T.Type) -> Raw? {
    let (state, op) = (State(c), MicroOp(o))
    guard state.store(op.address(state), T(truncatingIfNeeded: op.immediate), op) else { return nil }
    return proceed(c, o)
}
/// `addressing` has no segment here: LEA computes offsets.
@inline(__always)
func leaR<T: Word>(_ c: Raw, _ o: Raw, _: T.Type) -> Raw? {
    let (state, op) = (State(c), MicroOp(o))
    state.setRegister(op.destination, T(truncatingIfNeeded: op.address(state)))
    return proceed(c, o)
}
@inline(__always)
func xchgRR<T: Word>(_ c: Raw, _ o: Raw, _: T.Type) -> Raw? {
    let (state, op) = (State(c), MicroOp(o))
    let a = state.register(op.destination, as: T.self)
    let b = state.register(op.source, as: T.self)
    state.setRegister(op.destination, b)
    state.setRegister(op.source, a)
    return proceed(c, o)
}
@inline(__always)
func xchgMR<T: Word>(_ c: Raw, _ o: Raw, _: T.Type) -> Raw? {
    let (state, op) = (State(c), MicroOp(o))
    let address = op.address(state)
    guard let value = state.loadForUpdate(address, op, as: T.self),
        state.store(address, state.register(op.source, as: T.self), op)
    else { return nil }
    state.setRegister(op.source, value)
    return proceed(c, o)
}
@inline(__always)
func extendR<S: FixedWidthInteger & BitwiseCopyable, T: Word>(_ c: Raw, _ o: Raw, _: S.Type, _: T.Type) -> Raw? {
    let (state, op) = (State(c), MicroOp(o))
    let value = state.base.loadUnaligned(fromByteOffset: Int(op.source), as: S.self)
    state.setRegister(op.destination, T(truncatingIfNeeded: value))
    return proceed(c, o)
}
@inline(__always)
func extendM<S: FixedWidthInteger & BitwiseCopyable, T: Word>(_ c: Raw, _ o: Raw, _: S.Type, _: T.Type) -> Raw? {
    let (state, op) = (State(c), MicroOp(o))
    guard let value = state.load(op.address(state), op, as: S.self) else { return nil }
    state.setRegister(op.destination, T(truncatingIfNeeded: value))
    return proceed(c, o)
}
/// CMOVcc; a memory source is read whether or not the condition holds.
@inline(__always)
func cmovRR<T: Word>(_ c: Raw, _ o: Raw, _: T.Type) -> Raw? {
    let (state, op) = (State(c), MicroOp(o))
    let value = state.register(state.condition(op.code) ? op.source : op.destination, as: T.self)
    state.setRegister(op.destination, value)
    return proceed(c, o)
}
@inline(__always)
func cmovRM<T: Word>(_ c: Raw, _ o: Raw, _: T.Type) -> Raw? {
    let (state, op) = (State(c), MicroOp(o))
    guard let loaded = state.load(op.address(state), op, as: T.self) else { return nil }
    state.setRegister(op.destination, state.condition(op.code) ? loaded : state.register(op.destination, as: T.self))
    return proceed(c, o)
}

// MARK: IMUL with two and three operands

/// Sign-extends an operand.
@inline(__always)
private func signed<T: Word>(_ value: T) -> Int64 {
    let shift = Int64(64 - T.bitWidth)
    return (Int64(truncatingIfNeeded: value) << shift) >> shift
}
@inline(__always)
private func multiply<T: Word>(_ state: State, _ a: T, _ b: T) -> T {
    let x = signed(a)
    let y = signed(b)
    let (high, low) = x.multipliedFullWidth(by: y)
    let result = T(truncatingIfNeeded: low)
    let extended = signed(result)
    let overflow = UInt64(bitPattern: extended) != low || high != extended >> 63
    // CF and OF tell of lost bits; the others are as current processors leave them.
    var flags = State.resultFlags(result) & ~Flag.zf
    if overflow { flags |= Flag.cf | Flag.of }
    state.setArithmeticFlags(flags)
    return result
}
@inline(__always)
func imulRR<T: Word>(_ c: Raw, _ o: Raw, _: T.Type) -> Raw? {
    let (state, op) = (State(c), MicroOp(o))
    state.setRegister(
        op.destination, multiply(state, state.register(op.destination, as: T.self), state.register(op.source, as: T.self)))
    return proceed(c, o)
}
@inline(__always)
func imulRM<T: Word>(_ c: Raw, _ o: Raw, _: T.Type) -> Raw? {
    let (state, op) = (State(c), MicroOp(o))
    guard let value = state.load(op.address(state), op, as: T.self) else { return nil }
    state.setRegister(op.destination, multiply(state, state.register(op.destination, as: T.self), value))
    return proceed(c, o)
}
@inline(__always)
func imulRRI<T: Word>(_ c: Raw, _ o: Raw, _: T.Type) -> Raw? {
    let (state, op) = (State(c), MicroOp(o))
    state.setRegister(
        op.destination,
        multiply(state, state.register(op.source, as: T.self), T(truncatingIfNeeded: op.immediate)))
    return proceed(c, o)
}
@inline(__always)
func imulRMI<T: Word>(_ c: Raw, _ o: Raw, _: T.Type) -> Raw? {
    let (state, op) = (State(c), MicroOp(o))
    guard let value = state.load(op.address(state), op, as: T.self) else { return nil }
    state.setRegister(op.destination, multiply(state, value, T(truncatingIfNeeded: op.immediate)))
    return proceed(c, o)
}

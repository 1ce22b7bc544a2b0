// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

typealias Pointer = UnsafeMutableRawPointer
/// An operand of 8, 16, 32 or 64 bits.
typealias Word = FixedWidthInteger & UnsignedInteger & BitwiseCopyable

extension State {
    /// A register by its byte offset.
    @inline(__always) func register<T: Word>(_ offset: UInt8, _ type: T.Type = T.self) -> T {
        read(Int(offset))
    }
    /// Writing 32 bits clears the upper half.
    @inline(__always) func setRegister<T: Word>(_ offset: UInt8, _ value: T) {
        if T.bitWidth == 32 {
            write(Int(offset), UInt64(truncatingIfNeeded: value))
        } else {
            write(Int(offset), value)
        }
    }
}

/// A two-operand operation. Records the flags unless they are dead.
protocol BinaryOperation {
    /// False for CMP and TEST.
    static var writes: Bool { get }
    static func apply<T: Word>(_ s: State, _ a: T, _ b: T, live: Bool) -> T
}
extension BinaryOperation {
    static var writes: Bool { @inline(__always) get { true } }
}

enum IntAdd: BinaryOperation {
    @inline(__always) static func apply<T: Word>(_ s: State, _ a: T, _ b: T, live: Bool) -> T {
        let result = a &+ b
        if live { s.record(FlagKind.add, result, b) }
        return result
    }
}
enum IntSubtract: BinaryOperation {
    @inline(__always) static func apply<T: Word>(_ s: State, _ a: T, _ b: T, live: Bool) -> T {
        let result = a &- b
        if live { s.record(FlagKind.sub, result, b) }
        return result
    }
}
enum Compare: BinaryOperation {
    static var writes: Bool { @inline(__always) get { false } }
    @inline(__always) static func apply<T: Word>(_ s: State, _ a: T, _ b: T, live: Bool) -> T {
        s.record(FlagKind.sub, a &- b, b)
        return a
    }
}
enum Test: BinaryOperation {
    static var writes: Bool { @inline(__always) get { false } }
    @inline(__always) static func apply<T: Word>(_ s: State, _ a: T, _ b: T, live: Bool) -> T {
        s.record(FlagKind.logic, a & b, 0)
        return a
    }
}
enum And: BinaryOperation {
    @inline(__always) static func apply<T: Word>(_ s: State, _ a: T, _ b: T, live: Bool) -> T {
        let result = a & b
        if live { s.record(FlagKind.logic, result, 0) }
        return result
    }
}
enum Or: BinaryOperation {
    @inline(__always) static func apply<T: Word>(_ s: State, _ a: T, _ b: T, live: Bool) -> T {
        let result = a | b
        if live { s.record(FlagKind.logic, result, 0) }
        return result
    }
}
enum Xor: BinaryOperation {
    @inline(__always) static func apply<T: Word>(_ s: State, _ a: T, _ b: T, live: Bool) -> T {
        let result = a ^ b
        if live { s.record(FlagKind.logic, result, 0) }
        return result
    }
}
enum AddWithCarry: BinaryOperation {
    @inline(__always) static func apply<T: Word>(_ s: State, _ a: T, _ b: T, live: Bool) -> T {
        let carry = s.carryFlag
        let (sum, first) = a.addingReportingOverflow(b)
        let (result, second) = sum.addingReportingOverflow(carry ? 1 : 0)
        s.recordWithCarry(FlagKind.adc, result, b, carryIn: carry, carryOut: first || second)
        return result
    }
}
enum SubtractWithBorrow: BinaryOperation {
    @inline(__always) static func apply<T: Word>(_ s: State, _ a: T, _ b: T, live: Bool) -> T {
        let carry = s.carryFlag
        let (difference, first) = a.subtractingReportingOverflow(b)
        let (result, second) = difference.subtractingReportingOverflow(carry ? 1 : 0)
        s.recordWithCarry(FlagKind.sbb, result, b, carryIn: carry, carryOut: first || second)
        return result
    }
}

/// The operation where its flags are dead.
enum Dead<O: BinaryOperation>: BinaryOperation {
    @inline(__always) static func apply<T: Word>(_ s: State, _ a: T, _ b: T, live: Bool) -> T {
        O.apply(s, a, b, live: false)
    }
}

// MARK: Shapes of two operands: r register, m memory, i immediate; destination first

@inline(__always)
func rr<O: BinaryOperation, T: Word>(_ c: Pointer, _ o: Pointer, _: O.Type, _: T.Type) -> Pointer? {
    let (s, op) = (State(c), MicroOp(o))
    let result = O.apply(s, s.register(op.destination, T.self), s.register(op.source, T.self), live: true)
    if O.writes { s.setRegister(op.destination, result) }
    return proceed(c, o)
}
@inline(__always)
func ri<O: BinaryOperation, T: Word>(_ c: Pointer, _ o: Pointer, _: O.Type, _: T.Type) -> Pointer? {
    let (s, op) = (State(c), MicroOp(o))
    let result = O.apply(
        s, s.register(op.destination, T.self), T(truncatingIfNeeded: op.immediate), live: true)
    if O.writes { s.setRegister(op.destination, result) }
    return proceed(c, o)
}
@inline(__always)
func rm<O: BinaryOperation, A: AddressForm, T: Word>(
    _ c: Pointer, _ o: Pointer, _: O.Type, _: A.Type, _: T.Type
) -> Pointer? {
    loading(c, o, A.address(State(c), MicroOp(o)), T.self) { c, o, b in
        let (s, op) = (State(c), MicroOp(o))
        let result = O.apply(s, s.register(op.destination, T.self), b, live: true)
        if O.writes { s.setRegister(op.destination, result) }
        return proceed(c, o)
    }
}
@inline(__always)
func mr<O: BinaryOperation, A: AddressForm, T: Word>(
    _ c: Pointer, _ o: Pointer, _: O.Type, _: A.Type, _: T.Type
) -> Pointer? {
    let address = A.address(State(c), MicroOp(o))
    if O.writes {
        return updating(c, o, address, T.self) { s, op, a in
            O.apply(s, a, s.register(op.source, T.self), live: true)
        }
    }
    return loading(c, o, address, T.self) { c, o, a in
        _ = O.apply(State(c), a, State(c).register(MicroOp(o).source, T.self), live: true)
        return proceed(c, o)
    }
}
@inline(__always)
func mi<O: BinaryOperation, A: AddressForm, T: Word>(
    _ c: Pointer, _ o: Pointer, _: O.Type, _: A.Type, _: T.Type
) -> Pointer? {
    let address = A.address(State(c), MicroOp(o))
    if O.writes {
        return updating(c, o, address, T.self) { s, op, a in
            O.apply(s, a, T(truncatingIfNeeded: op.immediate), live: true)
        }
    }
    return loading(c, o, address, T.self) { c, o, a in
        _ = O.apply(State(c), a, T(truncatingIfNeeded: MicroOp(o).immediate), live: true)
        return proceed(c, o)
    }
}

// MARK: One operand

/// A one-operand operation on a register or memory.
protocol UnaryOperation {
    static func apply<T: Word>(_ s: State, _ a: T) -> T
}
enum Increment: UnaryOperation {
    @inline(__always) static func apply<T: Word>(_ s: State, _ a: T) -> T {
        s.recordKeepingCarry(FlagKind.inc, a &+ 1, s.carryFlag)
        return a &+ 1
    }
}
enum Decrement: UnaryOperation {
    @inline(__always) static func apply<T: Word>(_ s: State, _ a: T) -> T {
        s.recordKeepingCarry(FlagKind.dec, a &- 1, s.carryFlag)
        return a &- 1
    }
}
enum Not: UnaryOperation {
    @inline(__always) static func apply<T: Word>(_ s: State, _ a: T) -> T { ~a }
}
enum Negate: UnaryOperation {
    @inline(__always) static func apply<T: Word>(_ s: State, _ a: T) -> T {
        s.record(FlagKind.sub, 0 &- a, a)
        return 0 &- a
    }
}

@inline(__always)
func unaryR<O: UnaryOperation, T: Word>(_ c: Pointer, _ o: Pointer, _: O.Type, _: T.Type) -> Pointer? {
    let (s, op) = (State(c), MicroOp(o))
    s.setRegister(op.destination, O.apply(s, s.register(op.destination, T.self)))
    return proceed(c, o)
}
/// INC and DEC of a register where the writer of CF is known.
@inline(__always)
func stepR<T: Word>(_ c: Pointer, _ o: Pointer, _: T.Type, _ kind: UInt64, _ writer: KnownFlags) -> Pointer? {
    let (s, op) = (State(c), MicroOp(o))
    let a = s.register(op.destination, T.self)
    let result = kind == FlagKind.inc ? a &+ 1 : a &- 1
    s.recordKeepingCarry(kind, result, s.carry(after: writer))
    s.setRegister(op.destination, result)
    return proceed(c, o)
}
@inline(__always)
func unaryM<O: UnaryOperation, A: AddressForm, T: Word>(
    _ c: Pointer, _ o: Pointer, _: O.Type, _: A.Type, _: T.Type
) -> Pointer? {
    updating(c, o, A.address(State(c), MicroOp(o)), T.self) { s, _, a in O.apply(s, a) }
}

// MARK: Multiplication

/// IMUL with two or three operands: `destination` = `a` × `b`.
@inline(__always)
func signedProduct<T: Word>(_ s: State, _ a: T, _ b: T, live: Bool) -> T {
    if !live { return a &* b }
    // As signed numbers: the high half corrected for the signs.
    let (high, low) = a.multipliedFullWidth(by: b)
    let bits = T.bitWidth - 1
    let signedHigh = T(truncatingIfNeeded: high) &- (a >> bits == 1 ? b : 0) &- (b >> bits == 1 ? a : 0)
    let result = T(truncatingIfNeeded: low)
    let overflow = signedHigh != (result >> bits == 1 ? T.max : 0)
    s.recordShift(result, carry: overflow, overflow: overflow)
    return result
}
@inline(__always)
func imulRR<T: Word>(_ c: Pointer, _ o: Pointer, _: T.Type, live: Bool) -> Pointer? {
    let (s, op) = (State(c), MicroOp(o))
    let (a, b) = (s.register(op.destination, T.self), s.register(op.source, T.self))
    s.setRegister(op.destination, signedProduct(s, a, b, live: live))
    return proceed(c, o)
}
@inline(__always)
func imulRM<T: Word>(_ c: Pointer, _ o: Pointer, _: T.Type, live: Bool) -> Pointer? {
    loading(c, o, MicroOp(o).address(State(c)), T.self) { c, o, b in
        let (s, op) = (State(c), MicroOp(o))
        s.setRegister(op.destination, signedProduct(s, s.register(op.destination, T.self), b, live: live))
        return proceed(c, o)
    }
}
@inline(__always)
func imulRRI<T: Word>(_ c: Pointer, _ o: Pointer, _: T.Type, live: Bool) -> Pointer? {
    let (s, op) = (State(c), MicroOp(o))
    let (a, b) = (s.register(op.source, T.self), T(truncatingIfNeeded: op.immediate))
    s.setRegister(op.destination, signedProduct(s, a, b, live: live))
    return proceed(c, o)
}
@inline(__always)
func imulRMI<T: Word>(_ c: Pointer, _ o: Pointer, _: T.Type, live: Bool) -> Pointer? {
    loading(c, o, MicroOp(o).address(State(c)), T.self) { c, o, a in
        let (s, op) = (State(c), MicroOp(o))
        s.setRegister(
            op.destination, signedProduct(s, a, T(truncatingIfNeeded: op.immediate), live: live))
        return proceed(c, o)
    }
}

/// Writes a double-width result to AX, or to DX:AX and its wider forms.
@inline(__always)
private func setPair<T: Word>(_ s: State, low: T, high: T) {
    s.setRegister(0, low)
    if T.bitWidth == 8 { s.write(1, high) } else { s.setRegister(2 * 8, high) }
}

/// MUL (`isSigned` false) and IMUL of the accumulator.
@inline(__always)
private func multiply<T: Word>(_ s: State, _ b: T, isSigned: Bool) {
    let a = s.register(0, T.self)
    let (wideHigh, wideLow) = a.multipliedFullWidth(by: b)
    var high = T(truncatingIfNeeded: wideHigh)
    let low = T(truncatingIfNeeded: wideLow)
    let bits = T.bitWidth - 1
    let overflow: Bool
    if isSigned {
        high = high &- (a >> bits == 1 ? b : 0) &- (b >> bits == 1 ? a : 0)
        overflow = high != (low >> bits == 1 ? T.max : 0)
    } else {
        overflow = high != 0
    }
    setPair(s, low: low, high: high)
    s.recordShift(low, carry: overflow, overflow: overflow)
}
@inline(__always)
func multiplyR<T: Word>(_ c: Pointer, _ o: Pointer, _: T.Type, isSigned: Bool) -> Pointer? {
    let s = State(c)
    multiply(s, s.register(MicroOp(o).destination, T.self), isSigned: isSigned)
    return proceed(c, o)
}
@inline(__always)
func multiplyM<T: Word>(_ c: Pointer, _ o: Pointer, _: T.Type, isSigned: Bool) -> Pointer? {
    let (s, op) = (State(c), MicroOp(o))
    guard let b = s.load(op.address(s), op, as: T.self) else { return nil }
    multiply(s, b, isSigned: isSigned)
    return proceed(c, o)
}

// MARK: Division

/// Divides DX:AX and its relatives. False: #DE. Flags stay as they are.
@inline(__always)
private func divide<T: Word>(_ s: State, _ divisor: T, isSigned: Bool) -> Bool {
    guard divisor != 0 else { return false }
    let low = s.register(0, T.self)
    let high = T.bitWidth == 8 ? s.read(1, as: T.self) : s.register(2 * 8, T.self)
    let bits = T.bitWidth - 1
    if !isSigned {
        guard high < divisor else { return false }
        let (quotient, remainder) = fullDivide(high, low, divisor)
        setPair(s, low: quotient, high: remainder)
        return true
    }
    let isNegative = high >> bits == 1
    let divisorIsNegative = divisor >> bits == 1
    let magnitudeLow = isNegative ? 0 &- low : low
    let magnitudeHigh = isNegative ? ~high &+ (low == 0 ? 1 : 0) : high
    let magnitude = divisorIsNegative ? 0 &- divisor : divisor
    guard magnitudeHigh < magnitude else { return false }
    let (quotient, remainder) = fullDivide(magnitudeHigh, magnitudeLow, magnitude)
    let limit: T = 1 << bits
    let negative = isNegative != divisorIsNegative
    guard negative ? quotient <= limit : quotient < limit else { return false }
    setPair(s, low: negative ? 0 &- quotient : quotient, high: isNegative ? 0 &- remainder : remainder)
    return true
}
/// `high` is below `divisor`.
@inline(__always)
private func fullDivide<T: Word>(_ high: T, _ low: T, _ divisor: T) -> (T, T) {
    if T.bitWidth == 64 {
        if high == 0 { return (low / divisor, low % divisor) }
        let (quotient, remainder) = UInt64(truncatingIfNeeded: divisor).dividingFullWidth(
            (UInt64(truncatingIfNeeded: high), UInt64(truncatingIfNeeded: low)))
        return (T(truncatingIfNeeded: quotient), T(truncatingIfNeeded: remainder))
    }
    let dividend = UInt64(truncatingIfNeeded: high) << UInt64(T.bitWidth) | UInt64(truncatingIfNeeded: low)
    let wide = UInt64(truncatingIfNeeded: divisor)
    return (T(truncatingIfNeeded: dividend / wide), T(truncatingIfNeeded: dividend % wide))
}
@inline(__always)
func divideR<T: Word>(_ c: Pointer, _ o: Pointer, _: T.Type, isSigned: Bool) -> Pointer? {
    let (s, op) = (State(c), MicroOp(o))
    guard divide(s, s.register(op.destination, T.self), isSigned: isSigned) else {
        return s.raise(ExceptionVector.divide, op)
    }
    return proceed(c, o)
}
@inline(__always)
func divideM<T: Word>(_ c: Pointer, _ o: Pointer, _: T.Type, isSigned: Bool) -> Pointer? {
    let (s, op) = (State(c), MicroOp(o))
    guard let b = s.load(op.address(s), op, as: T.self) else { return nil }
    guard divide(s, b, isSigned: isSigned) else { return s.raise(ExceptionVector.divide, op) }
    return proceed(c, o)
}

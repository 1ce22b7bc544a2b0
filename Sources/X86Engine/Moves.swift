// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

@inline(__always)
func moveRR<T: Word>(_ c: Pointer, _ o: Pointer, _: T.Type) -> Pointer? {
    let (s, op) = (State(c), MicroOp(o))
    s.setRegister(op.destination, s.register(op.source, T.self))
    return proceed(c, o)
}
/// The immediate is in `displacement`.
@inline(__always)
func moveRI<T: Word>(_ c: Pointer, _ o: Pointer, _: T.Type) -> Pointer? {
    let (s, op) = (State(c), MicroOp(o))
    s.setRegister(op.destination, T(truncatingIfNeeded: op.displacement))
    return proceed(c, o)
}
@inline(__always)
func moveRM<T: Word>(_ c: Pointer, _ o: Pointer, _: T.Type) -> Pointer? {
    let (s, op) = (State(c), MicroOp(o))
    guard let value = s.load(op.address(s), op, as: T.self) else { return nil }
    s.setRegister(op.destination, value)
    return proceed(c, o)
}
@inline(__always)
func moveMR<T: Word>(_ c: Pointer, _ o: Pointer, _: T.Type) -> Pointer? {
    let (s, op) = (State(c), MicroOp(o))
    guard s.store(op.address(s), s.register(op.source, T.self), op) else { return nil }
    return proceed(c, o)
}
@inline(__always)
func moveMI<T: Word>(_ c: Pointer, _ o: Pointer, _: T.Type) -> Pointer? {
    let (s, op) = (State(c), MicroOp(o))
    guard s.store(op.address(s), T(truncatingIfNeeded: op.immediate), op) else { return nil }
    return proceed(c, o)
}

/// The forms with base and displacement only, in 64-bit mode without segment base.
@inline(__always)
func moveRB<T: Word>(_ c: Pointer, _ o: Pointer, _: T.Type) -> Pointer? {
    let (s, op) = (State(c), MicroOp(o))
    let address = s[field: Int(op.baseRegister)] &+ op.displacement
    guard let value = s.load(address, op, as: T.self) else { return nil }
    s.setRegister(op.destination, value)
    return proceed(c, o)
}
@inline(__always)
func moveBR<T: Word>(_ c: Pointer, _ o: Pointer, _: T.Type) -> Pointer? {
    let (s, op) = (State(c), MicroOp(o))
    let address = s[field: Int(op.baseRegister)] &+ op.displacement
    guard s.store(address, s.register(op.source, T.self), op) else { return nil }
    return proceed(c, o)
}

/// MOVZX
@inline(__always)
func extendRR<T: Word, U: Word>(_ c: Pointer, _ o: Pointer, _: T.Type, from: U.Type) -> Pointer? {
    let (s, op) = (State(c), MicroOp(o))
    s.setRegister(op.destination, T(truncatingIfNeeded: s.register(op.source, U.self)))
    return proceed(c, o)
}
@inline(__always)
func extendRM<T: Word, U: Word>(_ c: Pointer, _ o: Pointer, _: T.Type, from: U.Type) -> Pointer? {
    let (s, op) = (State(c), MicroOp(o))
    guard let value = s.load(op.address(s), op, as: U.self) else { return nil }
    s.setRegister(op.destination, T(truncatingIfNeeded: value))
    return proceed(c, o)
}
/// MOVSX, MOVSXD
@inline(__always)
func signExtendRR<T: Word, U: FixedWidthInteger & SignedInteger & BitwiseCopyable>(
    _ c: Pointer, _ o: Pointer, _: T.Type, from: U.Type
) -> Pointer? {
    let (s, op) = (State(c), MicroOp(o))
    s.setRegister(op.destination, T(truncatingIfNeeded: s.read(Int(op.source), as: U.self)))
    return proceed(c, o)
}
@inline(__always)
func signExtendRM<T: Word, U: FixedWidthInteger & SignedInteger & BitwiseCopyable>(
    _ c: Pointer, _ o: Pointer, _: T.Type, from: U.Type
) -> Pointer? {
    let (s, op) = (State(c), MicroOp(o))
    guard let value = s.load(op.address(s), op, as: U.self) else { return nil }
    s.setRegister(op.destination, T(truncatingIfNeeded: value))
    return proceed(c, o)
}

/// LEA: the offset, without segment base.
@inline(__always)
func lea<T: Word>(_ c: Pointer, _ o: Pointer, _: T.Type) -> Pointer? {
    let (s, op) = (State(c), MicroOp(o))
    let offset =
        s[field: Int(op.baseRegister)] &+ (s[field: Int(op.indexRegister)] &<< UInt64(op.scale))
        &+ op.displacement
    s.setRegister(op.destination, T(truncatingIfNeeded: offset))
    return proceed(c, o)
}
/// LEA with an address size below the natural one.
@inline(__always)
func leaNarrow<T: Word>(_ c: Pointer, _ o: Pointer, _: T.Type) -> Pointer? {
    let (s, op) = (State(c), MicroOp(o))
    let offset =
        s[field: Int(op.baseRegister)] &+ (s[field: Int(op.indexRegister)] &<< UInt64(op.scale))
        &+ op.displacement
    s.setRegister(op.destination, T(truncatingIfNeeded: offset & (op.code == 2 ? 0xFFFF : 0xFFFF_FFFF)))
    return proceed(c, o)
}

@inline(__always)
func cmovRR<T: Word>(_ c: Pointer, _ o: Pointer, _: T.Type) -> Pointer? {
    let (s, op) = (State(c), MicroOp(o))
    // 32 bits clear the upper half in either case.
    s.setRegister(op.destination, s.register(s.condition(op.code) ? op.source : op.destination, T.self))
    return proceed(c, o)
}
@inline(__always)
func cmovRM<T: Word>(_ c: Pointer, _ o: Pointer, _: T.Type) -> Pointer? {
    let (s, op) = (State(c), MicroOp(o))
    guard let value = s.load(op.address(s), op, as: T.self) else { return nil }
    s.setRegister(op.destination, s.condition(op.code) ? value : s.register(op.destination, T.self))
    return proceed(c, o)
}
let setccR: Handler = { c, o in
    let (s, op) = (State(c), MicroOp(o))
    s.write(Int(op.destination), s.condition(op.code) ? 1 as UInt8 : 0)
    return proceed(c, o)
}
let setccM: Handler = { c, o in
    let (s, op) = (State(c), MicroOp(o))
    guard s.store(op.address(s), s.condition(op.code) ? 1 as UInt8 : 0, op) else { return nil }
    return proceed(c, o)
}

// MARK: The stack in 64-bit mode

@inline(__always)
private func push64(_ s: State, _ value: UInt64, _ op: MicroOp) -> Bool {
    let top = s[.rsp] &- 8
    guard s.store(top, value, op) else { return false }
    s[.rsp] = top
    return true
}
let push64R: Handler = { c, o in
    let (s, op) = (State(c), MicroOp(o))
    guard push64(s, s[field: Int(op.source)], op) else { return nil }
    return proceed(c, o)
}
let push64I: Handler = { c, o in
    let (s, op) = (State(c), MicroOp(o))
    guard push64(s, UInt64(bitPattern: Int64(op.immediate)), op) else { return nil }
    return proceed(c, o)
}
let push64M: Handler = { c, o in
    let (s, op) = (State(c), MicroOp(o))
    guard let value = s.load(op.address(s), op, as: UInt64.self), push64(s, value, op) else { return nil }
    return proceed(c, o)
}
let pop64R: Handler = { c, o in
    let (s, op) = (State(c), MicroOp(o))
    let top = s[.rsp]
    guard let value = s.load(top, op, as: UInt64.self) else { return nil }
    s[.rsp] = top &+ 8
    s[field: Int(op.destination)] = value
    return proceed(c, o)
}
let leave64: Handler = { c, o in
    let (s, op) = (State(c), MicroOp(o))
    let frame = s[.rbp]
    guard let value = s.load(frame, op, as: UInt64.self) else { return nil }
    s[.rsp] = frame &+ 8
    s[.rbp] = value
    return proceed(c, o)
}

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
func moveRM<A: AddressForm, T: Word>(_ c: Pointer, _ o: Pointer, _: A.Type, _: T.Type) -> Pointer? {
    loading(c, o, A.address(State(c), MicroOp(o)), T.self) { c, o, value in
        State(c).setRegister(MicroOp(o).destination, value)
        return proceed(c, o)
    }
}
@inline(__always)
func moveMR<A: AddressForm, T: Word>(_ c: Pointer, _ o: Pointer, _: A.Type, _: T.Type) -> Pointer? {
    let (s, op) = (State(c), MicroOp(o))
    return storing(c, o, A.address(s, op), s.register(op.source, T.self), proceed)
}
@inline(__always)
func moveMI<A: AddressForm, T: Word>(_ c: Pointer, _ o: Pointer, _: A.Type, _: T.Type) -> Pointer? {
    let (s, op) = (State(c), MicroOp(o))
    return storing(c, o, A.address(s, op), T(truncatingIfNeeded: op.immediate), proceed)
}

/// MOVZX
@inline(__always)
func extendRR<T: Word, U: Word>(_ c: Pointer, _ o: Pointer, _: T.Type, from: U.Type) -> Pointer? {
    let (s, op) = (State(c), MicroOp(o))
    s.setRegister(op.destination, T(truncatingIfNeeded: s.register(op.source, U.self)))
    return proceed(c, o)
}
@inline(__always)
func extendRM<A: AddressForm, T: Word, U: Word>(
    _ c: Pointer, _ o: Pointer, _: A.Type, _: T.Type, from: U.Type
) -> Pointer? {
    loading(c, o, A.address(State(c), MicroOp(o)), U.self) { c, o, value in
        State(c).setRegister(MicroOp(o).destination, T(truncatingIfNeeded: value))
        return proceed(c, o)
    }
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
func signExtendRM<A: AddressForm, T: Word, U: FixedWidthInteger & SignedInteger & BitwiseCopyable>(
    _ c: Pointer, _ o: Pointer, _: A.Type, _: T.Type, from: U.Type
) -> Pointer? {
    loading(c, o, A.address(State(c), MicroOp(o)), U.self) { c, o, value in
        State(c).setRegister(MicroOp(o).destination, T(truncatingIfNeeded: value))
        return proceed(c, o)
    }
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
/// LEA without an index.
@inline(__always)
func leaBase<T: Word>(_ c: Pointer, _ o: Pointer, _: T.Type) -> Pointer? {
    let (s, op) = (State(c), MicroOp(o))
    s.setRegister(
        op.destination, T(truncatingIfNeeded: s[field: Int(op.baseRegister)] &+ op.displacement))
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
    move(c, o, T.self, if: State(c).condition(MicroOp(o).code))
}
/// With a condition and a writer of the flags that are known.
@inline(__always)
func cmovKnown<T: Word>(_ c: Pointer, _ o: Pointer, _: T.Type, _ code: UInt16, _ writer: KnownFlags)
    -> Pointer?
{
    move(c, o, T.self, if: State(c).condition(code, after: writer))
}
@inline(__always)
private func move<T: Word>(_ c: Pointer, _ o: Pointer, _: T.Type, if condition: Bool) -> Pointer? {
    let (s, op) = (State(c), MicroOp(o))
    // 32 bits clear the upper half in either case. Both are read, so that nothing depends on guessing right.
    let (old, new) = (s.register(op.destination, T.self), s.register(op.source, T.self))
    s.setRegister(op.destination, condition ? new : old)
    return proceed(c, o)
}
@inline(__always)
func cmovRM<T: Word>(_ c: Pointer, _ o: Pointer, _: T.Type) -> Pointer? {
    loading(c, o, MicroOp(o).address(State(c)), T.self) { c, o, value in
        let (s, op) = (State(c), MicroOp(o))
        s.setRegister(op.destination, s.condition(op.code) ? value : s.register(op.destination, T.self))
        return proceed(c, o)
    }
}
@inline(__always)
func setccR(_ c: Pointer, _ o: Pointer) -> Pointer? {
    let (s, op) = (State(c), MicroOp(o))
    s.write(Int(op.destination), s.condition(op.code) ? 1 as UInt8 : 0)
    return proceed(c, o)
}
@inline(__always)
func setccKnown(_ c: Pointer, _ o: Pointer, _ code: UInt16, _ writer: KnownFlags) -> Pointer? {
    let (s, op) = (State(c), MicroOp(o))
    s.write(Int(op.destination), s.condition(code, after: writer) ? 1 as UInt8 : 0)
    return proceed(c, o)
}
@inline(__always)
func setccM(_ c: Pointer, _ o: Pointer) -> Pointer? {
    let (s, op) = (State(c), MicroOp(o))
    return storing(c, o, op.address(s), s.condition(op.code) ? 1 as UInt8 : 0, proceed)
}

// MARK: The stack in 64-bit mode

/// Pushes a value, then does what is left.
@inline(__always)
func pushing(_ c: Pointer, _ o: Pointer, _ value: UInt64, _ then: (Pointer, Pointer) -> Pointer?) -> Pointer?
{
    storing(c, o, State(c)[.rsp] &- 8, value) { c, o in
        State(c)[.rsp] &-= 8
        return then(c, o)
    }
}
@inline(__always)
func push64R(_ c: Pointer, _ o: Pointer) -> Pointer? {
    pushing(c, o, State(c)[field: Int(MicroOp(o).source)], proceed)
}
@inline(__always)
func push64I(_ c: Pointer, _ o: Pointer) -> Pointer? {
    pushing(c, o, UInt64(bitPattern: Int64(MicroOp(o).immediate)), proceed)
}
@inline(__always)
func push64M(_ c: Pointer, _ o: Pointer) -> Pointer? {
    loading(c, o, MicroOp(o).address(State(c)), UInt64.self) { c, o, value in
        pushing(c, o, value, proceed)
    }
}
@inline(__always)
func pop64R(_ c: Pointer, _ o: Pointer) -> Pointer? {
    loading(c, o, State(c)[.rsp], UInt64.self) { c, o, value in
        let s = State(c)
        s[.rsp] &+= 8
        s[field: Int(MicroOp(o).destination)] = value
        return proceed(c, o)
    }
}
@inline(__always)
func leave64(_ c: Pointer, _ o: Pointer) -> Pointer? {
    loading(c, o, State(c)[.rbp], UInt64.self) { c, o, value in
        let s = State(c)
        s[.rsp] = s[.rbp] &+ 8
        s[.rbp] = value
        return proceed(c, o)
    }
}

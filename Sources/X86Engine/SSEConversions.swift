// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

// SSE floating point: conversions.

/// An ordinary number below a limit as the integer next to it; nil when that takes the soft float.
@inline(__always)
private func quickInteger<F: HostFloat>(
    _ e: inout FloatEnvironment, _ bits: F.Bits, _ type: F.Type, below limit: F, truncate: Bool
) -> Int64? {
    let value = F.host(bits)
    guard _fastPath(F.isOrdinary(bits) && value.magnitude < limit && (truncate || e.rounding == 0)) else {
        return nil
    }
    let whole = Int64(truncate ? value : value.rounded(.toNearestOrEven))
    if F(whole) != value { e.flags |= FloatFlag.precision }
    return whole
}
@inline(__always)
private func toInt32<F: HostFloat>(
    _ e: inout FloatEnvironment, _ bits: F.Bits, _ type: F.Type, truncate: Bool
) -> UInt32 {
    if let value = quickInteger(&e, bits, type, below: 0x1p30, truncate: truncate) {
        return UInt32(truncatingIfNeeded: value)
    }
    return e.toInteger(F.operand(bits, e), bits: 32, truncate: truncate).map {
        UInt32(truncatingIfNeeded: $0)
    }
        ?? 0x8000_0000
}
@inline(__always)
private func fromInt<F: HostFloat>(_ e: inout FloatEnvironment, _ value: Int64, _ type: F.Type) -> F.Bits {
    // Every integer of that many bits is a number of the format.
    value.magnitude >> UInt64(F.precision) == 0
        ? F(value).bits : F.pack(e.convert(SoftFloat(value), F.format))
}
@inline(__always)
private func narrow(_ e: inout FloatEnvironment, _ bits: UInt64) -> UInt32 {
    let value = Double(bitPattern: bits)
    let result = Float(value)
    if _fastPath(
        e.rounding == 0 && Double.isOrdinary(bits) && (Float.isInside(result.bitPattern) || value == 0))
    {
        if Double(result) != value { e.flags |= FloatFlag.precision }
        return result.bitPattern
    }
    return e.convert(Double.operand(bits, e), .single).single
}
@inline(__always)
private func widen(_ e: inout FloatEnvironment, _ bits: UInt32) -> UInt64 {
    Float.isOrdinary(bits)
        ? Double(Float(bitPattern: bits)).bitPattern : e.convert(Float.operand(bits, e), .double).double
}

/// `CVTSS2SI`, `CVTTSD2SI` and the like: to a general register.
@inline(__always)
func toGeneral<F: HostFloat>(
    _ c: UnsafeMutableRawPointer, _ o: UnsafeMutableRawPointer, _ type: F.Type, bits: Int, truncate: Bool
) -> UnsafeMutableRawPointer? {
    let state = State(c)
    let op = MicroOp(o)
    let source = state[slot: op.source, as: F.Bits.self]
    var environment = FloatEnvironment(mxcsr: state.mxcsr)
    let value =
        quickInteger(&environment, source, type, below: bits == 32 ? 0x1p30 : 0x1p62, truncate: truncate)
        ?? environment.toInteger(F.operand(source, environment), bits: bits, truncate: truncate)
    guard state.commit(environment, op) else { return nil }
    if bits == 32 {
        state[field: Int(op.destination)] = UInt64(
            value.map { UInt32(truncatingIfNeeded: $0) } ?? 0x8000_0000)
    } else {
        state[field: Int(op.destination)] = UInt64(bitPattern: value ?? Int64.min)
    }
    return proceed(c, o)
}
/// `CVTSI2SS`, `CVTSI2SD`: from an integer in the source slot.
@inline(__always)
func fromGeneral<F: HostFloat>(
    _ c: UnsafeMutableRawPointer, _ o: UnsafeMutableRawPointer, _ type: F.Type, wide: Bool
) -> UnsafeMutableRawPointer? {
    let state = State(c)
    let op = MicroOp(o)
    let bits = state[slot: op.source].x
    let value = wide ? Int64(bitPattern: bits) : Int64(Int32(truncatingIfNeeded: bits))
    var environment = FloatEnvironment(mxcsr: state.mxcsr)
    let result = fromInt(&environment, value, type)
    guard state.commit(environment, op) else { return nil }
    state[slot: op.destination, as: F.Bits.self] = result
    return proceed(c, o)
}
let generalToSlot: Handler = { c, o in
    let state = State(c)
    let op = MicroOp(o)
    state[slot: op.destination] = Vector(state.read(Int(op.source)), 0)
    return proceed(c, o)
}
let singlesFromInts: Handler = { c, o in
    transform(c, o, Singles.self) { e, _, b in
        var result = Singles()
        for lane in 0..<4 { result[lane] = fromInt(&e, Int64(Int32(bitPattern: b[lane])), Float.self) }
        return result
    }
}
/// The low half of the destination: `CVTPI2PS`.
let singlesFromInts2: Handler = { c, o in
    transform(c, o, Singles.self) { e, a, b in
        var result = a
        for lane in 0..<2 { result[lane] = fromInt(&e, Int64(Int32(bitPattern: b[lane])), Float.self) }
        return result
    }
}
let doublesFromInts: Handler = { c, o in
    transform(c, o, Vector.self) { e, _, b in
        Vector(
            fromInt(&e, Int64(Int32(truncatingIfNeeded: b.x)), Double.self),
            fromInt(&e, Int64(Int32(truncatingIfNeeded: b.x >> 32)), Double.self))
    }
}
let intsFromSingles: Handler = { c, o in
    transform(c, o, Singles.self) { e, _, b in
        var result = Singles()
        for lane in 0..<4 { result[lane] = toInt32(&e, b[lane], Float.self, truncate: false) }
        return result
    }
}
let intsFromSinglesTruncated: Handler = { c, o in
    transform(c, o, Singles.self) { e, _, b in
        var result = Singles()
        for lane in 0..<4 { result[lane] = toInt32(&e, b[lane], Float.self, truncate: true) }
        return result
    }
}
let ints2FromSingles: Handler = { c, o in
    transform(c, o, Singles.self) { e, _, b in
        var result = Singles()
        for lane in 0..<2 { result[lane] = toInt32(&e, b[lane], Float.self, truncate: false) }
        return result
    }
}
let ints2FromSinglesTruncated: Handler = { c, o in
    transform(c, o, Singles.self) { e, _, b in
        var result = Singles()
        for lane in 0..<2 { result[lane] = toInt32(&e, b[lane], Float.self, truncate: true) }
        return result
    }
}
let intsFromDoubles: Handler = { c, o in
    transform(c, o, Vector.self) { e, _, b in
        let low = toInt32(&e, b.x, Double.self, truncate: false)
        return Vector(UInt64(low) | UInt64(toInt32(&e, b.y, Double.self, truncate: false)) << 32, 0)
    }
}
let intsFromDoublesTruncated: Handler = { c, o in
    transform(c, o, Vector.self) { e, _, b in
        let low = toInt32(&e, b.x, Double.self, truncate: true)
        return Vector(UInt64(low) | UInt64(toInt32(&e, b.y, Double.self, truncate: true)) << 32, 0)
    }
}
let doublesFromSingles: Handler = { c, o in
    transform(c, o, Vector.self) { e, _, b in
        let low = widen(&e, UInt32(truncatingIfNeeded: b.x))
        return Vector(low, widen(&e, UInt32(truncatingIfNeeded: b.x >> 32)))
    }
}
let singlesFromDoubles: Handler = { c, o in
    transform(c, o, Vector.self) { e, _, b in
        let low = narrow(&e, b.x)
        return Vector(UInt64(low) | UInt64(narrow(&e, b.y)) << 32, 0)
    }
}
let doubleFromSingle: Handler = { c, o in
    transform(c, o, Vector.self) { e, a, b in Vector(widen(&e, UInt32(truncatingIfNeeded: b.x)), a.y) }
}
let singleFromDouble: Handler = { c, o in
    transform(c, o, Vector.self) { e, a, b in Vector(a.x & ~0xFFFF_FFFF | UInt64(narrow(&e, b.x)), a.y) }
}

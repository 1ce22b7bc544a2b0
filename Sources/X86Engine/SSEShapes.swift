// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

// SSE floating point: horizontal operations, dot products, rounding to integers, and approximations.

typealias Singles = SIMD4<UInt32>

/// `destination = f(destination, source)` with exceptions.
@inline(__always)
func transform<L: SIMD & BitwiseCopyable>(
    _ c: UnsafeMutableRawPointer, _ o: UnsafeMutableRawPointer, _ type: L.Type,
    _ f: (inout FloatEnvironment, L, L) -> L
) -> UnsafeMutableRawPointer? {
    let state = State(c)
    let op = MicroOp(o)
    var environment = FloatEnvironment(mxcsr: state.mxcsr)
    let result = f(&environment, state[slot: op.destination, as: L.self], state[slot: op.source, as: L.self])
    guard state.commit(environment, op) else { return nil }
    state[slot: op.destination, as: L.self] = result
    return proceed(c, o)
}
private func sum<F: HostFloat>(
    _ e: inout FloatEnvironment, _ a: F.Bits, _ b: F.Bits, subtract: Bool = false, _ type: F.Type
) -> F.Bits {
    F.pack(e.add(F.operand(a, e), F.operand(b, e), subtract: subtract, F.format))
}
private func product<F: HostFloat>(
    _ e: inout FloatEnvironment, _ a: F.Bits, _ b: F.Bits, _ type: F.Type
) -> F.Bits {
    F.pack(e.multiply(F.operand(a, e), F.operand(b, e), F.format))
}
let horizontalAddSingle: Handler = { c, o in
    transform(c, o, Singles.self) { e, a, b in
        Singles(
            sum(&e, a[0], a[1], Float.self), sum(&e, a[2], a[3], Float.self), sum(&e, b[0], b[1], Float.self),
            sum(&e, b[2], b[3], Float.self))
    }
}
let horizontalSubtractSingle: Handler = { c, o in
    transform(c, o, Singles.self) { e, a, b in
        Singles(
            sum(&e, a[0], a[1], subtract: true, Float.self), sum(&e, a[2], a[3], subtract: true, Float.self),
            sum(&e, b[0], b[1], subtract: true, Float.self), sum(&e, b[2], b[3], subtract: true, Float.self))
    }
}
let horizontalAddDouble: Handler = { c, o in
    transform(c, o, Vector.self) { e, a, b in
        Vector(sum(&e, a[0], a[1], Double.self), sum(&e, b[0], b[1], Double.self))
    }
}
let horizontalSubtractDouble: Handler = { c, o in
    transform(c, o, Vector.self) { e, a, b in
        Vector(
            sum(&e, a[0], a[1], subtract: true, Double.self), sum(&e, b[0], b[1], subtract: true, Double.self)
        )
    }
}
let addSubtractSingle: Handler = { c, o in
    transform(c, o, Singles.self) { e, a, b in
        Singles(
            sum(&e, a[0], b[0], subtract: true, Float.self), sum(&e, a[1], b[1], Float.self),
            sum(&e, a[2], b[2], subtract: true, Float.self), sum(&e, a[3], b[3], Float.self))
    }
}
let addSubtractDouble: Handler = { c, o in
    transform(c, o, Vector.self) { e, a, b in
        Vector(sum(&e, a[0], b[0], subtract: true, Double.self), sum(&e, a[1], b[1], Double.self))
    }
}
/// `DPPS`, `DPPD`: the products, their sums and the sum of these report their exceptions one after the other.
@inline(__always)
func dotProduct<F: HostFloat, L: SIMD & BitwiseCopyable>(
    _ c: UnsafeMutableRawPointer, _ o: UnsafeMutableRawPointer, _ type: F.Type, _ vector: L.Type
) -> UnsafeMutableRawPointer? where L.Scalar == F.Bits {
    let state = State(c)
    let op = MicroOp(o)
    let control = op.immediate
    let a = state[slot: op.destination, as: L.self]
    let b = state[slot: op.source, as: L.self]
    var terms = L()
    var environment = FloatEnvironment(mxcsr: state.mxcsr)
    for lane in 0..<L.scalarCount where control >> Int32(4 + lane) & 1 != 0 {
        terms[lane] = product(&environment, a[lane], b[lane], type)
    }
    guard state.commit(environment, op) else { return nil }
    var count = L.scalarCount
    while count > 1 {
        environment.flags = 0
        count /= 2
        for lane in 0..<count {
            terms[lane] = sum(&environment, terms[2 * lane], terms[2 * lane + 1], type)
        }
        guard state.commit(environment, op) else { return nil }
    }
    var result = L()
    for lane in 0..<L.scalarCount where control >> Int32(lane) & 1 != 0 { result[lane] = terms[0] }
    state[slot: op.destination, as: L.self] = result
    return proceed(c, o)
}
@inline(__always)
private func rounded<F: HostFloat>(
    _ e: inout FloatEnvironment, _ bits: F.Bits, _ type: F.Type, mode: UInt8, isQuiet: Bool
) -> F.Bits {
    guard _fastPath(F.isOrdinary(bits)) else {
        return F.pack(e.roundToInteger(F.operand(bits, e), rounding: mode, quiet: isQuiet, F.format))
    }
    let value = F.host(bits)
    let result =
        switch mode {
        case 0: value.rounded(.toNearestOrEven)
        case 1: value.rounded(.down)
        case 2: value.rounded(.up)
        default: value.rounded(.towardZero)
        }
    if result != value, !isQuiet { e.flags |= FloatFlag.precision }
    return result.bits
}
/// `ROUNDPS` and the like.
@inline(__always)
func roundLanes<F: HostFloat, L: SIMD & BitwiseCopyable>(
    _ c: UnsafeMutableRawPointer, _ o: UnsafeMutableRawPointer, _ type: F.Type, _ vector: L.Type, lanes: Int
) -> UnsafeMutableRawPointer? where L.Scalar == F.Bits {
    let control = MicroOp(o).immediate
    return transform(c, o, L.self) { e, a, b in
        var result = a
        let mode = control & 4 != 0 ? e.rounding : UInt8(control & 3)
        for lane in 0..<lanes {
            result[lane] = rounded(&e, b[lane], type, mode: mode, isQuiet: control & 8 != 0)
        }
        return result
    }
}

// MARK: - Approximations

/// Rounds to 12 bits of significand: within 2^-12 of the true value, as Intel's bound of 1.5 × 2^-12 asks.
private func approximate(_ value: Float) -> UInt32 {
    let bits = (value.bitPattern &+ 0x400) & ~0x7FF
    // Denormal results are flushed.
    return bits & 0x7F80_0000 == 0 ? bits & 0x8000_0000 : bits
}
private func reciprocal(_ bits: UInt32) -> UInt32 {
    let value = Float(bitPattern: bits)
    if value.isNaN { return bits | 0x40_0000 }
    if bits & 0x7F80_0000 == 0 { return bits & 0x8000_0000 | 0x7F80_0000 }
    return approximate(1 / value)
}
private func reciprocalRoot(_ bits: UInt32) -> UInt32 {
    let value = Float(bitPattern: bits)
    if value.isNaN { return bits | 0x40_0000 }
    if bits & 0x7F80_0000 == 0 { return bits & 0x8000_0000 | 0x7F80_0000 }
    if value < 0 { return 0xFFC0_0000 }
    return approximate(Float(1 / Double(value).squareRoot()))
}
let reciprocalPacked: Handler = { c, o in eachLane(c, o, Singles.self) { reciprocal($1) } }
let reciprocalRootPacked: Handler = { c, o in eachLane(c, o, Singles.self) { reciprocalRoot($1) } }
let reciprocalScalar: Handler = { c, o in
    lanes(c, o, Singles.self) { a, b in
        var result = a
        result[0] = reciprocal(b[0])
        return result
    }
}
let reciprocalRootScalar: Handler = { c, o in
    lanes(c, o, Singles.self) { a, b in
        var result = a
        result[0] = reciprocalRoot(b[0])
        return result
    }
}

// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

// SSE floating point. Host arithmetic answers where it cannot differ from the soft float; the soft float does the rest.

/// A format that the host has too.
private protocol HostFloat: BinaryFloatingPoint, BitwiseCopyable {
    associatedtype Bits: FixedWidthInteger & UnsignedInteger & BitwiseCopyable
    static var format: FloatFormat { get }
    static var exponentMask: Bits { get }
    static func unpack(_ bits: Bits) -> SoftFloat
    static func pack(_ encoded: Encoded) -> Bits
    static func host(_ bits: Bits) -> Self
    var bits: Bits { get }
}
extension Float: HostFloat {
    fileprivate static var format: FloatFormat { .single }
    fileprivate static var exponentMask: UInt32 { 0x7F80_0000 }
    fileprivate static func unpack(_ bits: UInt32) -> SoftFloat { SoftFloat(single: bits) }
    fileprivate static func pack(_ encoded: Encoded) -> UInt32 { encoded.single }
    fileprivate static func host(_ bits: UInt32) -> Float { Float(bitPattern: bits) }
    fileprivate var bits: UInt32 { bitPattern }
}
extension Double: HostFloat {
    fileprivate static var format: FloatFormat { .double }
    fileprivate static var exponentMask: UInt64 { 0x7FF0_0000_0000_0000 }
    fileprivate static func unpack(_ bits: UInt64) -> SoftFloat { SoftFloat(double: bits) }
    fileprivate static func pack(_ encoded: Encoded) -> UInt64 { encoded.double }
    fileprivate static func host(_ bits: UInt64) -> Double { Double(bitPattern: bits) }
    fileprivate var bits: UInt64 { bitPattern }
}
extension HostFloat {
    /// Normal.
    @inline(__always) fileprivate static func isNormal(_ bits: Bits) -> Bool {
        let exponent = bits & exponentMask
        return exponent != 0 && exponent != exponentMask
    }
    /// Normal or zero: what host arithmetic and x86 treat alike.
    @inline(__always) fileprivate static func isOrdinary(_ bits: Bits) -> Bool {
        isNormal(bits) || bits &<< 1 == 0
    }
    /// Unpacks an operand; denormals are zeros when MXCSR.DAZ says so.
    fileprivate static func operand(_ bits: Bits, _ environment: FloatEnvironment) -> SoftFloat {
        let value = unpack(bits)
        return value.isDenormal && environment.denormalsAreZero ? .zero(value.sign) : value
    }
}

extension FloatEnvironment {
    init(mxcsr: UInt32) {
        rounding = UInt8(mxcsr >> 13 & 3)
        masks = UInt8(mxcsr >> 7 & 0x3F)
        flushToZero = mxcsr & 0x8000 != 0
        denormalsAreZero = mxcsr & 0x40 != 0
    }
    /// The encoding a number came from.
    fileprivate func encoding(_ a: SoftFloat, _ f: FloatFormat) -> Encoded {
        switch a.kind {
        case .zero: return zero(a.sign)
        case .finite:
            let bits = UInt64(truncatingIfNeeded: a.significand >> 64)
            if a.exponent < f.minimumExponent {
                return Encoded(
                    sign: a.sign, biased: 0, significand: bits >> UInt64(f.minimumExponent - a.exponent))
            }
            return Encoded(sign: a.sign, biased: a.exponent + f.maximumExponent, significand: bits)
        default:
            return Encoded(
                sign: a.sign, biased: f.specialExponent,
                significand: UInt64(truncatingIfNeeded: a.significand >> 64))
        }
    }
}

extension State {
    @inline(__always) fileprivate var mxcsr: UInt32 { read(Offset.mxcsr) }

    /// Rounding to nearest, everything masked, precision already flagged, no DAZ or FTZ: host arithmetic gives the
    /// same as ours for ordinary numbers.
    @inline(__always) fileprivate var isHostArithmeticExact: Bool { mxcsr & 0xFFE0 == 0x1FA0 }

    /// Adds an operation's exceptions to MXCSR. False: one is unmasked and was raised; the result must not be written.
    fileprivate func commit(_ environment: FloatEnvironment, _ op: MicroOp) -> Bool {
        var flags = environment.flags
        guard flags != 0 else { return true }
        let trapping = flags & ~environment.masks
        // Unmasked exceptions of the operands stop the operation before any of the result are found.
        if trapping & 7 != 0 { flags &= 7 }
        write(Offset.mxcsr, mxcsr | UInt32(flags))
        if trapping == 0 { return true }
        raise(self[field: Offset.cr4] & 0x400 != 0 ? 19 : 6, op)
        return false
    }
}

// MARK: - Arithmetic

private protocol FloatOperation {
    static var isUnary: Bool { get }
    static func fast<F: HostFloat>(_ a: F, _ b: F) -> F
    static func soft(
        _ e: inout FloatEnvironment, _ a: SoftFloat, _ b: SoftFloat, _ f: FloatFormat
    ) -> Encoded
}
private enum Add: FloatOperation {
    static var isUnary: Bool { false }
    @inline(__always) static func fast<F: HostFloat>(_ a: F, _ b: F) -> F { a + b }
    static func soft(_ e: inout FloatEnvironment, _ a: SoftFloat, _ b: SoftFloat, _ f: FloatFormat) -> Encoded
    {
        e.add(a, b, f)
    }
}
private enum Subtract: FloatOperation {
    static var isUnary: Bool { false }
    @inline(__always) static func fast<F: HostFloat>(_ a: F, _ b: F) -> F { a - b }
    static func soft(_ e: inout FloatEnvironment, _ a: SoftFloat, _ b: SoftFloat, _ f: FloatFormat) -> Encoded
    {
        e.add(a, b, subtract: true, f)
    }
}
private enum Multiply: FloatOperation {
    static var isUnary: Bool { false }
    @inline(__always) static func fast<F: HostFloat>(_ a: F, _ b: F) -> F { a * b }
    static func soft(_ e: inout FloatEnvironment, _ a: SoftFloat, _ b: SoftFloat, _ f: FloatFormat) -> Encoded
    {
        e.multiply(a, b, f)
    }
}
private enum Divide: FloatOperation {
    static var isUnary: Bool { false }
    @inline(__always) static func fast<F: HostFloat>(_ a: F, _ b: F) -> F { a / b }
    static func soft(_ e: inout FloatEnvironment, _ a: SoftFloat, _ b: SoftFloat, _ f: FloatFormat) -> Encoded
    {
        e.divide(a, b, f)
    }
}
private enum SquareRoot: FloatOperation {
    static var isUnary: Bool { true }
    @inline(__always) static func fast<F: HostFloat>(_ a: F, _ b: F) -> F { b.squareRoot() }
    static func soft(_ e: inout FloatEnvironment, _ a: SoftFloat, _ b: SoftFloat, _ f: FloatFormat) -> Encoded
    {
        e.squareRoot(b, f)
    }
}
private enum Minimum: FloatOperation {
    static var isUnary: Bool { false }
    @inline(__always) static func fast<F: HostFloat>(_ a: F, _ b: F) -> F { a < b ? a : b }
    static func soft(_ e: inout FloatEnvironment, _ a: SoftFloat, _ b: SoftFloat, _ f: FloatFormat) -> Encoded
    {
        e.encoding(e.compare(a, b, quiet: false) == .less ? a : b, f)
    }
}
private enum Maximum: FloatOperation {
    static var isUnary: Bool { false }
    @inline(__always) static func fast<F: HostFloat>(_ a: F, _ b: F) -> F { a > b ? a : b }
    static func soft(_ e: inout FloatEnvironment, _ a: SoftFloat, _ b: SoftFloat, _ f: FloatFormat) -> Encoded
    {
        e.encoding(e.compare(a, b, quiet: false) == .greater ? a : b, f)
    }
}

@inline(__always)
private func arithmetic<F: HostFloat, Operation: FloatOperation>(
    _ c: UnsafeMutableRawPointer, _ o: UnsafeMutableRawPointer, _ type: F.Type, _ operation: Operation.Type,
    lanes: Int
) -> UnsafeMutableRawPointer? {
    let state = State(c)
    let op = MicroOp(o)
    let destination = c + State.Offset.fxsave + Int(op.destination) &* 16
    let source = c + State.Offset.fxsave + Int(op.source) &* 16
    if _fastPath(state.isHostArithmeticExact) {
        var results: [4 of F.Bits] = [4 of F.Bits](repeating: 0)
        var isOrdinary = true
        for lane in 0..<lanes {
            let a = destination.load(fromByteOffset: lane &* MemoryLayout<F>.size, as: F.Bits.self)
            let b = source.load(fromByteOffset: lane &* MemoryLayout<F>.size, as: F.Bits.self)
            let result = Operation.fast(F.host(a), F.host(b)).bits
            isOrdinary =
                isOrdinary && F.isOrdinary(b) && (Operation.isUnary || F.isOrdinary(a))
                && (F.isNormal(result) || result &<< 1 == 0 && (a &<< 1 == 0 || b &<< 1 == 0))
            results[lane] = result
        }
        if _fastPath(isOrdinary) {
            for lane in 0..<lanes {
                destination.storeBytes(
                    of: results[lane], toByteOffset: lane &* MemoryLayout<F>.size, as: F.Bits.self)
            }
            return proceed(c, o)
        }
    }
    guard softArithmetic(state, op, type, operation, lanes: lanes) else { return nil }
    return proceed(c, o)
}
@inline(never)
private func softArithmetic<F: HostFloat, Operation: FloatOperation>(
    _ state: State, _ op: MicroOp, _ type: F.Type, _ operation: Operation.Type, lanes: Int
) -> Bool {
    let destination = state.base + State.Offset.fxsave + Int(op.destination) &* 16
    let source = state.base + State.Offset.fxsave + Int(op.source) &* 16
    var environment = FloatEnvironment(mxcsr: state.mxcsr)
    var results: [4 of F.Bits] = [4 of F.Bits](repeating: 0)
    for lane in 0..<lanes {
        let a = destination.load(fromByteOffset: lane &* MemoryLayout<F>.size, as: F.Bits.self)
        let b = source.load(fromByteOffset: lane &* MemoryLayout<F>.size, as: F.Bits.self)
        results[lane] = F.pack(
            Operation.soft(&environment, F.operand(a, environment), F.operand(b, environment), F.format))
    }
    guard state.commit(environment, op) else { return false }
    for lane in 0..<lanes {
        destination.storeBytes(of: results[lane], toByteOffset: lane &* MemoryLayout<F>.size, as: F.Bits.self)
    }
    return true
}

/// `CMPPS` and the like: `immediate` is the predicate.
@inline(__always)
private func comparison<F: HostFloat>(
    _ c: UnsafeMutableRawPointer, _ o: UnsafeMutableRawPointer, _ type: F.Type, lanes: Int
) -> UnsafeMutableRawPointer? {
    let state = State(c)
    let op = MicroOp(o)
    let destination = c + State.Offset.fxsave + Int(op.destination) &* 16
    let source = c + State.Offset.fxsave + Int(op.source) &* 16
    let predicate = op.immediate & 7
    var environment = FloatEnvironment(mxcsr: state.mxcsr)
    var results: [4 of F.Bits] = [4 of F.Bits](repeating: 0)
    for lane in 0..<lanes {
        let a = destination.load(fromByteOffset: lane &* MemoryLayout<F>.size, as: F.Bits.self)
        let b = source.load(fromByteOffset: lane &* MemoryLayout<F>.size, as: F.Bits.self)
        let order = orderOf(&environment, a, b, type, quiet: predicate & 3 == 0 || predicate & 3 == 3)
        let holds =
            switch predicate & 3 {
            case 0: order == .equal
            case 1: order == .less
            case 2: order == .less || order == .equal
            default: order == .unordered
            }
        results[lane] = holds != (predicate >= 4) ? ~0 : 0
    }
    guard state.commit(environment, op) else { return nil }
    for lane in 0..<lanes {
        destination.storeBytes(of: results[lane], toByteOffset: lane &* MemoryLayout<F>.size, as: F.Bits.self)
    }
    return proceed(c, o)
}
@inline(__always)
private func orderOf<F: HostFloat>(
    _ environment: inout FloatEnvironment, _ a: F.Bits, _ b: F.Bits, _ type: F.Type, quiet: Bool
) -> FloatEnvironment.Order {
    if _fastPath(F.isOrdinary(a) && F.isOrdinary(b)) {
        let x = F.host(a)
        let y = F.host(b)
        return x < y ? .less : x == y ? .equal : .greater
    }
    return environment.compare(F.operand(a, environment), F.operand(b, environment), quiet: quiet)
}
/// `COMISS` and the like.
@inline(__always)
private func flagComparison<F: HostFloat>(
    _ c: UnsafeMutableRawPointer, _ o: UnsafeMutableRawPointer, _ type: F.Type, quiet: Bool
) -> UnsafeMutableRawPointer? {
    let state = State(c)
    let op = MicroOp(o)
    var environment = FloatEnvironment(mxcsr: state.mxcsr)
    let order = orderOf(
        &environment, state[slot: op.destination, as: F.Bits.self], state[slot: op.source, as: F.Bits.self],
        type,
        quiet: quiet)
    guard state.commit(environment, op) else { return nil }
    switch order {
    case .less: state.setArithmeticFlags(1)
    case .equal: state.setArithmeticFlags(0x40)
    case .greater: state.setArithmeticFlags(0)
    case .unordered: state.setArithmeticFlags(0x45)
    }
    return proceed(c, o)
}

// MARK: - Other shapes

private typealias Singles = SIMD4<UInt32>

/// `destination = f(destination, source)` with exceptions.
@inline(__always)
private func transform<L: SIMD & BitwiseCopyable>(
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
private let horizontalAddSingle: Handler = { c, o in
    transform(c, o, Singles.self) { e, a, b in
        Singles(
            sum(&e, a[0], a[1], Float.self), sum(&e, a[2], a[3], Float.self), sum(&e, b[0], b[1], Float.self),
            sum(&e, b[2], b[3], Float.self))
    }
}
private let horizontalSubtractSingle: Handler = { c, o in
    transform(c, o, Singles.self) { e, a, b in
        Singles(
            sum(&e, a[0], a[1], subtract: true, Float.self), sum(&e, a[2], a[3], subtract: true, Float.self),
            sum(&e, b[0], b[1], subtract: true, Float.self), sum(&e, b[2], b[3], subtract: true, Float.self))
    }
}
private let horizontalAddDouble: Handler = { c, o in
    transform(c, o, Vector.self) { e, a, b in
        Vector(sum(&e, a[0], a[1], Double.self), sum(&e, b[0], b[1], Double.self))
    }
}
private let horizontalSubtractDouble: Handler = { c, o in
    transform(c, o, Vector.self) { e, a, b in
        Vector(
            sum(&e, a[0], a[1], subtract: true, Double.self), sum(&e, b[0], b[1], subtract: true, Double.self)
        )
    }
}
private let addSubtractSingle: Handler = { c, o in
    transform(c, o, Singles.self) { e, a, b in
        Singles(
            sum(&e, a[0], b[0], subtract: true, Float.self), sum(&e, a[1], b[1], Float.self),
            sum(&e, a[2], b[2], subtract: true, Float.self), sum(&e, a[3], b[3], Float.self))
    }
}
private let addSubtractDouble: Handler = { c, o in
    transform(c, o, Vector.self) { e, a, b in
        Vector(sum(&e, a[0], b[0], subtract: true, Double.self), sum(&e, a[1], b[1], Double.self))
    }
}
/// `DPPS`, `DPPD`: the products, their sums and the sum of these report their exceptions one after the other.
@inline(__always)
private func dotProduct<F: HostFloat, L: SIMD & BitwiseCopyable>(
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
/// `ROUNDPS` and the like.
@inline(__always)
private func roundLanes<F: HostFloat, L: SIMD & BitwiseCopyable>(
    _ c: UnsafeMutableRawPointer, _ o: UnsafeMutableRawPointer, _ type: F.Type, _ vector: L.Type, lanes: Int
) -> UnsafeMutableRawPointer? where L.Scalar == F.Bits {
    let control = MicroOp(o).immediate
    return transform(c, o, L.self) { e, a, b in
        var result = a
        let mode = control & 4 != 0 ? e.rounding : UInt8(control & 3)
        for lane in 0..<lanes {
            result[lane] = F.pack(
                e.roundToInteger(F.operand(b[lane], e), rounding: mode, quiet: control & 8 != 0, F.format))
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
private let reciprocalPacked: Handler = { c, o in eachLane(c, o, Singles.self) { reciprocal($1) } }
private let reciprocalRootPacked: Handler = { c, o in eachLane(c, o, Singles.self) { reciprocalRoot($1) } }
private let reciprocalScalar: Handler = { c, o in
    lanes(c, o, Singles.self) { a, b in
        var result = a
        result[0] = reciprocal(b[0])
        return result
    }
}
private let reciprocalRootScalar: Handler = { c, o in
    lanes(c, o, Singles.self) { a, b in
        var result = a
        result[0] = reciprocalRoot(b[0])
        return result
    }
}

// MARK: - Conversions

private func toInt32<F: HostFloat>(
    _ e: inout FloatEnvironment, _ bits: F.Bits, _ type: F.Type, truncate: Bool
) -> UInt32 {
    guard let value = e.toInteger(F.operand(bits, e), bits: 32, truncate: truncate) else {
        return 0x8000_0000
    }
    return UInt32(truncatingIfNeeded: value)
}
private func fromInt<F: HostFloat>(_ e: inout FloatEnvironment, _ value: Int64, _ type: F.Type) -> F.Bits {
    F.pack(e.convert(SoftFloat(value), F.format))
}
private func narrow(_ e: inout FloatEnvironment, _ bits: UInt64) -> UInt32 {
    e.convert(Double.operand(bits, e), .single).single
}
private func widen(_ e: inout FloatEnvironment, _ bits: UInt32) -> UInt64 {
    e.convert(Float.operand(bits, e), .double).double
}

/// `CVTSS2SI`, `CVTTSD2SI` and the like: to a general register.
@inline(__always)
private func toGeneral<F: HostFloat>(
    _ c: UnsafeMutableRawPointer, _ o: UnsafeMutableRawPointer, _ type: F.Type, bits: Int, truncate: Bool
) -> UnsafeMutableRawPointer? {
    let state = State(c)
    let op = MicroOp(o)
    let source = state[slot: op.source, as: F.Bits.self]
    if state.isHostArithmeticExact, F.isOrdinary(source),
        F.host(source).magnitude < (bits == 32 ? 0x1p30 : 0x1p62)
    {
        let value = F.host(source)
        let integer = Int64(truncate ? value : value.rounded(.toNearestOrEven))
        state[field: Int(op.destination)] =
            bits == 32 ? UInt64(UInt32(truncatingIfNeeded: integer)) : UInt64(bitPattern: integer)
        return proceed(c, o)
    }
    var environment = FloatEnvironment(mxcsr: state.mxcsr)
    let value = environment.toInteger(F.operand(source, environment), bits: bits, truncate: truncate)
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
private func fromGeneral<F: HostFloat>(
    _ c: UnsafeMutableRawPointer, _ o: UnsafeMutableRawPointer, _ type: F.Type, wide: Bool
) -> UnsafeMutableRawPointer? {
    let state = State(c)
    let op = MicroOp(o)
    let bits = state[slot: op.source].x
    let value = wide ? Int64(bitPattern: bits) : Int64(Int32(truncatingIfNeeded: bits))
    var environment = FloatEnvironment(mxcsr: state.mxcsr)
    let result = value.magnitude < 1 << 24 ? F(value).bits : fromInt(&environment, value, type)
    guard state.commit(environment, op) else { return nil }
    state[slot: op.destination, as: F.Bits.self] = result
    return proceed(c, o)
}
private let generalToSlot: Handler = { c, o in
    let state = State(c)
    let op = MicroOp(o)
    state[slot: op.destination] = Vector(state.read(Int(op.source)), 0)
    return proceed(c, o)
}
private let singlesFromInts: Handler = { c, o in
    transform(c, o, Singles.self) { e, _, b in
        var result = Singles()
        for lane in 0..<4 { result[lane] = fromInt(&e, Int64(Int32(bitPattern: b[lane])), Float.self) }
        return result
    }
}
/// The low half of the destination: `CVTPI2PS`.
private let singlesFromInts2: Handler = { c, o in
    transform(c, o, Singles.self) { e, a, b in
        var result = a
        for lane in 0..<2 { result[lane] = fromInt(&e, Int64(Int32(bitPattern: b[lane])), Float.self) }
        return result
    }
}
private let doublesFromInts: Handler = { c, o in
    transform(c, o, Vector.self) { e, _, b in
        Vector(
            fromInt(&e, Int64(Int32(truncatingIfNeeded: b.x)), Double.self),
            fromInt(&e, Int64(Int32(truncatingIfNeeded: b.x >> 32)), Double.self))
    }
}
private let intsFromSingles: Handler = { c, o in
    transform(c, o, Singles.self) { e, _, b in
        var result = Singles()
        for lane in 0..<4 { result[lane] = toInt32(&e, b[lane], Float.self, truncate: false) }
        return result
    }
}
private let intsFromSinglesTruncated: Handler = { c, o in
    transform(c, o, Singles.self) { e, _, b in
        var result = Singles()
        for lane in 0..<4 { result[lane] = toInt32(&e, b[lane], Float.self, truncate: true) }
        return result
    }
}
private let ints2FromSingles: Handler = { c, o in
    transform(c, o, Singles.self) { e, _, b in
        var result = Singles()
        for lane in 0..<2 { result[lane] = toInt32(&e, b[lane], Float.self, truncate: false) }
        return result
    }
}
private let ints2FromSinglesTruncated: Handler = { c, o in
    transform(c, o, Singles.self) { e, _, b in
        var result = Singles()
        for lane in 0..<2 { result[lane] = toInt32(&e, b[lane], Float.self, truncate: true) }
        return result
    }
}
private let intsFromDoubles: Handler = { c, o in
    transform(c, o, Vector.self) { e, _, b in
        let low = toInt32(&e, b.x, Double.self, truncate: false)
        return Vector(UInt64(low) | UInt64(toInt32(&e, b.y, Double.self, truncate: false)) << 32, 0)
    }
}
private let intsFromDoublesTruncated: Handler = { c, o in
    transform(c, o, Vector.self) { e, _, b in
        let low = toInt32(&e, b.x, Double.self, truncate: true)
        return Vector(UInt64(low) | UInt64(toInt32(&e, b.y, Double.self, truncate: true)) << 32, 0)
    }
}
private let doublesFromSingles: Handler = { c, o in
    transform(c, o, Vector.self) { e, _, b in
        let low = widen(&e, UInt32(truncatingIfNeeded: b.x))
        return Vector(low, widen(&e, UInt32(truncatingIfNeeded: b.x >> 32)))
    }
}
private let singlesFromDoubles: Handler = { c, o in
    transform(c, o, Vector.self) { e, _, b in
        let low = narrow(&e, b.x)
        return Vector(UInt64(low) | UInt64(narrow(&e, b.y)) << 32, 0)
    }
}
private let doubleFromSingle: Handler = { c, o in
    transform(c, o, Vector.self) { e, a, b in Vector(widen(&e, UInt32(truncatingIfNeeded: b.x)), a.y) }
}
private let singleFromDouble: Handler = { c, o in
    transform(c, o, Vector.self) { e, a, b in Vector(a.x & ~0xFFFF_FFFF | UInt64(narrow(&e, b.x)), a.y) }
}

// MARK: - Lowering

extension BlockBuilder {
    /// The four forms of an operation: packed and scalar, single and double.
    private mutating func forms(
        _ i: Instruction, _ ps: @escaping Handler, _ pd: @escaping Handler, _ ss: @escaping Handler,
        _ sd: @escaping Handler
    ) -> Bool {
        switch i.mandatoryPrefix {
        case .none: xmm(i, ps)
        case .p66: xmm(i, pd)
        case .pF3: xmm(i, size: 4, ss)
        case .pF2: xmm(i, size: 8, sd)
        }
    }
    /// A conversion from XMM or memory to a general register.
    private mutating func convertToGeneral(
        _ i: Instruction, size: Int, _ narrow: @escaping Handler, _ wide: @escaping Handler
    ) -> Bool {
        if refusesSSE(i) { return true }
        let source = source(i, size: size)
        emit(i.isWide ? wide : narrow, i, destination: BlockBuilder.slot(i.reg), source: source)
        return true
    }
    private mutating func convertFromGeneral(
        _ i: Instruction, _ narrow: @escaping Handler, _ wide: @escaping Handler
    ) -> Bool {
        if refusesSSE(i) { return true }
        if i.isMemory {
            emitLoad(i, size: i.isWide ? 8 : 4, aligned: false, into: SIMDSlot.scratch)
        } else {
            emit(generalToSlot, i, destination: SIMDSlot.scratch, source: BlockBuilder.slot(i.rm))
        }
        emit(i.isWide ? wide : narrow, i, destination: SIMDSlot.xmm(i.reg), source: SIMDSlot.scratch)
        return true
    }
    /// A conversion from an MMX register, or from memory: that has nothing to do with the MMX state.
    private mutating func convertFromMMX(_ i: Instruction, _ handler: @escaping Handler) -> Bool {
        if i.isMemory { return xmm(i, size: 8, handler) }
        if refusesSSE(i) || refusesMMX(i) { return true }
        emitEnterMMX(i)
        emit(handler, i, destination: SIMDSlot.xmm(i.reg), source: SIMDSlot.mmx(i.rm))
        return true
    }
    /// A conversion to an MMX register.
    private mutating func convertToMMX(_ i: Instruction, size: Int, _ handler: @escaping Handler) -> Bool {
        if refusesSSE(i) || refusesMMX(i) { return true }
        let source = source(i, size: size)
        emitEnterMMX(i)
        emit(handler, i, destination: SIMDSlot.scratch + 1, source: source)
        emitMove(i, destination: SIMDSlot.mmx(i.reg), source: SIMDSlot.scratch + 1)
        emitFinishMMX(i, i.reg)
        return true
    }

    mutating func lowerSSEFloat(_ i: Instruction) -> Bool {
        let prefix = i.mandatoryPrefix
        switch i.opcode {
        case 0x2A:
            switch prefix {
            case .none: return convertFromMMX(i, singlesFromInts2)
            case .p66: return convertFromMMX(i, doublesFromInts)
            case .pF3:
                return convertFromGeneral(
                    i, { c, o in fromGeneral(c, o, Float.self, wide: false) },
                    { c, o in fromGeneral(c, o, Float.self, wide: true) })
            case .pF2:
                return convertFromGeneral(
                    i, { c, o in fromGeneral(c, o, Double.self, wide: false) },
                    { c, o in fromGeneral(c, o, Double.self, wide: true) })
            }
        case 0x2C, 0x2D:
            let truncate = i.opcode == 0x2C
            switch prefix {
            case .none:
                return convertToMMX(i, size: 8, truncate ? ints2FromSinglesTruncated : ints2FromSingles)
            case .p66: return convertToMMX(i, size: 16, truncate ? intsFromDoublesTruncated : intsFromDoubles)
            case .pF3:
                return truncate
                    ? convertToGeneral(
                        i, size: 4, { c, o in toGeneral(c, o, Float.self, bits: 32, truncate: true) },
                        { c, o in toGeneral(c, o, Float.self, bits: 64, truncate: true) })
                    : convertToGeneral(
                        i, size: 4, { c, o in toGeneral(c, o, Float.self, bits: 32, truncate: false) },
                        { c, o in toGeneral(c, o, Float.self, bits: 64, truncate: false) })
            case .pF2:
                return truncate
                    ? convertToGeneral(
                        i, size: 8, { c, o in toGeneral(c, o, Double.self, bits: 32, truncate: true) },
                        { c, o in toGeneral(c, o, Double.self, bits: 64, truncate: true) })
                    : convertToGeneral(
                        i, size: 8, { c, o in toGeneral(c, o, Double.self, bits: 32, truncate: false) },
                        { c, o in toGeneral(c, o, Double.self, bits: 64, truncate: false) })
            }
        case 0x2E:  // UCOMISS, UCOMISD
            switch prefix {
            case .none: return xmm(i, size: 4) { c, o in flagComparison(c, o, Float.self, quiet: true) }
            case .p66: return xmm(i, size: 8) { c, o in flagComparison(c, o, Double.self, quiet: true) }
            default: return undefined(i)
            }
        case 0x2F:  // COMISS, COMISD
            switch prefix {
            case .none: return xmm(i, size: 4) { c, o in flagComparison(c, o, Float.self, quiet: false) }
            case .p66: return xmm(i, size: 8) { c, o in flagComparison(c, o, Double.self, quiet: false) }
            default: return undefined(i)
            }
        case 0x51:  // SQRT
            return forms(
                i, { c, o in arithmetic(c, o, Float.self, SquareRoot.self, lanes: 4) },
                { c, o in arithmetic(c, o, Double.self, SquareRoot.self, lanes: 2) },
                { c, o in arithmetic(c, o, Float.self, SquareRoot.self, lanes: 1) },
                { c, o in arithmetic(c, o, Double.self, SquareRoot.self, lanes: 1) })
        case 0x52:  // RSQRTPS, RSQRTSS
            switch prefix {
            case .none: return xmm(i, reciprocalRootPacked)
            case .pF3: return xmm(i, size: 4, reciprocalRootScalar)
            default: return undefined(i)
            }
        case 0x53:  // RCPPS, RCPSS
            switch prefix {
            case .none: return xmm(i, reciprocalPacked)
            case .pF3: return xmm(i, size: 4, reciprocalScalar)
            default: return undefined(i)
            }
        case 0x58:  // ADD
            return forms(
                i, { c, o in arithmetic(c, o, Float.self, Add.self, lanes: 4) },
                { c, o in arithmetic(c, o, Double.self, Add.self, lanes: 2) },
                { c, o in arithmetic(c, o, Float.self, Add.self, lanes: 1) },
                { c, o in arithmetic(c, o, Double.self, Add.self, lanes: 1) })
        case 0x59:  // MUL
            return forms(
                i, { c, o in arithmetic(c, o, Float.self, Multiply.self, lanes: 4) },
                { c, o in arithmetic(c, o, Double.self, Multiply.self, lanes: 2) },
                { c, o in arithmetic(c, o, Float.self, Multiply.self, lanes: 1) },
                { c, o in arithmetic(c, o, Double.self, Multiply.self, lanes: 1) })
        case 0x5A:  // CVTPS2PD, CVTPD2PS, CVTSS2SD, CVTSD2SS
            switch prefix {
            case .none: return xmm(i, size: 8, doublesFromSingles)
            case .p66: return xmm(i, singlesFromDoubles)
            case .pF3: return xmm(i, size: 4, doubleFromSingle)
            case .pF2: return xmm(i, size: 8, singleFromDouble)
            }
        case 0x5B:  // CVTDQ2PS, CVTPS2DQ, CVTTPS2DQ
            switch prefix {
            case .none: return xmm(i, singlesFromInts)
            case .p66: return xmm(i, intsFromSingles)
            case .pF3: return xmm(i, intsFromSinglesTruncated)
            case .pF2: return undefined(i)
            }
        case 0x5C:  // SUB
            return forms(
                i, { c, o in arithmetic(c, o, Float.self, Subtract.self, lanes: 4) },
                { c, o in arithmetic(c, o, Double.self, Subtract.self, lanes: 2) },
                { c, o in arithmetic(c, o, Float.self, Subtract.self, lanes: 1) },
                { c, o in arithmetic(c, o, Double.self, Subtract.self, lanes: 1) })
        case 0x5D:  // MIN
            return forms(
                i, { c, o in arithmetic(c, o, Float.self, Minimum.self, lanes: 4) },
                { c, o in arithmetic(c, o, Double.self, Minimum.self, lanes: 2) },
                { c, o in arithmetic(c, o, Float.self, Minimum.self, lanes: 1) },
                { c, o in arithmetic(c, o, Double.self, Minimum.self, lanes: 1) })
        case 0x5E:  // DIV
            return forms(
                i, { c, o in arithmetic(c, o, Float.self, Divide.self, lanes: 4) },
                { c, o in arithmetic(c, o, Double.self, Divide.self, lanes: 2) },
                { c, o in arithmetic(c, o, Float.self, Divide.self, lanes: 1) },
                { c, o in arithmetic(c, o, Double.self, Divide.self, lanes: 1) })
        case 0x5F:  // MAX
            return forms(
                i, { c, o in arithmetic(c, o, Float.self, Maximum.self, lanes: 4) },
                { c, o in arithmetic(c, o, Double.self, Maximum.self, lanes: 2) },
                { c, o in arithmetic(c, o, Float.self, Maximum.self, lanes: 1) },
                { c, o in arithmetic(c, o, Double.self, Maximum.self, lanes: 1) })
        case 0x7C:  // HADDPD, HADDPS
            switch prefix {
            case .p66: return xmm(i, horizontalAddDouble)
            case .pF2: return xmm(i, horizontalAddSingle)
            default: return undefined(i)
            }
        case 0x7D:  // HSUBPD, HSUBPS
            switch prefix {
            case .p66: return xmm(i, horizontalSubtractDouble)
            case .pF2: return xmm(i, horizontalSubtractSingle)
            default: return undefined(i)
            }
        case 0xAE: return lowerGroup15(i)
        case 0xC2:  // CMP
            return forms(
                i, { c, o in comparison(c, o, Float.self, lanes: 4) },
                { c, o in comparison(c, o, Double.self, lanes: 2) },
                { c, o in comparison(c, o, Float.self, lanes: 1) },
                { c, o in comparison(c, o, Double.self, lanes: 1) })
        case 0xD0:  // ADDSUBPD, ADDSUBPS
            switch prefix {
            case .p66: return xmm(i, addSubtractDouble)
            case .pF2: return xmm(i, addSubtractSingle)
            default: return undefined(i)
            }
        case 0xE6:  // CVTTPD2DQ, CVTDQ2PD, CVTPD2DQ
            switch prefix {
            case .none: return undefined(i)
            case .p66: return xmm(i, intsFromDoublesTruncated)
            case .pF3: return xmm(i, size: 8, doublesFromInts)
            case .pF2: return xmm(i, intsFromDoubles)
            }
        default: return false
        }
    }

    mutating func lowerSSEFloat3A(_ i: Instruction) -> Bool {
        guard (0x08...0x0B).contains(i.opcode) || i.opcode == 0x40 || i.opcode == 0x41 else { return false }
        guard i.mandatoryPrefix == .p66 else { return undefined(i) }
        switch i.opcode {
        case 0x08: return xmm(i) { c, o in roundLanes(c, o, Float.self, Singles.self, lanes: 4) }
        case 0x09: return xmm(i) { c, o in roundLanes(c, o, Double.self, Vector.self, lanes: 2) }
        case 0x0A: return xmm(i, size: 4) { c, o in roundLanes(c, o, Float.self, Singles.self, lanes: 1) }
        case 0x0B: return xmm(i, size: 8) { c, o in roundLanes(c, o, Double.self, Vector.self, lanes: 1) }
        case 0x40: return xmm(i) { c, o in dotProduct(c, o, Float.self, Singles.self) }
        default: return xmm(i) { c, o in dotProduct(c, o, Double.self, Vector.self) }
        }
    }
}

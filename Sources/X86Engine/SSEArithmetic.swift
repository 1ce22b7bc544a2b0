// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

// SSE floating point: arithmetic and comparisons.
//
// The host's arithmetic answers where it cannot differ from the soft float; the soft float does the rest.

/// An operation on two numbers of a format; of one, the second.
protocol FloatOperation {
    static var isUnary: Bool { get }
    static func fast<F: HostFloat>(_ a: F, _ b: F) -> F
    /// Whether `fast` of ordinary numbers is known to be exact; false when it is not, or that would take long to find out.
    static func isExact<F: HostFloat>(_ a: F, _ b: F, _ r: F) -> Bool
    static func soft(
        _ e: inout FloatEnvironment, _ a: SoftFloat, _ b: SoftFloat, _ f: FloatFormat
    ) -> Encoded
}
enum Add: FloatOperation {
    static var isUnary: Bool { false }
    @inline(__always) static func fast<F: HostFloat>(_ a: F, _ b: F) -> F { a + b }
    @inline(__always) static func isExact<F: HostFloat>(_ a: F, _ b: F, _ r: F) -> Bool {
        // The error of a sum is a number of the same format: it is computed without error.
        let part = r - a
        return (a - (r - part)) + (b - part) == 0
    }
    static func soft(_ e: inout FloatEnvironment, _ a: SoftFloat, _ b: SoftFloat, _ f: FloatFormat) -> Encoded
    {
        e.add(a, b, f)
    }
}
enum Subtract: FloatOperation {
    static var isUnary: Bool { false }
    @inline(__always) static func fast<F: HostFloat>(_ a: F, _ b: F) -> F { a - b }
    @inline(__always) static func isExact<F: HostFloat>(_ a: F, _ b: F, _ r: F) -> Bool {
        // The error of a sum is a number of the same format: it is computed without error.
        let part = r - a
        return (a - (r - part)) + (-b - part) == 0
    }
    static func soft(_ e: inout FloatEnvironment, _ a: SoftFloat, _ b: SoftFloat, _ f: FloatFormat) -> Encoded
    {
        e.add(a, b, subtract: true, f)
    }
}
enum Multiply: FloatOperation {
    static var isUnary: Bool { false }
    @inline(__always) static func fast<F: HostFloat>(_ a: F, _ b: F) -> F { a * b }
    @inline(__always) static func isExact<F: HostFloat>(_ a: F, _ b: F, _ r: F) -> Bool {
        a == 0 || b == 0 || r != 0 && F.width(a.bits) &+ F.width(b.bits) <= F.precision
    }
    static func soft(_ e: inout FloatEnvironment, _ a: SoftFloat, _ b: SoftFloat, _ f: FloatFormat) -> Encoded
    {
        e.multiply(a, b, f)
    }
}
enum Divide: FloatOperation {
    static var isUnary: Bool { false }
    @inline(__always) static func fast<F: HostFloat>(_ a: F, _ b: F) -> F { a / b }
    @inline(__always) static func isExact<F: HostFloat>(_ a: F, _ b: F, _ r: F) -> Bool {
        a == 0 || r != 0 && F.width(r.bits) &+ F.width(b.bits) <= F.precision && r * b == a
    }
    static func soft(_ e: inout FloatEnvironment, _ a: SoftFloat, _ b: SoftFloat, _ f: FloatFormat) -> Encoded
    {
        e.divide(a, b, f)
    }
}
enum SquareRoot: FloatOperation {
    static var isUnary: Bool { true }
    @inline(__always) static func fast<F: HostFloat>(_ a: F, _ b: F) -> F { b.squareRoot() }
    @inline(__always) static func isExact<F: HostFloat>(_ a: F, _ b: F, _ r: F) -> Bool {
        b == 0 || F.width(r.bits) &* 2 <= F.precision && r * r == b
    }
    static func soft(_ e: inout FloatEnvironment, _ a: SoftFloat, _ b: SoftFloat, _ f: FloatFormat) -> Encoded
    {
        e.squareRoot(b, f)
    }
}
enum Minimum: FloatOperation {
    static var isUnary: Bool { false }
    @inline(__always) static func fast<F: HostFloat>(_ a: F, _ b: F) -> F { a < b ? a : b }
    @inline(__always) static func isExact<F: HostFloat>(_ a: F, _ b: F, _ r: F) -> Bool { true }
    static func soft(_ e: inout FloatEnvironment, _ a: SoftFloat, _ b: SoftFloat, _ f: FloatFormat) -> Encoded
    {
        e.encoding(e.compare(a, b, quiet: false) == .less ? a : b, f)
    }
}
enum Maximum: FloatOperation {
    static var isUnary: Bool { false }
    @inline(__always) static func fast<F: HostFloat>(_ a: F, _ b: F) -> F { a > b ? a : b }
    @inline(__always) static func isExact<F: HostFloat>(_ a: F, _ b: F, _ r: F) -> Bool { true }
    static func soft(_ e: inout FloatEnvironment, _ a: SoftFloat, _ b: SoftFloat, _ f: FloatFormat) -> Encoded
    {
        e.encoding(e.compare(a, b, quiet: false) == .greater ? a : b, f)
    }
}

/// `destination = operation(destination, source)` on the low lanes.
@inline(__always)
func arithmetic<F: HostFloat, Operation: FloatOperation>(
    _ c: UnsafeMutableRawPointer, _ o: UnsafeMutableRawPointer, _ type: F.Type, _ operation: Operation.Type,
    lanes: Int
) -> UnsafeMutableRawPointer? {
    let state = State(c)
    let op = MicroOp(o)
    let destination = c + State.Offset.fxsave + Int(op.destination) &* 16
    let source = c + State.Offset.fxsave + Int(op.source) &* 16
    if _fastPath(state.roundsAsHost) {
        let isInexact = state.isInexact
        var results: [4 of F.Bits] = [4 of F.Bits](repeating: 0)
        var isGood = true
        for lane in 0..<lanes {
            let a = destination.load(fromByteOffset: lane &* MemoryLayout<F>.size, as: F.Bits.self)
            let b = source.load(fromByteOffset: lane &* MemoryLayout<F>.size, as: F.Bits.self)
            let result = Operation.fast(F.host(a), F.host(b))
            let bits = result.bits
            isGood =
                isGood && F.isOrdinary(b) && (Operation.isUnary || F.isOrdinary(a))
                && (F.isInside(bits) || bits &<< 1 == 0)
                && (isInexact && bits &<< 1 != 0 || Operation.isExact(F.host(a), F.host(b), result))
            results[lane] = bits
        }
        if _fastPath(isGood) {
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
func comparison<F: HostFloat>(
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
func flagComparison<F: HostFloat>(
    _ c: UnsafeMutableRawPointer, _ o: UnsafeMutableRawPointer, _ type: F.Type, quiet: Bool
) -> UnsafeMutableRawPointer? {
    let state = State(c)
    let op = MicroOp(o)
    let a = state[slot: op.destination, as: F.Bits.self]
    let b = state[slot: op.source, as: F.Bits.self]
    if _fastPath(F.isOrdinary(a) && F.isOrdinary(b)) {
        let (x, y) = (F.host(a), F.host(b))
        state.setArithmeticFlags(x < y ? 1 : x == y ? 0x40 : 0)
        return proceed(c, o)
    }
    var environment = FloatEnvironment(mxcsr: state.mxcsr)
    let order = orderOf(
        &environment, a, b, type, quiet: quiet)
    guard state.commit(environment, op) else { return nil }
    switch order {
    case .less: state.setArithmeticFlags(1)
    case .equal: state.setArithmeticFlags(0x40)
    case .greater: state.setArithmeticFlags(0)
    case .unordered: state.setArithmeticFlags(0x45)
    }
    return proceed(c, o)
}

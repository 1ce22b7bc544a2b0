// SPDX-License-Identifier: Apache-2.0

import X86

// The formats that the host's own arithmetic knows, and when it answers as the soft float does.

/// A format that the host has too.
protocol HostFloat: BinaryFloatingPoint, BitwiseCopyable {
    associatedtype Bits: FixedWidthInteger & UnsignedInteger & BitwiseCopyable
    static var format: FloatFormat { get }
    static var exponentMask: Bits { get }
    /// The exponent field of the smallest normal numbers.
    static var exponentUnit: Bits { get }
    static func unpack(_ bits: Bits) -> SoftFloat
    static func pack(_ encoded: Encoded) -> Bits
    static func host(_ bits: Bits) -> Self
    var bits: Bits { get }
}
extension Float: HostFloat {
    static var format: FloatFormat { .single }
    static var exponentMask: UInt32 { 0x7F80_0000 }
    static var exponentUnit: UInt32 { 0x0080_0000 }
    static func unpack(_ bits: UInt32) -> SoftFloat { SoftFloat(single: bits) }
    static func pack(_ encoded: Encoded) -> UInt32 { encoded.single }
    @inline(__always) static func host(_ bits: UInt32) -> Float { Float(bitPattern: bits) }
    @inline(__always) var bits: UInt32 { bitPattern }
}
extension Double: HostFloat {
    static var format: FloatFormat { .double }
    static var exponentMask: UInt64 { 0x7FF0_0000_0000_0000 }
    static var exponentUnit: UInt64 { 0x0010_0000_0000_0000 }
    static func unpack(_ bits: UInt64) -> SoftFloat { SoftFloat(double: bits) }
    static func pack(_ encoded: Encoded) -> UInt64 { encoded.double }
    @inline(__always) static func host(_ bits: UInt64) -> Double { Double(bitPattern: bits) }
    @inline(__always) var bits: UInt64 { bitPattern }
}
extension HostFloat {
    /// Normal or zero: no operand exception, and MXCSR.DAZ means nothing to it.
    @inline(__always) static func isOrdinary(_ bits: Bits) -> Bool {
        let exponent = bits & exponentMask
        return exponent &- exponentUnit < exponentMask &- exponentUnit || bits &<< 1 == 0
    }
    /// A result that is neither tiny nor an overflow, whatever it was rounded from: the smallest normal numbers may have
    /// been rounded up to.
    @inline(__always) static func isInside(_ bits: Bits) -> Bool {
        let unit = exponentUnit
        return (bits & exponentMask) &- 2 &* unit < exponentMask &- 2 &* unit
    }
    /// Bits of a normal number's significand up to its last one.
    @inline(__always) static func width(_ bits: Bits) -> Int {
        let fraction = bits & (exponentUnit &- 1) | exponentUnit
        return exponentUnit.trailingZeroBitCount &+ 1 &- fraction.trailingZeroBitCount
    }
    @inline(__always) static var precision: Int { exponentUnit.trailingZeroBitCount &+ 1 }
    /// Unpacks an operand; denormals are zeros when MXCSR.DAZ says so.
    static func operand(_ bits: Bits, _ environment: FloatEnvironment) -> SoftFloat {
        let value = unpack(bits)
        return value.isDenormal && environment.denormalsAreZero ? .zero(value.sign) : value
    }
}

extension FloatEnvironment {
    init(mxcsr: UInt32) {
        rounding = UInt8(truncatingIfNeeded: mxcsr >> 13 & 3)
        masks = UInt8(truncatingIfNeeded: mxcsr >> 7 & 0x3F)
        flushToZero = mxcsr & 0x8000 != 0
        denormalsAreZero = mxcsr & 0x40 != 0
    }
    /// The encoding a number came from.
    func encoding(_ a: SoftFloat, _ f: FloatFormat) -> Encoded {
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
    @inline(__always) var mxcsr: UInt32 { read(Offset.mxcsr) }

    /// Rounds to nearest with everything masked: then host arithmetic on ordinary numbers with a result inside the range has
    /// the right result, and no exception but the precision exception can be.
    @inline(__always) var roundsAsHost: Bool { mxcsr & 0x7F80 == 0x1F80 }
    /// The precision exception has been reported, so that another one changes nothing.
    @inline(__always) var isInexact: Bool { mxcsr & 0x20 != 0 }

    /// Adds an operation's exceptions to MXCSR. False: one is unmasked and was raised; the result must not be written.
    @inline(__always)
    func commit(_ environment: FloatEnvironment, _ op: MicroOp) -> Bool {
        environment.flags == 0 || report(environment, op)
    }
    @inline(never)
    private func report(_ environment: FloatEnvironment, _ op: MicroOp) -> Bool {
        var flags = environment.flags
        let trapping = flags & ~environment.masks
        // Unmasked exceptions of the operands stop the operation before any of the result are found.
        if trapping & 7 != 0 { flags &= 7 }
        write(Offset.mxcsr, mxcsr | UInt32(flags))
        if trapping == 0 { return true }
        raise(self[field: Offset.cr4] & 0x400 != 0 ? 19 : 6, op)
        return false
    }
}

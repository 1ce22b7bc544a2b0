// SPDX-License-Identifier: Apache-2.0

/// A binary floating-point format of x86.
struct FloatFormat {
    /// Bits of the significand with the integer bit.
    let precision: Int
    /// Exponents of the smallest and the largest normal number.
    let minimumExponent: Int
    let maximumExponent: Int

    static let single = FloatFormat(precision: 24, minimumExponent: -126, maximumExponent: 127)
    static let double = FloatFormat(precision: 53, minimumExponent: -1022, maximumExponent: 1023)
    static let extended = FloatFormat(precision: 64, minimumExponent: -16382, maximumExponent: 16383)

    /// The biased exponent of infinities and NaNs.
    var specialExponent: Int { maximumExponent * 2 + 1 }
}

/// The exception bits of MXCSR and of the x87 status word.
enum FloatFlag {
    static let invalid: UInt8 = 1
    static let denormal: UInt8 = 2
    static let divideByZero: UInt8 = 4
    static let overflow: UInt8 = 8
    static let underflow: UInt8 = 0x10
    static let precision: UInt8 = 0x20
}

/// A number taken apart.
struct SoftFloat {
    enum Kind { case zero, finite, infinity, quietNaN, signalingNaN, unsupported }

    var kind: Kind
    var sign: Bool
    /// A finite number is `significand / 2^127 * 2^exponent`, the significand's top bit set. A NaN has its payload there.
    var exponent: Int
    var significand: UInt128
    /// The encoding was a denormal.
    var isDenormal = false

    var isNaN: Bool { kind == .quietNaN || kind == .signalingNaN }
    var isZero: Bool { kind == .zero }

    static func zero(_ sign: Bool) -> SoftFloat {
        SoftFloat(kind: .zero, sign: sign, exponent: 0, significand: 0)
    }

    /// A finite number that need not be normalized.
    init(sign: Bool, exponent: Int, unnormalized value: UInt128) {
        let shift = value.leadingZeroBitCount
        self.init(
            kind: value == 0 ? .zero : .finite, sign: sign, exponent: exponent - shift,
            significand: value == 0 ? 0 : value << UInt128(shift))
    }
    init(kind: Kind, sign: Bool, exponent: Int, significand: UInt128) {
        self.kind = kind
        self.sign = sign
        self.exponent = exponent
        self.significand = significand
    }

    /// From sign, biased exponent and the significand, its integer bit at bit 63.
    init(sign: Bool, biased: Int, significand bits: UInt64, _ format: FloatFormat) {
        let fraction = bits & ~(1 << 63)
        if biased == format.specialExponent {
            let kind: Kind = fraction == 0 ? .infinity : fraction >> 62 != 0 ? .quietNaN : .signalingNaN
            self.init(kind: kind, sign: sign, exponent: 0, significand: UInt128(bits | 1 << 63) << 64)
        } else if biased == 0 {
            self.init(sign: sign, exponent: format.minimumExponent, unnormalized: UInt128(bits) << 64)
            isDenormal = kind == .finite
        } else {
            self.init(
                kind: .finite, sign: sign, exponent: biased - format.maximumExponent,
                significand: UInt128(bits) << 64)
        }
    }
    init(single bits: UInt32) {
        let biased = Int(bits >> 23 & 0xFF)
        self.init(
            sign: bits >> 31 != 0, biased: biased,
            significand: UInt64(bits & 0x7F_FFFF) << 40 | (biased == 0 ? 0 : 1 << 63), .single)
    }
    init(double bits: UInt64) {
        let biased = Int(bits >> 52 & 0x7FF)
        self.init(
            sign: bits >> 63 != 0, biased: biased,
            significand: (bits & 0xF_FFFF_FFFF_FFFF) << 11 | (biased == 0 ? 0 : 1 << 63), .double)
    }
    init(extended bits: Extended) {
        let biased = bits.biased
        self.init(sign: bits.sign, biased: biased, significand: bits.significand, .extended)
        // A normal exponent asks for the integer bit.
        if biased != 0, bits.significand >> 63 == 0 { kind = .unsupported }
    }
    init(_ value: Int64) {
        self.init(sign: value < 0, exponent: 127, unnormalized: UInt128(value.magnitude))
    }
}

/// An 80-bit number as it stands in a register.
struct Extended: Equatable {
    var significand: UInt64
    /// Sign and biased exponent.
    var head: UInt16

    var sign: Bool { head >> 15 != 0 }
    var biased: Int { Int(head & 0x7FFF) }

    init(significand: UInt64, head: UInt16) {
        self.significand = significand
        self.head = head
    }
    init(_ e: Encoded) {
        self.init(
            significand: e.significand,
            head: UInt16(e.sign ? 0x8000 : 0) | UInt16(truncatingIfNeeded: e.biased))
    }
    /// The NaN that answers an invalid operation.
    static let indefinite = Extended(significand: 3 << 62, head: 0xFFFF)
    static func zero(_ sign: Bool) -> Extended { Extended(significand: 0, head: sign ? 0x8000 : 0) }
}

/// A rounded number: sign, biased exponent, and the significand with its integer bit at bit 63.
struct Encoded {
    var sign: Bool
    var biased: Int
    var significand: UInt64

    var single: UInt32 {
        (sign ? 1 << 31 : 0) | UInt32(truncatingIfNeeded: biased) << 23
            | UInt32(truncatingIfNeeded: significand >> 40) & 0x7F_FFFF
    }
    var double: UInt64 {
        (sign ? 1 << 63 : 0) | UInt64(truncatingIfNeeded: biased) << 52 | significand >> 11
            & 0xF_FFFF_FFFF_FFFF
    }
}

/// Shifts right and keeps in the lowest bit whether anything was lost.
@inline(__always)
func shiftRightSticky(_ value: UInt128, _ count: Int) -> UInt128 {
    if count <= 0 { return value }
    if count > 127 { return value == 0 ? 0 : 1 }
    let shifted = value >> UInt128(count)
    return (shifted << UInt128(count)) == value ? shifted : shifted | 1
}

/// Rounding control, masks and collected exceptions of one operation: integer arithmetic only, so that every host gives
/// the same results.
struct FloatEnvironment {
    /// 0 to nearest even, 1 down, 2 up, 3 to zero.
    var rounding: UInt8 = 0
    /// The masked exceptions.
    var masks: UInt8 = 0x3F
    var flags: UInt8 = 0
    var flushToZero = false
    var denormalsAreZero = false
    /// Two NaNs: the one with the larger significand wins, as in x87; else the first.
    var isX87 = false
    /// x87 precision control: bits of the significand.
    var precision = 64
    /// The last rounding went away from zero: C1.
    var roundedUp = false

    func isMasked(_ flag: UInt8) -> Bool { masks & flag != 0 }
    /// An exception was found that is not masked.
    var isTrapping: Bool { flags & ~masks & 0x3F != 0 }

    // MARK: Results

    static func defaultNaN(_ f: FloatFormat) -> Encoded {
        Encoded(sign: true, biased: f.specialExponent, significand: 3 << 62)
    }
    mutating func invalid(_ f: FloatFormat) -> Encoded {
        flags |= FloatFlag.invalid
        return FloatEnvironment.defaultNaN(f)
    }
    func infinity(_ sign: Bool, _ f: FloatFormat) -> Encoded {
        Encoded(sign: sign, biased: f.specialExponent, significand: 1 << 63)
    }
    func zero(_ sign: Bool) -> Encoded { Encoded(sign: sign, biased: 0, significand: 0) }

    /// What an operation gives for NaN and unsupported operands; nil when there is none.
    mutating func nan(_ a: SoftFloat, _ b: SoftFloat, _ f: FloatFormat) -> Encoded? {
        if a.kind == .unsupported || b.kind == .unsupported { return invalid(f) }
        guard a.isNaN || b.isNaN else { return nil }
        if a.kind == .signalingNaN || b.kind == .signalingNaN { flags |= FloatFlag.invalid }
        var pick = a.isNaN ? a : b
        if isX87, a.isNaN, b.isNaN {
            if a.kind != b.kind {
                pick = a.kind == .quietNaN ? a : b
            } else if a.significand != b.significand {
                pick = a.significand > b.significand ? a : b
            } else {
                pick = a.sign ? b : a
            }
        }
        return quieted(pick, f)
    }
    func quieted(_ a: SoftFloat, _ f: FloatFormat) -> Encoded {
        let kept = UInt64(truncatingIfNeeded: a.significand >> 64) & (~0 << UInt64(64 - f.precision))
        return Encoded(sign: a.sign, biased: f.specialExponent, significand: kept | 3 << 62)
    }
    mutating func noteDenormals(_ a: SoftFloat, _ b: SoftFloat) {
        if a.isDenormal || b.isDenormal { flags |= FloatFlag.denormal }
    }

    // MARK: Rounding

    private func roundsUp(_ sign: Bool, _ value: UInt128, drop: Int) -> (up: Bool, inexact: Bool) {
        let low = value & ((1 << UInt128(drop)) - 1)
        if low == 0 { return (false, false) }
        switch rounding {
        case 0:
            let half: UInt128 = 1 << UInt128(drop - 1)
            return (low > half || low == half && value >> UInt128(drop) & 1 != 0, true)
        case 1: return (sign, true)
        case 2: return (!sign, true)
        default: return (false, true)
        }
    }

    /// Rounds a finite non-zero number to `f`.
    mutating func round(_ sign: Bool, _ exponent: Int, _ significand: UInt128, _ f: FloatFormat) -> Encoded {
        var exponent = exponent
        var value = significand
        let drop = 128 - (f.precision == 64 ? min(precision, 64) : f.precision)
        let unit: UInt128 = 1 << UInt128(drop)
        // With unbounded exponents: this decides about tininess.
        let first = roundsUp(sign, value, drop: drop)
        let carries = first.up && value >> UInt128(drop) == ~0 >> UInt128(drop)
        let tiny = exponent + (carries ? 1 : 0) < f.minimumExponent
        // With the exception unmasked the result keeps its precision, its exponent moved into range; x87 stores it so.
        let isWrapped = tiny && !isMasked(FloatFlag.underflow)
        if tiny {
            if isWrapped {
                flags |= FloatFlag.underflow
                exponent += 24576
                // FSCALE can go further than that, to zero.
                if exponent < f.minimumExponent {
                    flags |= FloatFlag.precision
                    roundedUp = false
                    return zero(sign)
                }
            } else if flushToZero {
                flags |= FloatFlag.underflow | FloatFlag.precision
                return zero(sign)
            }
        }
        var isDenormal = false
        if exponent < f.minimumExponent {
            value = shiftRightSticky(value, f.minimumExponent - exponent)
            exponent = f.minimumExponent
            isDenormal = true
        }
        let (up, inexact) = roundsUp(sign, value, drop: drop)
        roundedUp = up
        value = (value >> UInt128(drop)) << UInt128(drop)
        if up {
            let (sum, overflow) = value.addingReportingOverflow(unit)
            value = sum
            if overflow {
                value = 1 << 127
                exponent += 1
            }
        }
        if inexact {
            flags |= FloatFlag.precision
            if tiny { flags |= FloatFlag.underflow }
        }
        if exponent > f.maximumExponent, !isWrapped {
            flags |= FloatFlag.overflow
            if !isMasked(FloatFlag.overflow) { exponent -= 24576 }
            // FSCALE can go further than that, to infinity.
            let isMassive = !isMasked(FloatFlag.overflow) && exponent > f.maximumExponent
            if isMasked(FloatFlag.overflow) || isMassive {
                flags |= FloatFlag.precision
                let toInfinity = rounding == 0 || rounding == (sign ? 1 : 2) || isMassive
                roundedUp = toInfinity
                if toInfinity { return infinity(sign, f) }
                let all: UInt64 = ~0 << UInt64(drop - 64)
                return Encoded(sign: sign, biased: f.specialExponent - 1, significand: all)
            }
        }
        let bits = UInt64(truncatingIfNeeded: value >> 64)
        if isDenormal, bits >> 63 == 0 { return Encoded(sign: sign, biased: 0, significand: bits) }
        return Encoded(sign: sign, biased: exponent + f.maximumExponent, significand: bits)
    }

    // MARK: Operations

    mutating func add(_ a: SoftFloat, _ b: SoftFloat, subtract: Bool = false, _ f: FloatFormat) -> Encoded {
        if let result = nan(a, b, f) { return result }
        let bSign = b.sign != subtract
        if a.kind == .infinity {
            if b.kind == .infinity, a.sign != bSign { return invalid(f) }
            noteDenormals(a, b)
            return infinity(a.sign, f)
        }
        noteDenormals(a, b)
        if b.kind == .infinity { return infinity(bSign, f) }
        if a.isZero && b.isZero { return zero(a.sign == bSign ? a.sign : rounding == 1) }
        if a.isZero { return round(bSign, b.exponent, b.significand, f) }
        if b.isZero { return round(a.sign, a.exponent, a.significand, f) }
        // One bit of room for the carry.
        var big = (a.sign, a.exponent, a.significand >> 1)
        var small = (bSign, b.exponent, b.significand >> 1)
        if small.1 > big.1 || small.1 == big.1 && small.2 > big.2 { swap(&big, &small) }
        let aligned = shiftRightSticky(small.2, big.1 - small.1)
        let sum = big.0 == small.0 ? big.2 + aligned : big.2 - aligned
        if sum == 0 { return zero(rounding == 1) }
        let shift = sum.leadingZeroBitCount
        return round(big.0, big.1 + 1 - shift, sum << UInt128(shift), f)
    }

    mutating func multiply(_ a: SoftFloat, _ b: SoftFloat, _ f: FloatFormat) -> Encoded {
        if let result = nan(a, b, f) { return result }
        let sign = a.sign != b.sign
        if a.kind == .infinity || b.kind == .infinity {
            if a.isZero || b.isZero { return invalid(f) }
            noteDenormals(a, b)
            return infinity(sign, f)
        }
        noteDenormals(a, b)
        if a.isZero || b.isZero { return zero(sign) }
        let product = (a.significand >> 64) * (b.significand >> 64)
        let shift = product.leadingZeroBitCount
        return round(sign, a.exponent + b.exponent + 1 - shift, product << UInt128(shift), f)
    }

    mutating func divide(_ a: SoftFloat, _ b: SoftFloat, _ f: FloatFormat) -> Encoded {
        if let result = nan(a, b, f) { return result }
        let sign = a.sign != b.sign
        if a.kind == .infinity {
            if b.kind == .infinity { return invalid(f) }
            noteDenormals(a, b)
            return infinity(sign, f)
        }
        if b.isZero {
            if a.isZero { return invalid(f) }
            flags |= FloatFlag.divideByZero
            return infinity(sign, f)
        }
        noteDenormals(a, b)
        if b.kind == .infinity || a.isZero { return zero(sign) }
        let x = UInt64(truncatingIfNeeded: a.significand >> 64)
        let y = UInt64(truncatingIfNeeded: b.significand >> 64)
        let isLess = x < y
        let (quotient, rest) = isLess ? y.dividingFullWidth((x, 0)) : y.dividingFullWidth((x >> 1, x << 63))
        let (more, last) = y.dividingFullWidth((rest, 0))
        let value = UInt128(quotient) << 64 | UInt128(more) | (last == 0 ? 0 : 1)
        return round(sign, a.exponent - b.exponent - (isLess ? 1 : 0), value, f)
    }

    mutating func squareRoot(_ a: SoftFloat, _ f: FloatFormat) -> Encoded {
        if let result = nan(a, a, f) { return result }
        if a.isZero { return zero(a.sign) }
        if a.sign { return invalid(f) }
        noteDenormals(a, a)
        if a.kind == .infinity { return infinity(false, f) }
        let isOdd = a.exponent & 1 != 0
        let radicand = (a.significand >> 64) << (isOdd ? 64 : 63)
        let (root, rest) = FloatEnvironment.integerSquareRoot(radicand)
        // Never exactly half: the rest tells on which side of the half the true root is.
        let low: UInt128 = rest == 0 ? 0 : rest > UInt128(root) ? 3 << 62 : 1 << 62
        return round(false, (a.exponent - (isOdd ? 1 : 0)) / 2, UInt128(root) << 64 | low, f)
    }
    static func integerSquareRoot(_ n: UInt128) -> (root: UInt64, rest: UInt128) {
        var root: UInt128 = 0
        var rest = n
        var bit: UInt128 = 1 << 126
        while bit != 0 {
            // root + bit cannot overflow: the root is kept shifted and below n.
            if rest >= root + bit {
                rest -= root + bit
                root = (root >> 1) + bit
            } else {
                root >>= 1
            }
            bit >>= 2
        }
        return (UInt64(truncatingIfNeeded: root), rest)
    }

    /// Converts between formats.
    mutating func convert(_ a: SoftFloat, _ f: FloatFormat) -> Encoded {
        if a.kind == .unsupported { return invalid(f) }
        if a.isNaN {
            if a.kind == .signalingNaN { flags |= FloatFlag.invalid }
            return quieted(a, f)
        }
        if a.kind == .infinity { return infinity(a.sign, f) }
        if a.isZero { return zero(a.sign) }
        noteDenormals(a, a)
        return round(a.sign, a.exponent, a.significand, f)
    }

    /// The integer next to a finite number, in sign and magnitude; `inexact` is not yet in the flags.
    func integer(_ a: SoftFloat, rounding mode: UInt8) -> (magnitude: UInt128, inexact: Bool, up: Bool) {
        if a.isZero { return (0, false, false) }
        // Too large for any integer operand.
        if a.exponent > 100 { return (1 << 120, false, false) }
        let value = shiftRightSticky(a.significand >> 1, 100 - a.exponent)
        // Now in units of 2^-26.
        let whole = value >> 26
        let low = value & ((1 << 26) - 1)
        if low == 0 { return (whole, false, false) }
        let half: UInt128 = 1 << 25
        let up: Bool
        switch mode {
        case 0: up = low > half || low == half && whole & 1 != 0
        case 1: up = a.sign
        case 2: up = !a.sign
        default: up = false
        }
        return (whole + (up ? 1 : 0), true, up)
    }

    /// To a signed integer of `bits` bits; nil for the integer indefinite.
    mutating func toInteger(_ a: SoftFloat, bits: Int, truncate: Bool = false) -> Int64? {
        roundedUp = false
        guard a.isZero || a.kind == .finite else {
            flags |= FloatFlag.invalid
            return nil
        }
        let (magnitude, inexact, up) = integer(a, rounding: truncate ? 3 : rounding)
        let limit: UInt128 = 1 << UInt128(bits - 1)
        if a.sign ? magnitude > limit : magnitude >= limit {
            flags |= FloatFlag.invalid
            return nil
        }
        if inexact { flags |= FloatFlag.precision }
        roundedUp = up
        let value = Int64(truncatingIfNeeded: magnitude)
        return a.sign ? 0 &- value : value
    }

    /// Rounds to an integer in the same format: `ROUNDPS`, `FRNDINT`.
    mutating func roundToInteger(_ a: SoftFloat, rounding mode: UInt8, quiet: Bool = false, _ f: FloatFormat)
        -> Encoded
    {
        if let result = nan(a, a, f) { return result }
        if a.kind == .infinity { return infinity(a.sign, f) }
        if a.isZero { return zero(a.sign) }
        roundedUp = false
        if a.exponent >= f.precision - 1 {
            return Encoded(
                sign: a.sign, biased: a.exponent + f.maximumExponent,
                significand: UInt64(truncatingIfNeeded: a.significand >> 64))
        }
        let (magnitude, inexact, up) = integer(a, rounding: mode)
        if inexact, !quiet { flags |= FloatFlag.precision }
        roundedUp = up
        if magnitude == 0 { return zero(a.sign) }
        let shift = magnitude.leadingZeroBitCount
        return Encoded(
            sign: a.sign, biased: 127 - shift + f.maximumExponent,
            significand: UInt64(truncatingIfNeeded: (magnitude << UInt128(shift)) >> 64))
    }

    enum Order { case less, equal, greater, unordered }

    /// Compares; `quiet`: only signaling NaNs are invalid.
    mutating func compare(_ a: SoftFloat, _ b: SoftFloat, quiet: Bool) -> Order {
        if a.kind == .unsupported || b.kind == .unsupported {
            flags |= FloatFlag.invalid
            return .unordered
        }
        if a.isNaN || b.isNaN {
            if !quiet || a.kind == .signalingNaN || b.kind == .signalingNaN { flags |= FloatFlag.invalid }
            return .unordered
        }
        noteDenormals(a, b)
        if a.isZero && b.isZero { return .equal }
        if a.isZero { return b.sign ? .greater : .less }
        if b.isZero { return a.sign ? .less : .greater }
        if a.sign != b.sign { return a.sign ? .less : .greater }
        let magnitude: Order
        if a.kind == .infinity || b.kind == .infinity {
            magnitude = a.kind == b.kind ? .equal : a.kind == .infinity ? .greater : .less
        } else if a.exponent != b.exponent {
            magnitude = a.exponent < b.exponent ? .less : .greater
        } else {
            magnitude =
                a.significand == b.significand ? .equal : a.significand < b.significand ? .less : .greater
        }
        switch magnitude {
        case .less: return a.sign ? .greater : .less
        case .greater: return a.sign ? .less : .greater
        default: return .equal
        }
    }
}

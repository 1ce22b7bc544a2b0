// SPDX-License-Identifier: Apache-2.0

// The transcendental instructions of x87.
//
// They are computed with 128-bit significands by power series and rounded once, so that results are within one unit in the
// last place; arguments of the trigonometric ones are reduced by a 66-bit π, as the manual says of the processor.

/// A number with a 128-bit significand: `significand / 2^127 * 2^exponent`. Zero has significand 0.
struct WideFloat {
    var sign: Bool
    var exponent: Int
    var significand: UInt128

    init(sign: Bool, exponent: Int, significand: UInt128) {
        self.sign = sign
        self.exponent = exponent
        self.significand = significand
    }
    init(_ a: SoftFloat) { self.init(sign: a.sign, exponent: a.exponent, significand: a.significand) }
    init(_ value: Int) {
        let magnitude = UInt128(value.magnitude)
        self.init(sign: value < 0, exponent: 127, unnormalized: magnitude)
    }
    init(sign: Bool, exponent: Int, unnormalized value: UInt128) {
        let shift = value.leadingZeroBitCount
        self.init(
            sign: sign, exponent: value == 0 ? 0 : exponent - shift,
            significand: value == 0 ? 0 : value << UInt128(shift))
    }

    var isZero: Bool { significand == 0 }
    var negated: WideFloat { WideFloat(sign: !sign, exponent: exponent, significand: significand) }
    var magnitude: WideFloat { WideFloat(sign: false, exponent: exponent, significand: significand) }
    func scaled(_ by: Int) -> WideFloat {
        WideFloat(sign: sign, exponent: exponent + by, significand: significand)
    }

    static let ln2 = WideFloat(
        sign: false, exponent: -1, significand: 0xB172_17F7_D1CF_79AB << 64 | 0xC9E3_B398_03F2_F6AF)
    static let pi = WideFloat(
        sign: false, exponent: 1, significand: 0xC90F_DAA2_2168_C234 << 64 | 0xC4C6_628B_80DC_1CD1)

    static func + (a: WideFloat, b: WideFloat) -> WideFloat {
        if a.isZero { return b }
        if b.isZero { return a }
        var big = a
        var small = b
        if b.exponent > a.exponent || b.exponent == a.exponent && b.significand > a.significand {
            swap(&big, &small)
        }
        let aligned = shiftRightSticky(small.significand, big.exponent - small.exponent)
        if big.sign == small.sign {
            let (sum, overflow) = big.significand.addingReportingOverflow(aligned)
            return overflow
                ? WideFloat(sign: big.sign, exponent: big.exponent + 1, significand: sum >> 1 | 1 << 127)
                : WideFloat(sign: big.sign, exponent: big.exponent, significand: sum)
        }
        return WideFloat(sign: big.sign, exponent: big.exponent, unnormalized: big.significand - aligned)
    }
    static func - (a: WideFloat, b: WideFloat) -> WideFloat { a + b.negated }
    static func * (a: WideFloat, b: WideFloat) -> WideFloat {
        if a.isZero || b.isZero { return WideFloat(sign: a.sign != b.sign, exponent: 0, significand: 0) }
        let (high, low) = a.significand.multipliedFullWidth(by: b.significand)
        if high >> 127 != 0 {
            return WideFloat(sign: a.sign != b.sign, exponent: a.exponent + b.exponent + 1, significand: high)
        }
        return WideFloat(
            sign: a.sign != b.sign, exponent: a.exponent + b.exponent, significand: high << 1 | low >> 127)
    }
    static func / (a: WideFloat, b: WideFloat) -> WideFloat {
        if a.isZero { return a }
        if a.significand < b.significand {
            let quotient = b.significand.dividingFullWidth((a.significand, 0)).quotient
            return WideFloat(
                sign: a.sign != b.sign, exponent: a.exponent - b.exponent - 1, significand: quotient)
        }
        let quotient = b.significand.dividingFullWidth((a.significand >> 1, a.significand << 127)).quotient
        return WideFloat(sign: a.sign != b.sign, exponent: a.exponent - b.exponent, significand: quotient)
    }

    /// The sum of `first` and the terms that `next` makes of it, until they no longer count.
    private static func series(_ first: WideFloat, _ next: (Int, WideFloat) -> WideFloat) -> WideFloat {
        var sum = first
        var term = first
        for n in 1..<200 {
            term = next(n, term)
            if term.isZero || term.exponent < sum.exponent - 130 {
                // What is left out is not nothing.
                sum = sum + WideFloat(sign: term.sign, exponent: sum.exponent - 128, significand: 1 << 127)
                break
            }
            sum = sum + term
        }
        return sum
    }
    /// e^x − 1
    static func exponentialMinusOne(_ x: WideFloat) -> WideFloat {
        series(x) { n, term in term * x / WideFloat(n + 1) }
    }
    /// sin x for |x| ≤ π/4
    static func sine(_ x: WideFloat) -> WideFloat {
        let square = x * x
        return series(x) { n, term in (term * square / WideFloat(2 * n * (2 * n + 1))).negated }
    }
    /// cos x for |x| ≤ π/4
    static func cosine(_ x: WideFloat) -> WideFloat {
        let square = x * x
        return series(WideFloat(1)) { n, term in (term * square / WideFloat(2 * n * (2 * n - 1))).negated }
    }
    /// Σ ± x^(2n+1) / (2n+1): the inverse tangent with alternating signs, else the hyperbolic one.
    private static func oddPowers(_ x: WideFloat, alternating: Bool) -> WideFloat {
        let square = alternating ? (x * x).negated : x * x
        var power = x
        var sum = x
        for n in 1..<200 {
            power = power * square
            if power.isZero || power.exponent < sum.exponent - 130 { break }
            sum = sum + power / WideFloat(2 * n + 1)
        }
        return sum
    }
    /// arctan x for 0 ≤ x ≤ 1
    static func arctangent(_ x: WideFloat) -> WideFloat {
        if x.exponent < -2 { return oddPowers(x, alternating: true) }
        let half = WideFloat(1).scaled(-1)
        let rest = (x - half) / (WideFloat(1) + x * half)
        return oddPowers(half, alternating: true) + oddPowers(rest, alternating: true)
    }
    /// ln((1 + s) / (1 − s))
    static func logarithm(ofRatio s: WideFloat) -> WideFloat { oddPowers(s, alternating: false).scaled(1) }
    /// log2 of a positive number.
    static func logarithm2(_ x: WideFloat) -> WideFloat {
        var exponent = x.exponent
        var mantissa = WideFloat(sign: false, exponent: 0, significand: x.significand)
        // To [√½, √2).
        if x.significand > 0xB504_F333_F9DE_6484 << 64 {
            mantissa.exponent = -1
            exponent += 1
        }
        let one = WideFloat(1)
        let ratio = (mantissa - one) / (mantissa + one)
        return WideFloat(exponent) + logarithm(ofRatio: ratio) / ln2
    }
    /// log2(1 + x) for small x.
    static func logarithm2(onePlus x: WideFloat) -> WideFloat {
        logarithm(ofRatio: x / (WideFloat(2) + x)) / ln2
    }
}

extension X87 {
    /// Rounds an irrational result.
    private mutating func rounded(_ value: WideFloat) -> Encoded {
        environment.round(value.sign, value.exponent, value.significand | 1, .extended)
    }
    /// Rounds a rational result: the instructions report these as inexact too.
    private mutating func exact(_ value: WideFloat) -> Encoded {
        let result = environment.round(value.sign, value.exponent, value.significand, .extended)
        environment.flags |= FloatFlag.precision
        if value.exponent < FloatFormat.extended.minimumExponent { environment.flags |= FloatFlag.underflow }
        return result
    }
    private static var one: Encoded { Encoded(sign: false, biased: 16383, significand: 1 << 63) }

    /// The argument modulo π/2, its quadrant; nil when it is too large.
    private static func reduce(_ a: SoftFloat) -> (rest: WideFloat, quadrant: Int)? {
        if a.exponent >= 63 { return nil }
        if a.exponent < -2 { return (WideFloat(a), 0) }
        // π/2 in units of 2^-65.
        let half: UInt128 = 0x3_243F_6A88_85A3_08D3
        let value = (a.significand >> 64) << UInt128(a.exponent + 2)
        var quadrant = Int(truncatingIfNeeded: (value / half) & 3)
        var rest = value % half
        var sign = a.sign
        if rest > half >> 1 {
            rest = half - rest
            sign.toggle()
            quadrant += 1
        }
        return (WideFloat(sign: sign, exponent: 127 - 65, unnormalized: rest), quadrant & 3)
    }
    /// Sine and cosine of a finite number.
    private static func sineAndCosine(_ a: SoftFloat) -> (sine: WideFloat, cosine: WideFloat)? {
        guard let (rest, quadrant) = reduce(a) else { return nil }
        let sine = WideFloat.sine(rest)
        let cosine = WideFloat.cosine(rest)
        // The rest has the argument's sign, so that quadrants count away from zero.
        let flip = a.sign
        switch quadrant {
        case 0: return (sine, cosine)
        case 1: return (flip ? cosine.negated : cosine, flip ? sine : sine.negated)
        case 2: return (sine.negated, cosine.negated)
        default: return (flip ? cosine : cosine.negated, flip ? sine.negated : sine)
        }
    }

    mutating func transcendental(_ modRM: UInt8) {
        environment.precision = 64
        switch modRM {
        case 0xF0: powerOfTwo()
        case 0xF1, 0xF9: binary { $0.logarithm($1, $2, plusOne: modRM == 0xF9) }
        case 0xF3: binary { $0.arctangent($1, $2) }
        default: trigonometric(modRM)
        }
    }

    /// F2XM1
    private mutating func powerOfTwo() {
        if isEmpty(0) {
            if stackFault(overflow: false) { self[0] = .indefinite }
            return
        }
        let a = number(0)
        if let result = environment.nan(a, a, .extended) { return complete(result) }
        if a.isZero { return complete(environment.zero(a.sign)) }
        if a.kind == .infinity {
            var one = X87.one
            one.sign = true
            return complete(a.sign ? one : environment.infinity(false, .extended))
        }
        environment.noteDenormals(a, a)
        if a.exponent >= 0 {
            // ±1 is exact; beyond that the result is undefined.
            if a.exponent > 0 || a.significand != 1 << 127 {
                environment.flags |= FloatFlag.precision
                return complete(Encoded(self[0]))
            }
            return complete(exact(a.sign ? WideFloat(-1).scaled(-1) : WideFloat(1)))
        }
        complete(rounded(WideFloat.exponentialMinusOne(WideFloat(a) * WideFloat.ln2)))
    }

    /// An operation of ST(0) and ST(1) whose result replaces both.
    private mutating func binary(_ operation: (inout X87, SoftFloat, SoftFloat) -> Encoded) {
        if isEmpty(0) || isEmpty(1) {
            if stackFault(overflow: false) {
                self[1] = .indefinite
                pop()
            }
            return
        }
        let x = number(0)
        let y = number(1)
        let result = environment.nan(x, y, .extended) ?? operation(&self, x, y)
        complete(result, to: 1, pops: 1)
    }

    /// FYL2X, FYL2XP1
    private mutating func logarithm(_ x: SoftFloat, _ y: SoftFloat, plusOne: Bool) -> Encoded {
        let one = WideFloat(1)
        // The sign of the logarithm, or what it is when not finite.
        if x.kind == .infinity {
            if x.sign || y.isZero { return environment.invalid(.extended) }
            environment.noteDenormals(x, y)
            return environment.infinity(y.sign, .extended)
        }
        if plusOne, x.isZero {
            if y.kind == .infinity { return environment.invalid(.extended) }
            environment.noteDenormals(x, y)
            return environment.zero(x.sign != y.sign)
        }
        let isSmall = plusOne && x.exponent < -1
        let argument = plusOne ? one + WideFloat(x) : WideFloat(x)
        if x.isZero || !isSmall && argument.isZero {
            if y.isZero { return environment.invalid(.extended) }
            if y.kind != .infinity { environment.flags |= FloatFlag.divideByZero }
            return environment.infinity(!y.sign, .extended)
        }
        if !isSmall && argument.sign { return environment.invalid(.extended) }
        let isNegative = isSmall ? x.sign : argument.exponent < 0
        let isOne = !isSmall && argument.exponent == 0 && argument.significand == 1 << 127
        if y.kind == .infinity {
            if isOne { return environment.invalid(.extended) }
            environment.noteDenormals(x, x)
            return environment.infinity(y.sign != isNegative, .extended)
        }
        environment.noteDenormals(x, y)
        if isOne || y.isZero { return environment.zero(y.sign != (isNegative && !isOne)) }
        if !isSmall, argument.significand == 1 << 127 {
            return exact(WideFloat(argument.exponent) * WideFloat(y))
        }
        let value = isSmall ? WideFloat.logarithm2(onePlus: WideFloat(x)) : WideFloat.logarithm2(argument)
        return rounded(value * WideFloat(y))
    }

    /// FPATAN: the angle of (x, y).
    private mutating func arctangent(_ x: SoftFloat, _ y: SoftFloat) -> Encoded {
        environment.noteDenormals(x, y)
        var angle: WideFloat
        if y.isZero || x.kind == .infinity && y.kind != .infinity {
            if !x.sign { return environment.zero(y.sign) }
            angle = WideFloat.pi
        } else if x.isZero || y.kind == .infinity && x.kind != .infinity {
            angle = WideFloat.pi.scaled(-1)
        } else if x.kind == .infinity {
            angle = WideFloat.pi.scaled(-2)
            if x.sign { angle = angle + WideFloat.pi.scaled(-1) }
        } else {
            let a = WideFloat(x).magnitude
            let b = WideFloat(y).magnitude
            let isSteep = b.exponent > a.exponent || b.exponent == a.exponent && b.significand > a.significand
            angle =
                isSteep
                ? WideFloat.pi.scaled(-1) - WideFloat.arctangent(a / b) : WideFloat.arctangent(b / a)
            if x.sign { angle = WideFloat.pi - angle }
        }
        angle.sign = y.sign
        return rounded(angle)
    }

    /// FSIN, FCOS, FSINCOS, FPTAN
    private mutating func trigonometric(_ modRM: UInt8) {
        let pushes = modRM == 0xFB || modRM == 0xF2
        status &= ~(Condition.c1 | Condition.c2)
        if isEmpty(0) || pushes && !isEmpty(7) {
            let overflow = !isEmpty(0)
            guard stackFault(overflow: overflow) else { return }
            self[0] = .indefinite
            if pushes {
                setTop(top - 1)
                self[0] = .indefinite
            }
            return
        }
        let a = number(0)
        var first: Encoded
        var second = X87.one
        if let result = environment.nan(a, a, .extended) {
            first = result
            second = result
        } else if a.kind == .infinity {
            first = environment.invalid(.extended)
            second = first
        } else if a.isZero {
            first = modRM == 0xFF ? X87.one : environment.zero(a.sign)
        } else {
            environment.noteDenormals(a, a)
            guard let (sine, cosine) = X87.sineAndCosine(a) else {
                environment.flags = 0
                status |= Condition.c2
                return
            }
            switch modRM {
            case 0xFE: first = rounded(sine)
            case 0xFF: first = rounded(cosine)
            case 0xFB:
                first = rounded(sine)
                second = rounded(cosine)
            default: first = rounded(sine / cosine)
            }
        }
        if isStopped { return flush() }
        complete(first)
        if pushes {
            setTop(top - 1)
            self[0] = Extended(second)
        }
    }
}

extension Encoded {
    init(_ bits: Extended) {
        self.init(sign: bits.sign, biased: bits.biased, significand: bits.significand)
    }
}

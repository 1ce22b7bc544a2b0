// SPDX-License-Identifier: Apache-2.0

// FSCALE, FXTRACT, FPREM, FPREM1: what takes exponent and significand apart.

extension X87 {
    /// FSCALE
    mutating func scale() {
        if isEmpty(0) || isEmpty(1) {
            if stackFault(overflow: false) { self[0] = .indefinite }
            return
        }
        let a = number(0)
        let b = number(1)
        // The precision control does not apply.
        environment.precision = 64
        if let result = environment.nan(a, b, .extended) { return complete(result) }
        if b.kind == .infinity {
            if b.sign {
                if a.kind == .infinity { return complete(environment.invalid(.extended)) }
                environment.noteDenormals(a, b)
                return complete(environment.zero(a.sign))
            }
            if a.isZero { return complete(environment.invalid(.extended)) }
            environment.noteDenormals(a, b)
            return complete(environment.infinity(a.sign, .extended))
        }
        environment.noteDenormals(a, b)
        if a.kind == .infinity { return complete(environment.infinity(a.sign, .extended)) }
        if a.isZero { return complete(environment.zero(a.sign)) }
        let magnitude = Int(min(environment.integer(b, rounding: 3).magnitude, 0x1_0000))
        complete(
            environment.round(
                a.sign, a.exponent + (b.sign ? -magnitude : magnitude), a.significand, .extended))
    }

    /// FXTRACT
    mutating func extract() {
        if isEmpty(0) || !isEmpty(7) {
            let overflow = !isEmpty(0)
            guard stackFault(overflow: overflow) else { return }
            self[0] = .indefinite
            setTop(top - 1)
            self[0] = .indefinite
            return
        }
        let a = number(0)
        var exponent: Encoded
        var significand: Encoded
        environment.precision = 64
        if let result = environment.nan(a, a, .extended) {
            exponent = result
            significand = result
        } else if a.isZero {
            environment.flags |= FloatFlag.divideByZero
            exponent = environment.infinity(true, .extended)
            significand = environment.zero(a.sign)
        } else if a.kind == .infinity {
            exponent = environment.infinity(false, .extended)
            significand = environment.infinity(a.sign, .extended)
        } else {
            environment.noteDenormals(a, a)
            exponent = environment.convert(SoftFloat(Int64(a.exponent)), .extended)
            significand = environment.round(a.sign, 0, a.significand, .extended)
        }
        setC1(false)
        if !isStopped {
            self[0] = Extended(exponent)
            setTop(top - 1)
            self[0] = Extended(significand)
        }
        flush()
    }

    /// FPREM, and FPREM1 with the quotient rounded to nearest.
    mutating func remainder(nearest: Bool) {
        status &= ~(Condition.c1 | Condition.c2)
        if isEmpty(0) || isEmpty(1) {
            if stackFault(overflow: false) { self[0] = .indefinite }
            return
        }
        let a = number(0)
        let b = number(1)
        environment.precision = 64
        if let result = environment.nan(a, b, .extended) { return complete(result) }
        if a.kind == .infinity || b.isZero { return complete(environment.invalid(.extended)) }
        environment.noteDenormals(a, b)
        if !isStopped, a.isZero || b.kind == .infinity { setConditions(0) }
        if a.isZero { return complete(environment.zero(a.sign)) }
        if b.kind == .infinity {
            return complete(environment.round(a.sign, a.exponent, a.significand, .extended))
        }
        let x = a.significand >> 64
        let y = b.significand >> 64
        let difference = a.exponent - b.exponent
        var quotient: UInt64 = 0
        var sign = a.sign
        var rest = x
        var unit = a.exponent
        if difference >= 0 {
            // A part of the quotient when it would be too long: the exponents then differ by 31 less at least.
            let isPartial = difference >= 64
            let steps = isPartial ? 32 + difference % 32 : difference
            for step in 0...steps {
                if step != 0 { rest <<= 1 }
                quotient <<= 1
                if rest >= y {
                    rest -= y
                    quotient |= 1
                }
            }
            unit = b.exponent + difference - steps
            if isPartial {
                let result = finite(sign, unit, rest)
                complete(result)
                if !isStopped { setConditions(Condition.c2) }
                return
            }
            if nearest, rest << 1 > y || rest << 1 == y && quotient & 1 != 0 {
                rest = y - rest
                sign.toggle()
                quotient &+= 1
            }
        } else if nearest, difference == -1, x > y {
            rest = (y << 1) - x
            sign.toggle()
            quotient = 1
        }
        let result = rest == 0 ? environment.zero(a.sign) : finite(sign, unit, rest)
        complete(result)
        if !isStopped {
            setConditions(
                (quotient & 4 != 0 ? Condition.c0 : 0) | (quotient & 2 != 0 ? Condition.c3 : 0)
                    | (quotient & 1 != 0 ? Condition.c1 : 0))
        }
    }
    /// `value / 2^63 * 2^exponent`
    private mutating func finite(_ sign: Bool, _ exponent: Int, _ value: UInt128) -> Encoded {
        if value == 0 { return environment.zero(sign) }
        let shift = value.leadingZeroBitCount
        return environment.round(sign, exponent + 64 - shift, value << UInt128(shift), .extended)
    }
}

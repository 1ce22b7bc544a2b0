// SPDX-License-Identifier: Apache-2.0

import X86

/// What the lazy flags stand for: byte 0 of the word at `State.Offset.flagKind`.
enum FlagKind {
    /// The arithmetic flags themselves, as RFLAGS bits, in `flagSource`.
    static let explicit: UInt64 = 0
    static let add: UInt64 = 1
    static let sub: UInt64 = 2
    static let logic: UInt64 = 3
    /// CF is kept in byte 2.
    static let inc: UInt64 = 4
    static let dec: UInt64 = 5
    /// CF is kept in byte 2, the carry that went in in byte 3.
    static let adc: UInt64 = 6
    static let sbb: UInt64 = 7
    /// CF is kept in bit 16, OF in bit 17; ZF, SF and PF follow from the result, AF is clear.
    static let shift: UInt64 = 8
}

/// What wrote the flags last, as far as a block's builder knows it.
enum KnownFlags: Int {
    case none
    /// `FlagKind.sub`
    case sub
    /// `FlagKind.logic`
    case logic
    /// `FlagKind.add`
    case add
    /// One whose result says ZF and SF: anything but `FlagKind.explicit`.
    case result
}

extension State {
    /// Records flags of an operation of `T`'s width; `result` and `source` are kept with their top bit at bit 63.
    @inline(__always)
    func record<T: FixedWidthInteger & UnsignedInteger>(_ kind: UInt64, _ result: T, _ source: T) {
        let shift = UInt64(64 - T.bitWidth)
        self[field: Offset.flagResult] = UInt64(truncatingIfNeeded: result) &<< shift
        self[field: Offset.flagSource] = UInt64(truncatingIfNeeded: source) &<< shift
        self[field: Offset.flagKind] = kind | shift << 8
    }

    /// INC and DEC, which leave CF alone.
    @inline(__always)
    func recordKeepingCarry<T: FixedWidthInteger & UnsignedInteger>(
        _ kind: UInt64, _ result: T, _ carry: Bool
    ) {
        let carry: UInt64 = carry ? 1 << 16 : 0
        let shift = UInt64(64 - T.bitWidth)
        self[field: Offset.flagResult] = UInt64(truncatingIfNeeded: result) &<< shift
        self[field: Offset.flagSource] = 1 &<< shift
        self[field: Offset.flagKind] = kind | shift << 8 | carry
    }

    /// ADC and SBB.
    @inline(__always)
    func recordWithCarry<T: FixedWidthInteger & UnsignedInteger>(
        _ kind: UInt64, _ result: T, _ source: T, carryIn: Bool, carryOut: Bool
    ) {
        let shift = UInt64(64 - T.bitWidth)
        self[field: Offset.flagResult] = UInt64(truncatingIfNeeded: result) &<< shift
        self[field: Offset.flagSource] = UInt64(truncatingIfNeeded: source) &<< shift
        self[field: Offset.flagKind] = kind | shift << 8 | (carryOut ? 1 << 16 : 0) | (carryIn ? 1 << 24 : 0)
    }

    /// Shifts and multiplications: CF and OF as given, the rest from the result.
    @inline(__always)
    func recordShift<T: FixedWidthInteger & UnsignedInteger>(_ result: T, carry: Bool, overflow: Bool) {
        let shift = UInt64(64 - T.bitWidth)
        self[field: Offset.flagResult] = UInt64(truncatingIfNeeded: result) &<< shift
        self[field: Offset.flagSource] = 0
        self[field: Offset.flagKind] =
            FlagKind.shift | shift << 8 | (carry ? 1 << 16 : 0) | (overflow ? 1 << 17 : 0)
    }

    /// Replaces CF and OF, or CF alone.
    @inline(__always)
    func setCarry(_ carry: Bool) {
        setArithmeticFlags(arithmeticFlags & ~RFLAGS.cf | (carry ? RFLAGS.cf : 0))
    }
    @inline(__always)
    func setCarry(_ carry: Bool, overflow: Bool) {
        setArithmeticFlags(
            arithmeticFlags & ~(RFLAGS.cf | RFLAGS.of) | (carry ? RFLAGS.cf : 0) | (overflow ? RFLAGS.of : 0))
    }

    /// What went in as carry, in the place of the operand's lowest bit.
    @inline(__always) private var carryIn: UInt64 { ((self[field: Offset.flagKind] >> 24) & 1) &<< flagShift }

    /// The arithmetic flags given as RFLAGS bits.
    @inline(__always)
    func setArithmeticFlags(_ flags: UInt64) {
        self[field: Offset.flagSource] = flags & RFLAGS.arithmetic
        self[field: Offset.flagKind] = FlagKind.explicit
    }

    @inline(__always) private var kind: UInt64 { self[field: Offset.flagKind] & 0xFF }
    @inline(__always) private var flagShift: UInt64 { (self[field: Offset.flagKind] >> 8) & 0xFF }

    @inline(__always) var carryFlag: Bool {
        let source = self[field: Offset.flagSource]
        let result = self[field: Offset.flagResult]
        switch kind {
        case FlagKind.add: return result < source
        case FlagKind.sub: return result &+ source < source
        case FlagKind.logic: return false
        case FlagKind.explicit: return source & RFLAGS.cf != 0
        default: return self[field: Offset.flagKind] & 1 << 16 != 0
        }
    }
    @inline(__always) var zeroFlag: Bool {
        kind == FlagKind.explicit
            ? self[field: Offset.flagSource] & RFLAGS.zf != 0 : self[field: Offset.flagResult] == 0
    }
    @inline(__always) var signFlag: Bool {
        kind == FlagKind.explicit
            ? self[field: Offset.flagSource] & RFLAGS.sf != 0 : self[field: Offset.flagResult] >> 63 != 0
    }
    @inline(__always) var overflowFlag: Bool {
        let source = self[field: Offset.flagSource]
        let result = self[field: Offset.flagResult]
        switch kind {
        case FlagKind.add, FlagKind.inc:
            let first = result &- source
            return ((first ^ result) & (source ^ result)) >> 63 != 0
        case FlagKind.sub, FlagKind.dec:
            let first = result &+ source
            return ((first ^ source) & (first ^ result)) >> 63 != 0
        case FlagKind.logic: return false
        case FlagKind.adc:
            let first = result &- source &- carryIn
            return ((first ^ result) & (source ^ result)) >> 63 != 0
        case FlagKind.sbb:
            let first = result &+ source &+ carryIn
            return ((first ^ source) & (first ^ result)) >> 63 != 0
        case FlagKind.shift: return self[field: Offset.flagKind] & 1 << 17 != 0
        default: return source & RFLAGS.of != 0
        }
    }
    var parityFlag: Bool {
        if kind == FlagKind.explicit { return self[field: Offset.flagSource] & RFLAGS.pf != 0 }
        return ((self[field: Offset.flagResult] &>> flagShift) & 0xFF).nonzeroBitCount & 1 == 0
    }
    var adjustFlag: Bool {
        let source = self[field: Offset.flagSource]
        let result = self[field: Offset.flagResult]
        let first: UInt64
        switch kind {
        case FlagKind.add, FlagKind.inc: first = result &- source
        case FlagKind.sub, FlagKind.dec: first = result &+ source
        case FlagKind.logic, FlagKind.shift: return false
        case FlagKind.adc: first = result &- source &- carryIn
        case FlagKind.sbb: first = result &+ source &+ carryIn
        default: return source & RFLAGS.af != 0
        }
        return ((first ^ source ^ result) &>> flagShift) & 0x10 != 0
    }

    /// CF, PF, AF, ZF, SF and OF as RFLAGS bits.
    var arithmeticFlags: UInt64 {
        if kind == FlagKind.explicit { return self[field: Offset.flagSource] }
        var flags: UInt64 = 0
        if carryFlag { flags |= RFLAGS.cf }
        if parityFlag { flags |= RFLAGS.pf }
        if adjustFlag { flags |= RFLAGS.af }
        if zeroFlag { flags |= RFLAGS.zf }
        if signFlag { flags |= RFLAGS.sf }
        if overflowFlag { flags |= RFLAGS.of }
        return flags
    }

    /// The whole RFLAGS.
    var materializedFlags: UInt64 { arithmeticFlags | self[field: Offset.systemFlags] | 2 }

    /// Sets all of RFLAGS. Whoever changes AC, TF or the like calls `updateMode` afterwards.
    func setFlags(_ rflags: UInt64) {
        setArithmeticFlags(rflags)
        self[field: Offset.systemFlags] =
            rflags & ~(RFLAGS.arithmetic | 2 | 1 << 3 | 1 << 5 | 1 << 15 | ~0 << 22)
    }

    /// One of the 16 conditions of Jcc, SETcc, CMOVcc, behind an instruction that is known.
    ///
    /// - Parameter code: known to the compiler.
    @inline(__always)
    func condition(_ code: UInt16, after writer: KnownFlags) -> Bool {
        let result = self[field: Offset.flagResult]
        let holds: Bool
        switch writer {
        case .none: return condition(code)
        case .add:
            let source = self[field: Offset.flagSource]
            switch code >> 1 {
            case 1: holds = result < source
            case 2: holds = result == 0
            case 3: holds = result < source || result == 0
            case 4: holds = result >> 63 != 0
            default: return condition(code)
            }
        case .result:
            switch code >> 1 {
            case 2: holds = result == 0
            case 4: holds = result >> 63 != 0
            default: return condition(code)
            }
        case .sub:
            let source = self[field: Offset.flagSource]
            let first = result &+ source
            switch code >> 1 {
            case 1: holds = first < source
            case 2: holds = result == 0
            case 3: holds = first <= source
            case 4: holds = result >> 63 != 0
            case 6: holds = Int64(bitPattern: first) < Int64(bitPattern: source)
            case 7: holds = Int64(bitPattern: first) <= Int64(bitPattern: source)
            default: return condition(code)
            }
        case .logic:
            switch code >> 1 {
            case 0, 1: holds = false
            case 2, 3: holds = result == 0
            case 4, 6: holds = result >> 63 != 0
            case 7: holds = Int64(bitPattern: result) <= 0
            default: return condition(code)
            }
        }
        return holds != (code & 1 != 0)
    }

    /// CF behind an instruction that is known.
    @inline(__always)
    func carry(after writer: KnownFlags) -> Bool {
        switch writer {
        case .none, .result: carryFlag
        case .add, .sub: condition(2, after: writer)
        case .logic: false
        }
    }

    /// One of the 16 conditions of Jcc, SETcc, CMOVcc.
    @inline(__always)
    func condition(_ code: UInt16) -> Bool {
        let holds: Bool
        switch code >> 1 {
        case 0: holds = overflowFlag
        case 1: holds = carryFlag
        case 2: holds = zeroFlag
        case 3: holds = carryFlag || zeroFlag
        case 4: holds = signFlag
        case 5: holds = parityFlag
        case 6: holds = signFlag != overflowFlag
        default: holds = zeroFlag || signFlag != overflowFlag
        }
        return holds != (code & 1 != 0)
    }
}

// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

// x87: one handler for all instructions of the escapes D8 to DF, as they are rare.
//
// The FXSAVE image keeps the registers in stack order: slot *i* is ST(i). What changes TOP moves the registers.

/// The x87 state of a virtual CPU during one instruction.
struct X87 {
    let state: State
    var environment: FloatEnvironment

    /// Condition code bits of the status word.
    enum Condition {
        static let c0: UInt16 = 0x100
        static let c1: UInt16 = 0x200
        static let c2: UInt16 = 0x400
        static let c3: UInt16 = 0x4000
    }

    init(_ state: State) {
        self.state = state
        let control: UInt16 = state.read(State.Offset.fcw)
        environment = FloatEnvironment()
        environment.isX87 = true
        environment.rounding = UInt8(control >> 10 & 3)
        environment.masks = UInt8(control & 0x3F)
        switch control >> 8 & 3 {
        case 0: environment.precision = 24
        case 2: environment.precision = 53
        default: environment.precision = 64
        }
    }

    // MARK: Registers

    var control: UInt16 {
        get { state.read(State.Offset.fcw) }
        nonmutating set { state.write(State.Offset.fcw, newValue) }
    }
    var status: UInt16 {
        get { state.read(State.Offset.fsw) }
        nonmutating set { state.write(State.Offset.fsw, newValue) }
    }
    var tags: UInt8 {
        get { state.read(State.Offset.ftw) }
        nonmutating set { state.write(State.Offset.ftw, newValue) }
    }
    var top: Int { Int(status >> 11) & 7 }

    func isEmpty(_ i: Int) -> Bool { tags >> UInt8((top + i) & 7) & 1 == 0 }
    func free(_ i: Int) { tags &= ~(1 << UInt8((top + i) & 7)) }

    subscript(i: Int) -> Extended {
        get {
            let value = state[slot: UInt8(2 + i)]
            return Extended(significand: value.x, head: UInt16(truncatingIfNeeded: value.y))
        }
        nonmutating set {
            state[slot: UInt8(2 + i)] = Vector(newValue.significand, UInt64(newValue.head))
            tags |= 1 << UInt8((top + i) & 7)
        }
    }
    func number(_ i: Int) -> SoftFloat { SoftFloat(extended: self[i]) }

    /// Changes TOP; every physical register keeps its value.
    func setTop(_ newTop: Int) {
        let turn = (newTop - top) & 7
        if turn != 0 {
            var registers: [8 of Vector] = [8 of Vector](repeating: Vector())
            for i in 0..<8 { registers[i] = state[slot: UInt8(2 + ((i + turn) & 7))] }
            for i in 0..<8 { state[slot: UInt8(2 + i)] = registers[i] }
        }
        status = status & ~0x3800 | UInt16(newTop & 7) << 11
    }
    func pop() {
        free(0)
        setTop(top + 1)
    }
    func pop(_ count: Int) { for _ in 0..<count { pop() } }

    // MARK: Exceptions

    /// Condition code bits, the others of the four cleared.
    func setConditions(_ bits: UInt16) { status = status & ~0x4700 | bits }
    func setC1(_ value: Bool) { status = status & ~Condition.c1 | (value ? Condition.c1 : 0) }

    /// Adds the exceptions found to the status word. Those of the result are not found when the operands stop the instruction.
    mutating func flush() {
        if isStopped { environment.flags &= 7 }
        var word = status | UInt16(environment.flags)
        if word & ~control & 0x3F != 0 { word |= 0x8080 }
        status = word
    }
    /// An unmasked invalid, denormal or divide exception: the instruction must leave its operands alone.
    var isStopped: Bool { environment.flags & ~environment.masks & 7 != 0 }

    /// C1 says that the result was rounded up.
    mutating func setC1ByRounding() {
        setC1(!isStopped && environment.flags & FloatFlag.precision != 0 && environment.roundedUp)
    }

    /// A stack fault. True: masked, the indefinite is the result.
    mutating func stackFault(overflow: Bool) -> Bool {
        environment.flags |= FloatFlag.invalid
        status = status & ~Condition.c1 | 0x40 | (overflow ? Condition.c1 : 0)
        flush()
        return environment.isMasked(FloatFlag.invalid)
    }
    /// Writes a result to ST(i) and pops, unless an exception of the operands is unmasked.
    mutating func complete(_ value: Encoded, to i: Int = 0, pops: Int = 0) {
        setC1ByRounding()
        if !isStopped {
            self[i] = Extended(value)
            pop(pops)
        }
        flush()
    }
    /// Pushes a value, or the indefinite when there is no room; nothing when one of `stopping` is unmasked.
    mutating func push(_ value: Extended, stoppedBy stopping: UInt8 = 7) {
        if !isEmpty(7) {
            // The stack fault hides what the operand would have caused.
            environment.flags = 0
            guard stackFault(overflow: true) else { return }
            setTop(top - 1)
            self[0] = .indefinite
            return
        }
        setC1(false)
        if environment.flags & ~environment.masks & stopping == 0 {
            setTop(top - 1)
            self[0] = value
        }
        flush()
    }

    // MARK: Operations

    /// FADD, FMUL, FSUB, FSUBR, FDIV, FDIVR by the reg field: `a` is ST(0), `b` the other operand.
    mutating func arithmetic(_ operation: UInt8, _ a: SoftFloat, _ b: SoftFloat) -> Encoded {
        switch operation {
        case 0: environment.add(a, b, .extended)
        case 1: environment.multiply(a, b, .extended)
        case 4: environment.add(a, b, subtract: true, .extended)
        case 5: environment.add(b, a, subtract: true, .extended)
        case 6: environment.divide(a, b, .extended)
        default: environment.divide(b, a, .extended)
        }
    }
    /// FCOM and the like on ST(0) and a number.
    mutating func compare(_ b: SoftFloat, quiet: Bool = false, pops: Int) {
        let order = environment.compare(number(0), b, quiet: quiet)
        // Even with an unmasked exception the codes say "unordered".
        switch order {
        case .less: setConditions(Condition.c0)
        case .equal: setConditions(Condition.c3)
        case .greater: setConditions(0)
        case .unordered: setConditions(Condition.c0 | Condition.c2 | Condition.c3)
        }
        if !isStopped { pop(pops) }
        flush()
    }
    mutating func compareEmpty(pops: Int) {
        setConditions(Condition.c0 | Condition.c2 | Condition.c3)
        if stackFault(overflow: false) { pop(pops) }
    }
    /// An operation of ST(0) and memory, reg field as in D8.
    mutating func memoryOperation(_ operation: UInt8, _ b: SoftFloat) {
        if operation == 2 || operation == 3 {
            if isEmpty(0) { return compareEmpty(pops: operation == 3 ? 1 : 0) }
            return compare(b, pops: operation == 3 ? 1 : 0)
        }
        if isEmpty(0) {
            if stackFault(overflow: false) { self[0] = .indefinite }
            return
        }
        complete(arithmetic(operation, number(0), b))
    }
    /// An operation of ST(0) and ST(i).
    mutating func registerOperation(_ operation: UInt8, _ i: Int, toOther: Bool, pops: Int) {
        let destination = toOther ? i : 0
        if isEmpty(0) || isEmpty(i) {
            if stackFault(overflow: false) {
                self[destination] = .indefinite
                pop(pops)
            }
            return
        }
        complete(arithmetic(operation, number(0), number(i)), to: destination, pops: pops)
    }
    mutating func registerCompare(_ i: Int, quiet: Bool, pops: Int) {
        if isEmpty(0) || isEmpty(i) { return compareEmpty(pops: pops) }
        compare(number(i), quiet: quiet, pops: pops)
    }
    /// FCOMI and the like: to RFLAGS.
    mutating func flagCompare(_ i: Int, quiet: Bool, pops: Int) {
        if isEmpty(0) || isEmpty(i) {
            state.setArithmeticFlags(0x45)
            if stackFault(overflow: false) { pop(pops) }
            return
        }
        switch environment.compare(number(0), number(i), quiet: quiet) {
        case .less: state.setArithmeticFlags(1)
        case .equal: state.setArithmeticFlags(0x40)
        case .greater: state.setArithmeticFlags(0)
        case .unordered: state.setArithmeticFlags(0x45)
        }
        if !isStopped { pop(pops) }
        flush()
    }

    /// A one-operand operation on ST(0).
    mutating func unary(_ operation: (inout FloatEnvironment, SoftFloat) -> Encoded) {
        if isEmpty(0) {
            if stackFault(overflow: false) { self[0] = .indefinite }
            return
        }
        complete(operation(&environment, number(0)))
    }

    func examine() {
        let value = self[0]
        var bits: UInt16 = value.sign ? Condition.c1 : 0
        if isEmpty(0) {
            bits |= Condition.c3 | Condition.c0
        } else {
            let number = SoftFloat(extended: value)
            switch number.kind {
            case .unsupported: break
            case .quietNaN, .signalingNaN: bits |= Condition.c0
            case .infinity: bits |= Condition.c2 | Condition.c0
            case .zero: bits |= Condition.c3
            case .finite: bits |= number.isDenormal ? Condition.c3 | Condition.c2 : Condition.c2
            }
        }
        setConditions(bits)
    }

    mutating func exchange(_ i: Int) {
        setC1(false)
        if isEmpty(0) || isEmpty(i) {
            guard stackFault(overflow: false) else { return }
            if isEmpty(0) { self[0] = .indefinite }
            if isEmpty(i) { self[i] = .indefinite }
        }
        let value = self[0]
        self[0] = self[i]
        self[i] = value
    }

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

    // MARK: Control

    func initialize() {
        setTop(0)
        control = 0x37F
        status = 0
        tags = 0
        state.write(State.Offset.fop, UInt16(0))
        state.write(State.Offset.fip, UInt64(0))
        state.write(State.Offset.fdp, UInt64(0))
    }
    /// The tag word of FSTENV: two bits a register.
    var fullTags: UInt16 {
        var word: UInt16 = 0
        for physical in 0..<8 {
            var tag: UInt16 = 3
            if tags >> UInt8(physical) & 1 != 0 {
                let value = self[(physical - top) & 7]
                let exponent = value.biased
                tag =
                    exponent == 0 && value.significand == 0
                    ? 1 : exponent == 0 || exponent == 0x7FFF || value.significand >> 63 == 0 ? 2 : 0
            }
            word |= tag << UInt16(physical * 2)
        }
        return word
    }
    /// The words of the environment in memory: 7 of 4 bytes, or of 2.
    func environmentWords(small: Bool) -> [7 of UInt32] {
        let fip = state[field: State.Offset.fip]
        let fdp = state[field: State.Offset.fdp]
        let fop = state.read(State.Offset.fop, as: UInt16.self)
        if small {
            return [
                UInt32(control), UInt32(status), UInt32(fullTags), UInt32(fip & 0xFFFF), 0,
                UInt32(fdp & 0xFFFF), 0,
            ]
        }
        return [
            UInt32(control) | 0xFFFF_0000, UInt32(status) | 0xFFFF_0000, UInt32(fullTags) | 0xFFFF_0000,
            UInt32(truncatingIfNeeded: fip), UInt32(fop & 0x7FF) << 16, UInt32(truncatingIfNeeded: fdp),
            0xFFFF_0000,
        ]
    }
    /// Loads control, status and tags from an environment's words; the physical registers stay.
    func setEnvironment(_ words: [7 of UInt32], small: Bool) {
        let newStatus = UInt16(truncatingIfNeeded: words[1])
        setTop(Int(newStatus >> 11) & 7)
        control = UInt16(truncatingIfNeeded: words[0])
        status = newStatus
        var newTags: UInt8 = 0
        for physical in 0..<8 where words[2] >> UInt32(physical * 2) & 3 != 3 {
            newTags |= 1 << UInt8(physical)
        }
        tags = newTags
        state[field: State.Offset.fip] = UInt64(words[3])
        state[field: State.Offset.fdp] = UInt64(words[5])
        state.write(State.Offset.fop, small ? 0 : UInt16(truncatingIfNeeded: words[4] >> 16) & 0x7FF)
        state.settleX87Control()
    }
}

// MARK: - Memory forms

extension X87 {
    /// The instruction stored or loaded and goes on; false: it faulted.
    typealias Completed = Bool

    private mutating func pushInteger(_ value: Int64) {
        environment.precision = 64
        push(Extended(environment.convert(SoftFloat(value), .extended)))
    }
    /// Stores ST(0) as an integer of `T`.
    private mutating func storeInteger<T: FixedWidthInteger & BitwiseCopyable>(
        _ type: T.Type, _ address: UInt64, _ op: MicroOp, truncate: Bool, pops: Int
    ) -> Completed {
        var value = T.min
        if isEmpty(0) {
            guard state.loadForUpdate(address, op, as: T.self) != nil else { return false }
            guard stackFault(overflow: false) else { return true }
        } else {
            value =
                environment.toInteger(number(0), bits: T.bitWidth, truncate: truncate).map {
                    T(truncatingIfNeeded: $0)
                }
                ?? T.min
            guard state.loadForUpdate(address, op, as: T.self) != nil else { return false }
            setC1ByRounding()
            flush()
            if isStopped { return true }
        }
        guard state.store(address, value, op) else { return false }
        pop(pops)
        return true
    }
    /// Stores ST(0) as a number of 32 or 64 bits.
    private mutating func storeNumber<T: FixedWidthInteger & BitwiseCopyable>(
        _ type: T.Type, _ address: UInt64, _ op: MicroOp, pops: Int
    ) -> Completed {
        let format: FloatFormat = T.bitWidth == 32 ? .single : .double
        guard state.loadForUpdate(address, op, as: T.self) != nil else { return false }
        var result = FloatEnvironment.defaultNaN(format)
        if isEmpty(0) {
            guard stackFault(overflow: false) else { return true }
        } else {
            result = environment.convert(number(0), format)
            // A store does not know the denormal exception; one that is stopped by its result does not say how it rounds.
            environment.flags &= ~FloatFlag.denormal
            let isRefused =
                environment.flags & ~environment.masks & (FloatFlag.overflow | FloatFlag.underflow) != 0
            if isRefused { environment.flags &= ~FloatFlag.precision }
            setC1ByRounding()
            flush()
            if isRefused || isStopped { return true }
        }
        let bits =
            T.bitWidth == 32 ? T(truncatingIfNeeded: result.single) : T(truncatingIfNeeded: result.double)
        guard state.store(address, bits, op) else { return false }
        pop(pops)
        return true
    }
    private func storeExtended(_ address: UInt64, _ value: Extended, _ op: MicroOp) -> Completed {
        state.isWritable(address, bytes: 10, op) && state.store(address, value.significand, op)
            && state.store(address &+ 8, value.head, op)
    }
    private func loadExtended(_ address: UInt64, _ op: MicroOp) -> Extended? {
        guard let significand = state.load(address, op, as: UInt64.self),
            let head = state.load(address &+ 8, op, as: UInt16.self)
        else { return nil }
        return Extended(significand: significand, head: head)
    }
    /// FLD of a number in memory. A denormal is loaded even when that is to be reported.
    private mutating func loadNumber(_ value: SoftFloat) {
        environment.precision = 64
        push(Extended(environment.convert(value, .extended)), stoppedBy: FloatFlag.invalid)
    }
    private mutating func loadDecimal(_ bits: Extended) {
        var value: Int64 = 0
        for byte in stride(from: 8, through: 0, by: -1) {
            let pair = byte == 8 ? UInt64(bits.head & 0xFF) : bits.significand >> UInt64(byte * 8) & 0xFF
            value = value &* 100 &+ Int64(pair >> 4) &* 10 &+ Int64(pair & 15)
        }
        environment.precision = 64
        var result = environment.convert(SoftFloat(value), .extended)
        result.sign = bits.head & 0x8000 != 0
        push(Extended(result))
    }
    private mutating func storeDecimal(_ address: UInt64, _ op: MicroOp) -> Completed {
        var result = Extended(significand: 0xC000_0000_0000_0000, head: 0xFFFF)
        if isEmpty(0) {
            guard state.isWritable(address, bytes: 10, op) else { return false }
            guard stackFault(overflow: false) else { return true }
        } else {
            let value = number(0)
            let (magnitude, inexact, up) = environment.integer(value, rounding: environment.rounding)
            if value.isZero || value.kind == .finite && magnitude < 1_000_000_000_000_000_000 {
                var rest = UInt64(truncatingIfNeeded: magnitude)
                var bytes: UInt128 = 0
                for byte in 0..<9 {
                    bytes |= UInt128(rest % 10 | (rest / 10 % 10) << 4) << UInt128(byte * 8)
                    rest /= 100
                }
                result = Extended(
                    significand: UInt64(truncatingIfNeeded: bytes),
                    head: UInt16(truncatingIfNeeded: bytes >> 64) | (value.sign ? 0x8000 : 0))
                if inexact { environment.flags |= FloatFlag.precision }
                environment.roundedUp = up
            } else {
                environment.flags |= FloatFlag.invalid
            }
            guard state.isWritable(address, bytes: 10, op) else { return false }
            setC1ByRounding()
            flush()
            if isStopped { return true }
        }
        guard storeExtended(address, result, op) else { return false }
        pop()
        return true
    }
    private func storeEnvironment(_ address: UInt64, _ op: MicroOp, small: Bool, extra: UInt64) -> Completed {
        let words = environmentWords(small: small)
        let size: UInt64 = small ? 2 : 4
        guard state.isWritable(address, bytes: 7 * size + extra, op) else { return false }
        for n in 0..<7 {
            let place = address &+ UInt64(n) * size
            let stored =
                small
                ? state.store(place, UInt16(truncatingIfNeeded: words[n]), op)
                : state.store(place, words[n], op)
            if !stored { return false }
        }
        return true
    }
    private func loadEnvironment(_ address: UInt64, _ op: MicroOp, small: Bool) -> [7 of UInt32]? {
        var words: [7 of UInt32] = [7 of UInt32](repeating: 0)
        for n in 0..<7 {
            if small {
                guard let word = state.load(address &+ UInt64(n * 2), op, as: UInt16.self) else { return nil }
                words[n] = UInt32(word)
            } else {
                guard let word = state.load(address &+ UInt64(n * 4), op, as: UInt32.self) else { return nil }
                words[n] = word
            }
        }
        return words
    }

    /// An instruction with a memory operand.
    mutating func memoryForm(_ i: Instruction, _ op: MicroOp) -> Completed {
        let address = op.address(state)
        let reg = i.opcodeExtension
        let small = i.operandSize == 2
        switch i.opcode {
        case 0xD8:
            guard let bits = state.load(address, op, as: UInt32.self) else { return false }
            memoryOperation(reg, SoftFloat(single: bits))
        case 0xDC:
            guard let bits = state.load(address, op, as: UInt64.self) else { return false }
            memoryOperation(reg, SoftFloat(double: bits))
        case 0xDA:
            guard let bits = state.load(address, op, as: Int32.self) else { return false }
            memoryOperation(reg, SoftFloat(Int64(bits)))
        case 0xDE:
            guard let bits = state.load(address, op, as: Int16.self) else { return false }
            memoryOperation(reg, SoftFloat(Int64(bits)))
        default:
            switch (i.opcode, reg) {
            case (0xD9, 0):
                guard let bits = state.load(address, op, as: UInt32.self) else { return false }
                loadNumber(SoftFloat(single: bits))
            case (0xDD, 0):
                guard let bits = state.load(address, op, as: UInt64.self) else { return false }
                loadNumber(SoftFloat(double: bits))
            case (0xD9, 2): return storeNumber(UInt32.self, address, op, pops: 0)
            case (0xD9, 3): return storeNumber(UInt32.self, address, op, pops: 1)
            case (0xDD, 2): return storeNumber(UInt64.self, address, op, pops: 0)
            case (0xDD, 3): return storeNumber(UInt64.self, address, op, pops: 1)
            case (0xDB, 5):
                guard let value = loadExtended(address, op) else { return false }
                push(value)
            case (0xDB, 7):
                if isEmpty(0) {
                    guard state.isWritable(address, bytes: 10, op) else { return false }
                    guard stackFault(overflow: false) else { return true }
                    guard storeExtended(address, .indefinite, op) else { return false }
                } else {
                    guard storeExtended(address, self[0], op) else { return false }
                    setC1(false)
                }
                pop()
            case (0xDF, 0):
                guard let value = state.load(address, op, as: Int16.self) else { return false }
                pushInteger(Int64(value))
            case (0xDB, 0):
                guard let value = state.load(address, op, as: Int32.self) else { return false }
                pushInteger(Int64(value))
            case (0xDF, 5):
                guard let value = state.load(address, op, as: Int64.self) else { return false }
                pushInteger(value)
            case (0xDF, 1): return storeInteger(Int16.self, address, op, truncate: true, pops: 1)
            case (0xDB, 1): return storeInteger(Int32.self, address, op, truncate: true, pops: 1)
            case (0xDD, 1): return storeInteger(Int64.self, address, op, truncate: true, pops: 1)
            case (0xDF, 2): return storeInteger(Int16.self, address, op, truncate: false, pops: 0)
            case (0xDB, 2): return storeInteger(Int32.self, address, op, truncate: false, pops: 0)
            case (0xDF, 3): return storeInteger(Int16.self, address, op, truncate: false, pops: 1)
            case (0xDB, 3): return storeInteger(Int32.self, address, op, truncate: false, pops: 1)
            case (0xDF, 7): return storeInteger(Int64.self, address, op, truncate: false, pops: 1)
            case (0xDF, 4):
                guard let bits = loadExtended(address, op) else { return false }
                loadDecimal(bits)
            case (0xDF, 6): return storeDecimal(address, op)
            case (0xD9, 4):
                guard let words = loadEnvironment(address, op, small: small) else { return false }
                setEnvironment(words, small: small)
            case (0xD9, 5):
                guard let value = state.load(address, op, as: UInt16.self) else { return false }
                control = value
                state.settleX87Control()
            case (0xD9, 6):
                guard storeEnvironment(address, op, small: small, extra: 0) else { return false }
                control |= 0x3F
                state.settleX87Control()
            case (0xD9, 7): return state.store(address, control, op)
            case (0xDD, 7): return state.store(address, status, op)
            case (0xDD, 4):
                let registers = address &+ (small ? 14 : 28)
                guard let words = loadEnvironment(address, op, small: small) else { return false }
                var values: [8 of Extended] = [8 of Extended](repeating: .zero(false))
                for n in 0..<8 {
                    guard let value = loadExtended(registers &+ UInt64(n * 10), op) else { return false }
                    values[n] = value
                }
                setEnvironment(words, small: small)
                for n in 0..<8 {
                    state[slot: UInt8(2 + n)] = Vector(values[n].significand, UInt64(values[n].head))
                }
            case (0xDD, 6):
                let registers = address &+ (small ? 14 : 28)
                guard storeEnvironment(address, op, small: small, extra: 80) else { return false }
                for n in 0..<8 {
                    guard storeExtended(registers &+ UInt64(n * 10), self[n], op) else { return false }
                }
                initialize()
            default: break
            }
        }
        return true
    }
}

// MARK: - Register forms

extension X87 {
    private static let constants: [7 of (head: UInt16, down: UInt64, nearest: UInt64)] = [
        (0x3FFF, 0x8000_0000_0000_0000, 0x8000_0000_0000_0000),
        (0x4000, 0xD49A_784B_CD1B_8AFE, 0xD49A_784B_CD1B_8AFE),
        (0x3FFF, 0xB8AA_3B29_5C17_F0BB, 0xB8AA_3B29_5C17_F0BC),
        (0x4000, 0xC90F_DAA2_2168_C234, 0xC90F_DAA2_2168_C235),
        (0x3FFD, 0x9A20_9A84_FBCF_F798, 0x9A20_9A84_FBCF_F799),
        (0x3FFE, 0xB172_17F7_D1CF_79AB, 0xB172_17F7_D1CF_79AC),
        (0, 0, 0),
    ]
    private mutating func pushConstant(_ n: Int) {
        let (head, down, nearest) = X87.constants[n]
        var value = nearest
        if n > 0, n < 6 {
            switch environment.rounding {
            case 0: value = nearest
            case 2: value = down + 1
            default: value = down
            }
        }
        push(Extended(significand: value, head: head))
    }
    private mutating func conditionalMove(_ code: UInt16, _ i: Int) {
        if isEmpty(0) || isEmpty(i) {
            if stackFault(overflow: false) { self[0] = .indefinite }
            return
        }
        if state.condition(code) { self[0] = self[i] }
    }
    private mutating func storeRegister(_ i: Int, pops: Int) {
        if isEmpty(0) {
            guard stackFault(overflow: false) else { return }
            self[i] = .indefinite
        } else {
            setC1(false)
            self[i] = self[0]
        }
        pop(pops)
    }

    /// An instruction on registers.
    mutating func registerForm(_ instruction: Instruction) {
        let reg = instruction.opcodeExtension
        let i = Int(instruction.modRM & 7)
        switch instruction.opcode {
        case 0xD8:
            switch reg {
            case 2, 3: registerCompare(i, quiet: false, pops: reg == 3 ? 1 : 0)
            default: registerOperation(reg, i, toOther: false, pops: 0)
            }
        case 0xDC:
            switch reg {
            case 2, 3: registerCompare(i, quiet: false, pops: reg == 3 ? 1 : 0)
            default: registerOperation(reg, i, toOther: true, pops: 0)
            }
        case 0xDE:
            switch reg {
            case 2: registerCompare(i, quiet: false, pops: 1)
            case 3: registerCompare(1, quiet: false, pops: 2)
            default: registerOperation(reg, i, toOther: true, pops: 1)
            }
        case 0xD9: registerFormD9(instruction.modRM)
        case 0xDA:
            switch reg {
            case 0: conditionalMove(2, i)
            case 1: conditionalMove(4, i)
            case 2: conditionalMove(6, i)
            case 3: conditionalMove(10, i)
            default: registerCompare(1, quiet: true, pops: 2)
            }
        case 0xDB:
            switch reg {
            case 0: conditionalMove(3, i)
            case 1: conditionalMove(5, i)
            case 2: conditionalMove(7, i)
            case 3: conditionalMove(11, i)
            case 5: flagCompare(i, quiet: true, pops: 0)
            case 6: flagCompare(i, quiet: false, pops: 0)
            default:
                switch instruction.modRM {
                case 0xE2: status &= 0x7F00
                case 0xE3: initialize()
                // FENI, FDISI and FSETPM do nothing.
                default: break
                }
            }
        case 0xDD:
            switch reg {
            case 0:
                setC1(false)
                free(i)
            case 1: exchange(i)
            case 2: storeRegister(i, pops: 0)
            case 3: storeRegister(i, pops: 1)
            case 4: registerCompare(i, quiet: true, pops: 0)
            default: registerCompare(i, quiet: true, pops: 1)
            }
        default:
            switch reg {
            case 0:
                setC1(false)
                free(i)
                pop()
            case 1: exchange(i)
            case 2, 3: storeRegister(i, pops: 1)
            case 5: flagCompare(i, quiet: true, pops: 1)
            case 6: flagCompare(i, quiet: false, pops: 1)
            default: state.write(State.Offset.gpr, status)
            }
        }
    }
    private mutating func registerFormD9(_ modRM: UInt8) {
        let i = Int(modRM & 7)
        switch modRM {
        case 0xC0...0xC7:
            if isEmpty(i) {
                // An empty source beats a full stack.
                guard stackFault(overflow: false) else { return }
                setTop(top - 1)
                self[0] = .indefinite
            } else {
                push(self[i])
            }
        case 0xC8...0xCF: exchange(i)
        case 0xD0: break
        case 0xD8...0xDF:
            // The alias of FSTP knows no stack fault: an empty source is only popped.
            setC1(false)
            if !isEmpty(0) { self[i] = self[0] }
            pop()
        case 0xE0, 0xE1:
            if isEmpty(0) {
                if stackFault(overflow: false) { self[0] = .indefinite }
                break
            }
            setC1(false)
            var value = self[0]
            value.head = modRM == 0xE0 ? value.head ^ 0x8000 : value.head & 0x7FFF
            self[0] = value
        case 0xE4:
            if isEmpty(0) { compareEmpty(pops: 0) } else { compare(.zero(false), pops: 0) }
        case 0xE5: examine()
        case 0xE8...0xEE: pushConstant(i)
        case 0xF4: extract()
        case 0xF5: remainder(nearest: true)
        case 0xF6:
            setC1(false)
            setTop(top - 1)
        case 0xF7:
            setC1(false)
            setTop(top + 1)
        case 0xF8: remainder(nearest: false)
        case 0xFA: unary { e, a in e.squareRoot(a, .extended) }
        case 0xFC:
            unary { e, a in
                e.noteDenormals(a, a)
                return e.roundToInteger(a, rounding: e.rounding, .extended)
            }
        case 0xFD: scale()
        default: transcendental(modRM)
        }
    }
}

// MARK: - Lowering

extension State {
    /// The address of a memory operand within its segment.
    fileprivate func operandOffset(_ op: MicroOp) -> UInt64 {
        let address = op.address(self)
        let segment = Int(op.addressing >> 1) & 7
        guard segment != 0 else { return address }
        let offset = address &- self[field: Offset.segments + (segment - 1) * 32]
        return mode.contains(.code64) ? offset : offset & 0xFFFF_FFFF
    }
}

private let executeX87: Handler = { c, o in
    let state = State(c)
    let op = MicroOp(o)
    let i = op.instruction
    if op.code & 1 != 0, state.read(State.Offset.fsw, as: UInt16.self) & 0x80 != 0 {
        return state.raise(16, op)
    }
    var x87 = X87(state)
    if i.isMemory {
        guard x87.memoryForm(i, op) else { return nil }
    } else {
        x87.registerForm(i)
    }
    if op.code & 2 != 0 {
        // Not a control instruction: it leaves its place; and what it was and its operand's when it is to be handled.
        state[field: State.Offset.fip] = state.currentRIP(op)
        if state.read(State.Offset.fsw, as: UInt16.self) & 0x80 != 0 {
            state.write(State.Offset.fop, UInt16(i.opcode & 7) << 8 | UInt16(i.modRM))
            if i.isMemory { state[field: State.Offset.fdp] = state.operandOffset(op) }
        }
    }
    return proceedPastRecord(c, o)
}

extension BlockBuilder {
    /// x87 and FWAIT.
    mutating func lowerX87(_ i: Instruction) -> Bool {
        guard i.map == .oneByte else { return false }
        if i.opcode == 0x9B {
            if mode.contains(.monitorFPU), mode.contains(.taskSwitched) { return raiseDeviceNotAvailable(i) }
            emit(checkPendingX87, i)
            return true
        }
        guard (0xD8...0xDF).contains(i.opcode) else { return false }
        guard i.isMemory ? BlockBuilder.isMemoryForm(i) : BlockBuilder.isRegisterForm(i) else {
            return undefined(i)
        }
        if refusesX87(i) { return true }
        let (waits, isControl) = BlockBuilder.kindOfX87(i)
        let op = emitRecord(executeX87, i)
        op.code = (waits ? 1 : 0) | (isControl ? 0 : 2)
        return true
    }
    private static func isMemoryForm(_ i: Instruction) -> Bool {
        switch (i.opcode, i.opcodeExtension) {
        case (0xD9, 1), (0xDB, 4), (0xDB, 6), (0xDD, 5): false
        default: true
        }
    }
    private static func isRegisterForm(_ i: Instruction) -> Bool {
        switch (i.opcode, i.modRM) {
        case (0xD9, 0xD1...0xD7), (0xD9, 0xE2...0xE3), (0xD9, 0xE6...0xE7), (0xD9, 0xEF): false
        case (0xDA, 0xE0...0xFF): i.modRM == 0xE9
        case (0xDB, 0xE5...0xE7), (0xDB, 0xF8...0xFF): false
        case (0xDD, 0xF0...0xFF): false
        case (0xDE, 0xD8...0xDF): i.modRM == 0xD9
        case (0xDF, 0xE1...0xE7), (0xDF, 0xF8...0xFF): false
        default: true
        }
    }
    /// Whether an instruction waits for pending exceptions, and whether it is a control instruction.
    private static func kindOfX87(_ i: Instruction) -> (waits: Bool, isControl: Bool) {
        if i.isMemory {
            switch (i.opcode, i.opcodeExtension) {
            case (0xD9, 6), (0xD9, 7), (0xDD, 6), (0xDD, 7): return (false, true)
            case (0xD9, 4), (0xD9, 5), (0xDD, 4): return (true, true)
            default: return (true, false)
            }
        }
        switch (i.opcode, i.modRM) {
        case (0xDB, 0xE0...0xE7), (0xDF, 0xE0): return (false, true)
        case (0xD9, 0xF6), (0xD9, 0xF7), (0xD9, 0xD0), (0xDD, 0xC0...0xC7): return (true, true)
        default: return (true, false)
        }
    }
}

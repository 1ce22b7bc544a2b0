// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

// Integer instructions that are not worth a handler a size: bodies over 64-bit values and a size. Each is a function from
// the decoded record to whether it went through; false: it raised or faulted.

/// Instructions whose handlers read the whole record.
enum Rare {
    static let push: Handler = { c, o in run(c, o) { state, i, op in
        let value: UInt64?
        switch i.opcode {
        case 0x68, 0x6A: value = i.immediate
        case 0xFF: value = state.readRM(i, op, size: i.operandSize)
        default: value = state.readRegister(BlockBuilder.slot(i.rm), size: i.operandSize)
        }
        guard let value else { return false }
        return state.push(value, size: i.operandSize, op)
    } }

    static let pop: Handler = { c, o in run(c, o) { state, i, op in
        guard let value = state.peek(size: i.operandSize, op) else { return false }
        let old = state[.rsp]
        // A memory destination is addressed with the incremented RSP.
        state.setStackPointer(old &+ UInt64(i.operandSize))
        if i.opcode == 0x8F {
            guard state.writeRM(i, op, size: i.operandSize, value) else {
                state[.rsp] = old
                return false
            }
        } else {
            state.writeRegister(BlockBuilder.slot(i.rm), size: i.operandSize, value)
        }
        return true
    } }

    static let pusha: Handler = { c, o in run(c, o) { state, i, op in
        let old = state[.rsp]
        for number: UInt8 in 0..<8 {
            let value = number == 4 ? old : state[gpr: Int(number)]
            guard state.push(value, size: i.operandSize, op) else {
                state[.rsp] = old
                return false
            }
        }
        return true
    } }

    static let popa: Handler = { c, o in run(c, o) { state, i, op in
        var values: [UInt64] = []
        for number: UInt64 in 0..<8 {
            guard let value = state.peek(size: i.operandSize, op, at: number &* UInt64(i.operandSize)) else {
                return false
            }
            values.append(value)
        }
        for number: UInt8 in 0..<8 where number != 4 {
            state.writeRegister(BlockBuilder.slot(number), size: i.operandSize, values[7 - Int(number)])
        }
        state.setStackPointer(state[.rsp] &+ 8 &* UInt64(i.operandSize))
        return true
    } }

    static let enter: Handler = { c, o in run(c, o) { state, i, op in
        let size = UInt64(i.operandSize)
        let (oldSP, oldBP) = (state[.rsp], state[.rbp])
        func fail() -> Bool {
            state[.rsp] = oldSP
            state[.rbp] = oldBP
            return false
        }
        guard state.push(oldBP, size: i.operandSize, op) else { return fail() }
        let frame = state[.rsp]
        let level = i.immediate2 & 31
        if level > 0 {
            var pointer = oldBP
            for _ in 1..<max(1, level) {
                pointer &-= size
                guard let value = state.loadSized(pointer & state.stackMask, size: i.operandSize, op),
                    state.push(value, size: i.operandSize, op)
                else { return fail() }
            }
            guard state.push(frame, size: i.operandSize, op) else { return fail() }
        }
        state.writeRegister(BlockBuilder.slot(5), size: i.operandSize, frame)
        state.setStackPointer(state[.rsp] &- i.immediate)
        return true
    } }

    static let leave: Handler = { c, o in run(c, o) { state, i, op in
        let frame = state[.rbp] & state.stackMask
        guard let value = state.loadSized(frame, size: i.operandSize, op) else { return false }
        state.setStackPointer(frame &+ UInt64(i.operandSize))
        state.writeRegister(BlockBuilder.slot(5), size: i.operandSize, value)
        return true
    } }

    /// MUL, IMUL, DIV, IDIV with one operand.
    static let multiplyDivide: Handler = { c, o in run(c, o) { state, i, op in
        let size = i.operandSize
        guard let operand = state.readRM(i, op, size: size) else { return false }
        let bits = UInt64(size) * 8
        let low = state.readRegister(0, size: size)
        let high = size == 1 ? UInt64(state.register(1, as: UInt8.self)) : state.readRegister(16, size: size)
        func extended(_ value: UInt64) -> Int64 { Int64(bitPattern: value << (64 - bits)) >> Int64(64 - bits) }
        func setPair(_ high: UInt64, _ low: UInt64) {
            state.writeRegister(0, size: size, low)
            state.writeRegister(size == 1 ? 1 : 16, size: size, high)
        }
        let signed = i.opcodeExtension & 1 != 0
        if i.opcodeExtension < 6 {
            let upper: UInt64
            let lower: UInt64
            if signed {
                let product = extended(low).multipliedFullWidth(by: extended(operand))
                lower = product.low & State.mask(size)
                upper = (size == 8 ? UInt64(bitPattern: product.high) : product.low >> bits) & State.mask(size)
            } else {
                let product = low.multipliedFullWidth(by: operand)
                lower = product.low & State.mask(size)
                upper = (size == 8 ? product.high : product.low >> bits) & State.mask(size)
            }
            setPair(upper, lower)
            let lost = signed ? upper != UInt64(bitPattern: extended(lower) >> 63) & State.mask(size) : upper != 0
            var flags: UInt64 = lost ? Flag.cf | Flag.of : 0
            if lower >> (bits - 1) != 0 { flags |= Flag.sf }
            if (lower & 0xFF).nonzeroBitCount & 1 == 0 { flags |= Flag.pf }
            state.setArithmeticFlags(flags)
            return true
        }
        guard operand != 0 else { return fail(state, 0, op) }
        if !signed {
            guard high < operand else { return fail(state, 0, op) }
            let result = size == 8 ? operand.dividingFullWidth((high, low)) : {
                let dividend = high << bits | low
                return (quotient: dividend / operand, remainder: dividend % operand)
            }()
            setPair(result.remainder, result.quotient)
            return true
        }
        if size == 8 {
            let negative = Int64(bitPattern: high) < 0
            let divisorNegative = Int64(bitPattern: operand) < 0
            var (h, l) = (high, low)
            if negative {
                l = ~l &+ 1
                h = ~h &+ (l == 0 ? 1 : 0)
            }
            let magnitude = divisorNegative ? 0 &- operand : operand
            guard h < magnitude else { return fail(state, 0, op) }
            let result = magnitude.dividingFullWidth((h, l))
            let limit: UInt64 = negative != divisorNegative ? 1 << 63 : (1 << 63) - 1
            guard result.quotient <= limit else { return fail(state, 0, op) }
            setPair(
                negative ? 0 &- result.remainder : result.remainder,
                negative != divisorNegative ? 0 &- result.quotient : result.quotient)
            return true
        }
        let dividend = Int64(bitPattern: (high << bits | low) << (64 - 2 * bits)) >> Int64(64 - 2 * bits)
        let divisor = extended(operand)
        let (quotient, overflow) = dividend.dividedReportingOverflow(by: divisor)
        guard !overflow, extended(UInt64(bitPattern: quotient) & State.mask(size)) == quotient else {
            return fail(state, 0, op)
        }
        setPair(UInt64(bitPattern: dividend % divisor), UInt64(bitPattern: quotient))
        return true
    } }

    static let shiftDouble: Handler = { c, o in run(c, o) { state, i, op in
        let size = i.operandSize
        let bits = UInt64(size) * 8
        let byCL = i.opcode & 1 != 0
        let count = (byCL ? UInt64(state.register(8, as: UInt8.self)) : i.immediate) & (size == 8 ? 63 : 31)
        guard let value = state.readRM(i, op, size: size, forUpdate: true) else { return false }
        if count == 0 { return state.writeRM(i, op, size: size, value) }
        let filler = state.readReg(i, size: size)
        let isLeft = i.opcode < 0xA8
        // Counts beyond a 16-bit operand's width rotate on in, as current processors do.
        let pair: (UInt64, UInt64) -> UInt64 = { first, second in
            guard size == 2, count > 16 else {
                if isLeft { return first << count | (count == bits ? second : second >> (bits - count)) }
                return first >> count | second << (bits - count)
            }
            let wide = isLeft ? first << 32 | second << 16 | first : first << 32 | second << 16 | first
            return isLeft ? (wide << count) >> 32 : wide >> count
        }
        let result = pair(value, filler) & State.mask(size)
        let carry: Bool
        if size == 2, count > 16 {
            carry = isLeft ? filler >> (32 - count) & 1 != 0 : filler >> (count - 17) & 1 != 0
        } else {
            carry = isLeft ? value >> (bits - count) & 1 != 0 : value >> (count - 1) & 1 != 0
        }
        guard state.writeRM(i, op, size: size, result) else { return false }
        var flags: UInt64 = carry ? Flag.cf : 0
        if result == 0 { flags |= Flag.zf }
        if result >> (bits - 1) != 0 { flags |= Flag.sf }
        if (result & 0xFF).nonzeroBitCount & 1 == 0 { flags |= Flag.pf }
        if (result ^ value) >> (bits - 1) != 0 { flags |= Flag.of }
        state.setArithmeticFlags(flags)
        return true
    } }

    /// BT, BTS, BTR, BTC; in memory a register's bit number reaches beyond the operand.
    static let bitTest: Handler = { c, o in run(c, o) { state, i, op in
        let size = i.operandSize
        let bits = UInt64(size) * 8
        let immediate = i.opcode == 0xBA
        let action = immediate ? i.opcodeExtension & 3 : (i.opcode >> 3) & 3
        let number = immediate ? i.immediate : state.readReg(i, size: size)
        let bit = number & (bits - 1)
        var address: UInt64 = 0
        let value: UInt64?
        if i.isMemory {
            address = op.address(state)
            if !immediate {
                let signed = Int64(bitPattern: number << (64 - bits)) >> Int64(64 - bits)
                let offset = (signed >> Int64(bits.trailingZeroBitCount)) &* Int64(size)
                address = address &+ UInt64(bitPattern: offset)
                if i.addressSize == 4 { address &= 0xFFFF_FFFF }
            }
            value = state.loadSized(address, size: size, op, forUpdate: action != 0)
        } else {
            value = state.readRegister(BlockBuilder.slot(i.rm), size: size)
        }
        guard let value else { return false }
        if action != 0 {
            let mask: UInt64 = 1 << bit
            let result = action == 1 ? value | mask : action == 2 ? value & ~mask : value ^ mask
            if i.isMemory {
                guard state.storeSized(address, size: size, result, op) else { return false }
            } else {
                state.writeRegister(BlockBuilder.slot(i.rm), size: size, result)
            }
        }
        let flags = state.arithmeticFlags & ~Flag.cf
        state.setArithmeticFlags(flags | (value >> bit & 1 != 0 ? Flag.cf : 0))
        return true
    } }

    /// BSF, BSR, LZCNT, POPCNT.
    static let bitScan: Handler = { c, o in run(c, o) { state, i, op in
        let size = i.operandSize
        let bits = UInt64(size) * 8
        guard let value = state.readRM(i, op, size: size) else { return false }
        let isRep = i.prefixes.contains(.rep)
        switch (i.opcode, isRep) {
        case (0xB8, _):
            state.writeReg(i, size: size, UInt64(value.nonzeroBitCount))
            state.setArithmeticFlags(value == 0 ? Flag.zf : 0)
        case (0xBD, true):
            let result = UInt64(value.leadingZeroBitCount) - (64 - bits)
            state.writeReg(i, size: size, result)
            state.setArithmeticFlags((result == bits ? Flag.cf : 0) | (result == 0 ? Flag.zf : 0))
        default:
            // A zero source leaves the destination as it is.
            if value != 0 {
                let result = i.opcode == 0xBC ? value.trailingZeroBitCount : 63 - value.leadingZeroBitCount
                state.writeReg(i, size: size, UInt64(result))
            } else if size == 4 {
                state.writeReg(i, size: 8, state.readReg(i, size: 8))
            }
            let flags = state.arithmeticFlags & ~Flag.zf
            state.setArithmeticFlags(flags | (value == 0 ? Flag.zf : 0))
        }
        return true
    } }

    static let bswap: Handler = { c, o in run(c, o) { state, i, op in
        let slot = BlockBuilder.slot(i.rm)
        switch i.operandSize {
        case 8: state.setRegister(slot, state.register(slot, as: UInt64.self).byteSwapped)
        case 4: state.setRegister(slot, state.register(slot, as: UInt32.self).byteSwapped)
        default: state.setRegister(slot, UInt16(0))
        }
        return true
    } }

    static let movbe: Handler = { c, o in run(c, o) { state, i, op in
        let size = i.operandSize
        let shift = 64 - UInt64(size) * 8
        if i.opcode == 0xF0 {
            guard let value = state.readRM(i, op, size: size) else { return false }
            state.writeReg(i, size: size, value.byteSwapped >> shift)
            return true
        }
        return state.writeRM(i, op, size: size, state.readReg(i, size: size).byteSwapped >> shift)
    } }

    static let xadd: Handler = { c, o in run(c, o) { state, i, op in
        let size = i.operandSize
        guard let value = state.readRM(i, op, size: size, forUpdate: true) else { return false }
        let addend = state.readReg(i, size: size)
        let sum = value &+ addend
        if !i.isMemory { state.writeReg(i, size: size, value) }
        guard state.writeRM(i, op, size: size, sum) else { return false }
        if i.isMemory { state.writeReg(i, size: size, value) }
        state.recordSized(FlagKind.add, sum, addend, size: size)
        return true
    } }

    static let cmpxchg: Handler = { c, o in run(c, o) { state, i, op in
        let size = i.operandSize
        guard let value = state.readRM(i, op, size: size, forUpdate: true) else { return false }
        let accumulator = state.readRegister(0, size: size)
        let equal = value == accumulator
        // The destination is written either way.
        guard state.writeRM(i, op, size: size, equal ? state.readReg(i, size: size) : value) else { return false }
        state.recordSized(FlagKind.sub, accumulator &- value, value, size: size)
        if !equal { state.writeRegister(0, size: size, value) }
        return true
    } }

    /// CMPXCHG8B and CMPXCHG16B.
    static let cmpxchgWide: Handler = { c, o in run(c, o) { state, i, op in
        let address = op.address(state)
        let equal: Bool
        if i.operandSize == 8 {
            guard address & 15 == 0 else {
                state.raise(13, errorCode: 0, op)
                return false
            }
            guard let value = state.loadForUpdate(address, op, as: SIMD2<UInt64>.self) else { return false }
            equal = value[0] == state[.rax] && value[1] == state[.rdx]
            let new = equal ? SIMD2(state[.rbx], state[.rcx]) : value
            guard state.store(address, new, op) else { return false }
            if !equal {
                state[.rax] = value[0]
                state[.rdx] = value[1]
            }
        } else {
            guard let value = state.loadForUpdate(address, op, as: UInt64.self) else { return false }
            let expected = state[.rdx] << 32 | state[.rax] & 0xFFFF_FFFF
            equal = value == expected
            let new = equal ? state[.rcx] << 32 | state[.rbx] & 0xFFFF_FFFF : value
            guard state.store(address, new, op) else { return false }
            if !equal {
                state[.rax] = value & 0xFFFF_FFFF
                state[.rdx] = value >> 32
            }
        }
        let flags = state.arithmeticFlags & ~Flag.zf
        state.setArithmeticFlags(flags | (equal ? Flag.zf : 0))
        return true
    } }

    static let setcc: Handler = { c, o in run(c, o) { state, i, op in
        state.writeRM(i, op, size: 1, state.condition(UInt16(i.opcode & 15)) ? 1 : 0)
    } }

    /// CBW, CWDE, CDQE.
    static let extendAccumulator: Handler = { c, o in run(c, o) { state, i, op in
        switch i.operandSize {
        case 2: state.setRegister(0, UInt16(bitPattern: Int16(Int8(bitPattern: state.register(0, as: UInt8.self)))))
        case 4: state.setRegister(0, UInt32(bitPattern: Int32(Int16(bitPattern: state.register(0, as: UInt16.self)))))
        default: state.setRegister(0, UInt64(bitPattern: Int64(Int32(bitPattern: state.register(0, as: UInt32.self)))))
        }
        return true
    } }
    /// CWD, CDQ, CQO.
    static let extendIntoRDX: Handler = { c, o in run(c, o) { state, i, op in
        let negative = state.readRegister(0, size: i.operandSize) >> (UInt64(i.operandSize) * 8 - 1) != 0
        state.writeRegister(16, size: i.operandSize, negative ? ~0 : 0)
        return true
    } }

    static let lahf: Handler = { c, o in run(c, o) { state, i, op in
        state.setRegister(1, UInt8(truncatingIfNeeded: state.arithmeticFlags & 0xFF | 2))
        return true
    } }
    static let sahf: Handler = { c, o in run(c, o) { state, i, op in
        let keep = state.arithmeticFlags & Flag.of
        state.setArithmeticFlags(keep | UInt64(state.register(1, as: UInt8.self)) & 0xD5)
        return true
    } }
    /// CMC, CLC, STC, CLD, STD.
    static let flagControl: Handler = { c, o in run(c, o) { state, i, op in
        switch i.opcode {
        case 0xF5: state.setArithmeticFlags(state.arithmeticFlags ^ Flag.cf)
        case 0xF8: state.setArithmeticFlags(state.arithmeticFlags & ~Flag.cf)
        case 0xF9: state.setArithmeticFlags(state.arithmeticFlags | Flag.cf)
        case 0xFC: state[field: State.Offset.systemFlags] &= ~Flag.df
        default: state[field: State.Offset.systemFlags] |= Flag.df
        }
        return true
    } }

    static let xlat: Handler = { c, o in run(c, o) { state, i, op in
        let offset = (state[.rbx] &+ UInt64(state.register(0, as: UInt8.self))) & State.mask(i.addressSize)
        let isSegmented = !state.mode.contains(.code64) || i.segment == .fs || i.segment == .gs
        let base = isSegmented ? state[field: State.Offset.segments + Int(i.segment.rawValue) * 32] : 0
        guard let value = state.load(base &+ offset, op, as: UInt8.self) else { return false }
        state.setRegister(0, value)
        return true
    } }

    static let movdiri: Handler = { c, o in run(c, o) { state, i, op in
        let size: UInt8 = i.operandSize == 8 ? 8 : 4
        return state.storeSized(op.address(state), size: size, state.readReg(i, size: size), op)
    } }
    /// MOVDIR64B: 64 bytes from r/m to the aligned address in reg.
    static let movdir64b: Handler = { c, o in run(c, o) { state, i, op in
        let target = state.readReg(i, size: i.addressSize)
        guard target & 63 == 0 else {
            state.raise(13, errorCode: 0, op)
            return false
        }
        guard let value = state.load(op.address(state), op, as: SIMD8<UInt64>.self) else { return false }
        return state.store(target, value, op)
    } }

    /// DAA, DAS, AAA, AAS, AAM, AAD.
    static let decimal: Handler = { c, o in run(c, o) { state, i, op in
        let al = state.register(0, as: UInt8.self)
        let flags = state.arithmeticFlags
        var result = al
        var carry = flags & Flag.cf != 0
        var adjust = flags & Flag.af != 0
        switch i.opcode {
        case 0x27, 0x2F:
            let old = (al, carry)
            carry = false
            if al & 15 > 9 || adjust {
                let (value, over) = i.opcode == 0x27 ? al.addingReportingOverflow(6) : al.subtractingReportingOverflow(6)
                result = value
                carry = old.1 || over
                adjust = true
            } else {
                adjust = false
            }
            if old.0 > 0x99 || old.1 {
                result = i.opcode == 0x27 ? result &+ 0x60 : result &- 0x60
                carry = true
            }
            state.setRegister(0, result)
        case 0x37, 0x3F:
            let ax = state.register(0, as: UInt16.self)
            if al & 15 > 9 || adjust {
                let new = i.opcode == 0x37 ? ax &+ 0x106 : (ax &- 6) &- 0x100
                state.setRegister(0, new & 0xFF0F)
                adjust = true
                carry = true
            } else {
                state.setRegister(0, ax & 0xFF0F)
                adjust = false
                carry = false
            }
            result = state.register(0, as: UInt8.self)
        case 0xD4:
            let divisor = UInt8(truncatingIfNeeded: i.immediate)
            guard divisor != 0 else { return fail(state, 0, op) }
            state.setRegister(1, al / divisor)
            result = al % divisor
            state.setRegister(0, result)
            (carry, adjust) = (false, false)
        default:
            result = al &+ state.register(1, as: UInt8.self) &* UInt8(truncatingIfNeeded: i.immediate)
            state.setRegister(0, UInt16(result))
            (carry, adjust) = (false, false)
        }
        state.setArithmeticFlags(
            State.resultFlags(result) | (carry ? Flag.cf : 0) | (adjust ? Flag.af : 0))
        return true
    } }

    static let bound: Handler = { c, o in run(c, o) { state, i, op in
        let shift = Int64(64 - UInt64(i.operandSize) * 8)
        func signed(_ value: UInt64) -> Int64 { (Int64(bitPattern: value) << shift) >> shift }
        let address = op.address(state)
        guard let low = state.loadSized(address, size: i.operandSize, op),
            let high = state.loadSized(address &+ UInt64(i.operandSize), size: i.operandSize, op)
        else { return false }
        let index = signed(state.readReg(i, size: i.operandSize))
        return index < signed(low) || index > signed(high) ? fail(state, 5, op) : true
    } }

    static let undefined: Handler = { c, o in State(c).raise(6, MicroOp(o)) }
    static let tooLong: Handler = { c, o in State(c).raise(13, errorCode: 0, MicroOp(o)) }
    static let nothing: Handler = { c, o in proceed(c, o) }

    @inline(__always)
    private static func run(_ c: Raw, _ o: Raw, _ body: (State, Instruction, MicroOp) -> Bool) -> Raw? {
        let (state, op) = (State(c), MicroOp(o))
        return body(state, op.instruction, op) ? proceedPastRecord(c, o) : nil
    }

    private static func fail(_ state: State, _ vector: UInt8, _ op: MicroOp) -> Bool {
        state.raise(vector, op)
        return false
    }
}

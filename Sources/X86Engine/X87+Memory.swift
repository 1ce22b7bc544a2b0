// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

// Instructions with a memory operand.

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

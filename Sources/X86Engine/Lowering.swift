// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

/// Integer instructions to micro-ops.
extension BlockBuilder {
    /// Appends what runs an instruction: of this file, of another family's, or #UD.
    mutating func lower(_ i: Instruction) {
        let known =
            switch i.map {
            case .oneByte: lowerOneByte(i)
            case .twoByte: lowerTwoByte(i)
            case .threeByte38: lowerThreeByte(i)
            case .threeByte3A: false
            }
        if known || lowerSystem(i) || lowerSIMD(i) || lowerX87(i) { return }
        emitRecord(Rare.undefined, i)
        finish()
    }

    /// Ends the block with the exception that bytes which are no instruction raise.
    mutating func lowerUndecodable(_ failure: DecodeFailure, rip: UInt64) {
        var i = Instruction()
        i.rip = rip
        emit(failure == .tooLong ? Rare.tooLong : Rare.undefined, i)
        finish()
    }

    private func rm(_ i: Instruction) -> UInt8 {
        i.operandSize == 1 ? BlockBuilder.byteSlot(i.rm, i) : BlockBuilder.slot(i.rm)
    }
    private func reg(_ i: Instruction) -> UInt8 {
        i.operandSize == 1 ? BlockBuilder.byteSlot(i.reg, i) : BlockBuilder.slot(i.reg)
    }

    private static func binary(_ number: UInt8) -> BinaryHandlers {
        switch number {
        case 0: IntegerHandlers.add
        case 1: IntegerHandlers.or
        case 2: IntegerHandlers.adc
        case 3: IntegerHandlers.sbb
        case 4: IntegerHandlers.and
        case 5: IntegerHandlers.sub
        case 6: IntegerHandlers.xor
        default: IntegerHandlers.cmp
        }
    }

    private mutating func emitBinaryImmediate(_ handlers: BinaryHandlers, _ i: Instruction) {
        let immediate = Int32(truncatingIfNeeded: i.immediate)
        let size = i.operandSize
        if i.isMemory {
            emit(handlers.mi[size: size], i, immediate: immediate)
        } else {
            emit(handlers.ri[size: size], i, destination: rm(i), immediate: immediate)
        }
    }

    private mutating func emitUnary(_ handlers: UnaryHandlers, _ i: Instruction, code: UInt16 = 0) {
        if i.isMemory {
            emit(handlers.m[size: i.operandSize], i, code: code)
        } else {
            emit(handlers.r[size: i.operandSize], i, destination: rm(i), code: code)
        }
    }

    private mutating func lowerOneByte(_ i: Instruction) -> Bool {
        let size = i.operandSize
        switch i.opcode {
        case 0x00...0x3F where i.opcode & 7 < 6:
            let handlers = BlockBuilder.binary(i.opcode >> 3)
            switch i.opcode & 7 {
            case 0, 1:
                if i.isMemory {
                    emit(handlers.mr[size: size], i, source: reg(i))
                } else {
                    emit(handlers.rr[size: size], i, destination: rm(i), source: reg(i))
                }
            case 2, 3:
                if i.isMemory {
                    emit(handlers.rm[size: size], i, destination: reg(i))
                } else {
                    emit(handlers.rr[size: size], i, destination: reg(i), source: rm(i))
                }
            default:
                emit(handlers.ri[size: size], i, destination: 0, immediate: Int32(truncatingIfNeeded: i.immediate))
            }
        case 0x27, 0x2F, 0x37, 0x3F, 0xD4, 0xD5: emitRecord(Rare.decimal, i)
        case 0x40...0x4F:
            emit((i.opcode < 0x48 ? IntegerHandlers.inc : IntegerHandlers.dec).r[size: size], i, destination: BlockBuilder.slot(i.rm))
        case 0x50...0x57 where size == 8: emit(pushRegister, i, source: BlockBuilder.slot(i.rm))
        case 0x58...0x5F where size == 8: emit(popRegister, i, destination: BlockBuilder.slot(i.rm))
        case 0x50...0x57, 0x68, 0x6A: emitRecord(Rare.push, i)
        case 0x58...0x5F: emitRecord(Rare.pop, i)
        case 0x60: emitRecord(Rare.pusha, i)
        case 0x61: emitRecord(Rare.popa, i)
        case 0x62:
            guard i.isMemory else { return false }
            emitRecord(Rare.bound, i)
        case 0x63 where mode.contains(.code64):
            if i.isMemory {
                emit(IntegerHandlers.extendInt32M[size: size], i, destination: BlockBuilder.slot(i.reg))
            } else {
                emit(IntegerHandlers.extendInt32R[size: size], i, destination: BlockBuilder.slot(i.reg), source: BlockBuilder.slot(i.rm))
            }
        case 0x69, 0x6B:
            let immediate = Int32(truncatingIfNeeded: i.immediate)
            if i.isMemory {
                emit(IntegerHandlers.imulRMI[size: size], i, destination: reg(i), immediate: immediate)
            } else {
                emit(IntegerHandlers.imulRRI[size: size], i, destination: reg(i), source: rm(i), immediate: immediate)
            }
        case 0x70...0x7F: lowerConditional(i)
        case 0x80...0x83: emitBinaryImmediate(BlockBuilder.binary(i.opcodeExtension), i)
        case 0x84, 0x85:
            if i.isMemory {
                emit(IntegerHandlers.test.mr[size: size], i, source: reg(i))
            } else {
                emit(IntegerHandlers.test.rr[size: size], i, destination: rm(i), source: reg(i))
            }
        case 0x86, 0x87:
            if i.isMemory {
                emit(IntegerHandlers.xchgMR[size: size], i, source: reg(i))
            } else {
                emit(IntegerHandlers.xchgRR[size: size], i, destination: rm(i), source: reg(i))
            }
        case 0x88, 0x89:
            if i.isMemory {
                emit(IntegerHandlers.movMR[size: size], i, source: reg(i))
            } else {
                emit(IntegerHandlers.movRR[size: size], i, destination: rm(i), source: reg(i))
            }
        case 0x8A, 0x8B:
            if i.isMemory {
                emit(IntegerHandlers.movRM[size: size], i, destination: reg(i))
            } else {
                emit(IntegerHandlers.movRR[size: size], i, destination: reg(i), source: rm(i))
            }
        case 0x8D:
            guard i.isMemory else { return false }
            // An offset: no segment base, and the address size still counts.
            let op = emit(IntegerHandlers.leaR[size: size], i, destination: reg(i))
            op.addressing &= 1
        case 0x8F:
            guard i.opcodeExtension == 0 else { return false }
            emitRecord(Rare.pop, i)
        case 0x90 where i.rm == 0: emit(Rare.nothing, i)
        case 0x90...0x97:
            emit(IntegerHandlers.xchgRR[size: size], i, destination: BlockBuilder.slot(i.rm), source: 0)
        case 0x98: emitRecord(Rare.extendAccumulator, i)
        case 0x99: emitRecord(Rare.extendIntoRDX, i)
        case 0x9E: emitRecord(Rare.sahf, i)
        case 0x9F: emitRecord(Rare.lahf, i)
        case 0xA0, 0xA1: emit(IntegerHandlers.movRM[size: size], i, destination: 0)
        case 0xA2, 0xA3: emit(IntegerHandlers.movMR[size: size], i, source: 0)
        case 0xA4...0xA7, 0xAA...0xAF: lowerString(i)
        case 0xA8, 0xA9:
            emit(IntegerHandlers.test.ri[size: size], i, destination: 0, immediate: Int32(truncatingIfNeeded: i.immediate))
        case 0xB0...0xB7:
            emit(IntegerHandlers.movRI[size: 1], i, destination: BlockBuilder.byteSlot(i.rm, i), displacement: i.immediate)
        case 0xB8...0xBF:
            emit(IntegerHandlers.movRI[size: size], i, destination: BlockBuilder.slot(i.rm), displacement: i.immediate)
        case 0xC0, 0xC1: emitShift(i, count: UInt16(truncatingIfNeeded: i.immediate & 0xFF))
        case 0xD0, 0xD1: emitShift(i, count: 1)
        case 0xD2, 0xD3: emitShift(i, count: 0xFFFF)
        case 0xC2, 0xC3: lowerReturn(i)
        case 0xC6, 0xC7:
            guard i.opcodeExtension == 0 else { return false }
            if i.isMemory {
                emit(IntegerHandlers.movMI[size: size], i, immediate: Int32(truncatingIfNeeded: i.immediate))
            } else {
                emit(IntegerHandlers.movRI[size: size], i, destination: rm(i), displacement: i.immediate)
            }
        case 0xC8: emitRecord(Rare.enter, i)
        case 0xC9: emitRecord(Rare.leave, i)
        case 0xD7: emitRecord(Rare.xlat, i)
        case 0xE0...0xE3: lowerLoop(i)
        case 0xE8: lowerCall(i)
        case 0xE9, 0xEB: lowerJump(i)
        case 0xF5, 0xF8, 0xF9, 0xFC, 0xFD: emitRecord(Rare.flagControl, i)
        case 0xF6, 0xF7:
            switch i.opcodeExtension {
            case 0, 1: emitBinaryImmediate(IntegerHandlers.test, i)
            case 2: emitUnary(IntegerHandlers.not, i)
            case 3: emitUnary(IntegerHandlers.neg, i)
            default: emitRecord(Rare.multiplyDivide, i)
            }
        case 0xFE, 0xFF:
            switch i.opcodeExtension {
            case 0: emitUnary(IntegerHandlers.inc, i)
            case 1: emitUnary(IntegerHandlers.dec, i)
            case 2 where i.opcode == 0xFF, 4 where i.opcode == 0xFF: lowerIndirect(i)
            case 6 where i.opcode == 0xFF: emitRecord(Rare.push, i)
            default: return false
            }
        default: return false
        }
        return true
    }

    private mutating func emitShift(_ i: Instruction, count: UInt16) {
        let handlers =
            switch i.opcodeExtension {
            case 0: IntegerHandlers.rol
            case 1: IntegerHandlers.ror
            case 2: IntegerHandlers.rcl
            case 3: IntegerHandlers.rcr
            case 5: IntegerHandlers.shr
            case 7: IntegerHandlers.sar
            default: IntegerHandlers.shl
            }
        emitUnary(handlers, i, code: count)
    }

    private mutating func lowerTwoByte(_ i: Instruction) -> Bool {
        let size = i.operandSize
        switch i.opcode {
        case 0x0B: emitEnding(Rare.undefined, i)
        case 0xB9, 0xFF: emitEnding(Rare.undefined, i)
        // Hint NOPs; with them ENDBR and PREFETCH. 0F 0D is PREFETCHW.
        case 0x0D: emit(Rare.nothing, i)
        case 0x18...0x1F: emit(Rare.nothing, i)
        case 0x40...0x4F:
            let code = UInt16(i.opcode & 15)
            if i.isMemory {
                emit(IntegerHandlers.cmovRM[size: size], i, destination: reg(i), code: code)
            } else {
                emit(IntegerHandlers.cmovRR[size: size], i, destination: reg(i), source: rm(i), code: code)
            }
        case 0x80...0x8F: lowerConditional(i)
        case 0x90...0x9F: emitRecord(Rare.setcc, i)
        case 0xA3, 0xAB, 0xB3, 0xBB: emitRecord(Rare.bitTest, i)
        case 0xBA:
            guard i.opcodeExtension >= 4 else { return false }
            emitRecord(Rare.bitTest, i)
        case 0xA4, 0xA5, 0xAC, 0xAD: emitRecord(Rare.shiftDouble, i)
        case 0xAF:
            if i.isMemory {
                emit(IntegerHandlers.imulRM[size: size], i, destination: reg(i))
            } else {
                emit(IntegerHandlers.imulRR[size: size], i, destination: reg(i), source: rm(i))
            }
        case 0xB0, 0xB1:
            var i = i
            if i.opcode == 0xB0 { i.operandSize = 1 }
            emitRecord(Rare.cmpxchg, i)
        case 0xC0, 0xC1:
            var i = i
            if i.opcode == 0xC0 { i.operandSize = 1 }
            emitRecord(Rare.xadd, i)
        case 0xB6, 0xB7, 0xBE, 0xBF:
            let destination = BlockBuilder.slot(i.reg)
            let isByte = i.opcode & 1 == 0
            let source = isByte ? BlockBuilder.byteSlot(i.rm, i) : BlockBuilder.slot(i.rm)
            let handlers: (r: SizedHandlers, m: SizedHandlers) =
                switch i.opcode {
                case 0xB6: (IntegerHandlers.extendUInt8R, IntegerHandlers.extendUInt8M)
                case 0xB7: (IntegerHandlers.extendUInt16R, IntegerHandlers.extendUInt16M)
                case 0xBE: (IntegerHandlers.extendInt8R, IntegerHandlers.extendInt8M)
                default: (IntegerHandlers.extendInt16R, IntegerHandlers.extendInt16M)
                }
            if i.isMemory {
                emit(handlers.m[size: size], i, destination: destination)
            } else {
                emit(handlers.r[size: size], i, destination: destination, source: source)
            }
        case 0xB8:
            guard i.prefixes.contains(.rep) else { return false }
            emitRecord(Rare.bitScan, i)
        case 0xBC, 0xBD: emitRecord(Rare.bitScan, i)
        case 0xC7:
            guard i.opcodeExtension == 1, i.isMemory else { return false }
            emitRecord(Rare.cmpxchgWide, i)
        case 0xC8...0xCF: emitRecord(Rare.bswap, i)
        default: return false
        }
        return true
    }

    private mutating func lowerThreeByte(_ i: Instruction) -> Bool {
        switch i.opcode {
        case 0xF0, 0xF1:
            // With F2 it is CRC32.
            guard i.isMemory, i.prefixes.isDisjoint(with: [.rep, .repne]) else { return false }
            emitRecord(Rare.movbe, i)
        case 0xF8:
            guard i.isMemory, i.prefixes.contains(.operandSize), i.prefixes.isDisjoint(with: [.rep, .repne]) else {
                return false
            }
            emitRecord(Rare.movdir64b, i)
        case 0xF9:
            guard i.isMemory, i.prefixes.isDisjoint(with: [.rep, .repne, .operandSize]) else { return false }
            emitRecord(Rare.movdiri, i)
        default: return false
        }
        return true
    }
}

/// PUSH r64
private let pushRegister: Handler = { c, o in
    let (state, op) = (State(c), MicroOp(o))
    let target = state[.rsp] &- 8
    guard state.store(target, state.register(op.source, as: UInt64.self), op) else { return nil }
    state[.rsp] = target
    return proceed(c, o)
}

/// POP r64
private let popRegister: Handler = { c, o in
    let (state, op) = (State(c), MicroOp(o))
    guard let value = state.load(state[.rsp], op, as: UInt64.self) else { return nil }
    state[.rsp] = state[.rsp] &+ 8
    state.setRegister(op.destination, value)
    return proceed(c, o)
}

// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

// Instructions into ops: the integer families. Others have files of their own, asked after these.

extension BlockBuilder {
    var is64: Bool { mode.contains(.code64) }

    /// Appends the ops of one instruction; of an undefined one, what raises #UD.
    mutating func lower(_ i: Instruction) {
        let isDone =
            switch i.map {
            case .oneByte: lowerOneByte(i)
            case .twoByte: lowerTwoByte(i)
            case .threeByte38: lowerThreeByte(i)
            case .threeByte3A: false
            }
        if isDone || lowerSystem(i) || lowerSIMD(i) || lowerX87(i) { return }
        emit(undefinedOp, i)
        finish()
    }

    /// Appends one op for a comparison or test and the conditional jump behind it, if there is one.
    mutating func lowerPair(_ i: Instruction, _ jump: Instruction) -> Bool {
        guard
            jump.map == .oneByte && jump.opcode & 0xF0 == 0x70
                || jump.map == .twoByte && jump.opcode & 0xF0 == 0x80,
            i.map == .oneByte, !i.prefixes.contains(.lock)
        else { return false }
        let condition = Int(jump.opcode & 15)
        let size = i.operandSize
        let taken = jump.nextRIP &+ jump.immediate
        func pair(
            _ forms: [BySize?], destination: UInt8 = 0, source: UInt8 = 0, immediate: Int32? = nil,
            displacement: UInt64? = nil
        ) -> Bool {
            guard let forms = forms[condition] else { return false }
            end(
                forms[size], i, jump, taken: taken, destination: destination, source: source,
                immediate: immediate, displacement: displacement)
            return true
        }
        let (first, second) = (offset(i.rm, i), offset(i.reg, i))
        switch i.opcode {
        case 0x38, 0x39:
            return i.isMemory
                ? pair(Handlers.compareJumpMR, source: second)
                : pair(Handlers.compareJumpRR, destination: first, source: second)
        case 0x3A...0x3B where !i.isMemory:
            return pair(Handlers.compareJumpRR, destination: second, source: first)
        case 0x3C, 0x3D: return pair(Handlers.compareJumpRI, displacement: i.immediate)
        case 0x80...0x83 where i.opcodeExtension == 7:
            return i.isMemory
                ? pair(
                    Handlers.compareJumpMI, destination: UInt8(count),
                    immediate: Int32(truncatingIfNeeded: i.immediate))
                : pair(Handlers.compareJumpRI, destination: first, displacement: i.immediate)
        case 0x84, 0x85:
            return i.isMemory
                ? pair(Handlers.testJumpMR, source: second)
                : pair(Handlers.testJumpRR, destination: first, source: second)
        case 0xA8, 0xA9: return pair(Handlers.testJumpRI, displacement: i.immediate)
        case 0xF6...0xF7 where i.opcodeExtension < 2:
            return i.isMemory
                ? pair(
                    Handlers.testJumpMI, destination: UInt8(count),
                    immediate: Int32(truncatingIfNeeded: i.immediate))
                : pair(Handlers.testJumpRI, destination: first, displacement: i.immediate)
        default: return false
        }
    }

    /// The end of a block whose last instruction does not branch.
    mutating func lowerEnd(_ i: Instruction) {
        end(jumpAlways, i, taken: i.rip)
    }

    mutating func lowerFailure(_ failure: DecodeFailure, _ i: Instruction) {
        emit(failure == .tooLong ? tooLongOp : undefinedOp, i)
        finish()
    }

    /// A block-ending op with its slot: `taken` and the next instruction as linear addresses.
    @discardableResult
    private mutating func end(
        _ handler: @escaping Handler, _ i: Instruction, taken: UInt64, destination: UInt8 = 0,
        source: UInt8 = 0, code: UInt16 = 0
    ) -> MicroOp {
        end(handler, i, i, taken: taken, destination: destination, source: source, code: code)
    }
    /// The op of the block's last instructions: operands are those of `i`, `last` is the branch.
    ///
    /// - Parameter immediate: where it is not the number of instructions.
    @discardableResult
    private mutating func end(
        _ handler: @escaping Handler, _ i: Instruction, _ last: Instruction, taken: UInt64,
        destination: UInt8 = 0, source: UInt8 = 0, code: UInt16 = 0, immediate: Int32? = nil,
        displacement: UInt64? = nil
    ) -> MicroOp {
        let op = emit(
            handler, i, destination: destination, source: source, code: code,
            immediate: immediate ?? Int32(count), displacement: displacement)
        let slot = reserveSlot()
        slot.storeBytes(of: 0, toByteOffset: 0, as: UInt64.self)
        slot.storeBytes(of: 0, toByteOffset: 8, as: UInt64.self)
        slot.storeBytes(of: target(taken, last), toByteOffset: BlockEnd.targets, as: UInt64.self)
        // A 16-bit branch that is not taken leaves EIP whole.
        let next = is64 ? last.nextRIP : (last.nextRIP &- codeBase) & 0xFFFF_FFFF
        slot.storeBytes(of: next, toByteOffset: BlockEnd.targets + 8, as: UInt64.self)
        finish()
        return op
    }

    /// A linear address as RIP.
    private func target(_ linear: UInt64, _ i: Instruction) -> UInt64 {
        is64 ? linear : (linear &- codeBase) & (i.operandSize == 2 && i.length > 0 ? 0xFFFF : 0xFFFF_FFFF)
    }

    @discardableResult
    private mutating func record(_ handler: @escaping Handler, _ i: Instruction) -> Bool {
        emitRecord(handler, i)
        return true
    }
    @discardableResult
    private mutating func op(
        _ handler: @escaping Handler, _ i: Instruction, _ destination: UInt8 = 0, _ source: UInt8 = 0,
        code: UInt16 = 0, immediate: UInt64 = 0, displacement: UInt64? = nil
    ) -> Bool {
        emit(
            handler, i, destination: destination, source: source, code: code,
            immediate: Int32(truncatingIfNeeded: immediate), displacement: displacement)
        return true
    }

    /// Byte offset of a register operand of the instruction's size.
    private func offset(_ register: UInt8, _ i: Instruction) -> UInt8 { offset(register, i, i.operandSize) }
    private func offset(_ register: UInt8, _ i: Instruction, _ size: UInt8) -> UInt8 {
        size == 1 ? BlockBuilder.byteSlot(register, i) : BlockBuilder.slot(register)
    }

    // MARK: One-byte map

    private mutating func lowerOneByte(_ i: Instruction) -> Bool {
        let size = i.operandSize
        switch i.opcode {
        case 0x00...0x3D where i.opcode & 7 < 6:
            return lowerArithmetic(Handlers.arithmetic[Int(i.opcode >> 3)], i)
        case 0x27, 0x2F, 0x37, 0x3F, 0xD4, 0xD5: return is64 ? false : record(decimal, i)
        case 0x40...0x4F where !is64:
            let forms = i.opcode & 8 == 0 ? Handlers.incrementR : Handlers.decrementR
            return op(forms[knownFlags.rawValue][size], i, BlockBuilder.slot(i.opcode & 7))
        case 0x50...0x57:
            if size == 8 { return op(push64R, i, 0, BlockBuilder.slot(i.rm)) }
            return record(pushRare, i)
        case 0x58...0x5F:
            if size == 8 { return op(pop64R, i, BlockBuilder.slot(i.rm)) }
            return record(popRare, i)
        case 0x60: return is64 ? false : record(pushAll, i)
        case 0x61: return is64 ? false : record(popAll, i)
        case 0x62: return is64 || !i.isMemory ? false : record(bound, i)
        case 0x63 where is64: return lowerExtend(i, from: 4, signed: true)
        case 0x68, 0x6A:
            if size == 8 { return op(push64I, i, immediate: i.immediate) }
            return record(pushRare, i)
        case 0x69, 0x6B:
            let reg = BlockBuilder.slot(i.reg)
            return i.isMemory
                ? op(
                    (flagsAreDead ? Handlers.imulRMIDead : Handlers.imulRMI)[size], i, reg,
                    immediate: i.immediate)
                : op(
                    (flagsAreDead ? Handlers.imulRRIDead : Handlers.imulRRI)[size], i, reg,
                    BlockBuilder.slot(i.rm), immediate: i.immediate)
        case 0x70...0x7F:
            lowerJump(i)
            return true
        case 0x80...0x83:
            let forms = Handlers.arithmetic[Int(i.opcodeExtension)]
            if !i.isMemory {
                return op(
                    (flagsAreDead ? forms.riDead : forms.ri)[size], i, offset(i.rm, i), immediate: i.immediate
                )
            }
            return i.prefixes.contains(.lock)
                ? record(lockedArithmetic, i) : op(sized(forms.mi, i), i, immediate: i.immediate)
        case 0x84, 0x85:
            return i.isMemory
                ? op(sized(Handlers.test.mr, i), i, 0, offset(i.reg, i))
                : op(Handlers.test.rr[size], i, offset(i.rm, i), offset(i.reg, i))
        case 0x86, 0x87: return record(i.isMemory ? xchgM : xchgR, i)
        case 0x88, 0x89:
            let reg = offset(i.reg, i)
            if !i.isMemory { return op(Handlers.moveRR[size], i, offset(i.rm, i), reg) }
            return op(sized(Handlers.moveMR, i), i, 0, reg)
        case 0x8A, 0x8B:
            let reg = offset(i.reg, i)
            if !i.isMemory { return op(Handlers.moveRR[size], i, reg, offset(i.rm, i)) }
            return op(sized(Handlers.moveRM, i), i, reg)
        case 0x8D: return lowerLEA(i)
        case 0x8F: return i.opcodeExtension == 0 ? record(popRare, i) : false
        case 0x90...0x97:
            if i.opcode == 0x90, i.rm == 0 { return true }
            return record(xchgR, i)
        case 0x98: return op(convert, i, code: UInt16(size))
        case 0x99: return op(convertDouble, i, code: UInt16(size))
        case 0x9B: return false
        case 0x9E: return op(sahf, i)
        case 0x9F: return op(lahf, i)
        case 0xA0, 0xA1: return op(sized(Handlers.moveRM, i), i, 0)
        case 0xA2, 0xA3: return op(sized(Handlers.moveMR, i), i, 0, 0)
        case 0xA4...0xA7, 0xAA...0xAF: return record(stringOperation, i)
        case 0xA8, 0xA9: return op(Handlers.test.ri[size], i, 0, immediate: i.immediate)
        case 0xB0...0xB7:
            return op(Handlers.moveRI.byte, i, BlockBuilder.byteSlot(i.rm, i), displacement: i.immediate)
        case 0xB8...0xBF:
            return op(Handlers.moveRI[size], i, BlockBuilder.slot(i.rm), displacement: i.immediate)
        case 0xC0, 0xC1, 0xD0...0xD3: return lowerShift(i)
        case 0xC2, 0xC3:
            if is64 {
                end(
                    return64, i, taken: 0,
                    code: UInt16(truncatingIfNeeded: i.opcode == 0xC2 ? i.immediate : 0))
            } else {
                emitEnding(nearBranch32, i)
            }
            return true
        case 0xC6, 0xC7:
            guard i.opcodeExtension == 0 else { return false }
            return i.isMemory
                ? op(sized(Handlers.moveMI, i), i, immediate: i.immediate)
                : op(Handlers.moveRI[size], i, offset(i.rm, i), displacement: i.immediate)
        case 0xC8: return record(enter, i)
        case 0xC9: return size == 8 ? op(leave64, i) : record(leaveRare, i)
        case 0xD6: return is64 ? false : op(salc, i)
        case 0xD7: return record(xlat, i)
        case 0xE0...0xE3:
            end(
                loop, i, taken: i.nextRIP &+ i.immediate,
                code: UInt16(i.opcode & 3) | UInt16(i.addressSize) << 4)
            return true
        case 0xE8:
            if is64 {
                end(callDirect64, i, taken: i.nextRIP &+ i.immediate)
            } else {
                emitEnding(nearBranch32, i)
            }
            return true
        case 0xE9, 0xEB:
            end(jumpAlways, i, taken: i.nextRIP &+ i.immediate)
            return true
        case 0xF5: return op(cmc, i)
        case 0xF6, 0xF7: return lowerGroup3(i)
        case 0xF8: return op(clc, i)
        case 0xF9: return op(stc, i)
        case 0xFC: return op(cld, i)
        case 0xFD: return op(std, i)
        case 0xFE: return i.opcodeExtension < 2 ? lowerIncrement(i) : false
        case 0xFF: return lowerGroup5(i)
        default: return false
        }
    }

    /// The handler for the instruction's operand size and way to address memory.
    private func sized(_ forms: ByAddress, _ i: Instruction) -> Handler { sized(forms, i, i.operandSize) }
    private func sized(_ forms: ByAddress, _ i: Instruction, _ size: UInt8) -> Handler {
        guard is64, addressing(i) == 0 else { return forms.segmented[size] }
        return (i.index == Instruction.noRegister ? forms.base : forms.indexed)[size]
    }

    private mutating func lowerArithmetic(_ forms: ArithmeticForms, _ i: Instruction) -> Bool {
        let size = i.operandSize
        let reg = offset(i.reg, i)
        switch i.opcode & 7 {
        case 0, 1:
            if !i.isMemory {
                return op((flagsAreDead ? forms.rrDead : forms.rr)[size], i, offset(i.rm, i), reg)
            }
            return i.prefixes.contains(.lock)
                ? record(lockedArithmetic, i) : op(sized(forms.mr, i), i, 0, reg)
        case 2, 3:
            return i.isMemory
                ? op(sized(flagsAreDead ? forms.rmDead : forms.rm, i), i, reg)
                : op((flagsAreDead ? forms.rrDead : forms.rr)[size], i, reg, offset(i.rm, i))
        default: return op((flagsAreDead ? forms.riDead : forms.ri)[size], i, 0, immediate: i.immediate)
        }
    }

    private mutating func lowerExtend(_ i: Instruction, from: UInt8, signed: Bool) -> Bool {
        let reg = BlockBuilder.slot(i.reg)
        if i.isMemory {
            let forms =
                switch (from, signed) {
                case (1, false): Handlers.zeroExtend8RM
                case (2, false): Handlers.zeroExtend16RM
                case (1, true): Handlers.signExtend8RM
                case (2, true): Handlers.signExtend16RM
                default: Handlers.signExtend32RM
                }
            return op(sized(forms, i), i, reg)
        }
        let forms =
            switch (from, signed) {
            case (1, false): Handlers.zeroExtend8RR
            case (2, false): Handlers.zeroExtend16RR
            case (1, true): Handlers.signExtend8RR
            case (2, true): Handlers.signExtend16RR
            default: Handlers.signExtend32RR
            }
        return op(forms[i.operandSize], i, reg, offset(i.rm, i, from))
    }

    private mutating func lowerLEA(_ i: Instruction) -> Bool {
        guard i.isMemory else { return false }
        let reg = BlockBuilder.slot(i.reg)
        if i.addressSize == 8 || (i.addressSize == 4 && i.operandSize <= 4) {
            let forms = i.index == Instruction.noRegister ? Handlers.leaBase : Handlers.lea
            return op(forms[i.operandSize], i, reg)
        }
        return op(Handlers.leaNarrow[i.operandSize], i, reg, code: UInt16(i.addressSize))
    }

    private mutating func lowerShift(_ i: Instruction) -> Bool {
        let kind = Int(i.opcodeExtension)
        let size = i.operandSize
        let byCL = i.opcode & 0xFE == 0xD2
        let amount = shiftAmount(i)
        if i.isMemory { return op(Handlers.shiftM[kind][size], i, code: byCL ? 1 : 0, immediate: amount) }
        let rm = offset(i.rm, i)
        if byCL {
            return op((flagsAreDead ? Handlers.shiftRCDead : Handlers.shiftRC)[kind][size], i, rm)
        }
        if amount == 0 {
            // Flags stay; a 32-bit register is still written.
            return op(Handlers.moveRR[size], i, rm, rm)
        }
        return op(
            (flagsAreDead ? Handlers.shiftRIDead : Handlers.shiftRI)[kind][size], i, rm, immediate: amount)
    }

    /// What a shift by an immediate, or by one, shifts by.
    func shiftAmount(_ i: Instruction) -> UInt64 {
        i.opcode < 0xD0 ? i.immediate & (i.operandSize == 8 ? 63 : 31) : 1
    }

    private mutating func lowerGroup3(_ i: Instruction) -> Bool {
        let size = i.operandSize
        let rm = i.isMemory ? 0 : offset(i.rm, i)
        if i.prefixes.contains(.lock) { return record(lockedUnary, i) }
        switch i.opcodeExtension {
        case 0, 1:
            return op(
                i.isMemory ? sized(Handlers.test.mi, i) : Handlers.test.ri[size], i, rm,
                immediate: i.immediate
            )
        case 2: return op(i.isMemory ? sized(Handlers.notM, i) : Handlers.notR[size], i, rm)
        case 3: return op(i.isMemory ? sized(Handlers.negateM, i) : Handlers.negateR[size], i, rm)
        case 4: return op((i.isMemory ? Handlers.multiplyM : Handlers.multiplyR)[size], i, rm)
        case 5: return op((i.isMemory ? Handlers.multiplySignedM : Handlers.multiplySignedR)[size], i, rm)
        case 6: return op((i.isMemory ? Handlers.divideM : Handlers.divideR)[size], i, rm)
        default: return op((i.isMemory ? Handlers.divideSignedM : Handlers.divideSignedR)[size], i, rm)
        }
    }

    private mutating func lowerIncrement(_ i: Instruction) -> Bool {
        if i.prefixes.contains(.lock) { return record(lockedUnary, i) }
        let size = i.operandSize
        if i.isMemory {
            return op(sized(i.opcodeExtension == 0 ? Handlers.incrementM : Handlers.decrementM, i), i)
        }
        let rm = offset(i.rm, i)
        if flagsAreDead {
            let forms = i.opcodeExtension == 0 ? Handlers.add : Handlers.subtract
            return op(forms.riDead[size], i, rm, immediate: 1)
        }
        let forms = i.opcodeExtension == 0 ? Handlers.incrementR : Handlers.decrementR
        return op(forms[knownFlags.rawValue][size], i, rm)
    }

    private mutating func lowerGroup5(_ i: Instruction) -> Bool {
        switch i.opcodeExtension {
        case 0, 1: return lowerIncrement(i)
        case 2, 4:
            guard is64 else {
                emitEnding(nearBranch32, i)
                return true
            }
            let isCall = i.opcodeExtension == 2
            if i.isMemory {
                end(isCall ? callM64 : jumpM64, i, taken: 0)
            } else {
                end(isCall ? callR64 : jumpR64, i, taken: 0, source: BlockBuilder.slot(i.rm))
            }
            return true
        case 6:
            if i.operandSize != 8 { return record(pushRare, i) }
            return i.isMemory ? op(push64M, i) : op(push64R, i, 0, BlockBuilder.slot(i.rm))
        default: return false
        }
    }

    private mutating func lowerJump(_ i: Instruction) {
        let code = Int(i.opcode & 15)
        end(Handlers.jumpIf[knownFlags.rawValue][code], i, taken: i.nextRIP &+ i.immediate)
    }

    // MARK: Two-byte map

    private mutating func lowerTwoByte(_ i: Instruction) -> Bool {
        let size = i.operandSize
        let reg = BlockBuilder.slot(i.reg)
        let rm = BlockBuilder.slot(i.rm)
        switch i.opcode {
        // Prefetches and hints do nothing.
        case 0x0D, 0x18...0x1F: return true
        case 0x40...0x4F:
            let code = UInt16(i.opcode & 15)
            if i.isMemory { return op(Handlers.cmovRM[size], i, reg, code: code) }
            guard size >= 4 else { return op(Handlers.cmovRR[size], i, reg, rm, code: code) }
            let forms = (size == 8 ? Handlers.cmovQuad : Handlers.cmovDouble)[knownFlags.rawValue]
            return op(forms[Int(code)], i, reg, rm, code: code)
        case 0x80...0x8F:
            lowerJump(i)
            return true
        case 0x90...0x9F:
            let code = UInt16(i.opcode & 15)
            if i.isMemory { return op(setccM, i, code: code) }
            return op(
                Handlers.setcc[knownFlags.rawValue][Int(code)], i, BlockBuilder.byteSlot(i.rm, i), code: code)
        case 0xA3, 0xAB, 0xB3, 0xBB:
            if i.opcode == 0xA3, !i.isMemory { return op(Handlers.bitTestRR[size], i, rm, reg) }
            return record(bitTest, i)
        case 0xBA:
            guard i.opcodeExtension >= 4 else { return false }
            if i.opcodeExtension == 4, !i.isMemory {
                return op(Handlers.bitTestRI[size], i, rm, immediate: i.immediate & UInt64(size * 8 - 1))
            }
            return record(bitTest, i)
        case 0xA4, 0xA5, 0xAC, 0xAD:
            let left = i.opcode < 0xA8
            let code: UInt16 = i.opcode & 1 == 1 ? 1 : 0
            if i.isMemory {
                return op(
                    (left ? Handlers.doubleShiftLeftM : Handlers.doubleShiftRightM)[size], i, 0, reg,
                    code: code,
                    immediate: i.immediate)
            }
            return op(
                (left ? Handlers.doubleShiftLeftR : Handlers.doubleShiftRightR)[size], i, rm, reg, code: code,
                immediate: i.immediate)
        case 0xAF:
            return i.isMemory
                ? op((flagsAreDead ? Handlers.imulRMDead : Handlers.imulRM)[size], i, reg)
                : op((flagsAreDead ? Handlers.imulRRDead : Handlers.imulRR)[size], i, reg, rm)
        case 0xB0, 0xC0:
            var byte = i
            byte.operandSize = 1
            return record(i.opcode == 0xB0 ? cmpxchg : xadd, byte)
        case 0xB1: return record(cmpxchg, i)
        case 0xC1: return record(xadd, i)
        case 0xB6: return lowerExtend(i, from: 1, signed: false)
        case 0xB7: return lowerExtend(i, from: 2, signed: false)
        case 0xBE: return lowerExtend(i, from: 1, signed: true)
        case 0xBF: return lowerExtend(i, from: 2, signed: true)
        case 0xB8: return i.prefixes.contains(.rep) ? record(bitScan, i) : false
        case 0xBC, 0xBD: return record(bitScan, i)
        case 0xC3:
            guard i.isMemory, i.prefixes.isDisjoint(with: [.operandSize, .rep, .repne]) else { return false }
            return op(sized(Handlers.moveMR, i), i, 0, reg)
        case 0xC7 where i.opcodeExtension == 1 && i.isMemory: return record(cmpxchgPair, i)
        case 0xC8...0xCF: return op(bswap, i, rm, code: UInt16(size))
        default: return false
        }
    }

    private mutating func lowerThreeByte(_ i: Instruction) -> Bool {
        switch i.opcode {
        case 0xF0, 0xF1:
            guard i.isMemory, !i.prefixes.contains(.repne), !i.prefixes.contains(.rep) else { return false }
            return record(movbe, i)
        case 0xF8:
            guard i.isMemory, i.prefixes.contains(.operandSize), !i.prefixes.contains(.rep) else {
                return false
            }
            return record(movdir64b, i)
        case 0xF9:
            guard i.isMemory, i.prefixes.isDisjoint(with: [.operandSize, .rep, .repne]) else { return false }
            return record(movdiri, i)
        default: return false
        }
    }
}

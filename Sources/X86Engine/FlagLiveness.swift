// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

/// What a block knows of its flags: who has set those that the next instruction reads, and which nobody will read.
extension BlockBuilder {
    /// Takes note of what the instruction lowered last has done to the flags.
    mutating func noteFlags(_ i: Instruction) {
        if i.prefixes.contains(.lock) {
            knownFlags = .none
            return
        }
        switch (i.map, i.opcode) {
        case (.oneByte, 0x00...0x05): knownFlags = .add
        case (.oneByte, 0x10...0x15), (.oneByte, 0x18...0x1D), (.oneByte, 0x69), (.oneByte, 0x6B),
            (.twoByte, 0xAF):
            knownFlags = .result
        case (.oneByte, 0x28...0x2D), (.oneByte, 0x38...0x3D): knownFlags = .sub
        case (.oneByte, 0x08...0x0D), (.oneByte, 0x20...0x25), (.oneByte, 0x30...0x35),
            (.oneByte, 0x84...0x85), (.oneByte, 0xA8...0xA9):
            knownFlags = .logic
        case (.oneByte, 0x80...0x83):
            switch i.opcodeExtension {
            case 0: knownFlags = .add
            case 5, 7: knownFlags = .sub
            case 1, 4, 6: knownFlags = .logic
            default: knownFlags = .result
            }
        case (.oneByte, 0xC0...0xC1), (.oneByte, 0xD0...0xD1):
            // By zero: flags stay. Rotations make them explicit.
            if shiftAmount(i) != 0 { knownFlags = i.opcodeExtension < 4 ? .none : .result }
        case (.oneByte, 0xF6...0xF7):
            switch i.opcodeExtension {
            case 0, 1: knownFlags = .logic
            case 3: knownFlags = .sub
            case 4, 5: knownFlags = .result
            default: break
            }
        case (.oneByte, 0xFE...0xFF) where i.opcodeExtension < 2: knownFlags = .result
        case (.oneByte, 0x40...0x4F) where !is64: knownFlags = .result
        case (.oneByte, 0x50...0x5F), (.oneByte, 0x63), (.oneByte, 0x68), (.oneByte, 0x6A),
            (.oneByte, 0x86...0x8B), (.oneByte, 0x8D), (.oneByte, 0x90...0x99), (.oneByte, 0xB0...0xBF),
            (.oneByte, 0xC6...0xC7), (.oneByte, 0xC9), (.oneByte, 0xFC...0xFD), (.twoByte, 0x1F),
            (.twoByte, 0x40...0x4F), (.twoByte, 0x90...0x9F),
            (.twoByte, 0xB6...0xB7), (.twoByte, 0xBE...0xBF), (.twoByte, 0xC8...0xCF):
            break
        default: knownFlags = .none
        }
    }

    /// The instruction ends a block whatever it is lowered to: nothing behind it needs to be decoded.
    static func ends(_ i: Instruction) -> Bool {
        switch (i.map, i.opcode) {
        case (.oneByte, 0x70...0x7F), (.oneByte, 0xC2), (.oneByte, 0xC3), (.oneByte, 0xE0...0xE3),
            (.oneByte, 0xE8),
            (.oneByte, 0xE9), (.oneByte, 0xEB), (.oneByte, 0xCC), (.oneByte, 0xF4), (.oneByte, 0xCF):
            true
        case (.oneByte, 0xFF): i.opcodeExtension == 2 || i.opcodeExtension == 4
        case (.twoByte, 0x80...0x8F), (.twoByte, 0x0B): true
        default: false
        }
    }

    /// For each instruction: all the arithmetic flags it leaves are overwritten before anything reads them.
    ///
    /// At the block's end flags count as read. A fault between the two writers shows RFLAGS in which only bits differ that
    /// the restarted instructions overwrite before reading.
    static func deadFlags(_ instructions: [Instruction]) -> [Bool] {
        var dead = [Bool](repeating: false, count: instructions.count)
        var areDead = false
        for index in instructions.indices.reversed() {
            dead[index] = areDead
            switch flagUse(instructions[index]) {
            case .overwrites: areDead = true
            case .none: break
            case .reads: areDead = false
            }
        }
        return dead
    }

    private enum FlagUse {
        /// Writes all six, reads none.
        case overwrites
        /// Reads none, and may write some: whether those before it are dead is for those behind it to say.
        case none
        case reads
    }

    private static func flagUse(_ i: Instruction) -> FlagUse {
        if i.prefixes.contains(.lock) { return .reads }
        switch i.map {
        case .oneByte:
            switch i.opcode {
            case 0x00...0x3D where i.opcode & 7 < 6:
                let number = i.opcode >> 3
                return number == 2 || number == 3 ? .reads : .overwrites
            case 0x80...0x83:
                return i.opcodeExtension == 2 || i.opcodeExtension == 3 ? .reads : .overwrites
            case 0x69, 0x6B, 0x84, 0x85, 0xA8, 0xA9: return .overwrites
            case 0x50...0x5F, 0x63, 0x68, 0x6A, 0x86...0x8B, 0x8D, 0x90...0x99, 0xA0...0xA7, 0xAA...0xBF,
                0xC6, 0xC7, 0xC9, 0xFC, 0xFD, 0xFE:
                return .none
            case 0xC0, 0xC1, 0xD0...0xD3: return shiftFlagUse(i)
            case 0xF6, 0xF7:
                return i.opcodeExtension == 2 || i.opcodeExtension > 5 ? .none : .overwrites
            case 0xFF: return i.opcodeExtension < 2 || i.opcodeExtension == 6 ? .none : .reads
            default: return .reads
            }
        case .twoByte:
            switch i.opcode {
            case 0xAF: return .overwrites
            case 0x0D, 0x10...0x1F, 0x28...0x2D, 0x50...0x76, 0x7E, 0x7F, 0xA3, 0xAB, 0xB3, 0xBA...0xBF,
                0xB6...0xB8, 0xC2...0xC6, 0xC8...0xFE:
                return .none
            default: return .reads
            }
        default: return .none
        }
    }

    private static func shiftFlagUse(_ i: Instruction) -> FlagUse {
        switch i.opcodeExtension {
        case 0, 1: return .none
        case 2, 3: return .reads
        default:
            let isByZero = i.opcode < 0xD0 && i.immediate & (i.operandSize == 8 ? 63 : 31) == 0
            return i.opcode & 0xFE == 0xD2 || isByZero ? .none : .overwrites
        }
    }
}

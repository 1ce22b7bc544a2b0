// SPDX-License-Identifier: Apache-2.0

/// What an instruction does with its ModRM or moffs operand in memory, for the checks of segments.
extension Instruction {
    /// It is written, read before or not. ARPL, which writes only what it changes, looks for itself.
    public var writesMemory: Bool {
        switch map {
        case .oneByte: oneByteWrites
        case .twoByte: twoByteWrites
        // MOVBE, MOVDIRI; CRC32 reads.
        case .threeByte38: opcode == 0xF1 && !prefixes.contains(.repne) || opcode == 0xF9
        // PEXTRx and EXTRACTPS.
        case .threeByte3A: (0x14...0x17).contains(opcode)
        }
    }

    private var oneByteWrites: Bool {
        switch opcode {
        case 0x00...0x37: opcode & 7 < 2
        case 0x80...0x83: opcodeExtension != 7
        case 0x86...0x89, 0x8C, 0x8F, 0xA2, 0xA3, 0xC0, 0xC1, 0xC6, 0xC7, 0xD0...0xD3: true
        case 0xF6, 0xF7: opcodeExtension == 2 || opcodeExtension == 3
        case 0xFE, 0xFF: opcodeExtension < 2
        case 0xD9: [2, 3, 6, 7].contains(opcodeExtension)
        case 0xDB: [1, 2, 3, 7].contains(opcodeExtension)
        case 0xDD, 0xDF: [1, 2, 3, 6, 7].contains(opcodeExtension)
        default: false
        }
    }

    private var twoByteWrites: Bool {
        switch opcode {
        case 0x00: opcodeExtension < 2
        case 0x01: opcodeExtension < 2 || opcodeExtension == 4
        case 0x11, 0x13, 0x17, 0x29, 0x2B, 0x7F, 0xD6, 0xE7, 0xC3: true
        case 0x7E: !prefixes.contains(.rep)
        case 0x90...0x9F, 0xA4, 0xA5, 0xAB, 0xAC, 0xAD, 0xB0, 0xB1, 0xB3, 0xBB, 0xC0, 0xC1: true
        case 0xAE:
            [0, 3, 4].contains(opcodeExtension) || opcodeExtension == 6 && !prefixes.contains(.operandSize)
        case 0xBA: opcodeExtension > 4
        case 0xC7: [1, 4, 5, 7].contains(opcodeExtension)
        default: false
        }
    }

    /// Its size in bytes, at least: what lies beyond a segment's limit is found out from it.
    public var memorySize: Int {
        switch map {
        case .oneByte:
            switch opcode {
            case 0x63, 0x8C, 0x8E: return 2
            case 0x62: return Int(operandSize) * 2
            case 0xC4, 0xC5: return Int(operandSize) + 2
            case 0xFF:
                return opcodeExtension == 3 || opcodeExtension == 5 ? Int(operandSize) + 2 : Int(operandSize)
            case 0xD8, 0xDA: return 4
            case 0xDC: return 8
            case 0xDE: return 2
            case 0xD9:
                return opcodeExtension < 4 ? 4 : opcodeExtension & 1 == 1 ? 2 : operandSize == 2 ? 14 : 28
            case 0xDB: return opcodeExtension < 4 ? 4 : 10
            case 0xDD:
                switch opcodeExtension {
                case 0...3: return 8
                case 7: return 2
                default: return operandSize == 2 ? 94 : 108
                }
            case 0xDF: return opcodeExtension < 4 ? 2 : opcodeExtension & 1 == 0 ? 10 : 8
            default: return Int(operandSize)
            }
        case .twoByte:
            switch opcode {
            case 0x00, 0x02, 0x03, 0xB7, 0xBF: return 2
            case 0x01: return opcodeExtension < 4 ? 6 : 2
            case 0x90...0x9F, 0xB0, 0xB6, 0xBE, 0xC0: return 1
            case 0xB2, 0xB4, 0xB5: return Int(operandSize) + 2
            case 0xC7 where opcodeExtension == 1: return 8
            case 0x40...0x4F, 0xA0...0xBF, 0xC1, 0xC3: return Int(operandSize)
            case 0x12, 0x13, 0x16, 0x17, 0xD6: return 8
            case 0x10, 0x11, 0x2A, 0x2C...0x2F, 0x51...0x5F, 0xC2:
                return prefixes.contains(.rep) ? 4 : prefixes.contains(.repne) ? 8 : 16
            case 0x6E, 0x7E: return prefixes.contains(.rep) ? 8 : 4
            case 0x60...0x7F, 0xD1...0xFE:
                return prefixes.isDisjoint(with: [.operandSize, .rep, .repne]) ? 8 : 16
            default: return 1
            }
        case .threeByte38, .threeByte3A: return 1
        }
    }
}

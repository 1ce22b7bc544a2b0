// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

/// One instruction with everything it starts from.
struct OracleCase {
    var form: InstructionForm
    var bytes: [UInt8] = []
    /// nil: the decoder refuses the bytes.
    var instruction: Instruction?
    /// Where the bytes lie in the region.
    var place: UInt64 = 0
    var start = ProcessorState()
    /// Where in the table of random bytes the contents of memory begin.
    var pattern = 0
    /// Several instructions: `form` says nothing.
    var isSequence = false
    /// Words put into memory afterwards: place and value.
    var words: [(place: UInt64, value: UInt64)] = []

    var text: String {
        let memory = words.map { "\(hex($0.place)): \(hex($0.value))" }.joined(separator: ", ")
        return
            "\(form.text): \(hex(bytes)) at \(hex(start.rip)), memory \(pattern) [\(memory)]\n  before: \(start.text)"
    }
}

extension OracleCase {
    /// The flags that the manual leaves undefined after the instruction has been completed.
    ///
    /// - SeeAlso: SDM Vol. 1, "EFLAGS Cross-Reference".
    var undefinedFlags: UInt64 {
        // Logic among them.
        if isSequence { return RFLAGS.af }
        guard let i = instruction else { return 0 }
        let (cf, pf, af, zf, sf, of) = (RFLAGS.cf, RFLAGS.pf, RFLAGS.af, RFLAGS.zf, RFLAGS.sf, RFLAGS.of)
        let isGroup = i.opcodeExtension
        switch i.map {
        case .oneByte:
            switch i.opcode {
            case 0x08...0x0D, 0x20...0x25, 0x30...0x35: return af
            case 0x80...0x83: return [1, 4, 6].contains(isGroup) ? af : 0
            case 0x84, 0x85, 0xA8, 0xA9: return af
            case 0x69, 0x6B: return pf | af | zf | sf
            case 0x27, 0x2F: return of
            case 0x37, 0x3F: return of | sf | zf | pf
            case 0xD4, 0xD5: return of | af | cf
            case 0xC0, 0xC1, 0xD0...0xD3: return undefinedByShift(i)
            case 0xF6, 0xF7:
                switch isGroup {
                case 0, 1: return af
                case 4, 5: return pf | af | zf | sf
                case 6, 7: return RFLAGS.arithmetic
                default: return 0
                }
            default: return 0
            }
        case .twoByte:
            switch i.opcode {
            case 0xA3, 0xAB, 0xB3, 0xBB, 0xBA: return pf | af | sf | of
            case 0xA4, 0xA5, 0xAC, 0xAD:
                switch shiftCount(i) {
                case 0: return 0
                case 1: return af
                case let n where n > Int(i.operandSize) * 8: return RFLAGS.arithmetic
                default: return af | of
                }
            case 0xAF: return pf | af | zf | sf
            case 0xB8: return 0
            case 0xBC: return cf | pf | af | sf | of
            case 0xBD: return i.prefixes.contains(.rep) ? pf | af | sf | of : cf | pf | af | sf | of
            default: return 0
            }
        default: return 0
        }
    }

    func shiftCount(_ i: Instruction) -> Int {
        let byImmediate = i.map == .twoByte ? i.opcode & 1 == 0 : i.opcode < 0xD0
        let byOne = i.map == .oneByte && (i.opcode & 0xFE) == 0xD0
        let count = byOne ? 1 : byImmediate ? i.immediate : start.registers[1]
        return Int(count & (i.operandSize == 8 ? 63 : 31))
    }

    private func undefinedByShift(_ i: Instruction) -> UInt64 {
        let count = shiftCount(i)
        if count == 0 { return 0 }
        if i.opcodeExtension < 4 { return count == 1 ? 0 : RFLAGS.of }
        if count == 1 { return RFLAGS.af }
        let losesCarry = i.opcodeExtension != 7 && count >= Int(i.operandSize) * 8
        return RFLAGS.af | RFLAGS.of | (losesCarry ? RFLAGS.cf : 0)
    }

    /// The result itself is undefined: SHLD and SHRD of 16 bits by more than 16, BSWAP of 16 bits.
    var resultIsUndefined: Bool {
        guard let i = instruction, i.map == .twoByte else { return false }
        switch i.opcode {
        case 0xA4, 0xA5, 0xAC, 0xAD: return shiftCount(i) > Int(i.operandSize) * 8
        case 0xC8...0xCF: return i.operandSize == 2
        default: return false
        }
    }
}

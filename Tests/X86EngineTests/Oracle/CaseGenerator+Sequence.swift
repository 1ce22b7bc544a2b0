// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

/// Several instructions in a row, so that what the engine does with whole blocks is compared, too: flags that nobody reads,
/// comparisons joined with branches, links between blocks.
extension CaseGenerator {
    /// Some common instructions of 64-bit mode with a branch or two among them. RBX points to memory and is not written.
    mutating func makeSequence() -> OracleCase {
        var c = OracleCase(form: InstructionForm(map: .oneByte, opcode: 0x90, hasModRM: false))
        c.isSequence = true
        c.pattern = random.pick(0x1000) & ~7
        c.place = OraclePlace.code + 0x800
        var parts = (0..<2 + random.pick(7)).map { _ in plain() }
        for n in parts.indices where random.chance(3) {
            // Over what comes next, or to where nothing is.
            let next = n + 1 < parts.count ? parts[n + 1].count : 1
            parts[n] += [0x70 | UInt8(random.pick(16)), UInt8(next)]
        }
        c.bytes = parts.flatMap { $0 }
        c.start = sequenceState(c)
        return c
    }

    /// Other registers for the same instructions.
    mutating func sequenceState(_ c: OracleCase) -> ProcessorState {
        var state = ProcessorState()
        for n in 0..<16 { state.registers[n] = random.value() }
        state.registers[3] = base + OraclePlace.data + 0x800 + UInt64(random.pick(0x800))
        state.registers[4] = base + OraclePlace.data + 0x1800 + UInt64(random.pick(0x40)) * 8
        state.rflags = 0x202 | random.next() & RFLAGS.arithmetic
        state.rip = base + c.place
        return state
    }

    private mutating func plain() -> [UInt8] {
        var bytes: [UInt8] = []
        let isByte = random.chance(4)
        let isWide = !isByte && random.chance(2)
        let isNarrow = !isByte && !isWide && random.chance(4)
        if isNarrow { bytes.append(0x66) }
        let rm = register()
        let reg = register()
        let isMemory = random.chance(3)
        let rex = 0x40 | (isWide ? 8 : 0) | (reg >> 3) << 2 | (isMemory ? 0 : rm >> 3)
        bytes.append(rex)
        let v: UInt8 = isByte ? 0 : 1
        func modRM(_ reg: UInt8) -> [UInt8] {
            isMemory ? [0x83 | (reg & 7) << 3, rm &* 9, 0, 0, 0] : [0xC0 | (reg & 7) << 3 | rm & 7]
        }
        func immediate() -> [UInt8] {
            let value = random.value()
            let size = isByte ? 1 : isNarrow ? 2 : 4
            return (0..<size).map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
        }
        let operation = UInt8(random.pick(8))
        switch random.pick(13) {
        case 0, 1: bytes += [operation << 3 | v] + modRM(reg)
        case 2: bytes += [operation << 3 | 2 | v] + modRM(reg)
        case 3: bytes += [operation << 3 | 4 | v] + immediate()
        case 4: bytes += [0x80 | v] + modRM(operation) + immediate()
        case 5: bytes += [isByte ? 0x80 : 0x83] + modRM(operation) + [random.byte()]
        case 6: bytes += [0xFE | v] + modRM(operation & 1)
        case 7: bytes += random.chance(2) ? [0x84 | v] + modRM(reg) : [0xF6 | v] + modRM(0) + immediate()
        case 8:
            switch random.pick(4) {
            case 0: bytes += [0x88 | v] + modRM(reg)
            case 1: bytes += [0x8A | v] + modRM(reg)
            case 2: bytes += [0xC6 | v] + modRM(0) + immediate()
            default: bytes += [0x8D, 0x83 | (reg & 7) << 3, random.byte(), random.byte(), 0, 0]
            }
        case 9: bytes += [0x0F, random.element([0xB6, 0xB7, 0xBE, 0xBF])] + modRM(reg)
        case 10:
            bytes +=
                random.chance(2)
                ? [0x0F, 0x40 | UInt8(random.pick(16))] + modRM(reg)
                : [0x0F, 0x90 | UInt8(random.pick(16))] + modRM(0)
        // By one all flags but AF are defined.
        case 11: bytes += [0xD0 | v] + modRM(operation)
        default:
            switch random.pick(5) {
            case 0: bytes += [0xF6 | v] + modRM(2 + operation & 1)
            case 1: bytes += [0x50 | reg & 7]
            case 2: bytes += [random.element([0xF5, 0xF8, 0xF9])]
            case 3: bytes += [random.element([0x98, 0x99])]
            default: bytes += isByte || isNarrow ? [0x90] : [0x0F, 0xC8 | 6]
            }
        }
        return bytes
    }

    /// Neither RBX nor RSP.
    private mutating func register() -> UInt8 {
        random.element([0, 1, 2, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15])
    }
}

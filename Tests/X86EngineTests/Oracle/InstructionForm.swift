// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

/// One way to write an opcode: its cell in the maps, whether the operand is in memory, and the prefixes that make a
/// difference. What is left open (registers, addressing, other prefixes) is drawn at random.
struct InstructionForm: Hashable {
    var map: OpcodeMap
    var opcode: UInt8
    /// ModRM.reg where it selects the instruction.
    var ext: UInt8?
    /// ModRM.rm where it selects the instruction.
    var rm: UInt8?
    var hasModRM: Bool
    var isMemory = false
    /// Of 66, F2 and F3.
    var prefixes: [UInt8] = []
    var isWide = false
    var isLocked = false
    var is64 = true

    var hasF3: Bool { prefixes.contains(0xF3) }
    var hasF2: Bool { prefixes.contains(0xF2) }
    var has66: Bool { prefixes.contains(0x66) }

    /// Escape bytes and opcode.
    var opcodeBytes: [UInt8] {
        switch map {
        case .oneByte: [opcode]
        case .twoByte: [0x0F, opcode]
        case .threeByte38: [0x0F, 0x38, opcode]
        case .threeByte3A: [0x0F, 0x3A, opcode]
        }
    }

    var text: String {
        var parts = [is64 ? "64:" : "32:"]
        if isLocked { parts.append("LOCK") }
        if isWide { parts.append("REX.W") }
        parts.append(hex(prefixes + opcodeBytes))
        if let ext { parts.append("/\(ext)") }
        if let rm { parts.append("rm \(rm)") }
        if hasModRM { parts.append(isMemory ? "memory" : "register") }
        return parts.joined(separator: " ")
    }

    /// Everything that the decoder's maps have a cell for, and what it refuses.
    static func all(is64: Bool) -> [InstructionForm] {
        var forms: [InstructionForm] = []
        for map in [OpcodeMap.oneByte, .twoByte, .threeByte38, .threeByte3A] {
            for opcode in 0...255 as ClosedRange<UInt8> where !isPrefixOrEscape(map, opcode, is64: is64) {
                let plain = InstructionForm(map: map, opcode: opcode, hasModRM: false, is64: is64)
                let hasModRM =
                    plain.decoded(modRM: 0xC0)?.hasModRM ?? plain.decoded(modRM: 0)?.hasModRM ?? false
                for ext in hasModRM && isGroup(map, opcode)
                    ? Array(0..<8 as Range<UInt8>).map(Optional.some) : [nil]
                {
                    for isMemory in hasModRM ? [false, true] : [false] {
                        let selects = hasModRM && !isMemory && selectsByRM(map, opcode)
                        for rm in selects ? Array(0..<8 as Range<UInt8>).map(Optional.some) : [nil] {
                            var form = plain
                            (form.ext, form.rm, form.hasModRM, form.isMemory) = (ext, rm, hasModRM, isMemory)
                            forms += form.withPrefixes
                        }
                    }
                }
            }
        }
        return forms
    }

    /// An oracle's forms, by opcode and extension, so that each has the same share of the cases.
    static func cells(is64: Bool, _ owner: Owner) -> [[InstructionForm]] {
        struct Cell: Hashable {
            var map: OpcodeMap
            var opcode: UInt8
            var ext: UInt8?
        }
        let cells = Dictionary(grouping: all(is64: is64).filter { $0.owner == owner }) {
            Cell(map: $0.map, opcode: $0.opcode, ext: $0.ext)
        }
        return cells.sorted {
            ($0.key.map.rawValue, $0.key.opcode, $0.key.ext ?? 0)
                < ($1.key.map.rawValue, $1.key.opcode, $1.key.ext ?? 0)
        }.map(\.value)
    }

    /// With each set of prefixes that may make a difference.
    var withPrefixes: [InstructionForm] {
        var forms: [InstructionForm] = []
        for isWide in is64 ? [false, true] : [false] {
            var form = self
            form.isWide = isWide
            for prefixes in [[], [0x66], [0xF3], [0xF2], [0x66, 0xF3], [0x66, 0xF2]] as [[UInt8]] {
                form.prefixes = prefixes
                forms.append(form)
            }
            form.isLocked = true
            for prefixes in [[], [0x66]] as [[UInt8]] {
                form.prefixes = prefixes
                forms.append(form)
            }
        }
        return forms
    }

    static func isPrefixOrEscape(_ map: OpcodeMap, _ opcode: UInt8, is64: Bool) -> Bool {
        switch (map, opcode) {
        case (.oneByte, 0x0F), (.oneByte, 0x26), (.oneByte, 0x2E), (.oneByte, 0x36), (.oneByte, 0x3E),
            (.oneByte, 0x64...0x67), (.oneByte, 0xF0), (.oneByte, 0xF2), (.oneByte, 0xF3), (.twoByte, 0x38),
            (.twoByte, 0x3A):
            true
        case (.oneByte, 0x40...0x4F): is64
        default: false
        }
    }
    private static func isGroup(_ map: OpcodeMap, _ opcode: UInt8) -> Bool {
        switch (map, opcode) {
        case (.oneByte, 0x80...0x83), (.oneByte, 0x8F), (.oneByte, 0xC0), (.oneByte, 0xC1), (.oneByte, 0xC6),
            (.oneByte, 0xC7), (.oneByte, 0xD0...0xD3), (.oneByte, 0xD8...0xDF), (.oneByte, 0xF6),
            (.oneByte, 0xF7), (.oneByte, 0xFE), (.oneByte, 0xFF), (.oneByte, 0x8C), (.oneByte, 0x8E):
            true
        case (.twoByte, 0x00), (.twoByte, 0x01), (.twoByte, 0x0D), (.twoByte, 0x18...0x1F),
            (.twoByte, 0x20...0x23),
            (.twoByte, 0x71...0x73), (.twoByte, 0xAE), (.twoByte, 0xBA), (.twoByte, 0xC7):
            true
        default: false
        }
    }
    private static func selectsByRM(_ map: OpcodeMap, _ opcode: UInt8) -> Bool {
        switch (map, opcode) {
        case (.oneByte, 0xD8...0xDF), (.twoByte, 0x01), (.twoByte, 0x1E), (.twoByte, 0xAE): true
        default: false
        }
    }

    /// ModRM of the form with some operands: RBX where it is open.
    var sampleModRM: UInt8 { (isMemory ? 0x03 : 0xC0 | (rm ?? 3)) | (ext ?? 0) << 3 }

    /// Prefixes, opcode and ModRM, which those that have none take for an immediate.
    func bytes(modRM: UInt8) -> [UInt8] {
        var bytes = prefixes
        if isLocked { bytes.append(0xF0) }
        if isWide { bytes.append(0x48) }
        return bytes + opcodeBytes + [modRM]
    }

    /// The decoder's record for the form with some operands; nil: it refuses.
    func decoded(modRM: UInt8? = nil) -> Instruction? {
        let bytes = bytes(modRM: modRM ?? sampleModRM) + [UInt8](repeating: 0, count: 15)
        // Refusal is an answer here.
        return try? bytes.withUnsafeBytes {
            try Decoder.decode($0, rip: 0x1000, codeSize: is64 ? .bits64 : .bits32)
        }
    }

    /// The oracle that compares the form with the host.
    enum Owner: Equatable {
        case integer, floatingPoint
        /// No oracle: why.
        case none(String)
    }

    var isFloatingPoint: Bool {
        switch (map, opcode) {
        case (.oneByte, 0x9B), (.oneByte, 0xD8...0xDF): true
        case (.twoByte, 0x10...0x17), (.twoByte, 0x28...0x2F), (.twoByte, 0x50...0x77),
            (.twoByte, 0x7A...0x7F),
            (.twoByte, 0xC2), (.twoByte, 0xC4...0xC6), (.twoByte, 0xD0...0xFE):
            true
        case (.twoByte, 0xAE): isMemory && (ext ?? 0) < 7 && !(ext == 6 && has66)
        case (.twoByte, 0xC7): isMemory && (3...5).contains(ext ?? 0)
        case (.threeByte38, 0xF0), (.threeByte38, 0xF1): hasF2
        case (.threeByte38, 0x80...0x82), (.threeByte38, 0xF2...0xFF): false
        case (.threeByte38, _), (.threeByte3A, _): true
        default: false
        }
    }

    var owner: Owner {
        if let reason = InstructionForm.reason(self) { return .none(reason) }
        return isFloatingPoint ? .floatingPoint : .integer
    }

    /// Why user mode on the host says nothing about what the engine does with a form. These have rows in the instruction
    /// tests.
    static func reason(_ f: InstructionForm) -> String? {
        let enters = "enters the host's kernel"
        let own = "its result is the processor's own"
        let exits = "exits to the hypervisor"
        let more = "an extension that the host has and the simulated part has not"
        let emulated = "the host's kernel answers in the processor's place"
        switch (f.map, f.opcode, f.ext ?? 0) {
        case (.oneByte, 0x62, _), (.oneByte, 0xC4, _), (.oneByte, 0xC5, _):
            return f.is64 || !f.isMemory ? more : nil
        case (.oneByte, 0x8F, 1...7): return more
        case (.twoByte, 0x00, 0), (.twoByte, 0x00, 1): return emulated
        case (.twoByte, 0x01, 0), (.twoByte, 0x01, 1), (.twoByte, 0x01, 4):
            if f.isMemory || f.ext == 4 { return emulated }
            return f.ext == 1 && (f.rm ?? 0) < 4 && !f.has66 ? nil : exits
        case (.twoByte, 0x01, 2) where !f.isMemory: return f.rm == 0 ? own : exits
        case (.twoByte, 0x01, 3) where !f.isMemory: return more
        case (.twoByte, 0x01, 5) where !f.isMemory: return more
        case (.twoByte, 0x01, 7) where !f.isMemory && f.rm == 1: return own
        case (.twoByte, 0x01, 7) where !f.isMemory && (f.rm ?? 0) > 1: return more
        case (.twoByte, 0x05, _), (.twoByte, 0x34, _): return enters
        case (.twoByte, 0x31, _): return own
        case (.twoByte, 0x35, _): return "vendors differ in long mode"
        case (.twoByte, 0x37, _), (.twoByte, 0x78, _), (.twoByte, 0x79, _), (.twoByte, 0xA2, _),
            (.twoByte, 0xAA, _):
            return exits
        case (.twoByte, 0x0E, _), (.twoByte, 0x0F, _), (.twoByte, 0x7A...0x7B, _), (.twoByte, 0xA6...0xA7, _):
            return more
        case (.twoByte, 0xBC, _) where f.hasF3: return more
        case (.twoByte, 0xC7, 6), (.twoByte, 0xC7, 7): return f.isMemory ? exits : own
        case (.threeByte38, 0x80, _), (.threeByte38, 0x81, _): return exits
        case (.threeByte38, 0xF2...0xFF, _): return more
        // MOVNTSS and MOVNTSD; GF2P8MULB, GF2P8AFFINEQB and GF2P8AFFINEINVQB
        case (.twoByte, 0x2B, _) where f.hasF2 || f.hasF3: return more
        case (.threeByte38, 0xCF, _), (.threeByte3A, 0xCE, _), (.threeByte3A, 0xCF, _):
            return f.has66 ? more : nil
        default: return nil
        }
    }
}

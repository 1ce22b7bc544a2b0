// SPDX-License-Identifier: Apache-2.0

import X86

/// Turns bytes into instructions. Knows lengths and operand forms; whether an instruction exists for the guest is for
/// the lowering to say.
public enum Decoder {
    public static let maximumLength = 15

    /// Decodes the instruction at the start of `bytes`.
    ///
    /// - Parameters:
    ///   - bytes: what could be fetched from `rip` on; at most 15 bytes are looked at.
    ///   - rip: linear address of the first byte.
    public static func decode(
        _ bytes: UnsafeRawBufferPointer, rip: UInt64, codeSize: CodeSize
    ) throws(DecodeFailure) -> Instruction {
        var reader = unsafe ByteReader(bytes: bytes)
        var i = Instruction()
        i.rip = rip
        let is64 = codeSize == .bits64
        var segmentOverride: SegmentRegister?
        var rex: UInt8 = 0

        // Prefixes.
        var opcode = try reader.byte()
        prefixes: while true {
            switch opcode {
            case 0x66: i.prefixes.insert(.operandSize)
            case 0x67: i.prefixes.insert(.addressSize)
            case 0xF0: i.prefixes.insert(.lock)
            case 0xF2:
                i.prefixes.insert(.repne)
                i.prefixes.remove(.rep)
            case 0xF3:
                i.prefixes.insert(.rep)
                i.prefixes.remove(.repne)
            case 0x26: segmentOverride = is64 ? segmentOverride : .es
            case 0x2E: segmentOverride = is64 ? segmentOverride : .cs
            case 0x36: segmentOverride = is64 ? segmentOverride : .ss
            case 0x3E: segmentOverride = is64 ? segmentOverride : .ds
            case 0x64: segmentOverride = .fs
            case 0x65: segmentOverride = .gs
            case 0x40...0x4F where is64:
                // Counts only right before the opcode.
                rex = opcode
                opcode = try reader.byte()
                if isLegacyPrefix(opcode) || opcode & 0xF0 == 0x40 {
                    rex = 0
                    continue prefixes
                }
                break prefixes
            default: break prefixes
            }
            opcode = try reader.byte()
        }
        if rex != 0 { i.prefixes.insert(.rex) }
        if rex & 8 != 0 { i.prefixes.insert(.rexW) }
        if segmentOverride != nil { i.prefixes.insert(.segmentOverride) }

        // Sizes.
        let small = i.prefixes.contains(.operandSize)
        let defaultSize: UInt8 = codeSize == .bits16 ? (small ? 4 : 2) : (small ? 2 : 4)
        i.operandSize = rex & 8 != 0 ? 8 : defaultSize
        let otherAddress = i.prefixes.contains(.addressSize)
        switch codeSize {
        case .bits16: i.addressSize = otherAddress ? 4 : 2
        case .bits32: i.addressSize = otherAddress ? 2 : 4
        case .bits64: i.addressSize = otherAddress ? 4 : 8
        }

        // Opcode.
        var form: UInt8
        if opcode == 0x0F {
            opcode = try reader.byte()
            if opcode == 0x38 {
                i.map = .threeByte38
                opcode = try reader.byte()
                form = UInt8(ascii: "m")
            } else if opcode == 0x3A {
                i.map = .threeByte3A
                opcode = try reader.byte()
                form = UInt8(ascii: "M")
            } else {
                i.map = .twoByte
                form = OpcodeMaps.cell(OpcodeMaps.twoByte, opcode)
            }
        } else {
            form = OpcodeMaps.cell(OpcodeMaps.oneByte, opcode)
        }
        i.opcode = opcode
        if i.map == .oneByte { try adjustOneByte(&i, is64: is64) }
        if i.map == .twoByte, is64 {
            switch opcode {
            case 0xA0, 0xA1, 0xA8, 0xA9: if i.operandSize == 4 { i.operandSize = 8 }  // PUSH, POP FS and GS
            case 0x80...0x8F: i.operandSize = 8
            case 0x20...0x23: i.operandSize = 8
            default: break
            }
        }

        // ModRM and what follows from it.
        switch form {
        case UInt8(ascii: "m"), UInt8(ascii: "M"), UInt8(ascii: "Z"), UInt8(ascii: "3"):
            try modRM(&reader, &i, rex: rex, codeSize: codeSize, segmentOverride)
        default:
            i.segment = segmentOverride ?? .ds
            // The register in the opcode's low bits.
            i.rm = opcode & 7 | (rex & 1) << 3
        }

        // Immediate.
        switch form {
        case UInt8(ascii: "b"), UInt8(ascii: "M"), UInt8(ascii: "j"):
            i.immediate = UInt64(bitPattern: Int64(Int8(bitPattern: try reader.byte())))
        case UInt8(ascii: "z"), UInt8(ascii: "Z"), UInt8(ascii: "J"):
            i.immediate = try immediate(&reader, i)
        case UInt8(ascii: "3"):
            if i.opcodeExtension < 2 {
                i.immediate =
                    opcode == 0xF6
                    ? UInt64(bitPattern: Int64(Int8(bitPattern: try reader.byte())))
                    : try immediate(&reader, i)
            }
        case UInt8(ascii: "w"): i.immediate = try reader.value(2)
        case UInt8(ascii: "e"):
            i.immediate = try reader.value(2)
            i.immediate2 = UInt16(try reader.byte())
        case UInt8(ascii: "v"): i.immediate = try reader.value(Int(i.operandSize))
        case UInt8(ascii: "o"):
            i.displacement = try reader.value(Int(i.addressSize))
            i.isMemory = true
        case UInt8(ascii: "f"):
            i.immediate = try reader.value(i.operandSize == 2 ? 2 : 4)
            i.immediate2 = UInt16(truncatingIfNeeded: try reader.value(2))
        case UInt8(ascii: "x"), UInt8(ascii: "p"): throw .undefined
        default: break
        }
        i.length = UInt8(reader.position)
        // RIP-relative: the displacement counts from the next instruction.
        if i.hasModRM, i.isMemory, is64, i.modRM & 0xC7 == 0x05 {
            i.displacement = i.displacement &+ i.nextRIP
            if i.addressSize == 4 { i.displacement &= 0xFFFF_FFFF }
        }
        if i.prefixes.contains(.lock), !isLockable(i) { throw .undefined }
        return i
    }

    private static func isLegacyPrefix(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x66, 0x67, 0xF0, 0xF2, 0xF3, 0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65: true
        default: false
        }
    }

    /// Operand sizes and validity of the one-byte map that do not follow the general rule.
    private static func adjustOneByte(_ i: inout Instruction, is64: Bool) throws(DecodeFailure) {
        let opcode = i.opcode
        switch opcode {
        case 0x00...0x3F where opcode & 7 < 6: if opcode & 1 == 0 { i.operandSize = 1 }
        case 0x84, 0x86, 0x88, 0x8A, 0xA8, 0xB0...0xB7, 0xC0, 0xC6, 0xD0, 0xD2, 0xF6, 0xFE, 0x80, 0x82, 0xA0,
            0xA2, 0xA4,
            0xA6, 0xAA, 0xAC, 0xAE, 0x6C, 0x6E, 0xE4, 0xE6, 0xEC, 0xEE:
            i.operandSize = 1
        default: break
        }
        guard is64 else { return }
        switch opcode {
        case 0x06, 0x07, 0x0E, 0x16, 0x17, 0x1E, 0x1F, 0x27, 0x2F, 0x37, 0x3F, 0x60, 0x61, 0x62, 0x82, 0x9A,
            0xC4, 0xC5,
            0xCE, 0xD4, 0xD5, 0xD6, 0xEA:
            throw .undefined
        // Default 64 bits, 16 with the prefix.
        case 0x50...0x5F, 0x68, 0x6A, 0x8F, 0x9C, 0x9D, 0xC8, 0xC9:
            if i.operandSize == 4 { i.operandSize = 8 }
        // Near branches: 64 bits whatever stands in front.
        case 0x70...0x7F, 0xC2, 0xC3, 0xE0...0xE3, 0xE8, 0xE9, 0xEB: i.operandSize = 8
        default: break
        }
    }

    private static func immediate(_ reader: inout ByteReader, _ i: Instruction) throws(DecodeFailure)
        -> UInt64
    {
        if i.operandSize == 2 {
            return UInt64(bitPattern: Int64(Int16(truncatingIfNeeded: try reader.value(2))))
        }
        return UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: try reader.value(4))))
    }

    private static func modRM(
        _ reader: inout ByteReader, _ i: inout Instruction, rex: UInt8, codeSize: CodeSize,
        _ segmentOverride: SegmentRegister?
    ) throws(DecodeFailure) {
        let modRM = try reader.byte()
        i.modRM = modRM
        i.hasModRM = true
        i.reg = (modRM >> 3) & 7 | (rex & 4) << 1
        i.rm = modRM & 7 | (rex & 1) << 3
        let mod = modRM >> 6
        if codeSize == .bits64, i.map == .oneByte, i.opcode == 0xFF {
            // Near CALL and JMP, PUSH: 64 bits.
            switch i.opcodeExtension {
            case 2, 4: i.operandSize = 8
            case 6: if i.operandSize == 4 { i.operandSize = 8 }
            default: break
            }
        }
        // MOV to and from control and debug registers has no memory form.
        if mod == 3 || (i.map == .twoByte && (0x20...0x23).contains(i.opcode)) { return }
        i.isMemory = true
        var segment = SegmentRegister.ds
        if i.addressSize == 2 {
            let pairs: [8 of (UInt8, UInt8)] = [
                (3, 6), (3, 7), (5, 6), (5, 7), (6, 16), (7, 16), (5, 16), (3, 16),
            ]
            let low = Int(modRM & 7)
            if mod == 0, low == 6 {
                i.displacement = try reader.value(2)
            } else {
                i.base = pairs[low].0
                i.index = pairs[low].1
                if i.base == 5 { segment = .ss }
                if mod == 1 {
                    i.displacement = UInt64(bitPattern: Int64(Int8(bitPattern: try reader.byte())))
                }
                if mod == 2 {
                    i.displacement = UInt64(bitPattern: Int64(Int16(truncatingIfNeeded: try reader.value(2))))
                }
            }
            i.segment = segmentOverride ?? segment
            return
        }
        var displacementSize = mod == 1 ? 1 : mod == 2 ? 4 : 0
        if modRM & 7 == 4 {
            let sib = try reader.byte()
            i.scale = sib >> 6
            let index = (sib >> 3) & 7 | (rex & 2) << 2
            if index != 4 { i.index = index }
            if mod == 0, sib & 7 == 5 {
                displacementSize = 4
            } else {
                i.base = sib & 7 | (rex & 1) << 3
            }
        } else if mod == 0, modRM & 7 == 5 {
            displacementSize = 4
        } else {
            i.base = i.rm
        }
        if i.base == 4 || i.base == 5 { segment = .ss }
        if displacementSize == 1 {
            i.displacement = UInt64(bitPattern: Int64(Int8(bitPattern: try reader.byte())))
        }
        if displacementSize == 4 {
            i.displacement = UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: try reader.value(4))))
        }
        i.segment = segmentOverride ?? segment
    }

    /// LOCK is legal on read-modify-write instructions with a memory destination only.
    private static func isLockable(_ i: Instruction) -> Bool {
        guard i.isMemory else { return false }
        switch (i.map, i.opcode) {
        case (.oneByte, 0x00...0x37): return i.opcode & 7 < 2
        case (.oneByte, 0x80...0x83): return i.opcodeExtension != 7
        case (.oneByte, 0x86), (.oneByte, 0x87): return true
        case (.oneByte, 0xF6), (.oneByte, 0xF7): return i.opcodeExtension == 2 || i.opcodeExtension == 3
        case (.oneByte, 0xFE), (.oneByte, 0xFF): return i.opcodeExtension < 2
        case (.twoByte, 0xAB), (.twoByte, 0xB3), (.twoByte, 0xBB): return true
        case (.twoByte, 0xBA): return i.opcodeExtension > 4
        case (.twoByte, 0xB0), (.twoByte, 0xB1), (.twoByte, 0xC0), (.twoByte, 0xC1): return true
        case (.twoByte, 0xC7): return i.opcodeExtension == 1
        default: return false
        }
    }
}

/// Reads an instruction's bytes in order, at most 15.
@safe private struct ByteReader {
    /// Valid for the duration of the call to `Decoder.decode` that made the reader.
    let bytes: UnsafeRawBufferPointer
    var position = 0

    mutating func byte() throws(DecodeFailure) -> UInt8 {
        guard position < Decoder.maximumLength else { throw .tooLong }
        guard position < (unsafe bytes.count) else { throw .needsMore(unsafe bytes.count) }
        defer { position += 1 }
        return unsafe bytes[position]  // within bounds: checked above
    }

    mutating func value(_ count: Int) throws(DecodeFailure) -> UInt64 {
        var value: UInt64 = 0
        for shift in 0..<count { value |= UInt64(try byte()) << UInt64(8 * shift) }
        return value
    }
}

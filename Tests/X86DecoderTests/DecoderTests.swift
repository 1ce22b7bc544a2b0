// SPDX-License-Identifier: Apache-2.0

import Testing
import X86
import X86Decoder

/// Decodes bytes written as hexadecimal digits; `rip` is 0x1000.
func decode(_ text: String, _ size: CodeSize = .bits64) throws -> Instruction {
    try bytes(text).withUnsafeBytes { try Decoder.decode($0, rip: 0x1000, codeSize: size) }
}
func bytes(_ text: String) -> [UInt8] {
    text.split(separator: " ").compactMap { UInt8($0, radix: 16) }
}

@Suite("Decoder")
struct DecoderTests {
    private static let none = Instruction.noRegister

    @Test(
        "lengths follow from prefixes, ModRM, displacement and immediate",
        arguments: [
            ("90", .bits64, 1),
            ("01 d8", .bits64, 2),
            ("48 01 d8", .bits64, 3),
            ("05 11 22 33 44", .bits64, 5),
            ("66 05 11 22", .bits64, 4),
            ("48 05 11 22 33 44", .bits64, 6),  // no 64-bit immediate
            ("66 48 05 11 22 33 44", .bits64, 7),  // REX.W goes before 66
            ("48 b8 11 22 33 44 55 66 77 88", .bits64, 10),  // but MOV has one
            ("b8 11 22 33 44", .bits64, 5),
            ("66 b8 11 22", .bits64, 4),
            ("a1 11 22 33 44 55 66 77 88", .bits64, 9),  // moffs by address size
            ("67 a1 11 22 33 44", .bits64, 6),
            ("a1 11 22 33 44", .bits32, 5),
            ("67 a1 11 22", .bits32, 4),
            ("f6 c0 11", .bits64, 3),  // TEST has an immediate
            ("f6 d0", .bits64, 2),  // NOT has none
            ("66 0f d0 c1", .bits64, 4),  // ADDSUBPD
            ("f7 c0 11 22 33 44", .bits64, 6),
            ("66 f7 c8 11 22", .bits64, 5),
            ("f7 d8", .bits64, 2),
            ("c8 11 22 33", .bits64, 4),
            ("c2 11 22", .bits64, 3),
            ("ca 11 22", .bits64, 3),
            ("eb 10", .bits64, 2),
            ("e8 11 22 33 44", .bits64, 5),
            ("66 e8 11 22 33 44", .bits64, 6),  // 66 does not count before near branches
            ("66 e8 11 22", .bits32, 4),
            ("66 0f 84 11 22", .bits32, 5),
            ("66 0f 84 11 22 33 44", .bits64, 7),
            ("ea 11 22 33 44 55 66", .bits32, 7),
            ("66 9a 11 22 33 44", .bits32, 6),
            ("68 11 22 33 44", .bits64, 5),
            ("66 68 11 22", .bits64, 4),
            ("6a 11", .bits64, 2),
            ("69 c0 11 22 33 44", .bits64, 6),
            ("6b c0 11", .bits64, 3),
            ("0f 1f 40 00", .bits64, 4),
            ("0f 1f 84 00 11 22 33 44", .bits64, 8),
            ("66 0f 1f 84 00 11 22 33 44", .bits64, 9),
            ("0f ba e0 11", .bits64, 4),
            ("0f a4 c0 11", .bits64, 4),
            ("0f a5 c0", .bits64, 3),
            ("66 0f 38 00 c1", .bits64, 5),
            ("66 0f 3a 0f c1 11", .bits64, 6),
            ("f3 0f b8 c1", .bits64, 4),
            ("0f 70 c1 11", .bits64, 4),
            ("0f 71 d1 11", .bits64, 4),
            ("0f c2 c1 11", .bits64, 4),
            ("d9 45 08", .bits64, 3),
            ("d9 c0", .bits64, 2),
            ("cd 80", .bits64, 2),
            ("d4 0a", .bits32, 2),
            ("40", .bits32, 1),  // INC, not REX
            ("0f 20 c0", .bits64, 3),
            ("0f 20 00", .bits64, 3),  // MOV CR has no memory form, whatever mod says
            ("0f 20 80", .bits64, 3),
        ] as [(String, CodeSize, Int)]
    )
    func length(text: String, size: CodeSize, length: Int) throws {
        #expect(Int(try decode(text + " 90 90", size).length) == length)
    }

    @Test(
        "memory operands: base, index, scale, displacement, segment",
        arguments: [
            ("8b 00", .bits64, 0, none, 0, 0, .ds),
            ("8b 40 80", .bits64, 0, none, 0, 0xFFFF_FFFF_FFFF_FF80, .ds),
            ("8b 80 00 00 00 80", .bits64, 0, none, 0, 0xFFFF_FFFF_8000_0000, .ds),
            ("8b 45 08", .bits64, 5, none, 0, 8, .ss),  // RBP
            ("41 8b 45 08", .bits64, 13, none, 0, 8, .ds),  // R13 is no stack register
            ("8b 04 24", .bits64, 4, none, 0, 0, .ss),  // RSP needs a SIB
            ("41 8b 04 24", .bits64, 12, none, 0, 0, .ds),
            ("8b 44 88 10", .bits64, 0, 1, 2, 0x10, .ds),
            ("42 8b 44 a0 10", .bits64, 0, 12, 2, 0x10, .ds),  // R12 can be an index
            ("8b 44 a0 10", .bits64, 0, none, 2, 0x10, .ds),  // RSP cannot
            ("8b 04 25 00 10 00 00", .bits64, none, none, 0, 0x1000, .ds),  // absolute
            ("8b 04 8d 00 10 00 00", .bits64, none, 1, 2, 0x1000, .ds),
            ("41 8b 04 25 00 10 00 00", .bits64, none, none, 0, 0x1000, .ds),  // REX.B does not count here
            ("8b 05 00 10 00 00", .bits64, none, none, 0, 0x2006, .ds),  // from the next instruction
            ("48 81 05 00 10 00 00 11 22 33 44", .bits64, none, none, 0, 0x200B, .ds),  // immediate included
            ("67 8b 05 00 00 00 80", .bits64, none, none, 0, 0x8000_1007, .ds),
            ("8b 05 00 10 00 00", .bits32, none, none, 0, 0x1000, .ds),
            ("65 8b 00", .bits64, 0, none, 0, 0, .gs),
            ("2e 8b 00", .bits64, 0, none, 0, 0, .ds),  // no CS override in 64-bit mode
            ("64 2e 8b 00", .bits64, 0, none, 0, 0, .fs),
            ("2e 8b 00", .bits32, 0, none, 0, 0, .cs),
            ("3e 8b 45 00", .bits32, 5, none, 0, 0, .ds),
            ("67 8b 00", .bits32, 3, 6, 0, 0, .ds),  // BX + SI
            ("67 8b 01", .bits32, 3, 7, 0, 0, .ds),
            ("67 8b 02", .bits32, 5, 6, 0, 0, .ss),  // BP + SI
            ("67 8b 03", .bits32, 5, 7, 0, 0, .ss),
            ("67 8b 04", .bits32, 6, none, 0, 0, .ds),
            ("67 8b 05", .bits32, 7, none, 0, 0, .ds),
            ("67 8b 06 34 12", .bits32, none, none, 0, 0x1234, .ds),  // no base
            ("67 8b 46 80", .bits32, 5, none, 0, 0xFFFF_FFFF_FFFF_FF80, .ss),
            ("67 8b 87 00 80", .bits32, 3, none, 0, 0xFFFF_FFFF_FFFF_8000, .ds),
        ] as [(String, CodeSize, UInt8, UInt8, UInt8, UInt64, SegmentRegister)]
    )
    func operand(
        text: String, size: CodeSize, base: UInt8, index: UInt8, scale: UInt8, displacement: UInt64,
        segment: SegmentRegister
    ) throws {
        let i = try decode(text, size)
        #expect(i.isMemory)
        #expect((i.base, i.index, i.displacement, i.segment) == (base, index, displacement, segment))
        if index != DecoderTests.none { #expect(i.scale == scale) }
        #expect(Int(i.length) == bytes(text).count)
    }

    @Test(
        "operand and address sizes",
        arguments: [
            ("01 d8", .bits64, 4, 8),
            ("66 01 d8", .bits64, 2, 8),
            ("48 01 d8", .bits64, 8, 8),
            ("66 48 01 d8", .bits64, 8, 8),
            ("48 66 01 d8", .bits64, 2, 8),  // a REX that is not last counts for nothing
            ("67 01 18", .bits64, 4, 4),
            ("01 d8", .bits32, 4, 4),
            ("66 01 d8", .bits32, 2, 4),
            ("67 01 18", .bits32, 4, 2),
            ("01 d8", .bits16, 2, 2),
            ("66 01 d8", .bits16, 4, 2),
            ("67 66 01 18", .bits16, 4, 4),
            ("00 d8", .bits64, 1, 8),
            ("48 00 d8", .bits64, 1, 8),
            ("50", .bits64, 8, 8),
            ("66 50", .bits64, 2, 8),
            ("66 41 50", .bits64, 2, 8),
            ("50", .bits32, 4, 4),
            ("ff f0", .bits64, 8, 8),  // PUSH
            ("66 ff f0", .bits64, 2, 8),
            ("66 ff e0", .bits64, 8, 8),  // JMP
            ("66 ff 18", .bits64, 2, 8),  // far CALL
            ("c9", .bits64, 8, 8),
            ("66 c9", .bits64, 2, 8),
            ("0f a0", .bits64, 8, 8),
            ("0f 22 c0", .bits64, 8, 8),
            ("cf", .bits64, 4, 8),
            ("48 cf", .bits64, 8, 8),
            ("cb", .bits64, 4, 8),
        ] as [(String, CodeSize, UInt8, UInt8)]
    )
    func sizes(text: String, size: CodeSize, operand: UInt8, address: UInt8) throws {
        let i = try decode(text, size)
        #expect((i.operandSize, i.addressSize) == (operand, address))
    }

    @Test(
        "immediates are extended as the instruction extends them",
        arguments: [
            ("83 c0 80", 0xFFFF_FFFF_FFFF_FF80, 0),
            ("05 00 00 00 80", 0xFFFF_FFFF_8000_0000, 0),
            ("66 05 00 80", 0xFFFF_FFFF_FFFF_8000, 0),
            ("b8 00 00 00 80", 0x8000_0000, 0),
            ("48 b8 11 22 33 44 55 66 77 88", 0x8877_6655_4433_2211, 0),
            ("eb fe", 0xFFFF_FFFF_FFFF_FFFE, 0),
            ("c2 00 80", 0x8000, 0),
            ("c8 00 80 1f", 0x8000, 0x1F),
            ("6a ff", ~0, 0),
        ] as [(String, UInt64, UInt16)]
    )
    func immediate(text: String, value: UInt64, second: UInt16) throws {
        let i = try decode(text)
        #expect((i.immediate, i.immediate2) == (value, second))
    }

    @Test("a far pointer is an offset and a selector")
    func farPointer() throws {
        let i = try decode("ea 44 33 22 11 08 00", .bits32)
        #expect((i.immediate, i.immediate2) == (0x1122_3344, 8))
        let short = try decode("66 ea 22 11 08 00", .bits32)
        #expect((short.immediate, short.immediate2) == (0x1122, 8))
    }

    @Test(
        "REX extends registers, and only right before the opcode",
        arguments: [
            ("01 d8", 3, 0, false),
            ("44 01 d8", 11, 0, true),
            ("41 01 d8", 3, 8, true),
            ("45 01 d8", 11, 8, true),
            ("45 66 01 d8", 3, 0, false),
            ("45 40 01 d8", 3, 0, true),  // the last one counts
            ("40 45 01 d8", 11, 8, true),
            ("41 50", 0, 8, true),  // the register in the opcode
            ("41 0f c8", 0, 8, true),
        ] as [(String, UInt8, UInt8, Bool)]
    )
    func rex(text: String, reg: UInt8, rm: UInt8, isThere: Bool) throws {
        let i = try decode(text)
        #expect((i.reg, i.rm, i.prefixes.contains(.rex)) == (reg, rm, isThere))
    }

    @Test("of F2 and F3 the last counts")
    func mandatory() throws {
        #expect(try decode("f2 f3 a4").prefixes.intersection([.rep, .repne]) == .rep)
        #expect(try decode("f3 f2 a4").prefixes.intersection([.rep, .repne]) == .repne)
        #expect(try decode("f3 66 0f 6f c1").prefixes.isSuperset(of: [.rep, .operandSize]))
    }

    @Test(
        "what a mode does not have is refused",
        arguments: [
            ("06", false, true), ("07", false, true), ("0e", false, true), ("16", false, true),
            ("17", false, true), ("1e", false, true), ("1f", false, true), ("27", false, true),
            ("2f", false, true), ("37", false, true), ("3f", false, true), ("60", false, true),
            ("61", false, true), ("62 00", false, true), ("82 c0 11", false, true),
            ("9a 11 22 33 44 55 66", false, true), ("ea 11 22 33 44 55 66", false, true),
            ("c4 00", false, true), ("c5 00", false, true),  // LES and LDS; VEX is not offered
            ("ce", false, true), ("d4 0a", false, true), ("d5 0a", false, true), ("d6", false, true),
            ("0f 04", false, false), ("0f 0a", false, false), ("0f 0c", false, false),
            ("0f 24 c0", false, false),
            ("0f 36", false, false), ("0f 39", false, false), ("0f 3b", false, false),
            ("0f 7a c0", false, false),
            ("0f a6 c0", false, false), ("0f a7 c0", false, false),
            ("0f 05", true, true), ("0f 0b", true, true), ("0f ff c0", true, true), ("63 c0", true, true),
        ] as [(String, Bool, Bool)]
    )
    func modes(text: String, in64: Bool, in32: Bool) {
        let padded = text + " 00 00 00 00"
        #expect(isDefined(padded, .bits64) == in64)
        #expect(isDefined(padded, .bits32) == in32)
    }
    private func isDefined(_ text: String, _ size: CodeSize) -> Bool {
        do {
            _ = try decode(text, size)
            return true
        } catch { return false }
    }

    @Test(
        "LOCK stands before what reads, changes and writes memory only",
        arguments: [
            ("01 00", true), ("01 c0", false), ("03 00", false), ("39 00", false),
            ("81 00 00 00 00 00", true),
            ("81 38 00 00 00 00", false), ("83 08 00", true), ("87 00", true), ("89 00", false),
            ("f7 10", true),
            ("f7 18", true), ("f7 20", false), ("fe 00", true), ("ff 08", true), ("ff 30", false),
            ("0f a3 00", false), ("0f ab 00", true), ("0f b3 00", true), ("0f bb 00", true),
            ("0f ba 20 00", false),
            ("0f ba 28 00", true), ("0f ba 38 00", true), ("0f b1 00", true), ("0f b1 c0", false),
            ("0f c1 00", true), ("0f c7 08", true), ("0f c7 30", false), ("a4", false), ("90", false),
            ("c3", false),
        ] as [(String, Bool)]
    )
    func lock(text: String, isLegal: Bool) throws {
        if isLegal {
            #expect(try decode("f0 " + text).prefixes.contains(.lock))
        } else {
            #expect(throws: DecodeFailure.undefined) { try decode("f0 " + text) }
        }
    }

    @Test(
        "an instruction that is cut off asks for more, wherever the cut is",
        arguments: [
            "66 f0 65 4e 81 84 8a 11 22 33 44 55 66 77 88", "48 b8 11 22 33 44 55 66 77 88", "c8 11 22 33",
            "66 0f 3a 0f 44 88 10 11", "0f 1f 84 00 11 22 33 44", "f3 0f b8 c1",
        ])
    func truncation(text: String) throws {
        let whole = bytes(text)
        for count in 0..<whole.count {
            #expect(throws: DecodeFailure.needsMore(count)) {
                try whole.prefix(count).withUnsafeBytes { try Decoder.decode($0, rip: 0, codeSize: .bits64) }
            }
        }
        #expect(Int(try decode(text).length) == whole.count)
    }

    @Test("15 bytes are an instruction, 16 are not")
    func limit() throws {
        let prefixes = [String](repeating: "66", count: 14).joined(separator: " ")
        #expect(try decode(prefixes + " 90").length == 15)
        #expect(throws: DecodeFailure.tooLong) { try decode("66 " + prefixes + " 90") }
        // It is the immediate that goes beyond.
        let operation = "81 05 11 22 33 44 55 66 77 88"
        #expect(try decode("2e 2e 2e 2e 2e " + operation).length == 15)
        #expect(throws: DecodeFailure.tooLong) { try decode("2e 2e 2e 2e 2e 2e " + operation) }
        // The limit is met before the end of what was fetched.
        #expect(throws: DecodeFailure.tooLong) { try decode(prefixes + " 66") }
    }
}

// SPDX-License-Identifier: Apache-2.0

import X86

/// SHA-384 as code of the boot shim, which has no library to call.
///
/// It is small rather than fast: what the shim hashes is a few pages.
///
/// - SeeAlso: FIPS 180-4, "SHA-384".
struct SHA384Code {
    /// A page to work in, of which the lower half is used.
    let scratch: UInt64
    /// Hashes the `RDX` bytes at `RSI`. The digest is at `digest` afterwards; all general registers but RSP change.
    let function: Assembler.Label
    private let compress: Assembler.Label
    private let constants: Assembler.Label

    // The page: the message schedule, the state, the digest, and the last blocks of the message.
    private static let state: Int32 = 80 * 8
    private static let digest: Int32 = 768
    private static let tail: Int32 = 1024
    private static let blockSize: Int64 = 128

    /// 48 bytes at a multiple of 64.
    var digest: UInt64 { scratch + UInt64(Self.digest) }

    /// Emits the function here.
    init(_ code: inout Assembler, scratch: UInt64) {
        self.scratch = scratch
        constants = code.label()
        compress = code.label()
        function = code.label()
        code.align(8)
        code.place(constants)
        for constant in Self.roundConstants { code.data64(constant) }
        code.place(compress)
        emitCompress(&code)
        code.place(function)
        emitHash(&code)
    }

    /// Whole blocks, then the last one or two with the padding.
    private func emitHash(_ code: inout Assembler) {
        let last = code.label()
        let fits = code.label()
        code.mov(.rdi, unsigned: scratch)
        for (index, word) in Self.initialState.enumerated() {
            code.mov(.rax, unsigned: word)
            code.mov(.at(.rdi, Self.state + Int32(index) * 8), .rax)
        }
        code.push(.rdx)
        let block = code.here()
        code.cmp(.rdx, Self.blockSize)
        code.jcc(.below, last)
        code.push(.rdx)
        code.call(compress)
        code.pop(.rdx)
        code.sub(.rdx, Self.blockSize)
        code.jmp(block)

        code.place(last)
        code.lea(.rdi, .at(.rdi, Self.tail))
        code.xor(.rax, .rax, .dword)
        code.mov(.rbx, .rdi)
        code.mov(.rcx, 2 * Self.blockSize / 8)
        code.repStos(.qword)
        code.mov(.rdi, .rbx)
        code.mov(.rcx, .rdx)
        code.repMovs(.byte)
        code.mov(.at(.rdi), 0x80, .byte)
        code.pop(.rax)
        code.shl(.rax, 3)  // the length in bits, of which there are fewer than 2⁶⁴
        code.bswap(.rax)
        code.lea(.rcx, .at(.rbx, Int32(Self.blockSize) - 8))
        code.cmp(.rdx, Self.blockSize - 17)
        code.jcc(.belowOrEqual, fits)
        code.add(.rcx, Self.blockSize)
        code.place(fits)
        code.mov(.at(.rcx), .rax)
        code.lea(.rdx, .at(.rcx, 8))
        code.mov(.rsi, .rbx)
        code.mov(.rdi, unsigned: scratch)
        let padded = code.here()
        code.push(.rdx)
        code.call(compress)
        code.pop(.rdx)
        code.cmp(.rsi, .rdx)
        code.jcc(.below, padded)
        for offset in stride(from: Int32(0), to: 48, by: 8) {
            code.mov(.rax, .at(.rdi, Self.state + offset))
            code.bswap(.rax)
            code.mov(.at(.rdi, Self.digest + offset), .rax)
        }
        code.ret()
    }

    /// One block at `RSI`, which moves behind it. `RDI` is the page.
    private func emitCompress(_ code: inout Assembler) {
        // a to h
        let words: [GeneralRegister] = [.r8, .r9, .r10, .r11, .r12, .r13, .r14, .r15]

        code.xor(.rcx, .rcx, .dword)
        let load = code.here()
        code.mov(.rax, .at(.rsi))
        code.bswap(.rax)
        code.mov(.at(.rdi, index: .rcx, scale: 8), .rax)
        code.add(.rsi, 8)
        code.inc(.rcx)
        code.cmp(.rcx, 16)
        code.jcc(.notEqual, load)

        let schedule = code.here()
        code.mov(.rax, .at(.rdi, index: .rcx, scale: 8, -2 * 8))
        emitMix(&code, .rax, to: .rdx, rotations: [19, 61], shift: 6)
        code.add(.rdx, .at(.rdi, index: .rcx, scale: 8, -7 * 8))
        code.mov(.rax, .at(.rdi, index: .rcx, scale: 8, -15 * 8))
        emitMix(&code, .rax, to: .rbp, rotations: [1, 8], shift: 7)
        code.add(.rdx, .rbp)
        code.add(.rdx, .at(.rdi, index: .rcx, scale: 8, -16 * 8))
        code.mov(.at(.rdi, index: .rcx, scale: 8), .rdx)
        code.inc(.rcx)
        code.cmp(.rcx, 80)
        code.jcc(.notEqual, schedule)

        for (index, word) in words.enumerated() { code.mov(word, .at(.rdi, Self.state + Int32(index) * 8)) }
        code.xor(.rcx, .rcx, .dword)
        let round = code.here()
        code.lea(.rbp, .label(constants))
        // RAX: h + Σ1(e) + Ch(e, f, g) + K + W
        code.mov(.rax, .r15)
        code.add(.rax, .at(.rbp, index: .rcx, scale: 8))
        code.add(.rax, .at(.rdi, index: .rcx, scale: 8))
        emitMix(&code, .r12, to: .rdx, rotations: [14, 18, 41])
        code.add(.rax, .rdx)
        code.mov(.rdx, .r13)
        code.xor(.rdx, .r14)
        code.and(.rdx, .r12)
        code.xor(.rdx, .r14)
        code.add(.rax, .rdx)
        // RDX: Σ0(a) + Maj(a, b, c)
        emitMix(&code, .r8, to: .rdx, rotations: [28, 34, 39])
        code.mov(.rbx, .r8)
        code.and(.rbx, .r9)
        code.add(.rdx, .rbx)
        code.mov(.rbx, .r8)
        code.xor(.rbx, .r9)
        code.and(.rbx, .r10)
        code.add(.rdx, .rbx)
        // Each word becomes the next; e takes in the first sum, a is both.
        for index in stride(from: 7, through: 1, by: -1) { code.mov(words[index], words[index - 1]) }
        code.add(.r12, .rax)
        code.lea(.r8, .at(.rax, index: .rdx))
        code.inc(.rcx)
        code.cmp(.rcx, 80)
        code.jcc(.notEqual, round)
        for (index, word) in words.enumerated() { code.add(.at(.rdi, Self.state + Int32(index) * 8), word) }
        code.ret()
    }

    /// The exclusive or of `from` rotated to the right, and shifted; RBX changes.
    private func emitMix(
        _ code: inout Assembler, _ from: GeneralRegister, to: GeneralRegister, rotations: [UInt8],
        shift: UInt8? = nil
    ) {
        code.mov(to, from)
        code.ror(to, rotations[0])
        for rotation in rotations.dropFirst() {
            code.mov(.rbx, from)
            code.ror(.rbx, rotation)
            code.xor(to, .rbx)
        }
        guard let shift else { return }
        code.mov(.rbx, from)
        code.shr(.rbx, shift)
        code.xor(to, .rbx)
    }

    private static let initialState: [UInt64] = [
        0xCBBB_9D5D_C105_9ED8, 0x629A_292A_367C_D507, 0x9159_015A_3070_DD17, 0x152F_ECD8_F70E_5939,
        0x6733_2667_FFC0_0B31, 0x8EB4_4A87_6858_1511, 0xDB0C_2E0D_64F9_8FA7, 0x47B5_481D_BEFA_4FA4,
    ]

    private static let roundConstants: [UInt64] = [
        0x428A_2F98_D728_AE22, 0x7137_4491_23EF_65CD, 0xB5C0_FBCF_EC4D_3B2F, 0xE9B5_DBA5_8189_DBBC,
        0x3956_C25B_F348_B538, 0x59F1_11F1_B605_D019, 0x923F_82A4_AF19_4F9B, 0xAB1C_5ED5_DA6D_8118,
        0xD807_AA98_A303_0242, 0x1283_5B01_4570_6FBE, 0x2431_85BE_4EE4_B28C, 0x550C_7DC3_D5FF_B4E2,
        0x72BE_5D74_F27B_896F, 0x80DE_B1FE_3B16_96B1, 0x9BDC_06A7_25C7_1235, 0xC19B_F174_CF69_2694,
        0xE49B_69C1_9EF1_4AD2, 0xEFBE_4786_384F_25E3, 0x0FC1_9DC6_8B8C_D5B5, 0x240C_A1CC_77AC_9C65,
        0x2DE9_2C6F_592B_0275, 0x4A74_84AA_6EA6_E483, 0x5CB0_A9DC_BD41_FBD4, 0x76F9_88DA_8311_53B5,
        0x983E_5152_EE66_DFAB, 0xA831_C66D_2DB4_3210, 0xB003_27C8_98FB_213F, 0xBF59_7FC7_BEEF_0EE4,
        0xC6E0_0BF3_3DA8_8FC2, 0xD5A7_9147_930A_A725, 0x06CA_6351_E003_826F, 0x1429_2967_0A0E_6E70,
        0x27B7_0A85_46D2_2FFC, 0x2E1B_2138_5C26_C926, 0x4D2C_6DFC_5AC4_2AED, 0x5338_0D13_9D95_B3DF,
        0x650A_7354_8BAF_63DE, 0x766A_0ABB_3C77_B2A8, 0x81C2_C92E_47ED_AEE6, 0x9272_2C85_1482_353B,
        0xA2BF_E8A1_4CF1_0364, 0xA81A_664B_BC42_3001, 0xC24B_8B70_D0F8_9791, 0xC76C_51A3_0654_BE30,
        0xD192_E819_D6EF_5218, 0xD699_0624_5565_A910, 0xF40E_3585_5771_202A, 0x106A_A070_32BB_D1B8,
        0x19A4_C116_B8D2_D0C8, 0x1E37_6C08_5141_AB53, 0x2748_774C_DF8E_EB99, 0x34B0_BCB5_E19B_48A8,
        0x391C_0CB3_C5C9_5A63, 0x4ED8_AA4A_E341_8ACB, 0x5B9C_CA4F_7763_E373, 0x682E_6FF3_D6B2_B8A3,
        0x748F_82EE_5DEF_B2FC, 0x78A5_636F_4317_2F60, 0x84C8_7814_A1F0_AB72, 0x8CC7_0208_1A64_39EC,
        0x90BE_FFFA_2363_1E28, 0xA450_6CEB_DE82_BDE9, 0xBEF9_A3F7_B2C6_7915, 0xC671_78F2_E372_532B,
        0xCA27_3ECE_EA26_619C, 0xD186_B8C7_21C0_C207, 0xEADA_7DD6_CDE0_EB1E, 0xF57D_4F7F_EE6E_D178,
        0x06F0_67AA_7217_6FBA, 0x0A63_7DC5_A2C8_98A6, 0x113F_9804_BEF9_0DAE, 0x1B71_0B35_131C_471B,
        0x28DB_77F5_2304_7D84, 0x32CA_AB7B_40C7_2493, 0x3C9E_BE0A_15C9_BEBC, 0x431D_67C4_9C10_0D4C,
        0x4CC5_D4BE_CB3E_42B6, 0x597F_299C_FC65_7E2A, 0x5FCB_6FAB_3AD6_FAEC, 0x6C44_198C_4A47_5817,
    ]
}

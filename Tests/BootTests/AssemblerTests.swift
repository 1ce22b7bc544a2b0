// SPDX-License-Identifier: Apache-2.0

import Testing
import X86

@testable import Boot

/// The expected bytes are what the GNU assembler makes of the same lines.
@Suite("Assembler")
struct AssemblerTests {
    struct Row: Sendable {
        let text: String
        let bytes: [UInt8]
        let code: @Sendable (inout Assembler) -> Void

        init(_ text: String, _ bytes: [UInt8], _ code: @escaping @Sendable (inout Assembler) -> Void) {
            self.text = text
            self.bytes = bytes
            self.code = code
        }
    }

    static let rows64: [Row] = [
        Row("mov rax, rbx", [0x48, 0x89, 0xD8]) { $0.mov(.rax, .rbx) },
        Row("mov r8d, ecx", [0x41, 0x89, 0xC8]) { $0.mov(.r8, .rcx, .dword) },
        Row("mov sil, al", [0x40, 0x88, 0xC6]) { $0.mov(.rsi, .rax, .byte) },
        Row("mov eax, 5", [0xB8, 5, 0, 0, 0]) { $0.mov(.rax, 5) },
        Row("mov rax, -1", [0x48, 0xC7, 0xC0, 0xFF, 0xFF, 0xFF, 0xFF]) { $0.mov(.rax, -1) },
        Row("mov r9, imm64", [0x49, 0xB9, 0xF0, 0xDE, 0xBC, 0x9A, 0x78, 0x56, 0x34, 0x12]) {
            $0.mov(.r9, 0x1234_5678_9ABC_DEF0)
        },
        Row("mov rax, [rsp+8]", [0x48, 0x8B, 0x44, 0x24, 8]) { $0.mov(.rax, .at(.rsp, 8)) },
        Row("mov [r13], r12", [0x4D, 0x89, 0x65, 0]) { $0.mov(.at(.r13), .r12) },
        Row("mov [rbp+0x100], al", [0x88, 0x85, 0, 1, 0, 0]) { $0.mov(.at(.rbp, 0x100), .rax, .byte) },
        Row("mov dword [rax+rcx*4+16], 7", [0xC7, 0x44, 0x88, 0x10, 7, 0, 0, 0]) {
            $0.mov(.at(.rax, index: .rcx, scale: 4, 16), 7, .dword)
        },
        Row("mov qword [r12], -2", [0x49, 0xC7, 0x04, 0x24, 0xFE, 0xFF, 0xFF, 0xFF]) {
            $0.mov(.at(.r12), -2, .qword)
        },
        Row("movzx ecx, byte [rsi]", [0x0F, 0xB6, 0x0E]) { $0.movzx(.rcx, .at(.rsi), .byte) },
        Row("movzx ecx, sil", [0x40, 0x0F, 0xB6, 0xCE]) { $0.movzx(.rcx, .rsi, .byte) },
        Row("lea rax, [rdi+rdi*8]", [0x48, 0x8D, 0x04, 0xFF]) {
            $0.lea(.rax, .at(.rdi, index: .rdi, scale: 8))
        },
        Row("xchg [rdx], ecx", [0x87, 0x0A]) { $0.xchg(.at(.rdx), .rcx, .dword) },
        Row("lock cmpxchg [rdi], rsi", [0xF0, 0x48, 0x0F, 0xB1, 0x37]) { $0.lockCmpxchg(.at(.rdi), .rsi) },
        Row("add rax, rcx", [0x48, 0x01, 0xC8]) { $0.add(.rax, .rcx) },
        Row("add rsp, 0x20", [0x48, 0x83, 0xC4, 0x20]) { $0.add(.rsp, 0x20) },
        Row("sub rcx, 0x200000", [0x48, 0x81, 0xE9, 0, 0, 0x20, 0]) { $0.sub(.rcx, 0x20_0000) },
        Row("cmp byte [rbx], 0", [0x80, 0x3B, 0]) { $0.cmp(.at(.rbx), 0, .byte) },
        Row("and rcx, -4096", [0x48, 0x81, 0xE1, 0, 0xF0, 0xFF, 0xFF]) { $0.and(.rcx, -4096) },
        Row("xor r15d, r15d", [0x45, 0x31, 0xFF]) { $0.xor(.r15, .r15, .dword) },
        Row("test rdx, rdx", [0x48, 0x85, 0xD2]) { $0.test(.rdx, .rdx) },
        Row("shl rax, 21", [0x48, 0xC1, 0xE0, 0x15]) { $0.shl(.rax, 21) },
        Row("shr cl, 4", [0xC0, 0xE9, 4]) { $0.shr(.rcx, 4, .byte) },
        Row("inc rax", [0x48, 0xFF, 0xC0]) { $0.inc(.rax) },
        Row("dec r10d", [0x41, 0xFF, 0xCA]) { $0.dec(.r10, .dword) },
        Row("neg rax", [0x48, 0xF7, 0xD8]) { $0.neg(.rax) },
        Row("push r12", [0x41, 0x54]) { $0.push(.r12) },
        Row("pop rbp", [0x5D]) { $0.pop(.rbp) },
        Row("jmp rax", [0xFF, 0xE0]) { $0.jmp(.rax) },
        Row("call r11", [0x41, 0xFF, 0xD3]) { $0.call(.r11) },
        Row("iretq", [0x48, 0xCF]) { $0.iret() },
        Row("retfq", [0x48, 0xCB]) { $0.retf() },
        Row("rep stosq", [0xF3, 0x48, 0xAB]) { $0.repStos(.qword) },
        Row("rep movsb", [0xF3, 0xA4]) { $0.repMovs(.byte) },
        Row("in al, dx", [0xEC]) { $0.inDX(.byte) },
        Row("out dx, eax", [0xEF]) { $0.outDX(.dword) },
        Row("tdcall", [0x66, 0x0F, 0x01, 0xCC]) { $0.tdcall() },
        Row("mov cr3, rax", [0x0F, 0x22, 0xD8]) { $0.mov(control: 3, .rax) },
        Row("mov rax, cr0", [0x0F, 0x20, 0xC0]) { $0.mov(.rax, control: 0) },
        Row("mov ds, eax", [0x8E, 0xD8]) { $0.mov(.ds, .rax) },
        Row("lgdt [rax]", [0x0F, 0x01, 0x10]) { $0.lgdt(.at(.rax)) },
        Row("lidt [0x1000]", [0x0F, 0x01, 0x1C, 0x25, 0, 0x10, 0, 0]) { $0.lidt(.absolute(0x1000)) },
        Row("bt rax, 63", [0x48, 0x0F, 0xBA, 0xE0, 0x3F]) { $0.bt(.rax, 63) },
        Row("sete dl", [0x0F, 0x94, 0xC2]) { $0.setcc(.equal, .rdx) },
        Row("cmovne rax, r9", [0x49, 0x0F, 0x45, 0xC1]) { $0.cmovcc(.notEqual, .rax, .r9) },
    ]

    @Test("encodes 64-bit instructions as the GNU assembler does", arguments: rows64.indices)
    func encodes64(row: Int) {
        let row = Self.rows64[row]
        var code = Assembler(origin: 0)
        row.code(&code)
        #expect(code.assembled() == row.bytes, "\(row.text)")
    }

    @Test("resolves labels forwards and backwards, by RIP and by address")
    func labels() {
        var code = Assembler(origin: 0x1000)
        let end = code.label()
        let start = code.here()
        code.jmp(end)
        code.jcc(.equal, start)
        code.mov(.rax, .label(end))
        code.cmp(.label(end), 1, .byte)
        code.mov(.rax, address: end)
        code.loop(start)
        code.place(end)
        code.data64(start)
        #expect(
            code.assembled() == [
                0xE9, 0x20, 0, 0, 0,  // 0x1005 + 0x20 = 0x1025
                0x0F, 0x84, 0xF5, 0xFF, 0xFF, 0xFF,
                0x48, 0x8B, 0x05, 0x13, 0, 0, 0,
                0x80, 0x3D, 0x0C, 0, 0, 0, 1,
                0x48, 0xB8, 0x25, 0x10, 0, 0, 0, 0, 0, 0,
                0xE2, 0xDB,
                0, 0x10, 0, 0, 0, 0, 0, 0,
            ])
        #expect(code.address(of: end) == 0x1025)
    }

    @Test("encodes 32-bit code: far jump, absolute operands, no REX")
    func bits32() {
        var code = Assembler(origin: 0xFFFF_F000, mode: .bits32)
        let long = code.label()
        code.mov(.rax, control: 4)
        code.or(.rax, 0x20)
        code.mov(.rax, 0x1234_5678)
        code.mov(.absolute(0x1000), .rax)
        code.jmpFar(0x10, long)
        code.place(long)
        #expect(
            code.assembled() == [
                0x0F, 0x20, 0xE0, 0x83, 0xC8, 0x20, 0xB8, 0x78, 0x56, 0x34, 0x12,
                0x89, 0x05, 0x00, 0x10, 0, 0,
                0xEA, 0x18, 0xF0, 0xFF, 0xFF, 0x10, 0,
            ])
    }

    @Test("aligns by address and pads to one")
    func alignment() {
        var code = Assembler(origin: 0x1001)
        code.align(4)
        code.pad(to: 0x1008)
        #expect(code.assembled() == [0xCC, 0xCC, 0xCC, 0, 0, 0, 0])
    }
}

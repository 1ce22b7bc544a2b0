// SPDX-License-Identifier: Apache-2.0

import Boot
import KVM
import KVMABI
import Testing
import X86

@Suite("A flat guest on the CPU engine")
struct FlatGuestTests {
    static let base: UInt64 = 0xFFF0_0000
    static let code: UInt64 = 0xFFF1_0000

    /// Adds one image, made of 64-bit code that begins in long mode with identity-mapped memory, and finalizes the TD.
    static func build(_ client: Client, _ program: (inout Assembler) -> Void) -> TestTD {
        let td = TestTD(client, size: 1 << 20, at: base)
        for vcpu in td.vcpus { _ = client.command(vcpu, .initVCPU, data: 0x1234) }
        _ = td.setPrivate(base..<base + (1 << 20))

        var tables = [UInt64](repeating: 0, count: 1024)
        tables[0] = base + 0x2003
        for index in 0..<4 { tables[512 + index] = UInt64(index) << 30 | 0x83 }
        // The shared half of the same addresses.
        tables[511] = 0
        _ = td.add(
            tables.flatMap { value in (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } },
            at: base + 0x1000)

        var assembler = Assembler(origin: code, mode: .bits32)
        let (descriptors, pointer, long) = (assembler.label(), assembler.label(), assembler.label())
        let start = assembler.label()
        assembler.jmp(start)
        assembler.align(8)
        assembler.place(descriptors)
        assembler.data64(0)
        assembler.data64(0x00AF_9B00_0000_FFFF)
        assembler.data64(0x00CF_9300_0000_FFFF)
        assembler.place(pointer)
        assembler.data16(23)
        assembler.data32(descriptors)
        assembler.place(start)
        assembler.lgdt(.label(pointer))
        assembler.mov(.rax, Int64(base + 0x1000))
        assembler.mov(control: 3, .rax)
        assembler.mov(.rax, 0x60)
        assembler.mov(control: 4, .rax)
        assembler.mov(.rax, 0x8000_0021)
        assembler.mov(control: 0, .rax)
        assembler.jmpFar(8, long)
        assembler.mode = .bits64
        assembler.place(long)
        program(&assembler)
        let end = assembler.here()
        assembler.hlt()
        assembler.jmp(end)
        _ = td.add(assembler.assembled(), at: code)

        // JMP rel32 at the reset vector.
        var reset = [UInt8](repeating: 0xF4, count: 4096)
        let distance = UInt32(truncatingIfNeeded: code &- 0xFFFF_FFF5)
        reset[0xFF0] = 0xE9
        for index in 0..<4 {
            reset[0xFF1 + index] = UInt8(truncatingIfNeeded: distance >> (8 * UInt32(index)))
        }
        _ = td.add(reset, at: 0xFFFF_F000)
        _ = client.command(td.vm, .finalizeVM)
        return td
    }

    static func vmcall(_ assembler: inout Assembler, _ leaf: Int64, _ values: Int64...) {
        assembler.mov(.rax, 0)
        assembler.mov(.rcx, 0xFC00)
        assembler.mov(.r10, 0)
        assembler.mov(.r11, leaf)
        for (register, value) in zip([.r12, .r13, .r14, .r15] as [GeneralRegister], values) {
            assembler.mov(register, value)
        }
        assembler.tdcall()
    }

    @Test("reaches long mode, calls out, accepts memory and uses it")
    func runs() throws {
        let client = try Client()
        let pages = client.kvm.freePages
        let td = FlatGuestTests.build(client) { assembler in
            FlatGuestTests.vmcall(&assembler, 30, 1, 1, 0x3F8, 0x41)
            // TDG.MEM.PAGE.ACCEPT of a page that was never added: KVM augments it on the way.
            assembler.mov(.rax, 6)
            assembler.mov(.rcx, Int64(FlatGuestTests.base + 0x2_0000))
            assembler.tdcall()
            assembler.mov(.rbx, Int64(FlatGuestTests.base + 0x2_0000))
            assembler.mov(.rdx, .at(.rbx))
            assembler.add(.rdx, .rax)
            assembler.add(.rdx, 0x55)
            assembler.mov(.at(.rbx), .rdx)
            assembler.mov(.rax, 0)
            assembler.mov(.rcx, 0xFC00)
            assembler.mov(.r10, 0)
            assembler.mov(.r11, 30)
            assembler.mov(.r12, 4)
            assembler.mov(.r13, 1)
            assembler.mov(.r14, 0x510)
            assembler.mov(.r15, .at(.rbx))
            assembler.tdcall()
        }
        let area = try #require(td.area())
        #expect(td.run() == 0)
        #expect(area.exitReason == .io, "\(area.exitReason) \(area.internalError)")
        #expect(area.io == KVMRun.IO(isWrite: true, size: 1, port: 0x3F8))
        #expect(area.portData == 0x41)
        #expect(td.run() == 0)
        #expect(area.exitReason == .io, "\(area.exitReason)")
        #expect(area.io.port == 0x510)
        #expect(area.portData == 0x55)
        td.close()
        #expect(client.kvm.freePages == pages)
    }

    @Test("halts until the local timer's posted interrupt is delivered")
    func timer() throws {
        let client = try Client()
        let td = FlatGuestTests.build(client) { assembler in
            let (handler, table, pointer, start) = (
                assembler.label(), assembler.label(), assembler.label(), assembler.label()
            )
            assembler.jmp(start)
            assembler.place(handler)
            FlatGuestTests.vmcall(&assembler, 30, 1, 1, 0x42, 0x30)
            assembler.iret()
            assembler.align(16)
            assembler.place(table)
            assembler.zeros(16 * 256)
            assembler.place(pointer)
            assembler.data16(16 * 256 - 1)
            assembler.data64(table)
            assembler.place(start)
            assembler.mov(.rsp, Int64(FlatGuestTests.base + 0x3000))
            // The gate for vector 0x30.
            assembler.mov(.rax, address: handler)
            assembler.mov(.rbx, address: table)
            assembler.mov(.at(.rbx, 0x300), .rax, .word)
            assembler.mov(.at(.rbx, 0x302), 8, .word)
            assembler.mov(.at(.rbx, 0x304), -0x7200, .word)  // 8E00H
            assembler.shr(.rax, 16)
            assembler.mov(.at(.rbx, 0x306), .rax, .word)
            assembler.lidt(.label(pointer))
            FlatGuestTests.vmcall(&assembler, 32, 0x80F, 0x1FF)
            FlatGuestTests.vmcall(&assembler, 32, 0x832, 0x30)
            FlatGuestTests.vmcall(&assembler, 32, 0x838, 2000)
            assembler.sti()
            FlatGuestTests.vmcall(&assembler, 12, 0)
            FlatGuestTests.vmcall(&assembler, 30, 1, 1, 0x43, 1)
        }
        let area = try #require(td.area())
        #expect(td.run() == 0)
        #expect(area.exitReason == .io, "\(area.exitReason)")
        #expect(area.io.port == 0x42)
        #expect(area.portData == 0x30)
        #expect(td.run() == 0)
        #expect(area.io.port == 0x43)
        td.close()
    }
}

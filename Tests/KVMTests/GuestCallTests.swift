// SPDX-License-Identifier: Apache-2.0

import Boot
import KVM
import KVMABI
import TDXABI
import Testing
import X86

@Suite("A guest that calls the module")
struct GuestCallTests {
    @Test("gets what each leaf promises")
    func leaves() throws {
        let page = FlatProgram.free
        let client = try Client()
        let td = TestTD.flat(client) { program in
            program.tdcall(.vpInfo)
            program.report(.rcx)
            program.code.mov(.rax, 0x21)
            program.code.mov(.rcx, 0)
            program.code.cpuid()
            program.report(.rbx)
            program.accept(page)
            program.report(.rax)
            program.code.mov(.rbx, unsigned: page)
            program.code.mov(.at(.rbx), 0x123_4567, .qword)
            program.code.mov(.rdx, .at(.rbx))
            program.report(.rdx)
            program.accept(page)
            program.code.shr(.rax, 32)
            program.report(.rax)
            program.tdcall(.mrReport, rcx: page + 0x400, rdx: page, r8: 0)
            program.report(.rax)
            program.code.mov(.rbx, unsigned: page + 0x400)
            program.code.mov(.rdx, .at(.rbx), .dword)  // REPORTTYPE
            program.report(.rdx)
            program.code.mov(.rdx, .at(.rbx, 128))  // REPORTDATA
            program.report(.rdx)
            program.tdcall(.mrRTMRExtend, rcx: page, rdx: 1)
            program.report(.rax)
            program.tdcall(.vmRd, rcx: 0, rdx: 0x1110_0003_0000_0016)  // CONFIG_FLAGS
            program.report(.r8)
        }
        defer { td.close() }
        let (values, stop) = td.reports()
        #expect(stop == .end)
        #expect(
            values == [
                48, 0x6574_6E49, 0, 0x123_4567, 0xB0A, 0, 0x81, 0x123_4567, 0, 4,
            ])
    }

    @Test("gets a #VE for what only its host can do")
    func virtualizationExceptions() throws {
        let client = try Client()
        let td = TestTD.flat(client) { program in
            let (start, handler, known) = (program.code.label(), program.code.label(), program.code.label())
            program.code.jmp(start)
            program.code.place(handler)
            for register in [.rax, .rcx, .rdx, .r8, .r9, .r10, .r11] as [GeneralRegister] {
                program.code.push(register)
            }
            program.tdcall(.vpVEInfoGet)
            program.report(.rcx)  // exit reason
            program.report(.rdx)  // exit qualification
            program.report(.r9)  // guest physical address
            program.code.shl(.r10, 32)
            program.code.shr(.r10, 32)
            program.code.cmp(.rcx, 48)
            program.code.jcc(.notEqual, known)
            program.code.mov(.r10, 2)  // the length of the MOV below
            program.code.place(known)
            program.code.add(.at(.rsp, 7 * 8), .r10)
            for register in [.r11, .r10, .r9, .r8, .rdx, .rcx, .rax] as [GeneralRegister] {
                program.code.pop(register)
            }
            program.code.iret()
            program.code.place(start)
            program.gates[20] = handler

            program.code.hlt()
            program.code.mov(.rdx, 0x3F8)
            program.code.outDX(.byte)
            program.code.mov(.rcx, 0x1B)
            program.code.rdmsr()
            program.code.mov(.rax, 0x4000_0000)
            program.code.cpuid()
            program.code.wbinvd()
            program.code.mov(.rdi, unsigned: FlatProgram.alias(0xE000_0000))
            program.code.mov(.rax, .at(.rdi), .dword)
        }
        defer { td.close() }
        let (values, stop) = td.reports()
        #expect(stop == .end)
        let reasons = stride(from: 0, to: values.count, by: 3).map { values[$0] }
        #expect(reasons == [12, 30, 31, 10, 54, 48])
        #expect(values.count == 18 && values[4] == 0x3F8 << 16, "OUT: port in 31:16, one byte, by DX")
        #expect(values.last == FlatProgram.sharedBit | 0xE000_0000)
    }
}

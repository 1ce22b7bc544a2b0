// SPDX-License-Identifier: Apache-2.0

import Boot
import KVMABI
import Platform
import TDXABI
import Testing
import X86

@testable import KVM

/// Part 3 of TDX for KVM: entering a vCPU and leaving it.
@Suite("Entry and exit: a flat guest")
struct EntryTests {
    /// Registers that a call with a narrow mask does not expose.
    private static let hidden: [GeneralRegister] = [
        .rdx, .rbx, .rsi, .rdi, .r8, .r9, .r12, .r13, .r14, .r15,
    ]
    private static let secret: UInt64 = 0x5EC2_E700_0000_0000

    private static func fill(_ code: inout Assembler) {
        for register in hidden { code.mov(register, unsigned: secret | UInt64(register.rawValue)) }
    }

    @Test(
        "registers outside the mask of a TDVMCALL do not reach KVM, and what KVM has there does not reach the guest"
    )
    func mask() throws {
        let client = try Client()
        let td = TestTD.flat(client) { program in
            Self.fill(&program.code)
            program.code.mov(.rax, 0)
            program.code.mov(.rcx, 0xC00)  // R10 and R11
            program.code.mov(.r10, 0)
            program.code.mov(.r11, unsigned: TDVMCallLeaf.reportFatalError.rawValue)
            program.code.tdcall()
            let (wrong, end) = (program.code.label(), program.code.label())
            for register in Self.hidden {
                program.code.mov(.rax, unsigned: Self.secret | UInt64(register.rawValue))
                program.code.cmp(register, .rax)
                program.code.jcc(.notEqual, wrong)
            }
            program.report(1)
            program.code.jmp(end)
            program.code.place(wrong)
            program.report(.rax)
            program.code.place(end)
        }
        defer { td.close() }
        let vcpu = try #require(td.machine(vcpu: 0))
        vcpu.registers.rbp = 0xB9
        #expect(td.run() == 0)
        let area = try #require(td.area())
        #expect(area.exitReason == .systemEvent)
        #expect(area.systemEvent.type == .tdxFatal)
        // Indexed as registers are numbered: RAX the status, RCX the mask, of the others R10 and R11 alone.
        var expected = [UInt64](repeating: 0, count: 16)
        (expected[0], expected[1], expected[11]) = (77, 0xC00, 0x10003)
        #expect(area.systemEvent.data == expected)
        #expect(vcpu.registers.xmm.indices.allSatisfy { vcpu.registers.xmm[$0] == .zero })
        #expect(vcpu.registers.rbp == 0xB9, "NO_RBP_MOD: the host's own")
        for register in Self.hidden { vcpu.registers[register] = 0xBAD }
        #expect(td.reports() == ([1], .end))
    }

    @Test("an interrupted guest shows no register, and goes on with all of them")
    func asynchronousExit() throws {
        let client = try Client()
        let page = FlatProgram.free
        let td = TestTD.flat(client) { program in
            Self.fill(&program.code)
            let (again, wrong, end) = (program.code.here(), program.code.label(), program.code.label())
            for register in Self.hidden {
                program.code.mov(.rax, unsigned: Self.secret | UInt64(register.rawValue))
                program.code.cmp(register, .rax)
                program.code.jcc(.notEqual, wrong)
            }
            program.code.mov(.rax, unsigned: FlatProgram.alias(page))
            program.code.cmp(.at(.rax), 0, .dword)
            program.code.jcc(.equal, again)
            program.report(1)
            program.code.jmp(end)
            program.code.place(wrong)
            program.report(.rax)
            program.code.place(end)
        }
        defer { td.close() }
        let area = try #require(td.area())
        #expect(td.setPrivate(page..<page + 0x1000, false) == 0)
        for _ in 0..<3 {
            let signal = Worker { () -> Int in
                client.kvm.interrupt(td.vcpus[0])
                return 0
            }
            #expect(td.run() == Errno.interrupted.result)
            #expect(area.exitReason == .intr)
            _ = signal.value
            let registers = try #require(td.machine(vcpu: 0)).registers
            for register in Self.hidden where register != .r8 && register != .r9 && register != .rdx {
                #expect(registers[register] == 0)
            }
        }
        td.memory.storeBytes(of: 1, as: UInt32.self)
        #expect(td.reports() == ([1], .end))
    }

    @Test("immediate_exit finishes what was asked of the program, and does not enter the guest")
    func immediateExit() throws {
        let client = try Client()
        let td = TestTD.flat(client) { program in
            program.vmcall(.io, 4, 0, 0x70)
            program.report(.r11)
        }
        defer { td.close() }
        let area = try #require(td.area())
        #expect(td.run() == 0)
        #expect(area.io == KVMRun.IO(isWrite: false, size: 4, port: 0x70))
        area.portData = 0x1234_5678
        area.immediateExit = 1
        for _ in 0..<2 { #expect(td.run() == Errno.interrupted.result) }
        area.immediateExit = 0
        area.portData = 0  // too late
        #expect(td.reports() == ([0x1234_5678], .end))
    }

    @Test("a signal that comes between two runs is taken by the next, once")
    func earlySignal() throws {
        let client = try Client()
        let td = TestTD.flat(client) { $0.report(1) }
        defer { td.close() }
        client.kvm.interrupt(td.vcpus[0])
        #expect(td.run() == Errno.interrupted.result)
        #expect(td.area()?.exitReason == .intr)
        #expect(td.reports() == ([1], .end))
    }

    @Test("interrupts that arrive together are acknowledged one by one, the highest first")
    func severalInterrupts() throws {
        let td = TestTD.flat(try Client()) { program in
            let again = program.code.here()
            program.code.jmp(again)
        }
        defer { td.close() }
        let vcpu = try #require(td.machine(vcpu: 0))
        // The program has given the vCPU its shared EPT.
        td.client.kvm.interrupt(td.vcpus[0])
        #expect(td.run() == Errno.interrupted.result)
        let processor = vcpu.vm.host.processors.processor(vcpu.processor)
        processor.acknowledgeInterrupts()
        for vector in [0x41, 0x92, 0x60, 0x41] as [UInt8] { processor.interrupt(vector) }
        for vector in [0x92, 0x60, 0x41] as [UInt64] {
            let (status, registers) = processor.call(.vpEnter, rcx: vcpu.tdvpr)
            #expect(status.rawValue == 1)
            #expect(registers.r9 == 1 << 31 | vector)
        }
    }

    @Test("any thread may run a vCPU")
    func threads() throws {
        let client = try Client()
        let td = TestTD.flat(client) { program in
            for value in 1...8 as ClosedRange<UInt64> { program.report(value) }
        }
        defer { td.close() }
        let values = (1...8).map { _ in Worker { td.reports(most: 1).values }.value }
        #expect(values == (1...8).map { [$0] })
    }

    @Test("sync registers, an argument and a vCPU that is not ready are refused")
    func refused() throws {
        let client = try Client()
        let td = TestTD(client)
        #expect(td.run() == Errno.invalid.result, "KVM_TDX_INIT_VCPU is missing")
        #expect(client.command(td.vcpus[0], .initVCPU).result == 0)
        #expect(td.run() == Errno.invalid.result, "KVM_TDX_FINALIZE_VM is missing")
        td.close()

        let flat = TestTD.flat(client) { $0.report(1) }
        defer { flat.close() }
        let area = try #require(flat.area())
        #expect(client.call(flat.vcpus[0], .run, 1) == Errno.invalid.result)
        area.validRegisters = 1
        #expect(flat.run() == Errno.invalid.result)
        (area.validRegisters, area.dirtyRegisters) = (0, 1)
        #expect(flat.run() == Errno.invalid.result)
        area.dirtyRegisters = 0
        #expect(flat.reports() == ([1], .end))
        #expect((area.ifFlag, area.cr8, area.apicBase) == (0, 0, 0xFEE0_0D00))
    }

    @Test("a triple fault is a shutdown, and running on is an internal error with the module's status")
    func tripleFault() throws {
        let client = try Client()
        let td = TestTD.flat(client) { $0.code.ud2() }
        defer { td.close() }
        let area = try #require(td.area())
        #expect(td.run() == 0)
        #expect(area.exitReason == .shutdown)
        #expect(td.run() == 0)
        #expect(area.exitReason == .internalError)
        #expect(area.internalError.suberror == .unexpectedExitReason)
        #expect(
            area.internalError.data.first.map { $0 >> 32 }
                == UInt64(TDXStatus.vcpuStateIncorrect.rawValue >> 32))
    }
}

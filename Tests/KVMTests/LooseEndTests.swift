// SPDX-License-Identifier: Apache-2.0

import Boot
import KVM
import KVMABI
import TDXABI
import Testing
import X86

/// Part 6 of TDX for KVM: what the kernel answers itself, and what a TD must not do.
@Suite("Loose ends: a flat guest")
struct LooseEndTests {
    private static let shared = FlatProgram.sharedBit
    private static let invalid: UInt64 = 1 << 63

    @Test(
        "CPUID comes from the vCPU's model",
        arguments: [
            (0x4000_0000, 0, [0x4000_0001, 0x4B4D_564B, 0, 0]),
            (0x4000_0055, 0, [0, 0, 0, 0]),  // beyond the class: the highest basic leaf
            (0x8000_0008, 0, [48 << 16 | 52, 0, 0, 0]),
            (0xB, 3, [0, 0, 3, 0x77]), (0xB, 1, [0, 0, 0, 0x77]), (0x1F, 3, [0, 0, 0, 0]),
        ] as [(UInt64, UInt64, [UInt64])])
    func cpuid(leaf: UInt64, subleaf: UInt64, values: [UInt64]) throws {
        let td = TestTD.flat(try Client()) { program in
            program.vmcall(.cpuid, leaf, subleaf, ~0, ~0)
            for register in [.r10, .r12, .r13, .r14, .r15] as [GeneralRegister] { program.report(register) }
        }
        defer { td.close() }
        #expect(td.reports() == ([0] + values, .end))
    }

    @Test(
        "MSRs that KVM keeps are read and written as on a processor",
        arguments: [
            // Number, value written (nil: none), answer to the write, answer to the read, value read
            (0x1B, 0xFEE0_0900, invalid, 0, 0xFEE0_0D00), (0xC000_0080, 0x500, invalid, 0, 0xD01),
            (0x3A, 0, invalid, 0, 1), (0xFE, 0, invalid, 0, 0x508), (0x277, 0x0606_0606, 0, 0, 0x0606_0606),
            (0x8B, 7, 0, 0, 0x1_0000_0000), (0x1A0, 0x1801, 0, 0, 0x1801), (0x140, 0, 0, 0, 0),
            (0xCE, 0, invalid, 0, 1 << 31), (0x10A, 0, invalid, invalid, 31), (0x200, 6, 0, 0, 6),
            (0x2FF, 0xC06, 0, 0, 0xC06), (0x17A, 1, invalid, 0, 0), (0x17B, 0, 0, 0, 0),
            (0x802, 1, invalid, 0, 0), (0x803, 1, invalid, 0, 0x5_0014), (0x80D, 1, invalid, 0, 1),
            (0x80F, 0x1FF, 0, 0, 0x1FF), (0x80F, 0x2FF, invalid, 0, 0xFF), (0x828, 0, 0, 0, 0),
            (0x828, 1, invalid, 0, 0), (0x832, 0x1_0030, 0, 0, 0x1_0030),
            (0x832, 0x10_0030, invalid, 0, 0x1_0000),
            (0x839, 1, invalid, 0, 0), (0x83E, 0xB, 0, 0, 0xB), (0x83E, 0x4, invalid, 0, 0),
            (0x808, 0, invalid, invalid, 31), (0x80B, 0, invalid, invalid, 31),
            (0x820, 0, invalid, invalid, 31), (0x4D0, 0, invalid, invalid, 31),
            (0x4B56_4D00, 1, invalid, invalid, 31), (0x4B56_4D05, 1, invalid, invalid, 31),
            (0x10, 1, invalid, invalid, 31), (0x1234, 1, invalid, invalid, 31),
        ] as [(UInt64, UInt64, UInt64, UInt64, UInt64)])
    func msrs(number: UInt64, write: UInt64, written: UInt64, read: UInt64, value: UInt64) throws {
        let td = TestTD.flat(try Client()) { program in
            program.vmcall(.wrmsr, number, write)
            program.report(.r10)
            program.vmcall(.rdmsr, number)
            program.report(.r10)
            program.report(.r11)
        }
        defer { td.close() }
        #expect(td.reports() == ([written, read, value], .end))
    }

    @Test("a fetch from shared memory is a page fault; should the processor let it through, the TD ends")
    func sharedFetch() throws {
        let client = try Client()
        let page = FlatProgram.free
        let td = TestTD.flat(client) { program in
            let (start, handler) = (program.code.label(), program.code.label())
            program.code.jmp(start)
            program.code.place(handler)
            program.report(14)
            program.end()
            program.code.place(start)
            program.gates[14] = handler
            program.code.mov(.rax, unsigned: FlatProgram.alias(page))
            program.code.jmp(.rax)
        }
        #expect(td.setPrivate(page..<page + 0x1000, false) == 0)
        td.memory.storeBytes(of: 0xC3, as: UInt8.self)
        #expect(td.reports() == ([14], .end))
        td.close()

        let scripted = try Client(
            script: Script([
                { _ in VMExit(.eptViolation, qualification: 4, guestPhysicalAddress: Self.shared | 0x1000) }
            ]))
        let other = TestTD.runnable(scripted)
        defer { other.close() }
        #expect(other.run() == Errno.ioError.result)
        #expect(scripted.call(other.vm, .checkExtension, 0) == Errno.ioError.result, "the VM is dead")
    }

    @Test("instructions that a TD has not are #UD")
    func undefined() throws {
        let codes: [[UInt8]] = [
            [0x0F, 0x01, 0xC2],  // VMLAUNCH
            [0x0F, 0x01, 0xC4],  // VMXOFF
            [0x66, 0x0F, 0x01, 0xCF],  // SEAMCALL
            [0x0F, 0x01, 0xC8],  // MONITOR
            [0x0F, 0x01, 0xC9],  // MWAIT
            [0x0F, 0xAA],  // RSM
            [0x0F, 0x37],  // GETSEC
        ]
        let td = TestTD.flat(try Client()) { program in
            let (start, handler) = (program.code.label(), program.code.label())
            program.code.jmp(start)
            program.code.place(handler)
            program.report(6)
            program.code.mov(.at(.rsp), .rbx)
            program.code.iret()
            program.code.place(start)
            program.gates[6] = handler
            for bytes in codes {
                let next = program.code.label()
                program.code.mov(.rbx, address: next)
                program.code.data(bytes)
                program.report(0)
                program.code.place(next)
            }
        }
        defer { td.close() }
        #expect(td.reports() == ([UInt64](repeating: 6, count: codes.count), .end))
    }

    @Test("KVM's hypercalls are there as the vCPU's CPUID says")
    func hypercalls() throws {
        let client = try Client()
        let td = TestTD.flat(client) { program in
            for number in [1, 5, 10, 11, 99] as [UInt64] {
                program.hypercall(number, 0, 0)
                program.report(.r10)
            }
        }
        defer { td.close() }
        let unknown = UInt64(bitPattern: -1000)
        #expect(td.reports().values == [0] + [UInt64](repeating: unknown, count: 4))
    }

    @Test("HLT with interrupts blocked sleeps through an interrupt")
    func blockedHalt() throws {
        let client = try Client()
        let td = TestTD.flat(client) { program in
            program.writeMSR(0x80F, 0x1FF)
            program.report(1)
            program.vmcall(.hlt, 1)
            program.report(2)
        }
        defer { td.close() }
        #expect(td.reports(most: 1).values == [1])
        var message = KVMMSI()
        (message.addressLow, message.data) = (0xFEE0_0000, 0x50)
        #expect(client.call(td.vm, .signalMSI, &message) == 1)
        let sleeper = Worker { td.reports().stop }
        while client.sleepingVCPUs(of: td) == 0 {}
        client.kvm.interrupt(td.vcpus[0])
        #expect(sleeper.value == TestTD.Stop(result: Errno.interrupted.result, reason: .intr))
        var state: UInt32 = 0
        #expect(client.call(td.vcpus[0], .mpState, &state) == 0)
        #expect(state == MPState.halted.rawValue)
    }
}

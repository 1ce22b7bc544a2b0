// SPDX-License-Identifier: Apache-2.0

import Testing
import X86

@testable import X86Engine

@Suite("Privileged and system instructions")
struct PrivilegedInstructions {
    /// At CPL 0 and at CPL 3 with IOPL 0.
    @Test(
        "privilege",
        arguments: [
            ("f4", .exit(.hlt), .protection()),
            ("fa", .done, .protection()),  // CLI
            ("fb", .done, .protection()),  // STI
            ("0f 06", .done, .protection()),  // CLTS
            ("0f 08", .exit(.invd), .protection()),
            ("0f 09", .exit(.wbinvd), .protection()),
            ("0f 30", .exit(.wrmsr), .protection()),  // of an MSR that the engine does not keep
            ("0f 31", .done, .done),  // RDTSC
            ("0f 01 f9", .done, .done),  // RDTSCP
            ("0f 01 f8", .done, .protection()),  // SWAPGS
            ("0f 01 38", .done, .protection()),  // INVLPG
            ("0f 01 10", .done, .protection()),  // LGDT
            ("0f 01 18", .done, .protection()),  // LIDT
            ("0f 01 f0", .done, .protection()),  // LMSW
            ("0f 01 ca", .done, .undefined),  // CLAC
            ("0f 01 cb", .done, .undefined),  // STAC
            ("0f 01 c8", .exit(.monitor), .undefined),
            ("0f 01 c9", .exit(.mwait), .undefined),
            ("66 0f 01 cc", .exit(.tdcall), .protection()),
            ("0f 01 d0", .undefined, .undefined),  // XGETBV without CR4.OSXSAVE
            ("0f 01 d1", .undefined, .undefined),  // XSETBV
            ("0f 01 ee", .undefined, .undefined),  // RDPKRU without CR4.PKE
            ("0f 01 ef", .undefined, .undefined),
            ("0f a2", .exit(.cpuid), .exit(.cpuid)),
            ("0f 0b", .undefined, .undefined),  // UD2
            ("0f b9 c0", .undefined, .undefined),  // UD1
            ("0f ff c0", .undefined, .undefined),  // UD0
            ("f3 0f ae c0", .undefined, .undefined),  // RDFSBASE without CR4.FSGSBASE
            ("ec", .exit(.ioInstruction), .protection()),
            ("e6 80", .exit(.ioInstruction), .protection()),
            ("6c", .exit(.ioInstruction), .protection()),
            ("0f 33", .exit(.rdpmc), .protection()),  // RDPMC without CR4.PCE
            ("0f 78 c0", .exit(.vmread), .exit(.vmread)),
        ] as [(String, Execution, Execution)]
    )
    func privilege(text: String, supervisor: Execution, user: Execution) throws {
        for cpl in [0, 3] {
            let machine = try SystemMachine()
            if cpl == 3 { machine.enterUserWithMemory() }
            machine.cpu[.rax] = SystemMachine.operand
            machine.cpu[.rcx] = 0xDEAD
            machine.cpu[.rdi] = SystemMachine.operand
            #expect(machine.execute(text) == (cpl == 0 ? supervisor : user), "CPL \(cpl)")
        }
    }

    @Test("CLI and STI at CPL 3 go by IOPL")
    func interruptFlag() throws {
        let machine = try SystemMachine()
        machine.enterUserWithMemory()
        machine.cpu[.rflags] = RFLAGS.iopl | RFLAGS.if | 2
        #expect(machine.execute("fa") == .done)
        #expect(machine.cpu[.rflags] == RFLAGS.iopl | 2)
        #expect(machine.execute("fb") == .done)
        #expect(machine.cpu[.rflags] & RFLAGS.if != 0)
    }

    @Test(
        "POPF changes what the privilege allows",
        arguments: [
            (0, 0, 0x24_7ED7 & ~RFLAGS.nt | RFLAGS.nt),
            (3, 0, RFLAGS.arithmetic | RFLAGS.df | RFLAGS.nt | RFLAGS.ac | RFLAGS.id | 2),
            (
                3, RFLAGS.iopl,
                RFLAGS.arithmetic | RFLAGS.df | RFLAGS.nt | RFLAGS.ac | RFLAGS.id | RFLAGS.iopl | RFLAGS.if
                    | 2
            ),
        ] as [(UInt8, UInt64, UInt64)]
    )
    func popFlags(cpl: UInt8, before: UInt64, after: UInt64) throws {
        let machine = try SystemMachine()
        if cpl == 3 { machine.enterUserWithMemory() }
        machine.cpu[.rflags] = before | 2
        machine.cpu[.rsp] = 0x1_2000
        machine.write(0x1_2000, 0x3F_7FD7 & ~RFLAGS.tf)
        #expect(machine.execute("9d") == .done)
        #expect(machine.cpu[.rflags] == after)
    }

    @Test("CR4.TSD keeps RDTSC and RDTSCP to CPL 0", arguments: ["0f 31", "0f 01 f9"])
    func timeStampDisable(text: String) throws {
        let machine = try SystemMachine()
        machine.cpu[.cr4] |= CR4.tsd
        #expect(machine.execute(text) == .done)
        machine.enterUserWithMemory()
        #expect(machine.execute(text) == .protection())
    }

    @Test("RDTSCP gives IA32_TSC_AUX in ECX")
    func auxiliary() throws {
        let machine = try SystemMachine()
        machine.cpu.setMSR(MSRNumber.tscAux, 0x1234)
        #expect(machine.execute("0f 01 f9") == .done)
        #expect(machine.cpu[.rcx] == 0x1234)
    }

    @Test("FS and GS bases: by RDFSBASE and its relatives, and SWAPGS")
    func segmentBases() throws {
        let machine = try SystemMachine()
        machine.cpu[.cr4] |= CR4.fsgsbase
        machine.cpu[.rax] = 0x1234_5678_9ABC
        #expect(machine.execute("f3 48 0f ae d0") == .done)  // WRFSBASE
        #expect(machine.cpu[.fs].base == 0x1234_5678_9ABC)
        #expect(machine.execute("f3 0f ae d8") == .done)  // WRGSBASE, 32 bits
        #expect(machine.cpu[.gs].base == 0x5678_9ABC)
        #expect(machine.execute("f3 48 0f ae c1") == .done)  // RDFSBASE RCX
        #expect(machine.cpu[.rcx] == 0x1234_5678_9ABC)
        machine.cpu[.rax] = 1 << 47
        #expect(machine.execute("f3 48 0f ae d0") == .protection())
        machine.cpu.setMSR(MSRNumber.kernelGSBase, 0x9999)
        #expect(machine.execute("0f 01 f8") == .done)
        #expect(machine.cpu[.gs].base == 0x9999)
        #expect(machine.execute("0f 01 f8") == .done)
        #expect(machine.cpu[.gs].base == 0x5678_9ABC)
    }

    @Test(
        "INVPCID checks type, descriptor and address",
        arguments: [
            (0, 1, 0xB000, .done),
            (0, 0x1000, 0xB000, .protection()),  // reserved bits of the PCID
            (0, 1, 1 << 47, .protection()),  // address not canonical
            (1, 1, 1 << 47, .done),  // address not looked at
            (2, ~0, 0, .done),
            (3, 0, 0, .done),
            (4, 0, 0, .protection()),
        ] as [(UInt64, UInt64, UInt64, Execution)]
    )
    func invalidate(type: UInt64, pcid: UInt64, address: UInt64, result: Execution) throws {
        let machine = try SystemMachine()
        machine.cpu[.cr4] |= CR4.pcide
        machine.cpu[.rcx] = type
        machine.cpu[.rax] = SystemMachine.operand
        machine.write(SystemMachine.operand, pcid)
        machine.write(SystemMachine.operand + 8, address)
        #expect(machine.execute("66 0f 38 82 08") == result)
        #expect(machine.execute("66 0f 38 82 c8") == .undefined)
    }

    @Test("LGDT and LIDT refuse a base that is not canonical")
    func tables() throws {
        let machine = try SystemMachine()
        machine.cpu[.rax] = SystemMachine.operand
        machine.write(SystemMachine.operand, 0x0000_0000_0000_00FF)
        machine.write(SystemMachine.operand + 8, 0x8000)
        #expect(machine.execute("0f 01 10") == .protection())
        #expect(machine.cpu.gdtr.base == 0x6000)
        machine.write(SystemMachine.operand + 8, 0)
        machine.write(SystemMachine.operand, 0x6000 << 16 | 0x77)
        #expect(machine.execute("0f 01 10") == .done)
        #expect((machine.cpu.gdtr.base, machine.cpu.gdtr.limit) == (0x6000, 0x77))
        machine.cpu[.rax] = SystemMachine.operand + 0x20
        #expect(machine.execute("0f 01 00") == .done)  // SGDT
        #expect(machine.read(SystemMachine.operand + 0x20) == 0x6000 << 16 | 0x77)
        #expect(machine.execute("0f 01 d0") != .done)  // register forms are others
    }

    @Test(
        "INT n checks the gate's privilege; INT3 and INTO are let through by it",
        arguments: [
            ("cd 20", 0, 3, .protection(0x20 * 8 + 2)), ("cd 14", 0, 0, .trap(20)),
            ("cd 14", 3, 3, .trap(20)),
            ("cd 14", 0, 3, .protection(20 * 8 + 2)), ("cc", 3, 3, .trap(3)),
            ("cc", 0, 3, .protection(3 * 8 + 2)),
            ("f1", 0, 3, .trap(1)),  // INT1 does not ask
            ("ce", 0, 0, .undefined),  // INTO is gone from 64-bit mode
        ] as [(String, UInt64, UInt8, Execution)])
    func softwareInterrupts(text: String, dpl: UInt64, cpl: UInt8, result: Execution) throws {
        let machine = try SystemMachine()
        for vector in [3, 20] as [UInt64] {
            machine.setGate(vector, SystemMachine.handler + vector * 16, dpl: dpl)
        }
        if cpl == 3 { machine.enterUserWithMemory() }
        #expect(machine.execute(text) == result)
    }

    @Test("XSETBV exits at CPL 0 once the OS has enabled it, and is #GP at CPL 3")
    func extendedControl() throws {
        let machine = try SystemMachine()
        machine.cpu[.cr4] |= CR4.osxsave
        #expect(machine.execute("0f 01 d1") == .exit(.xsetbv))
        machine.cpu[.rcx] = 2
        #expect(machine.execute("0f 01 d0") == .protection())
        machine.cpu[.rcx] = 0
        #expect(machine.execute("0f 01 d0") == .done)
        #expect(machine.cpu[.rax] == machine.cpu[.xcr0])
        machine.enterUserWithMemory()
        #expect(machine.execute("0f 01 d1") == .protection())
    }
}

// SPDX-License-Identifier: Apache-2.0

import Testing
import X86

@testable import X86Engine

@Suite("0F 00–03: LLDT, LTR, VERR, VERW, LAR, LSL")
struct DescriptorInstructions {
    @Test(
        "LLDT and LTR check table, type, upper half and presence in this order",
        arguments: [
            ("0f 00 d0", TestDescriptor.ldt, 0, 0x50, .done),
            ("0f 00 d0", TestDescriptor.ldt, 0, 0, .done),  // null: no local table
            ("0f 00 d0", TestDescriptor.ldt, 0, 0x54, .protection(0x54)),  // in the local table
            ("0f 00 d0", TestDescriptor.data0, 0, 0x50, .protection(0x50)),
            ("0f 00 d0", TestDescriptor.tss, 0, 0x50, .protection(0x50)),
            ("0f 00 d0", TestDescriptor.ldt & ~(1 << 47), 0, 0x50, .notPresent(0x50)),
            ("0f 00 d0", TestDescriptor.ldt, 1 << 40, 0x50, .protection(0x50)),  // type in the upper half
            ("0f 00 d0", TestDescriptor.ldt, 0x8000, 0x50, .protection(0x50)),  // not canonical
            ("0f 00 d0", TestDescriptor.ldt, 0, 0xF8, .protection(0xF8)),
            ("0f 00 d8", TestDescriptor.tss, 0, 0x50, .done),
            ("0f 00 d8", TestDescriptor.tss, 0, 0, .protection(0)),
            ("0f 00 d8", TestDescriptor.tss, 0, 0x54, .protection(0x54)),
            ("0f 00 d8", TestDescriptor.busyTSS, 0, 0x50, .protection(0x50)),
            ("0f 00 d8", TestDescriptor.ldt, 0, 0x50, .protection(0x50)),
            ("0f 00 d8", TestDescriptor.absentTSS, 0, 0x50, .notPresent(0x50)),
        ] as [(String, UInt64, UInt64, UInt16, Execution)]
    )
    func load(text: String, low: UInt64, high: UInt64, selector: UInt16, result: Execution) throws {
        let machine = try SystemMachine()
        machine.setDescriptor(10, low)
        machine.setDescriptor(11, high)
        machine.cpu[.rax] = UInt64(selector)
        let before = (machine.cpu.tr, machine.cpu.ldtr)
        #expect(machine.execute(text) == result)
        if result == .done, text.hasSuffix("d8") { #expect(machine.read(0x6050) == TestDescriptor.busyTSS) }
        if result != .done {
            #expect((machine.cpu.tr.base, machine.cpu.ldtr.base) == (before.0.base, before.1.base))
        }
    }

    @Test("CPL 3 may not load, and may look")
    func user() throws {
        let machine = try SystemMachine()
        machine.enterUserWithMemory()
        #expect(machine.execute("0f 00 d0") == .protection())
        let other = try SystemMachine()
        other.enterUserWithMemory()
        #expect(other.execute("0f 00 d8") == .protection())
    }

    /// CPL 0, descriptor 10 asked for as 0x50: what LAR, LSL, VERR and VERW say of it, nil for ZF clear.
    @Test(
        "queries answer by type and privilege",
        arguments: [
            (TestDescriptor.data0, 0x50, 0xC0_9300, 0xFFFF_FFFF, true, true),
            (TestDescriptor.readOnly3, 0x53, 0xC0_F100, 0xFFFF_FFFF, true, false),
            (TestDescriptor.code64, 0x50, 0xA0_9B00, 0xFFFF_FFFF, true, false),
            (TestDescriptor.executeOnly, 0x50, 0xA0_9900, 0xFFFF_FFFF, false, false),
            (TestDescriptor.conforming64, 0x53, 0xA0_9F00, 0xFFFF_FFFF, true, false),
            (TestDescriptor.data0, 0x53, nil, nil, false, false),  // RPL above DPL
            (TestDescriptor.absentData0, 0x50, 0xC0_1300, 0xFFFF_FFFF, true, true),  // absent
            (TestDescriptor.tss, 0x50, 0x8900, 0x67, false, false),
            (TestDescriptor.busyTSS, 0x50, 0x8B00, 0x67, false, false),
            (TestDescriptor.ldt, 0x50, 0x8200, 0xFFF, false, false),
            (TestDescriptor.callGate, 0x50, 0x8C00, nil, false, false),  // a gate has no limit
            (0x0000_8E00_0008_9000, 0x50, nil, nil, false, false),  // interrupt gate
            (TestDescriptor.data0, 0, nil, nil, false, false),
            (TestDescriptor.data0, 0xF8, nil, nil, false, false),  // outside the table: no fault
            (TestDescriptor.data0, 0x54, nil, nil, false, false),
        ] as [(UInt64, UInt16, UInt64?, UInt64?, Bool, Bool)]
    )
    func query(
        descriptor: UInt64, selector: UInt16, rights: UInt64?, limit: UInt64?, reads: Bool, writes: Bool
    ) throws {
        let machine = try SystemMachine()
        machine.setDescriptor(10, descriptor)
        func ask(_ text: String) -> Bool {
            machine.cpu[.rax] = UInt64(selector)
            machine.cpu[.rcx] = 0xAAAA_AAAA_AAAA_AAAA
            machine.cpu[.rflags] = 0x8D7
            #expect(machine.execute(text) == .done)
            #expect(machine.cpu[.rflags] | RFLAGS.zf == 0x8D7)
            return machine.cpu[.rflags] & RFLAGS.zf != 0
        }
        let unchanged: UInt64 = 0xAAAA_AAAA_AAAA_AAAA
        #expect(ask("0f 02 c8") == (rights != nil))
        #expect(machine.cpu[.rcx] == rights ?? unchanged)
        #expect(ask("0f 03 c8") == (limit != nil))
        #expect(machine.cpu[.rcx] == limit ?? unchanged)
        #expect(ask("0f 00 e0") == reads)
        #expect(ask("0f 00 e8") == writes)
    }

    @Test(
        "with CR4.UMIP, CPL 3 may not see SLDT, STR, SGDT, SIDT, SMSW",
        arguments: ["0f 00 c0", "0f 00 c8", "0f 01 00", "0f 01 08", "0f 01 e0"])
    func instructionPrevention(text: String) throws {
        let machine = try SystemMachine()
        machine.enterUserWithMemory()
        machine.cpu[.rax] = SystemMachine.operand
        #expect(machine.execute(text) == .done)
        machine.cpu[.cr4] |= CR4.umip
        #expect(machine.execute(text) == .protection())
    }
}

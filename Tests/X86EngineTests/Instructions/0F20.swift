// SPDX-License-Identifier: Apache-2.0

import Testing
import X86

@testable import X86Engine

@Suite("0F 20–23: MOV to and from control and debug registers")
struct MOVControlRegisters {
    private static let cr0 = CR0.pe | CR0.pg | CR0.wp | CR0.ne | CR0.et
    private static let cr4 = CR4.pae | CR4.osfxsr

    @Test(
        "what is written is checked first; a fault changes nothing",
        arguments: [
            ("0f 22 c0", cr0 | CR0.ts, .done),
            ("0f 22 c0", cr0 & ~CR0.pe, .protection()),  // paging without protection
            ("0f 22 c0", cr0 | CR0.nw, .protection()),  // NW without CD
            ("0f 22 c0", cr0 | CR0.nw | CR0.cd, .done),
            ("0f 22 c0", cr0 | 1 << 32, .protection()),
            ("0f 22 c0", cr0 & ~CR0.pg, .protection()),  // not from 64-bit mode
            ("0f 22 d8", 0x1000, .done),
            ("0f 22 d8", 1 << 52, .protection()),  // beyond the physical width
            ("0f 22 e0", cr4 | CR4.fsgsbase, .done),
            ("0f 22 e0", cr4 & ~CR4.pae, .protection()),  // needed in long mode
            ("0f 22 e0", cr4 | CR4.la57, .protection()),  // not while in long mode
            ("0f 22 e0", cr4 | 1 << 31, .protection()),
            ("44 0f 22 c0", 15, .done),  // CR8
            ("44 0f 22 c0", 16, .protection()),
            ("0f 22 d0", 0x1234_5678_9ABC, .done),  // CR2 takes anything
            ("0f 22 c8", 0, .undefined),  // CR1
            ("0f 22 e8", 0, .undefined),  // CR5
            ("44 0f 22 c8", 0, .undefined),  // CR9
            ("f0 0f 22 c0", cr0, .undefined),  // LOCK
            ("0f 23 c0", 0x1234, .done),  // DR0
            ("0f 23 f0", 1 << 32, .protection()),  // DR6
            ("0f 23 f8", 1 << 32, .protection()),  // DR7
            ("0f 23 e0", 0xFFFF_0FF0, .done),  // DR4 is DR6 without CR4.DE
            ("44 0f 23 c0", 0, .undefined),  // DR8
        ] as [(String, UInt64, Execution)]
    )
    func write(text: String, value: UInt64, result: Execution) throws {
        let machine = try SystemMachine()
        let before = [machine.cpu[.cr0], machine.cpu[.cr3], machine.cpu[.cr4], machine.cpu[.cr8]]
        machine.cpu[.rax] = value
        #expect(machine.execute(text) == result)
        if result != .done {
            #expect([machine.cpu[.cr0], machine.cpu[.cr3], machine.cpu[.cr4], machine.cpu[.cr8]] == before)
        }
    }

    @Test(
        "CPL 3 has none of them, but one that does not exist is #UD all the same",
        arguments: [
            ("0f 20 c0", .protection()), ("0f 22 c0", .protection()), ("44 0f 20 c0", .protection()),
            ("0f 21 c0", .protection()), ("0f 23 f8", .protection()), ("0f 20 c8", .undefined),
            ("44 0f 22 c8", .undefined),
        ] as [(String, Execution)])
    func user(text: String, result: Execution) throws {
        let machine = try SystemMachine()
        machine.enterUserWithMemory()
        #expect(machine.execute(text) == result)
    }

    @Test("with CR4.DE, DR4 and DR5 are #UD; with DR7.GD, any access is #DB")
    func debugExtensions() throws {
        let machine = try SystemMachine()
        machine.cpu[.cr4] |= CR4.de
        #expect(machine.execute("0f 21 e0") == .undefined)
        machine.cpu[.dr7] = 0x2400
        #expect(machine.execute("0f 21 c0") == .fault(ExceptionVector.debug, nil))
        #expect(machine.cpu[.dr6][bit: 13])
        #expect(!machine.cpu[.dr7][bit: 13])
    }

    @Test("all 64 bits are moved, whatever the operand size")
    func width() throws {
        let machine = try SystemMachine()
        machine.cpu[.cr2] = 0x1234_5678_9ABC_DEF0
        for text in ["0f 20 d0", "66 0f 20 d0", "48 0f 20 d0", "0f 20 10"] {
            machine.cpu[.rax] = 0
            #expect(machine.execute(text) == .done)
            #expect(machine.cpu[.rax] == 0x1234_5678_9ABC_DEF0)
        }
    }
}

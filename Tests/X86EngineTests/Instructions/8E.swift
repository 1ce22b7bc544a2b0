// SPDX-License-Identifier: Apache-2.0

import Testing
import X86

@testable import X86Engine

@Suite("8E, 0F B2, 0F B4, 0F B5: loads of segment registers")
struct MOVSegment {
    @Test(
        "data segments: the first thing that is wrong is reported, with the selector",
        arguments: [
            (TestDescriptor.data3, 0x50, 0, .done),
            (TestDescriptor.data3, 0x53, 3, .done),
            (TestDescriptor.readOnly3, 0x53, 3, .done),
            (TestDescriptor.data0, 0x50, 0, .done),
            (TestDescriptor.data0, 0x53, 0, .protection(0x50)),  // RPL above DPL
            (TestDescriptor.data0, 0x50, 3, .protection(0x50)),  // CPL above DPL
            (TestDescriptor.code64, 0x50, 0, .done),  // readable code will do
            (TestDescriptor.conforming64, 0x53, 3, .done),  // privilege does not count
            (TestDescriptor.executeOnly, 0x50, 0, .protection(0x50)),
            (TestDescriptor.tss, 0x50, 0, .protection(0x50)),  // a system segment
            (0, 0x50, 0, .protection(0x50)),
            (TestDescriptor.absentData0, 0x50, 0, .notPresent(0x50)),
            (TestDescriptor.absentData0, 0x50, 3, .protection(0x50)),  // privilege comes before presence
            (TestDescriptor.data0, 0xF8, 0, .protection(0xF8)),  // outside the table
            (TestDescriptor.data0, 0x54, 0, .protection(0x54)),  // no local table
            (TestDescriptor.data0, 0, 0, .done),  // null
            (TestDescriptor.data0, 3, 3, .done),
        ] as [(UInt64, UInt16, UInt8, Execution)]
    )
    func data(descriptor: UInt64, selector: UInt16, cpl: UInt8, result: Execution) throws {
        for text in ["8e d8", "8e c0", "8e e0", "8e e8"] {
            let machine = try SystemMachine()
            machine.setDescriptor(10, descriptor)
            if cpl == 3 { machine.enterUserWithMemory() }
            machine.cpu[.rax] = UInt64(selector)
            #expect(machine.execute(text) == result, "\(text)")
        }
    }

    @Test(
        "SS: privilege must be equal, the segment writable, and absence is #SS",
        arguments: [
            (TestDescriptor.data0, 0x50, 0, .done),
            (TestDescriptor.data0, 0x51, 0, .protection(0x50)),
            (TestDescriptor.data3, 0x50, 0, .protection(0x50)),
            (TestDescriptor.data3, 0x53, 3, .done),
            (TestDescriptor.readOnly3, 0x53, 3, .protection(0x50)),
            (TestDescriptor.code64, 0x50, 0, .protection(0x50)),
            (TestDescriptor.absentData0, 0x50, 0, .stack(0x50)),
            (TestDescriptor.absentData0, 0x53, 0, .protection(0x50)),
            (TestDescriptor.data0, 0, 0, .done),  // null in 64-bit mode below CPL 3
            (TestDescriptor.data0, 1, 0, .protection(0)),
            (TestDescriptor.data0, 3, 3, .protection(0)),
            (TestDescriptor.data0, 0xF8, 0, .protection(0xF8)),
        ] as [(UInt64, UInt16, UInt8, Execution)]
    )
    func stack(descriptor: UInt64, selector: UInt16, cpl: UInt8, result: Execution) throws {
        let machine = try SystemMachine()
        machine.setDescriptor(10, descriptor)
        if cpl == 3 { machine.enterUserWithMemory() }
        machine.cpu[.rax] = UInt64(selector)
        #expect(machine.execute("8e d0") == result)
    }

    @Test("CS and the registers 6 and 7 are #UD; a selector has 16 bits whatever the operand size")
    func encodings() throws {
        let machine = try SystemMachine()
        machine.cpu[.rax] = 0xFFFF_0010
        for text in ["8e c8", "8e f0", "8e f8", "8c f0"] {
            #expect(machine.execute(text) == .undefined, "\(text)")
        }
        for text in ["8e d8", "66 8e d8", "48 8e d8"] { #expect(machine.execute(text) == .done, "\(text)") }
        #expect(machine.cpu[.ds].selector == 0x10)
    }

    @Test("loading sets the accessed bit in memory, once")
    func accessed() throws {
        let machine = try SystemMachine()
        machine.setDescriptor(10, 0x00CF_9200_0000_FFFF)
        machine.cpu[.rax] = 0x50
        #expect(machine.execute("8e d8") == .done)
        #expect(machine.read(0x6050) == TestDescriptor.data0)
        #expect(machine.cpu[.ds].accessRights == 0xC093)
    }

    @Test("LSS, LFS, LGS: selector checks come before the offset reaches its register")
    func farPointers() throws {
        let machine = try SystemMachine()
        machine.setDescriptor(10, TestDescriptor.absentData0)
        machine.cpu[.rax] = SystemMachine.operand
        machine.cpu[.rcx] = 7
        machine.write(SystemMachine.operand, 0x50_1122_3344)
        #expect(machine.execute("0f b2 08") == .stack(0x50))
        #expect(machine.execute("0f b4 08") == .notPresent(0x50))
        #expect(machine.cpu[.rcx] == 7)
        machine.setDescriptor(10, TestDescriptor.data0)
        #expect(machine.execute("0f b5 08") == .done)
        #expect(machine.cpu[.rcx] == 0x1122_3344)
        #expect(machine.execute("0f b4 c8") == .undefined)
    }
}

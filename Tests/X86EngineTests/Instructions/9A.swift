// SPDX-License-Identifier: Apache-2.0

import Testing
import X86

@testable import X86Engine

@Suite("FF /3, FF /5, CA, CB, CF: transfers between segments")
struct FarTransfers {
    private static let target: UInt64 = 0xA000

    @Test(
        "far JMP and CALL: the first thing that is wrong is reported",
        arguments: [
            (TestDescriptor.code64, 0x50, target, .away(target)),
            (TestDescriptor.code64, 0x53, target, .protection(0x50)),  // RPL above CPL
            (TestDescriptor.conforming64, 0x53, target, .away(target)),
            (TestDescriptor.code64user, 0x50, target, .protection(0x50)),  // DPL is not CPL
            (TestDescriptor.data0, 0x50, target, .protection(0x50)),
            (TestDescriptor.tss, 0x50, target, .protection(0x50)),  // no task switches in long mode
            (TestDescriptor.codeLD, 0x50, target, .protection(0x50)),  // both L and D
            (TestDescriptor.absentCode64, 0x50, target, .notPresent(0x50)),
            (TestDescriptor.code64, 0, target, .protection(0)),
            (TestDescriptor.code64, 0xF8, target, .protection(0xF8)),
            (TestDescriptor.code64, 0x50, 1 << 47, .protection(0)),  // not canonical
        ] as [(UInt64, UInt16, UInt64, Execution)]
    )
    func jumpAndCall(descriptor: UInt64, selector: UInt16, offset: UInt64, result: Execution) throws {
        for text in ["48 ff 28", "48 ff 18"] {
            let machine = try SystemMachine()
            machine.setDescriptor(10, descriptor)
            machine.land(at: FarTransfers.target)
            machine.cpu[.rax] = SystemMachine.operand
            machine.write(SystemMachine.operand, offset)
            machine.write(SystemMachine.operand + 8, UInt64(selector))
            #expect(machine.execute(text) == result, "\(text)")
            if case .away = result {
                #expect(machine.cpu[.cs].selector == 0x50)
                let isCall = text.hasSuffix("18")
                #expect(machine.cpu[.rsp] == (isCall ? 0x1_4000 - 16 : 0x1_4000))
                if isCall { #expect((machine.read(0x1_3FF0), machine.read(0x1_3FF8)) == (0x9003, 8)) }
            } else {
                #expect(machine.cpu[.cs].selector == 0x10 - 8)
            }
        }
    }

    @Test("the operand size gives the widths of pointer and stack")
    func widths() throws {
        for (text, size) in [("ff 18", 4), ("66 ff 18", 2), ("48 ff 18", 8)] as [(String, UInt64)] {
            let machine = try SystemMachine()
            machine.land(at: FarTransfers.target)
            machine.cpu[.rax] = SystemMachine.operand
            machine.write(SystemMachine.operand, FarTransfers.target)
            machine.write(SystemMachine.operand + size, 8)
            #expect(machine.execute(text) == .away(FarTransfers.target))
            #expect(machine.cpu[.rsp] == 0x1_4000 - 2 * size)
        }
    }

    @Test("register forms are #UD", arguments: ["ff d8", "ff e8"])
    func registerForms(text: String) throws {
        #expect(try SystemMachine().execute(text) == .undefined)
    }

    @Test(
        "IRET: the first thing that is wrong is reported, and nothing changes",
        arguments: [
            (8, 0x10, target, .away(target)),
            (0x2B, 0x23, target, .away(target)),  // to CPL 3
            (0, 0x10, target, .protection(0)),
            (0xF8, 0x10, target, .protection(0xF8)),
            (0x10, 0x10, target, .protection(0x10)),  // data
            (0x0B, 0x23, target, .protection(8)),  // DPL is not RPL
            (8, 0x10, 1 << 47, .protection(0)),
            (0x2B, 0x10, target, .protection(0x10)),  // SS of another privilege
            (0x2B, 0, target, .protection(0)),  // null SS at CPL 3
            (8, 0, target, .away(target)),  // null SS at CPL 0
            (0x2B, 0x2B, target, .protection(0x28)),  // SS is code
        ] as [(UInt64, UInt64, UInt64, Execution)]
    )
    func interruptReturn(cs: UInt64, ss: UInt64, rip: UInt64, result: Execution) throws {
        let machine = try SystemMachine()
        for page in 0..<512 as Range<UInt64> { machine.write(0x4000 + page * 8, page << 12 | 7) }
        machine.land(at: FarTransfers.target)
        for (n, value) in [rip, cs, 0x246, 0x1_2000, ss].enumerated() {
            machine.write(0x1_2000 + UInt64(n) * 8, value)
        }
        machine.cpu[.rsp] = 0x1_2000
        #expect(machine.execute("48 cf") == result)
        if case .away = result {
            #expect((machine.cpu[.rsp], machine.cpu[.rflags]) == (0x1_2000, 0x246))
            #expect((machine.cpu[.cs].selector, machine.cpu[.ss].selector) == (UInt16(cs), UInt16(ss)))
        }
    }

    @Test("IRET from NT is #GP in long mode")
    func nestedTask() throws {
        let machine = try SystemMachine()
        machine.cpu[.rflags] = RFLAGS.nt | 2
        #expect(machine.execute("48 cf") == .protection())
    }

    @Test(
        "flags that IRET restores, by privilege",
        arguments: [
            (0, 0x3F_7FD7 & ~(RFLAGS.vm | RFLAGS.rf | RFLAGS.tf | RFLAGS.nt)),
            (3, RFLAGS.arithmetic | RFLAGS.df | RFLAGS.ac | RFLAGS.id | 2),  // IOPL 0: neither IF nor IOPL
        ] as [(UInt8, UInt64)]
    )
    func flags(cpl: UInt8, restored: UInt64) throws {
        let machine = try SystemMachine()
        machine.enterUserWithMemory()
        if cpl == 0 {
            machine.cpu[.cs] = Segment(selector: 8, limit: 0xFFFF_FFFF, accessRights: 0xA09B)
            machine.cpu[.ss] = Segment(selector: 0x10, limit: 0xFFFF_FFFF, accessRights: 0xC093)
        }
        machine.land(at: FarTransfers.target)
        let image = 0x3F_7FD7 & ~(RFLAGS.tf | RFLAGS.nt | RFLAGS.rf)
        let (cs, ss): (UInt64, UInt64) = cpl == 0 ? (8, 0x10) : (0x2B, 0x23)
        for (n, value) in [FarTransfers.target, cs, image, 0x1_2000, ss].enumerated() {
            machine.write(0x1_2000 + UInt64(n) * 8, value)
        }
        machine.cpu[.rsp] = 0x1_2000
        #expect(machine.execute("48 cf") == .away(FarTransfers.target))
        #expect(machine.cpu[.rflags] & ~RFLAGS.vm == restored)
    }

    @Test("RETF to the outer level takes the stack from the stack, and drops segments that it may not keep")
    func outerReturn() throws {
        let machine = try SystemMachine()
        machine.enterUserWithMemory()
        machine.cpu[.cs] = Segment(selector: 8, limit: 0xFFFF_FFFF, accessRights: 0xA09B)
        machine.cpu[.ss] = Segment(selector: 0x10, limit: 0xFFFF_FFFF, accessRights: 0xC093)
        machine.cpu[.ds] = Segment(selector: 0x10, limit: 0xFFFF_FFFF, accessRights: 0xC093)
        machine.cpu[.es] = Segment(selector: 0x23, limit: 0xFFFF_FFFF, accessRights: 0xC0F3)
        machine.land(at: FarTransfers.target)
        for (n, value) in [FarTransfers.target, 0x2B, 0, 0, 0x1_1000, 0x23].enumerated() {
            machine.write(0x1_2000 + UInt64(n) * 8, value)
        }
        machine.cpu[.rsp] = 0x1_2000
        #expect(machine.execute("48 ca 10 00") == .away(FarTransfers.target))
        #expect((machine.cpu[.rsp], machine.cpu.cpl) == (0x1_1000 + 0x10, 3))
        #expect((machine.cpu[.ds].selector, machine.cpu[.es].selector) == (0, 0x23))
    }

    @Test("RETF inwards is #GP")
    func inwardReturn() throws {
        let machine = try SystemMachine()
        machine.enterUserWithMemory()
        machine.write(0x1_2000, FarTransfers.target)
        machine.write(0x1_2008, 8)
        machine.cpu[.rsp] = 0x1_2000
        #expect(machine.execute("48 cb") == .protection(8))
    }
}

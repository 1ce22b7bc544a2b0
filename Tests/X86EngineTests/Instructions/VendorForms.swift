// SPDX-License-Identifier: Apache-2.0

import Testing
import X86

@testable import X86Engine

/// Forms of which AMD's processors make something else, so that `IntegerOracle.vendorsDiffer` leaves them out on such hosts.
/// The engine stands for one of Intel's.
///
/// - SeeAlso: SDM Vol. 2, the pages of JMP, CALL, RET, LOOP, LDS and SYSRET.
@Suite("Forms that vendors see differently")
struct VendorForms {
    private static let target: UInt64 = 0x1_1000

    @Test(
        "in 64-bit mode near branches are 64 bits wide, with 66 as well",
        arguments: [
            // Instruction, stack pointer's change.
            ("66 e9 fa 7f 00 00", 0),  // JMP rel32: 0x9006 + 0x7FFA
            ("66 e8 fa 7f 00 00", -8),
            ("66 0f 84 f9 7f 00 00", 0),  // JZ rel32
            ("66 ff e0", 0), ("66 ff d0", -8),  // RAX
            ("66 ff 23", 0), ("66 ff 13", -8),  // [RBX]
            ("66 c3", 8), ("66 c2 10 00", 24),
        ] as [(String, Int64)]
    )
    func nearBranches(text: String, change: Int64) throws {
        let machine = try SystemMachine()
        machine.land(at: VendorForms.target)
        machine.cpu[.rax] = VendorForms.target
        machine.cpu[.rbx] = SystemMachine.operand
        machine.write(SystemMachine.operand, VendorForms.target)
        machine.write(0x1_4000, VendorForms.target)
        machine.cpu[.rflags] = RFLAGS.zf | 2
        #expect(machine.execute(text) == .away(VendorForms.target))
        #expect(machine.cpu[.rsp] == 0x1_4000 &+ UInt64(bitPattern: change))
        if change < 0 { #expect(machine.read(machine.cpu[.rsp]) == 0x9000 + UInt64(text.count + 1) / 3) }
    }

    @Test(
        "short branches go on behind themselves, LOOPE and LOOPNE heed ZF alone",
        arguments: [
            // Instruction, ZF, where it goes.
            ("66 75 10", false, .away(0x9013)), ("66 75 10", true, .done), ("66 eb 10", true, .away(0x9013)),
            ("66 e2 10", false, .away(0x9013)), ("66 e3 10", true, .done),
            ("f2 e1 10", true, .away(0x9013)), ("f2 e1 10", false, .done),
            ("f3 e0 10", false, .away(0x9013)), ("f3 e0 10", true, .done),
            ("f3 e1 10", true, .away(0x9013)), ("f2 e0 10", false, .away(0x9013)),
        ] as [(String, Bool, Execution)]
    )
    func shortBranches(text: String, zero: Bool, result: Execution) throws {
        let machine = try SystemMachine()
        machine.land(at: 0x9013)
        machine.cpu[.rcx] = 2
        machine.cpu[.rflags] = (zero ? RFLAGS.zf : 0) | 2
        #expect(machine.execute(text) == result)
    }

    @Test(
        "with REX.W, LSS, LFS and LGS load offsets of 64 bits",
        arguments: ["48 0f b2 03", "48 0f b4 03", "48 0f b5 03"])
    func farPointers(text: String) throws {
        let machine = try SystemMachine()
        machine.cpu[.rbx] = SystemMachine.operand
        machine.write(SystemMachine.operand, 0x1234_5678_9ABC_DEF0)
        machine.write(SystemMachine.operand + 8, 0x10)
        #expect(machine.execute(text) == .done)
        #expect(machine.cpu[.rax] == 0x1234_5678_9ABC_DEF0)
    }

    @Test(
        "the others",
        arguments: [
            ("0f 0d c8", .done),  // PREFETCHW with a register is a NOP
            ("f0 0f 20 c0", .undefined), ("f0 0f 22 c0", .undefined),  // LOCK MOV with CR0 is not CR8
            ("f0 0f 00 2b", .undefined),  // LOCK VERW
            ("0f b9 03", .undefined), ("0f ff 03", .undefined),  // UD1, UD0
        ] as [(String, Execution)]
    )
    func others(text: String, result: Execution) throws {
        let machine = try SystemMachine()
        machine.cpu[.rbx] = SystemMachine.operand
        #expect(machine.execute(text) == result)
    }

    @Test("outside 64-bit mode SYSRET and SYSCALL are undefined", arguments: ["0f 07", "0f 05"])
    func systemCalls(text: String) throws {
        let machine = try SystemMachine()
        machine.cpu[.cs] = Segment(selector: 8, limit: 0xFFFF_FFFF, accessRights: 0xC09B)
        machine.cpu[.rcx] = 0xA000
        #expect(machine.execute(text) == .undefined)
    }
}

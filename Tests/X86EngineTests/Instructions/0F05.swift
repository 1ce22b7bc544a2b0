// SPDX-License-Identifier: Apache-2.0

import Testing
import X86

@testable import X86Engine

@Suite("0F 05, 07, 34, 35: SYSCALL, SYSRET, SYSENTER, SYSEXIT")
struct FastSystemCalls {
    private func machine() throws -> SystemMachine {
        let machine = try SystemMachine()
        machine.land(at: 0xA000)
        machine.cpu.setMSR(MSRNumber.star, 0x0018_0008 << 32)
        machine.cpu.setMSR(MSRNumber.lstar, 0xA000)
        machine.cpu.setMSR(MSRNumber.fmask, RFLAGS.if | RFLAGS.df | RFLAGS.tf)
        return machine
    }

    @Test("SYSCALL saves RIP and RFLAGS, masks, and takes flat segments from STAR")
    func syscall() throws {
        let machine = try machine()
        machine.enterUserWithMemory()
        machine.cpu[.rflags] = 0xAC7
        #expect(machine.execute("0f 05") == .away(0xA000))
        #expect(machine.cpu[.rcx] == 0x9002)
        #expect(machine.cpu[.r11] == 0xAC7)
        #expect(machine.cpu[.rflags] == 0x8C7)
        #expect((machine.cpu[.cs].selector, machine.cpu[.ss].selector) == (8, 0x10))
        #expect((machine.cpu[.cs].accessRights, machine.cpu[.ss].accessRights) == (0xA09B, 0xC093))
        #expect(machine.cpu.cpl == 0)
    }

    @Test("SYSRET goes back to CPL 3, in either mode")
    func sysret() throws {
        let machine = try machine()
        machine.enterUserWithMemory()
        machine.cpu[.cs] = Segment(selector: 8, limit: 0xFFFF_FFFF, accessRights: 0xA09B)
        machine.cpu[.ss] = Segment(selector: 0x10, limit: 0xFFFF_FFFF, accessRights: 0xC093)
        machine.cpu[.rcx] = 0xA000
        machine.cpu[.r11] = 0x3F_FFFF
        #expect(machine.execute("48 0f 07") == .away(0xA000))
        #expect((machine.cpu[.cs].selector, machine.cpu[.ss].selector) == (0x2B, 0x23))
        // RF, VM and the reserved bits do not come back.
        #expect(machine.cpu[.rflags] == 0x3C_7FD7)
        #expect(machine.cpu.cpl == 3)
        #expect(machine.cpu.is64Bit)

        let other = try self.machine()
        for page in 0..<512 as Range<UInt64> { other.write(0x4000 + page * 8, page << 12 | 7) }
        other.cpu[.rcx] = 0xFFFF_FFFF_0000_A000
        other.cpu[.r11] = 2
        #expect(other.execute("0f 07") == .away(0xA000))
        #expect((other.cpu[.cs].selector, other.cpu[.cs].accessRights) == (0x1B, 0xC0FB))
        #expect(!other.cpu.is64Bit)
    }

    @Test("what forbids them, first things first")
    func faults() throws {
        let disabled = try machine()
        disabled.cpu.setMSR(MSRNumber.efer, EFER.lme | EFER.lma | EFER.nxe)
        #expect(disabled.execute("0f 05") == .undefined)
        #expect(disabled.execute("48 0f 07") == .undefined)
        let user = try machine()
        user.enterUserWithMemory()
        #expect(user.execute("48 0f 07") == .protection())
        let wild = try machine()
        wild.cpu[.rcx] = 1 << 47
        #expect(wild.execute("48 0f 07") == .protection())
        #expect(wild.cpu.cpl == 0)
    }

    @Test("SYSENTER and SYSEXIT")
    func sysenter() throws {
        let machine = try machine()
        machine.enterUserWithMemory()
        #expect(machine.execute("0f 34") == .protection())  // IA32_SYSENTER_CS is null
        let enabled = try self.machine()
        enabled.enterUserWithMemory()
        enabled.cpu.setMSR(MSRNumber.sysenterCS, 8)
        enabled.cpu.setMSR(MSRNumber.sysenterESP, 0x1_2340)
        enabled.cpu.setMSR(MSRNumber.sysenterEIP, 0xA000)
        enabled.cpu[.rflags] = 0x246
        #expect(enabled.execute("0f 34") == .away(0xA000))
        #expect(
            (enabled.cpu[.cs].selector, enabled.cpu[.ss].selector, enabled.cpu[.rsp]) == (8, 0x10, 0x1_2340))
        #expect(enabled.cpu[.rflags] == 0x46)
        enabled.cpu[.rdx] = 0xA000
        enabled.cpu[.rcx] = 0x1_1000
        #expect(enabled.execute("48 0f 35") == .away(0xA000))
        #expect(
            (enabled.cpu[.cs].selector, enabled.cpu[.ss].selector, enabled.cpu[.rsp]) == (
                0x2B, 0x33, 0x1_1000
            ))
        #expect(enabled.execute("48 0f 35") == .protection())  // not from CPL 3
    }
}

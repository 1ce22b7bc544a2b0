// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Testing
import X86
import X86Decoder

@testable import X86Engine

@Suite("Event delivery")
struct EventTests {
    @Test("a fault at CPL 3 switches to the stack of the TSS and pushes an error code")
    func privilegeChange() throws {
        let machine = try SystemMachine()
        machine.enterUser()
        machine.cpu[.rflags] = 0x246
        machine.cpu[.rsp] = 0x1_2345
        #expect(machine.cpu.deliver(14, errorCode: 6, rip: 0x9123) == nil)
        #expect(machine.cpu[.rip] == SystemMachine.handler + 14 * 16)
        #expect(machine.cpu[.rsp] == 0x1_8000 - 48)
        #expect(
            (0..<6).map { machine.read(0x1_8000 - 48 + $0 * 8) } == [
                6, 0x9123, 0x2B, 0x10246, 0x1_2345, 0x23,
            ])
        #expect(machine.cpu.cpl == 0)
        #expect(machine.cpu[.ss].selector == 0)
        #expect(machine.cpu[.rflags] == 0x46)
        // And back.
        machine.cpu[.rsp] += 8
        #expect(
            machine.perform {
                $0.opcode = 0xCF
                $0.operandSize = 8
            } == .nextBlock)
        #expect(machine.cpu[.rip] == 0x9123)
        #expect(machine.cpu[.rsp] == 0x1_2345)
        #expect(machine.cpu[.rflags] == 0x246)
        #expect(machine.cpu.cpl == 3)
    }

    @Test("IST stacks are used at the same privilege, and the frame is aligned")
    func interruptStack() throws {
        let machine = try SystemMachine()
        machine.setGate(2, 0x10_0020, ist: 1)
        #expect(machine.cpu.deliver(PendingEvent(vector: 2, kind: .nmi, errorCode: nil)) == nil)
        #expect(machine.cpu[.rsp] == 0x1_C000 - 40)
        #expect(machine.cpu.interruptibility == 8)
        machine.cpu[.rsp] = 0x1_4009
        #expect(machine.cpu.deliver(3, errorCode: nil, rip: 1) == nil)
        #expect(machine.cpu[.rsp] == 0x1_4000 - 40)
    }

    @Test("faults during delivery double, then shut down")
    func doubleFault() throws {
        let machine = try SystemMachine()
        machine.setPage(0x13000, 0)
        machine.setGate(8, 0x10_0080, ist: 1)
        #expect(machine.cpu.deliver(14, errorCode: 0, rip: 0x9000) == nil)
        #expect(machine.cpu[.rip] == 0x10_0080)
        #expect(machine.read(0x1_C000 - 48) == 0)
        let other = try SystemMachine()
        other.cpu.idtr = DescriptorTableRegister(base: 0x7000, limit: 0)
        #expect(other.cpu.deliver(13, errorCode: 0, rip: 0x9000)?.reason == .tripleFault)
        // An interrupt is benign: what fails is the exception alone.
        let third = try SystemMachine()
        third.write(0x7000 + 0x40 * 16, 0)
        #expect(third.cpu.deliver(interrupt: 0x40) == nil)
        #expect(third.cpu[.rip] == SystemMachine.handler + 13 * 16)
        #expect(third.read(0x1_4000 - 48) == 0x40 * 8 + 3)
    }

    @Test("INT n checks the gate's privilege; INT3 saves the next RIP")
    func softwareInterrupts() throws {
        let machine = try SystemMachine()
        machine.enterUser()
        #expect(
            machine.perform {
                $0.opcode = 0xCD
                $0.immediate = 0x40
                $0.length = 2
            } == .nextBlock)
        #expect(machine.cpu[.rip] == SystemMachine.handler + 13 * 16)
        #expect(machine.read(0x1_8000 - 48) == 0x40 * 8 + 2)
        #expect(machine.read(0x1_8000 - 40) == 0x9000)
        let second = try SystemMachine()
        second.setGate(3, 0x10_0030, dpl: 3)
        second.enterUser()
        #expect(
            second.perform {
                $0.opcode = 0xCC
                $0.length = 1
            } == .nextBlock)
        #expect(second.cpu[.rip] == 0x10_0030)
        #expect(second.read(0x1_8000 - 40) == 0x9001)
    }

    @Test("virtual interrupts obey priority, and EOI lets the next one in")
    func virtualInterrupts() throws {
        let machine = try SystemMachine()
        machine.memory.initialize(PhysicalAddress(0x90_0000), key: 0)
        machine.cpu.configuration.virtualAPIC = PhysicalAddress(0x90_0000)
        machine.cpu.requestInterrupt(0x41)
        #expect(machine.cpu.interruptPending)
        machine.cpu[.cr8] = 4
        #expect(!machine.cpu.interruptPending)
        machine.cpu[.cr8] = 0
        #expect(machine.cpu.acknowledgeInterrupt() == 0x41)
        machine.cpu.requestInterrupt(0x45)
        #expect(!machine.cpu.interruptPending)
        machine.cpu.requestInterrupt(0x51)
        #expect(machine.cpu.interruptPending)
        #expect(machine.cpu.acknowledgeInterrupt() == 0x51)
        _ = try machine.cpu.writeX2APIC(0x80B, 0)
        #expect(!machine.cpu.interruptPending)
        _ = try machine.cpu.writeX2APIC(0x80B, 0)
        #expect(machine.cpu.interruptPending)
        #expect(machine.cpu.acknowledgeInterrupt() == 0x45)
        #expect(try machine.cpu.readX2APIC(0x80A) == 0x40)
    }

    @Test("posted interrupts move to the virtual IRR")
    func postedInterrupts() throws {
        let machine = try SystemMachine()
        machine.cpu.configuration.virtualAPIC = PhysicalAddress(0x90_0000)
        machine.cpu.configuration.postedInterrupts = PhysicalAddress(0x91_0000)
        machine.write(0x91_0000 + 8, 1 << 0x22)
        machine.write(0x91_0000 + 32, 1)
        machine.cpu.mergePostedInterrupts()
        #expect(machine.cpu.hasPendingVirtualInterrupt)
        #expect(machine.cpu.requestingVector == 64 + 0x22)
        #expect(machine.read(0x91_0008) == 0)
        #expect(machine.read(0x91_0020) == 0)
    }

    @Test("SYSCALL and SYSRET keep RIP and RFLAGS")
    func systemCalls() throws {
        let machine = try SystemMachine()
        machine.cpu.setMSR(MSRNumber.star, 0x001B_0008_0000_0000)
        machine.cpu.setMSR(MSRNumber.lstar, 0x10_8000)
        machine.cpu.setMSR(MSRNumber.fmask, 0x4_7700)
        machine.enterUser()
        machine.cpu[.rflags] = 0x246
        #expect(
            machine.perform {
                $0.map = .twoByte
                $0.opcode = 0x05
                $0.length = 2
            } == .nextBlock)
        #expect(machine.cpu[.rip] == 0x10_8000)
        #expect(machine.cpu[.rcx] == 0x9002)
        #expect(machine.cpu[.r11] == 0x246)
        #expect(machine.cpu[.rflags] == 0x46)
        #expect(machine.cpu.cpl == 0)
        #expect(
            machine.perform {
                $0.map = .twoByte
                $0.opcode = 0x07
                $0.prefixes = .rexW
            } == .nextBlock)
        #expect(machine.cpu[.rip] == 0x9002)
        #expect(machine.cpu[.cs].selector == 0x2B)
        #expect(machine.cpu[.ss].selector == 0x23)
        #expect(machine.cpu.cpl == 3)
    }
}

@Suite("System instructions")
struct SystemInstructionTests {
    @Test("exits carry the instruction's length and do not move RIP")
    func exits() throws {
        let machine = try SystemMachine()
        #expect(
            machine.perform {
                $0.map = .twoByte
                $0.opcode = 0xA2
                $0.length = 2
            } == .exit)
        #expect(machine.cpu.pendingExit.reason == .cpuid)
        #expect(machine.cpu.pendingExit.instructionLength == 2)
        #expect(
            machine.perform {
                $0.map = .twoByte
                $0.opcode = 0x01
                $0.modRM = 0xCC
                $0.prefixes = .operandSize
                $0.length = 4
            } == .exit)
        #expect(machine.cpu.pendingExit.reason == .tdcall)
        #expect(
            machine.perform {
                $0.opcode = 0xE6
                $0.immediate = 0x80
            } == .exit)
        #expect(machine.cpu.pendingExit.qualification == 0x80 << 16 | 1 << 6)
        machine.cpu.state[.rdx] = 0x3F8
        #expect(
            machine.perform {
                $0.opcode = 0xED
                $0.operandSize = 4
            } == .exit)
        #expect(machine.cpu.pendingExit.qualification == 0x3F8 << 16 | 3 | 1 << 3)
    }

    @Test("privileged instructions raise #GP at CPL 3")
    func privileges() throws {
        let machine = try SystemMachine()
        machine.enterUser()
        for (map, opcode) in [
            (OpcodeMapChoice.one, 0xF4), (.one, 0xFA), (.one, 0xE4), (.two, 0x30), (.two, 0x32), (.two, 0x09),
            (.two, 0x22), (.two, 0x20),
        ] as [(OpcodeMapChoice, UInt8)] {
            #expect(
                machine.perform {
                    $0.map = map == .one ? .oneByte : .twoByte
                    $0.opcode = opcode
                } == .exception)
            #expect(machine.raised.vector == 13)
        }
    }
    enum OpcodeMapChoice { case one, two }

    @Test("CR4 shows the shadow, and writes to host-owned bits exit")
    func controlRegisters() throws {
        let machine = try SystemMachine()
        machine.cpu[.cr4] = CR4.pae | CR4.mce | CR4.vmxe
        machine.cpu.configuration.cr4GuestHostMask = CR4.mce | CR4.vmxe
        machine.cpu.configuration.cr4ReadShadow = CR4.mce
        #expect(
            machine.perform {
                $0.map = .twoByte
                $0.opcode = 0x20
                $0.reg = 4
            } == .nextBlock)
        #expect(machine.cpu[.rax] == CR4.pae | CR4.mce)
        machine.cpu[.rax] = CR4.pae | CR4.mce | CR4.pge
        #expect(
            machine.perform {
                $0.map = .twoByte
                $0.opcode = 0x22
                $0.reg = 4
            } == .nextBlock)
        #expect(machine.cpu[.cr4] == CR4.pae | CR4.mce | CR4.vmxe | CR4.pge)
        machine.cpu[.rax] = CR4.pae
        #expect(
            machine.perform {
                $0.map = .twoByte
                $0.opcode = 0x22
                $0.reg = 4
            } == .exit)
        #expect(machine.cpu.pendingExit.qualification == 4)
        machine.cpu[.rax] = CR4.mce
        #expect(
            machine.perform {
                $0.map = .twoByte
                $0.opcode = 0x22
                $0.reg = 4
            } == .exception)
    }

    @Test("enabling paging with LME enters long mode")
    func longMode() throws {
        let machine = try SystemMachine()
        machine.cpu.setMSR(MSRNumber.efer, EFER.sce | EFER.lme | EFER.nxe)
        machine.cpu[.cr0] = CR0.pe | CR0.ne
        machine.cpu[.cs] = Segment(limit: 0xFFFF_FFFF, accessRights: 0xC09B)
        #expect(!machine.cpu.is64Bit)
        machine.cpu[.rax] = CR0.pe | CR0.ne | CR0.pg
        #expect(
            machine.perform {
                $0.map = .twoByte
                $0.opcode = 0x22
                $0.reg = 0
            } == .nextBlock)
        #expect(machine.cpu.isLongMode)
        #expect(!machine.cpu.is64Bit)
        #expect(
            machine.perform {
                $0.opcode = 0xEA
                $0.immediate = 0x9800
                $0.immediate2 = 8
            } == .nextBlock)
        #expect(machine.cpu.is64Bit)
        #expect(machine.cpu[.rip] == 0x9800)
    }

    @Test("XSAVES and XRSTORS keep vector and x87 state")
    func extendedState() throws {
        let machine = try SystemMachine()
        machine.cpu[.cr4] = CR4.pae | CR4.osfxsr | CR4.osxsave
        machine.cpu[.xcr0] = 3
        machine.cpu.setXMM(5, [1, 2])
        machine.cpu.state.write(State.Offset.fcw, UInt16(0x27F))
        machine.cpu[.rax] = 3
        try machine.cpu.saveExtended(0x50000, .supervisor, isWide: true)
        #expect(machine.read(0x50200) == 3)
        #expect(machine.read(0x50208) == (1 << 63 | 3) as UInt64)
        machine.cpu.setXMM(5, .zero)
        machine.cpu.state.write(State.Offset.fcw, UInt16(0x37F))
        try machine.cpu.restoreExtended(0x50000, supervisor: true, isWide: true)
        #expect(machine.cpu.xmm(5) == [1, 2])
        #expect(machine.cpu.state.read(State.Offset.fcw, as: UInt16.self) == 0x27F)
        machine.write(0x50200, 2)
        try machine.cpu.restoreExtended(0x50000, supervisor: true, isWide: true)
        #expect(machine.cpu.state.read(State.Offset.fcw, as: UInt16.self) == 0x37F)
        machine.write(0x50200, 4)
        #expect(throws: Fault.protection(0)) {
            try machine.cpu.restoreExtended(0x50000, supervisor: true, isWide: true)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Testing
import X86

@testable import X86Engine

@Suite("Run loop")
struct RunLoopTests {
    private static let halt: [UInt8] = [0xF4]

    private func machine(_ code: [UInt8]) throws -> SystemMachine {
        let machine = try SystemMachine()
        machine.cpu.configuration.virtualAPIC = PhysicalAddress(0x90_0000)
        machine.place(0x9000, code)
        for vector in 0..<256 as Range<UInt64> {
            machine.place(SystemMachine.handler + vector * 16, RunLoopTests.halt)
        }
        return machine
    }

    @Test("HLT exits at itself")
    func exit() throws {
        let machine = try machine([0x90, 0x48, 0xFF, 0xC0, 0xF4])  // nop; inc rax; hlt
        let exit = machine.cpu.run()
        #expect(exit.reason == .hlt)
        #expect(exit.instructionLength == 1)
        #expect(machine.cpu[.rip] == 0x9004)
        #expect(machine.cpu[.rax] == 1)
    }

    @Test("an interrupt waits for the instruction behind STI")
    func shadow() throws {
        let machine = try machine([0xFB, 0x48, 0xFF, 0xC0, 0x48, 0xFF, 0xC0, 0xF4])
        // sti; inc rax; inc rax; hlt
        machine.cpu.requestInterrupt(0x80)
        #expect(machine.cpu.run().reason == .hlt)
        #expect(machine.cpu[.rip] == SystemMachine.handler + 0x800)
        #expect(machine.cpu[.rax] == 1)
        #expect(machine.read(machine.cpu[.rsp]) == 0x9004)
        #expect(machine.cpu.interruptibility == 0)
    }

    @Test("HLT behind STI exits with blocking by STI")
    func shadowedExit() throws {
        let machine = try machine([0xFB, 0xF4])
        machine.cpu.requestInterrupt(0x80)
        #expect(machine.cpu.run().reason == .hlt)
        #expect(machine.cpu[.rip] == 0x9001)
        #expect(machine.cpu.interruptibility == 1)
    }

    @Test("POPF and IRET let a pending interrupt in at once")
    func flagsOpen() throws {
        // push 0x202; popf; inc rax; hlt
        let machine = try machine([0x68, 0x02, 0x02, 0, 0, 0x9D, 0x48, 0xFF, 0xC0, 0xF4])
        machine.cpu.requestInterrupt(0x80)
        #expect(machine.cpu.run().reason == .hlt)
        #expect(machine.cpu[.rip] == SystemMachine.handler + 0x800)
        #expect(machine.cpu[.rax] == 0)
    }

    @Test("RFLAGS.TF traps behind each instruction")
    func singleStep() throws {
        let machine = try machine([0x90, 0x90, 0xF4])
        machine.cpu[.rflags] = 0x102
        #expect(machine.cpu.run().reason == .hlt)
        #expect(machine.cpu[.rip] == SystemMachine.handler + 16)
        #expect(machine.read(machine.cpu[.rsp]) == 0x9001)
        #expect(machine.read(machine.cpu[.rsp] + 16) & 0x100 != 0)
        #expect(machine.cpu[.dr6][bit: 14])
    }

    @Test("an instruction breakpoint faults before its instruction, and RF passes it once")
    func breakpoint() throws {
        let machine = try machine([0x90, 0x48, 0xFF, 0xC0, 0xF4])
        machine.cpu[.dr0] = 0x9001
        machine.cpu[.dr7] = 0x401
        // or dword [rsp + 16], 1 << 16; iretq
        machine.place(SystemMachine.handler + 16, [0x81, 0x4C, 0x24, 0x10, 0, 0, 1, 0, 0x48, 0xCF])
        #expect(machine.cpu.run().reason == .hlt)
        #expect(machine.cpu[.rip] == 0x9004)
        #expect(machine.cpu[.rax] == 1)
        #expect(machine.cpu[.dr6][bit: 0])
    }

    @Test("a page fault is repaired by its handler and the instruction restarted")
    func pageFault() throws {
        // mov qword [0x50000], 7; hlt
        let machine = try machine([0x48, 0xC7, 0x04, 0x25, 0, 0, 5, 0, 7, 0, 0, 0, 0xF4])
        machine.setPage(0x50000, 0)
        machine.setGate(14, 0x10_4000)
        machine.place(
            0x10_4000,
            [
                0x48, 0xC7, 0x04, 0x25, 0x80, 0x42, 0, 0, 3, 0, 5, 0,  // mov qword [0x4280], 0x50003
                0x48, 0x83, 0xC4, 8,  // add rsp, 8
                0x48, 0xCF,  // iretq
            ])
        #expect(machine.cpu.run().reason == .hlt)
        #expect(machine.cpu[.rip] == 0x900C)
        #expect(machine.read(0x50000) == 7)
        #expect(machine.cpu[.rsp] == 0x1_4000)
        #expect(machine.cpu[.cr2] == 0x50000)
    }

    @Test("code that overwrites itself runs what it wrote")
    func selfModification() throws {
        // mov byte [0x9008], 0xC3 … : the inc at 0x9008 becomes nop.
        let machine = try machine([
            0xC6, 0x04, 0x25, 0x09, 0x90, 0, 0, 0x90,  // mov byte [0x9009], 0x90
            0x90, 0xF4, 0xF4, 0x48, 0xFF, 0xC0, 0xF4,
        ])
        machine.place(0x9008, [0x90, 0xF4, 0xF4])
        #expect(machine.cpu.run().reason == .hlt)
        #expect(machine.cpu[.rip] == 0x900A)
    }

    @Test("requests of other threads are served between blocks")
    func requests() throws {
        let machine = try machine([0xEB, 0xFE])  // jmp .
        machine.cpu.notify(.externalInterrupt)
        machine.cpu.notify(.nmi)
        #expect(machine.cpu.run().reason == .exceptionOrNMI)
        #expect(machine.cpu.run().reason == .externalInterrupt, "it was not for the NMI to take")
        machine.cpu.wantsNMIWindow = true
        #expect(machine.cpu.run().reason == .nmiWindow)
        machine.cpu.wantsNMIWindow = false
        machine.cpu.configuration.postedInterrupts = PhysicalAddress(0x91_0000)
        machine.cpu[.rflags] = 0x202
        machine.write(0x91_0000 + 16, 1)
        machine.cpu.notify(.postedInterrupt)
        #expect(machine.cpu.run().reason == .hlt)
        #expect(machine.cpu[.rip] == SystemMachine.handler + 0x800)
    }

    @Test("an injected event goes through its gate")
    func injection() throws {
        let machine = try machine([0xF4])
        machine.cpu.entryEvent = .exception(20)
        #expect(machine.cpu.run().reason == .hlt)
        #expect(machine.cpu[.rip] == SystemMachine.handler + 20 * 16)
        #expect(machine.cpu.entryEvent == nil)
    }
}

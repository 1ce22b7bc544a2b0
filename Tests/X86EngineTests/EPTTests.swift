// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Testing
import X86

@testable import X86Engine

@Suite("EPT")
struct EPTTests {
    /// A machine whose private memory is its own, behind a secure EPT at 8 MiB; the shared EPT is at 12 MiB. Private 2 MiB
    /// from address 0 map one to one; linear 0x60000 is the shared page 0x5000.
    private func machine() throws -> SystemMachine {
        let machine = try SystemMachine(key: 33)
        let suppress: UInt64 = 1 << 63
        machine.write(0x80_0000, 0x80_1000 | 7 | suppress)
        machine.write(0x80_1000, 0x80_2000 | 7 | suppress)
        machine.write(0x80_2000, 0x80_3000 | 7 | suppress)
        for page in 0..<512 as Range<UInt64> {
            machine.write(0x80_3000 + page * 8, page << 12 | 0xF7 | suppress)
        }
        for page in 0xC00..<0xC10 as Range<UInt64> {
            machine.memory.initialize(PhysicalAddress(page << 12), key: 0)
        }
        shared(machine, 0xC0_0000 + 256 * 8, 0xC0_1000 | 7)
        shared(machine, 0xC0_1000, 0xC0_2000 | 7)
        shared(machine, 0xC0_2000, 0xC0_3000 | 7)
        shared(machine, 0xC0_3000 + 5 * 8, 0xC0_5000 | 0x37)
        machine.memory.initialize(PhysicalAddress(0x90_0000), key: 33)
        machine.cpu.configuration.privateKey = 33
        machine.cpu.configuration.secureEPTRoot = PhysicalAddress(0x80_0000)
        machine.cpu.configuration.sharedEPTRoot = PhysicalAddress(0xC0_0000)
        machine.cpu.configuration.virtualizationInformation = PhysicalAddress(0x90_0000)
        machine.setPage(0x60000, 0x5000 | 3 | 1 << 47)
        return machine
    }
    private func shared(_ machine: SystemMachine, _ address: UInt64, _ value: UInt64) {
        machine.memory.store(PhysicalAddress(address), value)
    }

    @Test("private and shared pages are reached by their own tables and keys")
    func accesses() throws {
        let machine = try machine()
        machine.write(0x50008, 77)
        shared(machine, 0xC0_5008, 88)
        #expect(try machine.cpu.load(0x50008, .kernel, as: UInt64.self) == 77)
        #expect(try machine.cpu.load(0x60008, .kernel, as: UInt64.self) == 88)
        #expect(machine.fault(0x60008, .fetch) == .page(1 | 8 | 16))
    }

    @Test("a private page that is not mapped exits with the SDM's qualification")
    func privateViolation() throws {
        let machine = try machine()
        machine.write(0x80_3000 + 0x50 * 8, 1 << 63)
        machine.cpu.flushTranslations()
        #expect(machine.fault(0x50123, .write) == .exit)
        let exit = machine.cpu.pendingExit
        #expect(exit.reason == .eptViolation)
        #expect(exit.qualification == 2 | 1 << 7 | 1 << 8)
        #expect(exit.guestPhysicalAddress == 0x50123)
        #expect(exit.guestLinearAddress == 0x50123)
        // A paging structure: not the final translation.
        machine.write(0x80_3000 + 4 * 8, 1 << 63)
        machine.cpu.flushTranslations()
        #expect(machine.fault(0x51000, .read) == .exit)
        #expect(machine.cpu.pendingExit.qualification == 1 | 1 << 7)
        #expect(machine.cpu.pendingExit.guestPhysicalAddress == 0x4000 + 0x51 * 8)
    }

    @Test("a shared page that is not mapped becomes #VE where the entry allows it")
    func virtualizationException() throws {
        let machine = try machine()
        shared(machine, 0xC0_3000 + 5 * 8, 0)
        machine.cpu.flushTranslations()
        #expect(machine.fault(0x60010, .write) == .virtualization)
        #expect(machine.read(0x90_0000) == 0xFFFF_FFFF_0000_0030)
        #expect(machine.read(0x90_0008) == 2 | 1 << 7 | 1 << 8)
        #expect(machine.read(0x90_0010) == 0x60010)
        #expect(machine.read(0x90_0018) == 0x5010 | 1 << 47)
        // While the information is still valid, the same access exits.
        #expect(machine.fault(0x60010, .write) == .exit)
        #expect(machine.cpu.pendingExit.reason == .eptViolation)
        // The host asks for the exit by bit 63.
        machine.write(0x90_0000, 0)
        shared(machine, 0xC0_3000 + 5 * 8, 1 << 63)
        #expect(machine.fault(0x60010, .read) == .exit)
        #expect(machine.read(0x90_0000) == 0)
    }

    @Test("memory spoiled by the host is a machine check")
    func integrity() throws {
        let machine = try machine()
        machine.memory.store(PhysicalAddress(0x50000), 1 as UInt64)
        #expect(machine.fault(0x50000, .read) == .exit)
        #expect(machine.cpu.pendingExit.reason == .exceptionOrNMI)
        #expect(machine.cpu.pendingExit.interruptionInformation == 0x8000_0312)
    }

    @Test("a writable entry that is not readable is a misconfiguration")
    func misconfiguration() throws {
        let machine = try machine()
        shared(machine, 0xC0_3000 + 5 * 8, 0xC0_5000 | 0x32)
        machine.cpu.flushTranslations()
        #expect(machine.fault(0x60000, .read) == .exit)
        #expect(machine.cpu.pendingExit.reason == .eptMisconfiguration)
    }

    @Test("an entry of the shared EPT that names a TD's key is a misconfiguration, at every level")
    func privateKeys() throws {
        let entries: [(address: UInt64, entry: UInt64)] = [
            (0xC0_0000 + 256 * 8, 0xC0_1000 | 7), (0xC0_1000, 0xC0_2000 | 7), (0xC0_2000, 0xC0_3000 | 7),
            (0xC0_3000 + 5 * 8, 0xC0_5000 | 0x37),
        ]
        for (address, entry) in entries {
            for key in [31, 32, 33] as [UInt64] {
                let machine = try machine()
                machine.cpu.configuration.firstPrivateKey = 32
                // The page or table is the key's: nothing but the entry stands against the access.
                machine.memory.assign(PhysicalAddress(entry & ~0xFFF), key: UInt16(key))
                machine.memory.store(
                    PhysicalMemory.address(PhysicalAddress(entry & ~0xFFF | 5 * 8), key: UInt16(key)),
                    0xC0_5000 | 0x37 as UInt64)
                shared(machine, address, entry | key << 46)
                machine.cpu.flushTranslations()
                let fault = machine.fault(0x60000, .read)
                guard key >= 32 else {
                    #expect(fault != .exit || machine.cpu.pendingExit.reason != .eptMisconfiguration)
                    continue
                }
                #expect(fault == .exit)
                #expect(machine.cpu.pendingExit.reason == .eptMisconfiguration)
                #expect(machine.cpu.pendingExit.guestPhysicalAddress == 0x5000 | 1 << 47)
            }
        }
    }

    @Test("paging structures in shared memory are refused")
    func sharedPagingStructure() throws {
        let machine = try machine()
        machine.write(0x3000 + 8, 0x5000 | 7 | 1 << 47)
        machine.cpu.flushTranslations()
        #expect(machine.fault(0x20_0000, .read) == .page(9))
    }

    @Test("an exit during delivery says which event it broke off")
    func vectoring() throws {
        let machine = try machine()
        machine.write(0x80_3000 + 0x13 * 8, 1 << 63)
        machine.cpu.flushTranslations()
        let exit = try #require(machine.cpu.deliver(14, errorCode: 2, rip: 0x9000))
        #expect(exit.reason == .eptViolation)
        #expect(exit.vectoringInformation == 0x8000_0B0E)
        #expect(exit.vectoringErrorCode == 2)
        #expect(machine.cpu[.rip] == 0x9000)
        #expect(machine.cpu[.rsp] == 0x1_4000)
    }
}

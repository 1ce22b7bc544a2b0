// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("Memory leaves")
struct MemoryLeafTests {
    @Test(
        "refuse bad page-info operands",
        arguments: [0x1001, 0x1008, 1 << 47 | 0x1000, 1 << 63 | 0x1000, 1 << 52] as [UInt64])
    func pageInfo(rcx: UInt64) throws {
        let machine = try Machine.ready()
        let tdr = machine.td()
        let before = machine.uses
        let result = machine.call(.memPageAdd, rcx: rcx, rdx: tdr, r8: machine.page(), r9: machine.scratch)
        #expect(result.status == .operandInvalid.at(.rcx))
        #expect(result.registers.rcx == 0)
        #expect(machine.uses.prefix(before.count) == before[...])
    }

    @Test("TDH.MEM.PAGE.ADD checks the entry before the pages, and the source before the target")
    func pageAdd() throws {
        let machine = try Machine.ready()
        let tdr = machine.td()
        let (page, source) = (machine.page(), machine.scratch)
        #expect(
            machine.call(.memPageAdd, rcx: 0x1000, rdx: tdr, r8: page, r9: 1).status
                == .eptWalkFailed.at(.rcx))
        machine.addTables(tdr, 0x1000)
        #expect(
            machine.call(.memPageAdd, rcx: 0x1000, rdx: tdr, r8: 1, r9: 1).status == .operandInvalid.at(.r9))
        #expect(
            machine.call(.memPageAdd, rcx: 0x1000, rdx: tdr, r8: 1, r9: source).status
                == .operandInvalid.at(.r8))
        let inUse = machine.call(.memPageAdd, rcx: 0x1000, rdx: tdr, r8: tdr, r9: source)
        #expect(inUse.status == .pageMetadataIncorrect.at(.r8) || inUse.status == .operandBusy.at(.r8))
        #expect(machine.call(.memPageAdd, rcx: 0x1000, rdx: tdr, r8: page, r9: source).status == .success)
        let again = machine.call(.memPageAdd, rcx: 0x1000, rdx: tdr, r8: machine.page(), r9: source)
        #expect(again.status == .eptEntryStateIncorrect.at(.rcx))
        #expect(again.registers.rdx == 4 << 8)
    }

    @Test("pages of contents end up in the TD's memory, and only there")
    func contents() throws {
        let machine = try Machine.ready()
        let (_, _, page) = machine.runnable()
        #expect(machine.memory.read(PhysicalAddress(page | 33 << 46), count: 3) == [1, 2, 3])
        #expect(machine.memory.read(PhysicalAddress(page), count: 3) != [1, 2, 3])
    }

    @Test("Secure EPT pages go when they are empty")
    func septRemove() throws {
        let machine = try Machine.ready()
        let tdr = machine.td()
        machine.addTables(tdr, 0x1000)
        machine.add(tdr, 0x1000)
        let mapping = GPAMapping(address: 0, level: 1).rawValue
        #expect(machine.call(.memSEPTRemove, rcx: mapping, rdx: tdr).status == .eptPageNotFree.at(.rcx))
        #expect(machine.call(.memPageRemove, rcx: 0x1000, rdx: tdr).status == .success)
        let removed = machine.call(.memSEPTRemove, rcx: mapping, rdx: tdr)
        #expect(removed.status == .success)
        #expect(machine.call(.phymemPageRdMD, rcx: removed.registers.rcx).registers.rcx == 0)
        #expect(
            machine.call(.memSEPTRemove, rcx: mapping, rdx: tdr).status == .eptEntryStateIncorrect.at(.rcx))
    }

    @Test("MRTD is the digest of what was added, in that order")
    func measurement() throws {
        let machine = try Machine.ready()
        let tdr = machine.td()
        _ = machine.vcpu(tdr)
        machine.addTables(tdr, 0x1000)
        machine.add(tdr, 0x1000, [9])
        for offset in stride(from: UInt64(0), to: 4096, by: 256) {
            #expect(machine.call(.mrExtend, rcx: 0x1000 + offset, rdx: tdr).status == .success)
        }
        #expect(machine.call(.mrExtend, rcx: 0x1080, rdx: tdr).status == .operandInvalid.at(.rcx))
        #expect(machine.call(.mrExtend, rcx: 0x2000, rdx: tdr).status == .eptEntryNotPresent.at(.rcx))
        #expect(machine.call(.mrFinalize, rcx: tdr).status == .success)
        var expected = Measurement()
        expected.addPage(GuestPhysicalAddress(0x1000))
        for offset in stride(from: UInt64(0), to: 4096, by: 256) {
            expected.extend(
                GuestPhysicalAddress(0x1000 + offset),
                (offset == 0 ? [9] : [0]) + [UInt8](repeating: 0, count: 255))
        }
        guard case .tdr(let td)? = machine.module.pamt.entry(tdr).use else {
            Issue.record("The TDR is gone.")
            return
        }
        #expect(td.mrTD == expected.digest())
    }
}

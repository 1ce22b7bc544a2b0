// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("Moving and splitting pages")
struct PageLeafTests {
    @Test("TDH.MEM.PAGE.RELOCATE moves contents and frees the old page")
    func relocate() throws {
        let machine = try Machine.ready()
        let tdr = machine.td()
        machine.addTables(tdr, 0x1000)
        let old = machine.add(tdr, 0x1000, [4, 5])
        let new = machine.page()
        #expect(
            machine.call(.memPageRelocate, rcx: 0x1000, rdx: tdr, r8: old).status == .operandInvalid.at(.r8))
        #expect(
            machine.call(.memPageRelocate, rcx: 0x2000, rdx: tdr, r8: new).status
                == .eptEntryStateIncorrect.at(.rcx))
        let result = machine.call(.memPageRelocate, rcx: 0x1000, rdx: tdr, r8: new)
        #expect(result.status == .success)
        #expect(result.registers.rcx == old)
        #expect(machine.memory.read(PhysicalAddress(new | 33 << 46), count: 2) == [4, 5])
        #expect(machine.call(.phymemPageRdMD, rcx: old).registers.rcx == 0)
        #expect(machine.call(.phymemPageRdMD, rcx: new).registers.rcx == 3)
    }

    @Test("a 2 MiB page is split, and joined again")
    func demoteAndPromote() throws {
        let machine = try Machine.ready()
        let (tdr, _, _) = machine.runnable()
        let mapping = GPAMapping(address: 0x40_0000, level: 1).rawValue
        let large = Machine.tdmr + 0x40_0000
        #expect(machine.call(.memPageAug, rcx: mapping, rdx: tdr, r8: large).status == .success)
        let table = machine.page()
        #expect(
            machine.call(.memPageDemote, rcx: mapping, rdx: tdr, r8: table).status
                == .gpaRangeNotBlocked.at(.rcx))
        #expect(machine.call(.memRangeBlock, rcx: mapping, rdx: tdr).status == .success)
        #expect(
            machine.call(.memPageDemote, rcx: mapping, rdx: tdr, r8: table).status
                == .tlbTrackingNotDone.at(.rcx))
        #expect(machine.call(.memTrack, rcx: tdr).status == .success)
        #expect(machine.call(.memPageDemote, rcx: mapping, rdx: tdr, r8: table).status == .success)
        let child = machine.call(.memSEPTRd, rcx: 0x40_5000, rdx: tdr)
        #expect(child.registers.rdx == 2 << 8)
        #expect(child.registers.rcx & 0x3FFF_FFFF_F000 == large + 0x5000)
        #expect(machine.call(.phymemPageRdMD, rcx: large + 0x5000).registers.r8 == 0)

        #expect(machine.call(.memRangeBlock, rcx: mapping, rdx: tdr).status == .success)
        #expect(machine.call(.memTrack, rcx: tdr).status == .success)
        let promoted = machine.call(.memPagePromote, rcx: mapping, rdx: tdr)
        #expect(promoted.status == .success)
        #expect(promoted.registers.rcx == table)
        #expect(machine.call(.phymemPageRdMD, rcx: large + 0x5000).registers.r8 == 1)
        #expect(machine.call(.memSEPTRd, rcx: mapping, rdx: tdr).registers.rdx == 1 | 2 << 8)
    }

    @Test("pages that do not belong together are not joined")
    func promoteRefuses() throws {
        let machine = try Machine.ready()
        let tdr = machine.td()
        machine.addTables(tdr, 0x1000)
        machine.add(tdr, 0x1000)
        let mapping = GPAMapping(address: 0, level: 1).rawValue
        let result = machine.call(.memPagePromote, rcx: mapping, rdx: tdr)
        #expect(result.status == .eptInvalidPromoteConditions.at(.rcx))
        #expect(result.registers.rdx == 1 | 132 << 8)
    }

    @Test("only the memory of a TD under debug is shown to the host")
    func debugAccess() throws {
        let machine = try Machine.ready()
        var parameters = Machine.parameters
        parameters.attributes |= TDAttributes.debug.rawValue
        let debugged = machine.td(parameters)
        machine.addTables(debugged, 0x1000)
        machine.add(debugged, 0x1000, [1, 2, 3, 4, 5, 6, 7, 8])
        #expect(machine.call(.memRd, rcx: 0x1000, rdx: debugged).registers.r8 == 0x0807_0605_0403_0201)
        #expect(
            machine.call(.memWr, rcx: 0x1000, rdx: debugged, r8: 42).registers.r8 == 0x0807_0605_0403_0201)
        #expect(machine.call(.memRd, rcx: 0x1000, rdx: debugged).registers.r8 == 42)
        #expect(machine.call(.memRd, rcx: 0x1001, rdx: debugged).status == .operandInvalid.at(.rcx))
        #expect(machine.call(.memRd, rcx: 0x20_0000, rdx: debugged).status == .eptEntryNotPresent.at(.rcx))
        let production = machine.td(key: 34)
        #expect(machine.call(.memRd, rcx: 0x1000, rdx: production).status == .tdNonDebug)
    }
}

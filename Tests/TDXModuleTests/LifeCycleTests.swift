// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("Life of a TD")
struct LifeCycleTests {
    @Test("a TD is built, runs and is torn down as the host does it")
    func wholeLife() throws {
        let machine = try Machine.ready()
        let (tdr, tdvpr, page) = machine.runnable()
        let processor = try #require(machine.enter(tdvpr))
        #expect(machine.call(.mrFinalize, rcx: tdr).status == .operandBusy.at(.rcx))
        let (_, registers) = machine.leave(VMExit(.tripleFault))
        #expect(registers.rax == 0x4000_0001_0000_0002)
        #expect(processor.flushes == 1)

        #expect(machine.call(.mngVPFlushDone, rcx: tdr).status == .flushvpNotDone)
        #expect(machine.call(.vpFlush, rcx: tdvpr, on: 1).status == .vcpuNotAssociated)
        #expect(machine.call(.vpFlush, rcx: tdvpr).status == .success)
        #expect(machine.call(.mngVPFlushDone, rcx: tdr).status == .success)
        #expect(machine.call(.mngKeyFreeID, rcx: tdr).status == .wbcacheNotComplete)
        #expect(machine.call(.phymemPageReclaim, rcx: page).status == .lifecycleStateIncorrect)
        #expect(machine.call(.phymemCacheWB).status == .success)
        #expect(machine.call(.mngKeyFreeID, rcx: tdr).status == .success)
        #expect(machine.call(.phymemPageReclaim, rcx: tdr).status == .tdAssociatedPagesExist)
        for (index, use) in machine.uses.enumerated() where use != 0 && use != 4 {
            let result = machine.call(.phymemPageReclaim, rcx: Machine.tdmr + UInt64(index) * 4096)
            #expect(result.status == .success)
            #expect(result.registers.rcx == use)
            #expect(result.registers.rdx == tdr)
        }
        #expect(machine.call(.phymemPageReclaim, rcx: tdr).status == .success)
        #expect(machine.uses.allSatisfy { $0 == 0 })
        #expect(machine.call(.mngCreate, rcx: machine.page(), rdx: Machine.key).status == .success)
    }

    @Test("a page is blocked, tracked and removed only when no vCPU can know it")
    func tracking() throws {
        let machine = try Machine.ready()
        let (tdr, tdvpr, page) = machine.runnable()
        #expect(machine.call(.memPageRemove, rcx: 0x1000, rdx: tdr).status == .gpaRangeNotBlocked.at(.rcx))
        _ = try #require(machine.enter(tdvpr))
        #expect(machine.call(.memRangeBlock, rcx: 0x1000, rdx: tdr).status == .success)
        let again = machine.call(.memRangeBlock, rcx: 0x1000, rdx: tdr)
        #expect(again.status == .gpaRangeAlreadyBlocked.at(.rcx))
        #expect(again.registers.rdx == 1 << 8)
        #expect(machine.call(.memPageRemove, rcx: 0x1000, rdx: tdr).status == .tlbTrackingNotDone.at(.rcx))
        #expect(machine.call(.memTrack, rcx: tdr).status == .success)
        #expect(machine.call(.memTrack, rcx: tdr).status == .previousTLBEpochBusy)
        #expect(machine.call(.memPageRemove, rcx: 0x1000, rdx: tdr).status == .tlbTrackingNotDone.at(.rcx))
        _ = machine.leave(VMExit(.externalInterrupt, interruptionInformation: 0x8000_0020))
        let removed = machine.call(.memPageRemove, rcx: 0x1000, rdx: tdr)
        #expect(removed.status == .success)
        #expect(removed.registers.rcx == page)
        #expect(machine.call(.phymemPageRdMD, rcx: page).registers.rcx == 0)
        #expect(machine.call(.phymemPageWBInvd, rcx: page | 33 << 46).status == .success)
    }

    @Test("a page added later is pending, and the host sees it so")
    func augmenting() throws {
        let machine = try Machine.ready()
        let (tdr, _, _) = machine.runnable()
        let page = machine.page()
        #expect(machine.call(.memPageAug, rcx: 0x2000, rdx: tdr, r8: page).status == .success)
        let entry = machine.call(.memSEPTRd, rcx: 0x2000, rdx: tdr)
        #expect(entry.registers.rdx == 2 << 8)
        #expect(entry.registers.rcx == 1 << 63 | page | 0xF0)
        let mapped = machine.call(.memSEPTRd, rcx: 0x1000, rdx: tdr)
        #expect(mapped.registers.rdx == 4 << 8)
        #expect(mapped.registers.rcx & 0xFF == 0xF7)
        let missing = machine.call(.memPageAug, rcx: 0x20_0000, rdx: tdr, r8: machine.page())
        #expect(missing.status == .eptWalkFailed.at(.rcx))
        #expect(missing.registers.rcx == 1 << 63)
        #expect(missing.registers.rdx == 1)
    }

    @Test("MRTD is the digest of what was added and measured, in that order")
    func measurement() throws {
        let machine = try Machine.ready()
        let tdr = machine.td()
        _ = machine.vcpu(tdr)
        machine.addTables(tdr, 0x1000)
        machine.add(tdr, 0x1000, [9])
        var expected = Measurement()
        expected.addPage(GuestPhysicalAddress(0x1000))
        for offset in stride(from: UInt64(0), to: 4096, by: 256) {
            #expect(machine.call(.mrExtend, rcx: 0x1000 + offset, rdx: tdr).status == .success)
            expected.extend(
                GuestPhysicalAddress(0x1000 + offset),
                (offset == 0 ? [9] : [0]) + [UInt8](repeating: 0, count: 255))
        }
        #expect(machine.call(.mrFinalize, rcx: tdr).status == .success)
        #expect(try machine.td(at: tdr).mrTD == expected.digest())
    }

    @Test("2 MiB pages are added, blocked and removed as one")
    func largePages() throws {
        let machine = try Machine.ready()
        let (tdr, _, _) = machine.runnable()
        let mapping = GPAMapping(address: 0x40_0000, level: 1).rawValue
        let page = Machine.tdmr + 0x20_0000
        let busy = machine.call(.memPageAug, rcx: mapping, rdx: tdr, r8: Machine.tdmr)
        #expect(busy.status == .operandBusy.at(.r8) || busy.status == .pageMetadataIncorrect.at(.r8))
        #expect(machine.call(.memPageAug, rcx: mapping, rdx: tdr, r8: page).status == .success)
        let metadata = machine.call(.phymemPageRdMD, rcx: page + 0x3000).registers
        #expect(metadata.rcx == 3)
        #expect(metadata.r8 == 1)
        #expect(metadata.rdx == tdr)
        #expect(machine.call(.memRangeBlock, rcx: mapping, rdx: tdr).status == .success)
        #expect(machine.call(.memTrack, rcx: tdr).status == .success)
        let removed = machine.call(.memPageRemove, rcx: mapping, rdx: tdr)
        #expect(removed.status == .success)
        #expect(removed.registers.rcx == page)
        #expect(machine.call(.phymemPageRdMD, rcx: page).registers.rcx == 0)
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
}

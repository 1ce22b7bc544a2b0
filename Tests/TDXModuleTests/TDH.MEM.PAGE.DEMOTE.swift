// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDH.MEM.PAGE.DEMOTE")
struct MEMPageDemote {
    static func scene(_ state: SEPTState = .blocked) throws -> Scene {
        let machine = try Machine.ready()
        let (tdr, _, _) = machine.runnable()
        let scene = Scene(
            .memPageDemote, on: machine,
            [.rcx: 0x20_0001, .rdx: tdr, .r8: machine.page(), .r9: ~0, .r10: ~0, .r11: ~0])
        try scene.place(state, at: 0x20_0000, level: 1)
        #expect(machine.call(.memTrack, rcx: tdr).status == .success)
        return scene
    }

    @Test("fails on the first thing that is wrong, and changes nothing")
    func fails() throws {
        try expectFaults(
            Fault.dispatch() + Fault.reservedInTDR() + Fault.tdr(.rdx, exclusive: false)
                + Fault.state(.rdx, in: MEMRangeBlock.states) + Fault.pageInfo(levels: 1...2)
                + Fault.walk(treeExclusive: false, missing: 0x4000_0001)
                + Fault.entryStates(of: "TDH.MEM.PAGE.DEMOTE", level: 1)
                + Fault.tracking(level: 1, unblocked: [.mapped, .pending], blocked: .blocked)
                + Fault.newPage(.r8), failing: [.rcx: 0, .rdx: 0]
        ) { try Self.scene() }
    }

    @Test(
        "makes a table of 512 pages that are not blocked",
        arguments: [(.blocked, .mapped), (.pendingBlocked, .pending)] as [(SEPTState, SEPTState)])
    func effects(states: (SEPTState, SEPTState)) throws {
        let scene = try Self.scene(states.0)
        let (tdr, table) = (scene.registers.rdx, scene.registers.r8)
        let page = try scene.entry(0x20_0000, level: 1) & 0x3FFF_FFFF_F000
        let parent = try scene.slot(0x20_0000, level: 1).address & ~0xFFF
        let result = expectEffects(
            scene,
            [
                Snapshot.use(table), Snapshot.contents(table), Snapshot.contents(parent),
                Snapshot.td(tdr, "CHLDCNT"),
            ] + [page, page + 0x3000, page + 0x1F_F000].map(Snapshot.use))
        #expect(result.registers.rcx == 0 && result.registers.rdx == 0)
        #expect(try scene.entry(0x20_0000, level: 1) == EntryState.of(.nonLeafMapped).entry(table))
        #expect(scene.metadata(table) == [8, tdr, 0, 0])
        for index in 0..<512 as Range<UInt64> {
            let entry = try scene.entry(0x20_0000 + index * 4096, level: 0)
            #expect(entry == EntryState.of(states.1).entry(page + index * 4096))
            #expect(scene.metadata(page + index * 4096) == [3, tdr, 0, 0])
        }
    }

    @Test(
        "needs neither blocking nor tracking before the TD is final",
        arguments: [SEPTState.mapped, .blocked, .pending, .pendingBlocked])
    func untracked(state: SEPTState) throws {
        let machine = try Machine.ready()
        let tdr = machine.td()
        machine.addTables(tdr, 0x1000)
        let scene = Scene(.memPageDemote, on: machine, [.rcx: 0x20_0001, .rdx: tdr, .r8: machine.page()])
        try scene.place(state, at: 0x20_0000, level: 1)
        #expect(scene.call().status == .success)
    }
}

// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDH.MEM.PAGE.REMOVE")
struct MEMPageRemove {
    static let states: [OpState] = [
        .initialized, .runnable, .liveExport, .pausedExport, .postExport, .postImport, .liveImport,
        .failedImport,
    ]

    /// A page of a running TD that is blocked and tracked.
    static func scene(level: Int, _ state: SEPTState = .blocked) throws -> Scene {
        let machine = try Machine.ready()
        let (tdr, _, _) = machine.runnable()
        let scene = Scene(.memPageRemove, on: machine, [.rcx: level == 0 ? 0x2000 : 0x20_0001, .rdx: tdr])
        try scene.place(state, at: scene.mapping.address, level: level)
        #expect(machine.call(.memTrack, rcx: tdr).status == .success)
        return scene
    }

    @Test("fails on the first thing that is wrong, and changes nothing", arguments: 0...1)
    func fails(level: Int) throws {
        let locked = Fault("the page is locked", .operandBusy.at(.rcx)) { scene in
            let page = try scene.entry(scene.mapping.address, level: level) & 0x3FFF_FFFF_F000
            guard scene.machine.module.pamt.entry(page).tryLock(exclusively: false) else {
                throw SceneError.busy
            }
        }
        try expectFaults(
            Fault.dispatch() + Fault.tdr(.rdx, exclusive: false) + Fault.state(.rdx, in: Self.states)
                + Fault.pageInfo(levels: 0...2)
                + Fault.walk(treeExclusive: false, missing: level == 0 ? 0x20_0000 : 0x4000_0001)
                + Fault.entryStates(of: "TDH.MEM.PAGE.REMOVE", level: level) + [locked]
                + Fault.tracking(
                    level: level, unblocked: [.mapped, .blockedW, .pending, .pendingBlockedW],
                    blocked: .blocked), failing: [.rcx: 0, .rdx: 0]
        ) { try Self.scene(level: level) }
    }

    @Test(
        "frees the page and the entry, and leaves the contents",
        arguments: [SEPTState.blocked, .pendingBlocked], 0...1)
    func effects(state: SEPTState, level: Int) throws {
        let scene = try Self.scene(level: level, state)
        let tdr = scene.registers.rdx
        let address = scene.mapping.address
        let page = try scene.entry(address, level: level) & 0x3FFF_FFFF_F000
        let table = try scene.slot(address, level: level).address & ~0xFFF
        let vcpu = try #require(scene.td.vcpus.first)
        let count = try scene.td.childCount.load(ordering: .relaxed)
        let inside = level == 0 ? [page] : [page, page + 0x3000, page + 0x1F_F000]
        let result = expectEffects(
            scene,
            [
                Snapshot.td(tdr, "CHLDCNT"), Snapshot.contents(table),
                Snapshot.vcpu(vcpu.tdvpr, "requests"),
            ] + inside.map(Snapshot.use))
        #expect(result.registers.rcx == page && result.registers.rdx == 0)
        #expect(try scene.entry(address, level: level) == 0x80E0_0000_0000_0000)
        for page in inside { #expect(scene.metadata(page) == [0, 0, 0, 0]) }
        #expect(try scene.td.childCount.load(ordering: .relaxed) == count - (level == 0 ? 1 : 512))
    }

    @Test(
        "needs neither blocking nor tracking before the TD is final",
        arguments: EntryState.all.filter { EntryState.allowed("TDH.MEM.PAGE.REMOVE").contains($0.state) })
    func untracked(state: EntryState) throws {
        let machine = try Machine.ready()
        let tdr = machine.td()
        machine.addTables(tdr, 0x1000)
        let scene = Scene(.memPageRemove, on: machine, [.rcx: 0x1000, .rdx: tdr])
        let page = try scene.place(state.state, at: 0x1000)
        #expect(scene.call().registers.rcx == page)
        #expect(try scene.state(0x1000, level: 0) == .free)
    }
}

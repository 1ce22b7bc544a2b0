// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDH.MEM.PAGE.PROMOTE")
struct MEMPagePromote {
    /// The second 2 MiB are 512 pages in their order, whose table is blocked and tracked.
    static func scene(version: UInt64 = 0, _ state: SEPTState = .mapped) throws -> Scene {
        let machine = try Machine.ready()
        let (tdr, _, _) = machine.runnable()
        machine.addTables(tdr, 0x20_0000)
        let scene = Scene(.memPagePromote, on: machine, version: version, [.rcx: 0x20_0001, .rdx: tdr])
        let td = try scene.td
        let page = machine.largePage()
        machine.module.pamt.entry(page).split(into: .regular(td, blockedAt: 0))
        td.childCount.add(512, ordering: .relaxed)
        for index in 0..<512 as Range<UInt64> {
            machine.memory.assign(PhysicalAddress(page + index * 4096), key: td.hkid)
        }
        let table = try scene.entry(0x20_0000, level: 1) & 0x3FFF_FFFF_F000
        machine.module.fillTable(table, of: td) {
            SEPTEntry(rawValue: EntryState.of(state).entry(page + UInt64($0) * 4096))
        }
        #expect(machine.call(.memRangeBlock, rcx: 0x20_0001, rdx: tdr).status == .success)
        #expect(machine.call(.memTrack, rcx: tdr).status == .success)
        return scene
    }

    /// Changes an entry of the table.
    private static func change(
        _ scene: Scene, _ index: UInt64, _ change: (UInt64) -> UInt64
    ) throws {
        let table = try scene.entry(0x20_0000, level: 1) & 0x3FFF_FFFF_F000
        let slot = PhysicalAddress(table + index * 8 | Machine.key << 46)
        scene.machine.memory.store(slot, change(scene.machine.memory.load(slot)))
    }

    @Test("fails on the first thing that is wrong, and changes nothing", arguments: [0, 1] as [UInt64])
    func fails(version: UInt64) throws {
        let children = [
            Fault("the last child is missing", .eptInvalidPromoteConditions.at(.rcx)) {
                try Self.change($0, 511) { _ in 0x80E0_0000_0000_0000 }
            }.showing(),
            Fault("the first child is missing", .eptInvalidPromoteConditions.at(.rcx)) {
                try Self.change($0, 0) { _ in 0x80E0_0000_0000_0000 }
            }.showing(),
            Fault("a child is in another state", .eptInvalidPromoteConditions.at(.rcx)) {
                try Self.change($0, 7) { EntryState.of(.pending).entry($0 & 0x3FFF_FFFF_F000) }
            }.showing(),
            Fault("all children are blocked", .eptInvalidPromoteConditions.at(.rcx)) { scene in
                for index in 0..<512 as Range<UInt64> {
                    try Self.change(scene, index) { EntryState.of(.blocked).entry($0 & 0x3FFF_FFFF_F000) }
                }
            }.showing(),
            Fault("two children are exchanged", .eptInvalidPromoteConditions.at(.rcx)) {
                try Self.change($0, 7) { $0 + 0x1000 }
                try Self.change($0, 8) { $0 - 0x1000 }
            }.showing(),
            Fault("a child is locked", .operandBusy.at(.rcx)) { try Self.change($0, 7) { $0 | 1 << 11 } },
        ].map { $0.variant() }
        let faults =
            Fault.dispatch(versions: 1) + Fault.tdr(.rdx, exclusive: false)
            + Fault.state(.rdx, in: MEMRangeBlock.states) + Fault.pageInfo(levels: 1...2)
            + Fault.walk(treeExclusive: false, missing: 0x4000_0001)
            + Fault.entryStates(of: "TDH.MEM.PAGE.PROMOTE", level: 1)
            + Fault.tracking(level: 1, unblocked: [.nonLeafMapped], blocked: .nonLeafBlocked)
            + children
        // The order of checks is the same in both versions.
        try expectFaults(
            version == 0 ? faults : faults.map { $0.variant() }, failing: [.rcx: 0, .rdx: 0]
        ) { try Self.scene(version: version) }
    }

    @Test(
        "maps the pages as one and frees the table", arguments: [0, 1] as [UInt64],
        [SEPTState.mapped, .pending])
    func effects(version: UInt64, state: SEPTState) throws {
        let scene = try Self.scene(version: version, state)
        let tdr = scene.registers.rdx
        let table = try scene.entry(0x20_0000, level: 1) & 0x3FFF_FFFF_F000
        let page =
            scene.machine.memory.load(PhysicalAddress(table | Machine.key << 46)) & 0x3FFF_FFFF_F000 as UInt64
        let parent = try scene.slot(0x20_0000, level: 1).address & ~0xFFF
        let result = expectEffects(
            scene,
            [Snapshot.use(table), Snapshot.contents(parent), Snapshot.td(tdr, "CHLDCNT")]
                + [page, page + 0x3000, page + 0x1F_F000].map(Snapshot.use))
        #expect(result.registers.rcx == table && result.registers.rdx == 0)
        for register in [GeneralRegister.r9, .r10, .r11] {
            #expect(result.registers[register] == (version == 0 ? scene.registers[register] : ~0))
        }
        #expect(try scene.entry(0x20_0000, level: 1) == EntryState.of(state).entry(page))
        #expect(scene.metadata(page + 0x5000) == [3, tdr, 1, 0])
        #expect(scene.metadata(table) == [0, 0, 0, 0])
    }
}

// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDH.MEM.SEPT.REMOVE")
struct MEMSEPTRemove {
    /// The table of the second 2 MiB is to go; it is empty, blocked and tracked.
    static func scene(version: UInt64 = 0) throws -> Scene {
        let machine = try Machine.ready()
        let (tdr, _, _) = machine.runnable()
        machine.addTables(tdr, 0x20_0000)
        #expect(machine.call(.memRangeBlock, rcx: 0x20_0001, rdx: tdr).status == .success)
        #expect(machine.call(.memTrack, rcx: tdr).status == .success)
        return Scene(.memSEPTRemove, on: machine, version: version, [.rcx: 0x20_0001, .rdx: tdr])
    }

    @Test("fails on the first thing that is wrong, and changes nothing", arguments: [0, 1] as [UInt64])
    func fails(version: UInt64) throws {
        let states = OpState.allCases.filter { $0 != .uninitialized }
        let faults =
            Fault.dispatch(versions: 1) + Fault.tdr(.rdx, exclusive: false)
            + Fault.state(.rdx, in: states) + Fault.pageInfo(levels: 1...3)
            + Fault.walk(treeExclusive: true, missing: 0x80_0000_0001)
            + Fault.entryStates(of: "TDH.MEM.SEPT.REMOVE", level: 1)
            + Fault.tracking(level: 1, unblocked: [.nonLeafMapped], blocked: .nonLeafBlocked)
            + EntryState.all.filter { $0.state != .free && !$0.isNonLeaf }.map { state in
                Fault("a child is \(state.name)", .eptPageNotFree.at(.rcx)) { scene in
                    let table = try scene.entry(scene.mapping.address, level: 1) & 0x3FFF_FFFF_F000
                    scene.machine.memory.store(
                        PhysicalAddress(table + 511 * 8 | Machine.key << 46), state.entry(0x1000))
                }.showing()
            }
        // The order of checks is the same in both versions.
        try expectFaults(
            version == 0 ? faults : faults.map { $0.variant() }, failing: [.rcx: 0, .rdx: 0]
        ) { try Self.scene(version: version) }
    }

    @Test("frees the table and the entry", arguments: [0, 1] as [UInt64])
    func effects(version: UInt64) throws {
        let scene = try Self.scene(version: version)
        let tdr = scene.registers.rdx
        let table = try scene.entry(0x20_0000, level: 1) & 0x3FFF_FFFF_F000
        let parent = try scene.slot(0x20_0000, level: 1).address & ~0xFFF
        let result = expectEffects(
            scene, [Snapshot.td(tdr, "CHLDCNT"), Snapshot.use(table), Snapshot.contents(parent)])
        #expect(result.registers.rcx == table)
        #expect(result.registers.rdx == 0)
        for register in [GeneralRegister.r9, .r10, .r11] {
            #expect(result.registers[register] == (version == 0 ? scene.registers[register] : ~0))
        }
        #expect(try scene.entry(0x20_0000, level: 1) == 0x80E0_0000_0000_0000)
        #expect(scene.metadata(table) == [0, 0, 0, 0])
    }

    @Test(
        "needs neither blocking nor tracking before the TD is final",
        arguments: [SEPTState.nonLeafMapped, .nonLeafBlocked])
    func untracked(state: SEPTState) throws {
        let machine = try Machine.ready()
        let tdr = machine.td()
        machine.addTables(tdr, 0, down: 2)
        let scene = Scene(.memSEPTRemove, on: machine, [.rcx: 1, .rdx: tdr])
        let table = try scene.place(state, at: 0, level: 1)
        #expect(scene.call().registers.rcx == table)
        #expect(try scene.state(0, level: 1) == .free)
    }

    @Test("removes tables of every level, from the bottom up")
    func levels() throws {
        let machine = try Machine.ready()
        let tdr = machine.td()
        machine.addTables(tdr, 0)
        let count = try Scene(.memTrack, on: machine, [:]).td(tdr).childCount.load(ordering: .relaxed)
        for level in 1...3 as ClosedRange<UInt64> {
            if level < 3 {
                let early = machine.call(.memSEPTRemove, rcx: level + 1, rdx: tdr)
                #expect(early.status == .eptPageNotFree.at(.rcx))
                #expect(early.registers.rdx == (level + 1) | 132 << 8)
            }
            #expect(machine.call(.memSEPTRemove, rcx: level, rdx: tdr).status == .success)
        }
        let td = try Scene(.memTrack, on: machine, [:]).td(tdr)
        #expect(td.childCount.load(ordering: .relaxed) == count - 3)
    }
}

// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDH.MEM.RANGE.UNBLOCK")
struct MEMRangeUnblock {
    static func scene(level: Int, _ state: SEPTState = .blocked) throws -> Scene {
        let machine = try Machine.ready()
        let (tdr, _, _) = machine.runnable()
        let scene = Scene(.memRangeUnblock, on: machine, [.rcx: level == 0 ? 0x2000 : 0x20_0001, .rdx: tdr])
        try scene.place(state, at: scene.mapping.address, level: level)
        try scene.setBlocked(level: level, before: 0)
        #expect(machine.call(.memTrack, rcx: tdr).status == .success)
        return scene
    }

    @Test("fails on the first thing that is wrong, and changes nothing", arguments: 0...1)
    func fails(level: Int) throws {
        try expectFaults(
            Fault.dispatch() + Fault.tdr(.rdx, exclusive: false)
                + Fault.state(.rdx, in: MEMRangeBlock.states) + Fault.pageInfo(levels: 0...3)
                + Fault.walk(treeExclusive: true, missing: level == 0 ? 0x20_0000 : 0x4000_0001)
                + Fault.entryStates(of: "TDH.MEM.RANGE.UNBLOCK", level: level)
                + Fault.tracking(level: level, unblocked: [], blocked: .blocked),
            failing: [.rcx: 0, .rdx: 0]
        ) { try Self.scene(level: level) }
    }

    @Test(
        "makes the entry what it was before it was blocked",
        arguments: [
            (.blocked, .mapped), (.pendingBlocked, .pending), (.nonLeafBlocked, .nonLeafMapped),
        ] as [(SEPTState, SEPTState)], 0...1)
    func effects(states: (SEPTState, SEPTState), level: Int) throws {
        guard level > 0 || states.0 != .nonLeafBlocked else { return }
        let scene = try Self.scene(level: level, states.0)
        let address = scene.mapping.address
        let page = try scene.entry(address, level: level) & 0x3FFF_FFFF_F000
        let table = try scene.slot(address, level: level).address & ~0xFFF
        let result = expectEffects(scene, [Snapshot.contents(table)])
        #expect(result.registers.rcx == 0 && result.registers.rdx == 0)
        #expect(try scene.entry(address, level: level) == EntryState.of(states.1).entry(page))
        #expect(scene.call().status == .eptEntryStateIncorrect.at(.rcx))
    }
}

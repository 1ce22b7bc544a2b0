// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDH.MEM.RANGE.BLOCK")
struct MEMRangeBlock {
    static let states: [OpState] = [
        .initialized, .runnable, .liveExport, .pausedExport, .postExport, .postImport, .liveImport,
    ]

    static func scene(level: Int, _ state: SEPTState = .mapped) throws -> Scene {
        let machine = try Machine.ready()
        let (tdr, _, _) = machine.runnable()
        let scene = Scene(.memRangeBlock, on: machine, [.rcx: level == 0 ? 0x2000 : 0x20_0001, .rdx: tdr])
        try scene.place(state, at: scene.mapping.address, level: level)
        return scene
    }

    @Test("fails on the first thing that is wrong, and changes nothing", arguments: 0...1)
    func fails(level: Int) throws {
        let blocked: Set<SEPTState> = [.blocked, .pendingBlocked, .nonLeafBlocked]
        let wrong = Fault.entryStates(of: "TDH.MEM.RANGE.BLOCK", level: level).map { fault in
            let isBlocked = EntryState.all.contains {
                blocked.contains($0.state) && fault.name == "the entry is \($0.name)"
            }
            return isBlocked ? fault.with(.gpaRangeAlreadyBlocked.at(.rcx)) : fault
        }
        try expectFaults(
            Fault.dispatch() + Fault.tdr(.rdx, exclusive: false) + Fault.state(.rdx, in: Self.states)
                + Fault.pageInfo(levels: 0...3)
                + Fault.walk(treeExclusive: true, missing: level == 0 ? 0x20_0000 : 0x4000_0001) + wrong,
            failing: [.rcx: 0, .rdx: 0]
        ) { try Self.scene(level: level) }
    }

    @Test(
        "takes the permissions of the entry and notes the epoch",
        arguments: [
            (.mapped, .blocked), (.blockedW, .blocked), (.pending, .pendingBlocked),
            (.pendingBlockedW, .pendingBlocked), (.nonLeafMapped, .nonLeafBlocked),
        ] as [(SEPTState, SEPTState)], 0...1)
    func effects(states: (SEPTState, SEPTState), level: Int) throws {
        guard level > 0 || states.0 != .nonLeafMapped else { return }
        let scene = try Self.scene(level: level, states.0)
        let tdr = scene.registers.rdx
        let address = scene.mapping.address
        let page = try scene.entry(address, level: level) & 0x3FFF_FFFF_F000
        let table = try scene.slot(address, level: level).address & ~0xFFF
        try scene.td.epoch.store(77, ordering: .relaxed)
        let isLarge = level > 0 && states.0 != .nonLeafMapped
        let inside = isLarge ? [page, page + 0x3000, page + 0x1F_F000] : [page]
        let result = expectEffects(scene, [Snapshot.contents(table)] + inside.map(Snapshot.use))
        #expect(result.registers.rcx == 0 && result.registers.rdx == 0)
        #expect(try scene.entry(address, level: level) == EntryState.of(states.1).entry(page))
        let type: UInt64 = states.0 == .nonLeafMapped ? 8 : 3
        #expect(scene.metadata(page) == [type, tdr, isLarge ? 1 : 0, 77])
        let again = scene.call()
        #expect(again.status.rawValue == 0x0000_0B07_0000_0001)
        #expect(!again.status.isError)
    }

    @Test("forgets how much of a large pending page has been accepted")
    func progress() throws {
        let scene = try Self.scene(level: 1, .pending)
        let entry = try scene.entry(0x20_0000, level: 1)
        try scene.setEntry(0x20_0000, level: 1, entry | 0x7_F000)
        #expect(scene.call().status == .success)
        #expect(
            try scene.entry(0x20_0000, level: 1)
                == EntryState.of(.pendingBlocked).entry(entry & 0x3FFF_FFFF_F000))
    }

    @Test("blocks tables of every level", arguments: 1...3)
    func tables(level: Int) throws {
        let scene = try Self.scene(level: 0)
        scene.registers.rcx = UInt64(level)
        #expect(scene.call().status == .success)
        #expect(try scene.state(0, level: level) == .nonLeafBlocked)
        // What lies below cannot be reached any more.
        scene.registers.rcx = 0x2000
        let below = scene.call()
        #expect(below.status == .eptWalkFailed.at(.rcx))
        #expect(below.registers.rdx == UInt64(level) | 129 << 8)
    }
}

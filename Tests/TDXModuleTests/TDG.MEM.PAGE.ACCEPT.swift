// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDG.MEM.PAGE.ACCEPT on every state")
struct TDGMEMPageAccept {
    /// A pending page of 4 KiB at 0x2000, or of 2 MiB at 0x200000, that is full of ones.
    static func scene(level: Int, _ state: SEPTState = .pending) throws -> GuestScene {
        let scene = try GuestScene(.memPageAccept, [.rcx: level == 0 ? 0x2000 : 0x20_0001])
        let page = try scene.memory.place(state, at: level == 0 ? 0x2000 : 0x20_0000, level: level)
        if EntryState.of(state).isLeaf {
            for index in [0, 3, 511] as [UInt64] where level > 0 || index == 0 {
                scene.machine.memory.write(
                    PhysicalAddress(page + index * 4096 | Machine.key << 46),
                    [UInt8](repeating: 0xFF, count: 4096))
            }
        }
        return scene
    }

    @Test("fails on the first thing that is wrong, and changes nothing", arguments: 0...1)
    func fails(level: Int) throws {
        let operand: UInt64 = level == 0 ? 0x2000 : 0x20_0001
        let bad: [UInt64] =
            [operand | 8, operand | 1 << 11, operand | 1 << 52, operand | 1 << 63, operand | 1 << 47]
            + [operand | 1 << 48, operand & ~7 | 2, operand & ~7 | 7, 0x10_0001]
        try expectFaults(
            GuestFault.dispatch() + GuestFault.values(.rcx, bad) + [
                GuestFault("the entry is locked", .operandBusy.at(.rcx)) { scene in
                    let address = operand & ~0xFFF
                    try scene.memory.setEntry(
                        address, level: level, scene.memory.entry(address, level: level) | 1 << 11)
                },
                GuestFault("the page is accepted", .pageAlreadyAccepted.with(UInt32(level))) {
                    try $0.memory.place(.mapped, at: operand & ~0xFFF, level: level)
                },
                GuestFault("an exported page is accepted", .pageAlreadyAccepted.with(UInt32(level))) {
                    try $0.memory.place(.exportedDirty, at: operand & ~0xFFF, level: level)
                }.variant(),
            ]
                + (level == 0
                    ? []
                    : [
                        GuestFault("the range is mapped smaller", .pageSizeMismatch.with(1)) {
                            try $0.memory.place(.nonLeafMapped, at: operand & ~0xFFF, level: 1)
                        }.variant()
                    ])
        ) { try Self.scene(level: level) }
    }

    @Test(
        "clears all of a pending page and maps it", arguments: [SEPTState.pending, .pendingExportedDirty],
        0...1)
    func effects(state: SEPTState, level: Int) throws {
        let scene = try Self.scene(level: level, state)
        let address: UInt64 = level == 0 ? 0x2000 : 0x20_0000
        let page = try scene.memory.entry(address, level: level) & 0x3FFF_FFFF_F000
        let table = try scene.memory.slot(address, level: level).address & ~0xFFF
        let inside = level == 0 ? [page] : [page, page + 0x3000, page + 0x1F_F000]
        expectEffects(scene, inside.map(Snapshot.contents) + [Snapshot.contents(table)])
        let mapped = EntryState.of(state == .pending ? .mapped : .exportedDirty)
        #expect(try scene.memory.entry(address, level: level) == mapped.entry(page))
        for page in inside {
            let contents = scene.machine.memory.read(
                PhysicalAddress(page | Machine.key << 46), count: 4096)
            #expect(contents.allSatisfy { $0 == 0 })
        }
    }

    @Test(
        "asks the host for what is missing, in every state that cannot be accepted",
        arguments: EntryState.all, 0...1)
    func leaves(state: EntryState, level: Int) throws {
        let settled: Set<SEPTState> = [
            .mapped, .exportedDirty, .pending, .pendingExportedDirty, .nonLeafMapped,
        ]
        guard !settled.contains(state.state), level > 0 || !state.isNonLeaf else { return }
        let scene = try Self.scene(level: level, state.state)
        let address: UInt64 = level == 0 ? 0x2000 : 0x20_0000
        let information =
            UInt64(level) | UInt64(level) << 3 | state.number << 6 | (state.isLeaf ? 1 << 14 : 0)
        // Readable entries show R and X.
        #expect(scene.call() == .exit(48, 2 | state.permissions << 3, 1 | information << 32, address))
        #expect(try scene.memory.state(address, level: level) == state.state)
        #expect(scene.processor[.rip] == GuestScene.rip)
        #expect(scene.processor[.rax] == scene.rax)
    }

    @Test("asks the host when the walk ends above the level")
    func above() throws {
        // A 2 MiB page that is pending, for 4 KiB of it; then one that is accepted.
        let scene = try Self.scene(level: 1)
        scene.registers[.rcx] = 0x20_3000
        #expect(
            scene.call() == .exit(48, 2, 1 | UInt64(0 | 1 << 3 | 2 << 6 | 1 << 14) << 32, 0x20_3000))
        let accepted = try Self.scene(level: 1, .mapped)
        accepted.registers[.rcx] = 0x20_3000
        #expect(accepted.call() == .status(TDXStatus(0x0000_0B0A_0000_0001)))
        // No table at level 2 for either size; a blocked table.
        for (operand, level) in [(0x40_0000_0000, 0), (0x40_0000_0001, 1)] as [(UInt64, UInt64)] {
            let scene = try Self.scene(level: 0)
            scene.registers[.rcx] = operand
            #expect(
                scene.call() == .exit(48, 2, 1 | (level | 2 << 3) << 32, operand & ~0xFFF))
        }
        let blocked = try Self.scene(level: 1, .nonLeafBlocked)
        blocked.registers[.rcx] = 0x20_3000
        #expect(blocked.call() == .exit(48, 2, 1 | UInt64(1 << 3 | 129 << 6) << 32, 0x20_3000))
    }

    @Test("is broken off by an interrupt of the host, and goes on where it was")
    func interrupted() throws {
        let scene = try Self.scene(level: 1)
        let page = try scene.memory.entry(0x20_0000, level: 1) & 0x3FFF_FFFF_F000
        func isCleared(_ index: UInt64) -> Bool {
            let address = PhysicalAddress(page + index * 4096 | Machine.key << 46)
            return scene.machine.memory.read(address, count: 4096).allSatisfy { $0 == 0 }
        }
        scene.processor.interrupts = [false, true]
        scene.processor.interruptibility = 0b1001
        #expect(scene.call() == .again)
        #expect(scene.processor[.rax] == scene.rax)
        #expect(scene.processor.interruptibility == 0b1000)
        #expect(isCleared(3) && !isCleared(511))
        // The entry is still pending, and counts what has been cleared where nobody sees it.
        #expect(
            try scene.memory.entry(0x20_0000, level: 1) == EntryState.of(.pending).entry(page | 128 << 12))
        let shown = scene.machine.call(.memSEPTRd, rcx: 0x20_0001, rdx: scene.tdr)
        #expect(shown.registers.rcx == 1 << 63 | 0xF0 | page)
        // What was cleared is not cleared again.
        scene.machine.memory.write(PhysicalAddress(page | Machine.key << 46), [7])
        #expect(scene.call() == .status(.success))
        #expect(isCleared(511))
        #expect(!isCleared(0))
        #expect(try scene.memory.entry(0x20_0000, level: 1) == EntryState.of(.mapped).entry(page))
    }

    @Test("begins again after the page was blocked in between")
    func blocked() throws {
        let scene = try Self.scene(level: 1)
        let page = try scene.memory.entry(0x20_0000, level: 1) & 0x3FFF_FFFF_F000
        scene.processor.interrupts = [true]
        #expect(scene.call() == .again)
        #expect(scene.machine.call(.memRangeBlock, rcx: 0x20_0001, rdx: scene.tdr).status == .success)
        #expect(scene.machine.call(.memTrack, rcx: scene.tdr).status == .success)
        guard case .exit = scene.call() else {
            Issue.record("A blocked page was accepted.")
            return
        }
        #expect(scene.machine.call(.memRangeUnblock, rcx: 0x20_0001, rdx: scene.tdr).status == .success)
        scene.machine.memory.write(PhysicalAddress(page | Machine.key << 46), [7])
        #expect(scene.machine.enter(scene.tdvpr) != nil)
        #expect(scene.call() == .status(.success))
        #expect(scene.machine.memory.read(PhysicalAddress(page | Machine.key << 46), count: 1) == [0])
    }
}

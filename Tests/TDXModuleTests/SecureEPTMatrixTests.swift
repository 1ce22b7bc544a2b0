// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import TDXABI
import Testing
import X86

@testable import TDXModule

/// Every leaf that works on Secure EPT entries, in every state that an entry can have.
@Suite("Every leaf × every Secure EPT state")
struct SecureEPTMatrixTests {
    /// A leaf and the levels of the entries that it takes.
    struct Row: Sendable {
        let leaf: HostLeafNumber
        let name: String
        let levels: [Int]
        /// What a leaf answers about a state that is not for it.
        var refusals: Set<TDXStatus> = [.eptEntryStateIncorrect]
    }

    static let rows: [Row] = [
        Row(leaf: .memPageAdd, name: "TDH.MEM.PAGE.ADD", levels: [0]),
        Row(leaf: .memSEPTAdd, name: "TDH.MEM.SEPT.ADD", levels: [1]),
        Row(leaf: .memPageRelocate, name: "TDH.MEM.PAGE.RELOCATE", levels: [0]),
        Row(leaf: .memPageAug, name: "TDH.MEM.PAGE.AUG", levels: [0, 1]),
        Row(
            leaf: .memRangeBlock, name: "TDH.MEM.RANGE.BLOCK", levels: [0, 1],
            refusals: [.eptEntryStateIncorrect, .gpaRangeAlreadyBlocked]),
        Row(
            leaf: .memRd, name: "TDH.MEM.RD", levels: [0, 1],
            refusals: [.eptEntryStateIncorrect, .eptEntryNotPresent]),
        Row(
            leaf: .memWr, name: "TDH.MEM.WR", levels: [0, 1],
            refusals: [.eptEntryStateIncorrect, .eptEntryNotPresent]),
        Row(leaf: .memPageDemote, name: "TDH.MEM.PAGE.DEMOTE", levels: [1]),
        Row(leaf: .mrExtend, name: "TDH.MR.EXTEND", levels: [0, 1], refusals: [.eptEntryNotPresent]),
        Row(leaf: .memPagePromote, name: "TDH.MEM.PAGE.PROMOTE", levels: [1]),
        Row(leaf: .memSEPTRd, name: "TDH.MEM.SEPT.RD", levels: [0, 1]),
        Row(leaf: .memPageRemove, name: "TDH.MEM.PAGE.REMOVE", levels: [0, 1]),
        Row(leaf: .memSEPTRemove, name: "TDH.MEM.SEPT.REMOVE", levels: [1]),
        Row(leaf: .memRangeUnblock, name: "TDH.MEM.RANGE.UNBLOCK", levels: [0, 1]),
    ]

    /// Walks to a leaf name no level, so that a table is not the end of theirs.
    private static let walkers: Set<HostLeafNumber> = [.memRd, .memWr, .mrExtend]

    /// A debug TD that is being built, with an entry in a state.
    private static func scene(_ row: Row, _ state: EntryState, level: Int) throws -> Scene {
        let machine = try Machine.ready()
        var parameters = Machine.parameters
        parameters.attributes |= TDAttributes.debug.rawValue
        let tdr = machine.td(parameters)
        machine.addTables(tdr, 0x1000)
        let address: UInt64 = level == 0 ? 0x2000 : 0x20_0000
        let isWalker = walkers.contains(row.leaf)
        let flags: UInt64 = row.leaf == .memSEPTAdd ? 1 : 0
        let scene = Scene(
            row.leaf, on: machine,
            [
                .rcx: isWalker ? address : address | UInt64(level), .rdx: tdr | flags,
                .r8: row.leaf == .memPageAug && level == 1 ? machine.largePage() : machine.page(),
                .r9: machine.scratch + 0x5000,
            ])
        try scene.place(state.state, at: address, level: level)
        if isWalker { scene.registers.rcx = address }
        return scene
    }

    @Test("is allowed where the specification has it, and refused, with the entry shown, everywhere else")
    func host() throws {
        var (allowed, refused) = (0, 0)
        for row in Self.rows {
            let leaf = try #require(HostLeaf.byNumber[row.leaf])
            for state in EntryState.all {
                // The leaf's row and the table of the tests are the same.
                #expect(
                    leaf.entryStates.contains(state.state)
                        == EntryState.allowed(row.name).contains(state.state), "\(row.name) \(state.name)")
                for level in row.levels where level > 0 || !state.isNonLeaf {
                    if Self.walkers.contains(row.leaf), state.state == .nonLeafMapped { continue }
                    let scene = try Self.scene(row, state, level: level)
                    let before = Snapshot(scene.machine)
                    let result = scene.call()
                    let comment: Comment = "\(row.name) \(state.name) at level \(level): \(result.status)"
                    let isRefused = row.refusals.contains(result.status.withoutDetails)
                    #expect(isRefused != EntryState.allowed(row.name).contains(state.state), comment)
                    guard isRefused else {
                        allowed += 1
                        continue
                    }
                    refused += 1
                    #expect(Snapshot(scene.machine) == before, comment)
                    if result.status.details != 0 {
                        #expect(result.registers.rdx == UInt64(level) | state.number << 8, comment)
                    }
                }
            }
        }
        print("SEAMCALL × Secure EPT state: \(allowed) rows allowed, \(refused) refused.")
        #expect(allowed > 90 && refused > 200)
    }

    @Test("every guest-side leaf that works on entries is allowed where the specification has it")
    func guest() throws {
        var (allowed, refused) = (0, 0)
        for (leaf, name) in [
            (GuestLeafNumber.memPageAccept, "TDG.MEM.PAGE.ACCEPT"),
            (.memPageAttrRd, "TDG.MEM.PAGE.ATTR.RD"), (.memPageAttrWr, "TDG.MEM.PAGE.ATTR.WR"),
        ] as [(GuestLeafNumber, String)] {
            for state in EntryState.all where !state.isNonLeaf {
                for level in [0, 1] {
                    let address: UInt64 = level == 0 ? 0x2000 : 0x20_0000
                    let operand = leaf == .memPageAttrRd ? address : address | UInt64(level)
                    let scene = try GuestScene(leaf, [.rcx: operand, .rdx: 0, .r8: 0])
                    try scene.memory.place(state.state, at: address, level: level)
                    let outcome = scene.call()
                    let isAllowed = EntryState.allowed(name).contains(state.state)
                    #expect((outcome == .status(.success)) == isAllowed, "\(name) \(state.name): \(outcome)")
                    if isAllowed {
                        allowed += 1
                    } else {
                        refused += 1
                        let isAccessible = state.state == .mapped || state.state == .exportedDirty
                        if case .exit(48, _, _, _) = outcome { continue }
                        #expect(
                            isAccessible && outcome == .status(.pageAlreadyAccepted.with(UInt32(level))),
                            "\(name) \(state.name): \(outcome)")
                    }
                }
            }
        }
        print("TDCALL × Secure EPT state: \(allowed) rows allowed, \(refused) refused.")
        #expect(allowed + refused == 3 * 14 * 2)
    }
}

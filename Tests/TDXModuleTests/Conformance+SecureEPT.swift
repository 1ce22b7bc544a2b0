// SPDX-License-Identifier: Apache-2.0

import Foundation
import PhysicalMemory
import Synchronization
import TDXABI
import Testing
import X86

@testable import TDXModule

/// A state of a Secure EPT entry, written out a second time after the specification, for tests to compare with.
struct EntryState: Sendable, CustomTestStringConvertible {
    let state: SEPTState
    /// As the data files call it.
    let name: String
    /// D, TDEX, TDBW, TDB, TDP, IPAT, PS from bit 0 upwards.
    let encoding: UInt64
    /// What the host is shown in `RDX` bits 15:8.
    let number: UInt64
    /// R, W and X.
    let permissions: UInt64

    var testDescription: String { name }
    var isLeaf: Bool { encoding & 0x40 != 0 }
    var isNonLeaf: Bool { encoding & 0x40 == 0 && number >= 128 }
    var isBlocked: Bool { encoding & 0x08 != 0 && number != 0 && number != 5 }

    /// The entry as it lies in memory: bit 63 suppresses #VE, memory type 6 in leaves.
    func entry(_ address: UInt64) -> UInt64 {
        1 << 63 | permissions | (isLeaf ? 6 << 3 : 0) | (encoding >> 5 & 3) << 6 | (encoding & 1) << 9
            | (encoding >> 1 & 15) << 53 | address
    }

    static let all = [
        EntryState(state: .free, name: "FREE", encoding: 0x0E, number: 0, permissions: 0),
        EntryState(state: .removed, name: "REMOVED", encoding: 0x0C, number: 5, permissions: 0),
        EntryState(state: .nonLeafMapped, name: "NL_MAPPED", encoding: 0, number: 132, permissions: 7),
        EntryState(state: .nonLeafBlocked, name: "NL_BLOCKED", encoding: 8, number: 129, permissions: 0),
        EntryState(state: .mapped, name: "MAPPED", encoding: 0x60, number: 4, permissions: 7),
        EntryState(state: .blocked, name: "BLOCKED", encoding: 0x68, number: 1, permissions: 0),
        EntryState(state: .blockedW, name: "BLOCKEDW", encoding: 0x64, number: 8, permissions: 5),
        EntryState(
            state: .exportedBlockedW, name: "EXPORTED_BLOCKEDW", encoding: 0x66, number: 9, permissions: 5),
        EntryState(state: .exportedDirty, name: "EXPORTED_DIRTY", encoding: 0x63, number: 11, permissions: 7),
        EntryState(
            state: .exportedDirtyBlockedW, name: "EXPORTED_DIRTY_BLOCKEDW", encoding: 0x67, number: 12,
            permissions: 5),
        EntryState(state: .pending, name: "PENDING", encoding: 0x70, number: 2, permissions: 0),
        EntryState(
            state: .pendingBlocked, name: "PENDING_BLOCKED", encoding: 0x78, number: 3, permissions: 0),
        EntryState(
            state: .pendingBlockedW, name: "PENDING_BLOCKEDW", encoding: 0x74, number: 16, permissions: 0),
        EntryState(
            state: .pendingExportedBlockedW, name: "PENDING_EXPORTED_BLOCKEDW", encoding: 0x76, number: 17,
            permissions: 0),
        EntryState(
            state: .pendingExportedDirty, name: "PENDING_EXPORTED_DIRTY", encoding: 0x73, number: 19,
            permissions: 0),
        EntryState(
            state: .pendingExportedDirtyBlockedW, name: "PENDING_EXPORTED_DIRTY_BLOCKEDW", encoding: 0x77,
            number: 20, permissions: 0),
    ]

    static func of(_ state: SEPTState) -> EntryState { all.first { $0.state == state } ?? all[0] }

    /// The state of an entry that lies in memory.
    static func of(entry: UInt64) -> EntryState {
        let encoding = entry >> 9 & 1 | (entry >> 53 & 15) << 1 | (entry >> 6 & 3) << 5
        return all.first { $0.encoding == encoding } ?? all[1]
    }

    /// The states in which leaves may be called, as the specification's table has them.
    static func allowed(_ leaf: String) -> Set<SEPTState> { allowedStates[leaf] ?? [] }
    private static let allowedStates: [String: Set<SEPTState>] = [
        "TDH.MEM.PAGE.ADD": [.free],
        "TDH.MEM.SEPT.ADD": [.free, .nonLeafMapped],
        "TDH.MEM.PAGE.RELOCATE": Set(all.filter(\.isLeaf).map(\.state)),
        "TDH.MEM.PAGE.AUG": [.free, .removed],
        "TDH.MEM.RANGE.BLOCK": [.nonLeafMapped, .mapped, .blockedW, .pending, .pendingBlockedW],
        "TDH.MEM.RD": [.mapped, .blockedW, .exportedBlockedW, .exportedDirty, .exportedDirtyBlockedW],
        "TDH.MEM.WR": [.mapped, .exportedDirty],
        "TDH.MEM.PAGE.DEMOTE": [.mapped, .blocked, .pending, .pendingBlocked],
        "TDH.MR.EXTEND": [.mapped],
        "TDH.MEM.PAGE.PROMOTE": [.nonLeafMapped, .nonLeafBlocked],
        "TDH.MEM.SEPT.RD": Set(all.map(\.state)),
        "TDH.MEM.PAGE.REMOVE": [
            .mapped, .blocked, .blockedW, .pending, .pendingBlocked, .pendingBlockedW,
        ],
        "TDH.MEM.SEPT.REMOVE": [.nonLeafMapped, .nonLeafBlocked],
        "TDH.MEM.RANGE.UNBLOCK": [.nonLeafBlocked, .blocked, .pendingBlocked],
        "TDG.MEM.PAGE.ACCEPT": [.pending, .pendingExportedDirty],
        "TDG.MEM.PAGE.ATTR.RD": [
            .mapped, .blockedW, .exportedBlockedW, .exportedDirty, .exportedDirtyBlockedW, .pending,
            .pendingBlockedW, .pendingExportedBlockedW, .pendingExportedDirty, .pendingExportedDirtyBlockedW,
        ],
        "TDG.MEM.PAGE.ATTR.WR": [.mapped, .exportedDirty, .pending, .pendingExportedDirty],
    ]

    @Suite("Allowed Secure EPT states", .enabled(if: Fixtures.reference != nil))
    struct Table {
        @Test("are the specification's for every leaf there is")
        func allowed() throws {
            let rows = try Fixtures.table("sept-state-allowed-leaves-1.5.06.csv")
            var found = 0
            for row in rows {
                let name = (row["name"] ?? "").replacingOccurrences(of: "_", with: ".")
                guard let states = EntryState.allowedStates[name] else { continue }
                found += 1
                for state in EntryState.all {
                    #expect(states.contains(state.state) == (row[state.name] == "1"), "\(name) \(state.name)")
                }
            }
            #expect(found == EntryState.allowedStates.count)
        }
    }
}

extension Scene {
    /// The page-info operand.
    var mapping: GPAMapping { GPAMapping(registers.rcx) }
    var td: TD { get throws { try td(registers.rdx & ~0xFFF) } }

    /// Where the walk to an entry ends, read from memory with the TD's key.
    func slot(_ address: UInt64, level: Int) throws -> (address: UInt64, level: Int) {
        let td = try td
        var table = td.pages[3]
        for current in stride(from: 3, through: 0, by: -1) {
            let slot = table + (address >> UInt64(12 + 9 * current) & 511) * 8
            let entry: UInt64 = machine.memory.load(keyed(slot, td))
            guard current > level, EntryState.of(entry: entry & ~(1 << 11)).state == .nonLeafMapped else {
                return (slot, current)
            }
            table = entry & 0x0000_3FFF_FFFF_F000
        }
        return (0, 0)
    }

    private func keyed(_ address: UInt64, _ td: TD) -> PhysicalAddress {
        PhysicalMemory.address(PhysicalAddress(address), key: td.hkid)
    }

    /// The entry of an address.
    func entry(_ address: UInt64, level: Int) throws -> UInt64 {
        try machine.memory.load(keyed(slot(address, level: level).address, td))
    }
    func state(_ address: UInt64, level: Int) throws -> SEPTState {
        try EntryState.of(entry: entry(address, level: level)).state
    }
    func setEntry(_ address: UInt64, level: Int, _ entry: UInt64) throws {
        let (slot, found) = try slot(address, level: level)
        guard found == level else { throw SceneError.noEntry(address) }
        try machine.memory.store(keyed(slot, td), entry)
    }

    /// Makes the state of an entry what it is to be, with the page or table that it then has.
    ///
    /// - Returns: that page.
    @discardableResult
    func place(_ state: SEPTState, at address: UInt64, level: Int = 0) throws -> UInt64 {
        let td = try td
        let state = EntryState.of(state)
        guard state.isLeaf || state.isNonLeaf else {
            try setEntry(address, level: level, state.entry(0))
            return 0
        }
        let isLarge = state.isLeaf && level > 0
        let page = isLarge ? machine.largePage() : machine.page()
        if state.isNonLeaf {
            machine.module.clearTable(page, of: td)
            machine.module.pamt.entry(page).use = .secureEPT(td, blockedAt: 0)
        } else if isLarge {
            machine.memory.initialize(PhysicalAddress(page), pages: 512, key: td.hkid)
            machine.module.pamt.entry(page).largeUse = .regular(td, blockedAt: 0)
        } else {
            machine.memory.initialize(PhysicalAddress(page), key: td.hkid)
            machine.module.pamt.entry(page).use = .regular(td, blockedAt: 0)
        }
        td.childCount.add(isLarge ? 512 : 1, ordering: .relaxed)
        try setEntry(address, level: level, state.entry(page))
        return page
    }

    /// What `RCX` and `RDX` must show of the entry at which the walk for the operand ends.
    func details(level wanted: Int? = nil) throws -> (rcx: UInt64, rdx: UInt64) {
        let (slot, level) = try slot(mapping.address, level: wanted ?? mapping.level)
        let entry: UInt64 = try machine.memory.load(keyed(slot, td)) & ~(1 << 11)
        let state = EntryState.of(entry: entry)
        let image: UInt64 =
            state.isLeaf
            ? 1 << 63 | entry & 0x0000_3FFF_FFFF_F0FF
            : state.isNonLeaf ? entry & 0x87 : 1 << 63
        return (image, UInt64(level) | state.number << 8)
    }

    /// `PAMT` of a page: type, owner, size and `BEPOCH`, through `TDH.PHYMEM.PAGE.RDMD`.
    func metadata(_ page: UInt64) -> [UInt64] {
        let registers = machine.call(.phymemPageRdMD, rcx: page).registers
        return [registers.rcx, registers.rdx, registers.r8, registers.r9]
    }
}

// MARK: Faults of leaves that walk the Secure EPT

extension Fault {
    /// With the entry shown in `RCX` and `RDX`.
    func showing(level: Int? = nil) -> Fault {
        var fault = self
        fault.details = { try $0.details(level: level) }
        return fault
    }

    /// A page-info operand, for a TD with four levels and 48 bits.
    static func pageInfo(levels: ClosedRange<Int>) -> [Fault] {
        func bad(_ name: String, _ change: @escaping @Sendable (UInt64) -> UInt64) -> Fault {
            Fault("RCX \(name)", .operandInvalid.at(.rcx)) { $0.registers.rcx = change($0.registers.rcx) }
        }
        let low = UInt64(levels.lowerBound)
        let faults =
            [
                bad("has a reserved bit 3") { $0 | 1 << 3 },
                bad("has a reserved bit 11") { $0 | 1 << 11 }.variant(),
                bad("has a reserved bit 52") { $0 | 1 << 52 }.variant(),
                bad("has a reserved bit 63") { $0 | 1 << 63 }.variant(),
                bad("is shared") { $0 | 1 << 47 }.variant(),
                bad("is wider than the guest's addresses") { $0 | 1 << 48 }.variant(),
                bad("has a level that is too high") { $0 & ~7 | UInt64(levels.upperBound + 1) }.variant(),
                bad("has level 7") { $0 & ~7 | 7 }.variant(),
            ] + (low > 0 ? [bad("has a level that is too low") { $0 & ~7 | (low - 1) }.variant()] : [])
        return faults
            + levels.filter { $0 > 0 }.map { level in
                bad("is not aligned to level \(level)") { _ in (4096 << UInt64(9 * level - 1)) | UInt64(level)
                }
                .variant()
            }
    }

    /// Flag bits in the register of the TDR that are reserved.
    static func reservedInTDR() -> [Fault] {
        [
            Fault("RDX has a reserved bit 1", .operandInvalid.at(.rdx)) { $0.registers.rdx |= 2 },
            Fault("RDX has a reserved bit 11", .operandInvalid.at(.rdx)) { $0.registers.rdx |= 1 << 11 }
                .variant(),
            Fault("RDX has a reserved bit 52", .operandInvalid.at(.rdx)) { $0.registers.rdx |= 1 << 52 }
                .variant(),
        ]
    }

    /// The locks of the tree and the walk to the entry, and its lock.
    ///
    /// - Parameter missing: a page-info operand of the right level to which the walk does not come.
    static func walk(treeExclusive: Bool?, missing: UInt64) -> [Fault] {
        var faults: [Fault] = []
        if let treeExclusive {
            faults.append(
                Fault("the Secure EPT tree is locked", .operandBusy.at(.septTree)) { scene in
                    let lock = try scene.td.septTreeLock
                    guard treeExclusive ? lock.trySharing() : lock.tryHolding() else { throw SceneError.busy }
                })
        }
        faults.append(
            Fault("the walk ends early", .eptWalkFailed.at(.rcx)) { $0.registers.rcx = missing }.showing())
        if treeExclusive != nil {
            faults.append(
                Fault("the entry is locked", .operandBusy.at(.rcx)) { scene in
                    let (address, level) = (scene.mapping.address, scene.mapping.level)
                    try scene.setEntry(
                        address, level: level, scene.entry(address, level: level) | 1 << 11)
                }.showing())
        }
        return faults
    }

    /// An entry of each state in which the leaf is not allowed.
    static func entryStates(of leaf: String, level: Int = 0, except: Set<SEPTState> = []) -> [Fault] {
        let allowed = EntryState.allowed(leaf).subtracting(except)
        return EntryState.all.filter {
            !allowed.contains($0.state) && (level > 0 || !$0.isNonLeaf)
        }.enumerated().map { index, state in
            let fault = Fault("the entry is \(state.name)", .eptEntryStateIncorrect.at(.rcx)) { scene in
                try scene.place(state.state, at: scene.mapping.address, level: scene.mapping.level)
            }.showing()
            return index == 0 ? fault : fault.variant()
        }
    }

    /// Translations that may still exist, of a TD that runs.
    ///
    /// - Parameters:
    ///   - unblocked: states that the leaf takes, but not from a TD that runs.
    ///   - blocked: a state in which the entry is when it has been blocked, but only now.
    static func tracking(level: Int, unblocked: [SEPTState], blocked: SEPTState) -> [Fault] {
        unblocked.enumerated().map { index, state in
            let fault = Fault("\(state) is not blocked", .gpaRangeNotBlocked.at(.rcx)) { scene in
                try scene.place(state, at: scene.mapping.address, level: level)
            }.showing()
            return index == 0 ? fault : fault.variant()
        } + [
            Fault("the block is of this epoch", .tlbTrackingNotDone.at(.rcx)) { scene in
                try scene.setBlocked(level: level, before: 0)
            },
            Fault("a vCPU has not left since the epoch of the block", .tlbTrackingNotDone.at(.rcx)) { scene in
                try scene.setBlocked(level: level, before: 1)
                let td = try scene.td
                td.addReference(td.epoch.load(ordering: .relaxed) &- 1, 1)
            }.variant(),
        ]
    }
}

extension Scene {
    /// Says that the page or table of the operand's entry was blocked some epochs ago.
    func setBlocked(level: Int, before epochs: UInt64) throws {
        let entry = try entry(mapping.address, level: level)
        try machine.module.pamt.setBlocked(
            entry & 0x3FFF_FFFF_F000, isLarge: level > 0 && EntryState.of(entry: entry).isLeaf,
            at: td.epoch.load(ordering: .relaxed) &- epochs)
    }
}

// SPDX-License-Identifier: Apache-2.0

import TDXABI
import Testing
import X86

@testable import TDXModule

/// Every lock of the module, held by somebody else, against every leaf.
///
/// - SeeAlso: Base Specification, "Concurrency Restrictions".
@Suite("Contention")
struct ContentionTests {
    /// A lock, and what the leaves answer that want it.
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        /// Somebody else has it alone, or only shares it.
        let isShared: Bool
        /// Takes the lock of a scene.
        let hold: @Sendable (Scene) throws -> Void
        let busy: [HostLeafNumber: TDXStatus]

        var testDescription: String { name + (isShared ? " shared" : "") }

        init(
            _ name: String, shared: Bool = false, _ status: TDXStatus, _ leaves: [HostLeafNumber],
            _ lock: @escaping @Sendable (Scene) -> [TryLock]
        ) {
            self.name = name
            isShared = shared
            hold = { scene in
                for lock in lock(scene) {
                    guard shared ? lock.trySharing() : lock.tryHolding() else { throw SceneError.busy }
                }
            }
            busy = Dictionary(leaves.map { ($0, status) }) { first, _ in first }
        }

        init(
            _ name: String, shared: Bool = false, busy: [HostLeafNumber: TDXStatus],
            _ hold: @escaping @Sendable (Scene) throws -> Void
        ) {
            (self.name, isShared, self.hold, self.busy) = (name, shared, hold, busy)
        }
    }

    private static func tds(_ scene: Scene) -> [TD] { scene.machine.module.pamt.tds }

    /// The leaves with an operand of a role, each with the status that names the operand.
    private static func leaves(
        _ isWanted: (OperandRole) -> Bool, except: Set<HostLeafNumber> = []
    ) -> [HostLeafNumber: TDXStatus] {
        var found: [HostLeafNumber: TDXStatus] = [:]
        for leaf in HostLeaf.all where !except.contains(leaf.number) {
            guard let operand = leaf.operands.first(where: { isWanted($0.value) }) else { continue }
            found[leaf.number] = .operandBusy.at(OperandID(rawValue: UInt32(operand.key.rawValue)))
        }
        return found
    }

    private static let tdrs = leaves { if case .tdr = $0 { true } else { false } }
    private static let tdvprs = leaves { if case .tdvpr = $0 { true } else { false } }

    /// The leaves of the list, from those of a table.
    private static func only(
        _ numbers: [HostLeafNumber], of table: [HostLeafNumber: TDXStatus]
    ) -> [HostLeafNumber: TDXStatus] {
        table.filter { numbers.contains($0.key) }
    }

    /// Takes the lock of each page of a kind.
    private static func holdPages(shared: Bool, _ isWanted: @escaping @Sendable (PageUse) -> Bool)
        -> @Sendable (
            Scene
        ) throws -> Void
    {
        { scene in
            for page in scene.machine.pages {
                let entry = scene.machine.module.pamt.entry(page)
                guard entry.found.level == 0, let use = entry.use, isWanted(use) else { continue }
                guard entry.tryLock(exclusively: !shared) else { throw SceneError.busy }
            }
        }
    }

    private static let tree: [HostLeafNumber] = [
        .memSEPTAdd, .memPageAug, .memRangeBlock, .memRangeUnblock, .memPageRemove, .memPageRelocate,
        .memPageDemote, .memPagePromote, .memSEPTRemove, .memSEPTRd, .memRd, .memWr,
    ]
    private static let system: [HostLeafNumber] = [
        .sysInit, .sysLPInit, .sysConfig, .sysKeyConfig, .sysShutdown, .sysUpdate,
    ]

    static let rows: [Row] = [
        Row("the system", .sysBusy, system) { [$0.machine.module.system.lock] },
        Row("the system", shared: true, .sysBusy, system.filter { $0 != .sysLPInit }) {
            [$0.machine.module.system.lock]
        },
        Row("a TDMR", .operandBusy.at(.rcx), [.sysTDMRInit]) { $0.machine.module.system.tdmrs.map(\.lock) },
        Row("KET", .operandBusy.at(.ket), [.sysKeyConfig, .mngKeyConfig]) {
            [$0.machine.module.system.keyLock]
        },
        Row("WBCACHE", .operandBusy.at(.wbCache), [.phymemCacheWB]) {
            $0.machine.module.system.writeBackLocks
        },
        Row(
            "KOT", .operandBusy.at(.kot),
            [.sysConfig, .mngCreate, .mngVPFlushDone, .phymemCacheWB, .mngKeyFreeID]
        ) { [$0.machine.module.kot.lock] },
        Row(
            "OP_STATE", .operandBusy.at(.opState),
            LeafRow.all.filter { $0.states != nil && $0.leaf != .mngAddCX }.map(\.leaf)
        ) { tds($0).map(\.opStateLock) },
        Row("OP_STATE", shared: true, .success, []) { tds($0).map(\.opStateLock) },
        Row("SEPT_TREE", .operandBusy.at(.septTree), tree) { tds($0).map(\.septTreeLock) },
        Row(
            "SEPT_TREE", shared: true, .operandBusy.at(.septTree),
            [.memRangeBlock, .memRangeUnblock, .memSEPTRemove]
        ) { tds($0).map(\.septTreeLock) },
        Row("TD_EPOCH", .operandBusy.at(.tdEpoch), [.vpEnter, .memTrack]) { tds($0).map(\.epochLock) },
        Row("TD_EPOCH", shared: true, .operandBusy.at(.tdEpoch), [.memTrack]) { tds($0).map(\.epochLock) },
        Row("RTMR", .success, []) { tds($0).map(\.rtmrLock) },
        Row(
            "METADATA_FIELD",
            busy: [
                .mngWr: .operandBusy.at(.metadataField), .vpInit: .operandBusy.at(.tdcs),
            ]
        ) { for td in tds($0) where !td.metadataLock.tryHolding() { throw SceneError.busy } },
        Row("SERVTD_BINDINGS", .operandBusy.at(.servTDBindings), [.servTDBind, .servTDPrebind]) {
            tds($0).map(\.bindingsLock)
        },
        Row("SERVTD_BINDINGS", shared: true, .operandBusy.at(.servTDBindings), [.servTDBind, .servTDPrebind])
        {
            tds($0).map(\.bindingsLock)
        },
        Row(
            "the TDR",
            busy: tdrs.merging(
                [
                    .vpEnter: .operandBusy.at(.tdr), .vpAddCX: .operandBusy.at(.tdr),
                    .vpFlush: .operandBusy.at(.tdr), .vpInit: .operandBusy.at(.tdr),
                    .vpRd: .operandBusy.at(.tdr), .vpWr: .operandBusy.at(.tdr),
                    .phymemPageReclaim: .operandBusy.at(.tdr),
                ]
            ) { first, _ in first },
            holdPages(shared: false) { if case .tdr = $0 { true } else { false } }),
        Row(
            "the TDR", shared: true,
            busy: only(
                [
                    .mngAddCX, .memPageAdd, .mngKeyConfig, .mrExtend, .mrFinalize, .mngVPFlushDone,
                    .mngKeyFreeID, .mngInit,
                ], of: tdrs
            ).merging([.vpInit: .operandBusy.at(.tdr)]) { first, _ in first },
            holdPages(shared: true) { if case .tdr = $0 { true } else { false } }),
        Row(
            "the TDVPR", busy: tdvprs,
            holdPages(shared: false) { if case .vcpu = $0 { true } else { false } }),
        Row(
            "the TDVPR", shared: true, busy: only([.vpAddCX, .vpInit, .vpFlush], of: tdvprs),
            holdPages(shared: true) { if case .vcpu = $0 { true } else { false } }),
        Row(
            "the new page", shared: true,
            busy: leaves { if case .newPage = $0 { true } else { false } }
        ) { scene in
            for (register, role) in HostLeaf.byNumber[scene.leaf]?.operands ?? [:] {
                guard case .newPage = role else { continue }
                let entry = scene.machine.module.pamt.entry(scene.registers[register] & Scene.page)
                guard entry.tryLock(exclusively: false) else { throw SceneError.busy }
            }
        },
        Row(
            "the Secure EPT entry",
            busy: leaves(
                { if case .entry = $0 { true } else { false } }, except: [.memSEPTRd])
        ) { scene in
            for (_, role) in HostLeaf.byNumber[scene.leaf]?.operands ?? [:] {
                guard case .entry = role else { continue }
                let (address, level) = (scene.mapping.address, scene.mapping.level)
                try scene.setEntry(address, level: level, scene.entry(address, level: level) | 1 << 11)
            }
        },
    ]

    @Test(
        "every host-side leaf says which lock it does not get, and does without the others", arguments: rows)
    func host(row: Row) throws {
        var busy = 0
        for leaf in LeafRow.all {
            let scene = try leaf.scene()
            try row.hold(scene)
            let before = Snapshot(scene.machine)
            let status = scene.call().status
            #expect(status == row.busy[leaf.leaf] ?? leaf.status, "\(leaf.name), \(row.testDescription)")
            guard row.busy[leaf.leaf] != nil else { continue }
            busy += 1
            #expect(Snapshot(scene.machine) == before, "\(leaf.name), \(row.testDescription)")
        }
        print("Contention: \(row.testDescription): \(LeafRow.all.count) leaves, \(busy) busy.")
        #expect(busy == row.busy.count)
    }

    @Test("every guest-side leaf says which lock it does not get, and does without the others")
    func guest() throws {
        typealias Locks = (GuestScene) -> [TryLock]
        func tds(_ scene: GuestScene) -> [TD] { scene.machine.module.pamt.tds }
        let rows: [(String, OperandID, Set<GuestLeafNumber>, Locks)] = [
            ("RTMR", .rtmr, [.mrRTMRExtend, .mrReport], { tds($0).map(\.rtmrLock) }),
            ("METADATA_FIELD", .metadataField, [.vmWr, .servTDWr], { tds($0).map(\.metadataLock) }),
            ("SERVTD_BINDINGS", .servTDBindings, [.servTDRd, .servTDWr], { tds($0).map(\.bindingsLock) }),
            ("SEPT_TREE", .septTree, [], { tds($0).map(\.septTreeLock) }),
            ("TD_EPOCH", .tdEpoch, [], { tds($0).map(\.epochLock) }),
            ("KOT", .kot, [], { [$0.machine.module.kot.lock] }),
            ("the system", .sys, [], { [$0.machine.module.system.lock] }),
        ]
        var count = 0
        for (name, operand, leaves, locks) in rows {
            for leaf in GuestLeafRow.all {
                let scene = try leaf.scene()
                for lock in locks(scene) { #expect(lock.tryHolding()) }
                let expected: GuestOutcome =
                    leaves.contains(leaf.leaf) ? .status(.operandBusy.at(operand)) : leaf.outcome
                #expect(scene.call() == expected, "leaf \(leaf.leaf.rawValue), \(name)")
                count += 1
            }
        }
        print("Contention: \(count) rows of guest-side leaves.")
    }
}

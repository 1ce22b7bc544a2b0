// SPDX-License-Identifier: Apache-2.0

import TDXABI
import Testing
import X86

@testable import TDXModule

/// A host-side leaf with all that the specification says of it in tables, and a call that succeeds.
///
/// Each leaf's suite has the rows that are its own; the table makes those that all leaves have in common.
struct LeafRow: Sendable {
    /// What a leaf asks of the TD that it works on.
    enum Demand: Sendable {
        /// Nothing: it works on no TD, or on any.
        case none
        /// The key of the TD is in one of these states; the TD may be fatal.
        case lifecycle([Lifecycle], else: TDXStatus)
        /// The same, and the TD is not fatal.
        case sound([Lifecycle], else: TDXStatus)
        /// The TD is not fatal, has its key and its control structure, and `OP_STATE` is one that has an x.
        case state(String)
    }

    let leaf: HostLeafNumber
    let demand: Demand
    /// Registers that get a result, besides `RAX`.
    let results: Set<GeneralRegister>
    let scene: @Sendable () throws -> Scene

    init(
        _ leaf: HostLeafNumber, _ demand: Demand = .none, results: Set<GeneralRegister> = [],
        _ scene: @escaping @Sendable () throws -> Scene
    ) {
        (self.leaf, self.demand, self.results, self.scene) = (leaf, demand, results, scene)
    }

    /// The states in which the table allows the leaf; nil when the leaf does not look at them.
    var states: [OpState]? {
        guard case .state(let row) = demand else { return nil }
        let marks = Array(row.filter { $0 != " " })
        return OpState.allCases.filter { marks[Int($0.rawValue)] == "x" }
    }

    /// - SeeAlso: ABI Reference, "SEAMCALL Leaf Functions".
    // swift-format-ignore
    static let all: [LeafRow] = [
        //                               UIR LPP MSPLF
        .init(.vpEnter,          .state("..x x.. ...x.")) { try VPEnter.scene() },
        .init(.mngAddCX,         .state("x.. ... .....")) { try MNGAddCX.scene(pages: 6) },
        .init(.memPageAdd,       .state(".x. ... ....."), results: [.rcx, .rdx]) { try MEMPageAdd.scene() },
        .init(.memSEPTAdd,       .state(".xx x.. xxxx."), results: [.rcx, .rdx]) { try MEMSEPTAdd.scene() },
        .init(.vpAddCX,          .state(".x. ... .x...")) { try VPAddCX.scene() },
        .init(.memPageRelocate,  .state(".xx xxx ..xx."), results: [.rcx, .rdx]) { try MEMPageRelocate.scene() },
        .init(.memPageAug,       .state(".xx x.. ...x."), results: [.rcx, .rdx]) { try MEMPageAug.scene(level: 0) },
        .init(.memRangeBlock,    .state(".xx xxx ..xx."), results: [.rcx, .rdx]) { try MEMRangeBlock.scene(level: 0) },
        .init(.mngKeyConfig,     .sound([.hkidAssigned], else: .lifecycleStateIncorrect)) { try MNGKeyConfig.scene() },
        .init(.mngCreate) { try MNGCreate.scene() },
        .init(.vpCreate,         .state(".x. ... .x...")) { try VPCreate.scene() },
        .init(.mngRd,            .state(".xx xxx xxxxx"), results: [.r8]) { try MNGRd.scene(.mngRd) },
        .init(.memRd,            .state(".xx xxx xxxxx"), results: [.rcx, .rdx, .r8]) { try MEMRdWr.scene(.memRd) },
        .init(.mngWr,            .state(".xx x.. xxxxx"), results: [.r8]) {
            try MNGRd.scene(.mngWr, id: MNGRd.hpLockTimeout)
        },
        .init(.memWr,            .state(".xx x.. xxxxx"), results: [.rcx, .rdx, .r8]) { try MEMRdWr.scene(.memWr) },
        .init(.memPageDemote,    .state(".xx xxx ..xx."), results: [.rcx, .rdx]) { try MEMPageDemote.scene() },
        .init(.mrExtend,         .state(".x. ... ....."), results: [.rcx, .rdx]) { try MRExtend.scene() },
        .init(.mrFinalize,       .state(".x. ... .....")) { try MRFinalize.scene() },
        .init(.vpFlush,          .lifecycle([.keysConfigured], else: .tdKeysNotConfigured)) { try VPFlush.scene() },
        .init(.mngVPFlushDone,   .lifecycle([.hkidAssigned, .keysConfigured], else: .lifecycleStateIncorrect)) {
            try MNGVPFlushDone.scene()
        },
        .init(.mngKeyFreeID,     .lifecycle([.blocked], else: .lifecycleStateIncorrect)) { try MNGKeyFreeID.scene() },
        .init(.mngInit,          .state("x.. ... ....."), results: [.rcx]) { try MNGInit.scene() },
        .init(.vpInit,           .state(".x. ... .....")) { try VPInit.scene() },
        .init(.memPagePromote,   .state(".xx xxx ..xx."), results: [.rcx, .rdx]) { try MEMPagePromote.scene() },
        .init(.phymemPageRdMD,   results: [.rcx, .rdx, .r8, .r9, .r10, .r11]) { try PHYMEMPageRdMD.scene() },
        .init(.memSEPTRd,        .state(".xx xxx xxxxx"), results: [.rcx, .rdx]) { try MEMSEPTRd.scene() },
        .init(.vpRd,             .state(".xx xxx xxxxx"), results: [.r8]) { try VPRd.scene(.vpRd) },
        .init(.mngKeyReclaimID) { Scene(.mngKeyReclaimID, on: try .ready(), [:]) },
        .init(.phymemPageReclaim, .lifecycle([.teardown], else: .lifecycleStateIncorrect),
              results: [.rcx, .rdx, .r8, .r9, .r10, .r11]) {
            try PHYMEMPageReclaim.scene(PHYMEMPageReclaim.private4K)
        },
        .init(.memPageRemove,    .state(".xx xxx ..xxx"), results: [.rcx, .rdx]) { try MEMPageRemove.scene(level: 0) },
        .init(.memSEPTRemove,    .state(".xx xxx xxxxx"), results: [.rcx, .rdx]) { try MEMSEPTRemove.scene() },
        .init(.sysKeyConfig) { try SYSKeyConfig.scene() },
        .init(.sysInfo, results: [.rdx, .r9]) { try SYSInfo.scene() },
        .init(.sysInit) { try SYSInit.scene() },
        .init(.sysRd, results: [.rdx, .r8]) { try SYSRd.scene(.sysRd) },
        .init(.sysLPInit, results: [.rcx, .rdx, .r8]) { try SYSLPInit.scene() },
        .init(.sysTDMRInit, results: [.rdx]) { try SYSTDMRInit.scene() },
        .init(.sysRdAll, results: [.r8]) { try SYSRd.scene(.sysRdAll) },
        .init(.memTrack,         .state(".xx xxx xxxx.")) { try MEMTrack.scene() },
        .init(.memRangeUnblock,  .state(".xx xxx ..xx."), results: [.rcx, .rdx]) { try MEMRangeUnblock.scene(level: 0) },
        .init(.phymemCacheWB) { try PHYMEMCacheWB.scene() },
        .init(.phymemPageWBInvd) { try PHYMEMPageWBInvd.scene() },
        .init(.vpWr,             .state(".xx x.. xxxxx"), results: [.r8]) { try VPRd.scene(.vpWr, id: VPRd.vector) },
        .init(.sysLPShutdown) { Scene(.sysLPShutdown, on: try .ready(), [:]) },
        .init(.sysConfig) { try SYSConfig.scene() },
        .init(.servTDBind,       .state("xxx x.. ..xx."), results: [.rcx, .r10, .r11, .r12, .r13]) {
            try ServiceTDTests.scene(.servTDBind)
        },
        .init(.servTDPrebind,    .state("xx. ... .....")) { try ServiceTDTests.scene(.servTDPrebind) },
        .init(.sysShutdown) { try SYSShutdown.scene() },
        .init(.sysUpdate) { try SYSUpdate.scene() },
    ]
}

/// A guest-side leaf and a call of it that succeeds.
struct GuestLeafRow: Sendable {
    let leaf: GuestLeafNumber
    /// Registers that get a result, besides `RAX`.
    let results: Set<GeneralRegister>
    /// `TDG.VP.VMCALL` ends with an exit to the host instead of a status.
    var outcome = GuestOutcome.status(.success)
    let scene: @Sendable () throws -> GuestScene

    // swift-format-ignore
    static let all: [GuestLeafRow] = [
        .init(leaf: .vpVMCall, results: [], outcome: .exit(77, 0xFC00, 0, 0)) { try TDGVPVMCall.scene(0xFC00) },
        .init(leaf: .vpInfo, results: [.rcx, .rdx, .r8, .r9, .r10, .r11]) { try GuestScene(.vpInfo) },
        .init(leaf: .mrRTMRExtend, results: []) { try GuestScene(.mrRTMRExtend, [.rcx: 0x1040, .rdx: 2]) },
        .init(leaf: .vpVEInfoGet, results: [.rcx, .rdx, .r8, .r9, .r10]) {
            let scene = try GuestScene(.vpVEInfoGet)
            scene.machine.module.setVirtualizationException(
                VirtualizationExceptionInformation(exitReason: 10, qualification: 0), scene.vcpu)
            return scene
        },
        .init(leaf: .mrReport, results: []) { try TDGMR.report() },
        .init(leaf: .vpCPUIDVESet, results: []) { try GuestScene(.vpCPUIDVESet, [.rcx: 1]) },
        .init(leaf: .memPageAccept, results: []) { try TDGMEMPageAccept.scene(level: 0) },
        .init(leaf: .vmRd, results: [.r8]) { try GuestScene(.vmRd, [.rcx: 0, .rdx: TDGMetadata.attributes]) },
        .init(leaf: .vmWr, results: [.r8]) {
            try GuestScene(.vmWr, [.rcx: 0, .rdx: TDGMetadata.notify, .r8: 1, .r9: 1])
        },
        .init(leaf: .vpRd, results: [.rdx, .r8]) { try GuestScene(.vpRd, [.rcx: 0, .rdx: 0xA020_0002_0000_0002]) },
        .init(leaf: .vpWr, results: [.r8]) {
            try GuestScene(.vpWr, [.rcx: 0, .rdx: 0xA020_0000_0000_0007, .r8: 1, .r9: 1])
        },
        .init(leaf: .sysRd, results: [.rdx, .r8]) { try GuestScene(.sysRd, [.rdx: 0x0800_0002_0000_0000]) },
        .init(leaf: .sysRdAll, results: [.r8]) { try GuestScene(.sysRdAll, [.rdx: 0x1000, .r8: ~0]) },
        .init(leaf: .servTDRd, results: [.r8]) { try ServiceTDTests.access(.servTDRd) },
        .init(leaf: .servTDWr, results: [.r8]) { try ServiceTDTests.access(.servTDWr) },
        .init(leaf: .mrVerifyReport, results: []) { try TDGMR.verification() },
        .init(leaf: .memPageAttrRd, results: [.rcx, .rdx]) { try GuestScene(.memPageAttrRd, [.rcx: 0x1000]) },
        .init(leaf: .memPageAttrWr, results: []) {
            try GuestScene(.memPageAttrWr, [.rcx: 0x1000, .rdx: 0, .r8: 0])
        },
    ]
}

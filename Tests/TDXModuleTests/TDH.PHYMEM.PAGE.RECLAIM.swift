// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDH.PHYMEM.PAGE.RECLAIM")
struct PHYMEMPageReclaim {
    static let cleared: KeyValuePairs<GeneralRegister, UInt64> = [
        .rcx: 0, .rdx: 0, .r8: 0, .r9: 0, .r10: 0, .r11: 0,
    ]

    /// A page of a TD that has been torn down.
    static func scene(_ page: (Machine, TD) throws -> UInt64) throws -> Scene {
        let machine = try Machine.ready()
        let (tdr, _, _) = machine.runnable()
        let td = try machine.td(at: tdr)
        td.lifecycle = .teardown
        return try Scene(.phymemPageReclaim, on: machine, [.rcx: page(machine, td)])
    }
    static func private4K(_ machine: Machine, _ td: TD) throws -> UInt64 {
        let page = machine.page()
        machine.module.pamt.entry(page).use = .regular(td, blockedAt: 0)
        td.childCount.add(1, ordering: .relaxed)
        return page
    }

    @Test("fails on the first thing that is wrong, and changes nothing")
    func fails() throws {
        try expectFaults(
            Fault.dispatch()
                + Fault.page(.rcx, exclusive: true) { $0.machine.page() }.dropLast() + [
                    Fault("the page is reserved", .pageMetadataIncorrect.at(.rcx)) {
                        $0.registers.rcx = $0.machine.reservedPage()
                    }.variant()
                ], failing: Self.cleared
        ) { try Self.scene(Self.private4K) }
    }

    @Test("fails after it has found the page, and tells what it is")
    func failsTelling() throws {
        @Sendable func owner(_ scene: Scene) throws -> TD {
            try #require(scene.machine.module.pamt.entry(scene.registers.rcx).found.use.owner)
        }
        let faults = [
            Fault("the TDR is locked", .operandBusy.at(.tdr)) {
                guard try owner($0).entry.tryLock(exclusively: true) else { throw SceneError.busy }
            },
            Fault("the TD has its key", .lifecycleStateIncorrect) {
                try owner($0).lifecycle = .keysConfigured
            },
            Fault("the key is assigned", .lifecycleStateIncorrect) { try owner($0).lifecycle = .hkidAssigned }
                .variant(),
            Fault("the key is blocked", .lifecycleStateIncorrect) { try owner($0).lifecycle = .blocked }
                .variant(),
        ]
        let tdr = Machine.tdmr
        try expectFaults(
            faults, failing: [.rcx: 3, .rdx: tdr, .r8: 0, .r9: 0, .r10: 0, .r11: 0]
        ) { try Self.scene(Self.private4K) }
        let large: (Machine, TD) throws -> UInt64 = { machine, td in
            let page = machine.largePage()
            machine.module.pamt.entry(page).largeUse = .regular(td, blockedAt: 0)
            td.childCount.add(512, ordering: .relaxed)
            return page
        }
        try expectFaults(
            [
                Fault("the address is inside", .operandInvalid.at(.rcx)) { $0.registers.rcx += 0x3000 }
            ] + faults, failing: [.rcx: 3, .rdx: tdr, .r8: 1, .r9: 0, .r10: 0, .r11: 0]
        ) { try Self.scene(large) }
        try expectFaults(
            [
                Fault("the TD has its key", .lifecycleStateIncorrect) { scene in
                    try scene.td(scene.registers.rcx).lifecycle = .blocked
                },
                Fault("pages of the TD are left", .tdAssociatedPagesExist) { scene in
                    try scene.td(scene.registers.rcx).childCount.store(1, ordering: .relaxed)
                },
            ], failing: [.rcx: 4, .rdx: 0, .r8: 0, .r9: 0, .r10: 0, .r11: 0]
        ) {
            try Self.scene { _, td in
                td.childCount.store(0, ordering: .relaxed)
                return td.tdr
            }
        }
    }

    @Test("gives back every page of a TD in any order, the TDR last", arguments: 1...4 as ClosedRange<UInt64>)
    func everyPage(seed: UInt64) throws {
        let machine = try Machine.ready()
        let (tdr, tdvpr, _) = machine.runnable()
        let scene = Scene(.phymemPageReclaim, on: machine, [:])
        let large = machine.largePage()
        #expect(machine.call(.memPageAug, rcx: 0x20_0001, rdx: tdr, r8: large).status == .success)
        #expect(machine.call(.vpFlush, rcx: tdvpr).status == .success)
        let pages = machine.pages.filter { page in
            let use = machine.module.pamt.entry(page).found.use
            return use.owner != nil && (page < large || page == large)
        }
        for page in pages + [tdr] {
            #expect(machine.call(.phymemPageReclaim, rcx: page).status == .lifecycleStateIncorrect)
        }
        #expect(machine.call(.mngVPFlushDone, rcx: tdr).status == .success)
        #expect(machine.call(.phymemCacheWB).status == .success)
        #expect(machine.call(.mngKeyFreeID, rcx: tdr).status == .success)
        // The key is free again, before the pages are.
        #expect(machine.call(.mngCreate, rcx: machine.page(), rdx: Machine.key).status == .success)
        var random = Seeded(state: seed)
        for page in pages.shuffled(using: &random) {
            #expect(machine.call(.phymemPageReclaim, rcx: tdr).status == .tdAssociatedPagesExist)
            let before = machine.call(.phymemPageRdMD, rcx: page).registers
            scene.registers.rcx = page
            let isLarge = page == large
            // With its TDVPR a vCPU disappears, and with it all that is to be seen of it.
            let result =
                page == tdvpr
                ? scene.call()
                : expectEffects(
                    scene,
                    (isLarge ? [page, page + 0x3000, page + 0x1F_F000] : [page]).map(Snapshot.use)
                        + [Snapshot.td(tdr, "CHLDCNT")])
            #expect(result.status == .success)
            #expect(result.registers.rcx == before.rcx)
            #expect(result.registers.rdx == tdr)
            #expect(result.registers.r8 == (isLarge ? 1 : 0))
            #expect(result.registers.r9 == 0 && result.registers.r10 == 0 && result.registers.r11 == 0)
        }
        let last = machine.call(.phymemPageReclaim, rcx: tdr)
        #expect(last.status == .success)
        #expect(last.registers.rcx == 4 && last.registers.rdx == 0)
        #expect(machine.call(.phymemPageReclaim, rcx: tdr).status == .pageMetadataIncorrect.at(.rcx))
    }
}

// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDH.MEM.PAGE.AUG")
struct MEMPageAug {
    static let states: [OpState] = [.initialized, .runnable, .liveExport, .liveImport]

    static func scene(level: UInt64) throws -> Scene {
        let machine = try Machine.ready()
        let (tdr, _, _) = machine.runnable()
        return Scene(
            .memPageAug, on: machine,
            [
                .rcx: level == 0 ? 0x2000 : 0x20_0001, .rdx: tdr,
                .r8: level == 0 ? machine.page() : machine.largePage(),
            ])
    }

    private static func faults(level: Int) -> [Fault] {
        Fault.dispatch() + Fault.tdr(.rdx, exclusive: false) + Fault.state(.rdx, in: states)
            + Fault.pageInfo(levels: 0...1)
            + Fault.walk(treeExclusive: false, missing: level == 0 ? 0x20_0000 : 0x4000_0001)
            + Fault.entryStates(of: "TDH.MEM.PAGE.AUG", level: level)
    }

    @Test("fails on the first thing that is wrong, and changes nothing")
    func fails() throws {
        try expectFaults(
            Self.faults(level: 0) + Fault.newPage(.r8), failing: [.rcx: 0, .rdx: 0]
        ) { try Self.scene(level: 0) }
    }

    @Test("fails for 2 MiB on the first thing that is wrong, and changes nothing")
    func failsLarge() throws {
        let pages = [
            Fault("R8 is not aligned to 2 MiB", .operandInvalid.at(.r8)) { $0.registers.r8 |= 0x10_0000 },
            Fault("R8 has a KeyID", .operandInvalid.at(.r8)) { $0.registers.r8 |= Machine.key << 46 },
            Fault("R8 is outside the TDMRs", .operandAddrRangeError.at(.r8)) { $0.registers.r8 = 0x20_0000 },
            Fault("a page of R8 is locked", .operandBusy.at(.r8)) { scene in
                let entry = scene.machine.module.pamt.entry(scene.registers.r8 + 0x5000)
                guard entry.tryLock(exclusively: false) else { throw SceneError.busy }
            },
            Fault("a page of R8 is used", .pageMetadataIncorrect.at(.r8)) { scene in
                scene.machine.module.pamt.entry(scene.registers.r8 + 0x1F_F000).use = .reserved
            },
            Fault("R8 is used as a whole", .pageMetadataIncorrect.at(.r8)) {
                $0.registers.r8 = $0.machine.usedLargePage()
            },
        ]
        try expectFaults(Self.faults(level: 1) + pages, failing: [.rcx: 0, .rdx: 0]) {
            try Self.scene(level: 1)
        }
    }

    @Test(
        "maps a pending page whose contents stay as they are", arguments: [SEPTState.free, .removed], 0...1)
    func effects(state: SEPTState, level: Int) throws {
        let scene = try Self.scene(level: UInt64(level))
        let (tdr, page) = (scene.registers.rdx, scene.registers.r8)
        try scene.place(state, at: scene.mapping.address, level: level)
        let table = try scene.slot(scene.mapping.address, level: level).address & ~0xFFF
        let count = try scene.td.childCount.load(ordering: .relaxed)
        let inside = level == 0 ? [page] : [page, page + 0x3000, page + 0x1F_F000]
        let result = expectEffects(
            scene, [Snapshot.td(tdr, "CHLDCNT"), Snapshot.contents(table)] + inside.map(Snapshot.use))
        #expect(result.registers.rcx == 0 && result.registers.rdx == 0)
        #expect(
            try scene.entry(scene.mapping.address, level: level) == EntryState.of(.pending).entry(page))
        for page in inside { #expect(scene.metadata(page) == [3, tdr, UInt64(level), 0]) }
        #expect(try scene.td.childCount.load(ordering: .relaxed) == count + (level == 0 ? 1 : 512))
    }
}

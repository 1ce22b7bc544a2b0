// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDH.MEM.SEPT.ADD")
struct MEMSEPTAdd {
    static let states: [OpState] = [
        .initialized, .runnable, .liveExport, .memoryImport, .stateImport, .postImport, .liveImport,
    ]

    /// The table of the second 2 MiB is to be added.
    static func scene(version: UInt64 = 0, flags: UInt64 = 0) throws -> Scene {
        let machine = try Machine.ready()
        let tdr = machine.td()
        machine.addTables(tdr, 0, down: 2)
        return Scene(
            .memSEPTAdd, on: machine, version: version,
            [.rcx: 0x20_0001, .rdx: tdr | flags, .r8: machine.page()])
    }

    static let faults =
        Fault.dispatch(versions: 1) + Fault.reservedInTDR() + Fault.tdr(.rdx, exclusive: false)
        + Fault.state(.rdx, flags: 1, in: states) + Fault.pageInfo(levels: 1...3)
        + Fault.walk(treeExclusive: false, missing: 0x80_0000_0001)

    @Test("fails on the first thing that is wrong, and changes nothing", arguments: [0, 1] as [UInt64])
    func fails(version: UInt64) throws {
        let faults =
            Self.faults
            + Fault.entryStates(of: "TDH.MEM.SEPT.ADD", level: 1, except: [.nonLeafMapped])
            + Fault.newPage(.r8)
        // The order of checks is the same in both versions.
        try expectFaults(
            version == 0 ? faults : faults.map { $0.variant() }, failing: [.rcx: 0, .rdx: 0]
        ) { try Self.scene(version: version) }
    }

    @Test("with ALLOW_EXISTING, refuses every entry but a free one and a table")
    func allowingExisting() throws {
        try expectFaults(
            Fault.entryStates(of: "TDH.MEM.SEPT.ADD", level: 1).map { $0.variant() },
            failing: [.rcx: 0, .rdx: 0]
        ) { try Self.scene(flags: 1) }
    }

    @Test(
        "makes the page a table of free entries, at every level", arguments: [0, 1] as [UInt64], 1...3)
    func effects(version: UInt64, level: Int) throws {
        let machine = try Machine.ready()
        let tdr = machine.td()
        if level < 3 { machine.addTables(tdr, 0, down: level + 1) }
        let page = machine.page()
        machine.memory.write(PhysicalAddress(page), [UInt8](repeating: 0xEE, count: 4096))
        let scene = Scene(
            .memSEPTAdd, on: machine, version: version,
            [.rcx: UInt64(level), .rdx: tdr, .r8: page | 1 << 63])
        let parent = try scene.slot(0, level: level).address & ~0xFFF
        let result = expectEffects(
            scene,
            [
                Snapshot.td(tdr, "CHLDCNT"), Snapshot.use(page), Snapshot.contents(page),
                Snapshot.contents(parent),
            ])
        #expect(result.registers.rcx == 0 && result.registers.rdx == 0)
        #expect(result.registers.r8 == (version == 0 ? page | 1 << 63 : ~0))
        #expect(try scene.entry(0, level: level) == 1 << 63 | page | 7)
        #expect(scene.metadata(page) == [8, tdr, 0, 0])
        for index in 0..<512 as Range<UInt64> {
            let entry: UInt64 = machine.memory.load(PhysicalAddress(page + 8 * index | Machine.key << 46))
            #expect(entry == 0x80E0_0000_0000_0000)
        }
    }

    @Test(
        "with ALLOW_EXISTING, leaves a table as it is and gives the page back", arguments: [0, 1] as [UInt64])
    func existing(version: UInt64) throws {
        let scene = try Self.scene(version: version, flags: 1)
        try scene.place(.nonLeafMapped, at: 0x20_0000, level: 1)
        let result = expectEffects(scene, [])
        #expect(result.registers.r8 == scene.registers.r8 | version << 63)
        #expect(scene.metadata(scene.registers.r8)[0] == 0)
        scene.registers.r8 = ~0
        #expect(expectEffects(scene, []).registers.r8 == ~0)
    }

    @Test("in version 1, needs a page when there is no table")
    func noPage() throws {
        let scene = try Self.scene(version: 1, flags: 1)
        scene.registers.r8 = ~0
        #expect(scene.call().status == .operandInvalid.at(.r8))
    }
}

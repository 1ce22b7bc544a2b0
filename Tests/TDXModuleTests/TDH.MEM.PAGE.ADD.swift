// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDH.MEM.PAGE.ADD")
struct MEMPageAdd {
    static func scene() throws -> Scene {
        let machine = try Machine.ready()
        let tdr = machine.td()
        machine.addTables(tdr, 0x1000)
        machine.memory.write(
            PhysicalAddress(machine.scratch), (0..<4096).map { UInt8(truncatingIfNeeded: $0 * 7) })
        return Scene(
            .memPageAdd, on: machine,
            [.rcx: 0x1000, .rdx: tdr, .r8: machine.page(), .r9: machine.scratch])
    }

    @Test("fails on the first thing that is wrong, and changes nothing")
    func fails() throws {
        try expectFaults(
            Fault.dispatch() + Fault.tdr(.rdx, exclusive: true) + Fault.state(.rdx, in: [.initialized])
                + Fault.pageInfo(levels: 0...0) + Fault.walk(treeExclusive: nil, missing: 0x20_0000)
                + Fault.entryStates(of: "TDH.MEM.PAGE.ADD")
                + Fault.sharedPage(.r9, alignment: 4096) + Fault.newPage(.r8),
            failing: [.rcx: 0, .rdx: 0], Self.scene)
    }

    @Test("maps a copy of the source, counts it, and measures where it is")
    func effects() throws {
        let scene = try Self.scene()
        let (tdr, page) = (scene.registers.rdx, scene.registers.r8)
        let table = try scene.slot(0x1000, level: 0).address & ~0xFFF
        let result = expectEffects(
            scene,
            [
                Snapshot.td(tdr, "CHLDCNT"), Snapshot.td(tdr, "measurement"), Snapshot.use(page),
                Snapshot.contents(page), Snapshot.contents(table),
            ])
        #expect(result.registers.rcx == 0 && result.registers.rdx == 0)
        #expect(try scene.entry(0x1000, level: 0) == EntryState.of(.mapped).entry(page))
        #expect(scene.metadata(page) == [3, tdr, 0, 0])
        let source = scene.machine.memory.read(PhysicalAddress(scene.registers.r9), count: 4096)
        let memory = scene.machine.memory
        #expect(memory.read(PhysicalAddress(page | Machine.key << 46), count: 4096) == source)
        #expect(memory.read(PhysicalAddress(page), count: 4096) != source)
        // SHA-384 of "MEM.PAGE.ADD", the address 0x1000 at offset 16, and zeros, 128 bytes in all.
        #expect(
            try scene.td.measurement.digest().description
                == "fcdabf6fdf38b87d2e3a89b1ab68c242abb261dffa70ef6f1dc2220c2752d2729cdf1be92afc2e0e4297f04e2b629552"
        )
    }

    @Test("takes the source with a KeyID of the host's")
    func hostKey() throws {
        let scene = try Self.scene()
        scene.registers.r9 |= 31 << 46
        #expect(scene.call().status == .success)
    }
}

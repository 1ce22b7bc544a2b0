// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDH.MEM.PAGE.RELOCATE")
struct MEMPageRelocate {
    static func scene(_ state: SEPTState = .blocked) throws -> Scene {
        let machine = try Machine.ready()
        let (tdr, _, _) = machine.runnable()
        let scene = Scene(
            .memPageRelocate, on: machine, [.rcx: 0x2000, .rdx: tdr, .r8: machine.page()])
        let page = try scene.place(state, at: 0x2000)
        machine.memory.write(
            PhysicalAddress(page | Machine.key << 46), (0..<4096).map { UInt8(truncatingIfNeeded: $0 * 3) })
        #expect(machine.call(.memTrack, rcx: tdr).status == .success)
        return scene
    }

    @Test("fails on the first thing that is wrong, and changes nothing")
    func fails() throws {
        let unblocked = EntryState.all.filter {
            $0.isLeaf && !$0.isBlocked && $0.state != .exportedBlockedW
                && $0.state != .pendingExportedBlockedW
        }
        try expectFaults(
            Fault.dispatch() + Fault.tdr(.rdx, exclusive: false)
                + Fault.state(.rdx, in: MEMRangeBlock.states) + Fault.pageInfo(levels: 0...0)
                + Fault.walk(treeExclusive: false, missing: 0x20_0000)
                + Fault.entryStates(of: "TDH.MEM.PAGE.RELOCATE")
                + Fault.tracking(level: 0, unblocked: unblocked.map(\.state), blocked: .blocked) + [
                    Fault("R8 is the page itself", .operandInvalid.at(.r8)) {
                        $0.registers.r8 = try $0.entry(0x2000, level: 0) & 0x3FFF_FFFF_F000
                    }
                ] + Fault.newPage(.r8), failing: [.rcx: 0, .rdx: 0]
        ) { try Self.scene() }
    }

    @Test(
        "moves contents, mapping and use, and unblocks; a pending page has no contents",
        arguments: [(.blocked, .mapped), (.pendingBlocked, .pending)] as [(SEPTState, SEPTState)])
    func effects(states: (SEPTState, SEPTState)) throws {
        let scene = try Self.scene(states.0)
        let (tdr, new) = (scene.registers.rdx, scene.registers.r8)
        let old = try scene.entry(0x2000, level: 0) & 0x3FFF_FFFF_F000
        let table = try scene.slot(0x2000, level: 0).address & ~0xFFF
        let vcpu = try #require(scene.td.vcpus.first)
        let result = expectEffects(
            scene,
            [
                Snapshot.use(old), Snapshot.use(new), Snapshot.contents(table),
                Snapshot.vcpu(vcpu.tdvpr, "requests"),
            ] + (states.1 == .mapped ? [Snapshot.contents(new)] : []))
        #expect(result.registers.rcx == old && result.registers.rdx == 0)
        #expect(try scene.entry(0x2000, level: 0) == EntryState.of(states.1).entry(new))
        #expect(scene.metadata(old) == [0, 0, 0, 0])
        #expect(scene.metadata(new) == [3, tdr, 0, 0])
        guard states.1 == .mapped else { return }
        #expect(
            scene.machine.memory.read(PhysicalAddress(new | Machine.key << 46), count: 4096)
                == (0..<4096).map { UInt8(truncatingIfNeeded: $0 * 3) })
    }
}

// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDH.MEM.RD and TDH.MEM.WR")
struct MEMRdWr {
    /// A page of a TD under debug, whose bytes are the low bytes of their addresses.
    static func scene(_ leaf: HostLeafNumber, level: Int = 0, _ state: SEPTState = .mapped) throws -> Scene {
        let machine = try Machine.ready()
        var parameters = Machine.parameters
        parameters.attributes |= TDAttributes.debug.rawValue
        let tdr = machine.td(parameters)
        machine.addTables(tdr, 0x1000)
        let scene = Scene(leaf, on: machine, [.rdx: tdr, .r8: 0x1122_3344_5566_7788])
        scene.registers.rcx = level == 0 ? 0x2000 : 0x20_0000
        let page = try scene.place(state, at: scene.registers.rcx, level: level)
        scene.registers.rcx += level == 0 ? 0xF38 : 0x3F38
        machine.memory.write(
            PhysicalAddress(
                page | scene.registers.rcx & (level == 0 ? 0xFFF : 0x1F_FFFF) | Machine.key << 46),
            [1, 2, 3, 4, 5, 6, 7, 8])
        return scene
    }

    static let cases: [(HostLeafNumber, String)] = [(.memRd, "TDH.MEM.RD"), (.memWr, "TDH.MEM.WR")]

    @Test("fail on the first thing that is wrong, and change nothing", arguments: cases)
    func fails(leaf: HostLeafNumber, name: String) throws {
        let refused: Set<OpState> =
            leaf == .memRd ? [.uninitialized] : [.uninitialized, .pausedExport, .postExport]
        func address(_ name: String, _ bits: UInt64) -> Fault {
            Fault("RCX \(name)", .operandInvalid.at(.rcx)) { $0.registers.rcx |= bits }
        }
        let faults: [Fault] = [
            Fault("the TD is not under debug", .tdNonDebug) { try $0.td.attributes &= ~1 },
            address("is not aligned", 4), address("is shared", 1 << 47).variant(),
            address("is too wide", 1 << 48).variant(), address("has bit 63", 1 << 63).variant(),
            Fault("the Secure EPT tree is locked", .operandBusy.at(.septTree)) {
                guard try $0.td.septTreeLock.tryHolding() else { throw SceneError.busy }
            },
            Fault("there is no table", .eptEntryNotPresent.at(.rcx)) { $0.registers.rcx = 0x4000_0000 }
                .showing(level: 0),
            Fault("there is no page", .eptEntryNotPresent.at(.rcx)) { $0.registers.rcx = 0x5000 }
                .showing(level: 0),
        ]
        let states = EntryState.all.filter { $0.isLeaf && !EntryState.allowed(name).contains($0.state) }
            .map { state in
                Fault("the page is \(state.name)", .eptEntryStateIncorrect.at(.rcx)) {
                    try $0.place(state.state, at: 0x2000)
                }.showing(level: 0)
            }
        try expectFaults(
            Fault.dispatch() + Fault.tdr(.rdx, exclusive: false)
                + Fault.state(.rdx, in: OpState.allCases.filter { !refused.contains($0) }) + faults + states,
            failing: [.rcx: 0, .rdx: 0, .r8: 0]
        ) { try Self.scene(leaf) }
    }

    @Test("TDH.MEM.RD reads 8 bytes in every state in which it may", arguments: EntryState.all, 0...1)
    func reads(state: EntryState, level: Int) throws {
        guard EntryState.allowed("TDH.MEM.RD").contains(state.state) else { return }
        let scene = try Self.scene(.memRd, level: level, state.state)
        let result = expectEffects(scene, [])
        #expect(result.registers.r8 == 0x0807_0605_0403_0201)
        #expect(result.registers.rcx == 0 && result.registers.rdx == 0)
    }

    @Test(
        "TDH.MEM.WR writes 8 bytes and gives those before", arguments: [SEPTState.mapped, .exportedDirty],
        0...1)
    func writes(state: SEPTState, level: Int) throws {
        let scene = try Self.scene(.memWr, level: level, state)
        let page = try scene.entry(scene.registers.rcx, level: level) & 0x3FFF_FFFF_F000
        let offset: UInt64 = level == 0 ? 0 : 0x3000
        let result = expectEffects(scene, [Snapshot.contents(page + offset)])
        #expect(result.registers.r8 == 0x0807_0605_0403_0201)
        let place = PhysicalAddress(page + offset + 0xF38 | Machine.key << 46)
        #expect(scene.machine.memory.load(place) as UInt64 == scene.registers.r8)
    }
}

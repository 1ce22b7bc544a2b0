// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDH.MEM.SEPT.RD")
struct MEMSEPTRd {
    static func scene(_ parameters: TDParams = Machine.parameters) throws -> Scene {
        let machine = try Machine.ready()
        let tdr = machine.td(parameters)
        machine.addTables(tdr, 0x1000)
        return Scene(.memSEPTRd, on: machine, [.rcx: 0x1000, .rdx: tdr])
    }

    @Test("fails on the first thing that is wrong, and changes nothing")
    func fails() throws {
        let states = OpState.allCases.filter { $0 != .uninitialized }
        let secondLevel = Fault("attributes of nested VMs are asked for", .operandInvalid.at(.rdx)) {
            $0.registers.rdx |= 1
        }
        try expectFaults(
            Fault.dispatch() + Fault.reservedInTDR() + Fault.tdr(.rdx, exclusive: false)
                + Fault.state(.rdx, flags: 1, in: states) + [secondLevel] + Fault.pageInfo(levels: 0...3) + [
                    Fault("the Secure EPT tree is locked", .operandBusy.at(.septTree)) {
                        guard try $0.td.septTreeLock.tryHolding() else { throw SceneError.busy }
                    },
                    Fault("the walk ends early", .eptWalkFailed.at(.rcx)) { $0.registers.rcx = 0x20_0000 }
                        .showing(),
                ], failing: [.rcx: 0, .rdx: 0]
        ) { try Self.scene() }
    }

    @Test("shows an entry of every state, and changes nothing", arguments: EntryState.all, 0...1)
    func shows(state: EntryState, level: Int) throws {
        let scene = try Self.scene()
        guard level > 0 || !state.isNonLeaf else { return }
        scene.registers.rcx = level == 0 ? 0x1000 : 0x20_0001
        let page = try scene.place(state.state, at: scene.mapping.address, level: level)
        let result = expectEffects(scene, [])
        #expect(result.registers.rdx == UInt64(level) | state.number << 8)
        let image: UInt64 =
            state.isLeaf ? 0xF0 | state.permissions | page : state.isNonLeaf ? state.permissions : 0
        #expect(result.registers.rcx == 1 << 63 & ~(state.isNonLeaf ? 1 << 63 : 0) | image)
        #expect(result.registers.r8 == scene.registers.r8)
    }

    @Test("hides how much of a large pending page has been accepted")
    func progress() throws {
        let scene = try Self.scene()
        let page = try scene.place(.pending, at: 0x20_0000, level: 1)
        try scene.setEntry(0x20_0000, level: 1, EntryState.of(.pending).entry(page | 0x7_F000))
        scene.registers.rcx = 0x20_0001
        #expect(scene.call().registers.rcx == 1 << 63 | 0xF0 | page)
    }

    @Test("shows the attributes of nested VMs, of which there are none, in a TD under debug")
    func debugged() throws {
        var parameters = Machine.parameters
        parameters.attributes |= TDAttributes.debug.rawValue
        let scene = try Self.scene(parameters)
        scene.registers.rdx |= 1
        #expect(expectEffects(scene, []).registers.r8 == 0)
    }
}

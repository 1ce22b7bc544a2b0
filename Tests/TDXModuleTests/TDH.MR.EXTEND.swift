// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDH.MR.EXTEND")
struct MRExtend {
    static func scene() throws -> Scene {
        let machine = try Machine.ready()
        let tdr = machine.td()
        machine.addTables(tdr, 0x1000)
        machine.add(tdr, 0x1000, (0..<4096).map { UInt8(truncatingIfNeeded: $0 / 256 &+ $0) })
        return Scene(.mrExtend, on: machine, [.rcx: 0x1300, .rdx: tdr])
    }

    @Test("fails on the first thing that is wrong, and changes nothing")
    func fails() throws {
        func address(_ name: String, _ bits: UInt64) -> Fault {
            Fault("RCX \(name)", .operandInvalid.at(.rcx)) { $0.registers.rcx |= bits }
        }
        let states = EntryState.all.filter { $0.isLeaf && $0.state != .mapped }.map { state in
            Fault("the page is \(state.name)", .eptEntryNotPresent) { try $0.place(state.state, at: 0x1000) }
        }
        try expectFaults(
            Fault.dispatch() + Fault.tdr(.rdx, exclusive: true) + Fault.state(.rdx, in: [.initialized]) + [
                address("is not aligned", 0x80), address("has bit 0", 1).variant(),
                address("is shared", 1 << 47).variant(), address("is too wide", 1 << 48).variant(),
                Fault("there is no table", .eptEntryNotPresent.at(.rcx)) { $0.registers.rcx = 0x4000_0000 }
                    .showing(level: 0),
                Fault("there is no page", .eptEntryNotPresent.at(.rcx)) { $0.registers.rcx = 0x5000 }
                    .showing(level: 0),
            ] + states, failing: [.rcx: 0, .rdx: 0], Self.scene)
    }

    @Test("measures the address and 256 bytes, and changes nothing else")
    func effects() throws {
        let scene = try Self.scene()
        let tdr = scene.registers.rdx
        let result = expectEffects(scene, [Snapshot.td(tdr, "measurement")])
        #expect(result.registers.rcx == 0 && result.registers.rdx == 0)
        // Made with another program from the records of the specification.
        #expect(
            try scene.td.measurement.digest().description
                == "669f30a08307815c60436a6669e0d13ef29fbe22f9f7c7fe03c7c204cb771ca43bc2271e4e042cbd8cb27d5c8f712a8a"
        )
    }
}

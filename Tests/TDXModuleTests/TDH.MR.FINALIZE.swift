// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDH.MR.FINALIZE")
struct MRFinalize {
    static func scene() throws -> Scene {
        let machine = try Machine.ready()
        let tdr = machine.td()
        _ = machine.vcpu(tdr)
        return Scene(.mrFinalize, on: machine, [.rcx: tdr])
    }

    @Test("fails on the first thing that is wrong, and changes nothing")
    func fails() throws {
        try expectFaults(
            Fault.dispatch() + Fault.tdr(.rcx, exclusive: true) + Fault.state(.rcx, in: [.initialized]) + [
                Fault("there are no vCPUs", .noVCPUs) { try $0.td($0.registers.rcx).numVCPUs = 0 }
            ], Self.scene)
    }

    @Test("makes MRTD of what was measured, and the TD runnable")
    func effects() throws {
        let scene = try Self.scene()
        let td = try scene.td(scene.registers.rcx)
        let result = expectEffects(
            scene, [Snapshot.td(td.tdr, "OP_STATE"), Snapshot.td(td.tdr, "measurement")])
        #expect(result.registers.rcx == scene.registers.rcx)
        #expect(td.opState == .runnable)
        // SHA-384 of nothing: neither TDH.MNG.INIT nor the vCPUs are measured.
        #expect(td.mrTD.description.hasPrefix("38b060a751ac96384cd9327eb1b1e36a21fdb71114be0743"))
        #expect(td.serviceTDHash == .zero)
        #expect(scene.call().status == .opStateIncorrect)
    }
}

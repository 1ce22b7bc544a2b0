// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDH.MEM.TRACK")
struct MEMTrack {
    static func scene() throws -> Scene {
        let machine = try Machine.ready()
        let (tdr, _, _) = machine.runnable()
        return Scene(.memTrack, on: machine, [.rcx: tdr])
    }

    @Test("fails on the first thing that is wrong, and changes nothing")
    func fails() throws {
        let states = OpState.allCases.filter { $0 != .uninitialized && $0 != .failedImport }
        try expectFaults(
            Fault.dispatch() + Fault.tdr(.rcx, exclusive: false) + Fault.state(.rcx, in: states) + [
                Fault("the epoch is locked", .operandBusy.at(.tdEpoch)) {
                    guard try $0.td($0.registers.rcx).epochLock.trySharing() else { throw SceneError.busy }
                },
                Fault("a vCPU of the epoch before is inside", .previousTLBEpochBusy) { scene in
                    let td = try scene.td(scene.registers.rcx)
                    td.addReference(td.epoch.load(ordering: .relaxed) &- 1, 1)
                },
            ], Self.scene)
    }

    @Test("begins an epoch")
    func effects() throws {
        let scene = try Self.scene()
        let td = try scene.td(scene.registers.rcx)
        #expect(td.epoch.load(ordering: .relaxed) == 1)
        for epoch in 2...5 as ClosedRange<UInt64> {
            expectEffects(scene, [Snapshot.td(td.tdr, "TD_EPOCH")])
            #expect(td.epoch.load(ordering: .relaxed) == epoch)
        }
    }

    @Test("lets vCPUs of this epoch stay, of the one before not; one that leaves and enters is of this one")
    func epochs() throws {
        let machine = try Machine.ready()
        let tdr = machine.td()
        let vcpus = [machine.vcpu(tdr, id: 0), machine.vcpu(tdr, id: 1)]
        #expect(machine.call(.vpFlush, rcx: vcpus[1]).status == .success)
        #expect(machine.call(.mrFinalize, rcx: tdr).status == .success)
        func track() -> TDXStatus { machine.call(.memTrack, rcx: tdr).status }
        let interrupt = VMExit(.externalInterrupt, interruptionInformation: 0x8000_0020)
        let first = try #require(machine.enter(vcpus[0], on: 0))
        #expect(track() == .success)
        #expect(track() == .previousTLBEpochBusy)
        _ = try #require(machine.enter(vcpus[1], on: 1))
        #expect(track() == .previousTLBEpochBusy)
        _ = machine.leave(interrupt, on: 0)
        #expect(track() == .success)
        #expect(track() == .previousTLBEpochBusy)
        let flushes = first.flushes
        _ = try #require(machine.enter(vcpus[0], on: 0))
        #expect(first.flushes == flushes + 1)
        _ = machine.leave(interrupt, on: 1)
        #expect(track() == .success)
        _ = machine.leave(interrupt, on: 0)
        // Entered again in the epoch in which it left: nothing to flush.
        _ = try #require(machine.enter(vcpus[0], on: 0))
        #expect(first.flushes == flushes + 2)
        _ = machine.leave(interrupt, on: 0)
        _ = try #require(machine.enter(vcpus[0], on: 0))
        #expect(first.flushes == flushes + 2)
    }
}

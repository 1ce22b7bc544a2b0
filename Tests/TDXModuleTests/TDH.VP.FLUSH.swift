// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDH.VP.FLUSH")
struct VPFlush {
    static func scene() throws -> Scene {
        let machine = try Machine.ready()
        return Scene(.vpFlush, on: machine, [.rcx: machine.runnable().tdvpr])
    }

    @Test("fails on the first thing that is wrong, and changes nothing")
    func fails() throws {
        func lifecycle(_ lifecycle: Lifecycle) -> Fault {
            Fault("the TD is \(lifecycle)", .tdKeysNotConfigured) {
                try $0.vcpu($0.registers.rcx).td.lifecycle = lifecycle
            }
        }
        try expectFaults(
            Fault.dispatch() + Fault.tdvpr(.rcx, exclusive: true) + [
                lifecycle(.hkidAssigned), lifecycle(.blocked).variant(), lifecycle(.teardown).variant(),
                Fault("the vCPU is on another processor", .vcpuNotAssociated) { $0.processor = 1 },
                Fault("the vCPU is on no processor", .vcpuNotAssociated) {
                    try $0.vcpu($0.registers.rcx).dissociate()
                }.variant(),
            ], Self.scene)
    }

    @Test("takes the vCPU off the processor, with its translations")
    func effects() throws {
        let scene = try Self.scene()
        let vcpu = try scene.vcpu(scene.registers.rcx)
        let before = Snapshot(scene.machine)
        let result = scene.call()
        #expect(result.status == .success)
        #expect(result.registers.rcx == vcpu.tdvpr)
        #expect(vcpu.associatedProcessor == nil)
        #expect(vcpu.td.numAssociatedVCPUs.load(ordering: .relaxed) == 0)
        #expect((vcpu.processor as? FakeProcessor)?.flushes == 1)
        let changes = Snapshot(scene.machine).changes(since: before)
        #expect(changes.count == 3, "\(changes)")
        #expect(scene.call().status == .vcpuNotAssociated)
        #expect(scene.machine.enter(vcpu.tdvpr, on: 1) != nil)
    }

    @Test(
        "asks neither for the TD's health nor for its state nor for the vCPU's", arguments: OpState.allCases)
    func tolerates(state: OpState) throws {
        let scene = try Self.scene()
        let vcpu = try scene.vcpu(scene.registers.rcx)
        vcpu.td.isFatal = true
        vcpu.td.opState = state
        vcpu.state = .disabled
        #expect(scene.call().status == .success)
    }
}

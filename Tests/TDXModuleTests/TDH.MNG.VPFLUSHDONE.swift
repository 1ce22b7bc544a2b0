// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDH.MNG.VPFLUSHDONE")
struct MNGVPFlushDone {
    static func scene(packages: Int = 1) throws -> Scene {
        let machine = try Machine.ready(processors: [0, packages - 1], packages: packages)
        let tdr: UInt64
        if packages == 1 {
            tdr = machine.td()
        } else {
            tdr = machine.page()
            #expect(machine.call(.mngCreate, rcx: tdr, rdx: Machine.key).status == .success)
        }
        return Scene(.mngVPFlushDone, on: machine, [.rcx: tdr])
    }

    @Test("fails on the first thing that is wrong, and changes nothing")
    func fails() throws {
        try expectFaults(
            Fault.dispatch() + Fault.tdr(.rcx, exclusive: true) + [
                .held("the KOT", .operandBusy.at(.kot)) { $0.machine.module.kot.lock },
                Fault("the key is blocked", .lifecycleStateIncorrect) {
                    try $0.td($0.registers.rcx).lifecycle = .blocked
                },
                Fault("the TD is torn down", .lifecycleStateIncorrect) {
                    try $0.td($0.registers.rcx).lifecycle = .teardown
                }.variant(),
                Fault("a vCPU is on a processor", .flushvpNotDone) {
                    try $0.td($0.registers.rcx).numAssociatedVCPUs.add(1, ordering: .relaxed)
                },
            ]
        ) { try Self.scene() }
    }

    @Test("takes the key away; caches of every package may still hold lines of it")
    func effects() throws {
        let scene = try Self.scene(packages: 2)
        let td = try scene.td(scene.registers.rcx)
        let before = Snapshot(scene.machine)
        let result = scene.call()
        #expect(result.status == .success)
        #expect(result.registers.rcx == td.tdr)
        #expect(td.lifecycle == .blocked)
        #expect(scene.machine.module.kot[td.hkid] == .flushed(packages: 3))
        let changes = Snapshot(scene.machine).changes(since: before)
        #expect(changes.count == 2, "\(changes)")
        #expect(scene.call().status == .lifecycleStateIncorrect)
    }

    @Test("asks neither for keys nor for the TD's health")
    func tolerates() throws {
        let scene = try Self.scene()
        try scene.td(scene.registers.rcx).isFatal = true
        #expect(scene.call().status == .success)
        let other = try Self.scene()
        try other.td(other.registers.rcx).lifecycle = .hkidAssigned
        #expect(other.call().status == .success)
    }

    @Test("is possible once the last vCPU has been flushed where it was")
    func vcpus() throws {
        let scene = try Self.scene()
        let first = scene.machine.vcpu(scene.registers.rcx, id: 0)
        let second = scene.machine.vcpu(scene.registers.rcx, id: 1)
        for tdvpr in [first, second] {
            #expect(scene.call().status == .flushvpNotDone)
            #expect(scene.machine.call(.vpFlush, rcx: tdvpr, on: 1).status == .vcpuNotAssociated)
            #expect(scene.machine.call(.vpFlush, rcx: tdvpr).status == .success)
        }
        #expect(scene.call().status == .success)
    }
}

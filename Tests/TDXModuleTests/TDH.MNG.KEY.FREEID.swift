// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDH.MNG.KEY.FREEID")
struct MNGKeyFreeID {
    static func scene() throws -> Scene {
        let machine = try Machine.ready(processors: [0, 1], packages: 2)
        let tdr = machine.page()
        #expect(machine.call(.mngCreate, rcx: tdr, rdx: Machine.key).status == .success)
        #expect(machine.call(.mngVPFlushDone, rcx: tdr).status == .success)
        for processor in 0...1 {
            #expect(machine.call(.phymemCacheWB, rcx: 0, on: processor).status == .success)
        }
        return Scene(.mngKeyFreeID, on: machine, [.rcx: tdr])
    }

    @Test("fails on the first thing that is wrong, and changes nothing")
    func fails() throws {
        try expectFaults(
            Fault.dispatch() + Fault.tdr(.rcx, exclusive: true) + [
                Fault("the key is not configured", .lifecycleStateIncorrect) {
                    try $0.td($0.registers.rcx).lifecycle = .hkidAssigned
                },
                Fault("the key is in use", .lifecycleStateIncorrect) {
                    try $0.td($0.registers.rcx).lifecycle = .keysConfigured
                }.variant(),
                Fault("the TD is torn down", .lifecycleStateIncorrect) {
                    try $0.td($0.registers.rcx).lifecycle = .teardown
                }.variant(),
                .held("the KOT", .operandBusy.at(.kot)) { $0.machine.module.kot.lock },
                Fault("no package has written back", .wbcacheNotComplete) {
                    $0.machine.module.kot[33] = .flushed(packages: 3)
                },
                Fault("one package has not written back", .wbcacheNotComplete) {
                    $0.machine.module.kot[33] = .flushed(packages: 2)
                }.variant(),
            ], Self.scene)
    }

    @Test("frees the key, and the TD's pages can be reclaimed")
    func effects() throws {
        let scene = try Self.scene()
        let td = try scene.td(scene.registers.rcx)
        #expect(
            scene.machine.call(.phymemPageReclaim, rcx: td.tdr).status == .lifecycleStateIncorrect)
        let before = Snapshot(scene.machine)
        let result = scene.call()
        #expect(result.status == .success)
        #expect(result.registers.rcx == td.tdr)
        #expect(td.lifecycle == .teardown)
        #expect(scene.machine.module.kot[33] == .free)
        #expect(Snapshot(scene.machine).changes(since: before).count == 2)
        #expect(scene.machine.call(.mngCreate, rcx: scene.machine.page(), rdx: 33).status == .success)
        #expect(scene.machine.call(.phymemPageReclaim, rcx: td.tdr).status == .success)
    }

    @Test("frees the key of a fatal TD too")
    func fatal() throws {
        let scene = try Self.scene()
        try scene.td(scene.registers.rcx).isFatal = true
        #expect(scene.call().status == .success)
    }
}

@Suite("TDH.MNG.KEY.RECLAIMID")
struct MNGKeyReclaimID {
    @Test("succeeds whatever it is given, and changes nothing")
    func nothing() throws {
        let machine = try Machine.ready()
        let before = Snapshot(machine)
        let scene = Scene(.mngKeyReclaimID, on: machine, [:])
        try expectFaults(Fault.dispatch()) { Scene(.mngKeyReclaimID, on: try .ready(), [:]) }
        let result = scene.call()
        #expect(result.status == .success)
        for register in GeneralRegister.allCases where register != .rax {
            #expect(result.registers[register] == scene.registers[register])
        }
        #expect(Snapshot(machine).changes(since: before) == [])
    }
}

// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDH.MNG.KEY.CONFIG")
struct MNGKeyConfig {
    static func scene(packages: Int = 1) throws -> Scene {
        let machine = try Machine.ready(processors: [0, packages - 1], packages: packages)
        let tdr = machine.page()
        #expect(machine.call(.mngCreate, rcx: tdr, rdx: Machine.key).status == .success)
        return Scene(.mngKeyConfig, on: machine, [.rcx: tdr])
    }

    @Test("fails on the first thing that is wrong, and changes nothing")
    func fails() throws {

        try expectFaults(
            Fault.dispatch() + Fault.tdr(.rcx, exclusive: true) + [
                Fault("the TD is fatal", .tdFatal) { try $0.td($0.registers.rcx).isFatal = true },
                Fault("the key is configured", .lifecycleStateIncorrect) {
                    try $0.td($0.registers.rcx).lifecycle = .keysConfigured
                },
                Fault("the key is blocked", .lifecycleStateIncorrect) {
                    try $0.td($0.registers.rcx).lifecycle = .blocked
                }.variant(),
                Fault("the TD is torn down", .lifecycleStateIncorrect) {
                    try $0.td($0.registers.rcx).lifecycle = .teardown
                }.variant(),
                Fault("the package has the key", .keyConfigured) {
                    try $0.td($0.registers.rcx).packagesConfigured = 1
                },
                .held("the KET", .operandBusy.at(.ket)) { $0.machine.module.system.keyLock },
                Fault("there is no entropy", .keyGenerationFailed) { $0.machine.entropy.isExhausted = true },
            ]
        ) { try Self.scene() }
    }

    @Test("gives the key to one package after another, and the TD can go on with the last")
    func effects() throws {
        let scene = try Self.scene(packages: 2)
        let td = try scene.td(scene.registers.rcx)
        let before = Snapshot(scene.machine)
        #expect(scene.call().status == .success)
        #expect(Snapshot(scene.machine).changes(since: before).count == 1)
        #expect(td.packagesConfigured == 1)
        #expect(td.lifecycle == .hkidAssigned)
        #expect(scene.call().status == .keyConfigured)
        scene.processor = 1
        let result = scene.call()
        #expect(result.status == .success)
        #expect(result.registers.rcx == scene.registers.rcx)
        #expect(td.packagesConfigured == 3)
        #expect(td.lifecycle == .keysConfigured)
        // The packages are not looked at any more.
        #expect(scene.call().status == .lifecycleStateIncorrect)
    }
}

// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDH.SYS.KEY.CONFIG")
struct SYSKeyConfig {
    static func scene(packages: Int = 1) throws -> Scene {
        let machine = try Machine(processors: [0, packages - 1], packages: packages)
        machine.initialize()
        #expect(machine.configure() == .success)
        return Scene(.sysKeyConfig, on: machine, [:])
    }

    @Test("fails on the first thing that is wrong, and changes nothing")
    func fails() throws {
        try expectFaults(
            SYSInit.dispatch + [
                .held("the system", .sysBusy) { $0.machine.module.system.lock },
                Fault("the system is not configured", .sysKeyConfigNotPending) {
                    $0.machine.module.system.state = .initDone
                },
                Fault("the system is ready", .sysKeyConfigNotPending) {
                    $0.machine.module.system.state = .ready
                }.variant(),
                Fault("the package has the key", .keyConfigured) {
                    $0.machine.module.system.packagesConfigured = 1
                },
                .held("the KET", .operandBusy.at(.ket)) { $0.machine.module.system.keyLock },
                Fault("there is no entropy", .keyGenerationFailed) { $0.machine.entropy.isExhausted = true },
            ]
        ) { try Self.scene() }
    }

    @Test("makes the system ready with the last package")
    func effects() throws {
        let scene = try Self.scene(packages: 2)
        let system = scene.machine.module.system
        #expect(scene.call().status == .success)
        #expect((system.state, system.packagesConfigured) == (.configDone, 1))
        #expect(scene.call().status == .keyConfigured)
        #expect(scene.machine.call(.mngCreate).status == .sysNotReady)
        scene.processor = 1
        #expect(scene.call().status == .success)
        #expect((system.state, system.packagesConfigured) == (.ready, 3))
        #expect(scene.call().status == .sysKeyConfigNotPending)
    }
}

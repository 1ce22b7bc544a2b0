// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDH.PHYMEM.CACHE.WB")
struct PHYMEMCacheWB {
    /// A system of two packages with a TD whose key has been flushed.
    static func scene() throws -> Scene {
        let machine = try Machine.ready(processors: [0, 1], packages: 2)
        let tdr = machine.page()
        #expect(machine.call(.mngCreate, rcx: tdr, rdx: Machine.key).status == .success)
        #expect(machine.call(.mngVPFlushDone, rcx: tdr).status == .success)
        return Scene(.phymemCacheWB, on: machine, [.rcx: 0, .rdx: tdr])
    }

    @Test("fails on the first thing that is wrong, and changes nothing")
    func fails() throws {
        try expectFaults(
            Fault.dispatch() + [
                Fault("RCX is 2", .operandInvalid.at(.rcx)) { $0.registers.rcx = 2 },
                Fault("RCX is negative", .operandInvalid.at(.rcx)) { $0.registers.rcx = ~0 }.variant(),
                Fault.held("the package's write-back", .operandBusy.at(.wbCache)) {
                    $0.machine.module.system.writeBackLocks[0]
                },
                Fault.held("the KOT", .operandBusy.at(.kot)) { $0.machine.module.kot.lock },
                Fault("there is nothing to resume", .wbcacheResumeError) { $0.registers.rcx = 1 },
                Fault("no key is flushed", TDXStatus(0x0000_0821_0000_0000)) {
                    $0.machine.module.kot[UInt16(Machine.key)] = .assigned
                },
            ], Self.scene)
    }

    @Test("is to be done on each package, by any of its processors, before a key is free")
    func effects() throws {
        let scene = try Self.scene()
        let machine = scene.machine
        let tdr = scene.registers.rdx
        #expect(machine.module.kot[33] == .flushed(packages: 0b11))
        expectEffects(scene, ["KOT 33"])
        #expect(machine.module.kot[33] == .flushed(packages: 0b10))
        expectEffects(scene, [])
        #expect(machine.call(.mngKeyFreeID, rcx: tdr).status == .wbcacheNotComplete)
        #expect(machine.call(.mngCreate, rcx: machine.page(), rdx: 33).status == .hkidNotFree)
        scene.processor = 1
        expectEffects(scene, ["KOT 33"])
        #expect(machine.module.kot[33] == .flushed(packages: 0))
        #expect(machine.call(.mngKeyFreeID, rcx: tdr).status == .success)
        #expect(machine.module.kot[33] == .free)
        #expect(scene.call().status == .noHKIDReadyToWBCache)
        #expect(machine.call(.mngCreate, rcx: machine.page(), rdx: 33).status == .success)
    }

    @Test("another package's write-back is in nobody's way")
    func packages() throws {
        let scene = try Self.scene()
        #expect(scene.machine.module.system.writeBackLocks[1].tryHolding())
        #expect(scene.call().status == .success)
        scene.processor = 1
        #expect(scene.call().status == .operandBusy.at(.wbCache))
    }
}

// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDH.MNG.CREATE")
struct MNGCreate {
    static func scene() throws -> Scene {
        let machine = try Machine.ready()
        return Scene(.mngCreate, on: machine, [.rcx: machine.page(), .rdx: Machine.key])
    }

    @Test("fails on the first thing that is wrong, and changes nothing")
    func fails() throws {
        try expectFaults(
            Fault.dispatch() + [
                Fault("RDX has bits above the HKID", .operandInvalid.at(.rdx)) {
                    $0.registers.rdx |= 1 << 16
                },
                Fault("the HKID is the host's last", .operandInvalid.at(.rdx)) { $0.registers.rdx = 31 }
                    .variant(),
                Fault("the HKID is past the last", .operandInvalid.at(.rdx)) { $0.registers.rdx = 64 }
                    .variant(),
            ] + Fault.newPage(.rcx) + [
                .held("the KOT", .operandBusy.at(.kot)) { $0.machine.module.kot.lock },
                Fault("the HKID is the module's own", .hkidNotFree) { $0.registers.rdx = Machine.globalKey },
                Fault("the HKID is another TD's", .hkidNotFree) { $0.machine.module.kot[33] = .assigned }
                    .variant(),
                Fault("the HKID may still be in caches", .hkidNotFree) {
                    $0.machine.module.kot[33] = .flushed(packages: 0)
                }.variant(),
                Fault("there is no entropy", .rndNoEntropy) { $0.machine.entropy.isExhausted = true },
            ], Self.scene)
    }

    @Test("makes a TDR of the page, and gives it the key")
    func effects() throws {
        let scene = try Self.scene()
        let before = Snapshot(scene.machine)
        let result = scene.call()
        let tdr = scene.registers.rcx
        #expect(result.status == .success)
        #expect((result.registers.rcx, result.registers.rdx) == (tdr, Machine.key))
        let td = try scene.td(tdr)
        #expect(td.hkid == UInt16(Machine.key))
        #expect(td.lifecycle == .hkidAssigned)
        #expect(td.opState == .uninitialized)
        #expect(td.uuid == [UInt8](repeating: 7, count: 32))
        #expect(td.childCount.load(ordering: .relaxed) == 0)
        #expect(scene.machine.module.kot[33] == .assigned)
        // The page is the module's own, and zero.
        #expect(scene.machine.memory.owner(of: PhysicalAddress(tdr)) == UInt16(Machine.globalKey))
        let contents = scene.machine.memory.read(
            PhysicalMemory.address(PhysicalAddress(tdr), key: UInt16(Machine.globalKey)), count: 4096)
        #expect(contents.allSatisfy { $0 == 0 })
        let metadata = scene.machine.call(.phymemPageRdMD, rcx: tdr).registers
        #expect([metadata.rcx, metadata.rdx, metadata.r8] == [4, 0, 0])
        let changes = Snapshot(scene.machine).changes(since: before).filter { !$0.hasPrefix("TD ") }
        #expect(changes.count == 3, "\(changes)")
        #expect(scene.call().status == .pageMetadataIncorrect.at(.rcx))
    }
}

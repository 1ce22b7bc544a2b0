// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDH.VP.CREATE")
struct VPCreate {
    static func scene() throws -> Scene {
        let machine = try Machine.ready()
        let tdr = machine.td()
        return Scene(.vpCreate, on: machine, [.rcx: machine.page(), .rdx: tdr])
    }

    @Test("fails on the first thing that is wrong, and changes nothing")
    func fails() throws {
        try expectFaults(
            Fault.dispatch() + Fault.tdr(.rdx, exclusive: false)
                + Fault.state(.rdx, in: [.initialized, .stateImport]) + Fault.newPage(.rcx), Self.scene)
    }

    @Test("makes a TDVPR of the page")
    func effects() throws {
        let scene = try Self.scene()
        let (page, td) = (scene.registers.rcx, try scene.td(scene.registers.rdx))
        let children = td.childCount.load(ordering: .relaxed)
        let before = Snapshot(scene.machine)
        let result = scene.call()
        #expect(result.status == .success)
        #expect((result.registers.rcx, result.registers.rdx) == (page, td.tdr))
        let vcpu = try scene.vcpu(page)
        #expect(vcpu.td === td)
        #expect(vcpu.state == .uninitialized)
        #expect(vcpu.pages == [page])
        #expect(vcpu.associatedProcessor == nil)
        #expect(td.numVCPUs == 0)
        #expect(td.childCount.load(ordering: .relaxed) == children + 1)
        let contents = PhysicalMemory.address(PhysicalAddress(page), key: td.hkid)
        #expect(scene.machine.memory.owner(of: PhysicalAddress(page)) == td.hkid)
        #expect(scene.machine.memory.read(contents, count: 4096).allSatisfy { $0 == 0 })
        let metadata = scene.machine.call(.phymemPageRdMD, rcx: page).registers
        #expect([metadata.rcx, metadata.rdx, metadata.r8] == [6, td.tdr, 0])
        let changes = Snapshot(scene.machine).changes(since: before).filter { !$0.hasPrefix("vCPU ") }
        #expect(changes.count == 3, "\(changes)")
    }

    @Test("shares the TDR with others")
    func shares() throws {
        let scene = try Self.scene()
        #expect(scene.machine.module.pamt.entry(scene.registers.rdx).tryLock(exclusively: false))
        #expect(scene.call().status == .success)
    }
}

// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDH.VP.ADDCX")
struct VPAddCX {
    /// A vCPU with so many pages.
    static func scene(pages: Int = 1) throws -> Scene {
        let machine = try Machine.ready()
        let tdr = machine.td()
        let tdvpr = machine.page()
        #expect(machine.call(.vpCreate, rcx: tdvpr, rdx: tdr).status == .success)
        for _ in 1..<pages {
            #expect(machine.call(.vpAddCX, rcx: machine.page(), rdx: tdvpr).status == .success)
        }
        return Scene(.vpAddCX, on: machine, [.rcx: machine.page(), .rdx: tdvpr])
    }

    @Test("fails on the first thing that is wrong, and changes nothing")
    func fails() throws {
        try expectFaults(
            Fault.dispatch() + Fault.tdvpr(.rdx, exclusive: true)
                + Fault.state(ofVCPU: .rdx, in: [.initialized, .stateImport]) + [
                    Fault("the vCPU is ready", .vcpuStateIncorrect) {
                        try $0.vcpu($0.registers.rdx).state = .ready
                    },
                    Fault("the vCPU runs", .vcpuStateIncorrect) {
                        try $0.vcpu($0.registers.rdx).state = .active
                    }.variant(),
                    Fault("the vCPU is disabled", .vcpuStateIncorrect) {
                        try $0.vcpu($0.registers.rdx).state = .disabled
                    }.variant(),
                    Fault("there are as many pages as there may be", .tdcxNumIncorrect) {
                        try $0.vcpu($0.registers.rdx).pages += Array(repeating: 0, count: 14)
                    },
                ] + Fault.newPage(.rcx)
        ) { try Self.scene() }
    }

    @Test("fills each page in its way, for the TD alone", arguments: 1...14)
    func effects(pages: Int) throws {
        let scene = try Self.scene(pages: pages)
        let page = scene.registers.rcx
        let vcpu = try scene.vcpu(scene.registers.rdx)
        let children = vcpu.td.childCount.load(ordering: .relaxed)
        let before = Snapshot(scene.machine)
        let result = scene.call()
        #expect(result.status == .success)
        #expect((result.registers.rcx, result.registers.rdx) == (page, vcpu.tdvpr))
        #expect(vcpu.pages.count == pages + 1)
        #expect(vcpu.pages.last == page)
        #expect(vcpu.td.childCount.load(ordering: .relaxed) == children + 1)
        let byte: UInt8 = [7, 8, 10, 11, 13, 14].contains(pages) ? 0xFF : 0
        let contents = PhysicalMemory.address(PhysicalAddress(page), key: vcpu.td.hkid)
        #expect(scene.machine.memory.owner(of: PhysicalAddress(page)) == vcpu.td.hkid)
        #expect(scene.machine.memory.read(contents, count: 4096).allSatisfy { $0 == byte })
        let metadata = scene.machine.call(.phymemPageRdMD, rcx: page).registers
        #expect([metadata.rcx, metadata.rdx, metadata.r8] == [5, vcpu.td.tdr, 0])
        let changes = Snapshot(scene.machine).changes(since: before)
        #expect(changes.count == 4, "\(changes)")
    }

    @Test("adds fourteen pages and no more")
    func limit() throws { #expect(try Self.scene(pages: 15).call().status == .tdcxNumIncorrect) }
}

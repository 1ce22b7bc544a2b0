// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDH.PHYMEM.PAGE.RDMD")
struct PHYMEMPageRdMD {
    static func scene() throws -> Scene {
        let machine = try Machine.ready()
        return Scene(.phymemPageRdMD, on: machine, [.rcx: machine.page()])
    }

    @Test("fails on the first thing that is wrong, and changes nothing")
    func fails() throws {
        let page = Fault.page(.rcx, exclusive: false) { $0.registers.rcx }
        try expectFaults(
            Fault.dispatch() + page.filter { $0.status.withoutDetails != .operandBusy }.prefix(4),
            failing: [.rcx: 0, .rdx: 0, .r8: 0, .r9: 0, .r10: 0, .r11: 0], Self.scene)
    }

    @Test("tells type, owner, size and epoch of blocking of a page of every use")
    func effects() throws {
        let machine = try Machine.ready()
        let (tdr, tdvpr, page) = machine.runnable()
        let scene = Scene(.phymemPageRdMD, on: machine, [.rdx: tdr])
        let td = try scene.td
        let vcpu = try scene.vcpu(tdvpr)
        let large = machine.largePage()
        #expect(machine.call(.memPageAug, rcx: 0x20_0001, rdx: tdr, r8: large).status == .success)
        let table = try scene.slot(0x1000, level: 0).address & ~0xFFF
        td.epoch.store(9, ordering: .relaxed)
        #expect(machine.call(.memRangeBlock, rcx: 0x1000, rdx: tdr).status == .success)
        #expect(machine.call(.memRangeBlock, rcx: 0x20_0001, rdx: tdr).status == .success)
        #expect(machine.call(.memRangeBlock, rcx: 1, rdx: tdr).status == .success)
        let reserved = machine.page()
        machine.module.pamt.entry(reserved).use = .reserved
        let rows: [(page: UInt64, type: UInt64, owner: UInt64, size: UInt64, epoch: UInt64)] = [
            (machine.page(), 0, 0, 0, 0), (reserved, 1, 0, 0, 0), (page, 3, tdr, 0, 9), (tdr, 4, 0, 0, 0),
            (td.pages[2], 5, tdr, 0, 0), (vcpu.pages[3], 5, tdr, 0, 0), (tdvpr, 6, tdr, 0, 0),
            (table, 8, tdr, 0, 9), (large, 3, tdr, 1, 9), (large + 0x5000, 3, tdr, 1, 9),
        ]
        for row in rows {
            scene.registers.rcx = row.page
            let result = expectEffects(scene, [])
            #expect(result.registers.rcx == row.type)
            #expect(result.registers.rdx == row.owner)
            #expect(result.registers.r8 == row.size)
            #expect(result.registers.r9 == row.epoch)
            #expect(result.registers.r10 == 0 && result.registers.r11 == 0)
        }
    }
}

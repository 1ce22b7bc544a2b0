// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDG.MEM.PAGE.ATTR.RD and TDG.MEM.PAGE.ATTR.WR")
struct TDGMEMPageAttr {
    @Test("reading fails on a bad address, and clears what it would give")
    func readFails() throws {
        try expectFaults(
            GuestFault.dispatch()
                + GuestFault.values(.rcx, [1 << 47 | 0x1000, 0x1001, 0x1800, 1 << 48, 1 << 63 | 0x1000]),
            failing: [.rcx: 0, .rdx: 0]
        ) { try GuestScene(.memPageAttrRd, [.rcx: 0x1000]) }
    }

    @Test("writing fails on the first thing that is wrong, and changes nothing")
    func writeFails() throws {
        try expectFaults(
            GuestFault.dispatch()
                + GuestFault.values(.rcx, [3, 7, 8, 1 << 47 | 0x1000, 1 << 52, 0x1001, 0x20_1001])
                + GuestFault.values(.rdx, [1, 1 << 16, 1 << 63]) + GuestFault.values(.r8, [1, 1 << 31])
                + [
                    GuestFault("the entry is locked", .operandBusy.at(.rcx)) { scene in
                        try scene.memory.setEntry(
                            0x1000, level: 0, scene.memory.entry(0x1000, level: 0) | 1 << 11)
                    }
                ]
        ) { try GuestScene(.memPageAttrWr, [.rcx: 0x1000, .rdx: 0, .r8: 0]) }
    }

    @Test("reading shows level, pending and permissions, in every state that has them", arguments: [0, 1])
    func read(level: Int) throws {
        for state in EntryState.all where state.isLeaf {
            let scene = try GuestScene(.memPageAttrRd, [.rcx: level == 0 ? 0x2000 : 0x20_3000])
            try scene.memory.place(state.state, at: level == 0 ? 0x2000 : 0x20_0000, level: level)
            let outcome = scene.call()
            guard EntryState.allowed("TDG.MEM.PAGE.ATTR.RD").contains(state.state) else {
                #expect(outcome == .exit(48, 0, 0, level == 0 ? 0x2000 : 0x20_3000), "\(state.name)")
                continue
            }
            #expect(outcome == .status(.success), "\(state.name)")
            let pending: UInt64 = state.encoding & 0x10 != 0 ? 1 << 62 : 0
            #expect(scene.processor[.rcx] == (level == 0 ? 0x2000 : 0x20_0001) | pending, "\(state.name)")
            #expect(scene.processor[.rdx] == state.permissions | 1 << 15, "\(state.name)")
        }
    }

    @Test("writing of a page that is not mapped in the size asked for tells the guest or the host")
    func sizes() throws {
        func scene(_ operand: UInt64, _ state: SEPTState, level: Int) throws -> GuestScene {
            let scene = try GuestScene(.memPageAttrWr, [.rcx: operand, .rdx: 0, .r8: 0])
            try scene.memory.place(state, at: 0x20_0000, level: level)
            return scene
        }
        #expect(
            try scene(0x20_3000, .mapped, level: 1).call() == .status(TDXStatus(0xC000_0B0B_0000_0001)))
        #expect(
            try scene(0x20_0001, .nonLeafMapped, level: 1).call()
                == .status(TDXStatus(0xC000_0B0B_0000_0001)))
        #expect(
            try scene(0x20_0001, .blocked, level: 1).call()
                == .exit(48, 2, 5 | UInt64(1 | 1 << 3 | 1 << 6 | 1 << 14) << 32, 0x20_0000))
        #expect(
            try scene(0x20_3000, .free, level: 1).call() == .exit(48, 2, 5 | UInt64(1 << 3) << 32, 0x20_3000))
    }
}

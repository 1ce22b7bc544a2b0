// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDH.MNG.ADDCX")
struct MNGAddCX {
    /// A TD with its key and so many pages.
    static func scene(pages: Int) throws -> Scene {
        let machine = try Machine.ready()
        let tdr = machine.create()
        for _ in 0..<max(0, pages - 6) { machine.call(.mngAddCX, rcx: machine.page(), rdx: tdr) }
        let td = try machine.td(at: tdr)
        while td.pages.count > pages {
            machine.module.pamt.entry(td.pages.removeLast()).use = .free
            td.childCount.subtract(1, ordering: .relaxed)
        }
        return Scene(.mngAddCX, on: machine, [.rcx: machine.page(), .rdx: tdr])
    }

    static let keyFaults = [
        Fault("the TD is fatal", .tdFatal) { try $0.td($0.registers.rdx).isFatal = true },
        Fault("the TD has no key yet", .tdKeysNotConfigured) {
            try $0.td($0.registers.rdx).lifecycle = .hkidAssigned
        },
        Fault("the TD's key is blocked", .tdKeysNotConfigured) {
            try $0.td($0.registers.rdx).lifecycle = .blocked
        }.variant(),
    ]

    @Test("fails on the first thing that is wrong, and changes nothing")
    func fails() throws {
        try expectFaults(
            Fault.dispatch() + Fault.tdr(.rdx, exclusive: true) + Self.keyFaults + [
                Fault("there are as many pages as there may be", .tdcxNumIncorrect) {
                    let td = try $0.td($0.registers.rdx)
                    td.pages += Array(repeating: td.pages[0], count: 4)
                }
            ] + Fault.newPage(.rcx) + [
                Fault("there is no entropy for the migration key", .rndNoEntropy) {
                    $0.machine.entropy.isExhausted = true
                }
            ]
        ) { try Self.scene(pages: 5) }
    }

    @Test("adds pages for L2 VMs only while the TD is not initialised", arguments: 6...8)
    func failsLater(pages: Int) throws {
        let states = OpState.allCases.filter { $0 != .uninitialized }
        try expectFaults(
            Fault.dispatch() + Fault.tdr(.rdx, exclusive: true) + Self.keyFaults + Fault.newPage(.rcx)
                + states.enumerated().map { index, state in
                    let fault = Fault("OP_STATE is \(state)", .opStateIncorrect) {
                        try $0.td($0.registers.rdx).opState = state
                    }
                    return index == 0 ? fault : fault.variant()
                }
        ) { try Self.scene(pages: pages) }
    }

    @Test("needs entropy for the sixth page only", arguments: [0, 1, 2, 3, 4, 6, 7, 8])
    func entropy(pages: Int) throws {
        let scene = try Self.scene(pages: pages)
        scene.machine.entropy.isExhausted = true
        #expect(scene.call().status == .success)
    }

    @Test(
        "fills each page in its way, for the TD alone",
        arguments: [
            (0, 0), (1, 0), (2, ~0), (3, 0x80E0_0000_0000_0000), (4, 0), (5, 0), (6, 0), (7, 0), (8, 0),
        ] as [(Int, UInt64)])
    func effects(pages: Int, word: UInt64) throws {
        let scene = try Self.scene(pages: pages)
        let td = try scene.td(scene.registers.rdx)
        let page = scene.registers.rcx
        let children = td.childCount.load(ordering: .relaxed)
        let before = Snapshot(scene.machine)
        let result = scene.call()
        #expect(result.status == .success)
        #expect((result.registers.rcx, result.registers.rdx) == (page, td.tdr))
        #expect(td.pages.count == pages + 1)
        #expect(td.pages.last == page)
        #expect(td.childCount.load(ordering: .relaxed) == children + 1)
        #expect(scene.machine.memory.owner(of: PhysicalAddress(page)) == td.hkid)
        let contents = PhysicalMemory.address(PhysicalAddress(page), key: td.hkid)
        for offset in stride(from: UInt64(0), to: 4096, by: 8) {
            let value: UInt64 = scene.machine.memory.load(PhysicalAddress(contents.rawValue + offset))
            #expect(value == word)
        }
        let metadata = scene.machine.call(.phymemPageRdMD, rcx: page).registers
        #expect([metadata.rcx, metadata.rdx, metadata.r8] == [5, td.tdr, 0])
        // CHLDCNT, the list of pages, the page and its contents.
        let changes = Snapshot(scene.machine).changes(since: before)
        #expect(changes.count == 4, "\(changes)")
    }

    @Test("adds nine pages and no more")
    func limit() throws {
        let scene = try Self.scene(pages: 9)
        #expect(scene.call().status == .tdcxNumIncorrect)
    }
}

// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDH.SYS.TDMR.INIT")
struct SYSTDMRInit {
    /// A machine with a TDMR of 2 GiB whose third 4 MiB are reserved, and one of 1 GiB.
    static func scene() throws -> Scene {
        let machine = try Machine()
        machine.initialize()
        var first = Machine.tdmrInfo
        first.region.size = 0x8000_0000
        first.pamt4K.size = 0x80_0000
        first.pamt2M.size = 0x4000
        first.reserved[0] = .init(base: 0x80_0000, size: 0x40_0000)
        var second = Machine.tdmrInfo
        second.region.base = 0xC000_0000
        second.pamt4K = .init(base: 0x400_0000, size: 0x40_0000)
        second.pamt2M = .init(base: 0x500_0000, size: 0x2000)
        second.pamt1G = .init(base: 0x600_0000, size: 0x1000)
        #expect(machine.configure([first, second]) == .success)
        #expect(machine.call(.sysKeyConfig).status == .success)
        return Scene(.sysTDMRInit, on: machine, [.rcx: Machine.tdmr])
    }

    @Test("fails on the first thing that is wrong, and changes nothing")
    func fails() throws {
        func address(_ name: String, _ address: UInt64) -> Fault {
            Fault(name, .operandInvalid.at(.rcx)) { $0.registers.rcx = address }
        }
        let faults =
            Fault.dispatch() + [
                address("RCX is not aligned", Machine.tdmr + 4096),
                address("RCX is in the middle of a TDMR", 0x8000_0000).variant(),
                address("RCX is in no TDMR", 0x1_0000_0000).variant(),
                address("RCX is too wide", 1 << 52 | Machine.tdmr).variant(),
                address("RCX has a KeyID", 1 << 46 | Machine.tdmr).variant(),
                .held("the TDMR", .operandBusy.at(.rcx)) {
                    try #require($0.machine.module.system.tdmrs.first).lock
                },
                Fault("the TDMR is initialised", .tdmrAlreadyInitialized) {
                    try #require($0.machine.module.system.tdmrs.first).initializedEnd = 0xC000_0000
                },
            ]
        try expectFaults(faults, failing: [.rdx: 0], Self.scene)
    }

    @Test("makes pages usable from the beginning on, and tells how far, up to the end of each TDMR")
    func effects() throws {
        let scene = try Self.scene()
        let machine = scene.machine
        func status(_ page: UInt64) -> TDXStatus { machine.call(.phymemPageRdMD, rcx: page).status }
        func type(_ page: UInt64) -> UInt64 { machine.call(.phymemPageRdMD, rcx: page).registers.rcx }
        #expect(status(Machine.tdmr) == .operandAddrRangeError.at(.rcx))
        var progress: UInt64 = 0
        for _ in 0..<512 where progress < 0xC000_0000 {
            let result = scene.call()
            #expect(result.status == .success)
            #expect(result.registers.rdx > progress)
            #expect(result.registers.rdx & 0x3FFF_FFFF == 0)
            progress = result.registers.rdx
            #expect(status(progress - 4096) == .success)
            #expect(status(progress) == .operandAddrRangeError.at(.rcx))
        }
        #expect(progress == 0xC000_0000)
        let again = scene.call()
        #expect((again.status, again.registers.rdx) == (.tdmrAlreadyInitialized, 0))
        // Pages of the reserved area, and only they, cannot be had.
        for (page, expected) in [
            (0x4000_0000, 0), (0x407F_F000, 0), (0x4080_0000, 1), (0x40BF_F000, 1), (0x40C0_0000, 0),
            (0xBFFF_F000, 0),
        ] as [(UInt64, UInt64)] {
            #expect(type(page) == expected, "\(page)")
        }
        let refused = machine.call(.mngCreate, rcx: 0x4080_0000, rdx: Machine.key)
        #expect(refused.status == .pageMetadataIncorrect.at(.rcx))
        // The other TDMR has its own progress.
        scene.registers.rcx = 0xC000_0000
        let other = scene.call()
        #expect((other.status, other.registers.rdx) == (.success, 0x1_0000_0000))
        #expect(type(0xFFFF_F000) == 0)
    }
}

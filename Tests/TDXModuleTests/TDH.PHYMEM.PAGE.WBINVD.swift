// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDH.PHYMEM.PAGE.WBINVD")
struct PHYMEMPageWBInvd {
    static func scene() throws -> Scene {
        let machine = try Machine.ready()
        return Scene(.phymemPageWBInvd, on: machine, [.rcx: machine.page() | Machine.key << 46])
    }

    @Test("fails on the first thing that is wrong, and changes nothing")
    func fails() throws {
        let key = Machine.key << 46
        try expectFaults(
            Fault.dispatch() + [
                Fault("the address is not aligned", .operandInvalid.at(.rcx)) { $0.registers.rcx |= 8 },
                Fault("the address is too wide", .operandInvalid.at(.rcx)) { $0.registers.rcx |= 1 << 52 }
                    .variant(),
                Fault("the page is outside the TDMRs", .operandAddrRangeError.at(.rcx)) {
                    $0.registers.rcx = 0x1000 | key
                },
                Fault("the page is locked", .operandBusy.at(.rcx)) { scene in
                    let page = scene.registers.rcx & 0x3FFF_FFFF_F000
                    guard scene.machine.module.pamt.entry(page).tryLock(exclusively: true) else {
                        throw SceneError.busy
                    }
                },
                Fault("the page is used", .pageMetadataIncorrect.at(.rcx)) {
                    $0.registers.rcx = $0.machine.reservedPage() | key
                },
                Fault("the page is part of a large one", .pageMetadataIncorrect.at(.rcx)) {
                    $0.registers.rcx = ($0.machine.usedLargePage() + 0x3000) | key
                }.variant(),
            ], Self.scene)
    }

    @Test(
        "takes a free page with any key, and changes nothing", arguments: [0, 1, 31, 32, 33, 63] as [UInt64])
    func effects(key: UInt64) throws {
        let scene = try Self.scene()
        scene.registers.rcx = scene.registers.rcx & 0x3FFF_FFFF_F000 | key << 46
        #expect(expectEffects(scene, []).registers.rcx == scene.registers.rcx)
    }
}

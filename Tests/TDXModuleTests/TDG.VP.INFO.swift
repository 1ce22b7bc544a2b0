// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDG.VP.INFO, TDG.VP.VEINFO.GET and TDG.VP.CPUIDVE.SET")
struct TDGVPInfo {
    @Test(
        "fail on what is wrong in RAX, and change nothing",
        arguments: [GuestLeafNumber.vpInfo, .vpVEInfoGet, .vpCPUIDVESet])
    func dispatch(leaf: GuestLeafNumber) throws {
        for fault in GuestFault.dispatch() {
            let scene = try GuestScene(leaf, [.rcx: 0])
            try fault.spoil(scene)
            var expected = scene.registers
            expected[.rax] = fault.status.rawValue
            #expect(scene.call() == .status(fault.status), "\(fault.name)")
            #expect(scene.processor.registers == expected)
        }
    }

    @Test("TDG.VP.INFO tells the vCPU and its TD, and keeps other registers", arguments: [false, true])
    func info(isWide: Bool) throws {
        let scene = try GuestScene(.vpInfo)
        scene.td.configFlags = isWide ? 1 : 0
        scene.vcpu.index = 3
        expectEffects(
            scene,
            results: [
                .rcx: isWide ? 52 : 48, .rdx: TDAttributes.septVEDisable.rawValue, .r8: 4 << 32 | 1, .r9: 3,
                .r10: 1, .r11: 0,
            ], [])
    }

    @Test("TDG.VP.VEINFO.GET gives the information once, and clears its registers when there is none")
    func veInfo() throws {
        let scene = try GuestScene(.vpVEInfoGet)
        let results: [(GuestOutcome, [UInt64])] = [
            (.status(.success), [48, 0x182, 0xFFFF_8000_1234_5678, 0x5678, 3 | 0x77 << 32]),
            (.status(TDXStatus(0xC000_0704_0000_0000)), [0, 0, 0, 0, 0]),
        ]
        scene.machine.module.setVirtualizationException(
            VirtualizationExceptionInformation(
                exitReason: 48, qualification: 0x182, guestLinearAddress: 0xFFFF_8000_1234_5678,
                guestPhysicalAddress: 0x5678, instructionLength: 3, instructionInformation: 0x77), scene.vcpu)
        // The area as a processor fills it.
        let area = PhysicalAddress(scene.tdvpr | Machine.key << 46)
        #expect(scene.machine.memory.load(area) as UInt64 == 0xFFFF_FFFF_0000_0030)
        for (outcome, values) in results {
            #expect(scene.call() == outcome)
            var expected = scene.registers
            expected[.rax] = scene.processor[.rax]
            for (register, value) in zip([GeneralRegister.rcx, .rdx, .r8, .r9, .r10], values) {
                expected[register] = value
            }
            #expect(scene.processor.registers == expected)
        }
    }

    @Test("TDG.VP.CPUIDVE.SET takes two bits")
    func cpuidVE() throws {
        try expectFaults(
            GuestFault.dispatch() + GuestFault.values(.rcx, (2...63).map { 1 << UInt64($0) })
        ) { try GuestScene(.vpCPUIDVESet, [.rcx: 0]) }
        for flags in 1...3 as ClosedRange<UInt64> {
            let scene = try GuestScene(.vpCPUIDVESet, [.rcx: flags])
            expectEffects(scene, [Snapshot.vcpu(scene.tdvpr, "CPUID")])
            for level in [0, 3] as [UInt32] {
                scene.processor[SegmentRegister.ss].accessRights = 0xC093 | level << 5
                let outcome = scene.exit(VMExit(.cpuid, instructionLength: 2), rax: 0x8000_0000)
                #expect(outcome == (flags[bit: level == 0 ? 0 : 1] ? .exception(20) : .completed))
                _ = scene.machine.module.takeVirtualizationException(scene.vcpu)
            }
        }
    }
}

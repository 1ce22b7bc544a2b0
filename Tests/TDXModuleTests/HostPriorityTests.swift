// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("Host priority, stepping and interrupts")
struct HostPriorityTests {
    private static let page: UInt64 = 0x2000

    private static func slot(_ scene: GuestScene) throws -> SEPTSlot {
        try scene.machine.module.walk(scene.td, page, to: 0).slot
    }

    @Test("the host that finds a guest at an entry is next, and the guest is only told that it is busy")
    func priority() throws {
        let scene = try TDGMEMPageAccept.scene(level: 0)
        let machine = scene.machine
        do {
            let held = try LockedSEPTEntry(forGuest: Self.slot(scene), .rcx)
            let block = machine.call(.memRangeBlock, rcx: Self.page, rdx: scene.tdr)
            #expect(block.status == .operandBusy.at(.rcx))
            // What the host is shown has nothing of the locks.
            #expect(block.registers.rdx == 2 << 8)
            #expect(block.registers.rcx & 0xFFF == 0xF0)
            _ = consume held
        }
        // Free, but not for a guest.
        #expect(scene.call() == .status(.operandBusy.at(.rcx)))
        scene.rax = UInt64(GuestLeafNumber.memPageAttrWr.rawValue)
        (scene.registers[.rdx], scene.registers[.r8]) = (0, 0)
        #expect(scene.call() == .status(.operandBusy.at(.rcx)))
        scene.rax = UInt64(GuestLeafNumber.memPageAccept.rawValue)
        #expect(try scene.memory.state(Self.page, level: 0) == .pending)
        #expect(machine.call(.memRangeBlock, rcx: Self.page, rdx: scene.tdr).status == .success)
        #expect(machine.call(.memTrack, rcx: scene.tdr).status == .success)
        guard case .exit = scene.call() else {
            Issue.record("A blocked page was accepted.")
            return
        }
        #expect(machine.call(.memRangeUnblock, rcx: Self.page, rdx: scene.tdr).status == .success)
        #expect(machine.enter(scene.tdvpr) != nil)
        #expect(scene.call() == .status(.success))
    }

    @Test("a host that meets a host, and a guest that meets a guest, get no priority")
    func equals() throws {
        let scene = try TDGMEMPageAccept.scene(level: 0)
        let slot = try Self.slot(scene)
        do {
            guard let held = LockedSEPTEntry(slot) else { throw SceneError.busy }
            #expect(scene.call() == .status(.operandBusy.at(.rcx)))
            #expect(
                scene.machine.call(.memRangeBlock, rcx: Self.page, rdx: scene.tdr).status
                    == .operandBusy.at(.rcx))
            _ = consume held
        }
        do {
            let held = try LockedSEPTEntry(forGuest: slot, .rcx)
            #expect(scene.call() == .status(.operandBusy.at(.rcx)))
            _ = consume held
        }
        #expect(slot.entry == slot.entry.settled)
        #expect(scene.call() == .status(.success))
    }

    @Test("a guest that waits for the host longer than HP_LOCK_TIMEOUT leaves, its call completed")
    func timeout() throws {
        let scene = try TDGMEMPageAccept.scene(level: 0)
        let machine = scene.machine
        do {
            let held = try LockedSEPTEntry(forGuest: Self.slot(scene), .rcx)
            _ = machine.call(.memRangeBlock, rcx: Self.page, rdx: scene.tdr)
            _ = consume held
        }
        scene.td.hostPriorityLockTimeout = 10_000
        machine.clock.set(10_000_000)
        #expect(scene.call() == .status(.operandBusy.at(.rcx)))
        // 10 ms at 2.1 GHz are 21 million ticks.
        machine.clock.set(30_000_000)
        #expect(scene.call() == .status(.operandBusy.at(.rcx)))
        machine.clock.set(31_100_000)
        #expect(scene.call() == .exit(TDXStatus.hostPriorityBusyTimeout.rawValue, 0, 0, 0))
        #expect(scene.processor[.rip] == GuestScene.rip + 4)
        #expect(TDXStatus(scene.processor[.rax]) == .operandBusy.at(.rcx))
        // The exit was trap-like: the host may say that it can go on.
        let entry = Scene(.vpEnter, on: machine, [.rcx: scene.tdvpr | 1 << 52])
        #expect(entry.call().status == .success)
    }

    // MARK: Zero steps

    /// Leaves with an EPT violation at an address, and enters again as far as that goes.
    private static func fault(_ scene: GuestScene, _ address: UInt64) -> HostRegisters {
        #expect(
            scene.exit(VMExit(.eptViolation, qualification: 1, guestPhysicalAddress: address))
                == .exit(48, 1, 0, address & ~0xFFF))
        return Scene(.vpEnter, on: scene.machine, [.rcx: scene.tdvpr]).call().registers
    }

    @Test("from the seventh EPT violation without progress on, a vCPU does not run without its pages")
    func zeroStep() throws {
        let scene = try GuestScene(.vpInfo)
        let machine = scene.machine
        for count in 1...6 {
            _ = Self.fault(scene, 0x7008)
            #expect(machine.module.system.processors[0].entered != nil, "violation \(count)")
            #expect(scene.vcpu.zeroStep.count == count && scene.vcpu.zeroStep.addresses.isEmpty)
        }
        let refused = Self.fault(scene, 0x7008)
        #expect(machine.module.system.processors[0].entered == nil)
        #expect((refused.rax, refused.rcx, refused.rdx, refused.r8, refused.r9) == (48, 2, 0, 0x7000, 0))
        #expect(refused.rbx == 0 && refused.r15 == 0)
        #expect(refused.rbp == 0x1111 * 5)
        let entry = Scene(.vpEnter, on: machine, [.rcx: scene.tdvpr])
        // The tree must be nobody else's while it is looked at.
        #expect(scene.td.septTreeLock.trySharing())
        #expect(entry.call().status == .operandBusy.at(.septTree))
        scene.td.septTreeLock.unlockShared()
        #expect(entry.call().status == TDXStatus(48))
        try scene.memory.place(.blocked, at: 0x7000)
        #expect(entry.call().status == TDXStatus(48))
        try scene.memory.place(.mapped, at: 0x7000)
        #expect(entry.call().status == .success)
        #expect(machine.module.system.processors[0].entered != nil)
        #expect(scene.vcpu.zeroStep.addresses.isEmpty)
        #expect(scene.processor.entryEvent == nil)
    }

    @Test("a pending page holds a vCPU up only if it would leave for it", arguments: [0, 1] as [UInt64])
    func pending(controls: UInt64) throws {
        let scene = try GuestScene(.vpInfo)
        scene.td.controls = controls
        for _ in 0..<7 { _ = Self.fault(scene, 0x7000) }
        try scene.memory.place(.pending, at: 0x7000)
        let status = Scene(.vpEnter, on: scene.machine, [.rcx: scene.tdvpr]).call().status
        #expect(status == (controls == 0 ? .success : TDXStatus(48)))
    }

    @Test("progress begins the count again; 32 pages at most are kept, each once")
    func detector() {
        var detector = ZeroStepDetector()
        for _ in 0..<6 { detector.note(0x1234, rip: 1) }
        #expect(detector.addresses.isEmpty)
        detector.note(0x1000, rip: 2)
        #expect(detector.count == 1)
        for page in 0..<300 as Range<UInt64> { detector.note(page << 12 | 5, rip: 2) }
        #expect(detector.addresses == (5..<37).map { $0 << 12 })
        #expect(detector.count == 255)
        detector.note(6 << 12, rip: 2)
        #expect(detector.addresses.count == 32)
        detector.note(0, rip: 3)
        #expect(detector.addresses.isEmpty && detector.count == 1)
    }

    @Test("a guest with NOTIFY_ENABLES is told by #VE that it was held up", arguments: [false, true])
    func notification(enabled: Bool) throws {
        let scene = try GuestScene(.vpInfo)
        scene.td.notifyEnables = enabled ? 1 : 0
        for _ in 0..<7 { _ = Self.fault(scene, 0x7000) }
        try scene.memory.place(.mapped, at: 0x7000)
        #expect(Scene(.vpEnter, on: scene.machine, [.rcx: scene.tdvpr]).call().status == .success)
        #expect((scene.processor.entryEvent.map { $0.information & 0xFF } == 20) == enabled)
        let information = scene.machine.module.takeVirtualizationException(scene.vcpu)
        #expect(information?.exitReason == (enabled ? 48 : nil))
    }

    @Test("shared pages, and pages that a guest accepts, are no steps")
    func noSteps() throws {
        let scene = try GuestScene(.vpInfo)
        for _ in 0..<8 {
            _ = scene.exit(
                VMExit(.eptViolation, qualification: 1, guestPhysicalAddress: 1 << 47 | 0x9000))
            #expect(scene.machine.enter(scene.tdvpr) != nil)
        }
        #expect(scene.vcpu.zeroStep.count == 0)
    }

    // MARK: Interrupts

    @Test("TDG.MR.REPORT is broken off after TEE_INFO_HASH was made, once for each change of an RTMR")
    func report() throws {
        let scene = try TDGMR.report()
        scene.processor.interrupts = [true]
        scene.processor.interruptibility = 0b1001
        #expect(scene.call() == .again)
        #expect(scene.processor[.rax] == scene.rax && scene.processor.interruptibility == 0b1000)
        // The hash is there now: nothing is looked for.
        scene.processor.interrupts = [true]
        #expect(scene.call() == .status(.success))
        #expect(scene.processor.interrupts == [true])
        let first = try scene.bytes(0x1400, count: 1024)
        let extend = scene.rax
        scene.rax = UInt64(GuestLeafNumber.mrRTMRExtend.rawValue)
        (scene.registers[.rcx], scene.registers[.rdx]) = (0x1040, 1)
        #expect(scene.call() == .status(.success))
        scene.rax = extend
        (scene.registers[.rcx], scene.registers[.rdx]) = (0x1400, 0x1040)
        #expect(scene.call() == .again)
        #expect(scene.call() == .status(.success))
        let second = try scene.bytes(0x1400, count: 1024)
        #expect(first[512...] != second[512...])
        #expect(Array(second[80..<128]) == Digest384(hashing: Array(second[512...])).bytes)
    }

    @Test("DEMOTE and PROMOTE change nothing when an interrupt waits, and are made again")
    func restartable() throws {
        for scene in [try MEMPageDemote.scene(), try MEMPagePromote.scene()] {
            scene.machine.interrupts.isPending = true
            let before = Snapshot(scene.machine)
            let result = scene.call()
            #expect(result.status == .interruptedRestartable)
            #expect(result.registers.rcx == scene.registers.rcx)
            #expect(result.registers.rdx == scene.registers.rdx)
            #expect(Snapshot(scene.machine) == before)
            scene.machine.interrupts.isPending = false
            #expect(scene.call().status == .success)
        }
    }

    @Test("TDH.PHYMEM.CACHE.WB goes on with the keys that were flushed when it began")
    func resumable() throws {
        let scene = try PHYMEMCacheWB.scene()
        let machine = scene.machine
        machine.interrupts.isPending = true
        #expect(scene.call().status == .interruptedResumable)
        #expect(machine.module.kot[33] == .flushed(packages: 0b11))
        // One that comes later has to wait.
        machine.module.kot[40] = .flushed(packages: 0b11)
        scene.registers.rcx = 1
        #expect(scene.call().status == .interruptedResumable)
        machine.interrupts.isPending = false
        #expect(scene.call().status == .success)
        #expect(machine.module.kot[33] == .flushed(packages: 0b10))
        #expect(machine.module.kot[40] == .flushed(packages: 0b11))
        #expect(scene.call().status == .wbcacheResumeError)
        scene.registers.rcx = 0
        #expect(scene.call().status == .success)
        #expect(machine.module.kot[40] == .flushed(packages: 0b10))
    }
}

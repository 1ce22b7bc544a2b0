// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDH.VP.ENTER")
struct VPEnter {
    static func scene(_ parameters: TDParams = Machine.parameters) throws -> Scene {
        let machine = try Machine.ready()
        return Scene(.vpEnter, on: machine, [.rcx: machine.runnable(parameters).tdvpr])
    }

    @Test("fails on the first thing that is wrong, and changes nothing")
    func fails() throws {
        try expectFaults(
            Fault.dispatch() + [
                Fault("CPUID is limited", .limitCPUIDMaxValSet) { $0.machine.msrs[0x1A0] = 1 << 22 },
                Fault("RCX has reserved bits", .operandInvalid.at(.rcx)) { $0.registers.rcx |= 1 << 63 },
                Fault("RCX has reserved bits in the middle", .operandInvalid.at(.rcx)) {
                    $0.registers.rcx |= 1 << 54
                }.variant(),
            ] + Fault.tdvpr(.rcx, exclusive: false).filter { !$0.name.contains("too wide") }
                + Fault.state(ofVCPU: .rcx, in: [.runnable, .liveExport, .liveImport]) + [
                    Fault("a page of the TDVPS is missing", .tdcxNumIncorrect) {
                        _ = try $0.vcpu($0.registers.rcx).pages.removeLast()
                    },
                    Fault("the vCPU is not initialised", .vcpuStateIncorrect) {
                        try $0.vcpu($0.registers.rcx).state = .uninitialized
                    },
                    Fault("the vCPU runs", .vcpuStateIncorrect) {
                        try $0.vcpu($0.registers.rcx).state = .active
                    }.variant(),
                    Fault("the vCPU is disabled", .vcpuStateIncorrect) {
                        try $0.vcpu($0.registers.rcx).state = .disabled
                    }.variant(),
                    Fault("the vCPU is on another processor", .vcpuAssociated) { $0.processor = 1 },
                    Fault("nothing is to be recovered", .operandInvalid.at(.rcx)) {
                        $0.registers.rcx |= 1 << 52
                    },
                    Fault("no L2 VM has run", .operandInvalid.at(.rcx)) { $0.registers.rcx |= 1 << 53 }
                        .variant(),
                    Fault("IA32_TSC_ADJUST has changed", .inconsistentMSR.with(0x3B)) {
                        $0.machine.msrs[0x3B] = 1
                    },
                    Fault("time has gone back", .tscRollback) {
                        try $0.vcpu($0.registers.rcx).lastExitTSC = .max
                    },
                    Fault("the guest's MONITOR cannot work", .incorrectMSRValue.with(0x1A0)) {
                        try $0.vcpu($0.registers.rcx).processor?.configuration.hasMonitor = true
                        $0.machine.msrs[0x1A0] = ($0.machine.msrs[0x1A0] ?? 0) & ~(1 << 18)
                    },
                    .held("TD_EPOCH", .operandBusy.at(.tdEpoch)) {
                        try $0.vcpu($0.registers.rcx).td.epochLock
                    },
                ]
        ) { try Self.scene() }
    }

    @Test("does not look at bits of MONITOR when the guest has none")
    func monitor() throws {
        let scene = try Self.scene()
        scene.machine.msrs[0x1A0] = 0
        #expect(scene.call().status == .success)
    }

    @Test("accepts the hint of recovery after a trap-like exit only", arguments: [true, false])
    func hint(isTrap: Bool) throws {
        let scene = try Self.scene()
        try scene.vcpu(scene.registers.rcx).lastExit = isTrap ? .asynchronousTrap : .vmcall
        scene.registers.rcx |= 1 << 52
        #expect(scene.call().status == (isTrap ? .success : .operandInvalid.at(.rcx)))
    }

    @Test("runs the vCPU, and shares its pages until it leaves")
    func effects() throws {
        let scene = try Self.scene()
        let vcpu = try scene.vcpu(scene.registers.rcx)
        let before = Snapshot(scene.machine)
        #expect(scene.call().status == .success)
        #expect(vcpu.state == .active)
        #expect(vcpu.td.references(1) == 1)
        #expect(scene.machine.module.system.processors[0].entered === vcpu)
        let (tdr, tdvpr) = (vcpu.td.tdr, vcpu.tdvpr)
        let machine = scene.machine
        for (leaf, rcx, rdx, status) in [
            (.mrFinalize, tdr, 0, .operandBusy.at(.rcx)), (.mngVPFlushDone, tdr, 0, .operandBusy.at(.rcx)),
            (.mngInit, tdr, 0, .operandBusy.at(.rcx)), (.mngKeyConfig, tdr, 0, .operandBusy.at(.rcx)),
            (.mngAddCX, 0, tdr, .operandBusy.at(.rdx)), (.vpFlush, tdvpr, 0, .operandBusy.at(.rcx)),
            (.vpAddCX, 0, tdvpr, .operandBusy.at(.rdx)), (.vpInit, tdvpr, 0, .operandBusy.at(.rcx)),
            (.vpRd, tdvpr, 0, .vcpuStateIncorrect), (.vpWr, tdvpr, 0, .vcpuStateIncorrect),
            (.vpEnter, tdvpr, 0, .vcpuStateIncorrect),
        ] as [(HostLeafNumber, UInt64, UInt64, TDXStatus)] {
            #expect(machine.call(leaf, rcx: rcx, rdx: rdx, on: 1).status == status, "\(leaf)")
        }
        let shared = Scene(.mngRd, on: machine, [.rcx: tdr, .rdx: 0x1110_0003_0000_0000])
        #expect(shared.call().status == .success)
        _ = machine.leave(VMExit(.externalInterrupt, interruptionInformation: 0x8000_0020))
        #expect(vcpu.state == .ready)
        #expect(vcpu.td.references(1) == 0)
        let changes = Snapshot(scene.machine).changes(since: before)
        // When it left, and that it has dropped translations older than itself; nothing else stays.
        #expect(changes.count == 2, "\(changes)")
        #expect(changes.allSatisfy { $0.contains(" exit:") || $0.contains(" requests:") }, "\(changes)")
    }

    @Test("associates a vCPU that is on no processor with the calling one")
    func association() throws {
        let scene = try Self.scene()
        let vcpu = try scene.vcpu(scene.registers.rcx)
        vcpu.dissociate()
        scene.processor = 1
        #expect(scene.call().status == .success)
        #expect(vcpu.associatedProcessor == 1)
        #expect(vcpu.td.numAssociatedVCPUs.load(ordering: .relaxed) == 1)
        // It has brought no translations with it.
        #expect((vcpu.processor as? FakeProcessor)?.flushes == 0)
    }

    @Test("drops the vCPU's translations in a new epoch, once")
    func epoch() throws {
        let scene = try Self.scene()
        let vcpu = try scene.vcpu(scene.registers.rcx)
        let processor = try #require(vcpu.processor as? FakeProcessor)
        func run() {
            #expect(scene.call().status == .success)
            _ = scene.machine.leave(VMExit(.externalInterrupt, interruptionInformation: 0x8000_0020))
        }
        run()
        let flushes = processor.flushes
        run()
        #expect(processor.flushes == flushes)
        #expect(scene.machine.call(.memTrack, rcx: vcpu.td.tdr).status == .success)
        run()
        #expect(processor.flushes == flushes + 1)
        #expect(vcpu.epoch == 2)
        run()
        #expect(processor.flushes == flushes + 1)
    }

    @Test("opens a window for an NMI that the host has asked for")
    func nmi() throws {
        let scene = try Self.scene()
        let vcpu = try scene.vcpu(scene.registers.rcx)
        let request = scene.machine.call(.vpWr, rcx: vcpu.tdvpr, rdx: 0x2000_0000_0000_000B, r8: 1, r9: 0xFF)
        #expect(request.status == .success)
        #expect(scene.call().status == .success)
        #expect((vcpu.processor as? FakeProcessor)?.wantsNMIWindow == true)
    }

    // MARK: Exits

    struct Exit: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var exit: VMExit
        var registers: [GeneralRegister: UInt64]
        var isFatal = false
        var isDisabled = false
        init(
            _ name: String, _ exit: VMExit, _ registers: [GeneralRegister: UInt64], isFatal: Bool = false,
            isDisabled: Bool = false
        ) {
            testDescription = name
            self.exit = exit
            self.registers = registers
            self.isFatal = isFatal
            self.isDisabled = isDisabled
        }
    }

    static let exits = [
        Exit(
            "external interrupt", VMExit(.externalInterrupt, interruptionInformation: 0x8000_00EC),
            [.rax: 1, .r9: 0x8000_00EC]),
        Exit(
            "NMI", VMExit(.exceptionOrNMI, interruptionInformation: 0x8000_0202), [.rax: 0, .r9: 0x8000_0202]),
        Exit(
            "machine check", VMExit(.exceptionOrNMI, interruptionInformation: 0x8000_0312),
            [.rax: 0x6000_0005_0000_0000, .r9: 0x8000_0312], isFatal: true),
        Exit("INIT", VMExit(.initSignal), [.rax: 3]),
        Exit("SMI", VMExit(.otherSMI), [.rax: 6]),
        Exit("triple fault", VMExit(.tripleFault), [.rax: 0x4000_0001_0000_0002], isDisabled: true),
        Exit("task switch", VMExit(.taskSwitch, qualification: 0x4000_0028), [.rax: 9, .rcx: 0x4000_0028]),
        Exit(
            "EPT violation of a page that is not there",
            VMExit(.eptViolation, qualification: 0x1F82, guestPhysicalAddress: 0x7654_3210),
            [.rax: 48, .rcx: 2, .r8: 0x7654_3000]),
        Exit(
            "EPT violation in shared memory",
            VMExit(.eptViolation, qualification: 0x181, guestPhysicalAddress: 1 << 47 | 0xFEE0_0123),
            [.rax: 48, .rcx: 1, .r8: 1 << 47 | 0xFEE0_0000]),
        Exit(
            "EPT misconfiguration in shared memory",
            VMExit(.eptMisconfiguration, guestPhysicalAddress: 1 << 47 | 0xFEE0_0123),
            [.rax: 49, .r8: 1 << 47 | 0xFEE0_0000]),
        Exit(
            "invalid guest state", VMExit(.invalidGuestState), [.rax: 0x6000_0002_8000_0021], isFatal: true),
        Exit(
            "an exit that cannot be", VMExit(.monitorTrapFlag), [.rax: 0x6000_0002_0000_0025], isFatal: true),
    ]

    @Test("shows the host an asynchronous exit, and nothing of the guest", arguments: exits)
    func asynchronous(row: Exit) throws {
        let scene = try Self.scene()
        let vcpu = try scene.vcpu(scene.registers.rcx)
        let processor = try #require(vcpu.processor as? FakeProcessor)
        #expect(scene.call().status == .success)
        for register in GeneralRegister.allCases { processor[register] = 0x5EC2_E75E_C2E7 }
        for number in 0..<16 { processor.setXMM(number, SIMD2(~0, ~0)) }
        var results = scene.registers
        guard case .completed = scene.machine.module.exited(row.exit, &results, on: 0) else {
            Issue.record("The guest runs on.")
            return
        }
        for register in GeneralRegister.allCases where register != .rsp {
            let kept = register == .rbp ? scene.registers.rbp : 0
            #expect(results[register] == row.registers[register] ?? kept, "\(register)")
        }
        for number in 0..<16 { #expect(results.xmm[number] == .zero) }
        #expect(vcpu.td.isFatal == row.isFatal)
        #expect(vcpu.state == (row.isDisabled ? .disabled : .ready))
        #expect(vcpu.lastExit == .asynchronousFault)
        let again = scene.call()
        #expect(again.status == (row.isFatal ? .tdFatal : row.isDisabled ? .vcpuStateIncorrect : .success))
        if again.status == .success {
            // The host's registers mean nothing to a guest that did not ask.
            for register in GeneralRegister.allCases { #expect(processor[register] == 0x5EC2_E75E_C2E7) }
            for number in 0..<16 { #expect(processor.xmm(number) == SIMD2(~0, ~0)) }
        }
    }

    @Test("gives up RBP unless the TD has NO_RBP_MOD")
    func framePointer() throws {
        var parameters = Machine.parameters
        parameters.configFlags = 0
        let scene = try Self.scene(parameters)
        #expect(scene.call().status == .success)
        var results = scene.registers
        _ = scene.machine.module.exited(VMExit(.initSignal), &results, on: 0)
        #expect(results.rbp == 0)
    }

    @Test("lets a debugger see exits that kill other TDs", arguments: [33, 37] as [UInt32])
    func debug(reason: UInt32) throws {
        var parameters = Machine.parameters
        parameters.attributes = TDAttributes.debug.rawValue
        let scene = try Self.scene(parameters)
        #expect(scene.call().status == .success)
        var results = scene.registers
        _ = scene.machine.module.exited(VMExit(ExitReason(rawValue: reason)), &results, on: 0)
        #expect(results.rax == (reason == 33 ? 0x8000_0021 : 37))
        #expect(scene.call().status == .success)
    }

    @Test("tells every vCPU of a TD that has become fatal")
    func fatalElsewhere() throws {
        let scene = try Self.scene()
        #expect(scene.call().status == .success)
        try scene.vcpu(scene.registers.rcx).td.isFatal = true
        var results = scene.registers
        _ = scene.machine.module.exited(
            VMExit(.externalInterrupt, interruptionInformation: 0x8000_0030), &results, on: 0)
        #expect(results.rax == 0x6000_0005_0000_0001)
        #expect(results.r9 == 0x8000_0030)
        #expect(scene.call().status == .tdFatal)
    }

    // MARK: TDG.VP.VMCALL

    /// Enters the vCPU and lets it call the host with a mask; returns what the host sees.
    private func vmcall(_ scene: Scene, mask: UInt64) throws -> (FakeProcessor, HostRegisters) {
        #expect(scene.call().status == .success)
        let processor = try #require(try scene.vcpu(scene.registers.rcx).processor as? FakeProcessor)
        processor[SegmentRegister.cs] = Segment(limit: ~0, accessRights: 0xA09B)
        processor.setMSR(0xC000_0080, 0xD01)
        for register in GeneralRegister.allCases { processor[register] = 0x6000 + UInt64(register.rawValue) }
        for number in 0..<16 { processor.setXMM(number, SIMD2(0x7000 + UInt64(number), 1)) }
        processor[.rax] = 0
        processor[.rcx] = mask
        var results = scene.registers
        let exit = VMExit(.tdcall, instructionLength: 4)
        guard case .completed = scene.machine.module.exited(exit, &results, on: 0) else {
            Issue.record("The host was not told.")
            return (processor, results)
        }
        return (processor, results)
    }

    @Test(
        "passes by its mask the registers of TDG.VP.VMCALL to the host and back, each by itself and all",
        arguments: [[]] + (2..<16).filter { $0 != 4 }.map { [$0] } + (16..<32).map { [$0] }
            + [Array(2..<32).filter { $0 != 4 }], [true, false])
    func synchronous(bits: [Int], keepsRBP: Bool) throws {
        var parameters = Machine.parameters
        parameters.configFlags = keepsRBP ? TDConfigFlags.noRBPMod.rawValue : 0
        let mask = bits.filter { $0 != 5 || !keepsRBP }.reduce(0) { $0 | UInt64(1) << UInt64($1) }
        let scene = try Self.scene(parameters)
        let (processor, results) = try vmcall(scene, mask: mask)
        let vcpu = try scene.vcpu(scene.registers.rcx)
        #expect(vcpu.lastExit == .vmcall)
        #expect(results.rax == 77)
        #expect(results.rcx == mask)
        for register in GeneralRegister.allCases where ![.rax, .rcx, .rsp].contains(register) {
            let number = UInt64(register.rawValue)
            let hidden = register == .rbp && keepsRBP ? scene.registers.rbp : 0
            #expect(results[register] == (mask[bit: Int(number)] ? 0x6000 + number : hidden), "\(register)")
        }
        for number in 0..<16 {
            let passed = mask[bit: 16 + number] ? SIMD2(0x7000 + UInt64(number), 1) : SIMD2<UInt64>.zero
            #expect(results.xmm[number] == passed)
        }

        // And back: what was not passed is still the guest's.
        let rip = processor[.rip]
        scene.registers.rax = 0x99
        #expect(scene.call().status == .success)
        #expect(processor[.rip] == rip)
        #expect(processor[.rax] == 0)
        #expect(processor[.rcx] == mask)
        for register in GeneralRegister.allCases where register != .rax && register != .rcx {
            let number = UInt64(register.rawValue)
            let kept = 0x6000 + number
            let passed = mask[bit: Int(number)] ? scene.registers[register] : kept
            #expect(processor[register] == passed, "\(register)")
        }
        for number in 0..<16 {
            let kept = SIMD2(0x7000 + UInt64(number), 1)
            #expect(processor.xmm(number) == (mask[bit: 16 + number] ? scene.registers.xmm[number] : kept))
        }
    }

    @Test("answers a TDG.VP.VMCALL once")
    func answeredOnce() throws {
        let scene = try Self.scene()
        let (processor, _) = try vmcall(scene, mask: 1 << 10)
        scene.registers.r10 = 0xAAAA
        #expect(scene.call().status == .success)
        #expect(processor[.r10] == 0xAAAA)
        _ = scene.machine.leave(VMExit(.externalInterrupt, interruptionInformation: 0x8000_0020))
        scene.registers.r10 = 0xBBBB
        #expect(scene.call().status == .success)
        #expect(processor[.r10] == 0xAAAA)
    }
}

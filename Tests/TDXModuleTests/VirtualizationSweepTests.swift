// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import Testing
import X86

@testable import TDXModule

/// Every CPUID leaf, MSR and Secure EPT state there is, against the rules of the specification.
@Suite("Sweeps of guest-visible virtualization")
struct VirtualizationSweepTests {
    @Test("CPUID of every leaf gives a value or #VE as the table says, for guests of every choice")
    func cpuid() throws {
        let leaves =
            (0...0x40).map { UInt32($0) } + [0x3FFF_FFFF, 0x4000_0000, 0x4000_0001, 0x4FFF_FFFF]
            + [0x5000_0000, 0x7FFF_FFFF] + (0...0x20).map { 0x8000_0000 + UInt32($0) } + [0xFFFF_FFFF]
        var counts = (values: 0, exceptions: 0)
        for controls in [0, 0b110] as [UInt64] {
            let scene = try GuestScene(.vpInfo)
            scene.td.controls = controls
            scene.vcpu.x2apicID = 0x1234_5678
            for leaf in leaves {
                for subleaf in [0, 1, 2, 3, 4, 5, 6, 9, 0x11, 0x12, 0x13, 0x20, 0xFFFF_FFFF] as [UInt32] {
                    scene.registers[.rax] = 0xABCD_0000_0000_0000 | UInt64(leaf)
                    scene.registers[.rcx] = 0xABCD_0000_0000_0000 | UInt64(subleaf)
                    let outcome = scene.exit(VMExit(.cpuid, instructionLength: 2))
                    let expected = Self.value(leaf, subleaf, controls, scene.td.cpuid)
                    let comment: Comment = "\(String(leaf, radix: 16)).\(String(subleaf, radix: 16))"
                    guard let expected else {
                        counts.exceptions += 1
                        #expect(outcome == .exception(20), comment)
                        let information = scene.machine.module.takeVirtualizationException(scene.vcpu)
                        #expect(
                            information
                                == VirtualizationExceptionInformation(exitReason: 10, instructionLength: 2))
                        #expect(scene.processor.registers == scene.registers)
                        continue
                    }
                    counts.values += 1
                    #expect(outcome == .completed, comment)
                    // Zero-extended, and no other register.
                    var registers = scene.registers
                    for register in [GeneralRegister.rax, .rbx, .rcx, .rdx] {
                        #expect(scene.processor[register] >> 32 == 0, comment)
                        registers[register] = scene.processor[register]
                    }
                    #expect(scene.processor.registers == registers)
                    let row = CPUIDTable.rows[expected]
                    for (register, value) in [
                        (row.eax, scene.processor[.rax]), (row.ebx, scene.processor[.rbx]),
                        (row.ecx, scene.processor[.rcx]), (row.edx, scene.processor[.rdx]),
                    ] where Self.isStatic(row.leaf) {
                        #expect(UInt64(register.set) & ~value == 0, "\(comment): fixed 1")
                        #expect(UInt64(register.cleared) & value == 0, "\(comment): fixed 0")
                    }
                }
            }
        }
        print("CPUID: \(counts.values) values, \(counts.exceptions) #VE.")
        #expect(counts.values > 500 && counts.exceptions > 500)
    }

    /// The row of the table that answers, or nil for #VE.
    private static func value(
        _ leaf: UInt32, _ subleaf: UInt32, _ controls: UInt64, _ cpuid: VirtualCPUID?
    ) -> Int? {
        var leaf = leaf
        let isHypervisor = 0x4000_0000...0x4FFF_FFFF ~= leaf
        if !isHypervisor, leaf > 0x8000_0008 || 0x24...0x7FFF_FFFF ~= leaf { leaf = 0x23 }
        if leaf == 2, controls & 4 == 0 { return nil }
        if leaf == 0xB || leaf == 0x1F, controls & 2 == 0 { return nil }
        return CPUIDTable.rows.firstIndex {
            $0.leaf == leaf && ($0.subleaf == nil || $0.subleaf == subleaf) && !$0.raisesVE
        }
    }

    /// The table alone decides on the values of the leaf.
    private static func isStatic(_ leaf: UInt32) -> Bool {
        ![
            0, 1, 2, 4, 5, 7, 0xA, 0xB, 0xD, 0x14, 0x15, 0x1C, 0x1D, 0x1E, 0x1F, 0x23, 0x8000_0001,
            0x8000_0008,
        ]
        .contains(leaf)
    }

    @Test("every MSR does what the table says: no exit, a value, #VE or #GP; all others #VE")
    func msrs() throws {
        let scene = try GuestScene(.vpInfo)
        let configuration = scene.processor.configuration
        var counts = (native: 0, ve: 0, gp: 0, emulated: 0)
        let outside: [UInt32] = [0x2000, 0x4000_0000, 0xBFFF_FFFF, 0xC000_2000, 0xFFFF_FFFF]
        let numbers =
            (0...0x1FFF).map { UInt32($0) } + (0xC000_0000...0xC000_1FFF).map { UInt32($0) } + outside
        for number in numbers {
            for isWrite in [false, true] {
                let row = MSRTable.rows.first { $0.numbers.contains(number) }
                let rule = row.map { (isWrite ? $0.write : $0.read).access([]) } ?? .ve
                let direct = isWrite ? configuration.directWriteMSRs : configuration.directReadMSRs
                let comment: Comment = "\(isWrite ? "WRMSR" : "RDMSR") \(String(number, radix: 16))"
                #expect(direct.contains(number) == (rule == .native), comment)
                guard rule != .native else {
                    counts.native += 1
                    continue
                }
                scene.registers[.rcx] = UInt64(number)
                scene.registers[.rax] = 0
                scene.registers[.rdx] = 0
                let outcome = scene.exit(
                    VMExit(isWrite ? .wrmsr : .rdmsr, qualification: 99, instructionLength: 2))
                let information = scene.machine.module.takeVirtualizationException(scene.vcpu)
                switch rule {
                case .ve:
                    counts.ve += 1
                    #expect(outcome == .exception(20), comment)
                    #expect(
                        information
                            == VirtualizationExceptionInformation(
                                exitReason: isWrite ? 32 : 31, instructionLength: 2), comment)
                case .gp, .gpOrVE:
                    // None of their features is enumerated to this TD.
                    counts.gp += 1
                    #expect(outcome == .exception(13), comment)
                    #expect(scene.processor.entryEvent?.errorCode == 0)
                case .emulated, .native:
                    counts.emulated += 1
                    #expect([.completed, .exception(20), .exception(13)].contains(outcome), comment)
                }
                if outcome != .completed { #expect(scene.processor.registers == scene.registers, comment) }
            }
        }
        print(
            "MSRs: \(counts.native) accesses without an exit, \(counts.ve) #VE, \(counts.gp) #GP,",
            "\(counts.emulated) by the module.")
        #expect(counts.native > 100 && counts.ve > 30000 && counts.gp > 50 && counts.emulated > 10)
    }

    @Test("an access of the guest ends as the state of the page says", arguments: EntryState.all)
    func eptViolations(state: EntryState) throws {
        guard !state.isNonLeaf else { return }
        for disabled in [false, true] {
            for access in [1, 2, 4] as [UInt64] where state.permissions & access == 0 {
                let scene = try GuestScene(.vpInfo)
                try scene.memory.place(state.state, at: 0x2000)
                scene.td.controls = disabled ? 1 : 0
                let outcome = scene.exit(
                    VMExit(
                        .eptViolation, qualification: access | state.permissions << 3 | 0x1F80,
                        guestLinearAddress: 0xFFFF_8000_0000_2345, guestPhysicalAddress: 0x2345))
                let isPending = state.state == .pending || state.state == .pendingExportedDirty
                guard isPending && !disabled else {
                    #expect(
                        outcome
                            == .exit(48, access | state.permissions << 3, isPending ? 6 : 0, 0x2000),
                        "\(state.name)")
                    continue
                }
                #expect(outcome == .exception(20))
                let information = scene.machine.module.takeVirtualizationException(scene.vcpu)
                #expect(information?.exitReason == 48)
                #expect(information?.guestPhysicalAddress == 0x2345)
                #expect(information?.guestLinearAddress == 0xFFFF_8000_0000_2345)
            }
        }
    }

    @Test("every exit reason that a guest can cause is handled, and the rest is fatal")
    func reasons() throws {
        let exceptions: [UInt32: UInt32] = [
            12: 20, 13: 20, 18: 20, 30: 20, 54: 20, 56: 20,  // #VE
            11: 6, 17: 6, 19: 6, 20: 6, 21: 6, 22: 6, 23: 6, 24: 6, 25: 6, 26: 6, 27: 6, 36: 6, 39: 6, 50: 6,
            53: 6, 59: 6, 60: 6, 65: 6, 76: 6,  // #UD
            15: 13,  // #GP
        ]
        let others: Set<UInt32> = [0, 1, 2, 3, 5, 6, 8, 9, 10, 28, 31, 32, 33, 48, 49, 55, 77]
        var fatal = 0
        for reason in 0...80 as ClosedRange<UInt32> {
            let scene = try GuestScene(.vpInfo)
            if others.contains(reason) { continue }
            let outcome = scene.exit(VMExit(ExitReason(rawValue: reason), instructionLength: 3))
            if let vector = exceptions[reason] {
                #expect(outcome == .exception(vector), "reason \(reason)")
                #expect(scene.processor[.rflags] & 1 << 16 != 0)
                #expect(scene.processor.registers == scene.registers)
            } else if reason == 42 || reason == 62 || reason == 74 || reason == 75 {
                continue  // SMI in a C-state, page-modification logging, bus locks: the model has none
            } else {
                fatal += 1
                #expect(
                    outcome == .exit(TDXStatus.nonRecoverableTD.rawValue | UInt64(reason), 0, 0, 0),
                    "reason \(reason)")
                #expect(scene.td.isFatal)
            }
        }
        #expect(fatal > 20)
    }
}

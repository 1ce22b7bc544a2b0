// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import TDXABI
import Testing
import X86

@testable import TDXModule

/// What exits do to events: those they broke off, those that wait, those they cause.
@Suite("Events and exits")
struct GuestEventTests {
    private static let shared: UInt64 = 1 << 47 | 0xFEC0_0010

    /// Exits that the host gets and after which the guest tries again.
    static let retried: [VMExit] = [
        VMExit(.eptViolation, qualification: 1, guestPhysicalAddress: 0x9000),
        VMExit(.eptViolation, qualification: 1, guestPhysicalAddress: shared),
        VMExit(.eptMisconfiguration, guestPhysicalAddress: shared), VMExit(.taskSwitch),
    ]

    @Test(
        "an event whose delivery was broken off is delivered by the next entry",
        arguments: [
            // An interrupt; an NMI; #PF with its error code; INT 80H, whose length counts; bit 12 means nothing.
            (0x8000_0020, 0x8000_0020, 0, 0), (0x8000_0202, 0x8000_0202, 0, 0),
            (0x8000_0B0E, 0x8000_0B0E, 7, 0), (0x8000_0480, 0x8000_0480, 0, 2),
            (0x8000_1020, 0x8000_0020, 0, 0),
        ] as [(UInt32, UInt32, UInt32, UInt32)])
    func reinjection(vectoring: UInt32, information: UInt32, code: UInt32, length: UInt32) throws {
        for var exit in Self.retried {
            let guest = try GuestFixture()
            exit.vectoringInformation = vectoring
            exit.vectoringErrorCode = code
            exit.instructionLength = 2
            guest.processor.interruptibility = 1 << 3
            guard case .toHost = guest.module.handleExit(exit, guest.vcpu) else {
                Issue.record("\(exit.reason) did not go to the host.")
                continue
            }
            let event = try #require(guest.processor.entryEvent)
            #expect(event.information == information, "\(exit.reason)")
            #expect(event.errorCode == code, "\(exit.reason)")
            #expect(event.instructionLength == length, "\(exit.reason)")
            // An NMI that is delivered again must not be blocked by itself.
            #expect(guest.processor.interruptibility == (vectoring & 0x700 == 0x200 ? 0 : 1 << 3))
        }
    }

    @Test("IRET that unblocked NMIs and then faulted leaves them blocked", arguments: [false, true])
    func unblocking(isPending: Bool) throws {
        let guest = try GuestFixture()
        if isPending { guest.map(0x9000, .pending) }
        _ = guest.exit(.eptViolation, qualification: 1 | 1 << 12, gpa: 0x9000)
        #expect(guest.processor.interruptibility == 1 << 3)
        #expect(guest.processor.entryEvent == nil)
    }

    @Test(
        "a page fault for an address that the guest cannot have has the access's error code",
        arguments: [
            (1, 0, 0b1001), (2, 0, 0b1011), (4, 0, 0b11001), (1, 3, 0b1101), (2, 3, 0b1111), (4, 3, 0b11101),
        ] as [(UInt64, UInt32, UInt32)])
    func reserved(access: UInt64, level: UInt32, code: UInt32) throws {
        let guest = try GuestFixture()
        guest.processor[SegmentRegister.ss].accessRights = 0xC093 | level << 5
        _ = guest.exit(.eptViolation, qualification: access | 1 << 7, gpa: 1 << 50, gla: 0x7000)
        #expect(guest.processor.entryEvent == .exception(14, errorCode: code))
        #expect(guest.processor[.cr2] == 0x7000)
        #expect(guest.processor[.rflags][bit: 16])
    }

    @Test(
        "a second fault while an event is delivered is #DF or the end of the vCPU",
        arguments: [(0x8000_0B0E, 8), (0x8000_0314, 8), (0x8000_0B08, nil), (0x8000_0020, 14)]
            as [(UInt32, UInt32?)])
    func nested(vectoring: UInt32, vector: UInt32?) throws {
        let guest = try GuestFixture()
        let action = guest.exit(
            .eptViolation, qualification: 1 | 1 << 7, gpa: 1 << 50, gla: 0x7000, vectoring: vectoring)
        #expect(guest.processor[.cr2] == 0x7000)
        if let vector {
            #expect(guest.injected == vector)
        } else if case .toHost(let host) = action {
            #expect(host.reason == 2)
            #expect(host.disablesVCPU)
        } else {
            Issue.record("A third fault does not end the vCPU.")
        }
    }

    @Test("an address that nobody can have, and no linear address to blame, goes to the host")
    func unknownLinear() throws {
        let guest = try GuestFixture()
        let host = try guest.hostExit(.eptViolation, qualification: 1, gpa: 1 << 50)
        #expect(host.guestPhysicalAddress == 1 << 50)
    }

    @Test("#VE for a pending page tells the linear address only when there is one", arguments: [false, true])
    func linearAddress(isValid: Bool) throws {
        let guest = try GuestFixture()
        guest.td.controls = 0
        guest.map(0x5000, .pending)
        _ = guest.exit(.eptViolation, qualification: isValid ? 0x82 : 2, gpa: 0x5678, gla: 0x7678)
        #expect(guest.injected == 20)
        #expect(guest.veInfo?.guestLinearAddress == (isValid ? 0x7678 : 0))
    }

    @Test("an NMI keeps waiting when the window opens before the #VE information is read")
    func window() throws {
        let guest = try GuestFixture()
        guest.vcpu.isNMIPending = true
        _ = guest.exit(.hlt)
        _ = guest.exit(.nmiWindow, length: 0)
        #expect(guest.processor.entryEvent == nil)
        #expect(guest.vcpu.isNMIPending)
        #expect(!guest.processor.wantsNMIWindow)
    }

    @Test("an exception that no TD exits for is fatal")
    func exceptions() throws {
        let guest = try GuestFixture()
        let host = try guest.hostExit(.exceptionOrNMI, information: 0x8000_0306)
        #expect(host.status == .nonRecoverableTD)
        #expect(guest.td.isFatal)
    }

    @Test(
        "a single step is due after an instruction, but not with branch stepping",
        arguments: [(false, true), (true, false)])
    func singleStep(isBranchStepping: Bool, isDue: Bool) throws {
        let guest = try GuestFixture()
        guest.processor[.rflags] = 0x102
        guest.processor.setMSR(0x1D9, isBranchStepping ? 2 : 0)
        _ = guest.exit(.cpuid)
        #expect(guest.injected == (isDue ? 1 : nil))
        #expect(guest.processor[.dr6][bit: 14] == isDue)
    }

    @Test("an instruction that the module completes ends blocking by STI and MOV SS, not by NMI")
    func blocking() throws {
        let guest = try GuestFixture()
        guest.processor.interruptibility = 0b1011
        _ = guest.exit(.cpuid)
        #expect(guest.processor.interruptibility == 0b1000)
        // Outside 64-bit code RIP has 32 bits.
        guest.processor[SegmentRegister.cs].accessRights = 0xC09B
        guest.processor[.rip] = 0xFFFF_FFFF
        (guest.processor[.rax], guest.processor[.rcx]) = (0, 0)
        _ = guest.exit(.cpuid)
        #expect(guest.processor[.rip] == 1)
    }

    // MARK: Registers

    @Test("what a processor offers but the module does not: the bits of MSRs that a TD reads as other")
    func reads() throws {
        var parameters = Machine.parameters
        parameters.attributes |= TDAttributes.perfmon.rawValue
        let scene = try GuestScene(.vpInfo, parameters: parameters)
        scene.machine.msrs[0x345] = 0x1_2345
        scene.processor.setMSR(0x1D9, 1 << 13 | 2)
        for (number, value) in [(0x345, 0x2345), (0x1D9, 2)] as [(UInt64, UInt64)] {
            scene.registers[.rcx] = number
            #expect(scene.exit(VMExit(.rdmsr, instructionLength: 2)) == .completed)
            #expect(scene.processor[.rax] == value, "\(number)")
        }
        // The uncore bit of IA32_DEBUGCTL stays as it is.
        (scene.registers[.rcx], scene.registers[.rax], scene.registers[.rdx]) = (0x1D9, 1, 0)
        #expect(scene.exit(VMExit(.wrmsr, instructionLength: 2)) == .completed)
        #expect(scene.processor.msr(0x1D9) == 1 << 13 | 1)
    }

    @Test("EFER keeps LMA whatever the guest writes there", arguments: [0x900, 0xD00, 0x901] as [UInt64])
    func efer(value: UInt64) throws {
        let guest = try GuestFixture()
        guest.processor[.rcx] = 0xC000_0080
        guest.processor[.rax] = value
        _ = guest.exit(.wrmsr)
        #expect(guest.injected == nil)
        #expect(guest.processor.msrs[0xC000_0080] == 0xD00 | value & 1)
    }

    @Test(
        "a feature that is enumerated to the TD raises #VE where #GP would be for others",
        arguments: [
            (0, 1 << 24, 0, .rdmsr, 0x6E0), (0, 1 << 18, 0, .rdmsr, 0x1F8), (5, 1 << 13, 0, .rdmsr, 0x981),
            (5, 0, 1 << 18, .rdmsr, 0x87), (5, 0, 1 << 18, .pconfig, 0),
        ] as [(Int, UInt32, UInt32, ExitReason, UInt64)])
    func enumerated(row: Int, ecx: UInt32, edx: UInt32, reason: ExitReason, number: UInt64) throws {
        for isEnumerated in [true, false] {
            let guest = try GuestFixture()
            var values = [CPUIDValues](repeating: .zero, count: 18)
            if isEnumerated { values[row] = CPUIDValues(ecx: ecx, edx: edx) }
            guest.td.cpuid = try VirtualCPUID(
                CPUIDParameters(
                    attributes: 1 << 28, xfam: 7, configFlags: 4, tscFrequency: 100, values: values),
                native: { leaf, subleaf in
                    let value = plainCPUID(leaf, subleaf)
                    return CPUIDValues(eax: value.eax, ebx: value.ebx, ecx: value.ecx, edx: value.edx)
                })
            guest.processor[.rcx] = number
            _ = guest.exit(reason)
            #expect(guest.injected == (isEnumerated ? 20 : reason == .pconfig ? 6 : 13))
        }
    }

    @Test("LMSW changes MP, EM and TS only")
    func lmsw() throws {
        let guest = try GuestFixture()
        for (source, cr0) in [(0xF, 0x8000_002F), (0, 0x8000_0021)] as [(UInt64, UInt64)] {
            _ = guest.exit(.controlRegisterAccess, qualification: 3 << 4 | source << 16)
            #expect(guest.injected == nil)
            #expect(guest.processor[.cr0] == cr0)
        }
    }

    @Test(
        "CR0: reserved bits stay as they are; WP is needed with CET, PAE with long mode",
        arguments: [
            (0x8001_0021 | 1 << 6 | 1 << 28, 0x2060, 0x8000_0021, nil, 0x8001_0021),
            (0x8000_0021, 0x80_2060, 0x8001_0021, 13, 0x8001_0021),
            (0x8001_0021, 0x2040, 0x1_0021, 13, 0x1_0021),
        ] as [(UInt64, UInt64, UInt64, UInt32?, UInt64)])
    func cr0(value: UInt64, cr4: UInt64, old: UInt64, vector: UInt32?, result: UInt64) throws {
        let guest = try GuestFixture()
        guest.processor[.cr4] = cr4
        guest.processor[.cr0] = old
        guest.processor[.rbx] = value
        _ = guest.exit(.controlRegisterAccess, qualification: 3 << 8)
        #expect(guest.injected == vector)
        #expect(guest.processor[.cr0] == result)
    }

    @Test("CR4.CET needs CR0.WP", arguments: [false, true])
    func cet(hasWriteProtect: Bool) throws {
        let guest = try GuestFixture(xfam: 0x1807)
        guest.processor[.cr0] = hasWriteProtect ? 0x8001_0021 : 0x8000_0021
        guest.processor[.rax] = 1 << 23 | 0x60
        _ = guest.exit(.controlRegisterAccess, qualification: 4)
        #expect(guest.injected == (hasWriteProtect ? nil : 13))
        #expect(guest.processor[.cr4][bit: 23] == hasWriteProtect)
    }

    @Test(
        "XSETBV takes AVX-512 as a whole and after AVX, AMX as a whole",
        arguments: [(0xE7, nil), (0xE3, 13), (0x27, 13), (0x2_0007, 13), (0x4_0007, 13), (0x6_0007, nil)]
            as [(UInt64, UInt32?)])
    func xsetbv(value: UInt64, vector: UInt32?) throws {
        let guest = try GuestFixture(xfam: 0x6_02E7)
        (guest.processor[.rcx], guest.processor[.rax]) = (0, value)
        _ = guest.exit(.xsetbv, length: 3)
        #expect(guest.injected == vector)
        #expect(guest.processor[.xcr0] == (vector == nil ? value : 1))
    }

    @Test("CR0 takes 32 bits of a register outside 64-bit code")
    func width() throws {
        let guest = try GuestFixture()
        guest.processor[SegmentRegister.cs].accessRights = 0xC09B
        guest.processor[.rbx] = 0xFFFF_FFFF_8001_0021
        _ = guest.exit(.controlRegisterAccess, qualification: 3 << 8)
        #expect(guest.injected == nil)
        #expect(guest.processor[.cr0] == 0x8001_0021)
    }
}

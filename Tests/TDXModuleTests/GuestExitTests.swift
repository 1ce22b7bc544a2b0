// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("Exits")
struct GuestExitTests {
    @Test(
        "Instructions that the VMM emulates raise #VE",
        arguments: [.hlt, .ioInstruction, .invd, .wbinvd, .vmcall] as [ExitReason])
    func raises(_ reason: ExitReason) throws {
        let guest = try GuestFixture()
        guard case .resume = guest.exit(reason, qualification: 0x3F8_0000, gla: 0x55, length: 3) else {
            Issue.record("The exit went to the host.")
            return
        }
        #expect(guest.injected == 20)
        #expect(guest.processor[.rip] == 0x1000)
        #expect(guest.processor[.rflags] & 1 << 16 != 0)
        #expect(
            guest.veInfo
                == VirtualizationExceptionInformation(
                    exitReason: reason.rawValue, qualification: 0x3F8_0000, instructionLength: 3))
    }

    @Test("A second #VE before the first is read is a double fault and leaves the first")
    func doubleFault() throws {
        let guest = try GuestFixture()
        _ = guest.exit(.hlt)
        _ = guest.exit(.ioInstruction)
        #expect(guest.injected == 8)
        #expect(guest.processor.entryEvent?.errorCode == 0)
        #expect(guest.veInfo?.exitReason == 12)
        _ = guest.exit(.ioInstruction)
        #expect(guest.injected == 20)
    }

    @Test(
        "Instructions that a TD does not have raise #UD",
        arguments: [
            .monitor, .mwait, .getsec, .vmxon, .vmread, .invept, .vmfunc, .encls, .seamcall, .pconfig,
        ]
            as [ExitReason])
    func undefined(_ reason: ExitReason) throws {
        let guest = try GuestFixture()
        _ = guest.exit(reason)
        #expect(guest.injected == 6)
    }

    @Test("RDPMC raises #GP(0)")
    func rdpmc() throws {
        let guest = try GuestFixture()
        _ = guest.exit(.rdpmc)
        #expect(guest.processor.entryEvent == .exception(13, errorCode: 0))
    }

    @Test("CPUID gives values and goes on, or raises #VE")
    func cpuid() throws {
        let guest = try GuestFixture()
        guest.processor[.rax] = 0xFFFF_FFFF_0000_0021
        guest.processor.interruptibility = 1
        _ = guest.exit(.cpuid)
        #expect(guest.processor[.rbx] == 0x6574_6E49)
        #expect(guest.processor[.rdx] == 0x5844_546C)
        #expect(guest.processor[.rax] == 0)
        #expect(guest.processor[.rip] == 0x1002)
        #expect(guest.processor.interruptibility == 0)
        guest.processor[.rax] = 0x16
        _ = guest.exit(.cpuid)
        #expect(guest.injected == 20)
        #expect(guest.veInfo?.exitReason == 10)
        guest.processor[.rax] = 1
        _ = guest.exit(.cpuid)
        #expect(guest.processor[.rbx] >> 24 == 1)
    }

    @Test("The guest can make CPUID raise #VE, by privilege and by leaf")
    func cpuidVE() throws {
        let guest = try GuestFixture()
        #expect(guest.call(.vpCPUIDVESet, rcx: 4) == .operandInvalid.at(.rcx))
        #expect(guest.call(.vpCPUIDVESet, rcx: 2) == .success)
        guest.processor[.rax] = 0
        _ = guest.exit(.cpuid)
        #expect(guest.injected == nil)
        guest.processor[.rax] = 0
        guest.processor[.ss].accessRights |= 3 << 5
        _ = guest.exit(.cpuid)
        #expect(guest.injected == 20)
        guest.processor[.ss].accessRights &= ~(3 << 5)
        _ = guest.veInfo
        let field =
            UInt64(0xA120_0000_0000_0000)
            + UInt64(CPUIDTable.lookupIndex(CPUIDTable.index(leaf: 0, subleaf: 0) ?? 0))
        #expect(guest.call(.vpWr, rdx: field, r8: 1, r9: ~0) == .success)
        guest.processor[.rax] = 0
        _ = guest.exit(.cpuid)
        #expect(guest.injected == 20)
    }

    @Test(
        "RDMSR: value, #VE or #GP",
        arguments: [
            (0x1B, nil, 20), (0x6E0, nil, 13), (0x802, nil, 20), (0x8B, nil, 20), (0x400_0000, nil, 20),
            (0x80, nil, 20), (0x8C, nil, 13), (0xC1, nil, 13), (0x480, 0, nil), (0xBD, 1, nil),
            (0x1A0, 0x85_1009, nil), (0x345, 0, nil), (0x800, nil, 13), (0x830, nil, 20), (0x1D9, 0, nil),
            (0x6A0, nil, 13), (0xC000_0103, 7, nil),
        ] as [(UInt32, UInt64?, UInt32?)])
    func rdmsr(_ number: UInt32, _ value: UInt64?, _ vector: UInt32?) throws {
        let guest = try GuestFixture()
        guest.processor[.rcx] = UInt64(number)
        _ = guest.exit(.rdmsr, qualification: 99)
        #expect(guest.injected == vector)
        if let value {
            #expect(guest.processor[.rax] | guest.processor[.rdx] << 32 == value)
            #expect(guest.processor[.rip] == 0x1002)
        }
        if vector == 20 { #expect(guest.veInfo?.qualification == 0) }
    }

    @Test(
        "WRMSR: done, #VE or #GP",
        arguments: [
            (0x10, 0, 20), (0x1B, 0, 20), (0x830, 0, 20), (0x48A, 0, 13), (0x6E0, 0, 13),
            (0xC000_0080, 0xD01, nil), (0xC000_0080, 0xD00, nil), (0xC000_0080, 0x901, nil),
            (0xC000_0080, 0x501, 20),
            (0xDA0, 0, nil), (0xDA0, 1 << 11, 13), (0xDA0, 1, 13),
            (0x1D9, 3, nil), (0x1D9, 1 << 3, 13), (0x1D9, 1 << 6, 20), (0x1D9, 1 << 14, 13),
            (0x1D9, 1 << 15, 13),
            (0x802, 0, 13), (0x1A0, 0, 20),
        ] as [(UInt32, UInt64, UInt32?)])
    func wrmsr(_ number: UInt32, _ value: UInt64, _ vector: UInt32?) throws {
        let guest = try GuestFixture()
        guest.processor[.rcx] = UInt64(number)
        guest.processor[.rax] = value
        _ = guest.exit(.wrmsr)
        #expect(guest.injected == vector)
        if vector == nil {
            #expect(guest.processor[.rip] == 0x1002)
            #expect(guest.processor.msrs[number].map { $0 | 1 << 10 } == value | 1 << 10)
        }
    }

    @Test(
        "CR0: kept, #VE or #GP",
        arguments: [
            (0x8000_0021, nil), (0x8001_0033, nil), (0xC000_0021, 20), (0xA000_0021, 20), (0x8000_0001, 13),
            (0x8000_0020, 13), (0x20, 20), (0, 13), (0x1_8000_0021, 13),
        ] as [(UInt64, UInt32?)])
    func cr0(_ value: UInt64, _ vector: UInt32?) throws {
        let guest = try GuestFixture()
        guest.processor[.rbx] = value
        _ = guest.exit(.controlRegisterAccess, qualification: 3 << 8)
        #expect(guest.injected == vector)
        #expect(guest.processor[.cr0] == (vector == nil ? value : 0x8000_0021))
    }

    @Test(
        "CR4: kept, #VE or #GP",
        arguments: [
            (0x60, nil), (0x20, 20), (0x2060, 20), (0x4060, 20), (0x40_0060, 13), (0x8_0060, 13),
            (0x80_0060, 13),
            (0x100_0060, 13), (0x800_0060, 13), (1 << 40 | 0x60, 13), (0x6F0, nil),
        ] as [(UInt64, UInt32?)])
    func cr4(_ value: UInt64, _ vector: UInt32?) throws {
        let guest = try GuestFixture()
        guest.processor[.rax] = value
        _ = guest.exit(.controlRegisterAccess, qualification: 4)
        #expect(guest.injected == vector)
        #expect(guest.processor[.cr4] == (vector == nil ? value | 0x2000 : 0x2060))
    }

    @Test(
        "XSETBV takes what XFAM allows",
        arguments: [
            (0, 1, nil), (0, 7, nil), (0, 3, nil), (1, 1, 13), (0, 0, 13), (0, 5, 13), (0, 0xE7, 13),
            (0, 0x201, 13),
        ] as [(UInt64, UInt64, UInt32?)])
    func xsetbv(_ register: UInt64, _ value: UInt64, _ vector: UInt32?) throws {
        let guest = try GuestFixture()
        guest.processor[.rcx] = register
        guest.processor[.rax] = value
        _ = guest.exit(.xsetbv, length: 3)
        #expect(guest.injected == vector)
        #expect(guest.processor[.xcr0] == (vector == nil ? value : 1))
    }

    @Test(
        "A violation of a private page goes to the host, unless the page is pending and the guest wants #VE")
    func eptViolation() throws {
        let guest = try GuestFixture()
        let host = try guest.hostExit(.eptViolation, qualification: 0x1F82, gpa: 0x5678)
        #expect(host.reason == 48)
        #expect(host.qualification == 2)
        #expect(host.guestPhysicalAddress == 0x5000)
        #expect(host.extendedQualification == 0)
        guest.map(0x5000, .pending)
        let pending = try guest.hostExit(.eptViolation, qualification: 0x182, gpa: 0x5678)
        #expect(pending.extendedQualification == 6)
        guest.td.controls = 0
        _ = guest.exit(.eptViolation, qualification: 0x182, gpa: 0x5678, gla: 0xFFFF_8000_0000_5678)
        #expect(guest.injected == 20)
        let info = guest.veInfo
        #expect(info?.guestPhysicalAddress == 0x5678)
        #expect(info?.guestLinearAddress == 0xFFFF_8000_0000_5678)
    }

    @Test("A shared violation and misconfiguration go to the host; a private misconfiguration is fatal")
    func shared() throws {
        let guest = try GuestFixture()
        let shared: UInt64 = 1 << 47 | 0xFEC0_0010
        let host = try guest.hostExit(.eptViolation, qualification: 1, gpa: shared)
        #expect(host.guestPhysicalAddress == shared & ~0xFFF)
        let other = try guest.hostExit(.eptMisconfiguration, qualification: 7, gpa: shared)
        #expect(other.reason == 49)
        #expect(other.qualification == 0)
        let fatal = try guest.hostExit(.eptMisconfiguration, gpa: 0x1000)
        #expect(fatal.status == .nonRecoverableTD)
        #expect(guest.td.isFatal)
    }

    @Test("An address beyond the guest's width is a page fault with the reserved bit")
    func reserved() throws {
        let guest = try GuestFixture()
        _ = guest.exit(.eptViolation, qualification: 1 << 7 | 2, gpa: 1 << 50, gla: 0x7000)
        #expect(guest.processor.entryEvent == .exception(14, errorCode: 0b1011))
        #expect(guest.processor[.cr2] == 0x7000)
    }

    @Test("An event broken off by the exit is delivered again")
    func reinjection() throws {
        let guest = try GuestFixture()
        _ = guest.exit(.eptViolation, qualification: 1, gpa: 0x9000, vectoring: 1 << 31 | 0x20)
        #expect(guest.processor.entryEvent?.information == 0x8000_0020)
    }

    @Test("Exits that end a vCPU or the TD")
    func ends() throws {
        var guest = try GuestFixture()
        let triple = try guest.hostExit(.tripleFault)
        #expect(triple.status == .nonRecoverableVCPU)
        #expect(triple.disablesVCPU)
        #expect(!guest.td.isFatal)
        let check = try guest.hostExit(.exceptionOrNMI, information: 0x8000_0312)
        #expect(check.status == .nonRecoverableTDNonAccessible)
        #expect(check.interruptionInformation == 0x8000_0312)
        #expect(guest.td.isFatal)
        guest = try GuestFixture()
        let unknown = try guest.hostExit(.monitorTrapFlag)
        #expect(unknown.status == .nonRecoverableTD)
        guest = try GuestFixture(attributes: 1)
        let debug = try guest.hostExit(.monitorTrapFlag)
        #expect(debug.status == .success)
        guest = try GuestFixture()
        let invalid = try guest.hostExit(.invalidGuestState)
        #expect(invalid.reason == 0x8000_0021)
    }

    @Test("Interrupts and NMIs of the host go to the host")
    func interrupts() throws {
        let guest = try GuestFixture()
        let external = try guest.hostExit(.externalInterrupt, information: 0x8000_00EC)
        #expect(external.interruptionInformation == 0x8000_00EC)
        #expect(external.status == .success)
        let nmi = try guest.hostExit(.exceptionOrNMI, information: 0x8000_0202)
        #expect(nmi.reason == 0)
        #expect(nmi.status == .success)
    }

    @Test("An NMI waits for its window, and for #VE information to be read")
    func nmi() throws {
        let guest = try GuestFixture()
        #expect(
            try guest.module.writeMetadata(
                .vcpu(guest.vcpu, isGuest: false), MetadataFieldID(0x2000_0000_0000_000B), value: 1, mask: ~0)
                == 0)
        _ = guest.exit(.hlt)
        #expect(!guest.processor.wantsNMIWindow)
        #expect(guest.call(.vpVEInfoGet) == .success)
        #expect(guest.processor.wantsNMIWindow)
        _ = guest.exit(.nmiWindow, length: 0)
        #expect(guest.processor.entryEvent?.information == 0x8000_0202)
        #expect(!guest.processor.wantsNMIWindow)
        #expect(!guest.vcpu.isNMIPending)
    }

    @Test("A single step is due after an instruction the module completes")
    func singleStep() throws {
        let guest = try GuestFixture()
        guest.processor[.rflags] = 0x102
        guest.processor[.rax] = 0
        _ = guest.exit(.cpuid)
        #expect(guest.injected == 1)
        #expect(guest.processor[.dr6] & 1 << 14 != 0)
    }
}

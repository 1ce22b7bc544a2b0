// SPDX-License-Identifier: Apache-2.0

/// Why a virtual processor left VMX non-root operation, as the VM-exit information fields say it.
///
/// - SeeAlso: SDM Vol. 3, "VM-Exit Information Fields".
public struct VMExit: Sendable, BitwiseCopyable {
    public var reason: ExitReason
    public var qualification: UInt64
    public var guestLinearAddress: UInt64
    public var guestPhysicalAddress: UInt64
    /// VM-exit interruption information: vector 7:0, type 10:8, error code valid 11, valid 31.
    public var interruptionInformation: UInt32
    public var interruptionErrorCode: UInt32
    /// IDT-vectoring information, same layout: an event whose delivery the exit broke off.
    public var vectoringInformation: UInt32
    public var vectoringErrorCode: UInt32
    /// Length of the instruction that caused the exit, in bytes.
    public var instructionLength: UInt32
    public var instructionInformation: UInt32

    public init(
        _ reason: ExitReason, qualification: UInt64 = 0, guestLinearAddress: UInt64 = 0,
        guestPhysicalAddress: UInt64 = 0, interruptionInformation: UInt32 = 0,
        interruptionErrorCode: UInt32 = 0,
        vectoringInformation: UInt32 = 0, vectoringErrorCode: UInt32 = 0, instructionLength: UInt32 = 0,
        instructionInformation: UInt32 = 0
    ) {
        self.reason = reason
        self.qualification = qualification
        self.guestLinearAddress = guestLinearAddress
        self.guestPhysicalAddress = guestPhysicalAddress
        self.interruptionInformation = interruptionInformation
        self.interruptionErrorCode = interruptionErrorCode
        self.vectoringInformation = vectoringInformation
        self.vectoringErrorCode = vectoringErrorCode
        self.instructionLength = instructionLength
        self.instructionInformation = instructionInformation
    }
}

extension VMExit {
    /// Exception 18, #MC.
    public var isMachineCheck: Bool {
        reason == .exceptionOrNMI && interruptionInformation[bit: 31]
            && interruptionInformation[bits: 8...10] == 3 && interruptionInformation[bits: 0...7] == 18
    }
}

/// The basic exit reason, bits 15:0 of the VMX exit reason field.
///
/// - SeeAlso: SDM Vol. 3, Appendix C, "VMX Basic Exit Reasons".
public struct ExitReason: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
    public var rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    private init(_ rawValue: UInt32) { self.rawValue = rawValue }

    public static let exceptionOrNMI = ExitReason(0)
    public static let externalInterrupt = ExitReason(1)
    public static let tripleFault = ExitReason(2)
    public static let initSignal = ExitReason(3)
    public static let ioSMI = ExitReason(5)
    public static let otherSMI = ExitReason(6)
    public static let interruptWindow = ExitReason(7)
    public static let nmiWindow = ExitReason(8)
    public static let taskSwitch = ExitReason(9)
    public static let cpuid = ExitReason(10)
    public static let getsec = ExitReason(11)
    public static let hlt = ExitReason(12)
    public static let invd = ExitReason(13)
    public static let rdpmc = ExitReason(15)
    public static let rdtsc = ExitReason(16)
    public static let rsm = ExitReason(17)
    public static let vmcall = ExitReason(18)
    public static let vmclear = ExitReason(19)
    public static let vmlaunch = ExitReason(20)
    public static let vmptrld = ExitReason(21)
    public static let vmptrst = ExitReason(22)
    public static let vmread = ExitReason(23)
    public static let vmresume = ExitReason(24)
    public static let vmwrite = ExitReason(25)
    public static let vmxoff = ExitReason(26)
    public static let vmxon = ExitReason(27)
    public static let controlRegisterAccess = ExitReason(28)
    public static let movDR = ExitReason(29)
    public static let ioInstruction = ExitReason(30)
    public static let rdmsr = ExitReason(31)
    public static let wrmsr = ExitReason(32)
    public static let invalidGuestState = ExitReason(33)
    public static let mwait = ExitReason(36)
    public static let monitorTrapFlag = ExitReason(37)
    public static let monitor = ExitReason(39)
    public static let machineCheckDuringEntry = ExitReason(41)
    public static let tprBelowThreshold = ExitReason(43)
    public static let eptViolation = ExitReason(48)
    public static let eptMisconfiguration = ExitReason(49)
    public static let invept = ExitReason(50)
    public static let invvpid = ExitReason(53)
    public static let wbinvd = ExitReason(54)
    public static let xsetbv = ExitReason(55)
    public static let apicWrite = ExitReason(56)
    public static let vmfunc = ExitReason(59)
    public static let encls = ExitReason(60)
    public static let pconfig = ExitReason(65)
    public static let seamcall = ExitReason(76)
    public static let tdcall = ExitReason(77)
}

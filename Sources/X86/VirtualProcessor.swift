// SPDX-License-Identifier: Apache-2.0

/// The state of one virtual processor outside VMX non-root operation: what the VMCS, and for a TD the rest of the
/// `TDVPS`, hold between a VM exit and the next VM entry.
///
/// The TDX module sets and reads guest state through this; the CPU engine implements it. Not thread-safe: the logical
/// processor that the vCPU is associated with uses it, while it does not run.
public protocol VirtualProcessor: AnyObject, Sendable {
    subscript(_ register: GeneralRegister) -> UInt64 { get set }
    /// Control registers, instruction pointer, flags, debug registers and the like.
    subscript(_ field: ProcessorField) -> UInt64 { get set }
    subscript(_ segment: SegmentRegister) -> Segment { get set }
    var tr: Segment { get set }
    var ldtr: Segment { get set }
    var gdtr: DescriptorTableRegister { get set }
    var idtr: DescriptorTableRegister { get set }
    /// An MSR's storage, without checks and side effects beyond keeping derived state right. An MSR that the
    /// processor does not implement reads as nil; a write to one is dropped.
    func msr(_ number: UInt32) -> UInt64?
    func setMSR(_ number: UInt32, _ value: UInt64)
    /// XMM*n*, low quadword first.
    func xmm(_ number: Int) -> SIMD2<UInt64>
    func setXMM(_ number: Int, _ value: SIMD2<UInt64>)

    /// The event to be delivered by the next VM entry: the VM-entry interruption-information field. Cleared by entry.
    var entryEvent: EntryEvent? { get set }
    /// Bits as in the VMCS: 0 blocking by STI, 1 by MOV SS, 3 by NMI.
    var interruptibility: UInt32 { get set }
    /// Opens an NMI-window exit at the next instruction boundary without NMI blocking.
    var wantsNMIWindow: Bool { get set }

    /// EPT roots, keys and the virtual APIC; constant once the vCPU has been initialised except where said.
    var configuration: VirtualProcessorConfiguration { get set }

    /// Drops all translations of the TD that the vCPU has cached.
    func flushTranslations()
    /// The priority class of the highest pending virtual interrupt exceeds the processor priority (`VMXIP`).
    var hasPendingVirtualInterrupt: Bool { get }
    /// Runs until the next VM exit, on the calling thread.
    func run() -> VMExit
    /// Asks a running vCPU to leave or look at something, from any thread.
    func notify(_ request: ProcessorRequest)
}

/// A field of `VirtualProcessor` that is one 64-bit number.
public enum ProcessorField: UInt8, CaseIterable, Sendable {
    case rip, rflags, cr0, cr2, cr3, cr4, cr8, xcr0, dr0, dr1, dr2, dr3, dr6, dr7
}

/// A segment register with its hidden part; access rights as the VMCS keeps them (bit 16 is "unusable").
public struct Segment: Hashable, Sendable, BitwiseCopyable {
    public var base: UInt64
    public var limit: UInt32
    public var accessRights: UInt32
    public var selector: UInt16

    public init(selector: UInt16 = 0, base: UInt64 = 0, limit: UInt32 = 0, accessRights: UInt32 = 0) {
        self.selector = selector
        self.base = base
        self.limit = limit
        self.accessRights = accessRights
    }
}

public struct DescriptorTableRegister: Hashable, Sendable, BitwiseCopyable {
    public var base: UInt64
    public var limit: UInt16
    public init(base: UInt64 = 0, limit: UInt16 = 0) {
        self.base = base
        self.limit = limit
    }
}

/// VM-entry event injection.
///
/// - SeeAlso: SDM Vol. 3, "VM-Entry Controls for Event Injection".
public struct EntryEvent: Hashable, Sendable, BitwiseCopyable {
    /// Vector 7:0, type 10:8 (0 external, 2 NMI, 3 hardware exception, 4 software interrupt, 5 privileged software
    /// exception, 6 software exception), deliver error code 11, valid 31.
    public var information: UInt32
    public var errorCode: UInt32
    /// For software interrupts and exceptions, in bytes.
    public var instructionLength: UInt32

    public init(information: UInt32, errorCode: UInt32 = 0, instructionLength: UInt32 = 0) {
        self.information = information
        self.errorCode = errorCode
        self.instructionLength = instructionLength
    }

    /// A hardware exception.
    public static func exception(_ vector: UInt8, errorCode: UInt32? = nil) -> EntryEvent {
        EntryEvent(
            information: UInt32(vector) | 3 << 8 | (errorCode == nil ? 0 : 1 << 11) | 1 << 31,
            errorCode: errorCode ?? 0)
    }
}

/// What the hypervisor (for a TD, the TDX module) has set up for a virtual processor.
public struct VirtualProcessorConfiguration: Sendable {
    /// Secure EPT root, without KeyID; walked with `privateKey`.
    public var secureEPTRoot: PhysicalAddress = PhysicalAddress(0)
    /// Shared EPT root (VMCS field 0x203C); 0 until the host has set it.
    public var sharedEPTRoot: PhysicalAddress = PhysicalAddress(0)
    /// 4 or 5.
    public var eptLevels: Int = 4
    /// The GPA bit that selects the shared EPT: 47 or 51.
    public var sharedBit: Int = 47
    /// KeyID of the TD: private memory is accessed with it.
    public var privateKey: UInt16 = 0
    /// The first KeyID that is no host's: an entry of the shared EPT that names one is a misconfiguration.
    public var firstPrivateKey: UInt16 = .max
    /// Width of a physical address the guest may use, in bits.
    public var physicalAddressWidth: Int = 52
    /// Where the #VE information area lies; the processor writes it for EPT violations it converts itself.
    public var virtualizationInformation: PhysicalAddress = PhysicalAddress(0)
    /// The virtual-APIC page.
    public var virtualAPIC: PhysicalAddress = PhysicalAddress(0)
    /// The posted-interrupt descriptor (shared memory), or nil while posted interrupts are off.
    public var postedInterrupts: PhysicalAddress? = nil
    public var postedInterruptVector: UInt8 = 0
    /// Virtual TSC = (host TSC × multiplier >> 48) + offset.
    public var tscMultiplier: UInt64 = 1 << 48
    public var tscOffset: UInt64 = 0
    /// Guest/host masks and read shadows.
    public var cr0GuestHostMask: UInt64 = 0
    public var cr0ReadShadow: UInt64 = 0
    public var cr4GuestHostMask: UInt64 = 0
    public var cr4ReadShadow: UInt64 = 0
    /// MSRs that do not cause an exit on RDMSR, WRMSR. All others exit.
    public var directReadMSRs: Set<UInt32> = []
    public var directWriteMSRs: Set<UInt32> = []
    /// XCR0 and IA32_XSS bits that exist for the guest.
    public var xfam: UInt64 = 3
    /// Instructions that exist for the guest beyond the processor's fixed set.
    public var hasMonitor: Bool = false

    public init() {}
}

/// What another thread wants of a running virtual processor.
public struct ProcessorRequest: OptionSet, Sendable {
    public var rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The host's interrupt: leave with exit reason 1. Who holds the interrupt controller knows the vector.
    public static let externalInterrupt = ProcessorRequest(rawValue: 1 << 0)
    /// The posted-interrupt notification: look at the descriptor, stay in the guest.
    public static let postedInterrupt = ProcessorRequest(rawValue: 1 << 1)
    public static let nmi = ProcessorRequest(rawValue: 1 << 2)
    /// Drop cached translations before the next instruction block.
    public static let flushTranslations = ProcessorRequest(rawValue: 1 << 3)
    /// Cached code may have been overwritten.
    public static let codeChanged = ProcessorRequest(rawValue: 1 << 4)
}

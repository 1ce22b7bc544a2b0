// SPDX-License-Identifier: Apache-2.0

/// The number of a KVM capability: `KVM_CAP_*`.
public struct Capability: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
    public var rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    private init(_ rawValue: UInt32) { self.rawValue = rawValue }

    /// `KVM_CAP_IRQCHIP`
    public static let irqChip = Capability(0)
    /// `KVM_CAP_HLT`
    public static let hlt = Capability(1)
    /// `KVM_CAP_USER_MEMORY`
    public static let userMemory = Capability(3)
    /// `KVM_CAP_SET_TSS_ADDR`
    public static let setTSSAddress = Capability(4)
    /// `KVM_CAP_EXT_CPUID`
    public static let extCPUID = Capability(7)
    /// `KVM_CAP_NR_VCPUS`
    public static let nrVCPUs = Capability(9)
    /// `KVM_CAP_NR_MEMSLOTS`
    public static let nrMemslots = Capability(10)
    /// `KVM_CAP_MP_STATE`
    public static let mpState = Capability(14)
    /// `KVM_CAP_COALESCED_MMIO`
    public static let coalescedMMIO = Capability(15)
    /// `KVM_CAP_SYNC_MMU`
    public static let syncMMU = Capability(16)
    /// `KVM_CAP_DESTROY_MEMORY_REGION_WORKS`
    public static let destroyMemoryRegionWorks = Capability(21)
    /// `KVM_CAP_IRQ_ROUTING`
    public static let irqRouting = Capability(25)
    /// `KVM_CAP_IRQ_INJECT_STATUS`
    public static let irqInjectStatus = Capability(26)
    /// `KVM_CAP_JOIN_MEMORY_REGIONS_WORKS`
    public static let joinMemoryRegionsWorks = Capability(30)
    /// `KVM_CAP_MCE`
    public static let mce = Capability(31)
    /// `KVM_CAP_IRQFD`
    public static let irqFD = Capability(32)
    /// `KVM_CAP_IOEVENTFD`
    public static let ioEventFD = Capability(36)
    /// `KVM_CAP_SET_IDENTITY_MAP_ADDR`
    public static let setIdentityMapAddress = Capability(37)
    /// `KVM_CAP_ADJUST_CLOCK`
    public static let adjustClock = Capability(39)
    /// `KVM_CAP_INTERNAL_ERROR_DATA`
    public static let internalErrorData = Capability(40)
    /// `KVM_CAP_VCPU_EVENTS`
    public static let vcpuEvents = Capability(41)
    /// `KVM_CAP_DEBUGREGS`
    public static let debugRegs = Capability(50)
    /// `KVM_CAP_X86_ROBUST_SINGLESTEP`
    public static let robustSingleStep = Capability(51)
    /// `KVM_CAP_XSAVE`
    public static let xsave = Capability(55)
    /// `KVM_CAP_XCRS`
    public static let xcrs = Capability(56)
    /// `KVM_CAP_GET_TSC_KHZ`
    public static let tscKHz = Capability(61)
    /// `KVM_CAP_MAX_VCPUS`
    public static let maxVCPUs = Capability(66)
    /// `KVM_CAP_TSC_DEADLINE_TIMER`
    public static let tscDeadlineTimer = Capability(72)
    /// `KVM_CAP_SYNC_REGS`
    public static let syncRegs = Capability(74)
    /// `KVM_CAP_SIGNAL_MSI`
    public static let signalMSI = Capability(77)
    /// `KVM_CAP_READONLY_MEM`
    public static let readOnlyMemory = Capability(81)
    /// `KVM_CAP_IOEVENTFD_NO_LENGTH`
    public static let ioEventFDNoLength = Capability(100)
    /// `KVM_CAP_X86_SMM`
    public static let smm = Capability(117)
    /// `KVM_CAP_MULTI_ADDRESS_SPACE`
    public static let multiAddressSpace = Capability(118)
    /// `KVM_CAP_SPLIT_IRQCHIP`
    public static let splitIRQChip = Capability(121)
    /// `KVM_CAP_IOEVENTFD_ANY_LENGTH`
    public static let ioEventFDAnyLength = Capability(122)
    /// `KVM_CAP_MAX_VCPU_ID`
    public static let maxVCPUID = Capability(128)
    /// `KVM_CAP_X2APIC_API`
    public static let x2APICAPI = Capability(129)
    /// `KVM_CAP_IMMEDIATE_EXIT`
    public static let immediateExit = Capability(136)
    /// `KVM_CAP_COALESCED_PIO`
    public static let coalescedPIO = Capability(162)
    /// `KVM_CAP_GET_MSR_FEATURES`
    public static let msrFeatures = Capability(153)
    /// `KVM_CAP_NESTED_STATE`
    public static let nestedState = Capability(157)
    /// `KVM_CAP_EXCEPTION_PAYLOAD`
    public static let exceptionPayload = Capability(164)
    /// `KVM_CAP_PMU_EVENT_FILTER`
    public static let pmuEventFilter = Capability(173)
    /// `KVM_CAP_X86_USER_SPACE_MSR`
    public static let userSpaceMSR = Capability(188)
    /// `KVM_CAP_X86_MSR_FILTER`
    public static let msrFilter = Capability(189)
    /// `KVM_CAP_X86_BUS_LOCK_EXIT`
    public static let busLockExit = Capability(193)
    /// `KVM_CAP_VM_COPY_ENC_CONTEXT_FROM`
    public static let copyEncryptionContext = Capability(197)
    /// `KVM_CAP_EXIT_HYPERCALL`
    public static let exitHypercall = Capability(201)
    /// `KVM_CAP_VM_MOVE_ENC_CONTEXT_FROM`
    public static let moveEncryptionContext = Capability(206)
    /// `KVM_CAP_XSAVE2`
    public static let xsave2 = Capability(208)
    /// `KVM_CAP_SYS_ATTRIBUTES`
    public static let systemAttributes = Capability(209)
    /// `KVM_CAP_PMU_CAPABILITY`
    // swift-format-ignore: DontRepeatTypeInStaticProperties
    public static let pmuCapability = Capability(212)
    /// `KVM_CAP_DISABLE_QUIRKS2`
    public static let disableQuirks2 = Capability(213)
    /// `KVM_CAP_VM_TSC_CONTROL`
    public static let vmTSCControl = Capability(214)
    /// `KVM_CAP_SYSTEM_EVENT_DATA`
    public static let systemEventData = Capability(215)
    /// `KVM_CAP_X86_TRIPLE_FAULT_EVENT`
    public static let tripleFaultEvent = Capability(218)
    /// `KVM_CAP_X86_NOTIFY_VMEXIT`
    public static let notifyVMExit = Capability(219)
    /// `KVM_CAP_USER_MEMORY2`
    public static let userMemory2 = Capability(231)
    /// `KVM_CAP_MEMORY_FAULT_INFO`
    public static let memoryFaultInfo = Capability(232)
    /// `KVM_CAP_MEMORY_ATTRIBUTES`
    public static let memoryAttributes = Capability(233)
    /// `KVM_CAP_GUEST_MEMFD`
    public static let guestMemFD = Capability(234)
    /// `KVM_CAP_VM_TYPES`
    public static let vmTypes = Capability(235)
    /// `KVM_CAP_PRE_FAULT_MEMORY`
    public static let preFaultMemory = Capability(236)
    /// `KVM_CAP_X86_APIC_BUS_CYCLES_NS`
    public static let apicBusCyclesNS = Capability(237)
    /// `KVM_CAP_GUEST_MEMFD_FLAGS`
    public static let guestMemFDFlags = Capability(244)
}

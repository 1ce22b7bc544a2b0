// SPDX-License-Identifier: Apache-2.0

/// The number of an `ioctl(2)` request: direction, size of the argument, type byte 0xAE, and number.
///
/// - SeeAlso: Linux, `Documentation/virt/kvm/api.rst`.
public struct IOCTL: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
    public var rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    private init(_ rawValue: UInt32) { self.rawValue = rawValue }

    /// Bytes of the structure that the argument points to; 0 when the argument is a number.
    public var argumentSize: Int { Int(rawValue >> 16 & 0x3FFF) }

    // /dev/kvm
    /// `KVM_GET_API_VERSION`
    public static let apiVersion = IOCTL(0x0000_AE00)
    /// `KVM_CREATE_VM`
    public static let createVM = IOCTL(0x0000_AE01)
    /// `KVM_GET_MSR_INDEX_LIST`
    public static let msrIndexList = IOCTL(0xC004_AE02)
    /// `KVM_CHECK_EXTENSION`
    public static let checkExtension = IOCTL(0x0000_AE03)
    /// `KVM_GET_VCPU_MMAP_SIZE`
    public static let vcpuMmapSize = IOCTL(0x0000_AE04)
    /// `KVM_GET_SUPPORTED_CPUID`
    public static let supportedCPUID = IOCTL(0xC008_AE05)
    /// `KVM_GET_EMULATED_CPUID`
    public static let emulatedCPUID = IOCTL(0xC008_AE09)
    /// `KVM_GET_MSR_FEATURE_INDEX_LIST`
    public static let msrFeatureIndexList = IOCTL(0xC004_AE0A)
    /// `KVM_X86_GET_MCE_CAP_SUPPORTED`
    public static let mceCapSupported = IOCTL(0x8008_AE9D)

    // VM
    /// `KVM_CREATE_VCPU`
    public static let createVCPU = IOCTL(0x0000_AE41)
    /// `KVM_GET_DIRTY_LOG`
    public static let dirtyLog = IOCTL(0x4010_AE42)
    /// `KVM_SET_NR_MMU_PAGES`
    public static let setNrMMUPages = IOCTL(0x0000_AE44)
    /// `KVM_SET_USER_MEMORY_REGION`
    public static let setUserMemoryRegion = IOCTL(0x4020_AE46)
    /// `KVM_SET_TSS_ADDR`
    public static let setTSSAddress = IOCTL(0x0000_AE47)
    /// `KVM_SET_IDENTITY_MAP_ADDR`
    public static let setIdentityMapAddress = IOCTL(0x4008_AE48)
    /// `KVM_SET_USER_MEMORY_REGION2`
    public static let setUserMemoryRegion2 = IOCTL(0x40A0_AE49)
    /// `KVM_CREATE_IRQCHIP`
    public static let createIRQChip = IOCTL(0x0000_AE60)
    /// `KVM_IRQ_LINE`
    public static let irqLine = IOCTL(0x4008_AE61)
    /// `KVM_GET_IRQCHIP`
    public static let irqChip = IOCTL(0xC208_AE62)
    /// `KVM_SET_IRQCHIP`
    public static let setIRQChip = IOCTL(0x8208_AE63)
    /// `KVM_IRQ_LINE_STATUS`
    public static let irqLineStatus = IOCTL(0xC008_AE67)
    /// `KVM_REGISTER_COALESCED_MMIO`
    public static let registerCoalescedMMIO = IOCTL(0x4010_AE67)
    /// `KVM_UNREGISTER_COALESCED_MMIO`
    public static let unregisterCoalescedMMIO = IOCTL(0x4010_AE68)
    /// `KVM_SET_GSI_ROUTING`
    public static let setGSIRouting = IOCTL(0x4008_AE6A)
    /// `KVM_GET_PIT2`
    public static let pit2 = IOCTL(0x8070_AE9F)
    /// `KVM_SET_PIT2`
    public static let setPIT2 = IOCTL(0x4070_AEA0)
    /// `KVM_CREATE_PIT2`
    public static let createPIT2 = IOCTL(0x4040_AE77)
    /// `KVM_IRQFD`
    public static let irqFD = IOCTL(0x4020_AE76)
    /// `KVM_SET_BOOT_CPU_ID`
    public static let setBootCPUID = IOCTL(0x0000_AE78)
    /// `KVM_IOEVENTFD`
    public static let ioEventFD = IOCTL(0x4040_AE79)
    /// `KVM_SET_CLOCK`
    public static let setClock = IOCTL(0x4030_AE7B)
    /// `KVM_GET_CLOCK`
    public static let clock = IOCTL(0x8030_AE7C)
    /// `KVM_SET_TSC_KHZ`
    public static let setTSCKHz = IOCTL(0x0000_AEA2)
    /// `KVM_GET_TSC_KHZ`
    public static let tscKHz = IOCTL(0x0000_AEA3)
    /// `KVM_ENABLE_CAP`
    public static let enableCap = IOCTL(0x4068_AEA3)
    /// `KVM_SIGNAL_MSI`
    public static let signalMSI = IOCTL(0x4020_AEA5)
    /// `KVM_SET_PMU_EVENT_FILTER`
    public static let setPMUEventFilter = IOCTL(0x4020_AEB2)
    /// `KVM_MEMORY_ENCRYPT_OP`
    public static let memoryEncryptOp = IOCTL(0xC008_AEBA)
    /// `KVM_MEMORY_ENCRYPT_REG_REGION`
    public static let memoryEncryptRegRegion = IOCTL(0x8010_AEBB)
    /// `KVM_MEMORY_ENCRYPT_UNREG_REGION`
    public static let memoryEncryptUnregRegion = IOCTL(0x8010_AEBC)
    /// `KVM_CLEAR_DIRTY_LOG`
    public static let clearDirtyLog = IOCTL(0xC018_AEC0)
    /// `KVM_X86_SET_MSR_FILTER`
    public static let setMSRFilter = IOCTL(0x4188_AEC6)
    /// `KVM_RESET_DIRTY_RINGS`
    public static let resetDirtyRings = IOCTL(0x0000_AEC7)
    /// `KVM_GET_STATS_FD`
    public static let statsFD = IOCTL(0x0000_AECE)
    /// `KVM_SET_MEMORY_ATTRIBUTES`
    public static let setMemoryAttributes = IOCTL(0x4020_AED2)
    /// `KVM_CREATE_GUEST_MEMFD`
    public static let createGuestMemFD = IOCTL(0xC040_AED4)
    /// `KVM_CREATE_DEVICE`
    public static let createDevice = IOCTL(0xC00C_AEE0)
    /// `KVM_SET_DEVICE_ATTR`
    public static let setDeviceAttribute = IOCTL(0x4018_AEE1)
    /// `KVM_GET_DEVICE_ATTR`
    public static let deviceAttribute = IOCTL(0x4018_AEE2)
    /// `KVM_HAS_DEVICE_ATTR`
    public static let hasDeviceAttribute = IOCTL(0x4018_AEE3)

    // vCPU
    /// `KVM_RUN`
    public static let run = IOCTL(0x0000_AE80)
    /// `KVM_GET_REGS`
    public static let regs = IOCTL(0x8090_AE81)
    /// `KVM_SET_REGS`
    public static let setRegs = IOCTL(0x4090_AE82)
    /// `KVM_GET_SREGS`
    public static let sregs = IOCTL(0x8138_AE83)
    /// `KVM_SET_SREGS`
    public static let setSregs = IOCTL(0x4138_AE84)
    /// `KVM_TRANSLATE`
    public static let translate = IOCTL(0xC018_AE85)
    /// `KVM_INTERRUPT`
    public static let interrupt = IOCTL(0x4004_AE86)
    /// `KVM_GET_MSRS`
    public static let msrs = IOCTL(0xC008_AE88)
    /// `KVM_SET_MSRS`
    public static let setMSRs = IOCTL(0x4008_AE89)
    /// `KVM_SET_CPUID`
    public static let setCPUID = IOCTL(0x4008_AE8A)
    /// `KVM_SET_SIGNAL_MASK`
    public static let setSignalMask = IOCTL(0x4004_AE8B)
    /// `KVM_GET_FPU`
    public static let fpu = IOCTL(0x81A0_AE8C)
    /// `KVM_SET_FPU`
    public static let setFPU = IOCTL(0x41A0_AE8D)
    /// `KVM_GET_LAPIC`
    public static let lapic = IOCTL(0x8400_AE8E)
    /// `KVM_SET_LAPIC`
    public static let setLAPIC = IOCTL(0x4400_AE8F)
    /// `KVM_SET_CPUID2`
    public static let setCPUID2 = IOCTL(0x4008_AE90)
    /// `KVM_GET_CPUID2`
    public static let cpuid2 = IOCTL(0xC008_AE91)
    /// `KVM_TPR_ACCESS_REPORTING`
    public static let tprAccessReporting = IOCTL(0xC028_AE92)
    /// `KVM_SET_VAPIC_ADDR`
    public static let setVAPICAddress = IOCTL(0x4008_AE93)
    /// `KVM_GET_MP_STATE`
    public static let mpState = IOCTL(0x8004_AE98)
    /// `KVM_SET_MP_STATE`
    public static let setMPState = IOCTL(0x4004_AE99)
    /// `KVM_NMI`
    public static let nmi = IOCTL(0x0000_AE9A)
    /// `KVM_SET_GUEST_DEBUG`
    public static let setGuestDebug = IOCTL(0x4048_AE9B)
    /// `KVM_X86_SETUP_MCE`
    public static let setupMCE = IOCTL(0x4008_AE9C)
    /// `KVM_X86_SET_MCE`
    public static let setMCE = IOCTL(0x4040_AE9E)
    /// `KVM_GET_VCPU_EVENTS`
    public static let vcpuEvents = IOCTL(0x8040_AE9F)
    /// `KVM_SET_VCPU_EVENTS`
    public static let setVCPUEvents = IOCTL(0x4040_AEA0)
    /// `KVM_GET_DEBUGREGS`
    public static let debugRegs = IOCTL(0x8080_AEA1)
    /// `KVM_SET_DEBUGREGS`
    public static let setDebugRegs = IOCTL(0x4080_AEA2)
    /// `KVM_GET_XSAVE`
    public static let xsave = IOCTL(0x9000_AEA4)
    /// `KVM_SET_XSAVE`
    public static let setXSAVE = IOCTL(0x5000_AEA5)
    /// `KVM_GET_XSAVE2`
    public static let xsave2 = IOCTL(0x9000_AECF)
    /// `KVM_GET_XCRS`
    public static let xcrs = IOCTL(0x8188_AEA6)
    /// `KVM_SET_XCRS`
    public static let setXCRs = IOCTL(0x4188_AEA7)
    /// `KVM_GET_ONE_REG`
    public static let oneReg = IOCTL(0x4010_AEAB)
    /// `KVM_SET_ONE_REG`
    public static let setOneReg = IOCTL(0x4010_AEAC)
    /// `KVM_KVMCLOCK_CTRL`
    public static let kvmclockCtrl = IOCTL(0x0000_AEAD)
    /// `KVM_GET_REG_LIST`
    public static let regList = IOCTL(0xC008_AEB0)
    /// `KVM_SMI`
    public static let smi = IOCTL(0x0000_AEB7)
    /// `KVM_GET_NESTED_STATE`
    public static let nestedState = IOCTL(0xC080_AEBE)
    /// `KVM_SET_NESTED_STATE`
    public static let setNestedState = IOCTL(0x4080_AEBF)
    /// `KVM_GET_SREGS2`
    public static let sregs2 = IOCTL(0x8140_AECC)
    /// `KVM_SET_SREGS2`
    public static let setSregs2 = IOCTL(0x4140_AECD)
    /// `KVM_PRE_FAULT_MEMORY`
    public static let preFaultMemory = IOCTL(0xC040_AED5)
}

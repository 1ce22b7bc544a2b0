// SPDX-License-Identifier: Apache-2.0

/// Why `KVM_RUN` returned: `KVM_EXIT_*`.
public struct KVMExitReason: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
    public var rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    private init(_ rawValue: UInt32) { self.rawValue = rawValue }

    public static let unknown = KVMExitReason(0)
    public static let exception = KVMExitReason(1)
    public static let io = KVMExitReason(2)
    public static let hypercall = KVMExitReason(3)
    public static let hlt = KVMExitReason(5)
    public static let mmio = KVMExitReason(6)
    public static let irqWindowOpen = KVMExitReason(7)
    public static let shutdown = KVMExitReason(8)
    public static let failEntry = KVMExitReason(9)
    public static let intr = KVMExitReason(10)
    public static let internalError = KVMExitReason(17)
    public static let systemEvent = KVMExitReason(24)
    public static let ioapicEOI = KVMExitReason(26)
    public static let rdmsr = KVMExitReason(29)
    public static let wrmsr = KVMExitReason(30)
    public static let busLock = KVMExitReason(33)
    public static let notify = KVMExitReason(37)
    public static let memoryFault = KVMExitReason(39)
    public static let tdx = KVMExitReason(40)
}

/// `KVM_SYSTEM_EVENT_*`
public struct SystemEvent: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
    public var rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    private init(_ rawValue: UInt32) { self.rawValue = rawValue }

    public static let shutdown = SystemEvent(1)
    public static let reset = SystemEvent(2)
    public static let crash = SystemEvent(3)
    public static let wakeup = SystemEvent(4)
    public static let suspend = SystemEvent(5)
    public static let sevTerm = SystemEvent(6)
    public static let tdxFatal = SystemEvent(7)
}

/// `KVM_INTERNAL_ERROR_*`
public struct InternalError: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
    public var rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    private init(_ rawValue: UInt32) { self.rawValue = rawValue }

    public static let emulation = InternalError(1)
    public static let simultaneousException = InternalError(2)
    public static let delivery = InternalError(3)
    public static let unexpectedExitReason = InternalError(4)
}

/// Type of a virtual machine, the argument of `KVM_CREATE_VM`: `KVM_X86_*_VM`.
public struct VMType: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
    public var rawValue: UInt
    public init(rawValue: UInt) { self.rawValue = rawValue }
    private init(_ rawValue: UInt) { self.rawValue = rawValue }

    public static let standard = VMType(0)
    public static let swProtected = VMType(1)
    public static let sev = VMType(2)
    public static let sevES = VMType(3)
    public static let snp = VMType(4)
    public static let tdx = VMType(5)
}

/// Numbers that go with the ioctls.
public enum KVMConstant {
    public static let apiVersion = 12
    public static let vcpuMmapSize = 0x3000
    /// `KVM_MEM_LOG_DIRTY_PAGES`, `KVM_MEM_READONLY`, `KVM_MEM_GUEST_MEMFD`
    public static let memLogDirty: UInt32 = 1
    public static let memReadOnly: UInt32 = 2
    public static let memGuestMemFD: UInt32 = 4
    /// `KVM_MEMORY_ATTRIBUTE_PRIVATE`
    public static let attributePrivate: UInt64 = 8
    /// `KVM_MEMORY_EXIT_FLAG_PRIVATE`
    public static let memoryExitPrivate: UInt64 = 8
    /// `KVM_HC_MAP_GPA_RANGE` and its attribute word.
    public static let mapGPARange: UInt64 = 12
    public static let mapGPAEncrypted: UInt64 = 0x10
    /// `KVM_CPUID_FLAG_SIGNIFCANT_INDEX`
    public static let cpuidSignificantIndex: UInt32 = 1
    /// `KVM_IRQ_ROUTING_IRQCHIP`, `KVM_IRQ_ROUTING_MSI`
    public static let routingIRQChip: UInt32 = 1
    public static let routingMSI: UInt32 = 2
    /// `KVM_TDX_MEASURE_MEMORY_REGION`
    public static let measureMemoryRegion: UInt32 = 1
    /// `KVM_CLOCK_TSC_STABLE`, `KVM_CLOCK_REALTIME`, `KVM_CLOCK_HOST_TSC`
    public static let clockStable: UInt32 = 2
    public static let clockRealtime: UInt32 = 4
    public static let clockHostTSC: UInt32 = 8
    /// `KVM_VCPUEVENT_VALID_*`
    public static let eventNMIPending: UInt32 = 1
    public static let eventShadow: UInt32 = 4
    public static let eventSMM: UInt32 = 8
    public static let eventsValid: UInt32 = 0x3F
    /// vCPU ids are below.
    public static let maxVCPUIDs: UInt = 4096
    /// Quirks that can be turned off, `KVM_X86_QUIRK_*`.
    public static let quirks: UInt64 = 0x3FF
    /// Most entries of a CPUID table.
    public static let maxCPUIDEntries = 256
    /// `MAX_IO_MSRS`: a call has fewer.
    public static let maxMSREntries = 256
    /// Slots that a program has.
    public static let userSlots: UInt32 = 32764
}

/// `id` of `KVM_MEMORY_ENCRYPT_OP` for a TD: `KVM_TDX_*`.
public struct KVMTDXCommandID: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
    public var rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    private init(_ rawValue: UInt32) { self.rawValue = rawValue }

    /// `KVM_TDX_CAPABILITIES`
    public static let capabilities = KVMTDXCommandID(0)
    /// `KVM_TDX_INIT_VM`
    public static let initVM = KVMTDXCommandID(1)
    /// `KVM_TDX_INIT_VCPU`
    public static let initVCPU = KVMTDXCommandID(2)
    /// `KVM_TDX_INIT_MEM_REGION`
    public static let initMemRegion = KVMTDXCommandID(3)
    /// `KVM_TDX_FINALIZE_VM`
    public static let finalizeVM = KVMTDXCommandID(4)
    /// `KVM_TDX_GET_CPUID`
    public static let getCPUID = KVMTDXCommandID(5)
}

/// `kvm_mp_state`
public struct MPState: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
    public var rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    private init(_ rawValue: UInt32) { self.rawValue = rawValue }

    public static let runnable = MPState(0)
    public static let uninitialized = MPState(1)
    public static let initReceived = MPState(2)
    public static let halted = MPState(3)
    public static let sipiReceived = MPState(4)
    public static let apResetHold = MPState(9)
}

// SPDX-License-Identifier: Apache-2.0

import KVMABI

/// Why an ioctl has failed, in a sentence: the call, its argument, the state of what it was made on, and the rule it broke.
extension SoftwareKVM {
    func explain(_ error: Errno, _ ioctl: IOCTL, _ argument: UInt, on file: File) -> String {
        let rule = error.rule.map { ": \($0)" } ?? ""
        return
            "\(ioctl.name)(\(text(of: argument, ioctl))) on \(file.description) failed with \(error.name)\(rule)."
    }

    /// A number as it is, of a structure its first words, of a sub-command its name. Addresses of the program, which are
    /// others in the next run, are left out.
    private func text(of argument: UInt, _ ioctl: IOCTL) -> String {
        guard ioctl.hasStructure else { return "\(argument)" }
        // The request of KVM_MEMORY_ENCRYPT_OP has the size of a pointer in it, not that of the command.
        let size = ioctl == .memoryEncryptOp ? MemoryLayout<KVMTDXCommand>.size : ioctl.argumentSize
        let words = min(size / 8, 6)
        // Somewhere else it has been found already that nothing can be read there.
        guard let values = try? UserMemory(address: argument).readArray(words, of: UInt64.self, at: 0) else {
            return "nothing readable"
        }
        var parts = values.map {
            (0x5000_0000_0000..<0x8000_0000_0000).contains($0) ? "an address" : "0x" + String($0, radix: 16)
        }
        if ioctl == .memoryEncryptOp, let first = values.first {
            parts[0] = KVMTDXCommandID(rawValue: UInt32(truncatingIfNeeded: first)).name
            if first >> 32 != 0 { parts[0] += " with flags 0x" + String(first >> 32, radix: 16) }
        }
        return "{" + parts.joined(separator: ", ") + (size > 8 * words ? ", …" : "") + "}"
    }
}

extension SoftwareKVM.File: CustomStringConvertible {
    var description: String {
        switch self {
        case .system: "/dev/kvm"
        case .vm(let vm): vm.description
        case .vcpu(let vcpu): "vCPU \(vcpu.id)\(vcpu.isInitialized ? "" : ", not initialized,") of \(vcpu.vm)"
        case .guestMemory(let memory): "a guest_memfd of \(memory.size) bytes"
        }
    }
}

extension VM: CustomStringConvertible {
    var description: String {
        if isDead { return "a TD that has come to its end" }
        let stage =
            switch state {
            case .uninitialized: "an uninitialized"
            case .initialized: "an initialized"
            case .runnable: "a runnable"
            }
        let count = allVCPUs.count
        return "\(stage) TD with \(count) \(count == 1 ? "vCPU" : "vCPUs")"
    }
}

extension KVMTDXCommandID {
    fileprivate var name: String {
        switch self {
        case .capabilities: "KVM_TDX_CAPABILITIES"
        case .initVM: "KVM_TDX_INIT_VM"
        case .initVCPU: "KVM_TDX_INIT_VCPU"
        case .initMemRegion: "KVM_TDX_INIT_MEM_REGION"
        case .finalizeVM: "KVM_TDX_FINALIZE_VM"
        case .getCPUID: "KVM_TDX_GET_CPUID"
        default: "sub-command \(rawValue)"
        }
    }
}

extension IOCTL {
    /// The argument is the address of a structure, as the direction in bits 31:30 says.
    var hasStructure: Bool { rawValue >> 30 != 0 }
    /// As Linux's headers call it; the request's number as text, where they do not.
    var name: String { IOCTL.names[self] ?? "0x" + String(rawValue, radix: 16) }

    private static let names: [IOCTL: String] = [
        .apiVersion: "KVM_GET_API_VERSION",
        .createVM: "KVM_CREATE_VM",
        .msrIndexList: "KVM_GET_MSR_INDEX_LIST",
        .checkExtension: "KVM_CHECK_EXTENSION",
        .vcpuMmapSize: "KVM_GET_VCPU_MMAP_SIZE",
        .supportedCPUID: "KVM_GET_SUPPORTED_CPUID",
        .emulatedCPUID: "KVM_GET_EMULATED_CPUID",
        .msrFeatureIndexList: "KVM_GET_MSR_FEATURE_INDEX_LIST",
        .mceCapSupported: "KVM_X86_GET_MCE_CAP_SUPPORTED",
        .createVCPU: "KVM_CREATE_VCPU",
        .dirtyLog: "KVM_GET_DIRTY_LOG",
        .setNrMMUPages: "KVM_SET_NR_MMU_PAGES",
        .setUserMemoryRegion: "KVM_SET_USER_MEMORY_REGION",
        .setTSSAddress: "KVM_SET_TSS_ADDR",
        .setIdentityMapAddress: "KVM_SET_IDENTITY_MAP_ADDR",
        .setUserMemoryRegion2: "KVM_SET_USER_MEMORY_REGION2",
        .createIRQChip: "KVM_CREATE_IRQCHIP",
        .irqLine: "KVM_IRQ_LINE",
        .irqChip: "KVM_GET_IRQCHIP",
        .setIRQChip: "KVM_SET_IRQCHIP",
        .irqLineStatus: "KVM_IRQ_LINE_STATUS",
        .registerCoalescedMMIO: "KVM_REGISTER_COALESCED_MMIO",
        .unregisterCoalescedMMIO: "KVM_UNREGISTER_COALESCED_MMIO",
        .setGSIRouting: "KVM_SET_GSI_ROUTING",
        .pit2: "KVM_GET_PIT2",
        .setPIT2: "KVM_SET_PIT2",
        .createPIT2: "KVM_CREATE_PIT2",
        .irqFD: "KVM_IRQFD",
        .setBootCPUID: "KVM_SET_BOOT_CPU_ID",
        .ioEventFD: "KVM_IOEVENTFD",
        .setClock: "KVM_SET_CLOCK",
        .clock: "KVM_GET_CLOCK",
        .setTSCKHz: "KVM_SET_TSC_KHZ",
        .tscKHz: "KVM_GET_TSC_KHZ",
        .enableCap: "KVM_ENABLE_CAP",
        .signalMSI: "KVM_SIGNAL_MSI",
        .setPMUEventFilter: "KVM_SET_PMU_EVENT_FILTER",
        .memoryEncryptOp: "KVM_MEMORY_ENCRYPT_OP",
        .memoryEncryptRegRegion: "KVM_MEMORY_ENCRYPT_REG_REGION",
        .memoryEncryptUnregRegion: "KVM_MEMORY_ENCRYPT_UNREG_REGION",
        .clearDirtyLog: "KVM_CLEAR_DIRTY_LOG",
        .setMSRFilter: "KVM_X86_SET_MSR_FILTER",
        .resetDirtyRings: "KVM_RESET_DIRTY_RINGS",
        .statsFD: "KVM_GET_STATS_FD",
        .setMemoryAttributes: "KVM_SET_MEMORY_ATTRIBUTES",
        .createGuestMemFD: "KVM_CREATE_GUEST_MEMFD",
        .createDevice: "KVM_CREATE_DEVICE",
        .setDeviceAttribute: "KVM_SET_DEVICE_ATTR",
        .deviceAttribute: "KVM_GET_DEVICE_ATTR",
        .hasDeviceAttribute: "KVM_HAS_DEVICE_ATTR",
        .run: "KVM_RUN",
        .regs: "KVM_GET_REGS",
        .setRegs: "KVM_SET_REGS",
        .sregs: "KVM_GET_SREGS",
        .setSregs: "KVM_SET_SREGS",
        .translate: "KVM_TRANSLATE",
        .interrupt: "KVM_INTERRUPT",
        .msrs: "KVM_GET_MSRS",
        .setMSRs: "KVM_SET_MSRS",
        .setCPUID: "KVM_SET_CPUID",
        .setSignalMask: "KVM_SET_SIGNAL_MASK",
        .fpu: "KVM_GET_FPU",
        .setFPU: "KVM_SET_FPU",
        .lapic: "KVM_GET_LAPIC",
        .setLAPIC: "KVM_SET_LAPIC",
        .setCPUID2: "KVM_SET_CPUID2",
        .cpuid2: "KVM_GET_CPUID2",
        .tprAccessReporting: "KVM_TPR_ACCESS_REPORTING",
        .setVAPICAddress: "KVM_SET_VAPIC_ADDR",
        .mpState: "KVM_GET_MP_STATE",
        .setMPState: "KVM_SET_MP_STATE",
        .nmi: "KVM_NMI",
        .setGuestDebug: "KVM_SET_GUEST_DEBUG",
        .setupMCE: "KVM_X86_SETUP_MCE",
        .setMCE: "KVM_X86_SET_MCE",
        .vcpuEvents: "KVM_GET_VCPU_EVENTS",
        .setVCPUEvents: "KVM_SET_VCPU_EVENTS",
        .debugRegs: "KVM_GET_DEBUGREGS",
        .setDebugRegs: "KVM_SET_DEBUGREGS",
        .xsave: "KVM_GET_XSAVE",
        .setXSAVE: "KVM_SET_XSAVE",
        .xsave2: "KVM_GET_XSAVE2",
        .xcrs: "KVM_GET_XCRS",
        .setXCRs: "KVM_SET_XCRS",
        .oneReg: "KVM_GET_ONE_REG",
        .setOneReg: "KVM_SET_ONE_REG",
        .kvmclockCtrl: "KVM_KVMCLOCK_CTRL",
        .regList: "KVM_GET_REG_LIST",
        .smi: "KVM_SMI",
        .nestedState: "KVM_GET_NESTED_STATE",
        .setNestedState: "KVM_SET_NESTED_STATE",
        .sregs2: "KVM_GET_SREGS2",
        .setSregs2: "KVM_SET_SREGS2",
        .preFaultMemory: "KVM_PRE_FAULT_MEMORY",
    ]
}

// SPDX-License-Identifier: Apache-2.0

import KVMABI
import Platform
import X86

extension SoftwareKVM {
    /// `KVM_CHECK_EXTENSION`: a capability's value, on `/dev/kvm` or on a TD.
    func extensionValue(_ capability: Capability, vm: VM?) -> Int {
        switch capability {
        case .vmTypes: 1 << Int(VMType.tdx.rawValue)
        case .memoryAttributes: Int(KVMConstant.attributePrivate)
        case .exitHypercall: 1 << Int(KVMConstant.mapGPARange)
        case .x2APICAPI: vm == nil || vm?.isSplitIRQChip == true ? 15 : 0
        case .maxVCPUs: vm?.maxVCPUs ?? 4096
        case .nrVCPUs: host.processors.count
        case .maxVCPUID: 4096
        case .nrMemslots: 32764
        case .syncRegs: vm == nil ? 7 : 0
        case .readOnlyMemory, .smm: vm == nil ? 1 : 0
        case .multiAddressSpace: vm == nil ? 2 : 1
        case .irqRouting: 4096
        case .guestMemFDFlags: vm == nil ? 0 : 1
        case .mce: MachineCheckBanks.count
        case .xsave2: 4096
        case .nestedState: KVMNestedState.size + KVMNestedState.vmcsPages
        case .userSpaceMSR: 7
        case .pmuCapability: 1
        case .disableQuirks2: Int(KVMConstant.quirks)
        case .adjustClock:
            Int(KVMConstant.clockStable | KVMConstant.clockRealtime | KVMConstant.clockHostTSC)
        case .irqFD, .ioEventFD, .ioEventFDAnyLength, .ioEventFDNoLength: EventFile.exist ? 1 : 0
        case .irqChip, .userMemory, .syncMMU, .irqInjectStatus, .msrFeatures, .setTSSAddress, .extCPUID,
            .mpState, .destroyMemoryRegionWorks,
            .joinMemoryRegionsWorks, .setIdentityMapAddress, .internalErrorData,
            .vcpuEvents,
            .debugRegs, .robustSingleStep, .xsave, .xcrs, .tscKHz, .tscDeadlineTimer, .signalMSI,
            .splitIRQChip,
            .immediateExit, .exceptionPayload, .systemAttributes, .pmuEventFilter, .msrFilter, .vmTSCControl,
            .systemEventData,
            .tripleFaultEvent, .userMemory2, .memoryFaultInfo, .guestMemFD, .preFaultMemory,
            .apicBusCyclesNS, .hlt:
            1
        default: 0
        }
    }
}

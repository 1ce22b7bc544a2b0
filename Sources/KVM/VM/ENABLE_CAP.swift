// SPDX-License-Identifier: Apache-2.0

import KVMABI
import Platform

extension VM {
    /// `KVM_ENABLE_CAP` of the VM.
    func enableCap(_ argument: UInt) throws(Errno) -> Int {
        let request = try UserMemory(address: argument).read(KVMEnableCap.self)
        guard request.flags == 0 else { throw .invalid("flags must be 0") }
        let value = request.arguments[0]
        return try lock.withLock { () throws(Errno) -> Int in
            switch Capability(rawValue: request.cap) {
            case .exitHypercall:
                guard value & ~(1 << KVMConstant.mapGPARange) == 0 else {
                    throw .invalid("the one hypercall is 12, KVM_HC_MAP_GPA_RANGE")
                }
                exitHypercalls = value
            case .splitIRQChip:
                guard value <= 4096 else { throw .invalid("4096 pins are the most") }
                guard !isSplitIRQChip else { throw .exists("it is enabled already") }
                guard vcpus.isEmpty else { throw .invalid("the VM has vCPUs already") }
                isSplitIRQChip = true
            case .apicBusCyclesNS:
                guard isSplitIRQChip else { throw .noDevice("KVM_CAP_SPLIT_IRQCHIP is not enabled") }
                guard vcpus.isEmpty, value > 0, value < 1 << 24 else {
                    throw .invalid("it is set before the first vCPU, and not 0")
                }
                apicBusNanoseconds = value
            case .x2APICAPI:
                guard value & ~15 == 0 else { throw .invalid("args[0] has flags that do not exist") }
                if value & 1 != 0 { usesX2APICFormat = true }
                if value & 2 != 0 { hasNoBroadcastQuirk = true }
            case .maxVCPUID:
                guard value <= KVMConstant.maxVCPUIDs, bootVCPU <= value else {
                    throw .invalid("it is 4096 at most, and not less than the boot vCPU's")
                }
                guard maxVCPUID == nil || maxVCPUID == UInt(value) else {
                    throw .invalid("it has another value already")
                }
                maxVCPUID = UInt(value)
            case .userSpaceMSR:
                guard value & ~7 == 0 else { throw .invalid("args[0] has reasons that do not exist") }
                userSpaceMSRReasons = value
            case .pmuCapability:
                guard value == 1, vcpus.isEmpty else {
                    throw .invalid("a TD's counters can be disabled only, before the first vCPU")
                }
            case .disableQuirks2:
                // None of the quirks concerns a TD.
                guard value & ~KVMConstant.quirks == 0 else { throw .invalid("there are no such quirks") }
            case .exceptionPayload, .tripleFaultEvent: break
            default: throw .invalid("a TD has no such capability to enable")
            }
            return 0
        }
    }
}

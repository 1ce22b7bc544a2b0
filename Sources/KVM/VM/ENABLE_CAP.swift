// SPDX-License-Identifier: Apache-2.0

import KVMABI
import Platform

extension VM {
    /// `KVM_ENABLE_CAP` of the VM.
    func enableCap(_ argument: UInt) throws(Errno) -> Int {
        let request = try UserMemory(address: argument).read(KVMEnableCap.self)
        guard request.flags == 0 else { throw .invalid }
        let value = request.arguments[0]
        return try lock.withLock { () throws(Errno) -> Int in
            switch Capability(rawValue: request.cap) {
            case .exitHypercall:
                guard value & ~(1 << KVMConstant.mapGPARange) == 0 else { throw .invalid }
                exitHypercalls = value
            case .splitIRQChip:
                guard value <= 4096 else { throw .invalid }
                guard !isSplitIRQChip else { throw .exists }
                guard vcpus.isEmpty else { throw .invalid }
                isSplitIRQChip = true
            case .apicBusCyclesNS:
                guard isSplitIRQChip else { throw .noDevice }
                guard vcpus.isEmpty, value > 0, value < 1 << 24 else { throw .invalid }
                apicBusNanoseconds = value
            case .x2APICAPI:
                guard value & ~15 == 0 else { throw .invalid }
                if value & 1 != 0 { usesX2APICFormat = true }
                if value & 2 != 0 { hasNoBroadcastQuirk = true }
            case .maxVCPUID:
                guard value <= KVMConstant.maxVCPUIDs, bootVCPU <= value else { throw .invalid }
                guard maxVCPUID == nil || maxVCPUID == UInt(value) else { throw .invalid }
                maxVCPUID = UInt(value)
            case .userSpaceMSR:
                guard value & ~7 == 0 else { throw .invalid }
                userSpaceMSRReasons = value
            case .pmuCapability:
                guard value == 1, vcpus.isEmpty else { throw .invalid }
            case .disableQuirks2:
                // None of the quirks concerns a TD.
                guard value & ~KVMConstant.quirks == 0 else { throw .invalid }
            case .exceptionPayload, .tripleFaultEvent: break
            default: throw .invalid
            }
            return 0
        }
    }
}

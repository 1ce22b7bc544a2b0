// SPDX-License-Identifier: Apache-2.0

import KVMABI
import PhysicalMemory
import Platform
import X86

extension VM {
    /// The ioctls of a VM's file.
    func ioctl(_ ioctl: IOCTL, _ argument: UInt) throws(Errno) -> Int {
        guard !isDead else { throw .ioError(VM.deadRule) }
        switch ioctl {
        case .checkExtension:
            return kvm.extensionValue(
                Capability(rawValue: UInt32(truncatingIfNeeded: argument)), vm: self)
        case .createVCPU: return try createVCPU(argument)
        case .memoryEncryptOp: return try memoryEncryptOp(argument)
        case .setUserMemoryRegion: return try setUserMemoryRegion(argument)
        case .setUserMemoryRegion2: return try setUserMemoryRegion2(argument)
        case .createGuestMemFD: return try createGuestMemFD(argument)
        case .setMemoryAttributes: return try setMemoryAttributes(argument)
        case .enableCap: return try enableCap(argument)
        case .setTSCKHz: return try setTSCKHz(argument)
        case .tscKHz: return Int(tscKHz)
        case .signalMSI: return try signalMSI(argument)
        case .setGSIRouting: return try setGSIRouting(argument)
        case .irqFD: return try irqFD(argument)
        case .ioEventFD: return try ioEventFD(argument)
        case .clock: return try getClock(argument)
        case .setClock: return try setClock(argument)
        case .irqLine, .irqLineStatus: return try irqLine(argument, status: ioctl == .irqLineStatus)
        case .setBootCPUID: return try setBootCPUID(argument)
        case .dirtyLog: return try getDirtyLog(argument)
        case .setTSSAddress:
            // Real-mode tasks of a TD do not exist, and neither do their pages.
            guard argument <= 0xFFFF_D000 else { throw .invalid("three pages must fit below 4 GiB") }
            return 0
        case .setIdentityMapAddress:
            _ = try UserMemory(address: argument).read(UInt64.self)
            guard lock.withLock({ vcpus.isEmpty }) else { throw .invalid("the VM has vCPUs already") }
            return 0
        case .setNrMMUPages:
            guard argument >= 64 else { throw .invalid("64 pages are the least") }
            return 0
        case .createDevice:
            _ = try UserMemory(address: argument).readArray(3, of: UInt32.self, at: 0)
            throw .notSupportedByDevice("there are no devices of this type")
        case .setMSRFilter: return try setMSRFilter(argument)
        case .setPMUEventFilter: return try setPMUEventFilter(argument)
        case .clearDirtyLog: return try clearDirtyLog(argument)
        // There are no rings: a TD's memory of its own is not logged.
        case .resetDirtyRings: throw .invalid("the VM has no dirty rings")
        case .createPIT2:
            _ = try UserMemory(address: argument).read(UInt32.self)
            throw .noEntry("a timer needs an interrupt controller in the kernel")
        case .irqChip, .setIRQChip, .pit2, .setPIT2:
            throw .noDevice("the interrupt controller is not in the kernel")
        default: throw .notTTY("a TD has no such ioctl")
        }
    }

    /// `KVM_SET_PMU_EVENT_FILTER`: checked and kept by nobody, as a TD has no counters of KVM's.
    private func setPMUEventFilter(_ argument: UInt) throws(Errno) -> Int {
        let memory = UserMemory(address: argument)
        let filter = try memory.read(KVMPMUEventFilter.self)
        guard filter.action <= 1, filter.flags & ~1 == 0 else {
            throw .invalid("action is 0 or 1, flags has no bits but bit 0")
        }
        guard filter.eventCount <= KVMPMUEventFilter.maxEvents else {
            throw .tooBig("nevents is 300 at most")
        }
        let header = MemoryLayout<KVMPMUEventFilter>.size
        _ = try memory.readArray(Int(filter.eventCount), of: UInt64.self, at: header)
        return 0
    }

    /// `KVM_SET_TSC_KHZ` of the VM: the frequency of vCPUs to come, 0 for the host's.
    private func setTSCKHz(_ argument: UInt) throws(Errno) -> Int {
        guard lock.withLock({ vcpus.isEmpty }), argument <= 10_000_000 else {
            throw .invalid("the frequency is set before the first vCPU, and is 10 GHz at most")
        }
        tscKHz =
            argument == 0 ? host.platform.configuration.tscKHz : UInt32(truncatingIfNeeded: argument)
        return 0
    }
}

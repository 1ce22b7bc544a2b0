// SPDX-License-Identifier: Apache-2.0

import KVMABI
import Platform
import X86

extension SoftwareKVM {
    /// The ioctls of `/dev/kvm`.
    func system(_ ioctl: IOCTL, _ argument: UInt) throws(Errno) -> Int {
        switch ioctl {
        case .apiVersion:
            guard argument == 0 else { throw .invalid("the argument must be 0") }
            return KVMConstant.apiVersion
        case .vcpuMmapSize:
            guard argument == 0 else { throw .invalid("the argument must be 0") }
            return KVMConstant.vcpuMmapSize
        case .checkExtension:
            return extensionValue(Capability(rawValue: UInt32(truncatingIfNeeded: argument)), vm: nil)
        case .createVM: return try createVM(argument)
        case .supportedCPUID: return try supportedCPUID(argument)
        case .emulatedCPUID: return try emulatedCPUID(argument)
        case .msrIndexList, .msrFeatureIndexList:
            return try msrIndexList(argument, features: ioctl != .msrIndexList)
        case .mceCapSupported:
            try UserMemory(address: argument).write(MachineCheckBanks.capabilities)
            return 0
        case .msrs: return try systemMSRs(argument)
        case .deviceAttribute, .hasDeviceAttribute: return try systemAttribute(ioctl, argument)
        default: throw .invalid("/dev/kvm has no such ioctl")
        }
    }

    /// `KVM_CREATE_VM`
    private func createVM(_ type: UInt) throws(Errno) -> Int {
        guard VMType(rawValue: type) == .tdx else {
            throw .invalid("the only type of VM here is 5, a TD")
        }
        return Int(insert(.vm(VM(self))))
    }

    /// `KVM_GET_MSR_INDEX_LIST`, `KVM_GET_MSR_FEATURE_INDEX_LIST`
    private func msrIndexList(_ argument: UInt, features: Bool) throws(Errno) -> Int {
        let list: [UInt32] = features ? [0x10A, 0x345, 0x8B] : VCPU.msrList
        let memory = UserMemory(address: argument)
        let room = try memory.read(UInt32.self)
        try memory.write(UInt32(list.count))
        guard room >= list.count else { throw .tooBig("nmsrs is less than the MSRs there are") }
        try memory.writeArray(list, at: 4)
        return 0
    }

    /// `KVM_GET_MSRS` of the system: feature MSRs only.
    private func systemMSRs(_ argument: UInt) throws(Errno) -> Int {
        let memory = UserMemory(address: argument)
        let count = Int(try memory.read(KVMMSRs.self).count)
        guard count < KVMConstant.maxMSREntries else { throw .tooBig("nmsrs must be below 256") }
        for index in 0..<count {
            var entry = try memory.read(KVMMSREntry.self, at: 8 + 16 * index)
            guard [0x10A, 0x345, 0x8B].contains(entry.index), let value = host.platform.msrs(entry.index)
            else {
                return index
            }
            entry.data = entry.index == 0x345 ? 0 : value
            try memory.write(entry, at: 8 + 16 * index)
        }
        return count
    }
}

extension SoftwareKVM {
    /// `KVM_GET_DEVICE_ATTR` and `KVM_HAS_DEVICE_ATTR` of the system: `KVM_X86_XCOMP_GUEST_SUPP`, what a guest's XCR0 may be.
    fileprivate func systemAttribute(_ ioctl: IOCTL, _ argument: UInt) throws(Errno) -> Int {
        let request = try UserMemory(address: argument).read(KVMDeviceAttribute.self)
        guard request.group == 0, request.attribute == 0 else {
            throw .noDevice("the one attribute is KVM_X86_XCOMP_GUEST_SUPP")
        }
        if ioctl == .deviceAttribute {
            try UserMemory(address: UInt(request.address)).write(VM.knownXFAM & VM.userState)
        }
        return 0
    }
}

/// The emulated machine-check banks.
enum MachineCheckBanks {
    static let count = 32
    /// `MCG_CAP`: `MCG_CTL_P`, `MCG_SER_P` and the number of banks.
    static let capabilities: UInt64 = 1 << 8 | 1 << 24 | UInt64(count)
}

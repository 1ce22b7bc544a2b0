// SPDX-License-Identifier: Apache-2.0

import KVMABI

extension VCPU {
    /// `KVM_GET_MSR_INDEX_LIST`
    static let msrList: [UInt32] = [
        0x8B, 0x10A, 0x1FC, 0x277, 0x1A0, 0x140, 0xCE, 0xFE, 0x2FF, 0x1B, 0xC000_0080, 0x3A, 0x179,
        0x17A, 0x17B, 0x6E0,
    ]

    /// `RDMSR` for the guest or its program; nil where it fails.
    func readMSR(_ number: UInt32) -> UInt64? {
        switch number {
        case 0x8B: msrs[number] ?? 0x1_0000_0000
        case 0x10A: hasArchCapabilities ? msrs[number] ?? 0 : nil
        case 0x1FC, 0x140: msrs[number] ?? 0
        case 0xCE: msrs[number] ?? 1 << 31
        case 0x277: msrs[number] ?? 0x0007_0406_0007_0406
        case 0x1A0: msrs[number] ?? 1 | 1 << 11 | 1 << 12
        case 0xFE: 0x508
        case 0x200...0x26F, 0x2FF: msrs[number] ?? 0
        case 0x1B: apicBase
        case 0xC000_0080: 0xD01
        case 0x3A: 1
        case 0x179: machineCheckCapabilities
        case 0x17A: msrs[number] ?? 0
        case 0x17B: msrs[number] ?? ~0
        case 0x400...0x47F: msrs[number] ?? (number & 3 == 0 ? ~0 : 0)
        case 0x280...0x29F: msrs[number] ?? 0
        case 0x4B56_4D05: nil
        case 0x6E0, 0x802, 0x803, 0x80D, 0x80F, 0x828, 0x82F, 0x830, 0x832...0x839, 0x83E:
            apic.read(number)
        default: nil
        }
    }

    /// `WRMSR`; false where it fails.
    func writeMSR(_ number: UInt32, _ value: UInt64, fromHost: Bool) -> Bool {
        switch number {
        case 0x8B:
            if fromHost { msrs[number] = value }
        case 0x10A:
            guard fromHost else { return false }
            msrs[number] = value
        case 0x1FC, 0x1A0, 0x277: msrs[number] = value
        case 0x140:
            guard value == 0 else { return false }
        case 0xCE:
            guard fromHost else { return false }
            msrs[number] = value
        case 0x200...0x26F, 0x2FF, 0x17B, 0x280...0x29F: msrs[number] = value
        case 0x17A:
            guard fromHost || value == 0 else { return false }
            msrs[number] = value
        case 0x400...0x47F:
            guard fromHost || number & 3 == 0 || value == 0 else { return false }
            msrs[number] = value
        case 0x6E0, 0x80F, 0x828, 0x82F, 0x830, 0x832...0x838, 0x83E: return apic.write(number, value)
        default: return false
        }
        return true
    }

    private var hasArchCapabilities: Bool { (cpuidEntry(7, 0)?.edx ?? 0) & 1 << 29 != 0 }
    var apicBase: UInt64 { 0xFEE0_0C00 | (id == vm.bootVCPU ? 0x100 : 0) }

    /// `KVM_GET_MSRS` and `KVM_SET_MSRS`: stop at the first that is refused.
    func accessMSRs(_ argument: UInt, write: Bool) throws(Errno) -> Int {
        let memory = UserMemory(address: argument)
        let count = Int(try memory.read(KVMMSRs.self).count)
        guard count < KVMConstant.maxMSREntries else { throw .tooBig("nmsrs must be below 256") }
        for index in 0..<count {
            var entry = try memory.read(KVMMSREntry.self, at: 8 + 16 * index)
            if write {
                guard entry.index != 0x1B, entry.index != 0x3A,
                    writeMSR(entry.index, entry.data, fromHost: true)
                else {
                    return index
                }
            } else {
                guard let value = readMSR(entry.index) else { return index }
                entry.data = value
                try memory.write(entry, at: 8 + 16 * index)
            }
        }
        return count
    }
}

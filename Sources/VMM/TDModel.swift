// SPDX-License-Identifier: Apache-2.0

/// What a TD's processors say they are: the CPUID leaves given to the module, and those KVM answers itself.
enum TDModel {
    /// Leaves whose answer depends on ECX.
    private static let indexed: Set<UInt32> = [
        4, 7, 0xB, 0xD, 0xF, 0x10, 0x12, 0x14, 0x17, 0x18, 0x1B, 0x1D, 0x1E, 0x1F, 0x20, 0x23, 0x24,
    ]

    /// For `KVM_TDX_INIT_VM`: of each configurable leaf, what this KVM supports.
    ///
    /// The module's list names each leaf once; the flag that makes the sub-leaf count is ours to set.
    static func configured(
        _ configurable: [CPUIDEntry], supported: [CPUIDEntry], processors: Int
    ) -> [CPUIDEntry] {
        configurable.map { mask in
            var entry = mask
            entry.hasIndex = indexed.contains(mask.function)
            let value = model(mask.function, mask.index, supported: supported, processors: processors)
            entry.eax = mask.eax & value.eax
            entry.ebx = mask.ebx & value.ebx
            entry.ecx = mask.ecx & value.ecx
            entry.edx = mask.edx & value.edx
            if mask.function == 0x8000_0008 {
                entry.eax = entry.eax & ~0xFF_0000 | UInt32(VMM.gpaWidth) << 16
            }
            return entry
        }
    }

    private static func model(
        _ function: UInt32, _ index: UInt32, supported: [CPUIDEntry], processors: Int
    ) -> CPUIDEntry {
        var value =
            supported.first { $0.function == function && (!$0.hasIndex || $0.index == index) }
            ?? CPUIDEntry(function: function, index: index)
        let count = UInt32(processors)
        let shift = UInt32(UInt32.bitWidth - (count - 1).leadingZeroBitCount)
        switch function {
        case 1:
            value.ebx = value.ebx & ~0xFF_0000 | min(1 << shift, 255) << 16
            value.ecx |= 1 << 21 | 1 << 31
            value.edx = count > 1 ? value.edx | 1 << 28 : value.edx
        case 4 where value.eax & 0x1F != 0:
            value.eax = value.eax & 0x3FFF | (min(1 << shift, 64) - 1) << 26
            if value.eax >> 5 & 7 == 3 { value.eax |= (min(1 << shift, 4096) - 1) << 14 }
        case 0xB, 0x1F:
            // One thread a core, all cores in one package.
            switch index {
            case 0: (value.eax, value.ebx, value.ecx) = (0, 1, 0x100)
            case 1: (value.eax, value.ebx, value.ecx) = (shift, count, 0x201)
            default: (value.eax, value.ebx, value.ecx) = (0, 0, index)
            }
        default: break
        }
        return value
    }

    /// For `KVM_SET_CPUID2`: what the module shows the guest, with the leaves the guest asks KVM for.
    static func emulated(_ native: [CPUIDEntry], identity: UInt32) -> [CPUIDEntry] {
        var entries = native.filter { $0.function & 0xFF00_0000 != 0x4000_0000 }
        for i in entries.indices {
            switch entries[i].function {
            case 1:
                entries[i].ebx = entries[i].ebx & 0x00FF_FFFF | (identity & 0xFF) << 24
                entries[i].ecx |= 1 << 21 | 1 << 31
            case 0xB, 0x1F: entries[i].edx = identity
            case 0x8000_0008:
                entries[i].eax = entries[i].eax & ~0xFF_0000 | UInt32(VMM.gpaWidth) << 16
                if entries[i].eax & 0xFF < UInt32(VMM.gpaWidth) {
                    entries[i].eax = entries[i].eax & ~0xFF | UInt32(VMM.gpaWidth)
                }
            default: break
            }
        }
        if !entries.contains(where: { $0.function == 1 }) {
            var entry = CPUIDEntry(function: 1)
            (entry.ebx, entry.ecx) = ((identity & 0xFF) << 24, 1 << 21 | 1 << 31)
            entries.append(entry)
        }
        if !entries.contains(where: { $0.function == 0x8000_0008 }) {
            var entry = CPUIDEntry(function: 0x8000_0008)
            entry.eax = UInt32(VMM.gpaWidth) << 16 | 52
            entries.append(entry)
        }
        var signature = CPUIDEntry(function: 0x4000_0000)
        (signature.eax, signature.ebx, signature.ecx, signature.edx) = (
            0x4000_0001, 0x4B4D_564B, 0x564B_4D56, 0x4D
        )
        entries.append(signature)
        var features = CPUIDEntry(function: 0x4000_0001)
        // KVM_FEATURE_NOP_IO_DELAY, KVM_FEATURE_PV_SEND_IPI, KVM_FEATURE_MSI_EXT_DEST_ID: what needs no MSR of KVM's.
        features.eax = 1 << 1 | 1 << 11 | 1 << 15
        entries.append(features)
        return entries
    }
}

// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

extension TDXModule {
    /// `TDX_FEATURES0`: what this module can do.
    ///
    /// Service TDs, TDG.VP.RD and WR, concurrent memory management, CPUID guest control, local attestation, host-priority locks, configuration of
    /// IA32_ARCH_CAPABILITIES, the second kind of pending EPT violation, configuration of family, model and stepping,
    /// NO_RBP_MOD, topology enumeration, the virtual address width and CPUID leaf 2.
    static let features: UInt64 =
        [2, 3, 4, 5, 8, 10, 11, 16, 17, 18, 20, 27, 29].reduce(0) { $0 | 1 << $1 }

    /// The version this module implements.
    static let version = (major: UInt64(1), minor: UInt64(5), update: UInt64(6))

    /// Its build: the date in BCD, and the number.
    static let build = (date: UInt64(0x2024_0407), number: UInt64(744))

    /// An element of a field of the system.
    func systemValue(_ element: MetadataElement) -> UInt64 {
        let index = element.index
        return switch element.row.name {
        case "NUM_PKGS": UInt64(platform.packages)
        case "PKG_FMS": index < platform.packages ? UInt64(native(1).eax) : 0
        case "VENDOR_ID": 0x8086
        case "BUILD_DATE": TDXModule.build.date
        case "BUILD_NUM": TDXModule.build.number
        case "MAJOR_VERSION": TDXModule.version.major
        case "MINOR_VERSION": TDXModule.version.minor
        case "UPDATE_VERSION": TDXModule.version.update
        case "NUM_TDX_FEATURES": 1
        case "TDX_FEATURES0": TDXModule.features
        case "NUM_CMRS": 32
        case "CMR_BASE": index < platform.cmrs.count ? platform.cmrs[index].lowerBound : 0
        case "CMR_SIZE":
            index < platform.cmrs.count
                ? platform.cmrs[index].upperBound - platform.cmrs[index].lowerBound : 0
        case "MAX_TDMRS": 64
        case "MAX_RESERVED_PER_TDMR": 16
        case "PAMT_4K_ENTRY_SIZE", "PAMT_2M_ENTRY_SIZE", "PAMT_1G_ENTRY_SIZE": 16
        case "TDR_BASE_SIZE": 0x1000
        case "TDCS_BASE_SIZE", "TDVPS_BASE_SIZE": 0x6000
        case "TDCS_SIZE_PER_L2_VM": 0x1000
        case "TDVPS_SIZE_PER_L2_VM": 0x3000
        case "ATTRIBUTES_FIXED0": attributesFixed0
        case "ATTRIBUTES_FIXED1": attributesFixed1
        case "XFAM_FIXED0": xfamFixed0
        case "XFAM_FIXED1": xfamFixed1
        case "NUM_CPUID_CONFIG": UInt64(CPUIDTable.configurationCount)
        case "CONFIG_FLAGS_FIXED0": TDXModule.configFlagsFixed0
        case "MAX_VCPUS_PER_TD": UInt64(TDXModule.maxVCPUs)
        case "MIN_VIRT_MAXPA": 45
        case "CPUID_CONFIG_LEAVES": cpuidConfigurationLeaf(index)
        case "CPUID_CONFIG_VALUES": cpuidConfigurationValue(index)
        case "IA32_ARCH_CAPABILITIES_CONFIG_MASK": TDXModule.archCapabilitiesConfigMask
        case "MAX_MIGS": 512
        case "MAX_SERV_TDS": 1
        case "SERVTD_ATTR_FIXED0": 0x0000_07FF_0000_0001
        case "GUEST_L2_GPA_ATTR_MASK": 0x807F
        case "VM_CTLS_FIXED0": 1
        case "VPCU_L2_CTLS_FIXED0": 3
        case "VPCU_L2_DEBUG_CTLS_FIXED0": 7
        default: 0
        }
    }

    /// `CPUID_CONFIG_LEAVES`: leaf and, from bit 32, sub-leaf; all ones after the last.
    private func cpuidConfigurationLeaf(_ index: Int) -> UInt64 {
        guard index < CPUIDTable.configurable.count else { return ~0 }
        let row = CPUIDTable.rows[CPUIDTable.configurable[index]]
        return UInt64(row.leaf) | UInt64(row.subleafNumber) << 32
    }

    /// `CPUID_CONFIG_VALUES`: EAX and EBX, then ECX and EDX.
    private func cpuidConfigurationValue(_ index: Int) -> UInt64 {
        guard index / 2 < CPUIDTable.configurable.count else { return 0 }
        let mask = cpuidConfigurationMask(index / 2)
        return index % 2 == 0
            ? UInt64(mask.eax) | UInt64(mask.ebx) << 32 : UInt64(mask.ecx) | UInt64(mask.edx) << 32
    }

    /// The bits that `TD_PARAMS` may hold for an entry of `CPUID_CONFIG`.
    func cpuidConfigurationMask(_ index: Int) -> CPUIDValues {
        let row = CPUIDTable.rows[CPUIDTable.configurable[index]]
        let value = native(row.leaf, row.subleaf ?? 0)
        var mask = CPUIDValues()
        for register in CPUIDRegister.allCases {
            mask[register] = CPUIDTable.configurationMask(row, register, native: value[register])
        }
        return mask
    }
}

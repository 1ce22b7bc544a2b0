// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import X86

extension TDXModule {
    /// An element of a field of a TD.
    func value(_ td: TD, _ element: MetadataElement) -> UInt64 {
        let index = element.index
        return switch element.row.name {
        case "FATAL": td.isFatal ? 1 : 0
        case "NUM_TDCX": UInt64(td.pages.count)
        case "CHLDCNT": td.childCount.load(ordering: .acquiring)
        case "LIFECYCLE_STATE": UInt64(td.lifecycle.rawValue)
        case "TDCX_PA": index < td.pages.count ? td.pages[index] : ~0
        case "TD_UUID": word(td.uuid, index)
        case "HKID": UInt64(td.hkid)
        case "PKG_CONFIG_BITMAP": td.packagesConfigured
        case "NUM_VCPUS": UInt64(td.numVCPUs)
        case "NUM_ASSOC_VCPUS": UInt64(max(0, td.numAssociatedVCPUs.load(ordering: .acquiring)))
        case "OP_STATE": UInt64(td.opState.rawValue)
        case "NUM_L2_VMS": UInt64(td.numL2VMs)
        case "ATTRIBUTES": td.attributes
        case "XFAM": td.xfam
        case "MAX_VCPUS": UInt64(td.maxVCPUs)
        case "GPAW": td.isWide ? 1 : 0
        case "EPTP": td.eptpControls | td.secureEPTRoot
        case "TSC_OFFSET": td.tscOffset
        case "TSC_MULTIPLIER": td.tscMultiplier
        case "TSC_FREQUENCY": UInt64(td.tscFrequency)
        case "NUM_CPUID_VALUES": UInt64(CPUIDTable.rows.count)
        case "NOTIFY_ENABLES": td.notifyEnables
        case "HP_LOCK_TIMEOUT": td.hostPriorityLockTimeout
        case "VM_CTLS": td.vmControls[index]
        case "CONFIG_FLAGS": td.configFlags
        case "TD_CTLS": td.controls
        case "VIRT_MAXPA": UInt64(td.cpuid?.physicalAddressWidth ?? 0)
        case "TOPOLOGY_ENUM_CONFIGURED": hasTopology(td) ? 1 : 0
        case "TD_EPOCH": td.epoch.load(ordering: .acquiring)
        case "REFCOUNT": UInt64(max(0, td.references(UInt64(index))))
        case "MRTD": td.mrTD.word(index)
        case "MRCONFIGID": td.mrConfigID.word(index)
        case "MROWNER": td.mrOwner.word(index)
        case "MROWNERCONFIG": td.mrOwnerConfig.word(index)
        case "RTMR": td.rtmr[index / 6].word(index % 6)
        case "SERVTD_HASH": td.serviceTDHash.word(index)
        case "SERVTD_NUM": td.binding.state == .none ? 0 : 1
        case "SERVTD_BINDINGS_TABLE": word(td.binding.bytes, index)
        case "MIG_ENC_KEY": word(td.migrationKey, index)
        case "MIG_DEC_KEY", "MIG_VERSION": td.migrationSettings[element.key] ?? 0
        case "MIG_DEC_KEY_SET":
            td.migrationSettings.keys.contains { MetadataFieldID.isDecryptionKey($0) } ? 1 : 0
        case "CPUID_VALUES": cpuidValue(td, index)
        case "VIRTUAL_IA32_ARCH_CAPABILITIES": td.archCapabilities
        case "XBUFF_SIZE": UInt64(td.cpuid?.compactedSize(td.xfam) ?? 0)
        case "XBUFF_OFFSETS": UInt64(td.cpuid?.compactedOffset(index) ?? 0)
        case "CPUID_VALID": index < CPUIDTable.rows.count && !CPUIDTable.rows[index].raisesVE ? 1 : 0
        case "MSR_BITMAPS": word(of: td, page: 2, index)
        case "SEPT_ROOT": word(of: td, page: 3, index)
        case "MIGSC_LINKS": word(of: td, page: 5, index)
        case "X2APIC_IDS": UInt64(td.x2apicIDs[UInt32(index)] ?? 0xFFFF_FFFF)
        default: 0
        }
    }

    /// A word of a page of the TDCS.
    private func word(of td: TD, page: Int, _ index: Int) -> UInt64 {
        guard page < td.pages.count else { return 0 }
        let address = PhysicalAddress(td.pages[page] &+ UInt64(index) * 8)
        return memory.load(PhysicalMemory.address(address, key: td.hkid))
    }

    private func word(_ bytes: [UInt8], _ index: Int) -> UInt64 {
        (0..<8).reduce(0) {
            index * 8 + $1 < bytes.count ? $0 | UInt64(bytes[index * 8 + $1]) << (8 * $1) : $0
        }
    }

    private func cpuidValue(_ td: TD, _ index: Int) -> UInt64 {
        guard let values = td.cpuid?.values, index / 2 < values.count else { return 0 }
        let value = values[index / 2]
        return index % 2 == 0
            ? UInt64(value.eax) | UInt64(value.ebx) << 32 : UInt64(value.ecx) | UInt64(value.edx) << 32
    }

    /// `TOPOLOGY_ENUM_CONFIGURED`: leaf 0x1F and the x2APIC identifiers are there to be shown.
    private func hasTopology(_ td: TD) -> Bool { td.isTopologyConfigured && td.cpuid?.hasTopology == true }

    /// Sets a field, whose forbidden bits have been checked.
    func set(_ td: TD, _ element: MetadataElement, _ value: UInt64) throws(TDXStatus) {
        switch element.row.name {
        case "NOTIFY_ENABLES": td.notifyEnables = value
        case "HP_LOCK_TIMEOUT":
            guard 10_000...100_000_000 ~= value else { throw .metadataFieldValueNotValid }
            td.hostPriorityLockTimeout = value
        case "VM_CTLS": td.vmControls[element.index] = value
        case "TD_CTLS":
            let changed = value ^ td.controls
            guard !changed[bit: 0] || td.configFlags[bit: 1], !changed[bit: 1] || hasTopology(td) else {
                throw .metadataFieldValueNotValid
            }
            td.controls = value
        case "MIG_DEC_KEY", "MIG_VERSION": td.migrationSettings[element.key] = value
        default: throw .metadataFieldNotWritable
        }
    }
}

extension MetadataFieldID {
    /// Whether the key of an element is one of `MIG_DEC_KEY`.
    fileprivate static func isDecryptionKey(_ key: UInt64) -> Bool {
        key >> 32 == 0x18 && 0x10...0x13 ~= key & 0xFFFF_FFFF
    }
}

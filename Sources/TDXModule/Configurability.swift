// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

/// What a TD may be configured to be on this platform.
extension TDXModule {
    static let maxVCPUs: UInt16 = 576
    /// `TDCS_BASE_SIZE` and `TDVPS_BASE_SIZE` in pages, and pages more for each L2 VM.
    static let tdcsPages = 6
    static let tdvpsPages = 6
    static let tdvpsPagesPerVM = 3
    /// `IA32_ARCH_CAPABILITIES_CONFIG_MASK`
    static let archCapabilitiesConfigMask: UInt64 = 1 << 4 | 1 << 19 | 1 << 20 | 1 << 24
    /// `CONFIG_FLAGS_FIXED0`
    static let configFlagsFixed0: UInt64 = 0xF

    func native(_ leaf: UInt32, _ subleaf: UInt32 = 0) -> CPUIDValues {
        let value = platform.nativeCPUID(leaf, subleaf)
        return CPUIDValues(eax: value.eax, ebx: value.ebx, ecx: value.ecx, edx: value.edx)
    }

    /// `ATTRIBUTES_FIXED0`: the attributes that may be set.
    var attributesFixed0: UInt64 {
        let lass: UInt64 = native(7, 1).eax[bit: 6] ? TDAttributes.lass.rawValue : 0
        return 0x8000_0000_7001_0001 | lass
    }
    /// `ATTRIBUTES_FIXED1`
    var attributesFixed1: UInt64 { 0 }

    /// `XFAM_FIXED0`: the components that may be enabled.
    var xfamFixed0: UInt64 {
        let user = native(0xD, 0)
        let supervisor = native(0xD, 1)
        let native =
            UInt64(user.eax) | UInt64(user.edx) << 32 | UInt64(supervisor.ecx) | UInt64(supervisor.edx) << 32
        return 0x0006_DBE7 & native
    }
    /// `XFAM_FIXED1`
    var xfamFixed1: UInt64 { 3 }

    func isValid(attributes: UInt64) -> Bool {
        let set = TDAttributes(rawValue: attributes)
        guard attributes & ~attributesFixed0 == 0 else { return false }
        if set.contains(.migratable) && !set.isDisjoint(with: [.debug, .perfmon]) { return false }
        return !set.contains([.perfmon, .icssd])
    }

    func isValid(xfam: UInt64) -> Bool {
        guard xfam & ~xfamFixed0 == 0, xfam & xfamFixed1 == xfamFixed1 else { return false }
        guard xfam[bits: 5...7] == 0 || xfam[bits: 5...7] == 7 && xfam[bit: 2] else { return false }
        return xfam[bit: 11] == xfam[bit: 12] && xfam[bit: 17] == xfam[bit: 18]
    }

    /// Memory type write-back; 4 or 5 levels, as far as the guest's address width and the processor allow.
    func isValid(eptpControls: UInt64, configFlags: UInt64) -> Bool {
        guard eptpControls[bits: 0...2] == 6, eptpControls[bits: 6...63] == 0 else { return false }
        let hasFiveLevels = platform.nativeMSR(0x48C)?[bit: 7] ?? true
        switch eptpControls[bits: 3...5] {
        case 3: return !configFlags[bit: 0]
        case 4: return hasFiveLevels && platform.addressWidth > 48
        default: return false
        }
    }

    /// The guest's IA32_ARCH_CAPABILITIES.
    func archCapabilities(configuration: UInt64, cpuid: VirtualCPUID) -> UInt64 {
        let configurable = TDXModule.archCapabilitiesConfigMask
        var value = (platform.nativeMSR(0x10A) ?? 0x0000_0000_0000_F16B) & 0x01FF_FFFF
        let native = value
        value &= ~(1 << 9 | 1 << 10 | 1 << 11 | 1 << 16 | 1 << 17 | 1 << 18 | 1 << 22 | 1 << 23)
        if !cpuid.has(7, 0, .ebx, bit: 11) { value[bit: 7] = false }
        value = value & ~configurable | native & configurable & configuration
        if configuration[bit: 19] { value[bit: 19] = true }
        value[bit: 21] = true
        return value
    }

    /// Features of a TD on which access to MSRs depends.
    func msrFeatures(of td: TD) -> Set<MSRFeature> {
        var features: Set<MSRFeature> = []
        let isPerfmon = td.attributes[bit: 63]
        if isPerfmon { features.insert(.perfmon) }
        if td.attributes[bit: 30] { features.insert(.pks) }
        if td.xfam[bits: 11...12] == 3 { features.insert(.cet) }
        if td.xfam[bit: 15] { features.insert(.lbr) }
        if td.xfam[bit: 8] { features.insert(.pt) }
        if td.xfam[bit: 14] { features.insert(.uintr) }
        if td.xfam[bits: 17...18] == 3 { features.insert(.xfd) }
        if td.cpuid?.has(7, 0, .ebx, bit: 11) == true { features.insert(.tsx) }
        if td.cpuid?.has(7, 0, .ecx, bit: 5) == true { features.insert(.waitpkg) }
        let capabilities = platform.nativeMSR(0x345) ?? 0
        if isPerfmon && capabilities[bit: 15] { features.insert(.perfMetrics) }
        if isPerfmon && td.xfam[bit: 8] { features.insert(.perfCapabilities) }
        return features
    }
}

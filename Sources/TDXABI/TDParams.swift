// SPDX-License-Identifier: Apache-2.0

public import X86

/// `TD_PARAMS`: what the host wants of a new TD; the operand of `TDH.MNG.INIT`.
///
/// - SeeAlso: ABI Reference, "TD_PARAMS".
public struct TDParams: Hashable, Sendable {
    public static let size = 1024
    /// Entries of `CPUID_CONFIG` that `CPUID_VALUES` follows.
    public static let cpuidCount = CPUIDTable.configurationCount

    public var attributes: UInt64 = 0
    public var xfam: UInt64 = 0
    public var maxVCPUs: UInt16 = 0
    public var numL2VMs: UInt8 = 0
    /// Bit 0: `archCapabilitiesConfig` is valid.
    public var msrConfigControls: UInt8 = 0
    public var reserved20: UInt32 = 0
    public var eptpControls: UInt64 = 0
    public var configFlags: UInt64 = 0
    /// In units of 25 MHz.
    public var tscFrequency: UInt16 = 0
    /// Bytes 79:42
    public var reserved42 = [UInt8](repeating: 0, count: 38)
    public var mrConfigID = Digest384()
    public var mrOwner = Digest384()
    public var mrOwnerConfig = Digest384()
    /// `IA32_ARCH_CAPABILITIES_CONFIG`
    public var archCapabilitiesConfig: UInt64 = 0
    /// Bytes 255:232
    public var reserved232 = [UInt8](repeating: 0, count: 24)
    /// `CPUID_VALUES`
    public var cpuidValues = [CPUIDValues](repeating: .zero, count: TDParams.cpuidCount)
    /// What follows the CPUID values.
    public var reservedTail = [UInt8](repeating: 0, count: TDParams.size - 256 - 16 * TDParams.cpuidCount)

    public init() {}

    /// Reads 1024 bytes; missing ones are zero.
    public init(_ bytes: [UInt8]) {
        let bytes = bytes + repeatElement(0, count: max(0, TDParams.size - bytes.count))
        func number<T: FixedWidthInteger>(_ offset: Int) -> T {
            (0..<T.bitWidth / 8).reduce(0) { $0 | T(bytes[offset + $1]) << T(8 * $1) }
        }
        attributes = number(0)
        xfam = number(8)
        maxVCPUs = number(16)
        numL2VMs = bytes[18]
        msrConfigControls = bytes[19]
        reserved20 = number(20)
        eptpControls = number(24)
        configFlags = number(32)
        tscFrequency = number(40)
        reserved42 = Array(bytes[42..<80])
        mrConfigID = Digest384(bytes[80..<128])
        mrOwner = Digest384(bytes[128..<176])
        mrOwnerConfig = Digest384(bytes[176..<224])
        archCapabilitiesConfig = number(224)
        reserved232 = Array(bytes[232..<256])
        cpuidValues = (0..<TDParams.cpuidCount).map { index in
            let offset = 256 + 16 * index
            return CPUIDValues(
                eax: number(offset), ebx: number(offset + 4), ecx: number(offset + 8),
                edx: number(offset + 12))
        }
        reservedTail = Array(bytes[(256 + 16 * TDParams.cpuidCount)..<TDParams.size])
    }

    /// The 1024 bytes.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        func append<T: FixedWidthInteger>(_ value: T) {
            for byte in 0..<T.bitWidth / 8 { bytes.append(UInt8(truncatingIfNeeded: value >> T(8 * byte))) }
        }
        append(attributes)
        append(xfam)
        append(maxVCPUs)
        append(numL2VMs)
        append(msrConfigControls)
        append(reserved20)
        append(eptpControls)
        append(configFlags)
        append(tscFrequency)
        bytes += reserved42
        bytes += mrConfigID.bytes + mrOwner.bytes + mrOwnerConfig.bytes
        append(archCapabilitiesConfig)
        bytes += reserved232
        for value in cpuidValues {
            append(value.eax)
            append(value.ebx)
            append(value.ecx)
            append(value.edx)
        }
        return bytes + reservedTail
    }
}

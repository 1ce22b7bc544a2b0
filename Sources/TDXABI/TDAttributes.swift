// SPDX-License-Identifier: Apache-2.0

/// `ATTRIBUTES` of a TD.
///
/// - SeeAlso: ABI Reference, "ATTRIBUTES".
public struct TDAttributes: OptionSet, Hashable, Sendable, BitwiseCopyable {
    public var rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    public static let debug = TDAttributes(rawValue: 1 << 0)
    /// `ICSSD`: without the defence against single-stepping by instruction count.
    public static let icssd = TDAttributes(rawValue: 1 << 16)
    public static let lass = TDAttributes(rawValue: 1 << 27)
    /// `SEPT_VE_DISABLE`: access to a pending page exits instead of raising #VE.
    public static let septVEDisable = TDAttributes(rawValue: 1 << 28)
    public static let migratable = TDAttributes(rawValue: 1 << 29)
    public static let pks = TDAttributes(rawValue: 1 << 30)
    public static let kl = TDAttributes(rawValue: 1 << 31)
    public static let perfmon = TDAttributes(rawValue: 1 << 63)
}

/// `CONFIG_FLAGS` of a TD.
///
/// - SeeAlso: ABI Reference, "CONFIG_FLAGS".
public struct TDConfigFlags: OptionSet, Hashable, Sendable, BitwiseCopyable {
    public var rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// `GPAW`: guest physical addresses have 52 bits, and bit 51 is the shared bit.
    public static let gpaw = TDConfigFlags(rawValue: 1 << 0)
    public static let flexiblePendingVE = TDConfigFlags(rawValue: 1 << 1)
    public static let noRBPMod = TDConfigFlags(rawValue: 1 << 2)
    public static let maxPAVirt = TDConfigFlags(rawValue: 1 << 3)
}

/// `VE_INFO`: the #VE information area as the processor fills it, at the beginning of a TDVPS.
///
/// - SeeAlso: SDM Vol. 3, "Virtualization Exceptions".
public struct VEInfo: Hashable, Sendable {
    public var exitReason: UInt32 = 0
    /// All ones while the guest has not read the area.
    public var valid: UInt32 = 0
    public var exitQualification: UInt64 = 0
    public var guestLinearAddress: UInt64 = 0
    public var guestPhysicalAddress: UInt64 = 0
    public var eptpIndex: UInt16 = 0
    public var instructionLength: UInt32 = 0
    public var instructionInformation: UInt32 = 0

    public static let size = 44

    public init() {}

    /// Reads 44 bytes; missing ones are zero.
    public init(_ bytes: [UInt8]) {
        let bytes = bytes + repeatElement(0, count: max(0, VEInfo.size - bytes.count))
        func number<T: FixedWidthInteger>(_ offset: Int) -> T {
            (0..<T.bitWidth / 8).reduce(0) { $0 | T(bytes[offset + $1]) << T(8 * $1) }
        }
        exitReason = number(0)
        valid = number(4)
        exitQualification = number(8)
        guestLinearAddress = number(16)
        guestPhysicalAddress = number(24)
        eptpIndex = number(32)
        instructionLength = number(36)
        instructionInformation = number(40)
    }

    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        func append<T: FixedWidthInteger>(_ value: T) {
            for byte in 0..<T.bitWidth / 8 { bytes.append(UInt8(truncatingIfNeeded: value >> T(8 * byte))) }
        }
        append(exitReason)
        append(valid)
        append(exitQualification)
        append(guestLinearAddress)
        append(guestPhysicalAddress)
        append(eptpIndex)
        append(UInt16(0))
        append(instructionLength)
        append(instructionInformation)
        return bytes
    }
}

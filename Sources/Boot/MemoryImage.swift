// SPDX-License-Identifier: Apache-2.0

/// Bytes that a TD finds in its private memory at its first instruction.
public struct MemoryImage: Hashable, Sendable {
    /// What it is, for people.
    public let name: String
    /// Where it begins, page-aligned.
    public let gpa: UInt64
    /// Whole pages.
    public let bytes: [UInt8]
    /// The contents count in `MRTD` (`TDH.MR.EXTEND`), not just the addresses.
    public let measured: Bool

    public init(_ name: String, gpa: UInt64, bytes: [UInt8], measured: Bool) {
        self.name = name
        self.gpa = gpa
        var bytes = bytes
        bytes.pad(to: 4096)
        self.bytes = bytes
        self.measured = measured
    }

    /// The addresses it covers.
    public var range: Range<UInt64> { gpa..<(gpa + UInt64(bytes.count)) }
}

/// All that a VMM needs to start a TD: what to add in which order, where memory is, and what to hand over.
public struct LaunchPlan: Sendable {
    /// Added, and measured, in this order.
    public let images: [MemoryImage]
    /// Where the guest has memory: RAM, and where the firmware lies. Ascending, page-aligned, disjoint.
    public let memory: [Range<UInt64>]
    /// RAM alone.
    public let ram: [Range<UInt64>]
    /// The guest's memory map.
    public let e820: [E820Entry]
    /// Handed to each vCPU in `RCX` (`KVM_TDX_INIT_VCPU`): where the TD HOB lies.
    public let hob: UInt64

    /// `RTMR0` to `RTMR3` when the boot shim is done.
    public var rtmrs = [[UInt8]](repeating: [UInt8](repeating: 0, count: 48), count: 4)

    /// `MRTD` of a TD launched so.
    public var mrTD: [UInt8] { MeasurementCalculator.mrTD(of: images) }
}

/// An entry of the memory map that the boot protocol hands to Linux.
///
/// - SeeAlso: ACPI Specification, "System Address Map Interfaces".
public struct E820Entry: Hashable, Sendable {
    public struct Kind: RawRepresentable, Hashable, Sendable {
        public var rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }
        public static let ram = Kind(rawValue: 1)
        public static let reserved = Kind(rawValue: 2)
        public static let acpi = Kind(rawValue: 3)
        /// ACPI non-volatile storage. Linux keeps it private, unlike reserved memory, when it maps it.
        public static let nvs = Kind(rawValue: 4)
    }
    public let range: Range<UInt64>
    public let kind: Kind

    public init(_ range: Range<UInt64>, _ kind: Kind) {
        self.range = range
        self.kind = kind
    }

    /// The 20 bytes of the protocol.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: range.lowerBound)
        bytes.append(littleEndian: UInt64(range.count))
        bytes.append(littleEndian: kind.rawValue)
        return bytes
    }
}

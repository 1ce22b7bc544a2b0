// SPDX-License-Identifier: Apache-2.0

import X86

/// A guest page and its mapping level: the `RCX` operand of the `TDH.MEM.*` leaves.
///
/// - SeeAlso: ABI Reference, "EPT Entry Level and GPA" (`GPA_MAPPING`).
public struct GPAMapping: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
    public var rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }

    /// The page or table entry at `address`.
    public init(address: UInt64, level: Int) {
        rawValue = address & 0x000F_FFFF_FFFF_F000 | UInt64(truncatingIfNeeded: level) & 7
    }

    /// `LEVEL`, bits 2:0. 0 is 4 KiB, 1 is 2 MiB, 2 is 1 GiB.
    public var level: Int { Int(rawValue[bits: 0...2]) }
    /// Bits 11:3 and 63:52, which must be zero.
    public var reserved: UInt64 { rawValue[bits: 3...11] | rawValue[bits: 52...63] }
    /// `GPA`, in place.
    public var address: UInt64 { rawValue & 0x000F_FFFF_FFFF_F000 }
    /// Bytes that an entry of the level covers.
    public var size: UInt64 { 4096 << UInt64(9 * level) }
    /// The address begins an entry of its level.
    public var isAligned: Bool { address & (size &- 1) == 0 }
}

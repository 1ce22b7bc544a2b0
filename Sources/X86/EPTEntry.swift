// SPDX-License-Identifier: Apache-2.0

/// An entry of an extended page table as the processor reads it.
///
/// - SeeAlso: SDM Vol. 3, "The Extended Page Table Mechanism (EPT)".
public struct EPTEntry: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
    public var rawValue: UInt64
    @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// R, W and X, bits 2:0.
    @inlinable public var permissions: UInt64 { rawValue[bits: 0...2] }
    /// The page or the next table, KeyID included.
    @inlinable public var address: UInt64 { rawValue & 0x000F_FFFF_FFFF_F000 }
    /// The entry maps a page; level 0 has 4 KiB pages.
    @inlinable public func isLeaf(level: Int) -> Bool { level == 0 || rawValue[bit: 7] }

    /// The bits of a present entry are none that the processor knows: an EPT misconfiguration.
    @inlinable public func isMisconfigured(level: Int) -> Bool {
        if rawValue[bits: 0...1] == 2 { return true }  // writable and not readable
        guard isLeaf(level: level) else { return rawValue[bits: 3...6] != 0 }
        let memoryType = rawValue[bits: 3...5]
        return memoryType == 2 || memoryType == 3 || memoryType == 7 || level > 2
            || address & ((1 << UInt64(12 + 9 * level)) - 1) != 0
    }
}

// SPDX-License-Identifier: Apache-2.0

/// `TDMR_INFO`: a region of memory for TDs, and where its PAMT lies; an operand of `TDH.SYS.CONFIG`.
///
/// - SeeAlso: ABI Reference, "TDMR_INFO".
public struct TDMRInfo: Hashable, Sendable {
    /// A part of memory: base, or offset in the TDMR, and size in bytes.
    public struct Area: Hashable, Sendable, BitwiseCopyable {
        public var base: UInt64
        public var size: UInt64
        public init(base: UInt64 = 0, size: UInt64 = 0) {
            self.base = base
            self.size = size
        }
    }

    public static let size = 320
    public static let maxReserved = 16

    public var region = Area()
    public var pamt1G = Area()
    public var pamt2M = Area()
    public var pamt4K = Area()
    /// Offsets from the region's base; 16 entries, unused ones of size 0.
    public var reserved = [Area](repeating: Area(), count: TDMRInfo.maxReserved)

    public init() {}

    /// Reads 320 bytes; missing ones are zero.
    public init(_ bytes: [UInt8]) {
        let bytes = bytes + repeatElement(0, count: max(0, TDMRInfo.size - bytes.count))
        func area(_ offset: Int) -> Area {
            func number(_ offset: Int) -> UInt64 {
                (0..<8).reduce(0) { $0 | UInt64(bytes[offset + $1]) << (8 * $1) }
            }
            return Area(base: number(offset), size: number(offset + 8))
        }
        region = area(0)
        pamt1G = area(16)
        pamt2M = area(32)
        pamt4K = area(48)
        reserved = (0..<TDMRInfo.maxReserved).map { area(64 + 16 * $0) }
    }

    public var bytes: [UInt8] {
        ([region, pamt1G, pamt2M, pamt4K] + reserved.prefix(TDMRInfo.maxReserved)).flatMap { area in
            [area.base, area.size].flatMap { value in
                (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Little-endian fields in byte arrays. The positions come from our own layouts; a document from outside is
/// read by `ByteReader` instead.
extension Array where Element == UInt8 {
    /// Appends `value`, least significant byte first.
    mutating func append<Value: FixedWidthInteger>(littleEndian value: Value) {
        var value = value
        for _ in 0..<(Value.bitWidth / 8) {
            append(UInt8(truncatingIfNeeded: value))
            value >>= 8
        }
    }

    /// Writes `value` over the bytes at `position`.
    mutating func store<Value: FixedWidthInteger>(_ value: Value, at position: Int) {
        for byte in 0..<(Value.bitWidth / 8) {
            self[position + byte] = UInt8(truncatingIfNeeded: value >> (8 * byte))
        }
    }

    /// Writes `bytes` over those at `position`.
    mutating func store(_ bytes: some Collection<UInt8>, at position: Int) {
        replaceSubrange(position..<(position + bytes.count), with: bytes)
    }

    /// The integer at `position`, or nil if it does not lie wholly in the array.
    func load<Value: FixedWidthInteger>(_ type: Value.Type, at position: Int) -> Value? {
        let size = Value.bitWidth / 8
        guard position >= 0, position <= count - size else { return nil }
        var value: Value = 0
        for byte in 0..<size { value |= Value(truncatingIfNeeded: self[position + byte]) << (8 * byte) }
        return value
    }

    /// Fills with zeros up to a multiple of `alignment`.
    mutating func pad(to alignment: Int) {
        let excess = count % alignment
        if excess != 0 { self += [UInt8](repeating: 0, count: alignment - excess) }
    }
}

extension UInt64 {
    /// Rounded up to a multiple of `alignment`, a power of two; wraps at the top.
    func aligned(to alignment: UInt64) -> UInt64 { (self &+ (alignment - 1)) & ~(alignment - 1) }
    /// Rounded down to a multiple of `alignment`, a power of two.
    func alignedDown(to alignment: UInt64) -> UInt64 { self & ~(alignment - 1) }
}

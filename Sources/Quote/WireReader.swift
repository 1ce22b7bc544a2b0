// SPDX-License-Identifier: Apache-2.0

/// The reader of everything from outside: takes fields in wire order, checks each length, names the field that fails.
extension RawSpan {
    /// A little-endian number.
    mutating func take<T: FixedWidthInteger & BitwiseCopyable>(
        _ field: @autoclosure () -> String
    ) throws(QuoteFormatError) -> T {
        let size = MemoryLayout<T>.size
        guard byteCount >= size else {
            throw .truncated(field: field(), needed: size, available: byteCount)
        }
        // The bytes are there, and every pattern of them is an integer.
        let value = unsafe unsafeLoadUnaligned(as: T.self)
        self = extracting(droppingFirst: size)
        return T(littleEndian: value)
    }

    /// `count` bytes, copied.
    mutating func take(
        _ field: @autoclosure () -> String, count: Int
    ) throws(QuoteFormatError) -> [UInt8] {
        guard count >= 0, byteCount >= count else {
            throw .truncated(field: field(), needed: count, available: byteCount)
        }
        // The pointer is used within the closure only.
        let bytes = unsafe extracting(first: count).withUnsafeBytes { unsafe Array($0) }
        self = extracting(droppingFirst: count)
        return bytes
    }

    /// Bytes of a fixed number.
    mutating func take<Bytes: FixedBytes>(
        _ field: @autoclosure () -> String
    ) throws(QuoteFormatError) -> Bytes {
        Bytes(try take(field(), count: Bytes.size))
    }

    /// `text`, or an error that shows what is there.
    mutating func expect(_ field: @autoclosure () -> String, _ text: StaticString) throws(QuoteFormatError) {
        let found = try take(field(), count: text.utf8CodeUnitCount)
        guard found.elementsEqual(text.description.utf8) else {
            throw .malformed(field: field(), reason: "it must be “\(text)”")
        }
    }

    /// All that is left.
    mutating func takeRest() -> [UInt8] {
        // The pointer is used within the closure only.
        let bytes = unsafe withUnsafeBytes { unsafe Array($0) }
        self = extracting(first: 0)
        return bytes
    }
}

/// Reads a document from its first byte.
func reading<Document>(
    _ bytes: [UInt8], _ body: (inout RawSpan) throws(QuoteFormatError) -> Document
) throws(QuoteFormatError) -> Document {
    // Bytes have no padding that could be read as a value.
    var span = unsafe bytes.span.bytes
    return try body(&span)
}

extension [UInt8] {
    /// A little-endian number.
    mutating func put<T: FixedWidthInteger>(_ value: T) {
        for byte in 0..<T.bitWidth / 8 { append(UInt8(truncatingIfNeeded: value >> T(8 * byte))) }
    }
    mutating func put(_ value: some FixedBytes) { append(contentsOf: value.bytes) }
}

// SPDX-License-Identifier: Apache-2.0

/// Reads DER from front to back, without a tree: for what has many small parts.
struct DERReader {
    struct Element {
        let tag: UInt8
        let content: ArraySlice<UInt8>
        /// Tag, length and content.
        let bytes: ArraySlice<UInt8>
    }

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    static let boolean: UInt8 = 0x01
    static let integer: UInt8 = 0x02
    static let bitString: UInt8 = 0x03
    static let octetString: UInt8 = 0x04
    static let objectIdentifier: UInt8 = 0x06
    static let enumerated: UInt8 = 0x0A
    static let utcTime: UInt8 = 0x17
    static let generalizedTime: UInt8 = 0x18
    static let sequence: UInt8 = 0x30

    var isAtEnd: Bool { rest.isEmpty }

    /// The next element, whatever it is.
    mutating func next() throws(DERError) -> Element {
        guard rest.count >= 2 else { throw .ends }
        let start = rest.startIndex
        let tag = rest[start]
        guard tag & 0x1F != 0x1F else { throw .tag(tag) }
        var size = Int(rest[start + 1])
        var header = 2
        if size >= 0x80 {
            let count = size & 0x7F
            guard 1...4 ~= count else { throw .length }
            guard rest.count >= 2 + count else { throw .ends }
            size = rest[(start + 2)..<(start + 2 + count)].reduce(0) { $0 << 8 | Int($1) }
            header += count
            // In the fewest bytes that will do.
            guard size >= 0x80, size >= 1 << (8 * (count - 1)) else { throw .length }
        }
        guard rest.count - header >= size else { throw .ends }
        let end = start + header + size
        let element = Element(tag: tag, content: rest[(start + header)..<end], bytes: rest[start..<end])
        rest = rest[end...]
        return element
    }

    /// The content of the next element, which has a tag.
    mutating func take(_ tag: UInt8) throws(DERError) -> ArraySlice<UInt8> {
        let element = try next()
        guard element.tag == tag else { throw .unexpected(found: element.tag, required: tag) }
        return element.content
    }

    /// The elements of the next one, which is a sequence.
    mutating func takeSequence() throws(DERError) -> DERReader { DERReader(try take(DERReader.sequence)) }

    /// The bytes of the next element, an integer in two's complement.
    mutating func takeInteger() throws(DERError) -> ArraySlice<UInt8> {
        let content = try take(DERReader.integer)
        guard let first = content.first else { throw .ends }
        if content.count > 1 {
            let second = content[content.startIndex + 1]
            guard !(first == 0 && second < 0x80), !(first == 0xFF && second >= 0x80) else { throw .integer }
        }
        return content
    }

    /// The next element, an integer that is not negative.
    mutating func takeNumber<T: FixedWidthInteger & UnsignedInteger>() throws(DERError) -> T {
        var value: T = 0
        var content = try takeInteger()
        guard content.first.map({ $0 < 0x80 }) ?? false else { throw .integer }
        if content.count > 1, content.first == 0 { content = content.dropFirst() }
        guard content.count <= T.bitWidth / 8 else { throw .integer }
        for byte in content { value = T(truncatingIfNeeded: UInt64(value) << 8 | UInt64(byte)) }
        return value
    }

    mutating func takeBoolean() throws(DERError) -> Bool {
        let content = try take(DERReader.boolean)
        guard content.count == 1, let byte = content.first, byte == 0 || byte == 0xFF else { throw .boolean }
        return byte != 0
    }

    /// Nothing may follow.
    func expectEnd() throws(DERError) { guard rest.isEmpty else { throw .follows } }
}

/// Why bytes are not the DER they should be.
enum DERError: Error, Hashable, CustomStringConvertible {
    case ends
    case follows
    case length
    case integer
    case boolean
    case tag(UInt8)
    case unexpected(found: UInt8, required: UInt8)

    var description: String {
        switch self {
        case .ends: "it ends within an element"
        case .follows: "something follows where it should end"
        case .length: "a length is not in its shortest form"
        case .integer: "an integer is out of range or not in its shortest form"
        case .boolean: "a truth value is neither 0x00 nor 0xFF"
        case .tag(let tag): "the tag 0x\(String(tag, radix: 16)) has more bytes"
        case .unexpected(let found, let required):
            "the tag 0x\(String(found, radix: 16)) is where 0x\(String(required, radix: 16)) should be"
        }
    }
}

extension Timestamp {
    /// Reads `UTCTime` or `GeneralizedTime` in the form that X.509 has: `YYMMDDHHMMSSZ`, `YYYYMMDDHHMMSSZ`.
    init?(_ element: DERReader.Element) {
        var digits = Array(element.content)
        switch (element.tag, digits.count) {
        case (DERReader.utcTime, 13):
            // Two digits stand for 1950 to 2049.
            let century = digits[0] >= UInt8(ascii: "5") ? "19" : "20"
            digits = Array(century.utf8) + digits
        case (DERReader.generalizedTime, 15): break
        default: return nil
        }
        guard digits.removeLast() == UInt8(ascii: "Z"), let year = Timestamp.number(digits[0..<4]),
            let month = Timestamp.number(digits[4..<6]), let day = Timestamp.number(digits[6..<8]),
            let hour = Timestamp.number(digits[8..<10]), let minute = Timestamp.number(digits[10..<12]),
            let second = Timestamp.number(digits[12..<14])
        else { return nil }
        self.init(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
    }
}

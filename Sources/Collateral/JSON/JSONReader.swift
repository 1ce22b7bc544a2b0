// SPDX-License-Identifier: Apache-2.0

import Quote

/// Reads JSON strictly: whole numbers, no member twice, bounded depth. Signed texts are found by their bytes.
struct JSONReader {
    /// What Intel's own reader accepts.
    static let maximumDepth = 32

    private let document: String
    private let bytes: [UInt8]
    private var index = 0
    /// Where the values of the outermost object are.
    private var outermost: [Range<Int>] = []

    init(_ bytes: [UInt8], document: String) {
        self.bytes = bytes
        self.document = document
    }

    /// The whole document.
    mutating func read() throws(CollateralError) -> JSONValue {
        // Then every string is: quotation marks and escapes are no part of another character.
        guard String(validating: bytes, as: UTF8.self) != nil else { throw fail("it is not UTF-8") }
        let value = try value(depth: 0)
        try expectEnd()
        return value
    }

    /// The members of a document that is an object, each with the bytes of its value as they are.
    mutating func membersWithText() throws(CollateralError) -> [(member: JSONValue.Member, text: [UInt8])] {
        guard case .object(let members) = try read() else { throw fail("it is not an object") }
        return zip(members, outermost).map { ($0, Array(bytes[$1])) }
    }

    private mutating func expectEnd() throws(CollateralError) {
        skipSpace()
        guard index == bytes.count else { throw fail("something follows the end") }
    }

    private func fail(_ reason: String) -> CollateralError {
        .unreadable(document: document, reason: "\(reason), at byte \(index) of the JSON")
    }

    private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
    }

    private mutating func skip(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        index += 1
        return true
    }

    private mutating func value(depth: Int) throws(CollateralError) -> JSONValue {
        guard depth <= JSONReader.maximumDepth else {
            throw fail("it is nested deeper than \(JSONReader.maximumDepth)")
        }
        skipSpace()
        guard let first = peek else { throw fail("a value is missing") }
        switch first {
        case UInt8(ascii: "{"):
            return .object(try object(depth: depth))
        case UInt8(ascii: "["):
            return try array(depth: depth)
        case UInt8(ascii: "\""):
            return .string(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return .integer(try integer())
        case UInt8(ascii: "t"): return try word("true", .boolean(true))
        case UInt8(ascii: "f"): return try word("false", .boolean(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: throw fail("a value is missing")
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(CollateralError) -> JSONValue
    {
        for byte in word.description.utf8 {
            guard skip(byte) else { throw fail("a value is missing") }
        }
        return value
    }

    private mutating func object(depth: Int) throws(CollateralError) -> [JSONValue.Member] {
        index += 1
        var members: [JSONValue.Member] = []
        skipSpace()
        guard !skip(UInt8(ascii: "}")) else { return members }
        repeat {
            skipSpace()
            guard peek == UInt8(ascii: "\"") else { throw fail("a member's name is missing") }
            let name = try string()
            guard !members.contains(where: { $0.name == name }) else {
                throw fail("“\(name)” is there twice")
            }
            guard members.count < 256 else { throw fail("an object has more than 256 members") }
            skipSpace()
            guard skip(UInt8(ascii: ":")) else { throw fail("a colon is missing") }
            skipSpace()
            let start = index
            members.append(.init(name, try value(depth: depth + 1)))
            if depth == 0 { outermost.append(start..<index) }
            skipSpace()
        } while skip(UInt8(ascii: ","))
        guard skip(UInt8(ascii: "}")) else { throw fail("an object does not end") }
        return members
    }

    private mutating func array(depth: Int) throws(CollateralError) -> JSONValue {
        index += 1
        var values: [JSONValue] = []
        skipSpace()
        guard !skip(UInt8(ascii: "]")) else { return .array(values) }
        repeat {
            values.append(try value(depth: depth + 1))
            skipSpace()
        } while skip(UInt8(ascii: ","))
        guard skip(UInt8(ascii: "]")) else { throw fail("a list does not end") }
        return .array(values)
    }

    private mutating func integer() throws(CollateralError) -> Int64 {
        let isNegative = skip(UInt8(ascii: "-"))
        let start = index
        var magnitude: Int64 = 0
        while let byte = peek, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte {
            let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
            guard !overflow, !carry else { throw fail("a number is too large") }
            magnitude = sum
            index += 1
        }
        guard index > start, index == start + 1 || bytes[start] != UInt8(ascii: "0"),
            peek != UInt8(ascii: "."), peek != UInt8(ascii: "e"), peek != UInt8(ascii: "E")
        else { throw fail("a number is not a whole number") }
        return isNegative ? -magnitude : magnitude
    }

    private mutating func string() throws(CollateralError) -> String {
        index += 1
        var start = index
        // What comes before the last escape; most strings have none.
        var unescaped: [UInt8] = []
        skipPlainText()
        while !skip(UInt8(ascii: "\"")) {
            guard let byte = peek else { throw fail("a string does not end") }
            guard byte == UInt8(ascii: "\\") else { throw fail("a string has a control character") }
            unescaped += bytes[start..<index]
            index += 1
            try unescape(into: &unescaped)
            start = index
            skipPlainText()
        }
        let plain = bytes[start..<(index - 1)]
        return String(decoding: unescaped.isEmpty ? plain : unescaped[...] + plain, as: UTF8.self)
    }

    /// Up to a quotation mark, an escape or a control character.
    private mutating func skipPlainText() {
        let bytes = bytes
        var end = index
        while end < bytes.count, bytes[end] >= 0x20, bytes[end] != UInt8(ascii: "\""),
            bytes[end] != UInt8(ascii: "\\")
        {
            end += 1
        }
        index = end
    }

    private mutating func unescape(into text: inout [UInt8]) throws(CollateralError) {
        guard let byte = peek else { throw fail("a string does not end") }
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var code = try codeUnit()
            if 0xD800..<0xDC00 ~= code {
                guard skip(UInt8(ascii: "\\")), skip(UInt8(ascii: "u")) else {
                    throw fail("half a character")
                }
                let low = try codeUnit()
                guard 0xDC00..<0xE000 ~= low else { throw fail("half a character") }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw fail("half a character") }
            text += Array(String(Character(scalar)).utf8)
        default: throw fail("a string has an unknown escape")
        }
    }

    private mutating func codeUnit() throws(CollateralError) -> UInt32 {
        guard index + 4 <= bytes.count,
            let pair = [UInt8](hexadecimal: bytes[index..<index + 4]),
            pair.count == 2
        else { throw fail("an escaped character is not four digits") }
        index += 4
        return UInt32(pair[0]) << 8 | UInt32(pair[1])
    }
}

extension JSONValue {
    /// Reads a document; `document` is its name in errors.
    public init(_ bytes: [UInt8], document: String) throws(CollateralError) {
        var reader = JSONReader(bytes, document: document)
        self = try reader.read()
    }
}

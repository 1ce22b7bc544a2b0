// SPDX-License-Identifier: Apache-2.0

/// A document in PEM: its label and its bytes.
///
/// Certificate chains come with lines of any length, with either line end, and with a NUL byte behind them; all are the
/// same chain. What is between documents is no document and is passed over.
public struct PEM: Hashable, Sendable {
    /// `CERTIFICATE` or `X509 CRL`
    public var label: String
    public var bytes: [UInt8]

    public init(label: String, bytes: [UInt8]) {
        self.label = label
        self.bytes = bytes
    }
}

extension PEM {
    /// Every document of a text; an empty list when there is none.
    public static func documents(in text: [UInt8], of document: String) throws(CollateralError) -> [PEM] {
        func fail(_ reason: String) -> CollateralError { .unreadable(document: document, reason: reason) }
        let dashes = Array("-----".utf8)
        let begin = Array("-----BEGIN ".utf8)
        var documents: [PEM] = []
        var index = 0
        while let start = text.firstIndex(of: begin, from: index) {
            guard let labelEnd = text.firstIndex(of: dashes, from: start + begin.count),
                let label = String(validating: text[(start + begin.count)..<labelEnd], as: UTF8.self),
                label.utf8.count <= 64
            else { throw fail("a PEM header does not end") }
            let end = Array("-----END \(label)-----".utf8)
            let bodyStart = labelEnd + dashes.count
            guard let bodyEnd = text.firstIndex(of: end, from: bodyStart) else {
                throw fail("“\(label)” has no end")
            }
            guard let bytes = [UInt8](base64: text[bodyStart..<bodyEnd]) else {
                throw fail("“\(label)” is not base64")
            }
            documents.append(PEM(label: label, bytes: bytes))
            index = bodyEnd + end.count
        }
        return documents
    }

    /// Lines of 64 digits, each with a newline.
    public var text: String {
        let digits = bytes.base64
        var lines = "-----BEGIN \(label)-----\n"
        var rest = digits[...]
        while !rest.isEmpty {
            lines += String(decoding: rest.prefix(64), as: UTF8.self) + "\n"
            rest = rest.dropFirst(64)
        }
        return lines + "-----END \(label)-----\n"
    }
}

extension [UInt8] {
    /// Where `pattern` first is, at or after an index.
    func firstIndex(of pattern: [UInt8], from start: Int) -> Int? {
        guard let first = pattern.first, count >= pattern.count else { return nil }
        var index = start
        while index <= count - pattern.count {
            if self[index] == first, self[index..<(index + pattern.count)].elementsEqual(pattern) {
                return index
            }
            index += 1
        }
        return nil
    }

    /// Decodes base64 with white space anywhere and padding at the end; nil for anything else.
    init?(base64 text: ArraySlice<UInt8>) {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(text.count / 4 * 3)
        var pending: UInt32 = 0
        var bits = 0
        var digits = 0
        var padding = 0
        for byte in text {
            let value: UInt8
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = byte - UInt8(ascii: "A")
            case UInt8(ascii: "a")...UInt8(ascii: "z"): value = byte - UInt8(ascii: "a") + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = byte - UInt8(ascii: "0") + 52
            case UInt8(ascii: "+"): value = 62
            case UInt8(ascii: "/"): value = 63
            case UInt8(ascii: "="):
                padding += 1
                continue
            case 0x20, 0x09, 0x0A, 0x0D: continue
            default: return nil
            }
            guard padding == 0 else { return nil }
            digits += 1
            pending = pending << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                decoded.append(UInt8(truncatingIfNeeded: pending >> UInt32(bits)))
                pending &= 1 << UInt32(bits) - 1
            }
        }
        guard pending == 0, (digits + padding) % 4 == 0, padding <= 2 else { return nil }
        self = decoded
    }

    /// Base64 digits with padding.
    var base64: [UInt8] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var digits: [UInt8] = []
        digits.reserveCapacity((count + 2) / 3 * 4)
        for start in stride(from: 0, to: count, by: 3) {
            let group = self[start..<Swift.min(start + 3, count)]
            var value: UInt32 = 0
            for byte in group { value = value << 8 | UInt32(byte) }
            value <<= UInt32(8 * (3 - group.count))
            for digit in 0..<4 {
                digits.append(
                    digit <= group.count
                        ? alphabet[Int(value >> UInt32(18 - 6 * digit) & 63)] : UInt8(ascii: "="))
            }
        }
        return digits
    }
}

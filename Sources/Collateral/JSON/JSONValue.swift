// SPDX-License-Identifier: Apache-2.0

import Quote

/// A JSON document. Members keep their order, because what is signed is a text and not its meaning.
public indirect enum JSONValue: Hashable, Sendable {
    case object([Member])
    case array([JSONValue])
    case string(String)
    /// Attestation documents have no other numbers.
    case integer(Int64)
    case boolean(Bool)
    case null

    public struct Member: Hashable, Sendable {
        public var name: String
        public var value: JSONValue
        public init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// The member of an object; nil when there is none, or no object.
    public subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }
}

// MARK: Writing

extension JSONValue {
    /// Without white space, members in their order.
    public var compact: String {
        var text: [UInt8] = []
        write(to: &text, indentation: nil)
        return String(decoding: text, as: UTF8.self)
    }

    /// A member a line, indented by two spaces.
    public var indented: String {
        var text: [UInt8] = []
        write(to: &text, indentation: 0)
        return String(decoding: text, as: UTF8.self)
    }

    private func write(to text: inout [UInt8], indentation: Int?) {
        switch self {
        case .object(let members):
            JSONValue.writeList(members, "{", "}", to: &text, indentation) { member, text, inner in
                JSONValue.quote(member.name, to: &text)
                text += Array((indentation == nil ? ":" : ": ").utf8)
                member.value.write(to: &text, indentation: inner)
            }
        case .array(let values):
            JSONValue.writeList(values, "[", "]", to: &text, indentation) { value, text, inner in
                value.write(to: &text, indentation: inner)
            }
        case .string(let string): JSONValue.quote(string, to: &text)
        case .integer(let number): text += Array(String(number).utf8)
        case .boolean(let value): text += Array((value ? "true" : "false").utf8)
        case .null: text += Array("null".utf8)
        }
    }

    private static func writeList<Element>(
        _ elements: [Element], _ open: StaticString, _ close: StaticString, to text: inout [UInt8],
        _ indentation: Int?, _ write: (Element, inout [UInt8], Int?) -> Void
    ) {
        let inner = indentation.map { $0 + 2 }
        func newLine(_ depth: Int?) {
            guard let depth, !elements.isEmpty else { return }
            text.append(UInt8(ascii: "\n"))
            text += repeatElement(UInt8(ascii: " "), count: depth)
        }
        text += Array(open.description.utf8)
        for (index, element) in elements.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            newLine(inner)
            write(element, &text, inner)
        }
        newLine(indentation)
        text += Array(close.description.utf8)
    }

    private static func quote(_ string: String, to text: inout [UInt8]) {
        text.append(UInt8(ascii: "\""))
        for byte in string.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): text += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\n"): text += Array("\\n".utf8)
            case 0..<0x20:
                text += Array("\\u00".utf8) + Array([byte].hexadecimal.utf8)
            default: text.append(byte)
            }
        }
        text.append(UInt8(ascii: "\""))
    }
}

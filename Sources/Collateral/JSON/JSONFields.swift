// SPDX-License-Identifier: Apache-2.0

public import Quote

/// The members of a JSON object, each taken as the type that it must have.
public struct JSONFields: Sendable {
    public let document: String
    /// Where the object is in the document: `tcbLevels[2].`
    public let path: String
    public let members: [JSONValue.Member]

    public init(_ value: JSONValue, document: String, path: String = "") throws(CollateralError) {
        guard case .object(let members) = value else {
            throw path.isEmpty
                ? .unreadable(document: document, reason: "it is not an object")
                : .malformed(document: document, member: path, reason: "it is not an object")
        }
        self.document = document
        self.path = path.isEmpty ? "" : path + "."
        self.members = members
    }

    public subscript(name: String) -> JSONValue? { members.first { $0.name == name }?.value }

    public func malformed(_ name: String, _ reason: String) -> CollateralError {
        .malformed(document: document, member: path + name, reason: reason)
    }

    private func value(_ name: String) throws(CollateralError) -> JSONValue {
        guard let value = self[name] else { throw .missing(document: document, member: path + name) }
        return value
    }

    public func string(_ name: String) throws(CollateralError) -> String {
        guard case .string(let string) = try value(name) else { throw malformed(name, "it is not a string") }
        return string
    }

    public func integer(_ name: String, in range: ClosedRange<Int64>) throws(CollateralError) -> Int64 {
        guard case .integer(let number) = try value(name) else { throw malformed(name, "it is not a number") }
        guard range ~= number else { throw malformed(name, "\(number) is not in \(range)") }
        return number
    }

    public func boolean(_ name: String) throws(CollateralError) -> Bool {
        guard case .boolean(let value) = try value(name) else {
            throw malformed(name, "it is neither true nor false")
        }
        return value
    }

    /// `count` bytes as hexadecimal digits of either case.
    public func bytes(_ name: String, count: Int) throws(CollateralError) -> [UInt8] {
        let text = try string(name)
        guard let bytes = [UInt8](hexadecimal: text), bytes.count == count else {
            throw malformed(name, "it is not \(2 * count) hexadecimal digits")
        }
        return bytes
    }

    public func fixed<Bytes: FixedBytes>(
        _ name: String, as type: Bytes.Type = Bytes.self
    ) throws(CollateralError) -> Bytes { Bytes(try bytes(name, count: Bytes.size)) }

    /// A number whose digits are its bytes, the lowest first.
    public func littleEndian<T: FixedWidthInteger>(
        _ name: String, as type: T.Type = T.self
    ) throws(CollateralError) -> T {
        try bytes(name, count: T.bitWidth / 8).reversed().reduce(0) { $0 << 8 | T($1) }
    }

    public func timestamp(_ name: String) throws(CollateralError) -> Timestamp {
        guard let time = Timestamp(try string(name)) else {
            throw malformed(name, "it is not of the form YYYY-MM-DDTHH:MM:SSZ")
        }
        return time
    }

    public func object(_ name: String) throws(CollateralError) -> JSONFields {
        try JSONFields(try value(name), document: document, path: path + name)
    }

    public func objects(_ name: String) throws(CollateralError) -> [JSONFields] {
        var objects: [JSONFields] = []
        for (index, value) in try array(name).enumerated() {
            objects.append(try JSONFields(value, document: document, path: "\(path)\(name)[\(index)]"))
        }
        return objects
    }

    /// A list of strings; an absent one is empty.
    public func strings(_ name: String) throws(CollateralError) -> [String] {
        guard self[name] != nil else { return [] }
        var strings: [String] = []
        for value in try array(name) {
            guard case .string(let string) = value else { throw malformed(name, "not all are strings") }
            strings.append(string)
        }
        return strings
    }

    public func array(_ name: String) throws(CollateralError) -> [JSONValue] {
        guard case .array(let values) = try value(name) else { throw malformed(name, "it is not a list") }
        return values
    }
}

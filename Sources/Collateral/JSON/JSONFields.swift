// SPDX-License-Identifier: Apache-2.0

public import Quote

/// The members of a JSON object, each taken as the type that it must have.
public struct JSONFields: Sendable {
    public let document: String
    public let members: [JSONValue.Member]
    private let place: Place

    /// Where an object is in its document. Only errors spell it out: there are hundreds of objects in a TCB Info.
    private indirect enum Place: Sendable {
        case document
        case member(String, of: Place)
        case element(Int, of: Place)

        /// `tcbLevels[2].tcb`
        var path: String {
            switch self {
            case .document: ""
            case .member(let name, .document): name
            case .member(let name, let place): "\(place.path).\(name)"
            case .element(let index, let place): "\(place.path)[\(index)]"
            }
        }
    }

    public init(_ value: JSONValue, document: String) throws(CollateralError) {
        guard case .object(let members) = value else {
            throw .unreadable(document: document, reason: "it is not an object")
        }
        self.document = document
        self.members = members
        place = .document
    }

    /// The objects of a document that is a list of them.
    public static func list(_ value: JSONValue, document: String) throws(CollateralError) -> [JSONFields] {
        guard case .array(let values) = value else {
            throw .unreadable(document: document, reason: "it is not a list")
        }
        return try objects(values, document: document, in: .document)
    }

    private static func objects(
        _ values: [JSONValue], document: String, in list: Place
    ) throws(CollateralError) -> [JSONFields] {
        var objects: [JSONFields] = []
        for (index, value) in values.enumerated() {
            objects.append(try JSONFields(value, document: document, at: .element(index, of: list)))
        }
        return objects
    }

    private init(_ value: JSONValue, document: String, at place: Place) throws(CollateralError) {
        guard case .object(let members) = value else {
            throw .malformed(document: document, member: place.path, reason: "it is not an object")
        }
        self.document = document
        self.members = members
        self.place = place
    }

    public subscript(name: String) -> JSONValue? { members.first { $0.name == name }?.value }

    public func malformed(_ name: String, _ reason: String) -> CollateralError {
        .malformed(document: document, member: Place.member(name, of: place).path, reason: reason)
    }

    private func value(_ name: String) throws(CollateralError) -> JSONValue {
        guard let value = self[name] else {
            throw .missing(document: document, member: Place.member(name, of: place).path)
        }
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
        try JSONFields(value(name), document: document, at: .member(name, of: place))
    }

    public func objects(_ name: String) throws(CollateralError) -> [JSONFields] {
        try JSONFields.objects(array(name), document: document, in: .member(name, of: place))
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

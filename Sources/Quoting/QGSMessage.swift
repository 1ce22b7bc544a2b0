// SPDX-License-Identifier: Apache-2.0

import Quote

/// What a message to or from the quote generation service is.
///
/// - SeeAlso: `qgs_msg_lib.h`, `qgs_msg_type_t`.
public struct QGSMessageType: RawRepresentable, Hashable, Sendable {
    public var rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let quoteRequest = QGSMessageType(rawValue: 0)
    public static let quoteResponse = QGSMessageType(rawValue: 1)
    public static let collateralRequest = QGSMessageType(rawValue: 2)
    public static let collateralResponse = QGSMessageType(rawValue: 3)
    public static let platformRequest = QGSMessageType(rawValue: 4)
    public static let platformResponse = QGSMessageType(rawValue: 5)
}

/// Why a request is not answered as it wants to be: the error code of a response.
public struct QGSError: RawRepresentable, Error, Hashable, Sendable {
    public var rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let unexpected = QGSError(rawValue: 0x12001)
    public static let outOfMemory = QGSError(rawValue: 0x12002)
    public static let invalidParameter = QGSError(rawValue: 0x12003)
    public static let invalidVersion = QGSError(rawValue: 0x12004)
    public static let invalidType = QGSError(rawValue: 0x12005)
    public static let invalidSize = QGSError(rawValue: 0x12006)
    public static let invalidCode = QGSError(rawValue: 0x12007)
}

/// A request of the quote generation service, read from bytes of anybody's.
public enum QGSRequest: Hashable, Sendable {
    /// A quote of a report, by one of the enclaves that a list names; any when the list is empty.
    case quote(report: [UInt8], enclaves: [UInt8])
    /// The collateral of an `FMSPC` under the CA of that name.
    case collateral(fmspc: [UInt8], ca: [UInt8])
    case platformInformation

    /// The 16 bytes that every message begins with.
    static let headerSize = 16

    /// The version, the type and whether the message is whole, of a request.
    struct Header {
        var minor: UInt16
        var type: QGSMessageType
    }

    /// The type that a message says it is of; nil when it is too short to say.
    static func type(of message: [UInt8]) -> QGSMessageType? {
        message.count < headerSize ? nil : QGSMessageType(rawValue: message.number(at: 4))
    }

    init(_ message: [UInt8]) throws(QGSError) {
        guard message.count >= QGSRequest.headerSize else { throw .invalidSize }
        guard message.number(at: 0) as UInt16 == 1 else { throw .invalidVersion }
        guard message.number(at: 8) as UInt32 == message.count else { throw .invalidSize }
        guard message.number(at: 12) as UInt32 == 0 else { throw .invalidCode }
        switch QGSMessageType(rawValue: message.number(at: 4)) {
        case .quoteRequest:
            let parts = try QGSRequest.parts(message)
            guard !parts.0.isEmpty else { throw .invalidParameter }
            self = .quote(report: parts.0, enclaves: parts.1)
        case .collateralRequest:
            let parts = try QGSRequest.parts(message)
            guard parts.0.count == 6, !parts.1.isEmpty else { throw .invalidParameter }
            self = .collateral(fmspc: parts.0, ca: Array(parts.1.prefix { $0 != 0 }))
        case .platformRequest:
            guard message.count == QGSRequest.headerSize else { throw .invalidSize }
            self = .platformInformation
        default: throw .invalidType
        }
    }

    /// Two sizes and as many bytes of each, which are the rest of the message.
    private static func parts(_ message: [UInt8]) throws(QGSError) -> ([UInt8], [UInt8]) {
        let start = headerSize + 8
        guard message.count >= start else { throw .invalidSize }
        let first = Int(message.number(at: headerSize) as UInt32)
        let second = Int(message.number(at: headerSize + 4) as UInt32)
        guard message.count == start + first + second else { throw .invalidSize }
        return (Array(message[start..<start + first]), Array(message[(start + first)...]))
    }
}

/// A response under way.
struct QGSResponse {
    let type: QGSMessageType
    let minor: UInt16
    var fields: [UInt8] = []

    /// The size of each type's fields that are always there.
    private var fixedSize: Int {
        switch type {
        case .quoteResponse: 8
        case .collateralResponse: 32
        default: 12
        }
    }

    mutating func put(_ value: some FixedWidthInteger) {
        for byte in 0..<value.bitWidth / 8 { fields.append(UInt8(truncatingIfNeeded: value >> (8 * byte))) }
    }

    var bytes: [UInt8] { message(error: 0, fields) }

    /// The fixed fields, zero, and why there is nothing in them.
    func failure(_ error: QGSError) -> [UInt8] {
        message(error: error.rawValue, [UInt8](repeating: 0, count: fixedSize))
    }

    private func message(error: UInt32, _ fields: [UInt8]) -> [UInt8] {
        var header = QGSResponse(type: type, minor: minor)
        header.put(UInt16(1))
        header.put(minor)
        header.put(type.rawValue)
        header.put(UInt32(QGSRequest.headerSize + fields.count))
        header.put(error)
        return header.fields + fields
    }
}

extension [UInt8] {
    /// A little-endian number; the caller knows that it is there.
    func number<T: FixedWidthInteger>(at offset: Int) -> T {
        self[offset..<offset + T.bitWidth / 8].reversed().reduce(0) { $0 << 8 | T($1) }
    }
}

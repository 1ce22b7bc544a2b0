// SPDX-License-Identifier: Apache-2.0

public import TDXABI

/// A field of a fixed number of bytes: a digest, a key, a signature, an identifier.
public protocol FixedBytes: Hashable, Sendable, CustomStringConvertible {
    static var size: Int { get }
    var bytes: [UInt8] { get }
    /// The first `size` of `bytes`; missing ones are zero.
    init(_ bytes: [UInt8])
}

extension FixedBytes {
    /// The first `size` of `bytes`; missing ones are zero.
    public init(_ bytes: some Sequence<UInt8>) { self.init(Array(bytes.prefix(Self.size))) }

    /// All zero.
    public static var zero: Self { Self([UInt8]()) }
    public var isZero: Bool { bytes.allSatisfy { $0 == 0 } }

    /// Exactly the digits that `description` prints, in either case.
    public init?(hexadecimal text: some StringProtocol) {
        guard let bytes = [UInt8](hexadecimal: text), bytes.count == Self.size else { return nil }
        self.init(bytes)
    }

    public var description: String { bytes.hexadecimal }

    /// `bytes`, cut or filled with zeros. Those of the right size are kept as they are.
    public static func fitted(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count != size else { return bytes }
        return Array(bytes.prefix(size)) + repeatElement(0, count: Swift.max(0, size - bytes.count))
    }
}

extension Digest384: FixedBytes {
    public static var size: Int { 48 }
}

/// 16 bytes: an identifier, or a `CPUSVN`, which only its processor can compare.
public struct Identifier128: FixedBytes {
    public static var size: Int { 16 }
    public let bytes: [UInt8]
    public init(_ bytes: [UInt8]) { self.bytes = Self.fitted(bytes) }
}

/// 32 bytes: a SHA-256 digest, or an identifier of that size.
public struct Digest256: FixedBytes {
    public static var size: Int { 32 }
    public let bytes: [UInt8]
    public init(_ bytes: [UInt8]) { self.bytes = Self.fitted(bytes) }
}

/// `REPORTDATA`: 64 bytes of the caller's choice, by which a report or quote belongs to a conversation.
public struct ReportData: FixedBytes {
    public static var size: Int { 64 }
    public let bytes: [UInt8]
    public init(_ bytes: [UInt8]) { self.bytes = Self.fitted(bytes) }
}

/// An ECDSA P-256 signature as quotes have it: *r* ‖ *s*, each 32 bytes, big-endian.
public struct RawSignature: FixedBytes {
    public static var size: Int { 64 }
    public let bytes: [UInt8]
    public init(_ bytes: [UInt8]) { self.bytes = Self.fitted(bytes) }
}

/// A P-256 public key as quotes have it: *x* ‖ *y*, each 32 bytes, big-endian, without the leading 4.
public struct RawPublicKey: FixedBytes {
    public static var size: Int { 64 }
    public let bytes: [UInt8]
    public init(_ bytes: [UInt8]) { self.bytes = Self.fitted(bytes) }
}

/// `INIT_TEE_FMSPC` of a TD: 12 bytes.
public struct FMSPCField: FixedBytes {
    public static var size: Int { 12 }
    public let bytes: [UInt8]
    public init(_ bytes: [UInt8]) { self.bytes = Self.fitted(bytes) }
}

/// 28 reserved bytes, kept so that what was read can be written again.
public struct Reserved28: FixedBytes {
    public static var size: Int { 28 }
    public let bytes: [UInt8]
    public init(_ bytes: [UInt8]) { self.bytes = Self.fitted(bytes) }
}

/// 60 reserved bytes, kept so that what was read can be written again.
public struct Reserved60: FixedBytes {
    public static var size: Int { 60 }
    public let bytes: [UInt8]
    public init(_ bytes: [UInt8]) { self.bytes = Self.fitted(bytes) }
}

/// 96 reserved bytes, kept so that what was read can be written again.
public struct Reserved96: FixedBytes {
    public static var size: Int { 96 }
    public let bytes: [UInt8]
    public init(_ bytes: [UInt8]) { self.bytes = Self.fitted(bytes) }
}

extension [UInt8] {
    /// Reads pairs of hexadecimal digits; nil for anything else.
    public init?(hexadecimal text: some StringProtocol) { self.init(hexadecimal: Array(text.utf8)[...]) }

    /// Reads pairs of hexadecimal digits; nil for anything else.
    public init?(hexadecimal digits: ArraySlice<UInt8>) {
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        var index = digits.startIndex
        while index < digits.endIndex {
            guard let high = digits[index].hexadecimalDigit, let low = digits[index + 1].hexadecimalDigit
            else { return nil }
            bytes.append(high << 4 | low)
            index += 2
        }
        self = bytes
    }

    /// Two lower-case digits a byte.
    public var hexadecimal: String {
        let digits = [UInt8]("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(2 * count)
        for byte in self {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension UInt8 {
    /// The value of a digit of either case.
    fileprivate var hexadecimalDigit: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

/// 48 bytes: a SHA-384 digest, or an identifier of that size.
public struct Digest384: Hashable, Sendable, CustomStringConvertible {
    public private(set) var bytes: [UInt8]

    public static let zero = Digest384()
    public init() { bytes = [UInt8](repeating: 0, count: 48) }
    /// The first 48 of `bytes`; missing ones are zero.
    public init(_ bytes: some Sequence<UInt8>) { self.init([UInt8](bytes.prefix(48))) }

    /// As above; 48 bytes are kept as they are.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
        guard bytes.count != 48 else { return }
        self.bytes = Array(bytes.prefix(48)) + repeatElement(0, count: Swift.max(0, 48 - bytes.count))
    }

    /// Bytes 8·*n* to 8·*n* + 7, little-endian, as metadata fields show a digest.
    public func word(_ n: Int) -> UInt64 {
        guard 0..<6 ~= n else { return 0 }
        return (0..<8).reduce(0) { $0 | UInt64(bytes[8 * n + $1]) << (8 * $1) }
    }

    public var description: String {
        bytes.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Why a report gets no quote.
public enum QuotingError: Error, Hashable, Sendable {
    /// The bytes are not a `TDREPORT`.
    case wrongSize(Int)
    /// A field has a value that no report of this processor has.
    case malformed(field: String, value: UInt64)
    case reservedNotZero(field: String)
    /// The MAC is not this platform's.
    case wrongMAC
    /// A digest under the MAC is not that of its structure.
    case wrongDigest(field: String)
}

extension QuotingError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .wrongSize(let size): "The report has \(size) bytes; a TDREPORT has 1024."
        case .malformed(let field, let value):
            "\(field) of the report is 0x\(String(value, radix: 16)), which no report of a TD has."
        case .reservedNotZero(let field): "\(field) of the report must be zero."
        case .wrongMAC: "The report's MAC is not of this platform: it was made elsewhere, or changed since."
        case .wrongDigest(let field): "\(field) of the report is not the digest of what it stands for."
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Why bytes are not the document they should be. Each names the field where reading ended.
public enum QuoteFormatError: Error, Hashable, Sendable {
    /// The bytes end before the field does.
    case truncated(field: String, needed: Int, available: Int)
    /// The field has a value that says that the rest cannot be read.
    case unsupported(field: String, value: UInt64)
    /// A declared size is not the size of what it declares.
    case wrongSize(field: String, found: Int, required: Int)
    /// The field breaks a rule of its format.
    case malformed(field: String, reason: String)
}

extension QuoteFormatError {
    /// The field that could not be read.
    public var field: String {
        switch self {
        case .truncated(let field, _, _), .unsupported(let field, _), .wrongSize(let field, _, _),
            .malformed(let field, _):
            field
        }
    }
}

extension QuoteFormatError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .truncated(let field, let needed, let available):
            "The input ends in “\(field)”, which needs \(needed) bytes where \(available) are left."
        case .unsupported(let field, let value):
            "“\(field)” is \(value) (0x\(String(value, radix: 16))), which cannot be read."
        case .wrongSize(let field, let found, let required):
            "“\(field)” declares \(found) bytes where the content takes \(required)."
        case .malformed(let field, let reason):
            "“\(field)” is not valid: \(reason)."
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Why collateral cannot be read. Which document, where in it, and what is wrong there.
public enum CollateralError: Error, Hashable, Sendable {
    /// The bytes are not what the document is made of: JSON, PEM, DER or hexadecimal digits.
    case unreadable(document: String, reason: String)
    /// A member that must be there is not.
    case missing(document: String, member: String)
    /// A member has a value that it cannot have.
    case malformed(document: String, member: String, reason: String)
}

extension CollateralError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreadable(let document, let reason): "The \(document) cannot be read: \(reason)."
        case .missing(let document, let member): "The \(document) lacks “\(member)”."
        case .malformed(let document, let member, let reason):
            "“\(member)” of the \(document) is not valid: \(reason)."
        }
    }
}

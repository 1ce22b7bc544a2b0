// SPDX-License-Identifier: Apache-2.0

public import Crypto
public import Quote

/// A JSON document of the vendor's that is signed as a text.
public protocol SignableDocument: Hashable, Sendable {
    /// What it is called in errors.
    static var name: String { get }
    /// The member of an HTTP body that holds it.
    static var bodyMember: String { get }
    var issueDate: Timestamp { get }
    var nextUpdate: Timestamp { get }
    init(_ fields: JSONFields) throws(CollateralError)
    /// The document with its members in the order in which the vendor serves them.
    var json: JSONValue { get }
}

/// A document, the text it was read from, and the signature of that text.
public struct SignedDocument<Content: SignableDocument>: Hashable, Sendable {
    public let content: Content
    /// What the signature covers: these bytes and no other form of the same content.
    public let text: [UInt8]
    public let signature: RawSignature

    /// Reads the text of a document whose signature came beside it.
    public init(text: [UInt8], signature: RawSignature) throws(CollateralError) {
        self.text = text
        self.signature = signature
        content = try Content(
            JSONFields(JSONValue(text, document: Content.name), document: Content.name))
    }

    /// Reads an HTTP body: `{"tcbInfo":{…},"signature":"…"}`.
    public init(body: [UInt8]) throws(CollateralError) {
        var reader = JSONReader(body, document: Content.name)
        let members = try reader.membersWithText()
        guard let document = members.first(where: { $0.member.name == Content.bodyMember }) else {
            throw .missing(document: Content.name, member: Content.bodyMember)
        }
        let fields = try JSONFields(.object(members.map(\.member)), document: Content.name)
        text = document.text
        signature = try fields.fixed("signature")
        content = try Content(JSONFields(document.member.value, document: Content.name))
    }

    /// Signs the compact form of a document.
    public init(signing content: Content, with key: P256.Signing.PrivateKey) throws {
        self.content = content
        text = Array(content.json.compact.utf8)
        signature = try key.reproducibleSignature(for: text)
    }

    /// Signs a text as it is, for tests of what a verifier makes of it.
    public init(signing text: [UInt8], with key: P256.Signing.PrivateKey) throws {
        try self.init(text: text, signature: key.reproducibleSignature(for: text))
    }

    /// The HTTP body, byte for byte what was signed.
    public var body: [UInt8] {
        Array("{\"\(Content.bodyMember)\":".utf8) + text
            + Array(",\"signature\":\"\(signature)\"}".utf8)
    }

    /// Whether the key made the signature over the text as it was received.
    public func isSigned(by key: P256.Signing.PublicKey) -> Bool {
        signature.isValid(for: text, by: key)
    }
}

extension RawSignature {
    /// Whether `key` signed the SHA-256 digest of `bytes`.
    public func isValid(for message: [UInt8], by key: P256.Signing.PublicKey) -> Bool {
        // A signature of numbers out of range is no signature.
        guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: bytes) else { return false }
        return key.isValidSignature(signature, for: message)
    }
}

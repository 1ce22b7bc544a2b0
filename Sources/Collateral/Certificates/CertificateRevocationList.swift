// SPDX-License-Identifier: Apache-2.0

public import Crypto
import Quote
import SwiftASN1
public import X509

/// A certificate revocation list of the attestation PKI, and the bytes that are signed.
public struct CertificateRevocationList: Sendable {
    /// A certificate that is not to be trusted any more.
    public struct Entry: Hashable, Sendable {
        public var serialNumber: Certificate.SerialNumber
        public var revocationDate: Timestamp
        public init(serialNumber: Certificate.SerialNumber, revocationDate: Timestamp) {
            self.serialNumber = serialNumber
            self.revocationDate = revocationDate
        }
    }

    /// The list as it came, DER.
    public let bytes: [UInt8]
    public let issuer: DistinguishedName
    public let thisUpdate: Timestamp
    public let nextUpdate: Timestamp
    public let entries: [Entry]
    /// The CRL number, big-endian.
    public let number: [UInt8]
    /// The issuer as it is encoded.
    private let issuerName: ArraySlice<UInt8>
    private let signedBytes: ArraySlice<UInt8>
    private let signature: P256.Signing.ECDSASignature
}

extension CertificateRevocationList: Hashable {
    public static func == (a: Self, b: Self) -> Bool { a.bytes == b.bytes }
    public func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}

extension CertificateRevocationList {
    public func isSigned(by issuer: AttestationCertificate) -> Bool {
        issuer.publicKey.isValidSignature(signature, for: signedBytes)
    }

    public func isIssued(by certificate: AttestationCertificate) -> Bool {
        issuerName == certificate.subjectName
    }

    /// Whether the list is that of a certificate's issuer.
    public func covers(_ certificate: AttestationCertificate) -> Bool {
        issuerName == certificate.issuerName
    }

    /// The entry for a certificate of this list's issuer.
    public func entry(for certificate: AttestationCertificate) -> Entry? {
        let serialNumber = certificate.certificate.serialNumber
        return entries.first { $0.serialNumber == serialNumber }
    }
}

// MARK: Reading

extension CertificateRevocationList {
    /// Reads a list in any of the encodings that services send: DER, PEM, or the hexadecimal digits of DER.
    public init(_ bytes: [UInt8], document: String = "CRL") throws(CollateralError) {
        func fail(_ reason: String) -> CollateralError { .unreadable(document: document, reason: reason) }
        let der: [UInt8]
        let text = bytes.trimmed
        if bytes.first == 0x30, bytes.count > 1, bytes[1] & 0x80 != 0 || bytes.count < 128 {
            der = bytes
        } else if let decoded = [UInt8](hexadecimal: text) {
            der = decoded
        } else if let pem = try PEM.documents(in: bytes, of: document).first(where: { $0.label == "X509 CRL" }
        ) {
            der = pem.bytes
        } else {
            throw fail("it is neither DER, PEM nor hexadecimal digits")
        }
        do {
            self = try CertificateRevocationList(der: der, document: document)
        } catch let error as CollateralError {
            throw error
        } catch {
            throw fail("it is not a CRL (\(error))")
        }
    }

    private init(der: [UInt8], document: String) throws {
        func malformed(_ member: String, _ reason: String) -> CollateralError {
            .malformed(document: document, member: member, reason: reason)
        }
        bytes = der
        // CertificateList: what is signed, the algorithm, the signature.
        var outer = DERReader(der[...])
        var parts = try outer.takeSequence()
        try outer.expectEnd()
        let signed = try parts.next()
        guard signed.tag == DERReader.sequence else { throw malformed("list", "it is not a sequence") }
        signedBytes = signed.bytes
        guard try parts.takeAlgorithm() == Self.ecdsaWithSHA256Bytes else {
            throw malformed("signature algorithm", "it is not ECDSA with SHA-256")
        }
        let bits = try parts.take(DERReader.bitString)
        guard bits.first == 0 else { throw malformed("signature", "it is not whole bytes") }
        try parts.expectEnd()
        signature = try P256.Signing.ECDSASignature(derRepresentation: bits.dropFirst())

        // TBSCertList, in its order.
        var list = DERReader(signed.content)
        guard try list.takeNumber() as UInt8 == 1 else { throw malformed("version", "it is not 2") }
        guard try list.takeAlgorithm() == Self.ecdsaWithSHA256Bytes else {
            throw malformed("signature algorithm", "it is not ECDSA with SHA-256")
        }
        issuerName = try list.next().bytes
        issuer = try DistinguishedName(derEncoded: DER.parse(issuerName))
        func time(_ element: DERReader.Element, _ member: String) throws(CollateralError) -> Timestamp {
            guard let time = Timestamp(element) else { throw malformed(member, "it is not a moment") }
            return time
        }
        thisUpdate = try time(list.next(), "thisUpdate")
        guard !list.isAtEnd else { throw malformed("nextUpdate", "it is missing") }
        nextUpdate = try time(list.next(), "nextUpdate")
        var element = list.isAtEnd ? nil : try list.next()
        var entries: [Entry] = []
        if let revoked = element, revoked.tag == DERReader.sequence {
            var reader = DERReader(revoked.content)
            while !reader.isAtEnd {
                var entry = try reader.takeSequence()
                entries.append(
                    Entry(
                        serialNumber: .init(bytes: try entry.takeInteger()),
                        revocationDate: try time(entry.next(), "revocationDate")))
                // Extensions of an entry: the reason, which does not matter here.
                if !entry.isAtEnd { _ = try entry.takeSequence() }
                try entry.expectEnd()
            }
            element = list.isAtEnd ? nil : try list.next()
        }
        self.entries = entries
        var number: [UInt8]?
        var hasAuthorityKeyID = false
        if let extensions = element {
            guard extensions.tag == 0xA0 else {
                throw malformed("list", "extensions are not where they belong")
            }
            let items = try DER.sequence(
                of: Certificate.Extension.self, identifier: .sequence,
                rootNode: DER.parse(extensions.content))
            for item in items {
                if item.oid == Self.crlNumber {
                    number = Array(try ArraySlice<UInt8>(derEncoded: item.value))
                } else if item.oid == .X509ExtensionID.authorityKeyIdentifier {
                    hasAuthorityKeyID = true
                } else if item.critical {
                    throw malformed("extensions", "\(item.oid) is critical and not known")
                }
            }
        }
        try list.expectEnd()
        guard let number else { throw malformed("CRL number", "it is missing") }
        guard hasAuthorityKeyID else { throw malformed("authority key identifier", "it is missing") }
        self.number = number
    }

    static let ecdsaWithSHA256: ASN1ObjectIdentifier = [1, 2, 840, 10045, 4, 3, 2]
    /// The same as the content of DER.
    private static let ecdsaWithSHA256Bytes: [UInt8] = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02]
    private static let crlNumber: ASN1ObjectIdentifier = [2, 5, 29, 20]
}

extension DERReader {
    /// The identifier of an algorithm, by its content.
    fileprivate mutating func takeAlgorithm() throws(DERError) -> [UInt8] {
        var algorithm = try takeSequence()
        // Parameters, which ECDSA has none of, would be part of what is signed; they change nothing.
        return Array(try algorithm.take(DERReader.objectIdentifier))
    }
}

// MARK: Writing

extension CertificateRevocationList {
    /// Issues a list.
    public init(
        issuedBy issuer: AttestationCertificate, key: P256.Signing.PrivateKey, thisUpdate: Timestamp,
        nextUpdate: Timestamp, entries: [Entry], number: UInt64 = 1
    ) throws {
        let keyID = AuthorityKeyIdentifier(
            keyIdentifier: try issuer.certificate.extensions.subjectKeyIdentifier?.keyIdentifier)
        var list = DER.Serializer()
        try list.appendConstructedNode(identifier: .sequence) { list in
            try list.serialize(UInt8(1))
            try list.appendAlgorithm()
            try list.serialize(issuer.certificate.subject)
            try list.serialize(UTCTime(thisUpdate))
            try list.serialize(UTCTime(nextUpdate))
            if !entries.isEmpty {
                try list.appendConstructedNode(identifier: .sequence) { list in
                    for entry in entries {
                        try list.appendConstructedNode(identifier: .sequence) {
                            try $0.serialize(entry.serialNumber.bytes)
                            try $0.serialize(UTCTime(entry.revocationDate))
                        }
                    }
                }
            }
            try list.serialize(explicitlyTaggedWithTagNumber: 0, tagClass: .contextSpecific) { list in
                var value = DER.Serializer()
                try value.serialize(number)
                try list.serializeSequenceOf([
                    Certificate.Extension(
                        oid: Self.crlNumber, critical: false, value: value.serializedBytes[...]),
                    Certificate.Extension(keyID, critical: false),
                ])
            }
        }
        try self.init(signedDER(list.serializedBytes, by: key))
    }
}

extension UTCTime {
    fileprivate init(_ time: Timestamp) throws {
        let parts = time.components
        try self.init(
            year: parts.year, month: parts.month, day: parts.day, hours: parts.hour, minutes: parts.minute,
            seconds: parts.second)
    }
}

extension [UInt8] {
    /// Without white space and NUL bytes around it.
    var trimmed: ArraySlice<UInt8> {
        func isBlank(_ byte: UInt8) -> Bool { byte <= 0x20 }
        guard let first = firstIndex(where: { !isBlank($0) }), let last = lastIndex(where: { !isBlank($0) })
        else {
            return []
        }
        return self[first...last]
    }
}

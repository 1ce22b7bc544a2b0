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
        issuer == certificate.certificate.subject
    }

    /// Whether the list is that of a certificate's issuer.
    public func covers(_ certificate: AttestationCertificate) -> Bool {
        issuer == certificate.certificate.issuer
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
        let parts = try DER.sequence(try DER.parse(der), identifier: .sequence) { nodes in
            var parts: [ASN1Node] = []
            while let node = nodes.next() { parts.append(node) }
            return parts
        }
        guard parts.count == 3 else { throw malformed("list", "it has not three parts") }
        let algorithm = try Self.algorithm(parts[1])
        signedBytes = parts[0].encodedBytes
        let bits = try ASN1BitString(derEncoded: parts[2])
        guard algorithm == Self.ecdsaWithSHA256 else {
            throw malformed("signature algorithm", "it is not ECDSA with SHA-256")
        }
        signature = try P256.Signing.ECDSASignature(derRepresentation: bits.bytes)

        var list = ListReader(document: document)
        try DER.sequence(parts[0], identifier: .sequence) { try list.read(&$0) }
        guard let issuer = list.issuer, let thisUpdate = list.thisUpdate, let nextUpdate = list.nextUpdate
        else {
            throw malformed("list", "issuer or dates are missing")
        }
        guard let number = list.number else { throw malformed("CRL number", "it is missing") }
        guard list.hasAuthorityKeyID else { throw malformed("authority key identifier", "it is missing") }
        self.issuer = issuer
        self.thisUpdate = thisUpdate
        self.nextUpdate = nextUpdate
        self.number = number
        entries = list.entries
    }

    static let ecdsaWithSHA256: ASN1ObjectIdentifier = [1, 2, 840, 10045, 4, 3, 2]
    fileprivate static let crlNumber: ASN1ObjectIdentifier = [2, 5, 29, 20]

    fileprivate static func algorithm(_ node: ASN1Node) throws -> ASN1ObjectIdentifier {
        try DER.sequence(node, identifier: .sequence) { nodes in
            let oid = try ASN1ObjectIdentifier(derEncoded: &nodes)
            // Parameters, which ECDSA has none of, would be part of what is signed; they change nothing.
            while nodes.next() != nil {}
            return oid
        }
    }

    /// The fields of `TBSCertList`, as they come.
    private struct ListReader {
        let document: String
        var issuer: DistinguishedName?
        var thisUpdate: Timestamp?
        var nextUpdate: Timestamp?
        var entries: [Entry] = []
        var number: [UInt8]?
        var hasAuthorityKeyID = false

        init(document: String) { self.document = document }

        func malformed(_ member: String, _ reason: String) -> CollateralError {
            .malformed(document: document, member: member, reason: reason)
        }

        mutating func read(_ nodes: inout ASN1NodeCollection.Iterator) throws {
            guard try UInt8(derEncoded: &nodes) == 1 else { throw malformed("version", "it is not 2") }
            guard let algorithm = nodes.next(),
                try CertificateRevocationList.algorithm(algorithm)
                    == CertificateRevocationList.ecdsaWithSHA256
            else { throw malformed("signature algorithm", "it is not ECDSA with SHA-256") }
            guard let name = nodes.next() else { throw malformed("issuer", "it is missing") }
            issuer = try DistinguishedName(derEncoded: name)
            thisUpdate = try time(nodes.next(), "thisUpdate")
            nextUpdate = try time(nodes.next(), "nextUpdate")
            while let node = nodes.next() {
                if node.identifier == .sequence {
                    try readEntries(node)
                } else {
                    try readExtensions(node)
                }
            }
        }

        private func time(_ node: ASN1Node?, _ member: String) throws -> Timestamp {
            guard let node else { throw malformed(member, "it is missing") }
            let time: Timestamp?
            if node.identifier == .utcTime {
                let utc = try UTCTime(derEncoded: node)
                time = Timestamp(
                    year: utc.year, month: utc.month, day: utc.day, hour: utc.hours, minute: utc.minutes,
                    second: utc.seconds)
            } else {
                let generalized = try GeneralizedTime(derEncoded: node)
                time = Timestamp(
                    year: generalized.year, month: generalized.month, day: generalized.day,
                    hour: generalized.hours, minute: generalized.minutes, second: generalized.seconds)
            }
            guard let time else { throw malformed(member, "there is no such moment") }
            return time
        }

        private mutating func readEntries(_ node: ASN1Node) throws {
            entries = try DER.sequence(node, identifier: .sequence) { nodes in
                var entries: [Entry] = []
                while let entry = nodes.next() {
                    entries.append(
                        try DER.sequence(entry, identifier: .sequence) { nodes in
                            let serial = try ArraySlice<UInt8>(derEncoded: &nodes)
                            let date = try time(nodes.next(), "revocationDate")
                            // Extensions of an entry: the reason, which does not matter here.
                            _ = nodes.next()
                            return Entry(serialNumber: .init(bytes: serial), revocationDate: date)
                        })
                }
                return entries
            }
        }

        private mutating func readExtensions(_ node: ASN1Node) throws {
            let extensions: [Certificate.Extension] = try DER.explicitlyTagged(
                node, tagNumber: 0, tagClass: .contextSpecific
            ) { node in
                try DER.sequence(of: Certificate.Extension.self, identifier: .sequence, rootNode: node)
            }
            for item in extensions {
                if item.oid == CertificateRevocationList.crlNumber {
                    number = Array(try ArraySlice<UInt8>(derEncoded: item.value))
                } else if item.oid == .X509ExtensionID.authorityKeyIdentifier {
                    hasAuthorityKeyID = true
                } else if item.critical {
                    throw malformed("extensions", "\(item.oid) is critical and not known")
                }
            }
        }
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

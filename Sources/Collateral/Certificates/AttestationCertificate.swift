// SPDX-License-Identifier: Apache-2.0

public import Crypto
import Foundation
import SwiftASN1
public import TDXABI
public import X509

/// A certificate of the attestation PKI, and the bytes it was read from.
public struct AttestationCertificate: Sendable {
    public let certificate: Certificate
    /// The certificate as it came.
    public let bytes: [UInt8]
    /// The subject's key. Every key of this PKI is one of P-256.
    public let publicKey: P256.Signing.PublicKey
    public let notBefore: Timestamp
    public let notAfter: Timestamp
    /// The subject's `CN`; empty when there is none.
    public let commonName: String
    /// The key with its leading 4, 65 bytes: by which a root is known.
    public let uncompressedKey: [UInt8]
    /// Whether subject and issuer have the same name.
    public let isSelfIssued: Bool
    /// What a certificate of this PKI must have and this one lacks; nil when it has all.
    public let missingExtension: String?
    /// How many CAs may be under this one, which may sign certificates and CRLs; nil when it may not.
    private let pathLength: Int?

    public init(_ bytes: [UInt8], document: String = "certificate") throws(CollateralError) {
        do {
            try self.init(Certificate(derEncoded: bytes), bytes: bytes, document: document)
        } catch let error as CollateralError {
            throw error
        } catch {
            throw .unreadable(document: document, reason: "it is not a certificate (\(error))")
        }
    }

    private init(_ certificate: Certificate, bytes: [UInt8], document: String) throws(CollateralError) {
        guard certificate.signatureAlgorithm == .ecdsaWithSHA256,
            let key = P256.Signing.PublicKey(certificate.publicKey)
        else {
            throw .malformed(
                document: document, member: "public key",
                reason: "this PKI has only keys of P-256 and signatures of ECDSA with SHA-256")
        }
        self.certificate = certificate
        self.bytes = bytes
        publicKey = key
        uncompressedKey = Array(key.x963Representation)
        notBefore = Timestamp(certificate.notValidBefore)
        notAfter = Timestamp(certificate.notValidAfter)
        commonName = certificate.subject.attestationCommonName
        isSelfIssued = certificate.subject == certificate.issuer
        let extensions = certificate.extensions
        missingExtension =
            AttestationCertificate.requiredExtensions.first { required in
                !extensions.contains { $0.oid == required.oid }
            }?.name
        // Constraints that cannot be read, or are not there, make no CA.
        if case .isCertificateAuthority(let length)? = try? extensions.basicConstraints,
            let usage = try? extensions.keyUsage, usage.keyCertSign, usage.cRLSign
        {
            pathLength = length ?? .max
        } else {
            pathLength = nil
        }
    }

    private static let requiredExtensions: [(oid: ASN1ObjectIdentifier, name: String)] = [
        (.X509ExtensionID.authorityKeyIdentifier, "authority key identifier"),
        ([2, 5, 29, 31], "CRL distribution point"),
        (.X509ExtensionID.subjectKeyIdentifier, "subject key identifier"),
        (.X509ExtensionID.keyUsage, "key usage"),
        (.X509ExtensionID.basicConstraints, "basic constraints"),
    ]
}

extension AttestationCertificate: Hashable {
    public static func == (a: Self, b: Self) -> Bool { a.bytes == b.bytes }
    public func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}

extension AttestationCertificate {
    /// The issuer's `CN`; empty when there is none.
    public var issuerCommonName: String { certificate.issuer.attestationCommonName }

    /// Whether the certificate says of itself that no hardware is behind it.
    public var isSimulated: Bool { certificate.subject.readable.lowercased().contains("simulated") }

    /// Whether the subject's `CN` contains a text.
    public func isNamed(_ text: StaticString) -> Bool {
        Array(commonName.utf8).firstIndex(of: Array(text.description.utf8), from: 0) != nil
    }

    public func names(issuer: AttestationCertificate) -> Bool {
        certificate.issuer == issuer.certificate.subject
    }

    /// Whether the issuer's key made the signature over the bytes of this certificate.
    public func isSigned(by issuer: AttestationCertificate) -> Bool {
        issuer.certificate.publicKey.isValidSignature(certificate.signature, for: certificate)
    }

    /// Where the issuer's revocation list is; nil when the certificate does not say.
    public var distributionPoint: String? {
        guard let value = certificate.extensions[oid: [2, 5, 29, 31]]?.value else { return nil }
        // The address is the first URI in whatever nesting: context-specific tag 6.
        guard let root = try? DER.parse(value) else { return nil }
        return root.firstURI
    }

    /// Whether the certificate is one of a CA that may sign certificates and CRLs, with `below` CAs under it.
    public func isAuthority(below: Int) -> Bool {
        pathLength.map { $0 >= below } ?? false
    }

    /// SHA-384 of the key: a short name for it.
    public var keyID: Digest384 { Digest384(SHA384.hash(data: uncompressedKey)) }
}

extension AttestationCertificate {
    /// Reads a chain: PEM texts one after another, or DER certificates one after another.
    ///
    /// - Parameter known: Certificates that need not be read again where the chain has the same bytes.
    public static func chain(
        _ bytes: [UInt8], document: String, known: [AttestationCertificate] = []
    ) throws(CollateralError) -> [AttestationCertificate] {
        var chain: [AttestationCertificate] = []
        for der in try encodedCertificates(bytes, document: document) {
            guard chain.count < 8 else {
                throw .unreadable(document: document, reason: "it has more than 8 certificates")
            }
            if let certificate = known.first(where: { $0.bytes == der }) {
                chain.append(certificate)
            } else {
                chain.append(try AttestationCertificate(der, document: document))
            }
        }
        return chain
    }

    /// The DER bytes of each certificate of a chain.
    private static func encodedCertificates(
        _ bytes: [UInt8], document: String
    ) throws(CollateralError) -> [[UInt8]] {
        guard bytes.first == 0x30 else {
            return try PEM.documents(in: bytes, of: document).filter { $0.label == "CERTIFICATE" }.map(
                \.bytes)
        }
        var certificates: [[UInt8]] = []
        var rest = bytes[...]
        // A certificate is a SEQUENCE of 256 to 65,535 bytes: 30 82, two bytes of length.
        while rest.count >= 4, rest[rest.startIndex] == 0x30, rest[rest.startIndex + 1] == 0x82 {
            let size = 4 + Int(rest[rest.startIndex + 2]) << 8 + Int(rest[rest.startIndex + 3])
            guard rest.count >= size else {
                throw .unreadable(document: document, reason: "a certificate does not end")
            }
            certificates.append(Array(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        return certificates
    }

    /// The PEM text of a chain.
    public static func text(of chain: [AttestationCertificate]) -> String {
        chain.map { PEM(label: "CERTIFICATE", bytes: $0.bytes).text }.joined()
    }
}

extension DistinguishedName {
    /// `CN`; empty when there is none that is a string.
    public var attestationCommonName: String {
        for relativeName in self {
            for attribute in relativeName where attribute.type == DistinguishedName.commonNameType {
                return String(attribute.value) ?? ""
            }
        }
        return ""
    }

    private static let commonNameType: ASN1ObjectIdentifier = [2, 5, 4, 3]

    /// Every value, for a person.
    public var readable: String {
        flatMap { $0.map { String($0.value) ?? "?" } }.joined(separator: ", ")
    }
}

extension ASN1Node {
    fileprivate var firstURI: String? {
        switch content {
        case .primitive(let bytes):
            let uri = ASN1Identifier(tagWithNumber: 6, tagClass: .contextSpecific)
            return identifier == uri ? String(validating: bytes, as: UTF8.self) : nil
        case .constructed(let nodes):
            for node in nodes {
                if let found = node.firstURI { return found }
            }
            return nil
        }
    }
}

extension Timestamp {
    init(_ date: Date) { self.init(secondsSince1970: Int64(date.timeIntervalSince1970)) }
    /// The same moment for X.509.
    public var date: Date { Date(timeIntervalSince1970: Double(secondsSince1970)) }
}

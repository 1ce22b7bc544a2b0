// SPDX-License-Identifier: Apache-2.0

public import Crypto
import SwiftASN1
public import X509

/// A certificate and its key: what issues the certificates of a PKI shaped like the vendor's.
///
/// ```
///  root ──▶ platform CA ──▶ PCK certificate
///       ──▶ TCB signing certificate
/// ```
///
/// Keys and serial numbers are the caller's. The names are those that verifiers look for, and say “simulated”: a
/// certificate of this PKI never passes for one of the vendor's.
public struct CertificateAuthority: Sendable {
    public let certificate: AttestationCertificate
    public let key: P256.Signing.PrivateKey

    public init(certificate: AttestationCertificate, key: P256.Signing.PrivateKey) {
        self.certificate = certificate
        self.key = key
    }

    /// What a certificate is for: its name and what it may do.
    public enum Role: Hashable, Sendable {
        case root
        case platformCA
        case processorCA
        case pck
        case tcbSigning

        public var commonName: String {
            switch self {
            case .root: "Intel SGX Root CA"
            case .platformCA: "Intel SGX PCK Platform CA"
            case .processorCA: "Intel SGX PCK Processor CA"
            case .pck: "Intel SGX PCK Certificate"
            case .tcbSigning: "Intel SGX TCB Signing"
            }
        }

        /// How many CAs may follow; nil for what is no CA.
        var pathLength: Int? {
            switch self {
            case .root: 1
            case .platformCA, .processorCA: 0
            case .pck, .tcbSigning: nil
            }
        }
    }

    /// From when to when, and under which number.
    public struct Terms: Sendable {
        public var notBefore: Timestamp
        public var notAfter: Timestamp
        public var serialNumber: Certificate.SerialNumber
        /// Where the issuer's revocation list is.
        public var distributionPoint: String

        public init(
            notBefore: Timestamp, notAfter: Timestamp, serialNumber: Certificate.SerialNumber,
            distributionPoint: String = "http://localhost/SimulatedSGXRootCA.der"
        ) {
            self.notBefore = notBefore
            self.notAfter = notAfter
            self.serialNumber = serialNumber
            self.distributionPoint = distributionPoint
        }
    }
}

extension CertificateAuthority {
    /// What the names of this PKI have besides those of the vendor's.
    public static let mark = "Simulated by Seamless"

    /// A root that signs itself.
    public static func root(key: P256.Signing.PrivateKey, terms: Terms) throws -> CertificateAuthority {
        let subject = try name(.root)
        return CertificateAuthority(
            certificate: try issue(
                .root, subject: subject, key: key.publicKey, terms: terms, issuer: subject, issuerKey: key),
            key: key)
    }

    /// A CA under this one.
    public func authority(
        _ role: Role, key: P256.Signing.PrivateKey, terms: Terms
    ) throws -> CertificateAuthority {
        CertificateAuthority(certificate: try issue(role, key: key.publicKey, terms: terms), key: key)
    }

    /// A certificate of this CA; `sgx` is for a PCK certificate.
    public func issue(
        _ role: Role, key: P256.Signing.PublicKey, terms: Terms, sgx: SGXExtension? = nil
    ) throws -> AttestationCertificate {
        try Self.issue(
            role, subject: Self.name(role), key: key, terms: terms,
            issuer: certificate.certificate.subject, issuerKey: self.key, sgx: sgx)
    }

    private static func name(_ role: Role) throws -> DistinguishedName {
        try DistinguishedName {
            CommonName(role.commonName)
            OrganizationName("Intel Corporation")
            LocalityName("Santa Clara")
            StateOrProvinceName("CA")
            CountryName("US")
            OrganizationalUnitName(mark)
        }
    }

    private static func issue(
        _ role: Role, subject: DistinguishedName, key: P256.Signing.PublicKey, terms: Terms,
        issuer: DistinguishedName, issuerKey: P256.Signing.PrivateKey, sgx: SGXExtension? = nil
    ) throws -> AttestationCertificate {
        let isAuthority = role.pathLength != nil
        var extensions = try Certificate.Extensions {
            AuthorityKeyIdentifier(keyIdentifier: identifier(of: issuerKey.publicKey))
            distributionPoint(terms.distributionPoint)
            SubjectKeyIdentifier(keyIdentifier: identifier(of: key))
            Critical(
                KeyUsage(
                    digitalSignature: !isAuthority, nonRepudiation: !isAuthority, keyCertSign: isAuthority,
                    cRLSign: isAuthority))
            Critical(
                role.pathLength.map { .isCertificateAuthority(maxPathLength: $0) } ?? .notCertificateAuthority
                    as BasicConstraints)
        }
        if let sgx { try extensions.append(sgx.certificateExtension()) }
        let certificate = try Certificate(
            version: .v3, serialNumber: terms.serialNumber, publicKey: .init(key),
            notValidBefore: terms.notBefore.date, notValidAfter: terms.notAfter.date, issuer: issuer,
            subject: subject, signatureAlgorithm: .ecdsaWithSHA256, extensions: extensions,
            issuerPrivateKey: .init(issuerKey))
        // The library's own signature is another one each time.
        return try AttestationCertificate(signedDER(certificate.tbsCertificateBytes, by: issuerKey))
    }

    /// SHA-1 of the key, as RFC 5280 suggests for an identifier that nothing depends on.
    private static func identifier(of key: P256.Signing.PublicKey) -> ArraySlice<UInt8> {
        Array(Insecure.SHA1.hash(data: key.x963Representation))[...]
    }

    private static func distributionPoint(_ address: String) -> Certificate.Extension {
        var serializer = DER.Serializer()
        // CRLDistributionPoints: a list of points, a name, a full name, an address.
        serializer.appendConstructedNode(identifier: .sequence) { points in
            points.appendConstructedNode(identifier: .sequence) { point in
                point.serialize(explicitlyTaggedWithTagNumber: 0, tagClass: .contextSpecific) { name in
                    name.serialize(explicitlyTaggedWithTagNumber: 0, tagClass: .contextSpecific) { full in
                        full.appendPrimitiveNode(
                            identifier: ASN1Identifier(tagWithNumber: 6, tagClass: .contextSpecific)
                        ) { $0 += Array(address.utf8) }
                    }
                }
            }
        }
        return Certificate.Extension(
            oid: [2, 5, 29, 31], critical: false, value: serializer.serializedBytes[...])
    }
}

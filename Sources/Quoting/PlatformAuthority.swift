// SPDX-License-Identifier: Apache-2.0

public import Collateral
import Crypto
import Quote
import X509

/// The vendor behind a simulated platform: issues its certificates, revocation lists and documents.
///
/// The same platform and keys give the same bytes, whenever and however often they are asked.
public struct PlatformAuthority: Sendable {
    public let platform: SimulatedPlatform
    public let keys: PlatformKeys
    public let root: AttestationCertificate
    public let platformCA: AttestationCertificate
    public let tcbSigning: AttestationCertificate
    public let pck: AttestationCertificate

    public init(platform: SimulatedPlatform, keys: PlatformKeys) throws {
        self.platform = platform
        self.keys = keys
        func terms(_ role: String, years: Int, crl: String, _ content: [UInt8]) -> CertificateAuthority.Terms
        {
            // A number of 20 bytes that follows from what the certificate is for, positive and not zero.
            var serial = Array(SHA256.hash(data: Array(role.utf8) + content).prefix(20))
            serial[0] = serial[0] & 0x3F | 0x40
            let last = Timestamp(year: 2049, month: 12, day: 31, hour: 23, minute: 59, second: 59)
            let end = platform.manufactured.advanced(by: Int64(years) * 31_557_600)
            return .init(
                notBefore: platform.manufactured, notAfter: last.map { min($0, end) } ?? end,
                serialNumber: .init(bytes: serial), distributionPoint: platform.serviceAddress + crl)
        }
        func identity(_ key: P256.Signing.PrivateKey) -> [UInt8] { Array(key.publicKey.rawRepresentation) }
        let rootCRL = "/IntelSGXRootCA.der"
        let root = try CertificateAuthority.root(
            key: keys.root, terms: terms("root", years: 30, crl: rootCRL, identity(keys.root)))
        let platformCA = try root.authority(
            .platformCA, key: keys.platformCA,
            terms: terms("platform CA", years: 15, crl: rootCRL, identity(keys.platformCA)))
        self.root = root.certificate
        self.platformCA = platformCA.certificate
        tcbSigning = try root.issue(
            .tcbSigning, key: keys.tcbSigning.publicKey,
            terms: terms("TCB signing", years: 7, crl: rootCRL, identity(keys.tcbSigning)))
        pck = try platformCA.issue(
            .pck, key: keys.pck.publicKey,
            terms: terms(
                "PCK", years: 7, crl: "/sgx/certification/v4/pckcrl?ca=platform&encoding=der",
                identity(keys.pck) + platform.processor.derBytes()),
            sgx: platform.processor)
    }

    /// The PCK certificate, the platform CA and the root.
    public var pckChain: [AttestationCertificate] { [pck, platformCA, root] }

    public var pckSerialNumber: [UInt8] { Array(pck.certificate.serialNumber.bytes) }
    /// Whether the platform's quotes are refused because its certificate was revoked.
    public var isPCKRevoked: Bool {
        platform.revokedByPlatformCA.contains { $0.serialNumber == pck.certificate.serialNumber }
    }

    private func list(
        _ issuer: AttestationCertificate, _ key: P256.Signing.PrivateKey,
        _ entries: [CertificateRevocationList.Entry]
    ) throws -> CertificateRevocationList {
        try CertificateRevocationList(
            issuedBy: issuer, key: key, thisUpdate: platform.crlsIssued,
            nextUpdate: platform.crlsIssued.advanced(by: SimulatedPlatform.collateralPeriod),
            entries: entries,
            number: platform.crlNumber)
    }

    /// All that a verifier of this platform's quotes needs besides them.
    public func collateral() throws -> Collateral {
        Collateral(
            pckCRLIssuerChain: [platformCA, root],
            rootCACRL: try list(root, keys.root, platform.revokedByRoot),
            pckCRL: try list(platformCA, keys.platformCA, platform.revokedByPlatformCA),
            tcbInfoIssuerChain: [tcbSigning, root],
            tcbInfo: try SignedDocument(signing: platform.tcbInfo, with: keys.tcbSigning),
            qeIdentityIssuerChain: [tcbSigning, root],
            qeIdentity: try SignedDocument(signing: platform.qeIdentity, with: keys.tcbSigning))
    }
}

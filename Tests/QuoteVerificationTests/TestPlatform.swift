// SPDX-License-Identifier: Apache-2.0

import Collateral
import Crypto
import Quote
import TDXABI
import X509

/// A platform, its PKI and its collateral, all of keys that exist for one test. Each property can be changed before
/// something is issued, so that a test breaks exactly one thing.
struct TestPlatform {
    var now = Timestamp(secondsSince1970: 1_780_000_000)

    var rootKey = P256.Signing.PrivateKey()
    var platformCAKey = P256.Signing.PrivateKey()
    var pckKey = P256.Signing.PrivateKey()
    var tcbSigningKey = P256.Signing.PrivateKey()
    var attestationKey = P256.Signing.PrivateKey()

    /// What goes wrong with a certificate: other terms, or another issuer's key.
    var notBefore: [CertificateAuthority.Role: Int64] = [:]
    var notAfter: [CertificateAuthority.Role: Int64] = [:]
    var signedByAnother: Set<CertificateAuthority.Role> = []
    /// The role in which the TCB signing certificate is issued.
    var tcbSigningRole = CertificateAuthority.Role.tcbSigning
    var platformCARole = CertificateAuthority.Role.platformCA

    var sgx = SGXExtension(
        ppid: Identifier128(1...16), tcb: SVNComponents([UInt8](repeating: 5, count: 16)), pceSVN: 13,
        cpuSVN: Identifier128(17...32), pceID: .zero, fmspc: FMSPC([0x90, 0xC0, 0x6F, 0, 0, 0]),
        platform: .init(
            instanceID: Identifier128(33...48), isDynamic: true, hasCachedKeys: true, hasSMT: true))

    var revokedByRoot: [CertificateAuthority.Role] = []
    var revokedByPlatformCA: [CertificateAuthority.Role] = []
    /// Of the lists, in seconds from now.
    var rootCRLPeriod: ClosedRange<Int64> = -86_400...86_400
    var pckCRLPeriod: ClosedRange<Int64> = -86_400...86_400
    var rootCRLKey: P256.Signing.PrivateKey?
    var pckCRLKey: P256.Signing.PrivateKey?

    var info: TCBInfo
    var infoKey: P256.Signing.PrivateKey?
    var identity: EnclaveIdentity
    var identityKey: P256.Signing.PrivateKey?

    var header = QuoteHeader()
    var body: QuoteBody
    var qeReport = EnclaveReport()
    var authenticationData = [UInt8](0..<32)
    /// Nil for what belongs there.
    var qeReportData: ReportData?
    var qeReportKey: P256.Signing.PrivateKey?
    var quoteKey: P256.Signing.PrivateKey?

    static func date(_ day: Int) -> Timestamp {
        Timestamp(secondsSince1970: 1_700_000_000 + Int64(day) * 86_400)
    }

    static func level(
        sgx: UInt8 = 5, pce: UInt16 = 13, tdx: [UInt8] = [], day: Int = 100, _ status: TCBStatus = .upToDate,
        _ advisories: [String] = []
    ) -> TCBLevel {
        TCBLevel(
            sgxComponents: (0..<16).map { _ in TCBComponent(svn: UInt16(sgx)) }, pceSVN: pce,
            tdxComponents: (0..<16).map { TCBComponent(svn: $0 < tdx.count ? UInt16(tdx[$0]) : 0) },
            tcbDate: date(day),
            status: status, advisoryIDs: advisories)
    }

    static func component(
        _ svn: UInt16, day: Int = 100, _ status: TCBStatus = .upToDate, _ advisories: [String] = []
    ) -> ComponentTCBLevel {
        ComponentTCBLevel(isvSVN: svn, tcbDate: date(day), status: status, advisoryIDs: advisories)
    }

    init() {
        func after(_ days: Int64) -> Timestamp {
            Timestamp(secondsSince1970: 1_780_000_000 + days * 86_400)
        }
        info = TCBInfo(
            issueDate: after(-1), nextUpdate: after(29), fmspc: FMSPC([0x90, 0xC0, 0x6F, 0, 0, 0]),
            pceID: .zero,
            tcbEvaluationDataNumber: 18,
            tdxModuleIdentities: [
                .init(
                    majorVersion: 1,
                    identity: TDXModuleIdentity(levels: [
                        TestPlatform.component(6),
                        TestPlatform.component(4, day: 50, .outOfDate, ["INTEL-SA-00004"]),
                        TestPlatform.component(2, day: 20, .revoked, ["INTEL-SA-00002"]),
                    ]))
            ],
            levels: [
                TestPlatform.level(tdx: [6, 0, 3]),
                TestPlatform.level(sgx: 4, tdx: [4, 0, 2], day: 60, .outOfDate, ["INTEL-SA-00011"]),
                TestPlatform.level(sgx: 3, tdx: [0, 0, 0], day: 30, .revoked, ["INTEL-SA-00010"]),
            ])
        identity = EnclaveIdentity(
            issueDate: after(-1), nextUpdate: after(29), tcbEvaluationDataNumber: 17,
            attributes: Identifier128([0x11]),
            attributesMask: Identifier128([0xFB, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]),
            mrSigner: Digest256(1...32),
            levels: [
                TestPlatform.component(4), TestPlatform.component(3, day: 40, .outOfDate, ["INTEL-SA-00020"]),
                TestPlatform.component(2, day: 10, .revoked, ["INTEL-SA-00021"]),
            ])
        var report = TDReportBody()
        report.teeTCBSVN = SVNComponents([6, 1, 3])
        report.tdAttributes = .septVEDisable
        report.xfam = 0xE7
        report.mrTD = Digest384(1...48)
        report.rtmr0 = Digest384(2...49)
        report.reportData = ReportData(3...66)
        body = .td10(report)
        qeReport.flags = [.initialized, .provisionKey, .mode64Bit]
        qeReport.mrSigner = Digest256(1...32)
        qeReport.isvProductID = 2
        qeReport.isvSVN = 4
    }

    // MARK: Issuing

    private func terms(_ role: CertificateAuthority.Role, serial: UInt64) -> CertificateAuthority.Terms {
        .init(
            notBefore: Timestamp(secondsSince1970: now.secondsSince1970 + (notBefore[role] ?? -864_000)),
            notAfter: Timestamp(secondsSince1970: now.secondsSince1970 + (notAfter[role] ?? 86_400 * 365)),
            serialNumber: Certificate.SerialNumber(serial))
    }

    private static func serial(_ role: CertificateAuthority.Role) -> UInt64 {
        switch role {
        case .root: 0x1001
        case .platformCA, .processorCA: 0x1002
        case .pck: 0x9003
        case .tcbSigning: 0x9004
        }
    }

    /// The issuer, or one of the same name with another key.
    private func issuer(_ authority: CertificateAuthority, of role: CertificateAuthority.Role)
        -> CertificateAuthority
    {
        guard signedByAnother.contains(role) else { return authority }
        return CertificateAuthority(certificate: authority.certificate, key: P256.Signing.PrivateKey())
    }

    func root() throws -> CertificateAuthority {
        try .root(key: rootKey, terms: terms(.root, serial: TestPlatform.serial(.root)))
    }

    func platformCA() throws -> CertificateAuthority {
        try issuer(root(), of: .platformCA).authority(
            platformCARole, key: platformCAKey,
            terms: terms(.platformCA, serial: TestPlatform.serial(.platformCA)))
    }

    func pck() throws -> AttestationCertificate {
        try issuer(platformCA(), of: .pck).issue(
            .pck, key: pckKey.publicKey, terms: terms(.pck, serial: TestPlatform.serial(.pck)), sgx: sgx)
    }

    func tcbSigning() throws -> AttestationCertificate {
        try issuer(root(), of: .tcbSigning).issue(
            tcbSigningRole, key: tcbSigningKey.publicKey,
            terms: terms(.tcbSigning, serial: TestPlatform.serial(.tcbSigning)))
    }

    private func list(
        _ authority: CertificateAuthority, _ period: ClosedRange<Int64>,
        _ revoked: [CertificateAuthority.Role],
        key: P256.Signing.PrivateKey?
    ) throws -> CertificateRevocationList {
        try CertificateRevocationList(
            issuedBy: authority.certificate, key: key ?? authority.key,
            thisUpdate: Timestamp(secondsSince1970: now.secondsSince1970 + period.lowerBound),
            nextUpdate: Timestamp(secondsSince1970: now.secondsSince1970 + period.upperBound),
            entries: revoked.map { .init(serialNumber: .init(TestPlatform.serial($0)), revocationDate: now) })
    }

    func collateral() throws -> Collateral {
        let root = try root()
        let platformCA = try platformCA()
        let signers = [try tcbSigning(), root.certificate]
        return try Collateral(
            pckCRLIssuerChain: [platformCA.certificate, root.certificate],
            rootCACRL: list(root, rootCRLPeriod, revokedByRoot, key: rootCRLKey),
            pckCRL: list(platformCA, pckCRLPeriod, revokedByPlatformCA, key: pckCRLKey),
            tcbInfoIssuerChain: signers,
            tcbInfo: SignedDocument(signing: info, with: infoKey ?? tcbSigningKey),
            qeIdentityIssuerChain: signers,
            qeIdentity: SignedDocument(signing: identity, with: identityKey ?? tcbSigningKey))
    }

    func quote() throws -> Quote {
        let key = RawPublicKey(attestationKey.publicKey.rawRepresentation)
        var qeReport = qeReport
        qeReport.reportData =
            qeReportData ?? ReportData(SHA256.hash(data: key.bytes + authenticationData))
        let chain = AttestationCertificate.text(
            of: [try pck(), try platformCA().certificate, try root().certificate])
        return Quote(
            header: header, body: body,
            signature: QuoteSignature(
                signature: RawSignature(
                    try (quoteKey ?? attestationKey).signature(
                        for: Quote.signedBytes(header: header, body: body)
                    ).rawRepresentation), attestationKey: key,
                certification: QEReportCertification(
                    report: qeReport,
                    signature: RawSignature(
                        try (qeReportKey ?? pckKey).signature(for: qeReport.bytes).rawRepresentation),
                    authenticationData: authenticationData,
                    certification: .pckChain(Array(chain.utf8) + [0]))))
    }

    /// The quote of a version 5 that was launched under one module and runs under another.
    mutating func launch(_ launch: [UInt8], current: [UInt8]) {
        var report = body.report
        report.teeTCBSVN = SVNComponents(launch)
        var fields = TD15Fields()
        fields.teeTCBSVN2 = SVNComponents(current)
        header.version = 5
        body = .td15(report, fields)
    }

    mutating func changeReport(_ change: (inout TDReportBody) -> Void) {
        var report = body.report
        change(&report)
        body = .td10(report)
    }
}

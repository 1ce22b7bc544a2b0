// SPDX-License-Identifier: Apache-2.0

import Collateral
import Crypto
import Quote
import QuoteVerification
import Quoting
import TDXABI
import X509

/// A quote and its collateral before they are signed: sound as it is made, and each property can be changed, so that a vector
/// breaks exactly one thing. The same forgery gives the same bytes.
struct Forgery {
    typealias Role = CertificateAuthority.Role

    /// When everything is judged.
    static let time = Timestamp(secondsSince1970: 1_780_000_000)
    private static let seed = PlatformSeed(Array("seamless quote forge".utf8))

    var keys = PlatformKeys(seed: seed)
    /// Whose keys sign what somebody else should have signed.
    let strangers = PlatformKeys(seed: PlatformSeed(Array("another".utf8)))

    /// Of certificates, in seconds from the time: from when and until when.
    var periods: [Role: ClosedRange<Int64>] = [:]
    var signedByAnother: Set<Role> = []
    /// The chain of TCB Info and QE identity ends in another root.
    var hasForeignSigners = false
    var revoked: Set<Role> = []
    var rootCRLPeriod: ClosedRange<Int64> = -86_400...86_400
    var pckCRLPeriod: ClosedRange<Int64> = -86_400...86_400
    var signsRootCRL: P256.Signing.PrivateKey
    var signsPCKCRL: P256.Signing.PrivateKey
    var signsInfo: P256.Signing.PrivateKey
    var signsIdentity: P256.Signing.PrivateKey
    var signsQEReport: P256.Signing.PrivateKey
    var signsQuote: P256.Signing.PrivateKey

    var sgx: SGXExtension
    var info: TCBInfo
    var identity: EnclaveIdentity
    var header = QuoteHeader()
    var report = TDReportBody()
    var td15 = TD15Fields()
    var bodyType = QuoteBodyType.td10
    var qeReport = EnclaveReport()
    var qeReportData: ReportData?
    /// What is done to the bytes of the finished quote.
    var edit: @Sendable (inout [UInt8]) -> Void = { _ in }

    static func date(_ day: Int64) -> Timestamp { time.advanced(by: (day - 400) * 86_400) }
    private static let advisories = (
        platform: "SEAMLESS-SA-00011", module: "SEAMLESS-SA-00012", qe: "SEAMLESS-SA-00013"
    )

    /// A level for platforms whose late microcode has an SVN.
    static func level(lateMicrocode: UInt8, day: Int64, _ status: TCBStatus, moduleSVN: UInt8 = 0) -> TCBLevel
    {
        TCBLevel(
            sgxComponents: (0..<16).map { TCBComponent(svn: $0 < 8 ? 5 : 0) }, pceSVN: 13,
            tdxComponents: [moduleSVN, 0, lateMicrocode].map { TCBComponent(svn: UInt16($0)) }
                + (3..<16).map { _ in TCBComponent(svn: 0) },
            tcbDate: date(day), status: status, advisoryIDs: status == .upToDate ? [] : [advisories.platform])
    }

    /// - Parameters:
    ///   - launch: the status of the platform that the TD was launched on.
    ///   - current: the status of the platform as it is now, for quotes that have it.
    init(
        launch: TCBStatus = .upToDate, current: TCBStatus = .upToDate, module: TCBStatus = .upToDate,
        qe: TCBStatus = .upToDate
    ) {
        func component(_ svn: UInt16, _ day: Int64, _ status: TCBStatus, _ advisory: String)
            -> ComponentTCBLevel
        {
            ComponentTCBLevel(
                isvSVN: svn, tcbDate: Forgery.date(day), status: status,
                advisoryIDs: status == .upToDate ? [] : [advisory])
        }
        let fmspc = FMSPC([0x90, 0xC0, 0x6F, 0, 0, 0])
        let (begin, end) = (Forgery.time.advanced(by: -86_400), Forgery.time.advanced(by: 29 * 86_400))
        signsRootCRL = keys.root
        signsPCKCRL = keys.platformCA
        signsInfo = keys.tcbSigning
        signsIdentity = keys.tcbSigning
        signsQEReport = keys.pck
        signsQuote = keys.attestation
        sgx = SGXExtension(
            ppid: Identifier128(1...16), tcb: SVNComponents([UInt8](repeating: 5, count: 8)), pceSVN: 13,
            cpuSVN: Identifier128([UInt8](repeating: 5, count: 8)), pceID: .zero, fmspc: fmspc,
            platform: .init(
                instanceID: Identifier128(33...48), isDynamic: true, hasCachedKeys: true, hasSMT: true))
        let signer = Digest256(1...32)
        info = TCBInfo(
            issueDate: begin, nextUpdate: end, fmspc: fmspc, pceID: .zero, tcbEvaluationDataNumber: 18,
            tdxModuleIdentities: [
                .init(
                    majorVersion: 1,
                    identity: TDXModuleIdentity(levels: [
                        component(6, 90, module, Forgery.advisories.module)
                    ]))
            ],
            levels: [
                Forgery.level(lateMicrocode: 3, day: 100, current),
                Forgery.level(lateMicrocode: 2, day: 60, launch),
            ])
        identity = EnclaveIdentity(
            issueDate: begin, nextUpdate: end, tcbEvaluationDataNumber: 17, attributes: Identifier128([0x11]),
            attributesMask: Identifier128([0xFB] + [UInt8](repeating: 0xFF, count: 7)), mrSigner: signer,
            levels: [component(4, 80, qe, Forgery.advisories.qe)])
        report.teeTCBSVN = SVNComponents([6, 1, 2])
        report.tdAttributes = .septVEDisable
        report.xfam = 0xE7
        report.mrTD = Digest384(1...48)
        report.rtmr0 = Digest384(2...49)
        report.reportData = ReportData(3...66)
        td15.teeTCBSVN2 = report.teeTCBSVN
        qeReport.flags = [.initialized, .provisionKey, .mode64Bit]
        qeReport.mrSigner = signer
        qeReport.isvProductID = 2
        qeReport.isvSVN = 4
    }

    /// Makes it a quote of version 5 with a body of a type.
    mutating func describe(_ type: QuoteBodyType) {
        header.version = 5
        bodyType = type
    }

    // MARK: Issuing

    private func terms(_ role: Role, serial: UInt64) -> CertificateAuthority.Terms {
        let period = periods[role] ?? -864_000...86_400 * 365
        return .init(
            notBefore: Forgery.time.advanced(by: period.lowerBound),
            notAfter: Forgery.time.advanced(by: period.upperBound), serialNumber: .init(serial))
    }

    private static func serial(_ role: Role) -> UInt64 {
        switch role {
        case .root: 0x1001
        case .platformCA, .processorCA: 0x1002
        case .pck: 0x9003
        case .tcbSigning: 0x9004
        }
    }

    /// The issuer, or one of the same name with another key.
    private func issuer(_ authority: CertificateAuthority, of role: Role) -> CertificateAuthority {
        signedByAnother.contains(role)
            ? CertificateAuthority(certificate: authority.certificate, key: strangers.root) : authority
    }

    func root(foreign: Bool = false) throws -> CertificateAuthority {
        try .root(
            key: foreign ? strangers.root : keys.root,
            terms: terms(.root, serial: Forgery.serial(.root)))
    }

    private func platformCA() throws -> CertificateAuthority {
        try issuer(root(), of: .platformCA).authority(
            .platformCA, key: keys.platformCA, terms: terms(.platformCA, serial: Forgery.serial(.platformCA)))
    }

    private func list(
        _ authority: CertificateAuthority, _ period: ClosedRange<Int64>, _ roles: [Role],
        _ key: P256.Signing.PrivateKey
    ) throws -> CertificateRevocationList {
        try CertificateRevocationList(
            issuedBy: authority.certificate, key: key,
            thisUpdate: Forgery.time.advanced(by: period.lowerBound),
            nextUpdate: Forgery.time.advanced(by: period.upperBound),
            entries: roles.filter(revoked.contains).map {
                .init(serialNumber: .init(Forgery.serial($0)), revocationDate: Forgery.time)
            })
    }

    func collateral() throws -> Collateral {
        let (root, platformCA) = (try root(), try platformCA())
        let signersRoot = try self.root(foreign: hasForeignSigners)
        let signing = try issuer(signersRoot, of: .tcbSigning).issue(
            .tcbSigning, key: keys.tcbSigning.publicKey,
            terms: terms(.tcbSigning, serial: Forgery.serial(.tcbSigning)))
        let signers = [signing, signersRoot.certificate]
        return try Collateral(
            pckCRLIssuerChain: [platformCA.certificate, root.certificate],
            rootCACRL: list(root, rootCRLPeriod, [.platformCA, .tcbSigning], signsRootCRL),
            pckCRL: list(platformCA, pckCRLPeriod, [.pck], signsPCKCRL), tcbInfoIssuerChain: signers,
            tcbInfo: SignedDocument(signing: info, with: signsInfo), qeIdentityIssuerChain: signers,
            qeIdentity: SignedDocument(signing: identity, with: signsIdentity))
    }

    /// The bytes of the quote.
    func quote() throws -> [UInt8] {
        let key = RawPublicKey(keys.attestation.publicKey.rawRepresentation)
        let authenticationData = [UInt8](0..<32)
        var qeReport = qeReport
        qeReport.reportData =
            qeReportData ?? ReportData(SHA256.hash(data: key.bytes + authenticationData))
        let (root, platformCA) = (try root(), try platformCA())
        let pck = try issuer(platformCA, of: .pck).issue(
            .pck, key: keys.pck.publicKey, terms: terms(.pck, serial: Forgery.serial(.pck)), sgx: sgx)
        let chain = AttestationCertificate.text(of: [pck, platformCA.certificate, root.certificate])
        let body: QuoteBody =
            switch bodyType {
            case .td15: .td15(report, td15)
            case .td15ex: .td15ex(report, td15, TD15ExFields())
            default: .td10(report)
            }
        var bytes = Quote(
            header: header, body: body,
            signature: QuoteSignature(
                signature: try signsQuote.reproducibleSignature(
                    for: Quote.signedBytes(header: header, body: body)), attestationKey: key,
                certification: QEReportCertification(
                    report: qeReport, signature: try signsQEReport.reproducibleSignature(for: qeReport.bytes),
                    authenticationData: authenticationData,
                    certification: .pckChain(Array(chain.utf8) + [0])))
        ).bytes
        edit(&bytes)
        return bytes
    }
}

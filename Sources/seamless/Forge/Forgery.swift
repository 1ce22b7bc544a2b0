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
    /// The documents whose issuer chain ends in another root.
    var signedUnderAnotherRoot: Set<Document> = []
    /// What becomes of the chains, which have their lowest certificate first.
    var pckChain: @Sendable ([AttestationCertificate]) -> [AttestationCertificate] = { $0 }
    var issuerChains: [Document: @Sendable ([AttestationCertificate]) -> [AttestationCertificate]] = [:]
    /// The PCK CRL is that of another CA of the same root.
    var hasCRLOfAnotherCA = false
    var revoked: Set<Role> = []
    /// Lists have a certificate that is no part of this.
    var revokesOthers = false
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
    /// `TEE_TCB_SVN_2`; nil is that of the launch.
    var currentTEETCBSVN: SVNComponents?
    var form = Form.v4
    var qeReport = EnclaveReport()
    var qeReportData: ReportData?
    /// The key that the quote names; nil is the one that signs it.
    var attestationKey: RawPublicKey?
    var quoteSignature: RawSignature?
    /// How the quote names the PCK; nil is by its chain.
    var certification: CertificationData?
    /// The chain comes with the collateral.
    var hasChainInCollateral = false
    /// What is done to the bytes of the finished quote.
    var edit: @Sendable (inout [UInt8], Layout) -> Void = { _, _ in }

    enum Document: Hashable { case tcbInfo, qeIdentity }

    /// The version of a quote and what its body is.
    enum Form: String, CaseIterable {
        case v4
        case v5TD10 = "v5-td10"
        case v5TD15 = "v5-td15"
        case v5TD15Ex = "v5-td15ex"

        var bodyType: QuoteBodyType {
            switch self {
            case .v4, .v5TD10: .td10
            case .v5TD15: .td15
            case .v5TD15Ex: .td15ex
            }
        }
        var version: UInt16 { self == .v4 ? 4 : 5 }
    }

    /// Where the parts of a quote are.
    struct Layout {
        let body: Int
        /// The size of the signature section.
        let section: Int

        init(_ form: Form) {
            body = form == .v4 ? 48 : 54
            let size =
                switch form {
                case .v4, .v5TD10: 584
                case .v5TD15: 648
                case .v5TD15Ex: 885
                }
            section = body + size
        }
        var quoteSignature: Int { section + 4 }
        var outerType: Int { section + 132 }
        var outerSize: Int { section + 134 }
        var qeReport: Int { section + 138 }
        var qeSignature: Int { qeReport + 384 }
        var authenticationSize: Int { qeReport + 448 }
        var authenticationData: Int { qeReport + 450 }
        var innerType: Int { authenticationData + 32 }
        var innerSize: Int { innerType + 2 }
    }

    static func date(_ day: Int64) -> Timestamp { time.advanced(by: (day - 400) * 86_400) }
    private static let advisories = (
        platform: "SEAMLESS-SA-00011", module: "SEAMLESS-SA-00012", qe: "SEAMLESS-SA-00013"
    )

    /// A level for platforms whose late microcode has an SVN.
    static func level(lateMicrocode: UInt8, day: Int64, _ status: TCBStatus) -> TCBLevel {
        TCBLevel(
            sgxComponents: (0..<16).map { TCBComponent(svn: $0 < 8 ? 5 : 0) }, pceSVN: 13,
            tdxComponents: [0, 0, lateMicrocode].map { TCBComponent(svn: UInt16($0)) }
                + (3..<16).map { _ in TCBComponent(svn: 0) },
            tcbDate: date(day), status: status, advisoryIDs: status == .upToDate ? [] : [advisories.platform])
    }

    /// A level for modules that have an SVN.
    static func moduleLevel(_ svn: UInt16, day: Int64, _ status: TCBStatus) -> ComponentTCBLevel {
        ComponentTCBLevel(
            isvSVN: svn, tcbDate: date(day), status: status,
            advisoryIDs: status == .upToDate ? [] : [advisories.module])
    }

    /// The data of a QE report that names a key.
    static func reportData(onKey key: RawPublicKey) -> ReportData {
        ReportData(SHA256.hash(data: key.bytes + authenticationData))
    }
    private static let authenticationData = [UInt8](0..<32)

    /// Has a module of major version 0, whose SVN is judged with the platform's.
    mutating func becomeMajor0() {
        report.teeTCBSVN[1] = 0
        setComponents { $0[0].svn = 6 }
    }

    /// Changes the TDX components of every level of the platform.
    mutating func setComponents(_ change: (inout [TCBComponent]) -> Void) {
        info.levels = info.levels.map { level in
            var components = level.tdxComponents
            change(&components)
            return TCBLevel(
                sgxComponents: level.sgxComponents, pceSVN: level.pceSVN, tdxComponents: components,
                tcbDate: level.tcbDate, status: level.status, advisoryIDs: level.advisoryIDs)
        }
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
                        Forgery.moduleLevel(6, day: 90, module)
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
        qeReport.flags = [.initialized, .provisionKey, .mode64Bit]
        qeReport.mrSigner = signer
        qeReport.isvProductID = 2
        qeReport.isvSVN = 4
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
            } + (revokesOthers ? [.init(serialNumber: .init(0x9999), revocationDate: Forgery.time)] : []))
    }

    /// The signing certificate of a document and its root.
    private func issuerChain(_ document: Document) throws -> [AttestationCertificate] {
        let root = try root(foreign: signedUnderAnotherRoot.contains(document))
        let signing = try issuer(root, of: .tcbSigning).issue(
            .tcbSigning, key: keys.tcbSigning.publicKey,
            terms: terms(.tcbSigning, serial: Forgery.serial(.tcbSigning)))
        let chain = [signing, root.certificate]
        return issuerChains[document]?(chain) ?? chain
    }

    func collateral() throws -> Collateral {
        let (root, platformCA) = (try root(), try platformCA())
        let issuer =
            hasCRLOfAnotherCA
            ? try root.authority(
                .processorCA, key: keys.platformCA,
                terms: terms(.processorCA, serial: Forgery.serial(.processorCA))) : platformCA
        return try Collateral(
            pckCRLIssuerChain: [issuer.certificate, root.certificate],
            rootCACRL: list(root, rootCRLPeriod, [.platformCA, .tcbSigning], signsRootCRL),
            pckCRL: list(issuer, pckCRLPeriod, [.pck], signsPCKCRL),
            tcbInfoIssuerChain: issuerChain(.tcbInfo),
            tcbInfo: SignedDocument(signing: info, with: signsInfo),
            qeIdentityIssuerChain: issuerChain(.qeIdentity),
            qeIdentity: SignedDocument(signing: identity, with: signsIdentity),
            pckCertificateChain: hasChainInCollateral ? certificates() : nil)
    }

    /// The PCK certificate and its issuers.
    private func certificates() throws -> [AttestationCertificate] {
        let (root, platformCA) = (try root(), try platformCA())
        let pck = try issuer(platformCA, of: .pck).issue(
            .pck, key: keys.pck.publicKey, terms: terms(.pck, serial: Forgery.serial(.pck)), sgx: sgx)
        return pckChain([pck, platformCA.certificate, root.certificate])
    }

    /// Names the PCK by the platform's identifier, in clear or as a number of bytes that only the vendor can decrypt.
    mutating func identify(_ make: (PlatformIdentification) -> CertificationData, ppidSize: Int) {
        certification = make(
            PlatformIdentification(
                ppid: [UInt8](repeating: 0xA5, count: ppidSize), cpuSVN: sgx.cpuSVN, pceSVN: sgx.pceSVN,
                pceID: 0))
    }

    /// The bytes of the quote.
    func quote() throws -> [UInt8] {
        let key = attestationKey ?? RawPublicKey(keys.attestation.publicKey.rawRepresentation)
        var (header, td15, qeReport) = (header, td15, qeReport)
        header.version = form.version
        td15.teeTCBSVN2 = currentTEETCBSVN ?? report.teeTCBSVN
        qeReport.reportData = qeReportData ?? Forgery.reportData(onKey: key)
        let chain = try certificates()
        let body: QuoteBody =
            switch form.bodyType {
            case .td15: .td15(report, td15)
            case .td15ex: .td15ex(report, td15, TD15ExFields())
            default: .td10(report)
            }
        var bytes = Quote(
            header: header, body: body,
            signature: QuoteSignature(
                signature: try quoteSignature
                    ?? signsQuote.reproducibleSignature(for: Quote.signedBytes(header: header, body: body)),
                attestationKey: key,
                certification: QEReportCertification(
                    report: qeReport, signature: try signsQEReport.reproducibleSignature(for: qeReport.bytes),
                    authenticationData: Forgery.authenticationData,
                    certification: certification
                        ?? .pckChain(Array(AttestationCertificate.text(of: chain).utf8) + [0])))
        ).bytes
        edit(&bytes, Layout(form))
        return bytes
    }
}

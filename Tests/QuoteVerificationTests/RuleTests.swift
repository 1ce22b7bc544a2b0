// SPDX-License-Identifier: Apache-2.0

import Collateral
import Crypto
import Quote
import QuoteVerification
import TDXABI
import Testing

/// Verifies the quote of a platform under its own root.
func verify(_ platform: TestPlatform) throws -> VerificationReport {
    try QuoteVerifier(
        collateral: platform.collateral(), trusting: TrustedRoot(named: platform.root().certificate)
    ).verify(platform.quote(), at: platform.now)
}

/// One thing that is wrong with a platform, and the rule that finds it.
struct Breakage: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let rule: String
    let code: VerificationCode
    let apply: @Sendable (inout TestPlatform) -> Void

    init(
        _ description: String, _ rule: String, _ code: VerificationCode,
        _ apply: @escaping @Sendable (inout TestPlatform) -> Void
    ) {
        testDescription = description
        self.rule = rule
        self.code = code
        self.apply = apply
    }

    static let all: [Breakage] = [
        // The PCK chain.
        .init("a CA that the root did not sign", "pck-chain-signatures", .pckChainUntrusted) {
            $0.signedByAnother = [.platformCA]
        },
        .init("a PCK certificate that the CA did not sign", "pck-chain-signatures", .pckChainUntrusted) {
            $0.signedByAnother = [.pck]
        },
        .init("a root CRL that the root did not sign", "pck-chain-crls", .crlInvalid) {
            $0.rootCRLKey = P256.Signing.PrivateKey()
        },
        .init("a PCK CRL that the CA did not sign", "pck-chain-crls", .crlInvalid) {
            $0.pckCRLKey = P256.Signing.PrivateKey()
        },
        .init("a revoked CA", "pck-chain-revocation", .intermediateRevoked) {
            $0.revokedByRoot = [.platformCA]
        },
        .init("a revoked PCK certificate", "pck-chain-revocation", .pckRevoked) {
            $0.revokedByPlatformCA = [.pck]
        },
        .init("a CA certificate that is over", "pck-chain-dates", .pckChainExpired) {
            $0.notAfter[.platformCA] = -1
        },
        .init("a root that is over", "pck-chain-dates", .pckChainExpired) { $0.notAfter[.root] = -1 },
        .init("a PCK certificate that is over", "pck-chain-dates", .pckChainExpired) {
            $0.notAfter[.pck] = -1
        },
        .init("a PCK certificate of the future", "pck-chain-dates", .pckChainExpired) {
            $0.notBefore[.pck] = 1
        },
        .init("a root CRL that is over", "pck-chain-dates", .crlExpired) { $0.rootCRLPeriod = -100...(-1) },
        .init("a PCK CRL that is over", "pck-chain-dates", .crlExpired) { $0.pckCRLPeriod = -100...(-1) },
        .init("a PCK CRL of the future", "pck-chain-dates", .crlExpired) { $0.pckCRLPeriod = 1...100 },
        // TCB Info and QE identity.
        .init("a signer that the root did not sign", "tcb-info-chain", .signingChainUntrusted) {
            $0.signedByAnother = [.tcbSigning]
        },
        .init("a signer that is called otherwise", "tcb-info-chain", .unsupportedCertificateFormat) {
            $0.tcbSigningRole = .pck
        },
        .init("a revoked signer", "tcb-info-revocation", .signingCertificateRevoked) {
            $0.revokedByRoot = [.tcbSigning]
        },
        .init("a TCB Info of another's", "tcb-info-signature", .tcbInfoInvalidSignature) {
            $0.infoKey = P256.Signing.PrivateKey()
        },
        .init("a signer that is over", "tcb-info-dates", .signingChainExpired) {
            $0.notAfter[.tcbSigning] = -1
        },
        .init("a TCB Info that is over", "tcb-info-dates", .tcbInfoExpired) {
            $0.info.nextUpdate.secondsSince1970 = $0.now.secondsSince1970 - 1
        },
        .init("a TCB Info of the future", "tcb-info-dates", .tcbInfoExpired) {
            $0.info.issueDate.secondsSince1970 = $0.now.secondsSince1970 + 1
        },
        .init("a QE identity of another's", "qe-identity-signature", .enclaveIdentityInvalidSignature) {
            $0.identityKey = P256.Signing.PrivateKey()
        },
        .init("a QE identity that is over", "qe-identity-dates", .enclaveIdentityExpired) {
            $0.identity.nextUpdate.secondsSince1970 = $0.now.secondsSince1970 - 1
        },
        .init("a QE identity of the future", "qe-identity-dates", .enclaveIdentityExpired) {
            $0.identity.issueDate.secondsSince1970 = $0.now.secondsSince1970 + 1
        },
        // The quote.
        .init("another vendor", "quote-header", .unsupportedQuoteFormat) { $0.header.qeVendorID = .zero },
        .init("a TCB Info of SGX", "tcb-info-kind", .tcbInfoMismatch) {
            $0.info.id = "SGX"
            $0.info.tdxModule = nil
            $0.info.tdxModuleIdentities = nil
            $0.info.levels = $0.info.levels.map {
                TCBLevel(
                    sgxComponents: $0.sgxComponents, pceSVN: $0.pceSVN, tdxComponents: [],
                    tcbDate: $0.tcbDate,
                    status: $0.status)
            }
        },
        .init("another FMSPC", "platform-identity", .tcbInfoMismatch) { $0.info.fmspc = .zero },
        .init("another PCE-ID", "platform-identity", .tcbInfoMismatch) { $0.info.pceID = PCEID([1, 0]) },
        .init("a module that is not listed", "tdx-module-identity", .tdxModuleMismatch) {
            $0.changeReport { $0.teeTCBSVN[1] = 2 }
        },
        .init("a module of 1.5 without a list", "tdx-module-identity", .tdxModuleMismatch) {
            $0.info.tdxModuleIdentities = nil
        },
        .init("a module signed by another", "tdx-module-identity", .tdxModuleMismatch) {
            $0.changeReport { $0.mrSignerSEAM = Digest384([1]) }
        },
        .init("a module with attributes", "tdx-module-identity", .tdxModuleMismatch) {
            $0.changeReport { $0.seamAttributes = 1 }
        },
        .init("a module with attributes that its identity has", "tdx-module-identity", .tdxModuleMismatch) {
            $0.changeReport { $0.seamAttributes = 1 }
            $0.info.tdxModuleIdentities?[0].identity.attributes = 1
        },
        .init("a QE report that the PCK did not sign", "qe-report-signature", .invalidQEReportSignature) {
            $0.qeReportKey = P256.Signing.PrivateKey()
        },
        .init("a QE report on another key", "attestation-key", .invalidQEReportData) {
            $0.qeReportData = .zero
        },
        .init("a QE report with a second half", "attestation-key", .invalidQEReportData) {
            let key = $0.attestationKey.publicKey.rawRepresentation
            $0.qeReportData = ReportData(Array(SHA256.hash(data: key + $0.authenticationData)) + [1])
        },
        .init("an identity of the SGX QE", "qe-report-identity", .qeIdentityMismatch) {
            $0.identity.id = "QE"
        },
        .init("another MISCSELECT", "qe-report-identity", .qeIdentityMismatch) { $0.qeReport.miscSelect = 1 },
        .init("a debug QE", "qe-report-identity", .qeIdentityMismatch) { $0.qeReport.flags.insert(.debug) },
        .init("a QE of another signer", "qe-report-identity", .qeIdentityMismatch) {
            $0.qeReport.mrSigner = .zero
        },
        .init("a QE of another product", "qe-report-identity", .qeIdentityMismatch) {
            $0.qeReport.isvProductID = 1
        },
        .init("a quote that the key did not sign", "quote-signature", .invalidQuoteSignature) {
            $0.quoteKey = P256.Signing.PrivateKey()
        },
        .init("a platform below every level", "platform-tcb", .tcbNotSupported) { $0.sgx.tcb[7] = 2 },
        .init("a PCE below every level", "platform-tcb", .tcbNotSupported) { $0.sgx.pceSVN = 12 },
        .init("late microcode now below every level", "platform-tcb", .tcbNotSupported) {
            for index in $0.info.levels.indices {
                $0.info.levels[index] = TestPlatform.level(tdx: [0, 0, 1])
            }
            $0.info.levels.removeLast(2)
            $0.launch([6, 1, 3], current: [6, 1, 0])
        },
        .init("a module of 1.5 below every level", "tdx-module-tcb", .tcbNotSupported) {
            $0.changeReport { $0.teeTCBSVN[0] = 1 }
        },
        .init("a module now that is not listed", "tdx-module-tcb", .tcbNotSupported) {
            $0.launch([6, 1, 3], current: [6, 3, 3])
        },
        .init("a module now below every level", "tdx-module-tcb", .tcbNotSupported) {
            $0.launch([6, 1, 3], current: [1, 1, 3])
        },
        .init("a QE below every level", "qe-tcb", .tcbNotSupported) { $0.qeReport.isvSVN = 1 },
        .init("a revoked platform", "tcb-status", .tcbRevoked) { $0.sgx.tcb[0] = 3 },
        .init("a revoked module", "tcb-status", .tcbRevoked) { $0.changeReport { $0.teeTCBSVN[0] = 2 } },
        .init("a revoked QE", "tcb-status", .tcbRevoked) { $0.qeReport.isvSVN = 2 },
    ]
}

@Suite("Rules")
struct RuleTests {
    @Test("all hold for a quote of a sound platform, under its own root named by the caller")
    func sound() throws {
        let report = try verify(TestPlatform())
        #expect(report.isAccepted, "\(report.table)")
        #expect(report.tcb?.status == .upToDate)
        #expect(report.tcb?.evaluationDataNumber == 17)
        #expect(!report.root.isBuiltIn)
        #expect(report.root.name.contains("simulated, named by the caller"))
        #expect(report.remarks.isEmpty)
    }

    @Test("each refuse what they are for, by name, with what was found and required", arguments: Breakage.all)
    func refuse(_ breakage: Breakage) throws {
        var platform = TestPlatform()
        breakage.apply(&platform)
        let report = try verify(platform)
        let refusal = try #require(report.refusal)
        #expect(refusal.rule.name == breakage.rule, "\(refusal.refusal)")
        #expect(refusal.refusal.code == breakage.code)
        #expect(!refusal.refusal.found.isEmpty && !refusal.refusal.required.isEmpty)
        #expect(!report.isAccepted)
        #expect(report.json["verdict"] == .string("refused"))
        #expect(report.json["rule"] == .string(breakage.rule))
        #expect(report.table.contains("FAILS: \(breakage.code.rawValue)"))
    }

    @Test("are each broken by a row of this table")
    func complete() {
        let broken = Set(Breakage.all.map(\.rule))
        // The parts' root rules, and what only other chains break, are tested below.
        let elsewhere: Set<String> = [
            "pck-chain-format", "pck-chain-root", "tcb-info-root", "qe-identity-chain", "qe-identity-root",
            "qe-identity-revocation", "quote-pck",
        ]
        #expect(Set(Rule.all.map(\.name)).subtracting(broken) == elsewhere)
        #expect(Set(Rule.all.map(\.name)).count == Rule.all.count)
    }

    @Test("refuse a simulated root unless it is named, and say how to name it")
    func simulatedRoot() throws {
        let platform = TestPlatform()
        let report = try QuoteVerifier(collateral: platform.collateral()).verify(
            platform.quote(), at: platform.now)
        let refusal = try #require(report.refusal)
        #expect(refusal.rule.name == "pck-chain-root")
        #expect(refusal.refusal.code == .pckChainUntrusted)
        #expect(refusal.refusal.description.contains("simulated"))
        #expect(refusal.refusal.description.contains("--root"))
        #expect(report.refusal(of: .tcbInfo)?.code == .signingChainUntrusted)
        #expect(report.refusal(of: .qeIdentity)?.code == .signingChainUntrusted)
        #expect(report.refusal(of: .quote) == nil, "the quote itself is good")
        #expect(report.tcb == nil && report.isolatedTCB != nil)
        #expect(report.root == .intel && report.json["rootIsIntel"] == .boolean(true))
    }

    @Test("refuse collateral of another root with the same names")
    func mixedRoots() throws {
        let platform = TestPlatform()
        let other = TestPlatform()
        let own = try platform.collateral()
        let foreign = try other.collateral()
        let rows: [(Collateral, String)] = [
            (foreign, "pck-chain-crls"),
            (
                Collateral(
                    pckCRLIssuerChain: own.pckCRLIssuerChain, rootCACRL: own.rootCACRL, pckCRL: own.pckCRL,
                    tcbInfoIssuerChain: foreign.tcbInfoIssuerChain, tcbInfo: foreign.tcbInfo,
                    qeIdentityIssuerChain: own.qeIdentityIssuerChain, qeIdentity: own.qeIdentity),
                "tcb-info-root"
            ),
            (
                Collateral(
                    pckCRLIssuerChain: own.pckCRLIssuerChain, rootCACRL: own.rootCACRL, pckCRL: own.pckCRL,
                    tcbInfoIssuerChain: own.tcbInfoIssuerChain, tcbInfo: own.tcbInfo,
                    qeIdentityIssuerChain: foreign.qeIdentityIssuerChain, qeIdentity: foreign.qeIdentity),
                "qe-identity-root"
            ),
            (
                Collateral(
                    pckCRLIssuerChain: own.pckCRLIssuerChain, rootCACRL: own.rootCACRL, pckCRL: own.pckCRL,
                    tcbInfoIssuerChain: own.tcbInfoIssuerChain, tcbInfo: own.tcbInfo,
                    qeIdentityIssuerChain: own.pckCRLIssuerChain, qeIdentity: own.qeIdentity),
                "qe-identity-chain"
            ),
            // The PCK CRL of the root instead of that of the CA.
            (
                Collateral(
                    pckCRLIssuerChain: own.pckCRLIssuerChain, rootCACRL: own.rootCACRL, pckCRL: own.rootCACRL,
                    tcbInfoIssuerChain: own.tcbInfoIssuerChain, tcbInfo: own.tcbInfo,
                    qeIdentityIssuerChain: own.qeIdentityIssuerChain, qeIdentity: own.qeIdentity),
                "pck-chain-crls"
            ),
        ]
        for (collateral, rule) in rows {
            let report = try QuoteVerifier(
                collateral: collateral, trusting: TrustedRoot(named: platform.root().certificate)
            ).verify(platform.quote(), at: platform.now)
            #expect(report.refusal?.rule.name == rule)
        }
    }

    @Test("refuse a quote whose chain is not one of three roles")
    func chains() throws {
        let platform = TestPlatform()
        let chain = [
            try platform.pck(), try platform.platformCA().certificate, try platform.root().certificate,
        ]
        let verifier = try QuoteVerifier(
            collateral: platform.collateral(), trusting: TrustedRoot(named: platform.root().certificate))
        func verify(_ certification: CertificationData) throws -> VerificationReport {
            var quote = try platform.quote()
            quote.signature.certification.certification = certification
            return verifier.verify(quote, at: platform.now)
        }
        func text(_ chain: [AttestationCertificate]) -> [UInt8] {
            Array(AttestationCertificate.text(of: chain).utf8)
        }
        // Any order, with or without a NUL, PEM or DER.
        for bytes in [text(chain), text(chain.reversed()) + [0], chain.flatMap(\.bytes)] {
            #expect(try verify(.pckChain(bytes)).isAccepted)
        }
        let rows: [CertificationData] = [
            .pckChain([]), .pckChain(text(Array(chain.dropLast()))), .pckChain(text(chain + [chain[2]])),
            .pckChain(text([chain[0], chain[0], chain[0]])), .pckChain(text([chain[2], chain[1], chain[1]])),
            .pckChain(Array("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".utf8)),
            .pckCertificate(text([chain[0]])),
            .ppidRSA3072(
                PlatformIdentification(
                    ppid: [UInt8](repeating: 1, count: 384), cpuSVN: .zero, pceSVN: 13, pceID: 0)),
        ]
        for row in rows {
            let report = try verify(row)
            #expect(report.refusal?.rule.name == "pck-chain-format")
            #expect(report.refusal?.refusal.code == .unsupportedCertificateFormat)
            #expect(report.chain == nil && report.tcb == nil)
        }
    }

    @Test("take the chain from the collateral when a quote has none")
    func chainFromCollateral() throws {
        let platform = TestPlatform()
        let own = try platform.collateral()
        var quote = try platform.quote()
        quote.signature.certification.certification = .ppidRSA3072(
            PlatformIdentification(
                ppid: [UInt8](repeating: 1, count: 384), cpuSVN: .zero, pceSVN: 13, pceID: 0))
        let collateral = Collateral(
            pckCRLIssuerChain: own.pckCRLIssuerChain, rootCACRL: own.rootCACRL, pckCRL: own.pckCRL,
            tcbInfoIssuerChain: own.tcbInfoIssuerChain, tcbInfo: own.tcbInfo,
            qeIdentityIssuerChain: own.qeIdentityIssuerChain, qeIdentity: own.qeIdentity,
            pckCertificateChain: [
                try platform.pck(), try platform.platformCA().certificate, try platform.root().certificate,
            ])
        let report = try QuoteVerifier(
            collateral: collateral, trusting: TrustedRoot(named: platform.root().certificate)
        ).verify(quote, at: platform.now)
        #expect(report.isAccepted, "\(report.table)")
    }

    @Test("find every change of a signed byte of a quote")
    func flips() throws {
        let platform = TestPlatform()
        let verifier = try QuoteVerifier(
            collateral: platform.collateral(), trusting: TrustedRoot(named: platform.root().certificate))
        let bytes = try platform.quote().bytes
        let certificates = 636 + 590 + 32
        for index in stride(from: 0, to: certificates, by: 7) {
            var altered = bytes
            altered[index] ^= 0x10
            // A quote that cannot be read any more is refused before.
            guard let quote = try? Quote(altered) else { continue }
            #expect(!verifier.verify(quote, at: platform.now).isAccepted, "byte \(index)")
        }
    }

    @Test("hold at the last second of each period and not after")
    func bounds() throws {
        var platform = TestPlatform()
        platform.pckCRLPeriod = 0...100
        let verifier = try QuoteVerifier(
            collateral: platform.collateral(), trusting: TrustedRoot(named: platform.root().certificate))
        let quote = try platform.quote()
        for (offset, isAccepted) in [(-1, false), (0, true), (100, true), (101, false)] as [(Int64, Bool)] {
            let time = Timestamp(secondsSince1970: platform.now.secondsSince1970 + offset)
            #expect(verifier.verify(quote, at: time).isAccepted == isAccepted, "\(offset)")
        }
    }
}

@Suite("TCB evaluation")
struct TCBEvaluationTests {
    @Test("takes the highest level that is reached, in whatever order they are listed")
    func order() throws {
        var platform = TestPlatform()
        platform.info.levels.reverse()
        platform.info.tdxModuleIdentities?[0].identity.levels.reverse()
        platform.identity.levels.reverse()
        let report = try verify(platform)
        #expect(report.tcb?.status == .upToDate, "\(report.table)")
    }

    @Test("judges the module of TDX 1.0 with the platform, and later ones by their identity")
    func modules() throws {
        let rows: [([UInt8], TCBStatus, [String])] = [
            ([6, 0, 3], .upToDate, []),
            // Component 0 counts for major version 0 alone.
            ([5, 0, 3], .outOfDate, ["INTEL-SA-00011"]),
            ([7, 1, 3], .upToDate, []),
            ([5, 1, 3], .outOfDate, ["INTEL-SA-00004"]),
            ([6, 1, 2], .outOfDate, ["INTEL-SA-00011"]),
            ([5, 1, 2], .outOfDate, ["INTEL-SA-00004", "INTEL-SA-00011"]),
        ]
        for (svn, status, advisories) in rows {
            var platform = TestPlatform()
            platform.changeReport { $0.teeTCBSVN = SVNComponents(svn) }
            let report = try verify(platform)
            #expect(report.tcb?.status == status, "\(svn): \(report.table)")
            #expect(report.tcb?.advisoryIDs == advisories, "\(svn)")
        }
    }

    @Test("never takes a level that no SVN reaches")
    func unreachable() throws {
        var platform = TestPlatform()
        platform.sgx.tcb[0] = 255
        var level = platform.info.levels[0]
        level = TCBLevel(
            sgxComponents: level.sgxComponents.enumerated().map {
                TCBComponent(svn: $0.offset == 0 ? 256 : 5)
            },
            pceSVN: level.pceSVN, tdxComponents: level.tdxComponents, tcbDate: TestPlatform.date(1),
            status: .revoked)
        platform.info.levels.insert(level, at: 0)
        let report = try verify(platform)
        #expect(report.tcb?.status == .upToDate, "\(report.table)")
    }

    @Test("has the earliest date and every advisory of its parts")
    func dates() throws {
        var platform = TestPlatform()
        platform.changeReport { $0.teeTCBSVN = SVNComponents([4, 1, 2]) }
        platform.qeReport.isvSVN = 3
        let report = try verify(platform)
        #expect(report.tcb?.status == .outOfDate)
        #expect(report.tcb?.tcbDate == TestPlatform.date(40))
        #expect(report.tcb?.advisoryIDs == ["INTEL-SA-00004", "INTEL-SA-00011", "INTEL-SA-00020"])
    }

    @Test(
        "advises to launch again when the module was updated under the TD",
        arguments: [
            ([6, 1, 3], [6, 1, 3], .upToDate, .upToDate),
            ([4, 1, 3], [6, 1, 3], .tdRelaunchAdvised, .upToDate),
            ([6, 1, 2], [6, 1, 3], .tdRelaunchAdvised, .upToDate),
            ([4, 1, 3], [4, 1, 3], .outOfDate, .outOfDate),
            ([6, 1, 3], [4, 1, 3], .upToDate, .outOfDate), ([6, 1, 3], [2, 1, 3], .upToDate, .revoked),
        ] as [([UInt8], [UInt8], TCBStatus, TCBStatus)])
    func relaunch(launch: [UInt8], current: [UInt8], status: TCBStatus, now: TCBStatus) throws {
        var platform = TestPlatform()
        platform.launch(launch, current: current)
        let report = try verify(platform)
        #expect(report.isAccepted, "\(report.table)")
        #expect(report.tcb?.status == status)
        #expect(report.tcb?.current.status == now)
    }

    @Test("refuses a launch that is revoked whatever runs now")
    func revokedLaunch() throws {
        var platform = TestPlatform()
        platform.launch([2, 1, 3], current: [6, 1, 3])
        #expect(try verify(platform).refusal?.refusal.code == .tcbRevoked)
    }

    @Test("verifies the extended body of version 5")
    func extendedBody() throws {
        var platform = TestPlatform()
        platform.launch([6, 1, 3], current: [6, 1, 3])
        if let td15 = platform.body.td15 {
            platform.body = .td15ex(platform.body.report, td15, TD15ExFields())
        }
        #expect(try verify(platform).isAccepted)
    }
}

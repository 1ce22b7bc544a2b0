// SPDX-License-Identifier: Apache-2.0

import Collateral
import Quote
import QuoteVerification
import Testing

/// Forms in which genuine documents come, none of which may change the verdict.
@Suite("Details of documents")
struct DetailTests {
    private static let rows: [(String, from: String, to: String)] = [
        ("an FMSPC in capitals", "90c06f000000", "90C06F000000"),
        ("a module's id in lower case", "TDX_01", "tdx_01"),
        (
            "a member that nobody knows", "\"tcbType\":0",
            "\"tcbType\":0,\"remark\":{\"a\":[1,null,true]}"
        ),
        ("white space that is signed", "\"tcbType\":0", "\n  \"tcbType\" : 0 "),
        ("an escape in a name", "\"tcbType\"", "\"tcb\\u0054ype\""),
        (
            "a component's category", "{\"svn\":6}",
            "{\"svn\":6,\"category\":\"OS/VMM\",\"type\":\"TDX Module\"}"
        ),
        (
            "an empty list of advisories", "\"tcbStatus\":\"UpToDate\"",
            "\"tcbStatus\":\"UpToDate\",\"advisoryIDs\":[]"
        ),
    ]

    @Test("leave a TCB Info what it is when they are signed so", arguments: rows)
    func info(name: String, from: String, to: String) throws {
        let platform = TestPlatform()
        let own = try platform.collateral()
        let text = String(decoding: own.tcbInfo.text, as: UTF8.self)
        let changed = text.replacing(from, with: to)
        #expect(changed != text, "\(name)")
        let collateral = Collateral(
            pckCRLIssuerChain: own.pckCRLIssuerChain, rootCACRL: own.rootCACRL, pckCRL: own.pckCRL,
            tcbInfoIssuerChain: own.tcbInfoIssuerChain,
            tcbInfo: try SignedDocument(signing: Array(changed.utf8), with: platform.tcbSigningKey),
            qeIdentityIssuerChain: own.qeIdentityIssuerChain, qeIdentity: own.qeIdentity)
        let report = QuoteVerifier(
            collateral: collateral, trusting: TrustedRoot(named: try platform.root().certificate)
        ).verify(try platform.quote(), at: platform.now)
        #expect(report.isAccepted && report.tcb?.status == .upToDate, "\(name): \(report.table)")
    }

    @Test("leave chains and revocation lists what they are, with any line end, case and encoding")
    func encodings() throws {
        let platform = TestPlatform()
        var bundle = CollateralBundle(try platform.collateral())
        let root = TrustedRoot(named: try platform.root().certificate)
        func lines(_ text: [UInt8], _ end: String) -> [UInt8] {
            Array(String(decoding: text, as: UTF8.self).replacing("\n", with: end).utf8)
        }
        bundle.pckCRLIssuerChain = lines(bundle.pckCRLIssuerChain, "\r\n")
        bundle.tcbInfoIssuerChain = [0x0A, 0x0A] + bundle.tcbInfoIssuerChain + [0]
        bundle.pckCRL = Array(String(decoding: bundle.pckCRL, as: UTF8.self).uppercased().utf8) + [0x0A]
        let list = try CertificateRevocationList(bundle.rootCACRL).bytes
        bundle.rootCACRL = lines(Array(PEM(label: "X509 CRL", bytes: list).text.utf8), "\r\n")
        var quote = try platform.quote()
        guard case .pckChain(let chain) = quote.signature.certification.certification else {
            Issue.record("a chain")
            return
        }
        quote.signature.certification.certification = .pckChain(lines(chain, "\r\n"))
        let report = QuoteVerifier(collateral: try Collateral(bundle), trusting: root)
            .verify(quote, at: platform.now)
        #expect(report.isAccepted, "\(report.table)")
    }

    @Test("say which kind of certification data a quote has instead of a chain")
    func certificationData() throws {
        let platform = TestPlatform()
        let verifier = try QuoteVerifier(
            collateral: platform.collateral(), trusting: TrustedRoot(named: platform.root().certificate))
        func identification(_ size: Int) -> PlatformIdentification {
            PlatformIdentification(
                ppid: [UInt8](repeating: 1, count: size), cpuSVN: .zero, pceSVN: 13, pceID: 0)
        }
        let rows: [(CertificationData, VerificationCode)] = [
            (.ppid(identification(16)), .unsupportedCertificateFormat),
            (.ppidRSA2048(identification(256)), .unsupportedCertificateFormat),
            (.ppidRSA3072(identification(384)), .unsupportedCertificateFormat),
            (.pckCertificate(try platform.pck().bytes), .unsupportedCertificateFormat),
            // No quote has this one: it is for the provisioning service.
            (.platformManifest([1, 2, 3]), .unsupportedQuoteFormat),
        ]
        for (certification, code) in rows {
            var quote = try platform.quote()
            quote.signature.certification.certification = certification
            let report = verifier.verify(try Quote(quote.bytes), at: platform.now)
            let type = certification.type.rawValue
            #expect(report.refusal?.refusal.code == code, "type \(type)")
            #expect(report.refusal?.refusal.found.contains("type \(type)") == true)
        }
    }
}

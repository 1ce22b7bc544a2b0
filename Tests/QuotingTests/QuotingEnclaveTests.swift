// SPDX-License-Identifier: Apache-2.0

import Collateral
import Crypto
import Quote
import QuoteVerification
import Quoting
import TDXABI
import TDXModule
import Testing

@Suite("Quoting enclave")
struct QuotingEnclaveTests {
    @Test("quotes the module's report, and the quote is accepted under the platform's root alone")
    func accepted() throws {
        let scene = Scene()
        let authority = try scene.authority()
        let quote = try Quote(scene.enclave().quote(for: scene.report().bytes).bytes)
        #expect(quote.header.version == 4)
        #expect(quote.body.report.reportData.bytes == Array(100..<164))
        #expect(scene.report().differences(from: quote).isEmpty)

        let collateral = try authority.collateral()
        let report = QuoteVerifier(collateral: collateral, trusting: TrustedRoot(named: authority.root))
            .verify(quote, at: Scene.time)
        #expect(report.isAccepted, "\(report.table)")
        #expect(report.tcb?.status == .upToDate)

        let refused = QuoteVerifier(collateral: collateral).verify(quote, at: Scene.time)
        let refusal = try #require(refused.refusal)
        #expect("\(refusal.refusal)".contains("simulated"))
        #expect("\(refusal.refusal)".contains("--root"))
    }

    @Test("chooses the version and the form by the report's own")
    func forms() throws {
        let scene = Scene()
        let enclave = try scene.enclave()
        let bound = try enclave.quote(for: scene.report(hasServiceTDs: true))
        #expect(bound.header.version == 5 && bound.body.type == .td15)
        #expect(bound.body.td15?.mrServiceTD == Scene.tdInfo.servTDHash)

        // The module was updated under the TD.
        var updated = scene.platform.teeTCBInfo
        updated.teeTCBSVN2[0] += 1
        let key = ReportKey(key: scene.keys.report, teeTCBInfo: updated)
        let preserved = try enclave.quote(
            for: key.report(on: Scene.tdInfo, data: [], hasServiceTDs: false))
        #expect(preserved.body.type == .td15)
        #expect(preserved.body.td15?.mrServiceTD.isZero == true)
        #expect(preserved.body.currentTEETCBSVN.bytes == updated.teeTCBSVN2)

        // Version 3 with a TD_ID and a VMID; the processor's key makes the MAC of any header.
        var report = scene.report()
        report.tdInfo.reserved = (0..<64).map { $0 < 32 ? UInt8($0) : 0 }
        report.tdInfo.reserved[56] = 9
        report.tdInfo.reserved[61] = 3
        report.mac.reportType = 0x81 | 3 << 16
        let extended = try enclave.quote(for: scene.resealed(report))
        #expect(extended.header.version == 5 && extended.body.type == .td15ex)
        #expect(extended.body.td15ex?.vmID == 9)
        #expect(extended.body.td15ex?.tdID.bytes == Array(0..<32))
        #expect(extended.body.td15?.mrServiceTD.isZero == true)
    }

    @Test("refuses a report by its first fault, whoever signed it")
    func faults() throws {
        let scene = Scene()
        let enclave = try scene.enclave()
        func expect(_ error: QuotingError, _ change: (inout TDReport) -> Void) {
            var report = scene.report()
            change(&report)
            let sealed = scene.resealed(report)
            #expect(throws: error) { try enclave.quote(for: sealed) }
        }
        for type in [0x80, 0x281, 0x2_0081, 0x100_0081] as [UInt32] {
            expect(.malformed(field: "REPORTTYPE", value: UInt64(type))) { $0.mac.reportType = type }
        }
        expect(.malformed(field: "VALID of TEE_TCB_INFO", value: 0x3FF)) { $0.teeTCBInfo.valid = 0x3FF }
        expect(.reservedNotZero(field: "TEE_TCB_SVN2, which VALID leaves out,")) {
            $0.teeTCBInfo.valid = 0x1FF
        }
        expect(.reservedNotZero(field: "Bytes 15:4 of REPORTMACSTRUCT")) { $0.mac.reserved1[3] = 1 }
        expect(.reservedNotZero(field: "Bytes 223:192 of REPORTMACSTRUCT")) { $0.mac.reserved2[0] = 1 }
        expect(.reservedNotZero(field: "Bytes 511:495")) { $0.reserved[16] = 1 }
        expect(.reservedNotZero(field: "Bytes 238:144 of TEE_TCB_INFO")) { $0.teeTCBInfo.reserved[94] = 1 }
        expect(.malformed(field: "VALID of TDINFO", value: 0)) { $0.mac.reportType = 0x3_0081 }
    }

    @Test("refuses a report that another processor made, or that was changed since")
    func foreign() throws {
        let scene = Scene()
        let enclave = try scene.enclave()
        let other = ReportKey(key: [UInt8](repeating: 7, count: 32))
        #expect(throws: QuotingError.wrongMAC) {
            try enclave.quote(for: other.report(on: Scene.tdInfo, data: [], hasServiceTDs: false))
        }
        var report = scene.report()
        report.mac.reportData[0] ^= 1
        #expect(throws: QuotingError.wrongMAC) { try enclave.quote(for: report) }
        report = scene.report()
        report.tdInfo.mrTD = .zero
        #expect(throws: QuotingError.wrongDigest(field: "TEE_INFO_HASH")) { try enclave.quote(for: report) }
        report = scene.report()
        report.teeTCBInfo.mrSEAM = .zero
        #expect(throws: QuotingError.wrongDigest(field: "TEE_TCB_INFO_HASH")) {
            try enclave.quote(for: report)
        }
        #expect(throws: QuotingError.wrongSize(1023)) {
            try enclave.quote(for: Array(scene.report().bytes.dropLast()))
        }
    }
}

extension Scene {
    /// A report with the digests and the MAC that its processor would make for what is in it.
    func resealed(_ report: TDReport) -> TDReport {
        var report = report
        report.mac.teeTCBInfoHash = Digest384(SHA384.hash(data: report.teeTCBInfo.bytes))
        report.mac.teeInfoHash = Digest384(SHA384.hash(data: report.tdInfo.bytes))
        report.mac.mac = Array(
            HMAC<SHA256>.authenticationCode(
                for: report.mac.authenticated, using: SymmetricKey(data: keys.report)))
        return report
    }
}

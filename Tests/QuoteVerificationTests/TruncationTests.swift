// SPDX-License-Identifier: Apache-2.0

import Collateral
import Foundation
import Quote
import QuoteVerification
import TDXABI
import Testing

/// Every length at which a document can be cut, in optimised builds; debug builds take some.
private func cuts(_ bytes: [UInt8], upTo end: Int? = nil) -> StrideTo<Int> {
    #if DEBUG
        stride(from: 0, to: end ?? bytes.count, by: bytes.count > 2000 ? 61 : 7)
    #else
        stride(from: 0, to: end ?? bytes.count, by: bytes.count > 40_000 ? 7 : 1)
    #endif
}

@Suite("Documents that are cut")
struct TruncationTests {
    /// The fields of a quote before its signature data, in their order, with their sizes.
    private static let header: [(String, Int)] = [
        ("version", 2), ("attestation key type", 2), ("TEE type", 4), ("reserved (QE SVN)", 2),
        ("reserved (PCE SVN)", 2), ("QE vendor id", 16), ("user data (QE id)", 16), ("user data", 4),
    ]
    private static let td10: [(String, Int)] = [
        ("TEE_TCB_SVN", 16), ("MRSEAM", 48), ("MRSIGNERSEAM", 48), ("SEAMATTRIBUTES", 8), ("TDATTRIBUTES", 8),
        ("XFAM", 8), ("MRTD", 48), ("MRCONFIGID", 48), ("MROWNER", 48), ("MROWNERCONFIG", 48), ("RTMR0", 48),
        ("RTMR1", 48), ("RTMR2", 48), ("RTMR3", 48), ("REPORTDATA", 64),
    ]
    private static let td15: [(String, Int)] = [("TEE_TCB_SVN_2", 16), ("MRSERVICETD", 48)]
    private static let td15ex: [(String, Int)] = [
        ("VMID", 1), ("TD_ID", 32), ("DEVINFO hash", 48), ("INIT_SERVTD_HASH", 48), ("INIT_SERVTD_ATTR", 8),
        ("INIT_CPUSVN", 16), ("INIT_TEE_TCB_SVN", 16), ("INIT_TEE_FMSPC", 12), ("CUR_SERVTD_HASH", 48),
        ("CUR_SERVTD_ATTR", 8),
    ]

    private func fields(of quote: Quote) -> [(String, Int)] {
        var fields = Self.header
        if quote.header.version == 5 { fields += [("body type", 2), ("body size", 4)] }
        fields += Self.td10
        if quote.body.td15 != nil { fields += Self.td15 }
        if quote.body.td15ex != nil { fields += Self.td15ex }
        return fields + [("signature data length", 4)]
    }

    @Test("a quote ends in the field in which it was cut, whatever its form")
    func quotes() throws {
        var platform = TestPlatform()
        var samples = [("v4", try platform.quote().bytes + [0, 0, 0])]
        platform.launch([6, 1, 3], current: [6, 1, 3])
        samples.append(("v5 of TD 1.5", try platform.quote().bytes))
        if let td15 = platform.body.td15 {
            platform.body = .td15ex(platform.body.report, td15, TD15ExFields())
        }
        samples.append(("v5 of TD 1.5ex", try platform.quote().bytes))
        platform.body = .td10(platform.body.report)
        samples.append(("v5 of TD 1.0", try platform.quote().bytes))
        for (name, bytes) in samples + Fixtures.files(in: "quotes").map({ ($0.name, $0.bytes) }) {
            let quote = try Quote(bytes)
            // Which field each byte belongs to; signature data are declared at once.
            var owners: [String] = []
            for (field, size) in fields(of: quote) {
                owners += [String](repeating: field, count: size)
            }
            let end = bytes.count - quote.trailingBytes.count
            for cut in cuts(bytes, upTo: end) {
                let expected = cut < owners.count ? owners[cut] : "signature data"
                do {
                    _ = try Quote(Array(bytes.prefix(cut)))
                    Issue.record("\(name) is read when cut to \(cut) bytes")
                } catch {
                    guard case .truncated(let field, _, _) = error, field == expected else {
                        Issue.record("\(name), cut to \(cut) bytes, ends in \(expected): \(error)")
                        return
                    }
                }
            }
            #expect(try Quote(Array(bytes.prefix(end))).trailingBytes.isEmpty, "the rest is not of the quote")
        }
    }

    /// Every cut of a document is refused, by an error that names the document.
    private func expectRefused(
        _ name: String, _ document: String, _ bytes: [UInt8], upTo end: Int? = nil,
        _ read: ([UInt8]) throws -> Void
    ) rethrows {
        try read(bytes)
        for cut in cuts(bytes, upTo: end) {
            do {
                try read(Array(bytes.prefix(cut)))
                Issue.record("\(name) is read when cut to \(cut) bytes")
                return
            } catch let error as CollateralError {
                guard error.description.contains(document) else {
                    Issue.record("\(name), cut to \(cut) bytes, does not name \(document): \(error)")
                    return
                }
            } catch {
                Issue.record("\(name), cut to \(cut) bytes: \(error)")
                return
            }
        }
    }

    /// Up to the last byte that is not white space, without which a JSON text is still whole.
    private func end(of text: [UInt8]) -> Int { (text.lastIndex { $0 > 0x20 } ?? 0) + 1 }

    @Test("certificates, revocation lists and signed documents say which of them it is")
    func documents() throws {
        let platform = TestPlatform()
        let collateral = try platform.collateral()
        for certificate in [try platform.pck(), try platform.root().certificate] {
            try expectRefused(certificate.commonName, "certificate", certificate.bytes) {
                _ = try AttestationCertificate($0)
            }
        }
        try expectRefused("the extension", "SGX extension", try platform.sgx.derBytes()) {
            _ = try SGXExtension($0[...])
        }
        var revoking = platform
        revoking.revokedByPlatformCA = [.pck, .tcbSigning]
        let list = try revoking.collateral().pckCRL.bytes
        let digits = Array(list.hexadecimal.utf8)
        let text = Array(PEM(label: "X509 CRL", bytes: list).text.utf8)
        for (form, bytes) in [("DER", list), ("digits", digits), ("PEM", text)] {
            try expectRefused("a CRL in \(form)", "PCK CRL", bytes, upTo: end(of: bytes)) {
                _ = try CertificateRevocationList($0, document: "PCK CRL")
            }
        }
        try expectRefused("TCB Info", "TCB Info", collateral.tcbInfo.body) {
            _ = try SignedDocument<TCBInfo>(body: $0)
        }
        try expectRefused("QE identity", "QE identity", collateral.qeIdentity.body) {
            _ = try SignedDocument<EnclaveIdentity>(body: $0)
        }
        let bundle = Array(CollateralBundle(collateral).json.compact.utf8)
        try expectRefused("bundle", "collateral bundle", bundle) { _ = try CollateralBundle(json: $0) }
        let chain = Array(AttestationCertificate.text(of: collateral.tcbInfoIssuerChain).utf8)
        for cut in cuts(chain, upTo: end(of: chain)) {
            // Between two certificates a chain can be cut; it is not the chain then.
            let read = try? AttestationCertificate.chain(Array(chain.prefix(cut)), document: "chain")
            #expect(read.map { $0.count < 2 } ?? true, "\(cut)")
        }
    }

    @Test("fixtures of collateral say which of them it is")
    func fixtures() throws {
        for (name, bytes) in Fixtures.files(in: "collateral") {
            // The whole is read; cuts of so large a text are the same wherever they are.
            let step = max(1, bytes.count / 400)
            _ = try Collateral(json: bytes)
            for cut in stride(from: 0, to: end(of: bytes), by: step) {
                let error = #expect(throws: CollateralError.self, "\(name), \(cut)") {
                    try Collateral(json: Array(bytes.prefix(cut)))
                }
                #expect(error?.description.contains("collateral bundle") == true, "\(name), \(cut)")
            }
        }
        for (name, bytes) in Fixtures.files(in: "roots") {
            try expectRefused(name, "certificate", bytes) { _ = try AttestationCertificate($0) }
        }
        for (name, bytes) in Fixtures.files(in: "intel-sample-custom-root") + Fixtures.files(in: "raw-pcs")
        where name.hasSuffix(".der") {
            try expectRefused(name, "CRL", bytes) { _ = try CertificateRevocationList($0) }
        }
    }

    @Test("TD reports are none")
    func reports() {
        let reports =
            [("our own", [UInt8](repeating: 0, count: 1024))]
            + Fixtures.files(in: "tdreports").map { ($0.name, $0.bytes) }
        for (name, bytes) in reports {
            #expect(TDReport(bytes) != nil, "\(name)")
            for cut in cuts(bytes) { #expect(TDReport(bytes.prefix(cut)) == nil, "\(name), \(cut)") }
        }
    }

    @Test("event logs name the field, or end between two records")
    func logs() throws {
        let record = EventLogRecord(
            register: .rtmr1, type: .eventTag, digest: Digest384(1...48), event: [1, 2, 3])
        let logs =
            [("our own", EventLog(records: [record, record]).bytes)]
            + Fixtures.files(in: "eventlogs").filter { $0.name.hasSuffix(".bin") }.map { ($0.name, $0.bytes) }
        for (name, bytes) in logs {
            let log = try EventLog(bytes)
            // A log may be handed over cut to its length, so that the end of a record is an end of the log.
            let sizes = log.records.map { record in
                16 + 50 + record.event.count + record.otherDigests.reduce(0) { $0 + 2 + $1.bytes.count }
            }
            var ends: Set<Int> = []
            var position = log.size - sizes.reduce(0, +)
            for size in [0] + sizes {
                position += size
                ends.insert(position)
            }
            for cut in cuts(bytes, upTo: log.size) {
                do {
                    _ = try EventLog(Array(bytes.prefix(cut)))
                    #expect(ends.contains(cut), "\(name) is read when cut to \(cut) bytes")
                } catch {
                    guard !error.field.isEmpty, !ends.contains(cut) else {
                        Issue.record("\(name), cut to \(cut) bytes: \(error)")
                        return
                    }
                }
            }
        }
    }
}

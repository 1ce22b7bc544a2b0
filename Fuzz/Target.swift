// SPDX-License-Identifier: Apache-2.0

import Collateral
import Crypto
import Quote
import Quoting
import TDXABI

/// A parser, inputs that it accepts, and what is to hold of what it made of one.
struct Target: Sendable {
    let name: String
    let seeds: @Sendable () throws -> [[UInt8]]
    /// - Returns: whether the input was accepted.
    let execute: @Sendable ([UInt8]) -> Bool

    static let all: [Target] = [
        quote, certificateExtension, certificate, tcbInfo, qeIdentity, crl, qgs, eventLog, ccel,
    ]

    /// A platform whose documents are the seeds.
    private static func platform() throws -> PlatformAuthority {
        let seed = PlatformSeed(Array("fuzz".utf8))
        var platform = SimulatedPlatform(
            seed: seed, cpuSVN: Identifier128([2, 2, 2, 2, 3, 1, 0, 3]), moduleSVN: SVNComponents([5, 1]),
            mrSEAM: .zero,
            at: Timestamp(secondsSince1970: 1_780_000_000))
        let authority = try PlatformAuthority(platform: platform, keys: PlatformKeys(seed: seed))
        platform.revoke(authority.pck, at: platform.manufactured)
        platform.revoke(authority.tcbSigning, at: platform.manufactured)
        return try PlatformAuthority(platform: platform, keys: authority.keys)
    }

    /// Reports of versions 0, 1 and 3, each of which gives another form of a quote. Nothing checks their MAC here.
    private static let reports: [TDReport] = ([0, 1, 3] as [UInt32]).map { version in
        var report = TDReport()
        report.tdInfo.xfam = 3
        report.tdInfo.reserved[61] = version == 3 ? 3 : 0
        report.mac.reportType = 0x81 | version << 16
        report.mac.teeInfoHash = Digest384(SHA384.hash(data: report.tdInfo.bytes))
        report.mac.teeTCBInfoHash = Digest384(SHA384.hash(data: report.teeTCBInfo.bytes))
        return report
    }

    private static func enclave() throws -> QuotingEnclave {
        try QuotingEnclave(authority: platform(), isGenuine: { _ in true })
    }

    /// Whoever reads a quote can write it, to the bit.
    private static let quote = Target(name: "quote") {
        let maker = try enclave()
        return try reports.map { try maker.quote(for: $0).bytes }
    } execute: { input in
        // A refusal is an answer.
        guard let quote = try? Quote(input) else { return false }
        precondition(quote.bytes == input, "a quote is written as it was read")
        return true
    }

    private static let certificateExtension = Target(name: "certificate-extension") {
        [try platform().platform.processor.derBytes()]
    } execute: {
        (try? SGXExtension($0[...])) != nil
    }

    private static let certificate = Target(name: "certificate") {
        let vendor = try platform()
        return [
            vendor.pck.bytes, vendor.root.bytes,
            Array(AttestationCertificate.text(of: vendor.pckChain).utf8),
        ]
    } execute: {
        (try? AttestationCertificate.chain($0, document: "chain")) != nil
    }

    private static let tcbInfo = Target(name: "tcb-info") {
        [try platform().collateral().tcbInfo.body]
    } execute: { input in
        guard let document = try? SignedDocument<TCBInfo>(body: input) else { return false }
        // What is understood can be written and is understood alike.
        let again = try? TCBInfo(JSONFields(document.content.json, document: "again"))
        precondition(again == document.content, "a TCB Info is written as it was read")
        return true
    }

    private static let qeIdentity = Target(name: "qe-identity") {
        [try platform().collateral().qeIdentity.body]
    } execute: { input in
        guard let document = try? SignedDocument<EnclaveIdentity>(body: input) else { return false }
        let again = try? EnclaveIdentity(JSONFields(document.content.json, document: "again"))
        precondition(again == document.content, "a QE identity is written as it was read")
        return true
    }

    private static let crl = Target(name: "crl") {
        let collateral = try platform().collateral()
        return [
            collateral.pckCRL.bytes, collateral.rootCACRL.bytes,
            Array(collateral.pckCRL.bytes.hexadecimal.utf8),
            Array(PEM(label: "X509 CRL", bytes: collateral.rootCACRL.bytes).text.utf8),
        ]
    } execute: {
        (try? CertificateRevocationList($0)) != nil
    }

    /// Requests in pieces, as a connection gets them. No MAC is right, so that nothing is signed.
    private static let qgs = Target(name: "qgs") {
        func request(_ type: UInt8, _ fields: [UInt8]) -> [UInt8] {
            let size = UInt32(16 + fields.count)
            let bytes = (0..<4).map { UInt8(truncatingIfNeeded: size >> UInt32(8 * $0)) }
            return bytes.reversed() + [1, 0, 1, 0, type, 0, 0, 0] + bytes + [0, 0, 0, 0] + fields
        }
        return [
            request(0, [0, 4, 0, 0, 16, 0, 0, 0] + reports[0].bytes + QGSService.enclaveID),
            request(
                2,
                [6, 0, 0, 0, 9, 0, 0, 0] + (try platform().platform.processor.fmspc.bytes)
                    + Array("platform".utf8) + [0]),
            request(4, []), reports[0].bytes,
        ]
    } execute: { input in
        guard let service = services else { return false }
        var connection = QGSConnection()
        let half = input.count / 2
        var step = connection.receive(input[..<half], for: service)
        if step == .wait { step = connection.receive(input[half...], for: service) }
        guard case .answer(let answer) = step else { return false }
        precondition(answer.count >= 20, "an answer has its size and a header")
        return true
    }
    private static let services: QGSService? = {
        // Without a platform there would be no seeds either.
        guard let authority = try? platform(),
            let enclave = try? QuotingEnclave(authority: authority, isGenuine: { _ in false })
        else { return nil }
        return try? QGSService(authority: authority, enclave: enclave)
    }()

    private static let eventLog = Target(name: "event-log") {
        let records = (1...4).map { register in
            EventLogRecord(
                register: MeasurementRegister(rawValue: UInt32(register)), type: .separator,
                digest: Digest384(SHA384.hash(data: [0, 0, 0, 0])), event: [0, 0, 0, 0])
        }
        let log = EventLog(records: records).bytes
        return [log, log + [UInt8](repeating: 0xFF, count: 256), log + [UInt8](repeating: 0, count: 64)]
    } execute: { input in
        guard let log = try? EventLog(input) else { return false }
        // The digests of a record are written in the order in which the log declares them.
        precondition(
            (try? EventLog(log.bytes))?.records == log.records, "an event log is written as it was read")
        return true
    }

    private static let ccel = Target(name: "ccel") {
        var table = Array("CCEL".utf8) + [56, 0, 0, 0, 1, 0] + Array("OEMIDXOEMTABLE".utf8)
        table += [1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0]
        table += [0, 0x50, 0x34, 0x12, 0, 0, 0, 0]
        table[9] = 0 &- table.reduce(0, &+)
        return [table]
    } execute: {
        (try? CCELTable($0)) != nil
    }
}

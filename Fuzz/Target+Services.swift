// SPDX-License-Identifier: Apache-2.0

import Collateral
import CollateralServer
import Crypto
import Quote
import QuoteVerification
import Quoting
import TDXABI

extension Target {
    /// Requests in pieces, as a connection gets them. No MAC is right, so that nothing is signed.
    static let qgs = Target("qgs") {
        /// A message behind its size, with two parts and their sizes.
        func request(_ type: UInt8, _ parts: [[UInt8]]) -> Seed {
            let sizes = parts.flatMap { part -> [UInt8] in
                [UInt8(part.count & 255), UInt8(part.count >> 8), 0, 0]
            }
            let size = 16 + sizes.count + parts.joined().count
            let number: [UInt8] = [UInt8(size & 255), UInt8(size >> 8), 0, 0]
            let header: [UInt8] = [1, 0, 1, 0, type, 0, 0, 0] + number + [0, 0, 0, 0]
            let bytes = number.reversed() + header + sizes + Array(parts.joined())
            var fields = [
                SizeField(offset: 0, width: 4, isBigEndian: true, content: 4..<bytes.count),
                SizeField(offset: 12, width: 4, content: 4..<bytes.count),
            ]
            var start = 20 + sizes.count
            for (number, part) in parts.enumerated() {
                fields.append(
                    SizeField(offset: 20 + 4 * number, width: 4, content: start..<start + part.count))
                start += part.count
            }
            return .bytes(bytes, fields)
        }
        return [
            request(0, [Sample.reports[0].bytes, QGSService.enclaveID]),
            request(
                2, [try Sample.platform().platform.processor.fmspc.bytes, Array("platform".utf8) + [0]]),
            request(4, []), .bytes(Sample.reports[0].bytes),
        ]
    } execute: { input in
        guard let service = services?.quoting else { return false }
        var connection = QGSConnection()
        let half = input.count / 2
        var step = connection.receive(input[..<half], for: service)
        if step == .wait { step = connection.receive(input[half...], for: service) }
        guard case .answer(let answer) = step else { return false }
        precondition(answer.count >= 20, "an answer has its size and a header")
        return true
    }

    /// The first line of a request, without its method.
    static let request = Target(
        "request",
        words: [
            "?", "&", "=", "%", "%00", "%41", "+", "/", "..", "fmspc", "ca=platform", "encoding=der",
            "update=early", "tcbEvaluationDataNumber=1", "cpusvn=", "pceid=0000", "uri=", "v3",
        ]
    ) {
        let fmspc = try Sample.platform().platform.processor.fmspc
        return [
            "/tdx/certification/v4/tcb?fmspc=\(fmspc)&update=standard",
            "/tdx/certification/v4/qe/identity?tcbEvaluationDataNumber=1",
            "/sgx/certification/v4/pckcrl?ca=platform&encoding=der",
            "/sgx/certification/v4/pckcert?qeid=00&cpusvn=02020202030100030000000000000000&pcesvn=0d00&pceid=0000",
            "/sgx/certification/v4/crl?uri=http%3A%2F%2Flocalhost%3A8081%2FIntelSGXRootCA.der",
            "/sgx/certification/v4/fmspcs?platform=E5",
        ].map { .bytes(Array($0.utf8)) }
    } execute: { input in
        guard let service = services?.collateral else { return false }
        let response = service.answer(CollateralRequest(target: String(decoding: input, as: UTF8.self)))
        precondition(200..<500 ~= response.status, "no request is the fault of the service")
        return response.status == 200
    }

    private static let services: (quoting: QGSService, collateral: CollateralService)? = {
        // Without a platform there would be no seeds either.
        guard let authority = try? Sample.platform(),
            let enclave = try? QuotingEnclave(authority: authority, isGenuine: { _ in false }),
            let quoting = try? QGSService(authority: authority, enclave: enclave),
            let collateral = try? CollateralService(authority: authority)
        else { return nil }
        return (quoting, collateral)
    }()

    // MARK: Event logs

    static let eventLog = Target("event-log") {
        let records = (1...4).map { register in
            EventLogRecord(
                register: MeasurementRegister(rawValue: UInt32(register)), type: .separator,
                digest: Digest384(SHA384.hash(data: [0, 0, 0, 0])),
                event: [UInt8](repeating: 0, count: 4 * register))
        }
        var log = EventLog(records: records)
        let plain = Seed.log(log)
        guard case .bytes(let bytes, let fields) = plain else { return [] }
        log.specification.algorithms.append(.init(id: 0xB, digestSize: 32))
        log.specification.vendorInformation = [1, 2, 3]
        for index in log.records.indices {
            log.records[index].otherDigests = [
                .init(algorithm: 0xB, bytes: [UInt8](repeating: 1, count: 32))
            ]
        }
        return [
            plain, .log(log), .bytes(bytes + [UInt8](repeating: 0xFF, count: 64), fields),
            .bytes(bytes + [UInt8](repeating: 0, count: 64), fields),
        ]
    } execute: { input in
        guard let log = try? EventLog(input) else { return false }
        // The digests of a record are written in the order in which the log declares them.
        precondition(
            (try? EventLog(log.bytes))?.records == log.records, "an event log is written as it was read")
        _ = RTMRReplay(log)
        return true
    }

    static let jsonEventLog = Target("json-event-log", words: jsonWords) {
        [
            .json(
                .array(
                    [0, 3].map { register in
                        .object([
                            .init("imr", .integer(register)), .init("event_type", .integer(0x0800_0001)),
                            .init(
                                "digest", .string(register == 0 ? String(repeating: "0a", count: 48) : "")),
                            .init("event", .string("system-preparing")),
                            .init("event_payload", .string("0102")),
                        ])
                    }))
        ]
    } execute: {
        guard let log = try? JSONEventLog($0) else { return false }
        _ = RTMRReplay(log.events)
        return true
    }

    static let ccel = Target("ccel", words: ["CCEL"]) {
        var table = Array("CCEL".utf8) + [56, 0, 0, 0, 1, 0] + Array("OEMIDXOEMTABLE".utf8)
        table += [1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0]
        table += [0, 0x50, 0x34, 0x12, 0, 0, 0, 0]
        return [.bytes(table, [SizeField(offset: 4, width: 4, content: 0..<56)])]
    } execute: { input in
        // Most changes would fail at the checksum.
        var table = input
        if table.count > 9, table[0] & 1 != 0 { table[9] &-= table.reduce(0, &+) }
        return (try? CCELTable(table)) != nil
    }
}

extension Seed {
    fileprivate static func log(_ log: EventLog) -> Seed {
        let bytes = log.bytes
        // The size of a record's event is behind the digests.
        let digests = log.specification.algorithms.reduce(0) { $0 + 2 + Int($1.digestSize) }
        let first = EventLog(specification: log.specification, records: []).size
        var fields = [SizeField(offset: 28, width: 4, content: 32..<first)]
        var start = first
        for record in log.records {
            let size = start + 12 + digests
            fields.append(
                SizeField(offset: size, width: 4, content: size + 4..<size + 4 + record.event.count))
            start = size + 4 + record.event.count
        }
        return .bytes(bytes, fields)
    }
}

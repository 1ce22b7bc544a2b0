// SPDX-License-Identifier: Apache-2.0

import Collateral
import Foundation
import Quote
import QuoteVerification
import TDXABI
import Testing

/// `cases.json` of the fixtures: real quotes and logs, and what the vendor's own library says of them.
struct Cases: Decodable {
    struct Case: Decodable {
        struct Expected: Decodable {
            /// “OK”, or the codes of the parts.
            enum Chain: Decodable {
                case ok
                case codes([String: String])
                init(from decoder: any Decoder) throws {
                    let container = try decoder.singleValueContainer()
                    if let codes = try? container.decode([String: String].self) {
                        self = .codes(codes)
                    } else {
                        self = .ok
                    }
                }
            }
            var chainAndCollateral: Chain
            var quote: String
            var tcbStatus: String?
            var tcbDate: String?
            var advisoryIds: [String]?
            var tcbEvaluationDataNumber: UInt32?
            var currentTcbStatus: String?
            var currentTcbDate: String?
            var currentAdvisoryIds: [String]?
        }
        var id: String
        var quote: String
        var collateral: String
        var root: String
        var time: String
        var expected: Expected
        var policyNotes: [String]
    }
    struct Log: Decodable {
        var file: String
        var events: Int
        var logBytes: Int?
        var eventsPerMrIndex: [String: Int]?
        var replayedRtmr: [String: String]
        var quote: String?
        var rtmrEqualsQuote: [Bool]?
    }
    var cases: [Case]
    var eventlogs: [Log]

    static let all: Cases? = Fixtures.files(in: ".").first { $0.name == "cases.json" }.flatMap {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try? decoder.decode(Cases.self, from: Data($0.bytes))
    }

    static func bytes(_ path: String) throws -> [UInt8] {
        let directory = try #require(Fixtures.directory)
        return Array(try #require(FileManager.default.contents(atPath: directory + "/" + path)))
    }
}

@Suite("Real quotes")
struct CasesTests {
    @Test("have the vendor's own verdict, status, date and advisories")
    func cases() throws {
        guard Fixtures.directory != nil else { return }
        let cases = try #require(Cases.all)
        #expect(cases.cases.count > 20)
        for row in cases.cases {
            let report = try QuoteVerifier(
                collateral: Collateral(json: Cases.bytes(row.collateral)),
                trusting: TrustedRoot(named: AttestationCertificate(Cases.bytes(row.root)))
            ).verify(Quote(Cases.bytes(row.quote)), at: #require(Timestamp(row.time)))
            let expected = row.expected
            print(
                row.id.padding(toLength: 58, withPad: " ", startingAt: 0),
                report.isAccepted ? "accepted" : "refused ", report.tcb?.status.rawValue ?? "-",
                report.tcb?.tcbDate.description ?? "", report.refusal?.refusal.code.rawValue ?? "")

            // The quote alone, whatever its collateral.
            let quoteCode = report.refusal(of: .quote)?.code.rawValue
            switch expected.quote {
            case "OK": #expect(quoteCode == nil && report.isolatedTCB?.status == .upToDate, "\(row.id)")
            case "TCB_OUT_OF_DATE":
                #expect(quoteCode == nil && report.isolatedTCB?.status == .outOfDate, "\(row.id)")
            default: #expect(quoteCode == expected.quote, "\(row.id)")
            }
            switch expected.chainAndCollateral {
            case .ok:
                for part in [Rule.Part.pckChain, .tcbInfo, .qeIdentity] {
                    #expect(report.refusal(of: part) == nil, "\(row.id)")
                }
                #expect(report.isAccepted == (quoteCode == nil), "\(row.id)")
                #expect(report.tcb?.tcbDate.description == expected.tcbDate, "\(row.id)")
                #expect(report.tcb?.advisoryIDs ?? [] == expected.advisoryIds ?? [], "\(row.id)")
                #expect(report.tcb?.evaluationDataNumber == expected.tcbEvaluationDataNumber, "\(row.id)")
            case .codes(let codes):
                #expect(!report.isAccepted && report.tcb == nil, "\(row.id)")
                for (part, name) in [
                    (Rule.Part.pckChain, "pck_chain"), (.tcbInfo, "tcb_info"), (.qeIdentity, "qe_identity"),
                ] {
                    let found = report.refusal(of: part)?.code.rawValue ?? "OK"
                    // The vendor's library lets documents be from the future; these rules do not.
                    if row.id.hasSuffix("#not-yet-issued"), part != .pckChain {
                        #expect(found != "OK", "\(row.id)")
                    } else {
                        #expect(found == codes[name], "\(row.id) \(name)")
                    }
                }
            }
            if let status = expected.currentTcbStatus {
                #expect(report.tcb?.current.status.rawValue == status, "\(row.id)")
                #expect(report.tcb?.current.tcbDate.description == expected.currentTcbDate, "\(row.id)")
                #expect(report.tcb?.current.advisoryIDs == expected.currentAdvisoryIds, "\(row.id)")
            }
            let notes = [
                ("DEBUG set", "DEBUG is set"), ("SEPT_VE_DISABLE clear", "SEPT_VE_DISABLE is clear"),
                ("MR_SERVICETD not zero", "MRSERVICETD is not zero"),
            ]
            for (note, remark) in notes {
                #expect(
                    report.remarks.contains { $0.hasPrefix(remark) } == row.policyNotes.contains(note),
                    "\(row.id)")
            }
        }
    }
}

@Suite("The vendor's sample")
struct VendorSampleTests {
    @Test("has good collateral under its own root, and a module that its TCB Info does not list")
    func sample() throws {
        guard Fixtures.directory != nil else { return }
        let folder = "intel-sample-custom-root"
        let files = Dictionary(uniqueKeysWithValues: Fixtures.files(in: folder).map { ($0.name, $0.bytes) })
        let root = try #require(files["trustedRootCaCert.pem"])
        let report = try QuoteVerifier(
            collateral: Collateral(CollateralBundle(files: files)),
            trusting: TrustedRoot(named: #require(AttestationCertificate.chain(root, document: "root").first))
        ).verify(
            Quote(Cases.bytes("quotes/v4-intel-qvl-sample.bin")),
            at: #require(Timestamp("2024-01-01T00:00:00Z")))
        for part in [Rule.Part.pckChain, .tcbInfo, .qeIdentity] {
            #expect(report.refusal(of: part) == nil, "\(report.table)")
        }
        #expect(report.refusal?.refusal.code == .tdxModuleMismatch)
    }
}

@Suite("Real event logs")
struct RealEventLogTests {
    @Test("replay to the registers of their TD, and say which register a quote contradicts")
    func logs() throws {
        guard Fixtures.directory != nil else { return }
        for row in try #require(Cases.all).eventlogs {
            let replay = try RTMRReplay(reading: Cases.bytes(row.file))
            #expect(replay.repeatedSeparators.isEmpty, "\(row.file)")
            for (index, register) in replay.registers.enumerated() {
                #expect(register.description == row.replayedRtmr["RTMR\(index)"], "\(row.file) RTMR\(index)")
            }
            if let size = row.logBytes {
                let log = try EventLog(Cases.bytes(row.file))
                // The first record is not counted as an event by everybody; here the number includes it.
                #expect(log.records.count + 1 == row.events, "\(row.file)")
                #expect(log.size == size, "\(row.file)")
                for (index, count) in row.eventsPerMrIndex ?? [:] {
                    #expect(
                        log.records.count { $0.register.rawValue == UInt32(index) } == count, "\(row.file)")
                }
            }
            guard let quote = row.quote else { continue }
            let comparison = replay.comparison(with: try Quote(Cases.bytes(quote)).body.report.rtmrs)
            #expect(comparison.map(\.isEqual) == row.rtmrEqualsQuote, "\(row.file)")
            for register in comparison where !register.isEqual { print(row.file, register) }
        }
    }

    @Test("of two boots of one TD differ from one event on")
    func twoBoots() throws {
        guard Fixtures.directory != nil else { return }
        let good = try RTMRReplay(reading: Cases.bytes("eventlogs/ccel-live2.bin"))
        let other = try RTMRReplay(reading: Cases.bytes("eventlogs/ccel-live1-mismatch.bin"))
        let differences = other.differences(from: good)
        #expect(differences.map(\.rtmr) == [2])
        for difference in differences { print(difference) }
        #expect(good.differences(from: good).isEmpty)
    }
}

@Suite("Real TDREPORTs")
struct RealTDReportTests {
    @Test("have the digests that they should, and are of the TD of their quote")
    func reports() throws {
        for (name, bytes) in Fixtures.files(in: "tdreports") {
            let report = try #require(TDReport(bytes))
            #expect(report.contradictions.isEmpty, "\(name)")
            #expect(report.bytes == bytes, "\(name)")
            var altered = bytes
            altered[512 + 16] ^= 1
            #expect(
                TDReport(altered)?.contradictions == ["TEE_INFO_HASH is not the digest of TDINFO"], "\(name)")
            altered = bytes
            altered[256 + 24] ^= 1
            #expect(
                TDReport(altered)?.contradictions == ["TEE_TCB_INFO_HASH is not the digest of TEE_TCB_INFO"],
                "\(name)")
        }
        guard Fixtures.directory != nil else { return }
        let report = try #require(TDReport(Cases.bytes("tdreports/tdreport-live.bin")))
        #expect(report.differences(from: try Quote(Cases.bytes("quotes/v4-b0c06f-live.bin"))) == ["RTMR2"])
    }
}

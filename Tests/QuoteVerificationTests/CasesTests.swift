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
            var chain_and_collateral: Chain
            var quote: String
            var tcb_status: String?
            var tcb_date: String?
            var advisory_ids: [String]?
            var tcb_evaluation_data_number: UInt32?
            var current_tcb_status: String?
            var current_tcb_date: String?
            var current_advisory_ids: [String]?
        }
        var id: String
        var quote: String
        var collateral: String
        var root: String
        var time: String
        var expected: Expected
        var policy_notes: [String]
    }
    struct Log: Decodable {
        var file: String
        var events: Int
        var log_bytes: Int?
        var events_per_mr_index: [String: Int]?
        var replayed_rtmr: [String: String]
        var quote: String?
        var rtmr_equals_quote: [Bool]?
    }
    var cases: [Case]
    var eventlogs: [Log]

    static let all: Cases? = Fixtures.files(in: ".").first { $0.name == "cases.json" }.flatMap {
        try? JSONDecoder().decode(Cases.self, from: Data($0.bytes))
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
            case "OK": #expect(quoteCode == nil && report.tcb?.status == .upToDate, "\(row.id)")
            case "TCB_OUT_OF_DATE": #expect(quoteCode == nil && report.tcb?.status == .outOfDate, "\(row.id)")
            default: #expect(quoteCode == expected.quote, "\(row.id)")
            }
            switch expected.chain_and_collateral {
            case .ok:
                for part in [Rule.Part.pckChain, .tcbInfo, .qeIdentity] {
                    #expect(report.refusal(of: part) == nil, "\(row.id)")
                }
                #expect(report.isAccepted == (quoteCode == nil), "\(row.id)")
                #expect(report.tcb?.tcbDate.description == expected.tcb_date, "\(row.id)")
                #expect(report.tcb?.advisoryIDs ?? [] == expected.advisory_ids ?? [], "\(row.id)")
                #expect(report.tcb?.evaluationDataNumber == expected.tcb_evaluation_data_number, "\(row.id)")
            case .codes(let codes):
                #expect(!report.isAccepted, "\(row.id)")
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
            if let status = expected.current_tcb_status {
                #expect(report.tcb?.current.status.rawValue == status, "\(row.id)")
                #expect(report.tcb?.current.tcbDate.description == expected.current_tcb_date, "\(row.id)")
                #expect(report.tcb?.current.advisoryIDs == expected.current_advisory_ids, "\(row.id)")
            }
            let notes = [
                ("DEBUG set", "DEBUG is set"), ("SEPT_VE_DISABLE clear", "SEPT_VE_DISABLE is clear"),
                ("MR_SERVICETD not zero", "MRSERVICETD is not zero"),
            ]
            for (note, remark) in notes {
                #expect(
                    report.remarks.contains { $0.hasPrefix(remark) } == row.policy_notes.contains(note),
                    "\(row.id)")
            }
        }
    }
}

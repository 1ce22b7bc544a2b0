// SPDX-License-Identifier: Apache-2.0

import Collateral
import Crypto
import Quote
import QuoteVerification
import TDXABI
import Testing

@Suite("Replay of event logs")
struct ReplayTests {
    private func record(_ register: MeasurementRegister, _ type: EventType, _ event: String) -> EventLogRecord
    {
        let bytes = Array(event.utf8)
        return EventLogRecord(
            register: register, type: type, digest: Digest384(SHA384.hash(data: bytes)), event: bytes)
    }

    private var records: [EventLogRecord] {
        [
            record(.rtmr0, .handoffTables2, "tables"), record(.rtmr0, .noAction, "a remark"),
            record(.mrTD, .action, "not extended"), record(.rtmr0, .separator, "0000"),
            record(.rtmr1, .bootServicesApplication, "kernel"), record(.rtmr1, .eventTag, "command line"),
            record(.rtmr1, .eventTag, "initrd"),
        ]
    }

    @Test("extends each register by the digests of its own events and no others")
    func extends() {
        let replay = RTMRReplay(EventLog(records: records))
        func chain(_ events: String...) -> Digest384 {
            events.reduce(.zero) {
                Digest384(SHA384.hash(data: $0.bytes + Array(SHA384.hash(data: Array($1.utf8)))))
            }
        }
        #expect(replay.registers[0] == chain("tables", "0000"))
        #expect(replay.registers[1] == chain("kernel", "command line", "initrd"))
        #expect(replay.registers[2] == .zero && replay.registers[3] == .zero)
        #expect(replay.comparison(with: replay.registers).map(\.isEqual) == [true, true, true, true])
        #expect(replay.events.map(\.isSelfDescribing) == [Bool](repeating: true, count: records.count))
    }

    @Test("says which event a quote does not have")
    func differences() {
        let replay = RTMRReplay(EventLog(records: records))
        func match(_ change: (inout [EventLogRecord]) -> Void) -> RTMRComparison.Match {
            var records = records
            change(&records)
            return replay.comparison(with: RTMRReplay(EventLog(records: records)).registers)[1].match
        }
        #expect(match { _ in } == .equal)
        #expect(match { $0.removeLast() } == .endsBefore(replay.events[6]))
        #expect(match { $0.remove(at: 5) } == .without(replay.events[5]))
        guard case .different(let first?, let last?) = match({ $0[5] = record(.rtmr1, .eventTag, "debug") })
        else {
            Issue.record("a changed event is different")
            return
        }
        #expect(first.number == 5 && last.number == 7)
        let empty = RTMRReplay([]).comparison(with: replay.registers)
        #expect(empty[1].match == .different(first: nil, last: nil))
        #expect(empty.map(\.isEqual) == [false, false, true, true])
    }

    @Test("finds the first event in which two logs differ")
    func logs() {
        let reference = RTMRReplay(EventLog(records: records))
        var changed = records
        changed[5] = record(.rtmr1, .eventTag, "debug")
        changed.append(record(.rtmr3, .eventTag, "application"))
        let differences = RTMRReplay(EventLog(records: changed)).differences(from: reference)
        #expect(differences.map(\.rtmr) == [1, 3])
        #expect(differences.first?.found?.number == 6 && differences.first?.expected?.number == 6)
        #expect(differences.last?.expected == nil)
    }

    @Test("finds separators that firmware would not write")
    func separators() {
        #expect(RTMRReplay(EventLog(records: records)).repeatedSeparators.isEmpty)
        let separator = record(.rtmr0, .separator, "0000")
        // One for each of the two registers of a TPM that RTMR0 stands for.
        #expect(RTMRReplay(EventLog(records: records + [separator])).repeatedSeparators.isEmpty)
        let more = RTMRReplay(EventLog(records: records + [separator, separator]))
        #expect(more.repeatedSeparators.map(\.number) == [9])
    }

    @Test("reads the JSON form, in which a digest may follow from the event")
    func json() throws {
        let digest = Digest384(SHA384.hash(data: [1])).description
        let log = #"""
            [{"imr":0,"event_type":4,"digest":"\#(digest)","event":"","event_payload":"00000000"},
             {"imr":3,"event_type":134217729,"digest":"","event":"app-id","event_payload":"0102"}]
            """#
        let events = try JSONEventLog(Array(log.utf8)).events
        let expected = [1, 0, 0, 8] + Array(":app-id:".utf8) + [1, 2]
        #expect(events[1].digest == Digest384(SHA384.hash(data: expected)))
        #expect(events.map(\.rtmr) == [0, 3])
        #expect(try RTMRReplay(reading: Array(log.utf8)).events == events)
        for broken in [
            log.replacing("\"imr\":3", with: "\"imr\":4"), log.replacing("0102", with: "01x2"), "{}", "[1]",
            log.replacing(digest, with: "00"),
        ] {
            #expect(throws: CollateralError.self) { try JSONEventLog(Array(broken.utf8)) }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Quote
import TDXABI
import Testing

@Suite("Event logs")
struct EventLogTests {
    private let log = EventLog(records: [
        EventLogRecord(
            register: .rtmr0, type: .handoffTables2, digest: Digest384(Samples.filler(48, 1)),
            event: Samples.filler(100, 2)),
        EventLogRecord(register: .rtmr1, type: .separator, digest: .zero, event: [0, 0, 0, 0]),
        EventLogRecord(
            register: .rtmr3, type: .ipl, digest: Digest384(Samples.filler(48, 3)), event: []),
    ])

    @Test("are read as they were written, whatever fills the rest of their area")
    func roundTrips() throws {
        for rest in [[], [UInt8](repeating: 0xFF, count: 500), [UInt8](repeating: 0, count: 500)] {
            #expect(try EventLog(log.bytes + rest) == log)
        }
    }

    @Test("begin with the version and algorithms of the log")
    func header() throws {
        let bytes = log.bytes
        #expect(Array(bytes[4..<8]) == [3, 0, 0, 0])
        #expect(bytes[32..<47].elementsEqual("Spec ID Event03".utf8))
        #expect(log.specification.algorithms == [.sha384])
        #expect(log.size == bytes.count)
    }

    @Test("cut anywhere but between records are refused with the record and field")
    func truncations() throws {
        let bytes = log.bytes
        var ends: Set<Int> = []
        for count in 0...log.records.count {
            ends.insert(EventLog(records: Array(log.records.prefix(count))).size)
        }
        for count in 0..<bytes.count {
            let cut = Array(bytes.prefix(count))
            if ends.contains(count) {
                #expect(throws: Never.self) { try EventLog(cut) }
            } else {
                let error = #expect(throws: QuoteFormatError.self) { try EventLog(cut) }
                #expect(error?.field.hasPrefix("record ") == true)
            }
        }
    }

    @Test("that declare an algorithm twice are refused")
    func algorithms() {
        var specification = EventLogSpecification()
        specification.algorithms = [
            .sha384, .init(id: EventLogSpecification.Algorithm.sha384.id, digestSize: 20),
        ]
        let bytes = EventLog(specification: specification, records: log.records).bytes
        let error = #expect(throws: QuoteFormatError.self) { try EventLog(bytes) }
        #expect(error?.field == "record 0: algorithm")
    }

    @Test("with sizes that no log has are refused")
    func limits() {
        var bytes = log.bytes
        bytes[32 + 24] = 9
        #expect(throws: QuoteFormatError.unsupported(field: "record 0: number of algorithms", value: 9)) {
            try EventLog(bytes)
        }
        bytes = log.bytes
        bytes[28] &+= 1
        var error = #expect(throws: QuoteFormatError.self) { try EventLog(bytes) }
        #expect(error?.field == "record 0: event size")
        bytes = log.bytes
        let first = EventLog(records: []).size
        bytes[first + 8] = 2
        #expect(throws: QuoteFormatError.unsupported(field: "record 1: digest count", value: 2)) {
            try EventLog(bytes)
        }
        bytes = log.bytes
        for index in (first + 62)..<(first + 66) { bytes[index] = 0xFF }
        error = #expect(throws: QuoteFormatError.self) { try EventLog(bytes) }
        #expect(error?.field == "record 1: event")
    }

    @Test("of real firmware are read, and written bit for bit")
    func fixtures() throws {
        for (name, bytes) in Fixtures.files(in: "eventlogs") where name.hasSuffix(".bin") {
            let log = try EventLog(bytes)
            #expect(log.bytes.elementsEqual(bytes.prefix(log.size)), "\(name)")
            #expect(log.records.count > 4, "\(name)")
        }
    }

    @Test("altered at random are read or refused")
    func mutations() {
        var generator = SeededGenerator(seed: 0xE1)
        let original = log.bytes + [UInt8](repeating: 0xFF, count: 16)
        for _ in 0..<4000 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[index] = UInt8.random(in: .min ... .max, using: &generator)
            }
            // Only that it ends matters here: a wrong log is found by replaying it.
            _ = try? EventLog(bytes)
        }
    }
}

@Suite("CCEL tables")
struct CCELTableTests {
    /// A table for a log area of 64 KiB at 0x1234_5000.
    private var table: [UInt8] {
        var bytes = Array("CCEL".utf8) + [56, 0, 0, 0, 1, 0] + Array("OEMIDX".utf8) + Array("OEMTABLE".utf8)
        bytes += [1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0]
        bytes += [2, 0, 0, 0] + [0, 0, 1, 0, 0, 0, 0, 0] + [0, 0x50, 0x34, 0x12, 0, 0, 0, 0]
        bytes[9] = 0 &- bytes.reduce(0, &+)
        return bytes
    }

    @Test("say where the log is")
    func reads() throws {
        let table = try CCELTable(table)
        #expect(table.logAreaLength == 0x10000)
        #expect(table.logAreaStart == 0x1234_5000)
        #expect(table.ccType == 2)
    }

    @Test("with a wrong signature, length, checksum or type are refused by name")
    func refuses() {
        let rows: [(at: Int, field: String)] = [
            (0, "signature"), (4, "length"), (36, "CC type"), (50, "checksum"),
        ]
        for (offset, field) in rows {
            var bytes = table
            bytes[offset] ^= 1
            let error = #expect(throws: QuoteFormatError.self) { try CCELTable(bytes) }
            #expect(error?.field == field)
        }
        for count in 0..<56 {
            #expect(throws: QuoteFormatError.self) { try CCELTable(Array(table.prefix(count))) }
        }
        #expect(throws: QuoteFormatError.self) { try CCELTable(table + [0]) }
    }

    @Test("of real firmware are read")
    func fixtures() throws {
        for (name, bytes) in Fixtures.files(in: "eventlogs") where name.hasSuffix(".acpi") {
            #expect(try CCELTable(bytes).logAreaLength == 262_144, "\(name)")
        }
    }
}

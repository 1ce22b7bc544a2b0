// SPDX-License-Identifier: Apache-2.0

import Quote
import TDXABI
import Testing

@Suite("Quotes")
struct QuoteTests {
    @Test("of every form are read as they were written")
    func roundTrips() throws {
        for quote in Samples.quotes {
            let bytes = quote.bytes
            #expect(try Quote(bytes) == quote)
            #expect(Array(bytes.prefix(quote.signedBytes.count)) == quote.signedBytes)
        }
    }

    @Test("have their fields where the format says")
    func offsets() throws {
        let rows: [(QuoteBody, version: UInt16, signedBytes: Int)] = [
            (Samples.bodies[0], 4, 632), (Samples.bodies[0], 5, 638), (Samples.bodies[1], 5, 702),
            (Samples.bodies[2], 5, 939),
        ]
        for (body, version, count) in rows {
            let quote = Samples.quote(version: version, body: body)
            let bytes = quote.bytes
            #expect(quote.signedBytes.count == count)
            // The signature section: length, signature, key, type 6, size, QE report.
            let length = bytes[count..<count + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
            #expect(length == bytes.count - count - 4)
            #expect(Array(bytes[(count + 4)..<(count + 68)]) == quote.signature.signature.bytes)
            #expect(Array(bytes[(count + 68)..<(count + 132)]) == quote.signature.attestationKey.bytes)
            #expect(Array(bytes[(count + 132)..<(count + 134)]) == [6, 0])
            let report = count + 4 + 134
            #expect(Array(bytes[report..<(report + 384)]) == quote.signature.certification.report.bytes)
            #expect(
                Array(bytes[(report + 448)..<(report + 450)]) == [32, 0], "size of the authentication data")
        }
        let bytes = Samples.quote().bytes
        #expect(Array(bytes[(48 + 136)..<(48 + 184)]) == Samples.report.mrTD.bytes)
        #expect(Array(bytes[(48 + 520)..<(48 + 584)]) == Samples.report.reportData.bytes)
        let report = Samples.enclaveReport.bytes
        #expect(report.count == EnclaveReport.size)
        #expect(Array(report[128..<160]) == Samples.enclaveReport.mrSigner.bytes)
        #expect(Array(report[256..<260]) == [2, 0, 4, 0])
    }

    @Test("cut anywhere are refused with the name of the field that is cut")
    func truncations() {
        for quote in Samples.quotes { expectTruncationsRefused(quote) }
    }

    @Test("from hardware are read, written bit for bit, and refused when cut anywhere")
    func fixtures() throws {
        for (name, bytes) in Fixtures.files(in: "quotes") {
            let quote = try Quote(bytes)
            #expect(quote.bytes == bytes, "\(name)")
            #expect(quote.header.qeVendorID == QuoteHeader.intelVendorID, "\(name)")
            expectTruncationsRefused(quote)
        }
    }

    private func expectTruncationsRefused(_ quote: Quote) {
        var quote = quote
        quote.trailingBytes = []
        let bytes = quote.bytes
        let fields = quote.layout
        for count in 0..<bytes.count {
            // Everything after the length field is refused at once, by that length.
            let expected = fields.first { count < $0.end }?.name ?? "nothing"
            do {
                _ = try Quote(Array(bytes.prefix(count)))
                Issue.record("cut to \(count) bytes, it is read")
                return
            } catch .truncated(let field, let needed, let available) {
                guard field == expected, available < needed else {
                    Issue.record("cut to \(count) bytes: “\(field)” instead of “\(expected)”")
                    return
                }
            } catch {
                Issue.record("cut to \(count) bytes: \(error)")
                return
            }
        }
    }

    @Test("of another version, key, TEE, body or certification are refused by name")
    func unsupported() {
        let base = Samples.quote().bytes
        let base5 = Samples.quote(version: 5, body: Samples.bodies[1]).bytes
        let rows: [([UInt8], at: Int, value: UInt8, error: QuoteFormatError)] = [
            (base, 0, 3, .unsupported(field: "version", value: 3)),
            (base, 2, 3, .unsupported(field: "attestation key type", value: 3)),
            (base, 4, 0, .unsupported(field: "TEE type", value: 0)),
            (base5, 48, 1, .unsupported(field: "body type", value: 1)),
            (base5, 48, 5, .unsupported(field: "body type", value: 5)),
            (base5, 50, 0x48, .wrongSize(field: "body size", found: 0x248, required: 648)),
            (base, 636 + 128, 5, .unsupported(field: "outer certification data type", value: 5)),
            (base, 636 + 584 + 32, 6, .unsupported(field: "inner certification data type", value: 6)),
            (
                base, 636 + 584 + 32, 3,
                .wrongSize(field: "inner certification data size", found: 3000, required: 404)
            ),
        ]
        for (bytes, offset, value, error) in rows {
            var bytes = bytes
            bytes[offset] = value
            #expect(throws: error) { try Quote(bytes) }
        }
    }

    @Test("whose sizes disagree with their content are refused")
    func sizes() throws {
        var bytes = Samples.quote(trailingBytes: [0, 0, 0, 0]).bytes
        let length = bytes[632]
        bytes[632] = length &+ 1
        var error = #expect(throws: QuoteFormatError.self) { try Quote(bytes) }
        #expect(error?.field == "signature data length")
        bytes[632] = length
        bytes[636 + 130] &+= 1
        error = #expect(throws: QuoteFormatError.self) { try Quote(bytes) }
        #expect(error?.field == "outer certification data size")
        // A size near the largest number is no different.
        for index in 632..<636 { bytes[index] = 0xFF }
        #expect(
            throws: QuoteFormatError.truncated(
                field: "signature data", needed: Int(UInt32.max), available: bytes.count - 636)
        ) { try Quote(bytes) }
    }

    @Test("altered at random are read or refused, and what is read is written as it was")
    func mutations() {
        var generator = SeededGenerator(seed: 0x5EA1)
        let originals = Samples.quotes.map(\.bytes)
        for _ in 0..<4000 {
            guard var bytes = originals.randomElement(using: &generator) else { return }
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes[index] = UInt8.random(in: .min ... .max, using: &generator)
                case 1: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                case 2: bytes.removeLast(Int.random(in: 0..<min(64, bytes.count - 1), using: &generator))
                default: bytes[index] = 0xFF
                }
            }
            if let quote = try? Quote(bytes) { #expect(quote.bytes == bytes) }
        }
    }

    @Test("errors are sentences with the field and the numbers")
    func sentences() {
        #expect(
            "\(QuoteFormatError.truncated(field: "MRTD", needed: 48, available: 3))"
                == "The input ends in “MRTD”, which needs 48 bytes where 3 are left.")
        #expect(
            "\(QuoteFormatError.unsupported(field: "version", value: 3))".contains("“version” is 3 (0x3)"))
        #expect(
            "\(QuoteFormatError.wrongSize(field: "body size", found: 1, required: 2))".contains(
                "declares 1 bytes"))
    }
}

extension Quote {
    /// The name and the end of each field up to the length of the signature data, which decides on the rest.
    fileprivate var layout: [(name: String, end: Int)] {
        var fields: [(name: String, end: Int)] = []
        func add(_ name: String, _ size: Int) { fields.append((name, (fields.last?.end ?? 0) + size)) }
        let header = [
            ("version", 2), ("attestation key type", 2), ("TEE type", 4), ("reserved (QE SVN)", 2),
            ("reserved (PCE SVN)", 2), ("QE vendor id", 16), ("user data (QE id)", 16), ("user data", 4),
        ]
        let report =
            [("TEE_TCB_SVN", 16), ("MRSEAM", 48), ("MRSIGNERSEAM", 48)]
            + [("SEAMATTRIBUTES", 8), ("TDATTRIBUTES", 8), ("XFAM", 8)]
            + ["MRTD", "MRCONFIGID", "MROWNER", "MROWNERCONFIG", "RTMR0", "RTMR1", "RTMR2", "RTMR3"].map {
                ($0, 48)
            } + [("REPORTDATA", 64)]
        for (name, size) in header { add(name, size) }
        if self.header.version == 5 {
            add("body type", 2)
            add("body size", 4)
        }
        for (name, size) in report { add(name, size) }
        if body.td15 != nil {
            for (name, size) in [("TEE_TCB_SVN_2", 16), ("MRSERVICETD", 48)] { add(name, size) }
        }
        if body.td15ex != nil {
            for (name, size) in [
                ("VMID", 1), ("TD_ID", 32), ("DEVINFO hash", 48), ("INIT_SERVTD_HASH", 48),
                ("INIT_SERVTD_ATTR", 8), ("INIT_CPUSVN", 16), ("INIT_TEE_TCB_SVN", 16),
                ("INIT_TEE_FMSPC", 12),
                ("CUR_SERVTD_HASH", 48), ("CUR_SERVTD_ATTR", 8),
            ] { add(name, size) }
        }
        add("signature data length", 4)
        add("signature data", bytes.count)
        return fields
    }
}

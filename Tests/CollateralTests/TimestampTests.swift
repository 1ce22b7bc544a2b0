// SPDX-License-Identifier: Apache-2.0

import Collateral
import Testing

@Suite("Timestamps")
struct TimestampTests {
    @Test(
        "are read and printed to the second",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2026-02-14T00:00:00Z", 1_771_027_200),
            ("2025-07-04T10:00:00Z", 1_751_623_200), ("2049-12-31T23:59:59Z", 2_524_607_999),
            ("2000-02-29T12:34:56Z", 951_827_696), ("1969-12-31T23:59:59Z", -1),
            ("0001-01-01T00:00:00Z", -62_135_596_800), ("9999-12-31T23:59:59Z", 253_402_300_799),
        ] as [(String, Int64)])
    func reads(text: String, seconds: Int64) {
        #expect(Timestamp(text)?.secondsSince1970 == seconds)
        #expect(Timestamp(secondsSince1970: seconds).description == text)
    }

    @Test(
        "have one form, and name days that exist",
        arguments: [
            "", "2026-02-14", "2026-02-14T00:00:00", "2026-02-14 00:00:00Z", "2026-02-30T00:00:00Z",
            "2025-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-01T24:00:00Z",
            "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z", "2026-01-01T00:00:0+Z", "0000-01-01T00:00:00Z",
            "2026-01-01T00:00:00z", "2026-01-01T00:00:00ZZ",
        ])
    func refuses(text: String) { #expect(Timestamp(text) == nil) }

    @Test("survive the way to a calendar and back over 400 years")
    func calendar() {
        for day in stride(from: Int64(-80_000), through: 80_000, by: 11) {
            let time = Timestamp(secondsSince1970: day * 86_400 + (day & 0xFFFF))
            #expect(Timestamp(time.description) == time)
        }
    }
}

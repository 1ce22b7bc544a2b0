// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VMM

@Suite("GetQuote buffer")
struct QuoteBufferTests {
    /// Two shared pages of a guest, at 0x10000.
    private final class Memory {
        var bytes = [UInt8](repeating: 0xEE, count: 0x2000)
        var writes: [Range<Int>] = []

        init(version: UInt64 = 1, status: UInt64 = 0, input: Int = 1024, output: UInt32 = 0) {
            put(0, version)
            put(8, status)
            put(16, UInt32(truncatingIfNeeded: input))
            put(20, output)
        }

        func put<T: FixedWidthInteger>(_ offset: Int, _ value: T) {
            for byte in 0..<T.bitWidth / 8 {
                bytes[offset + byte] = UInt8(truncatingIfNeeded: value >> (8 * byte))
            }
        }
        func number(_ range: Range<Int>) -> UInt64 {
            bytes[range].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }

        func answer(
            gpa: UInt64 = 0x10000, size: UInt64 = 0x2000, make: (([UInt8]) -> [UInt8]?)?
        ) -> UInt64 {
            QuoteBuffer(gpa: gpa, size: size).answer(
                read: { gpa, count in
                    guard gpa >= 0x10000, gpa - 0x10000 + UInt64(count) <= 0x2000 else { return nil }
                    return Array(self.bytes[Int(gpa - 0x10000)..<Int(gpa - 0x10000) + count])
                },
                write: { gpa, new in
                    let range = Int(gpa - 0x10000)..<Int(gpa - 0x10000) + new.count
                    self.bytes.replaceSubrange(range, with: new)
                    self.writes.append(range)
                }, make: make)
        }
    }

    @Test("gets the quote in the place of the report, its length, and the status last")
    func success() {
        let memory = Memory()
        let quote = [UInt8](repeating: 7, count: 5000)
        let result = memory.answer { report in
            #expect(report == [UInt8](repeating: 0xEE, count: 1024))
            return quote
        }
        #expect(result == 0)
        #expect(memory.number(0..<8) == 1 && memory.number(8..<16) == 0)
        #expect(memory.number(16..<20) == 1024 && memory.number(20..<24) == 5000)
        #expect(Array(memory.bytes[24..<5024]) == quote)
        #expect(memory.bytes[5024...].allSatisfy { $0 == 0xEE })
        #expect(memory.writes.last == 8..<16)
    }

    @Test("says that there is no service, no quote, or no room for it, and has no output then")
    func failures() {
        let rows: [((([UInt8]) -> [UInt8]?)?, UInt64)] = [
            (nil, 0x8000_0000_0000_0001), ({ _ in nil }, 0x8000_0000_0000_0000),
            ({ _ in [UInt8](repeating: 1, count: 0x2000 - 23) }, 0x8000_0000_0000_0000),
        ]
        for (make, status) in rows {
            let memory = Memory(output: 9)
            #expect(memory.answer(make: make) == 0)
            #expect(memory.number(8..<16) == status && memory.number(20..<24) == 0)
            #expect(memory.bytes[24...].allSatisfy { $0 == 0xEE })
        }
        // Exactly the room that there is.
        #expect(Memory().answer { _ in [UInt8](repeating: 1, count: 0x2000 - 24) } == 0)
    }

    @Test("is refused by the call's own status when the call is wrong, and not written")
    func invalid() {
        let rows: [(Memory, gpa: UInt64, size: UInt64)] = [
            (Memory(version: 0), 0x10000, 0x2000), (Memory(version: 2), 0x10000, 0x2000),
            (Memory(input: 0x2000 - 23), 0x10000, 0x2000), (Memory(input: 0xFFFF_FFFF), 0x10000, 0x2000),
            (Memory(), 0x10000, 0), (Memory(), 0x10000, 0x1800), (Memory(), 0x10000, 24),
            (Memory(), 0x10800, 0x1000), (Memory(), 0x10001, 0x1000), (Memory(), 0x10000, 0x3000),
            (Memory(), 0x11000, 0x2000), (Memory(), 0x10000, 1 << 25), (Memory(), 0x10000, .max & ~0xFFF),
        ]
        for (memory, gpa, size) in rows {
            let result = memory.answer(gpa: gpa, size: size) { _ in
                Issue.record("nothing is quoted")
                return nil
            }
            #expect(result == 0x8000_0000_0000_0000, "\(gpa) \(size)")
            #expect(memory.writes.isEmpty)
        }
    }
}

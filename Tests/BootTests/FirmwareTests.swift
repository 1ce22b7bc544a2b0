// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Boot

@Suite("Firmware")
struct FirmwareTests {
    static let target = BootShim.Target(
        entry: 0x100_0200, parameter: 0x81_4000, mailbox: 0x81_0000, stack: 0x81_3000, hob: 0x81_1000)

    @Test("the boot shim carries metadata that the reader takes, and a jump at the reset vector")
    func shim() throws {
        let shim = BootShim(Self.target)
        let firmware = try shim.firmware()
        #expect(firmware.bytes.count == Int(BootShim.imageSize))
        #expect(firmware.range == 0xFFFF_8000..<0x1_0000_0000)
        #expect(firmware.metadata.sections.map(\.type) == [.bfv, .tdHOB, .tempMem, .tempMem])
        #expect(firmware.hob == 0x81_1000)
        #expect(firmware.bytes[firmware.bytes.count - 16] == 0xE9)
        // The first table leads to the second, which maps the first 2 MiB.
        #expect(firmware.bytes.load(UInt64.self, at: 0) == 0xFFFF_9003)
        #expect(firmware.bytes.load(UInt64.self, at: 0x2000) == 0x83)
        #expect(firmware.bytes.load(UInt64.self, at: 0x2000 + 8 * 2047) == 0xFFE0_0083)
    }

    @Test("images come in the table's order, only the code measured")
    func images() throws {
        let images = try BootShim(Self.target).firmware().images(ram: [0..<0x400_0000])
        #expect(images.map(\.gpa) == [0xFFFF_8000, 0x81_1000, 0x81_0000, 0x81_3000])
        #expect(images.map(\.measured) == [true, false, false, false])
        #expect(images.map(\.bytes.count) == [0x8000, 0x2000, 0x1000, 0x1000])
    }

    @Test("a firmware whose work memory is outside RAM is refused")
    func outsideMemory() throws {
        let firmware = try BootShim(Self.target).firmware()
        #expect(throws: BootError.firmwareOutsideMemory(index: 1, gpa: 0x81_1000)) {
            try firmware.images(ram: [0..<0x80_0000])
        }
    }

    /// Where the descriptor begins in the shim's image.
    static func descriptor(_ bytes: [UInt8]) -> Int {
        Int(bytes.load(UInt32.self, at: bytes.count - 0x20) ?? 0)
    }

    @Test(
        "a damaged field is named",
        arguments: [
            (0, 0x4656_4455, BootError.firmwareField(field: "the signature", value: 0x4656_4455)),
            (4, 1, .firmwareField(field: "the length", value: 1)),
            (8, 2, .firmwareField(field: "the version", value: 2)),
            (12, 0, .firmwareField(field: "the section count", value: 0)),
            (12, 0xFFFF_FFFF, .firmwareField(field: "the section count", value: 0xFFFF_FFFF)),
            (16, 0xFFFF_FFFF, .firmwareSection(index: 0, field: "the data offset", value: 0xFFFF_FFFF)),
            (20, 0, .firmwareSection(index: 0, field: "the raw size", value: 0)),
            (24, 1, .firmwareSection(index: 0, field: "the address", value: 1)),
            (36, 1, .firmwareSection(index: 0, field: "the memory size", value: 0x1_0000_8000)),
            (40, 9, .firmwareSection(index: 0, field: "the type", value: 9)),
            (44, 4, .firmwareSection(index: 0, field: "the attributes", value: 4)),
            (72, 3, .firmwareField(field: "the number of TD_HOB sections", value: 0)),
            (56, 0x81_0000, .firmwareSection(index: 2, field: "the address", value: 0x81_0000)),
        ] as [(Int, UInt32, BootError)]
    )
    func damaged(offset: Int, value: UInt32, error: BootError) {
        var bytes = BootShim(Self.target).bytes
        bytes.store(value, at: Self.descriptor(bytes) + offset)
        #expect(throws: error) { try TDVFMetadata(firmware: bytes) }
    }

    @Test("an image without metadata, or of a strange size, is refused")
    func foreign() {
        #expect(throws: BootError.firmwareWithoutMetadata) {
            try TDVFMetadata(firmware: [UInt8](repeating: 0, count: 8192))
        }
        #expect(throws: BootError.firmwareSize(100)) {
            try TDVFMetadata(firmware: [UInt8](repeating: 0, count: 100))
        }
    }

    @Test("no bytes make the reader trap")
    func hostile() {
        var random = SeededGenerator(state: 0x5EED)
        let good = BootShim(Self.target).bytes
        for _ in 0..<300 {
            var bytes = good
            for _ in 0..<4 {
                let position = bytes.count - 1 - Int(random.next() % 0x400)
                bytes[position] = UInt8(truncatingIfNeeded: random.next())
            }
            _ = try? FirmwareImage(bytes).images(ram: [0..<0x400_0000])  // any error will do
        }
    }

    @Test("the TD HOB lists RAM in order, with holes for what is added")
    func hob() {
        let hob = TDHOB(
            ram: [0..<0x2000_0000],
            added: [
                0x80_9000..<0x80_B000, 0x80_0000..<0x80_6000, 0x80_B000..<0x80_D000, 0x81_0000..<0x82_0000,
            ])
        #expect(
            hob.resources.map(\.range) == [
                0..<0x80_0000, 0x80_0000..<0x80_6000, 0x80_6000..<0x80_9000, 0x80_9000..<0x80_B000,
                0x80_B000..<0x80_D000, 0x80_D000..<0x81_0000, 0x81_0000..<0x82_0000, 0x82_0000..<0x2000_0000,
            ])
        #expect(hob.resources.map(\.resource.rawValue) == [7, 0, 7, 0, 0, 7, 0, 7])
        let bytes = hob.bytes(at: 0x80_9000)
        #expect(bytes.count == 56 + 8 * 48 + 8)
        #expect(bytes.load(UInt64.self, at: 48) == 0x80_9000 + UInt64(bytes.count))
        #expect(bytes.load(UInt32.self, at: 56 + 24) == 7)
        #expect(bytes.load(UInt64.self, at: 56 + 40) == 0x80_0000)
        #expect(Array(bytes.suffix(8)) == [0xFF, 0xFF, 8, 0, 0, 0, 0, 0])
    }
}

/// A generator that a seed repeats.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 29
    }
}

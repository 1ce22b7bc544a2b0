// SPDX-License-Identifier: Apache-2.0

import Quote
import Testing

@testable import Boot

@Suite("Linux boot")
struct LinuxTests {
    /// The smallest file that passes for a bzImage.
    static func image(_ change: (inout [UInt8]) -> Void = { _ in }) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 0x400 + 0x1000)
        bytes[0x1F1] = 1
        bytes.store(UInt32(0x100), at: 0x1F4)
        bytes[0x201] = 0x66
        bytes.store(UInt32(0x5372_6448), at: 0x202)
        bytes.store(UInt16(0x20F), at: 0x206)
        bytes.store(UInt32(0x7FFF_FFFF), at: 0x22C)
        bytes.store(UInt32(0x20_0000), at: 0x230)
        bytes[0x234] = 1
        bytes.store(UInt16(0x7F), at: 0x236)
        bytes.store(UInt32(2047), at: 0x238)
        bytes.store(UInt64(0x100_0000), at: 0x258)
        bytes.store(UInt32(0x37D_C000), at: 0x260)
        for index in 0x400..<bytes.count { bytes[index] = 0xAB }
        change(&bytes)
        return bytes
    }

    @Test("a file that is no bootable kernel is refused by reason")
    func refused() {
        #expect(throws: BootError.kernelWithoutMagic) { try LinuxKernel(Self.image { $0[0x202] = 0 }) }
        #expect(throws: BootError.kernelProtocol(0x20B)) {
            try LinuxKernel(Self.image { $0.store(UInt16(0x20B), at: 0x206) })
        }
        #expect(throws: BootError.kernelNot64Bit) { try LinuxKernel(Self.image { $0[0x236] = 0 }) }
        #expect(throws: BootError.truncated(what: "kernel", need: 0x206, have: 10)) {
            try LinuxKernel([UInt8](repeating: 0, count: 10))
        }
        #expect(throws: BootError.truncated(what: "kernel", need: 0x1400, have: 0x1300)) {
            try LinuxKernel(Array(Self.image().prefix(0x1300)))
        }
        for length in 0..<0x420 { _ = try? LinuxKernel(Array(Self.image().prefix(length))) }  // none may trap
    }

    @Test("the plan puts everything where boot_params and the memory map say")
    func plan() throws {
        let plan = try LinuxBootPlan(
            kernel: LinuxKernel(Self.image()), initrd: [UInt8](repeating: 7, count: 5000),
            commandLine: "quiet",
            memorySize: 512 << 20, processors: 2)
        let images = Dictionary(uniqueKeysWithValues: plan.launch.images.map { ($0.gpa, $0) })
        let page = try #require(images[0x81_4000]).bytes
        #expect(page.load(UInt64.self, at: 0x70) == 0x80_0000)
        #expect(page[0x210] == 0xFF)
        #expect(page.load(UInt32.self, at: 0x214) == 0x100_0000)
        #expect(page.load(UInt32.self, at: 0x218) == UInt32(0x1FFF_E000))
        #expect(page.load(UInt32.self, at: 0x21C) == 5000)
        #expect(page.load(UInt32.self, at: 0x228) == 0x81_5000)
        #expect(Int(page[0x1E8]) == plan.launch.e820.count)
        #expect(page.load(UInt64.self, at: 0x2D0 + 8) == 0xA_0000)
        #expect(images[0x81_5000]?.bytes.prefix(6) == ArraySlice(Array("quiet\0".utf8)))
        #expect(images[0x100_0000]?.bytes.first == 0xAB)
        #expect(plan.launch.memory == [0..<0x2000_0000, 0xFFFF_8000..<0x1_0000_0000])
        #expect(plan.launch.hob == 0x81_1000)
        // What is added and what the HOB calls system memory are the same.
        let hob = try #require(images[0x81_1000]).bytes
        var added: UInt64 = 0
        for offset in stride(from: 56, to: hob.count, by: 48) {
            guard hob.load(UInt16.self, at: offset) == 3 else { break }
            if hob.load(UInt32.self, at: offset + 24) == 0 {
                added += hob.load(UInt64.self, at: offset + 40) ?? 0
            }
        }
        let inRAM = plan.launch.images.filter { $0.gpa < 1 << 31 }
        #expect(added == inRAM.reduce(0) { $0 + UInt64($1.bytes.count) })
    }

    @Test("memory beyond 2.75 GiB continues at 4 GiB, around the shim")
    func highMemory() throws {
        let plan = try LinuxBootPlan(
            kernel: LinuxKernel(Self.image()), initrd: nil, commandLine: "", memorySize: 4 << 30,
            processors: 1)
        #expect(
            plan.launch.memory == [
                0..<0x8000_0000, 0xFFFF_8000..<0x1_0000_0000, 0x1_0000_0000..<0x1_8000_0000,
            ])
        #expect(plan.launch.e820.last == E820Entry(0x1_0000_0000..<0x1_8000_0000, .ram))
    }

    @Test("what does not fit is refused with the numbers")
    func limits() throws {
        let kernel = try LinuxKernel(Self.image())
        func plan(_ initrd: Int?, _ line: String, _ memory: UInt64, _ processors: Int = 1) throws
            -> LinuxBootPlan
        {
            try LinuxBootPlan(
                kernel: kernel, initrd: initrd.map { [UInt8](repeating: 0, count: $0) }, commandLine: line,
                memorySize: memory, processors: processors)
        }
        #expect(throws: BootError.memoryTooSmall(need: 136 << 20, have: 64 << 20)) {
            try plan(nil, "", 64 << 20)
        }
        #expect(throws: BootError.memoryUnaligned(256 << 20 | 1)) { try plan(nil, "", 256 << 20 | 1) }
        #expect(throws: BootError.initrdTooLarge(size: 100 << 20, space: 92 << 20)) {
            try plan(100 << 20, "", 256 << 20)
        }
        #expect(throws: BootError.initrdEmpty) { try plan(0, "", 256 << 20) }
        #expect(throws: BootError.commandLineTooLong(length: 2048, limit: 2047)) {
            try plan(nil, String(repeating: "a", count: 2048), 256 << 20)
        }
        #expect(throws: BootError.commandLineWithZero) { try plan(nil, "a\0b", 256 << 20) }
        #expect(throws: BootError.processorCount(0)) { try plan(nil, "", 256 << 20, 0) }
    }

    @Test("ACPI tables sum to zero and lead to each other")
    func acpi() throws {
        let tables = ACPITables(
            at: 0x80_0000, processors: 3, mailbox: 0x81_0000, resetVector: 0xFFFF_E200,
            eventLog: 0x82_0000..<0x83_0000)
        let bytes = tables.bytes
        func sum(_ start: Int, _ count: Int) -> UInt8 { bytes[start..<(start + count)].reduce(0, &+) }
        #expect(Array(bytes.prefix(8)) == Array("RSD PTR ".utf8))
        #expect(sum(0, 20) == 0)
        #expect(sum(0, 36) == 0)
        func table(_ pointer: Int) throws -> (start: Int, signature: String) {
            let start = Int(try #require(bytes.load(UInt64.self, at: pointer)) - 0x80_0000)
            let length = Int(try #require(bytes.load(UInt32.self, at: start + 4)))
            #expect(sum(start, length) == 0)
            return (start, String(decoding: bytes[start..<(start + 4)], as: UTF8.self))
        }
        let xsdt = try table(24)
        #expect(xsdt.signature == "XSDT")
        let fadt = try table(xsdt.start + 36)
        #expect(fadt.signature == "FACP")
        #expect(try table(fadt.start + 140).signature == "DSDT")
        let madt = try table(xsdt.start + 44)
        #expect(madt.signature == "APIC")
        // The entries fill the table; the last one is the mailbox.
        var position = madt.start + 44
        let end = madt.start + Int(try #require(bytes.load(UInt32.self, at: madt.start + 4)))
        var types: [UInt8] = []
        while position < end {
            types.append(bytes[position])
            position += Int(bytes[position + 1])
        }
        #expect(position == end)
        #expect(types == [0, 0, 0, 1, 2, 2, 4, 0x10])
        #expect(bytes.load(UInt64.self, at: end - 16) == 0x81_0000)
        #expect(bytes.load(UInt64.self, at: end - 8) == 0xFFFF_E200)
        let mcfg = try table(xsdt.start + 52)
        #expect(mcfg.signature == "MCFG")
        #expect(bytes.load(UInt64.self, at: mcfg.start + 44) == 0xE000_0000)
        let ccel = try CCELTable(Array(bytes[try table(xsdt.start + 60).start...].prefix(CCELTable.size)))
        #expect(ccel.logAreaStart == 0x82_0000)
        #expect(ccel.logAreaLength == 0x1_0000)
    }

    @Test("the archive has the kernel's format")
    func archive() throws {
        var archive = CPIOArchive()
        try archive.addDirectory("bin")
        try archive.addFile("bin/a", [1, 2, 3], permissions: 0o755)
        let bytes = archive.bytes
        #expect(bytes.count.isMultiple(of: 512))
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.hasPrefix("07070100000001000041ED"))
        #expect(text.contains("070701000000020000"))
        #expect(text.contains("TRAILER!!!"))
        #expect(throws: BootError.initramfsName("bin")) { try archive.addDirectory("bin") }
        #expect(throws: BootError.initramfsName("../x")) { try archive.addFile("../x", []) }
    }

    @Test("a command reaches the guest word by word, whatever is in it")
    func quoting() {
        let script = Initramfs.initScript(.command(["echo", "it's $HOME; `rm`", "a b"]))
        #expect(script.contains(#"exit $status' sh 'echo' 'it'\''s $HOME; `rm`' 'a b'"#))
    }

    @Test("the built-in guest is a few kilobytes")
    func builtIn() throws {
        let plan = try BuiltInGuest().launch
        #expect(plan.images.last?.gpa == FlatGuest.base)
        #expect((plan.images.last?.bytes.count ?? 0) <= 8192)
    }

    @Test("MRTD is the hash of the records of all pages")
    func measurement() {
        // Computed by Scripts/mrtd.py.
        let images = [
            MemoryImage("a", gpa: 0x1000, bytes: [UInt8](repeating: 1, count: 4096), measured: true),
            MemoryImage("b", gpa: 0x5000, bytes: [0], measured: false),
        ]
        let digest = MeasurementCalculator.mrTD(of: images)
        let hex = digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        #expect(
            hex
                == "a86e3815d1df288264735d4209b0fc4567f14d4e7b29eb1a96fb83d907a5fbfe9dc02af58a5ffd32b13cc452cc0c8536"
        )
        #expect(MeasurementCalculator.mrTD(of: images, order: .image) == digest)
    }
}

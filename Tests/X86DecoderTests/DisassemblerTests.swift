// SPDX-License-Identifier: Apache-2.0

#if os(Linux)

    import Glibc
    import Testing
    import X86Decoder

    /// Instruction lengths, compared with a disassembler that is not ours, where binutils is installed.
    @Suite("Disassembler")
    struct DisassemblerTests {
        private static let sampleSize = 32

        @Test("random bytes have the lengths that objdump gives them", arguments: [CodeSize.bits64, .bits32])
        func lengths(size: CodeSize) throws {
            guard access("/usr/bin/objdump", X_OK) == 0 else {
                print("Left out: binutils is not installed, so there is no disassembler to compare with.")
                return
            }
            let samples = DisassemblerTests.samples(4000)
            let lengths = try DisassemblerTests.disassemble(samples, size)
            var compared = 0
            for (number, sample) in samples.enumerated() {
                guard let length = lengths[number * DisassemblerTests.sampleSize] else { continue }
                // What we refuse has no length.
                guard
                    let i = try? sample.withUnsafeBytes({ try Decoder.decode($0, rip: 0, codeSize: size) })
                else { continue }
                compared += 1
                #expect(Int(i.length) == length, "\(sample.prefix(16).map { String($0, radix: 16) })")
            }
            #expect(compared > 2000)
        }

        /// 15 random bytes with NOPs behind them, so that each sample begins with an instruction.
        private static func samples(_ count: Int) -> [[UInt8]] {
            var state: UInt64 = 1
            func next() -> UInt64 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return state >> 33
            }
            let prefixes: [UInt8] = [0x66, 0xF2, 0xF3, 0x67, 0x48, 0x65, 0x0F, 0x0F]
            return (0..<count).map { _ in
                var bytes = (0..<15).map { _ in UInt8(truncatingIfNeeded: next()) }
                if next() & 1 == 0 { bytes[0] = prefixes[Int(next() & 7)] }
                return bytes + [UInt8](repeating: 0x90, count: sampleSize - 15)
            }
        }

        private struct CannotRun: Error {}

        /// Length by offset, of what objdump knows.
        private static func disassemble(_ samples: [[UInt8]], _ size: CodeSize) throws -> [Int: Int] {
            var name = Array("/tmp/seamless-decoder-XXXXXX".utf8CString)
            let file = mkstemp(&name)
            guard file >= 0 else { throw CannotRun() }
            let path = name.withUnsafeBufferPointer {
                String(decoding: $0.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
            }
            defer {
                close(file)
                unlink(path)
            }
            let all = samples.flatMap { $0 }
            guard write(file, all, all.count) == all.count else { throw CannotRun() }
            let machine = size == .bits64 ? "i386:x86-64 -M intel64" : "i386"
            let command = "LC_ALL=C objdump -D -b binary --insn-width=16 -w -m \(machine) \(path)"
            guard let pipe = popen(command, "r") else { throw CannotRun() }
            defer { pclose(pipe) }
            var lengths: [Int: Int] = [:]
            var line = [CChar](repeating: 0, count: 512)
            while fgets(&line, 512, pipe) != nil {
                let text = String(
                    decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
                let fields = text.split(separator: "\t", omittingEmptySubsequences: false)
                guard fields.count >= 3, let colon = fields[0].firstIndex(of: ":"),
                    let offset = Int(fields[0][..<colon].drop { $0 == " " }, radix: 16)
                else { continue }
                let mnemonic = fields[2].drop { $0 == " " }
                // Bytes it does not know, and prefixes that it shows alone.
                if mnemonic.contains("(bad)") || isPrefix(mnemonic) { continue }
                lengths[offset] = fields[1].split(separator: " ").count
            }
            return lengths
        }

        private static func isPrefix(_ text: Substring) -> Bool {
            let names: Set<Substring> = [
                "data16", "addr32", "addr16", "repz", "repnz", "lock", "cs", "ds", "es", "fs", "gs", "ss",
                "rep",
                "repe", "repne", "data32",
            ]
            let words = text.split(whereSeparator: { $0 == " " || $0 == "\n" })
            return words.allSatisfy { names.contains($0) || $0.hasPrefix("rex") }
        }
    }

#endif

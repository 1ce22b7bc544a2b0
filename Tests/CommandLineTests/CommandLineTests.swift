// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Testing
import VMM

@testable import seamless

@Suite("Arguments")
struct ArgumentTests {
    @Test(
        "memory sizes are read as people write them",
        arguments: [
            ("512M", 512 << 20), ("2G", 2 << 30), ("2GiB", 2 << 30), ("64mb", 64 << 20), ("8192", 8192),
            ("4k", 4096),
            ("", nil), ("M", nil), ("-1", nil), ("1", nil), ("5Q", nil), ("99999999999999T", nil), ("0", nil),
        ] as [(String, UInt64?)])
    func memory(text: String, bytes: UInt64?) { #expect(MemorySize(argument: text)?.bytes == bytes) }

    @Test(
        "what makes no sense is refused in one sentence",
        arguments: [
            ["run", "fedora"], ["run", "--", "ls"], ["run", "--initrd", "x"],
            ["run", "--kernel", "/does/not/exist"],
            ["run", "debian", "--kernel", "x"], ["run", "--append", "quiet"], ["measure", "--memory", "0"],
            ["nothing"],
        ])
    func refuses(arguments: [String]) {
        do {
            var command = try Seamless.parseAsRoot(arguments)
            try command.run()
            Issue.record("it was accepted")
        } catch let error as ToolError {
            #expect(error.description.hasSuffix(".") && !error.description.contains("\n"))
            #expect(error.status != .success)
        } catch {
            #expect(Seamless.exitCode(for: error) != .success)
            #expect(!Seamless.message(for: error).isEmpty)
        }
    }
}

@Suite("Input for a command")
struct CommandInputTests {
    /// What a terminal does with the bytes: Ctrl-V makes the next one literal, Ctrl-D hands on.
    private func terminal(_ bytes: [UInt8]) -> (pieces: [[UInt8]], isEnded: Bool, longest: Int) {
        var (pieces, line, longest, isLiteral): ([[UInt8]], [UInt8], Int, Bool) = ([], [], 0, false)
        for byte in bytes {
            if isLiteral || (byte != 0x16 && byte != 0x04) {
                isLiteral = false
                line.append(byte)
                longest = max(longest, line.count)
                guard byte == 0x0A else { continue }
            } else if byte == 0x16 {
                isLiteral = true
                continue
            } else if line.isEmpty {
                return (pieces, true, longest)
            }
            pieces.append(line)
            line = []
        }
        return (pieces, false, longest)
    }

    @Test(
        "arrives byte by byte, in lines of any length, and ends",
        arguments: [
            [], [0x0A], Array("no end of line".utf8), Array("line\n".utf8), (0...255).map { UInt8($0) },
            [UInt8](repeating: 4, count: 5000), [UInt8](repeating: 65, count: 2048 * 3),
            [UInt8](repeating: 65, count: 2047) + [0x0A],
        ] as [[UInt8]])
    func arrives(bytes: [UInt8]) {
        for piece in [1, 7, 100_000] {
            var input = CommandInput()
            var sent: [UInt8] = []
            for start in stride(from: 0, to: bytes.count, by: piece) {
                sent += input.take(bytes[start..<min(start + piece, bytes.count)])
            }
            let result = terminal(sent + input.end)
            #expect(Array(result.pieces.joined()) == bytes)
            #expect(result.isEnded)
            #expect(result.longest < 4096)
        }
    }
}

@Suite("Debian packages")
struct DebianPackageTests {
    @Test("the newest signed 6.12 cloud kernel is taken")
    func newest() {
        #expect(
            DebianPackages.newest([
                "linux-image-6.12.9+deb12-cloud-amd64", "linux-image-6.12.111+deb12-cloud-amd64",
                "linux-image-6.12.111+deb12-cloud-amd64-unsigned",
                "linux-image-6.12.200+deb12-cloud-amd64-dbg",
                "linux-image-6.12-cloud-amd64", "linux-image-6.12.300+deb12-rt-amd64",
                "linux-image-6.12.38-cloud-amd64",
            ]) == "linux-image-6.12.111+deb12-cloud-amd64")
        #expect(DebianPackages.newest(["linux-image-6.1.0-50-cloud-amd64"]) == nil)
    }

    /// A `ustar` header, and the contents padded to whole blocks.
    static func entry(_ name: String, _ contents: [UInt8], type: Character = "0") -> [UInt8] {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ offset: Int, _ text: String) {
            for (i, byte) in text.utf8.enumerated() { block[offset + i] = byte }
        }
        put(0, name)
        put(124, String(contents.count, radix: 8))
        put(156, String(type))
        put(257, "ustar  ")
        return block + contents + [UInt8](repeating: 0, count: (512 - contents.count % 512) % 512)
    }

    @Test("a package's archive is read in pieces of any size", arguments: [1, 7, 511, 512, 513, 100_000])
    func tar(piece: Int) throws {
        let long = String(repeating: "d/", count: 80) + "wanted"
        let archive =
            DebianPackageTests.entry("./boot/", [], type: "5")
            + DebianPackageTests.entry("./boot/other", [UInt8](repeating: 1, count: 700))
            + DebianPackageTests.entry("./boot/wanted", [1, 2, 3])
            + DebianPackageTests.entry("././@LongLink", Array(long.utf8) + [0], type: "L")
            + DebianPackageTests.entry("cut", [UInt8](repeating: 9, count: 512))
            + DebianPackageTests.entry("empty-wanted", []) + [UInt8](repeating: 0, count: 1024)
        var reader = TarReader { $0.hasSuffix("wanted") }
        for start in stride(from: 0, to: archive.count, by: piece) {
            try reader.take(archive[start..<min(start + piece, archive.count)])
        }
        #expect(reader.isComplete)
        #expect(
            reader.files == [
                "boot/wanted": [1, 2, 3], long: [UInt8](repeating: 9, count: 512), "empty-wanted": [],
            ])
    }

    @Test("what is no archive is refused")
    func noArchive() {
        var reader = TarReader { _ in true }
        #expect(throws: TarReader.Problem.self) { try reader.take([UInt8](repeating: 0x41, count: 512)) }
    }
}

@Suite("Cache", .serialized)
struct CacheTests {
    let root = FileManager.default.temporaryDirectory.appendingPathComponent(
        "seamless-test-\(UUID().uuidString)")

    @Test("what is installed appears whole, and nothing else stays")
    func installs() throws {
        defer { try? FileManager.default.removeItem(at: root) }  // a temporary directory of the test
        let cache = Cache(environment: ["XDG_CACHE_HOME": root.path])
        try cache.withWorkDirectory { work in
            let file = work.appendingPathComponent("file")
            try Data([1, 2, 3]).write(to: file)
            _ = try cache.install(file, as: "debian/file")
        }
        struct Stop: Error {}
        #expect(throws: Stop.self) {
            try cache.withWorkDirectory { work in
                try Data([1]).write(to: work.appendingPathComponent("half"))
                throw Stop()
            }
        }
        let all = FileManager.default.subpaths(atPath: root.path) ?? []
        #expect(all.sorted() == ["seamless", "seamless/debian", "seamless/debian/file"])
    }

    @Test("a cache that cannot be is told in one sentence")
    func refuses() throws {
        defer { try? FileManager.default.removeItem(at: root) }  // a temporary directory of the test
        try Data().write(to: root)
        let cache = Cache(environment: ["XDG_CACHE_HOME": root.path])
        #expect(throws: ToolError.self) { try cache.withWorkDirectory { _ in } }
    }
}

@Suite("Subprocess")
struct SubprocessTests {
    @Test("output, errors and status come back, in another directory")
    func runs() throws {
        let result = try Subprocess(
            program: "sh", arguments: ["-c", "pwd; echo bad >&2; exit 3"],
            directory: URL(fileURLWithPath: "/")
        ).run()
        #expect(result.text == "/\n")
        #expect(result.errors == "bad\n")
        #expect(result.status == 3)
    }

    @Test("a program that is not there is said so")
    func missing() {
        #expect(throws: ToolError.self) {
            try Subprocess(program: "no-such-program-here", arguments: []).run()
        }
    }
}

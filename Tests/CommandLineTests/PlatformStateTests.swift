// SPDX-License-Identifier: Apache-2.0

import Collateral
import Foundation
import Platform
import Quoting
import Synchronization
import Testing
import ToolTesting

@testable import seamless

/// The tool's processes, killed and at once.
@Suite("A platform's state", .timeLimit(.minutes(3)))
struct PlatformStateTests {
    private let directory: TemporaryDirectory
    private var platform: String { directory.path + "/p" }

    init() throws { directory = try TemporaryDirectory() }

    private func description() throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: platform + "/platform.json"))
    }

    /// All collateral, as a verifier reads it.
    private func collateral() throws -> Collateral {
        var files: [String: [UInt8]] = [:]
        // The chain of the platform itself is beside what the vendor publishes.
        for name in try FileManager.default.contentsOfDirectory(atPath: platform + "/collateral")
        where name != "pck_certificate_chain.pem" {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: platform + "/collateral/" + name))
            files[name] = Array(bytes)
        }
        return try Collateral(CollateralBundle(files: files))
    }

    @Test("is the old or the new one, whenever a command that changes it is killed")
    func kills() throws {
        let seed = UInt64.random(in: 0 ... .max)
        let generator = SeededRandom(seed)
        #expect(try Tool.run("platform", "new", platform, "--seed", "s").status == 0)
        let commands = [
            ["recover", platform, "--part", "module"], ["recover", platform, "--part", "microcode"],
            ["recover", platform, "--install"], ["revoke", platform],
            ["clock", platform, "--advance", "40d"],
        ]
        // How long a command takes when it is let alone.
        let start = ContinuousClock.now
        #expect(try Tool.run("platform", "recover", platform, "--part", "pce").status == 0)
        let whole = Double((ContinuousClock.now - start).components.attoseconds) / 1e18 + 0.001
        var (old, new, killed) = (0, 0, 0)
        for number in 0..<40 {
            let before = (try description(), try collateral())
            let command = commands[Int(generator.next() % UInt64(commands.count))]
            let child = try Tool.start(["platform"] + command)
            // Most of the time goes by before anything is written: later moments are likelier.
            let share = Double(generator.next() % 1000) / 1000
            usleep(UInt32(whole * (0.3 + 0.8 * share) * 1_000_000))
            child.signal(SIGKILL)
            let status = try child.wait(seconds: 60)
            killed += status == 128 + SIGKILL ? 1 : 0
            let comment: Comment = "seed \(seed), kill \(number) of “\(command[0])”"
            // The description is whole, and one of a platform.
            let authority = try PlatformDirectory(platform).authority()
            let isOld = try description() == before.0
            old += isOld ? 1 : 0
            new += isOld ? 0 : 1
            let after = try collateral()
            let (following, wasFollowing) = (try authority.collateral(), before.1)
            #expect(after == following || after == wasFollowing, comment)
            // Nobody has to clear up: the next command does.
            try PlatformDirectory(platform).change { _, _ in }
            #expect(try collateral() == authority.collateral(), comment)
            #expect(try description() == Data((authority.platform.json.indented + "\n").utf8), comment)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: platform).filter {
                    $0.hasPrefix(".") && !$0.hasPrefix(".collateral-") && !$0.hasSuffix(".new")
                }.isEmpty, comment)
        }
        // Some were killed before the change, and some after it or not at all.
        #expect(killed > 0 && old > 0 && new > 0, "seed \(seed): \(killed) killed, \(old) old, \(new) new")
    }

    @Test("has the change of each of many commands that run at once")
    func atOnce() throws {
        #expect(try Tool.run("platform", "new", platform).status == 0)
        let before = try PlatformDirectory(platform).authority().platform
        let parts = ["module", "microcode", "pce", "quoting-enclave"]
        let children = try (0..<12).map {
            try Tool.start(["platform", "recover", platform, "--part", parts[$0 % parts.count]])
        }
        for child in children { #expect(try child.wait(seconds: 120) == 0) }
        let authority = try PlatformDirectory(platform).authority()
        let after = authority.platform
        #expect(
            after.tcbInfo.tcbEvaluationDataNumber == before.tcbInfo.tcbEvaluationDataNumber + 12,
            "\(after.tcbInfo.tcbEvaluationDataNumber)")
        #expect(try collateral() == authority.collateral())
    }

    @Test("is there whole or not at all, whenever its making is killed")
    func newKilled() throws {
        let generator = SeededRandom(7)
        var made = 0
        for number in 0..<15 {
            let path = directory.path + "/new-\(number)"
            let child = try Tool.start(["platform", "new", path])
            usleep(UInt32(generator.next() % 60_000))
            child.signal(SIGKILL)
            _ = try child.wait(seconds: 60)
            guard FileManager.default.fileExists(atPath: path) else { continue }
            made += 1
            #expect(throws: Never.self) { try PlatformDirectory(path).authority() }
        }
        #expect(try Tool.run("platform", "new", directory.path + "/last").status == 0)
        #expect(made < 15)
    }

    @Test("is served until a signal, which ends every connection and leaves no socket")
    func stop() throws {
        #expect(try Tool.run("platform", "new", platform).status == 0)
        for number in [SIGTERM, SIGINT] {
            let socket = directory.path + "/qgs"
            let child = try Tool.start([
                "platform", "serve", platform, "--listen", "127.0.0.1:0", "--qgs", socket,
            ])
            try child.expect("http://127.0.0.1:", seconds: 60)
            try child.expect("\n", seconds: 60)
            let address = child.output.text.split(separator: "\n").first.map(String.init) ?? ""
            let port = try #require(UInt16(address.split(separator: ":").last ?? ""))
            #expect(FileManager.default.fileExists(atPath: socket))
            // Some say nothing, some half a request, and some have been answered.
            let descriptors = try (0..<60).map { index in
                let descriptor = try connected(to: port)
                let text = ["", "GET /sgx/cert", "GET /sgx/certification/v4/rootcacrl HTTP/1.1\r\n\r\n"][
                    index % 3]
                _ = text.withCString { send(descriptor, $0, text.utf8.count, 0) }
                return descriptor
            }
            defer { for descriptor in descriptors { close(descriptor) } }
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            #expect(recv(descriptors[2], &buffer, buffer.count, 0) > 0)
            child.signal(number)
            #expect(try child.wait(seconds: 30) == 0)
            #expect(child.errors.text == "")
            #expect(!FileManager.default.fileExists(atPath: socket))
            for descriptor in descriptors {
                while recv(descriptor, &buffer, buffer.count, 0) > 0 {}
            }
        }
    }

    private func connected(to port: UInt16) throws -> Int32 {
        #if canImport(Darwin)
            let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #else
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = withUnsafeBytes(of: &address) { bytes in
            connect(
                descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
        }
        try #require(status == 0)
        return descriptor
    }
}

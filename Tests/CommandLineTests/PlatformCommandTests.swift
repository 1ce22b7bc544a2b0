// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Collateral
import Foundation
import Quote
import Quoting
import TDXABI
import Testing

@testable import seamless

@Suite("Platform commands")
final class PlatformCommandTests {
    private let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
        "platform-\(UUID().uuidString)")

    init() throws {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }
    deinit { try? FileManager.default.removeItem(at: directory) }  // the system tidies what stays

    private func path(_ name: String) -> String { directory.appendingPathComponent(name).path }

    private func run(_ arguments: String...) throws {
        var command = try Seamless.parseAsRoot(["platform"] + arguments)
        try command.run()
    }

    /// What a person sees.
    private func files(_ name: String) throws -> [String: Data] {
        var files: [String: Data] = [:]
        for directory in ["", "keys/", "collateral/"] {
            for file in try FileManager.default.contentsOfDirectory(atPath: path(name) + "/" + directory)
            where !file.hasPrefix(".") {
                // A directory has no contents of its own.
                files[directory + file] = try? Data(
                    contentsOf: URL(fileURLWithPath: path(name) + "/" + directory + file))
            }
        }
        return files
    }

    @Test("make the same files of the same seed on the same day, with keys that only the owner reads")
    func new() throws {
        try run("new", path("a"), "--seed", "s", "--at", "2026-02-14T01:00:00Z")
        try run("new", path("b"), "--seed", "s", "--at", "2026-02-14T23:00:00Z")
        try run("new", path("c"), "--seed", "t", "--at", "2026-02-14T23:00:00Z", "--fmspc", "00906ED50000")
        let (a, b, c) = (try files("a"), try files("b"), try files("c"))
        #expect(a.count == 16 && a == b)
        #expect(a["root.pem"] != c["root.pem"])
        #expect(
            try PlatformDirectory(path("c")).authority().platform.processor.fmspc.description
                == "00906ed50000")
        for name in a.keys where name.hasPrefix("keys/") {
            let attributes = try FileManager.default.attributesOfItem(atPath: path("a") + "/" + name)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
        #expect(throws: PlatformError.self) { try run("new", path("a")) }
        #expect(throws: PlatformError.self) { try run("new", path("d"), "--fmspc", "12") }
        #expect(!FileManager.default.fileExists(atPath: path("d")))
        // Nothing is left beside them.
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted() == ["a", "b", "c"])
    }

    @Test("write again what a kill between two files left out, to the byte")
    func interrupted() throws {
        try run("new", path("a"), "--seed", "s")
        try run("recover", path("a"), "--part", "module")
        let whole = try files("a")
        for name in whole.keys where name.hasPrefix("collateral/") || name == "root.pem" {
            try FileManager.default.removeItem(atPath: path("a") + "/" + name)
        }
        try Data("half".utf8).write(to: URL(fileURLWithPath: path("a") + "/.platform.json.new"))
        try PlatformDirectory(path("a")).change { _, _ in }
        #expect(try files("a") == whole)
    }

    @Test("move the clock, and issue documents anew that have run out by it")
    func clock() throws {
        try run("new", path("a"))
        func platform() throws -> (issue: Int64, offset: Int64) {
            let platform = try PlatformDirectory(path("a")).authority().platform
            return (platform.tcbInfo.issueDate.secondsSince1970, platform.clockOffset)
        }
        let before = try platform()
        try run("clock", path("a"), "--advance", "5d")
        #expect(try platform() == (before.issue, 5 * 86_400))
        try run("clock", path("a"), "--advance", "40d")
        let after = try platform()
        #expect(after.offset == 45 * 86_400)
        #expect(after.issue - before.issue >= 45 * 86_400)
        #expect(throws: PlatformError.self) { try run("clock", path("a"), "--set", "2051-01-01T00:00:00Z") }
        #expect(throws: PlatformError.self) { try run("clock", path("a"), "--advance", "5") }
        #expect(try platform() == after)
    }

    @Test("say what is wrong with a directory that is no platform")
    func damaged() throws {
        #expect(throws: ToolError.self) { try run("show", path("none")) }
        try run("new", path("a"))
        try Data("x".utf8).write(to: URL(fileURLWithPath: path("a") + "/keys/pck.pem"))
        #expect(throws: PlatformError.self) { try run("show", path("a")) }
    }
}

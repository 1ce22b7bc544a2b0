// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The command-line tool, which is built beside these tests, and other programs.
enum Tool {
    struct Result {
        let status: Int32
        let output: String
        let errors: String
    }

    static func run(_ arguments: [String]) throws -> Result {
        let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let tool = tests.deletingLastPathComponent().appendingPathComponent("seamless")
        return try run(program: tool.path, arguments)
    }

    /// Runs a program to its end. What it prints goes through files, so that it can be much.
    static func run(program: String, _ arguments: [String]) throws -> Result {
        let scratch = try Scratch()
        let (output, errors) = (scratch.url("output"), scratch.url("errors"))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try scratch.create(output)
        process.standardError = try scratch.create(errors)
        try process.run()
        process.waitUntilExit()
        func text(_ file: URL) throws -> String {
            String(decoding: try Data(contentsOf: file), as: UTF8.self)
        }
        return Result(status: process.terminationStatus, output: try text(output), errors: try text(errors))
    }

    /// Where the tool keeps what it has fetched.
    static var cache: URL {
        let environment = ProcessInfo.processInfo.environment
        let base = environment["XDG_CACHE_HOME"].map { URL(fileURLWithPath: $0) }
        return (base ?? FileManager.default.homeDirectoryForCurrentUser.appendingPathComponent(".cache"))
            .appendingPathComponent("seamless")
    }
}

/// A folder for temporary files that goes with its owner.
final class Scratch: Sendable {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "seamless-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    // What is left of it lies in the system's folder for temporary files.
    deinit { try? FileManager.default.removeItem(at: folder) }

    func url(_ name: String) -> URL { folder.appendingPathComponent(name) }

    func create(_ file: URL) throws -> FileHandle {
        try Data().write(to: file)
        return try FileHandle(forWritingTo: file)
    }
}

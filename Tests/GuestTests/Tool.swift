// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The tool, as a person runs it.
enum Tool {
    /// It is built beside the tests.
    static let path: String = {
        let test = CommandLine.arguments.first { $0.contains(".xctest") } ?? CommandLine.arguments[0]
        var url = URL(fileURLWithPath: test)
        while url.path.contains(".xctest") { url.deleteLastPathComponent() }
        return url.appendingPathComponent("seamless").path
    }()

    /// The engine is too slow for an operating system in a debug build.
    static let isFast: Bool = {
        var isDebug = false
        assert(
            {
                isDebug = true
                return true
            }())
        return !isDebug
    }()

    struct Run {
        var status: Int32
        var output: String
        var errors: String
        var bytes: [UInt8]

        /// What the tool says itself, without its name.
        var sentences: [String] {
            errors.split(separator: "\n").compactMap {
                $0.hasPrefix("seamless: ") ? String($0.dropFirst("seamless: ".count)) : nil
            }
        }
    }

    static func start(
        _ arguments: [String], environment: [String: String?] = [:], terminal: PseudoTerminal? = nil
    ) throws -> Child {
        try Child(path, arguments, environment: environment, terminal: terminal)
    }

    static func run(
        _ arguments: String..., environment: [String: String?] = [:], seconds: Double = 120
    ) throws -> Run {
        try run(arguments, environment: environment, seconds: seconds)
    }

    static func run(
        _ arguments: [String], environment: [String: String?] = [:], seconds: Double = 120
    ) throws -> Run {
        try finish(start(arguments, environment: environment), seconds: seconds)
    }

    static func finish(_ child: Child, seconds: Double = 120) throws -> Run {
        let status = try child.wait(seconds: seconds)
        return Run(
            status: status, output: child.output.text, errors: child.errors.text, bytes: child.output.bytes)
    }
}

/// A directory that is gone with its last user.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(
            "seamless-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }  // what stays is the system's to tidy

    func file(_ name: String, _ bytes: [UInt8] = []) throws -> String {
        let file = path + "/" + name
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        return file
    }

    /// Everything in it, in order.
    var contents: [String] { (FileManager.default.subpaths(atPath: path) ?? []).sorted() }
}

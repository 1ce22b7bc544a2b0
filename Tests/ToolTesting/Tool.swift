// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The tool, as a person runs it.
package enum Tool {
    /// It is built beside the tests.
    package static let path: String = {
        let test = CommandLine.arguments.first { $0.contains(".xctest") } ?? CommandLine.arguments[0]
        var url = URL(fileURLWithPath: test)
        while url.path.contains(".xctest") { url.deleteLastPathComponent() }
        return url.appendingPathComponent("seamless").path
    }()

    /// The engine is too slow for an operating system in a debug build.
    package static let isFast: Bool = {
        var isDebug = false
        assert(
            {
                isDebug = true
                return true
            }())
        return !isDebug
    }()

    package struct Run {
        package var status: Int32
        package var output: String
        package var errors: String
        package var bytes: [UInt8]

        /// What the tool says itself, without its name.
        package var sentences: [String] {
            errors.split(separator: "\n").compactMap {
                $0.hasPrefix("seamless: ") ? String($0.dropFirst("seamless: ".count)) : nil
            }
        }
    }

    package static func start(
        _ arguments: [String], environment: [String: String?] = [:], terminal: PseudoTerminal? = nil
    ) throws -> Child {
        try Child(path, arguments, environment: environment, terminal: terminal)
    }

    package static func run(
        _ arguments: String..., environment: [String: String?] = [:], seconds: Double = 120
    ) throws -> Run {
        try run(arguments, environment: environment, seconds: seconds)
    }

    package static func run(
        _ arguments: [String], environment: [String: String?] = [:], seconds: Double = 120
    ) throws -> Run {
        try finish(start(arguments, environment: environment), seconds: seconds)
    }

    package static func finish(_ child: Child, seconds: Double = 120) throws -> Run {
        let status = try child.wait(seconds: seconds)
        return Run(
            status: status, output: child.output.text, errors: child.errors.text, bytes: child.output.bytes)
    }
}

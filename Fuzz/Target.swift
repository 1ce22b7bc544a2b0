// SPDX-License-Identifier: Apache-2.0

import Quote

/// A parser, inputs that it accepts, and what is to hold of what it made of one.
struct Target: Sendable {
    let name: String
    let seeds: @Sendable () throws -> [Seed]
    /// What the parser looks for in its input.
    var words: [[UInt8]] = []
    /// - Returns: whether the input was accepted.
    let execute: @Sendable ([UInt8]) -> Bool

    static let all: [Target] = [
        quote, certificateExtension, certificate, pem, crl, json, tcbInfo, qeIdentity, bundle, policy,
        platformDescription, qgs, request, eventLog, jsonEventLog, ccel, verification,
    ]

    static var names: String { all.map(\.name).joined(separator: ", ") }

    init(
        _ name: String, words: [String] = [], seeds: @escaping @Sendable () throws -> [Seed],
        execute: @escaping @Sendable ([UInt8]) -> Bool
    ) {
        self.name = name
        self.words = words.map { Array($0.utf8) }
        self.seeds = seeds
        self.execute = execute
    }

    static let jsonWords = [
        "{", "}", "[", "]", ",", ":", "\"", "\\u0041", "\\ud83d\\ude00", "\\ud800", "\\", " ", "\n", "null",
        "true", "false", "-0", "00", "1e5", "0.5", "9223372036854775808", "\"\":{}", "\u{7F}", "é",
    ]
}

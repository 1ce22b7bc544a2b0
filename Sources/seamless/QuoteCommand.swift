// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Collateral
import Foundation
import Quote
import TDXABI

/// `seamless quote`: reads and verifies quotes, of hardware or simulated.
struct QuoteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quote", abstract: "Show or verify a quote, or replay an event log.",
        discussion: """
            EXIT STATUS
              0   the quote is accepted, the registers are those of the log
              1   it is refused, they are not
              2   the input cannot be used
            """,
        subcommands: [
            QuoteShowCommand.self, QuoteVerifyCommand.self, QuoteReplayCommand.self, QuoteForgeCommand.self,
        ])

    /// Runs a command that says of its input whether it will do; what cannot be used is one sentence and status 2.
    static func run(_ body: () throws -> Bool) throws {
        let isAccepted: Bool
        do {
            isAccepted = try body()
        } catch {
            note("\(error)")
            throw ExitCode(2)
        }
        guard isAccepted else { throw ExitCode(1) }
    }

    /// A quote, as it is or in hexadecimal digits.
    static func readQuote(_ path: String) throws -> Quote {
        let bytes = try InputFile(path: path, role: "quote").bytes()
        let text = String(decoding: bytes.prefix(64_000), as: UTF8.self).filter { !$0.isWhitespace }
        let digits = text.hasPrefix("0x") ? String(text.dropFirst(2)) : text
        return try Quote([UInt8](hexadecimal: digits).flatMap { $0.isEmpty ? nil : $0 } ?? bytes)
    }

    static func print(_ text: String) throws {
        guard FileHandle.standardOutput.writeQuietly(Array((text + "\n").utf8)) else {
            throw ToolError.fileNotWritable(path: "standard output", reason: systemMessage(errno))
        }
    }
}

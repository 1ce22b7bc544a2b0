// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Collateral
import Foundation
import Quote
import QuoteVerification

/// `seamless quote replay`: what an event log makes of the registers, and whether a quote has them.
struct QuoteReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Replay an event log, and compare the registers with those of a quote.",
        discussion: """
            The log is the area that the CCEL table points to (Linux shows it as /sys/firmware/acpi/tables/data/CCEL), or a \
            JSON list of events. Equal registers prove the digests of the log; what an event says is proven only where \
            its digest is that of its own bytes.
            """)

    @Argument(help: ArgumentHelp("The event log.", valueName: "log"))
    var log: String

    @Option(help: ArgumentHelp("Compare with the registers of this quote.", valueName: "file"))
    var quote: String?

    @Option(help: ArgumentHelp("Say which events differ from those of this log.", valueName: "log"))
    var reference: String?

    @Flag(help: "Print every event.")
    var events = false

    @Flag(help: "Print a JSON object.")
    var json = false

    func run() throws { try QuoteCommand.run(replay) }

    private func replay() throws -> Bool {
        let replay = try RTMRReplay(reading: InputFile(path: log, role: "event log").bytes())
        let comparison = try quote.map {
            try replay.comparison(with: QuoteCommand.readQuote($0).body.report.rtmrs)
        }
        let differences = try reference.map {
            try replay.differences(from: RTMRReplay(reading: InputFile(path: $0, role: "event log").bytes()))
        }
        try QuoteCommand.print(
            json ? report(replay, comparison, differences).indented : table(replay, comparison, differences))
        return comparison?.contains { !$0.isEqual } != true && differences?.isEmpty != false
    }

    private func table(
        _ replay: RTMRReplay, _ comparison: [RTMRComparison]?, _ differences: [LogDifference]?
    ) -> String {
        var lines: [String] = []
        if events { lines += replay.events.map(\.description) + [""] }
        lines += replay.registers.enumerated().map { "RTMR\($0.offset)  \($0.element)" }
        lines += (comparison ?? []).map { ($0.isEqual ? "equal: " : "DIFFERS: ") + $0.description }
        lines += (differences ?? []).map { "DIFFERS: \($0)" }
        lines += replay.repeatedSeparators.map { "note: one separator too many, \($0)" }
        return lines.joined(separator: "\n")
    }

    private func report(
        _ replay: RTMRReplay, _ comparison: [RTMRComparison]?, _ differences: [LogDifference]?
    ) -> JSONValue {
        var members: [JSONValue.Member] = [.init("events", .integer(Int64(replay.events.count)))]
        members += replay.registers.enumerated().map {
            .init("rtmr\($0.offset)", .string($0.element.description))
        }
        if let comparison {
            members.append(
                .init("verdict", .string(comparison.contains { !$0.isEqual } ? "refused" : "accepted")))
            members.append(
                .init(
                    "registers",
                    .array(
                        comparison.map {
                            .object([
                                .init("rtmr", .integer(Int64($0.rtmr))), .init("equal", .boolean($0.isEqual)),
                                .init("quote", .string($0.found.description)),
                                .init("log", .string($0.replayed.description)),
                                .init("reason", .string($0.description)),
                            ])
                        })))
        }
        if let differences {
            members.append(.init("differences", .array(differences.map { .string($0.description) })))
        }
        members.append(
            .init("repeatedSeparators", .array(replay.repeatedSeparators.map { .integer(Int64($0.number)) })))
        if events {
            members.append(
                .init(
                    "log",
                    .array(
                        replay.events.map { event in
                            .object([
                                .init("number", .integer(Int64(event.number))),
                                .init("rtmr", event.rtmr.map { .integer(Int64($0)) } ?? .null),
                                .init("type", .string(event.type.description)),
                                .init("digest", .string(event.digest.description)),
                                .init("digestIsOfEvent", .boolean(event.isSelfDescribing)),
                            ])
                        })))
        }
        return .object(members)
    }
}

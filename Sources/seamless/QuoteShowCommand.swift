// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Collateral
import Quote
import QuoteVerification
import TDXABI

/// `seamless quote show`: every field of a quote or a TDREPORT. Nothing is verified.
struct QuoteShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print the fields of a quote or a TDREPORT, without verifying it.")

    @Argument(
        help: ArgumentHelp(
            "The quote, or a TDREPORT of 1024 bytes; “-” for standard input.", valueName: "file"))
    var file: String

    @Flag(help: "Print a JSON object.")
    var json = false

    func run() throws {
        try QuoteCommand.run {
            let bytes = try InputFile(path: file, role: "quote").bytes()
            if bytes.first == 0x81, let report = TDReport(bytes) {
                try QuoteCommand.print(json ? report.json.indented : report.table)
                return report.contradictions.isEmpty
            }
            let quote = try QuoteCommand.readQuote(file)
            try QuoteCommand.print(json ? quote.json.indented : quote.table)
            return true
        }
    }
}

extension TDReport {
    private var fields: [(name: String, value: String)] {
        [
            ("reportType", "0x\(String(mac.reportType, radix: 16))"), ("cpuSVN", mac.cpuSVN.hexadecimal),
            ("teeTCBInfoHash", "\(mac.teeTCBInfoHash)"), ("teeInfoHash", "\(mac.teeInfoHash)"),
            ("reportData", mac.reportData.hexadecimal), ("mac", mac.mac.hexadecimal),
            ("teeTCBSVN", teeTCBInfo.teeTCBSVN.hexadecimal), ("mrSEAM", "\(teeTCBInfo.mrSEAM)"),
            ("mrSignerSEAM", "\(teeTCBInfo.mrSignerSEAM)"),
            ("teeTCBSVN2", teeTCBInfo.teeTCBSVN2.hexadecimal),
            ("tdAttributes", "0x\(String(tdInfo.attributes, radix: 16))"),
            ("xfam", "0x\(String(tdInfo.xfam, radix: 16))"), ("mrTD", "\(tdInfo.mrTD)"),
            ("mrConfigID", "\(tdInfo.mrConfigID)"), ("mrOwner", "\(tdInfo.mrOwner)"),
            ("mrOwnerConfig", "\(tdInfo.mrOwnerConfig)"), ("rtmr0", "\(tdInfo.rtmr0)"),
            ("rtmr1", "\(tdInfo.rtmr1)"), ("rtmr2", "\(tdInfo.rtmr2)"), ("rtmr3", "\(tdInfo.rtmr3)"),
            ("servTDHash", "\(tdInfo.servTDHash)"),
        ]
    }

    fileprivate var table: String {
        (fields.map { "\($0.name)\(String(repeating: " ", count: max(1, 22 - $0.name.count)))\($0.value)" }
            + contradictions.map { "note: \($0)" }).joined(separator: "\n")
    }

    fileprivate var json: JSONValue {
        .object(
            fields.map { .init($0.name, .string($0.value)) }
                + [.init("contradictions", .array(contradictions.map { .string($0) }))])
    }
}

// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Collateral
import Foundation

/// `seamless quote forge`: a set of quotes for testing verifiers.
struct QuoteForgeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forge", abstract: "Write a set of test vectors for verifiers.",
        discussion: """
            Each vector is a quote and its collateral, made by a simulated vendor so that one thing about it is what it should not be. vectors.json \
            names each by category, form and subject, and has the verdict: accepted with a TCB status, or refused with the code of the vendor's library. root.pem is the root to trust, \
            and time the time to judge at. Where vendorVerdict is there, the vendor's library is less strict.
            """)

    @Argument(help: ArgumentHelp("The directory, which is made.", valueName: "directory"))
    var directory: String

    func run() throws {
        try QuoteCommand.run {
            guard !FileManager.default.fileExists(atPath: directory) else {
                throw PlatformError.exists(directory)
            }
            for vector in TestVector.all {
                try write(try vector.forgery.quote(), to: "\(vector.name)/quote.bin")
                let bundle = CollateralBundle(try vector.forgery.collateral())
                try write(Array((bundle.json.indented + "\n").utf8), to: "\(vector.name)/collateral.json")
            }
            let root = try Forgery().root().certificate
            try write(Array(AttestationCertificate.text(of: [root]).utf8), to: "root.pem")
            let list = JSONValue.array(TestVector.all.map(\.json)).indented
            try write(Array((list + "\n").utf8), to: "vectors.json")
            note("“\(directory)” has \(TestVector.all.count) vectors.")
            return true
        }
    }

    private func write(_ bytes: [UInt8], to name: String) throws {
        let file = URL(fileURLWithPath: directory).appendingPathComponent(name)
        do {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: file)
        } catch {
            throw ToolError.fileNotWritable(path: file.path, reason: reason(error))
        }
    }
}

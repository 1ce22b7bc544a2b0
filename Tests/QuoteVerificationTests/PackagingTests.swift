// SPDX-License-Identifier: Apache-2.0

import Collateral
import Foundation
import Quote
import QuoteVerification
import Testing

@Suite("The library for other packages")
struct PackagingTests {
    private static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private func text(_ path: String) throws -> String {
        try String(contentsOf: Self.package.appendingPathComponent(path), encoding: .utf8)
    }

    /// What a program that uses the library builds of this package, and what each part may import: modules of every
    /// platform that Swift's own packages support.
    @Test(
        "imports what macOS and iOS have as well",
        arguments: [
            ("X86", []), ("TDXABI", ["X86"]), ("Quote", ["TDXABI"]),
            ("Collateral", ["Quote", "TDXABI", "Crypto", "SwiftASN1", "X509", "Foundation"]),
            (
                "QuoteVerification",
                ["Quote", "TDXABI", "Collateral", "Crypto", "Synchronization"]
            ),
        ] as [(String, Set<String>)])
    func imports(target: String, allowed: Set<String>) throws {
        let folder = Self.package.appendingPathComponent("Sources/\(target)")
        var files = 0
        for case let file as URL in FileManager.default.enumerator(
            at: folder, includingPropertiesForKeys: nil) ?? .init()
        where file.pathExtension == "swift" {
            files += 1
            for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
                let words = line.split(separator: " ")
                guard let index = words.firstIndex(of: "import"), index <= 1, words.count > index + 1,
                    index == 0 || words[0] == "public" || words[0].hasPrefix("@")
                else { continue }
                let module = String(words[index + 1].prefix { $0 != "." })
                #expect(allowed.contains(module), "\(file.lastPathComponent) imports \(module)")
            }
        }
        #expect(files > 3)
    }

    @Test("has its example in the documentation as it is compiled here, and it is right")
    func example() throws {
        let source = try text("Tests/QuoteVerificationTests/Example.swift")
        let lines = source.split(separator: "\n").filter { !$0.hasPrefix("//") }
        let example = lines.joined(separator: "\n")
        for path in [
            "Documentation/Verifying a quote.md",
            "Sources/QuoteVerification/QuoteVerification.docc/QuoteVerification.md",
        ] {
            let shown = try text(path).split(separator: "\n").joined(separator: "\n")
            #expect(shown.contains(example), "\(path)")
        }
        #expect(lines.count <= 12)
        let platform = TestPlatform()
        let bundle = Array(CollateralBundle(try platform.collateral()).json.compact.utf8)
        let quote = try platform.quote().bytes
        let root = TrustedRoot(named: try platform.root().certificate)
        #expect(try isGood(quote, bundle: bundle, at: platform.now, root: root))
        #expect(try !isGood(quote, bundle: bundle, at: platform.now))
    }
}

// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Collateral
import CollateralServer
import Foundation
import Quote
import Quoting
import TDXABI
import TDXModule
import Testing

@testable import seamless

@Suite("A platform's service")
final class PlatformServeTests {
    private let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
        "serve-\(UUID().uuidString)")

    init() throws {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }
    deinit { try? FileManager.default.removeItem(at: directory) }  // the system tidies what stays

    private func path(_ name: String) -> String { directory.appendingPathComponent(name).path }

    private func run(_ arguments: String...) throws -> Int32 { try run(arguments) }

    private func run(_ arguments: [String]) throws -> Int32 {
        var command = try Seamless.parseAsRoot(arguments)
        do {
            try command.run()
            return 0
        } catch {
            return try #require(error as? ExitCode).rawValue
        }
    }

    /// A quote of a report that the platform's processor made.
    private func makeQuote() throws -> String {
        let authority = try PlatformDirectory(path("p")).authority()
        var info = TDInfo()
        info.xfam = 3
        info.attributes = TDAttributes.septVEDisable.rawValue
        let report = authority.reportKey.report(on: info, data: [1], hasServiceTDs: false)
        let quote = try #require(try authority.quotingService().answer(getQuote: report.bytes))
        try Data(quote).write(to: URL(fileURLWithPath: path("quote.bin")))
        return path("quote.bin")
    }

    @Test("gives verifiers the collateral, and what recoveries and revocations change at once")
    func verification() throws {
        #expect(try run("platform", "new", path("p")) == 0)
        let source = PlatformSource(PlatformDirectory(path("p")))
        let server = CollateralServer(threads: 1)
        let port = try server.listen(host: "127.0.0.1", port: 0) { try source.current().collateral }
        defer { #expect(throws: Never.self) { try server.stop() } }
        func verify(_ arguments: String...) throws -> Int32 {
            try run(["quote", "verify", path("quote.bin"), "--pcs", "http://127.0.0.1:\(port)"] + arguments)
        }
        try Data(#"{"acceptedStatuses": ["UpToDate"]}"#.utf8).write(to: URL(fileURLWithPath: path("policy")))
        let (root, policy) = (path("p/root.pem"), path("policy"))
        _ = try makeQuote()
        #expect(try verify("--root", root, "--policy", policy) == 0)
        #expect(try verify() == 1)
        if OtherVerifier.isHere {
            let other = try OtherVerifier.run([
                "--service", "http://127.0.0.1:\(port)", root, path("quote.bin"),
            ])
            #expect(other.output == "UpToDate\n")
        }
        // A recovery: genuine, but no more up to date; up to date again once the platform is.
        #expect(try run("platform", "recover", path("p"), "--part", "module") == 0)
        #expect(try verify("--root", root) == 0)
        #expect(try verify("--root", root, "--policy", policy) == 1)
        #expect(try run("platform", "recover", path("p"), "--install") == 0)
        _ = try makeQuote()
        #expect(try verify("--root", root, "--policy", policy) == 0)
        #expect(try run("platform", "revoke", path("p")) == 0)
        #expect(try verify("--root", root) == 1)
        // Time goes by, and the documents are those of the new time.
        #expect(try run("platform", "clock", path("p"), "--advance", "45d") == 0)
        #expect(try source.current().platform.tcbInfo.issueDate > source.current().platform.manufactured)
    }
}

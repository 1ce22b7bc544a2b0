// SPDX-License-Identifier: Apache-2.0

import Collateral
import Foundation
import Testing
import ToolTesting

@testable import seamless

/// What a person is told who did not know that a quote is simulated.
@Suite("A simulated quote")
struct SimulatedQuoteTests {
    @Test("is refused unless its root is named, by a sentence that says what it is and how to trust it")
    func refusedByDefault() throws {
        let directory = try TemporaryDirectory()
        let forgery = Forgery()
        let quote = try directory.file("quote.bin", forgery.quote())
        let bundle = CollateralBundle(try forgery.collateral()).json.compact
        let collateral = try directory.file("collateral.json", Array(bundle.utf8))
        let certificate = try forgery.root().certificate
        let root = try directory.file("root.pem", Array(AttestationCertificate.text(of: [certificate]).utf8))
        let arguments = [
            "quote", "verify", quote, "--collateral", collateral, "--at", Forgery.time.description,
        ]

        let refused = try Tool.run(arguments)
        #expect(refused.status == 1)
        #expect(refused.output.contains("simulated: it proves nothing of any hardware"))
        #expect(refused.output.contains("--root FILE"))
        let json = try JSONValue(Array(Tool.run(arguments + ["--json"]).output.utf8), document: "verdict")
        #expect(json["verdict"] == .string("refused"))
        #expect(json["rule"] == .string("pck-chain-root"))
        guard case .string(let reason) = json["reason"] else {
            Issue.record("there is no reason")
            return
        }
        #expect(reason.contains("simulated") && reason.contains("--root FILE"))

        // What the sentence says is what works, and the result says whom it trusts.
        let accepted = try Tool.run(arguments + ["--root", root])
        #expect(accepted.status == 0)
        #expect(accepted.output.contains("simulated, named by the caller"))
    }
}

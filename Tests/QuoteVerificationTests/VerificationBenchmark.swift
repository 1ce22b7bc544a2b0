// SPDX-License-Identifier: Apache-2.0

import Collateral
import Foundation
import Quote
import QuoteVerification
import Testing

/// How many quotes a second; `Scripts/compare-verifiers.py` sets another verifier beside it.
@Suite("Benchmark of verification", .serialized)
struct VerificationBenchmark {
    /// Runs for about a second, and gives runs a second.
    private func rate(_ body: () throws -> Bool) throws -> Double {
        let clock = ContinuousClock()
        #expect(try body())
        var runs = 0
        let start = clock.now
        while clock.now - start < .seconds(1) {
            guard try body() else { return 0 }
            runs += 1
        }
        return Double(runs) / ((clock.now - start) / .seconds(1))
    }

    @Test("verifications a second, with collateral read each time and with collateral reused")
    func verifications() throws {
        guard ProcessInfo.processInfo.environment["SEAMLESS_BENCHMARK"] != nil, Fixtures.directory != nil
        else {
            return
        }
        let bundle = try Cases.bytes("collateral/90c06f-2026-02.json")
        let bytes = try Cases.bytes("quotes/v4-90c06f-azure-2025.bin")
        let time = try #require(Timestamp("2026-02-14T00:00:00Z"))
        let verifier = QuoteVerifier(collateral: try Collateral(json: bundle))
        let parsing = try rate {
            _ = try Collateral(json: bundle)
            _ = try Quote(bytes)
            return true
        }
        let afresh = try rate {
            QuoteVerifier(collateral: try Collateral(json: bundle)).verify(try Quote(bytes), at: time)
                .isAccepted
        }
        let reused = try rate { verifier.verify(try Quote(bytes), at: time).isAccepted }
        print(
            "BENCHMARK reading only \(Int(parsing))/s, collateral read each time \(Int(afresh))/s, reused \(Int(reused))/s"
        )
    }
}

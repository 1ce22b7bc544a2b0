// SPDX-License-Identifier: Apache-2.0

import Collateral
import Crypto
import Quote
import QuoteVerification
import Testing

@Suite("Verification of many quotes")
struct BatchTests {
    @Test("gives in order what each alone gives, bytes that are no quote included")
    func equality() async throws {
        var platform = TestPlatform()
        let verifier = try QuoteVerifier(
            collateral: platform.collateral(), trusting: TrustedRoot(named: platform.root().certificate))
        var quotes: [[UInt8]] = []
        for number in 0..<100 {
            platform.changeReport { $0.reportData = ReportData([UInt8(number)]) }
            platform.qeReport.isvSVN = UInt16(1 + number % 4)
            var bytes = try platform.quote().bytes
            switch number % 5 {
            case 1: bytes[600] ^= 1
            case 2: bytes.removeLast(number * 40)
            default: break
            }
            quotes.append(bytes)
        }
        let results = await verifier.verify(contentsOf: quotes, at: platform.now)
        #expect(results.count == quotes.count)
        var accepted = 0
        for (bytes, result) in zip(quotes, results) {
            switch result {
            case .success(let report):
                let alone = verifier.verify(try Quote(bytes), at: platform.now)
                #expect(report.quote == alone.quote && report.json == alone.json)
                accepted += report.isAccepted ? 1 : 0
            case .failure(let error):
                #expect(throws: error) { try Quote(bytes) }
            }
        }
        #expect(accepted > 10 && accepted < 60)
        let read = try quotes.enumerated().filter { $0.offset % 5 != 2 }.map { try Quote($0.element) }
        let reports = await verifier.verify(contentsOf: read, at: platform.now)
        #expect(reports.map(\.quote) == read)
        #expect(await verifier.verify(contentsOf: [[UInt8]](), at: platform.now).isEmpty)
    }

    @Test("does not depend on the platforms that came before, however many")
    func recentChains() throws {
        var platform = TestPlatform()
        let verifier = try QuoteVerifier(
            collateral: platform.collateral(), trusting: TrustedRoot(named: platform.root().certificate))
        let good = try platform.quote()
        platform.signedByAnother = [.pck]
        let bad = try platform.quote()
        for _ in 0..<70 {
            #expect(verifier.verify(good, at: platform.now).isAccepted)
            #expect(verifier.verify(bad, at: platform.now).refusal?.rule.name == "pck-chain-signatures")
            // Another certificate of the same platform, each time.
            platform.signedByAnother = []
            platform.pckKey = .init()
            #expect(verifier.verify(try platform.quote(), at: platform.now).isAccepted)
        }
    }
}

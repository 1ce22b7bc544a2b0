// SPDX-License-Identifier: Apache-2.0

import Collateral
import Foundation
import Quote
import QuoteVerification
import Quoting
import TDXABI
import TDXModule
import X509

/// Full verifications a second: of one thread's processor time, and on all cores. The quote is one of a simulated platform, and
/// another team's verifier gets the same.
struct VerificationRates: Codable {
    struct Rates: Codable {
        var version: String
        /// With the collateral read, and all its signatures verified, each time.
        var collateralRead: Double
        /// With collateral that was read before.
        var collateralReused: Double
    }

    var own: Rates
    /// The PyPI package dcap-qvl; nil where it is not installed.
    var other: Rates?
    /// Reused collateral, all cores, by the clock.
    var batch: Double
    var processors = ProcessInfo.processInfo.activeProcessorCount
    /// How many times as many verifications as the other verifier.
    var ratios: [String: Double] = [:]

    static func measure() async throws -> VerificationRates {
        let sample = try Sample()
        let (quote, bundle, time, root) = (sample.quote, sample.bundle, sample.time, sample.root)
        let kept = QuoteVerifier(collateral: try Collateral(json: bundle), trusting: root)
        let own = Rates(
            version: "seamless",
            collateralRead: try rate {
                QuoteVerifier(collateral: try Collateral(json: bundle), trusting: root)
                    .verify(try Quote(quote), at: time)
            }, collateralReused: try rate { kept.verify(try Quote(quote), at: time) })
        var rates = VerificationRates(
            own: own, other: try sample.compare(), batch: try await batch(kept, quote, time))
        if let other = rates.other {
            rates.ratios = [
                "collateralRead": own.collateralRead / other.collateralRead,
                "collateralReused": own.collateralReused / other.collateralReused,
            ].mapValues { ($0 * 100).rounded() / 100 }
        }
        return rates
    }

    /// Runs for a second of processor time.
    private static func rate(_ verify: () throws -> VerificationReport) throws -> Double {
        func seconds() -> Double { Double(clock()) / 1_000_000 }
        guard try verify().isAccepted else { throw BenchmarkError.notVerified }
        var runs = 0
        let start = seconds()
        while seconds() - start < 1 {
            _ = try verify()
            runs += 1
        }
        return (Double(runs) / (seconds() - start)).rounded()
    }

    private static func batch(_ verifier: QuoteVerifier, _ quote: [UInt8], _ time: Timestamp) async throws
        -> Double
    {
        let quotes = [[UInt8]](repeating: quote, count: 4096)
        let clock = ContinuousClock()
        let start = clock.now
        let results = await verifier.verify(contentsOf: quotes, at: time)
        let seconds = (clock.now - start) / .seconds(1)
        for case .failure(let error) in results { throw error }
        return (Double(results.count) / seconds).rounded()
    }

    /// For people.
    var table: String {
        func row(_ title: String, _ key: String, _ value: KeyPath<Rates, Double>) -> String {
            var row = "\(title): \(Int(own[keyPath: value]))/s"
            if let other, let ratio = ratios[key] {
                row += "; dcap-qvl \(other.version) \(Int(other[keyPath: value]))/s, \(ratio) times as many"
            }
            return row
        }
        return """
            Full verifications of a quote, one thread
              \(row("collateral read each time", "collateralRead", \.collateralRead))
              \(row("collateral reused", "collateralReused", \.collateralReused))
              a list of quotes on \(processors) cores: \(Int(batch))/s
            """
    }
}

/// A quote, its collateral and its root.
private struct Sample {
    let quote: [UInt8]
    let bundle: [UInt8]
    let root: TrustedRoot
    let time = Timestamp(secondsSince1970: 1_780_000_000)
    private let rootBytes: [UInt8]

    init() throws {
        let seed = PlatformSeed(Array("bench".utf8))
        let keys = PlatformKeys(seed: seed)
        var platform = SimulatedPlatform(
            seed: seed, cpuSVN: Identifier128(ReportKey.defaultCPUSVN),
            moduleSVN: SVNComponents(ReportKey.module.teeTCBSVN), mrSEAM: ReportKey.module.mrSEAM, at: time)
        // As many revoked certificates as in Intel's list.
        for number in 1...50 as ClosedRange<UInt8> {
            platform.revokedByPlatformCA.append(
                .init(
                    serialNumber: .init(bytes: [UInt8](repeating: number, count: 20)),
                    revocationDate: platform.manufactured))
        }
        let authority = try PlatformAuthority(platform: platform, keys: keys)
        let key = ReportKey(
            key: keys.report, cpuSVN: platform.processor.cpuSVN.bytes, teeTCBInfo: platform.teeTCBInfo)
        var info = TDInfo()
        info.attributes = TDAttributes.septVEDisable.rawValue
        info.xfam = 0xE7
        let report = key.report(on: info, data: [UInt8](repeating: 1, count: 64), hasServiceTDs: false)
        quote = try QuotingEnclave(authority: authority, isGenuine: { key.verifies($0) })
            .quote(for: report).bytes
        bundle = Array(CollateralBundle(try authority.collateral()).json.compact.utf8)
        root = TrustedRoot(named: authority.root)
        rootBytes = authority.root.bytes
    }

    /// The other verifier on the same; nil where there is none.
    func compare() throws -> VerificationRates.Rates? {
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("seamless-rates-\(ProcessInfo.processInfo.processIdentifier)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        // What is left behind is in the system's temporary directory.
        defer { try? FileManager.default.removeItem(at: directory) }
        for (name, bytes) in [("quote.bin", quote), ("collateral.json", bundle), ("root.der", rootBytes)] {
            try Data(bytes).write(to: directory.appendingPathComponent(name))
        }
        let arguments = [
            "python3", "Scripts/compare-verifiers.py", directory.path, "\(time.secondsSince1970)",
        ]
        guard let line = firstLine("/usr/bin/env", arguments) else {
            note("dcap-qvl is not installed, or does not verify the quote; there is nothing to compare with.")
            return nil
        }
        return try JSONDecoder().decode(VerificationRates.Rates.self, from: Data(line.utf8))
    }
}

// SPDX-License-Identifier: Apache-2.0

import Collateral
import Crypto
import Quote
import QuoteVerification
import Quoting
import TDXABI

extension Target {
    /// Whoever reads a quote can write it, to the bit.
    static let quote = Target("quote") {
        let signed = try Sample.reports.map { try Sample.enclave().quote(for: $0) }
        let identification = PlatformIdentification(ppid: [], cpuSVN: .zero, pceSVN: 1, pceID: 2)
        func identified(_ count: Int) -> PlatformIdentification {
            var identification = identification
            identification.ppid = [UInt8](repeating: 7, count: count)
            return identification
        }
        let text = Array("-----BEGIN CERTIFICATE-----".utf8) + [0]
        let certifications: [CertificationData] = [
            .pckChain(text), .ppid(identified(16)), .ppidRSA2048(identified(256)),
            .ppidRSA3072(identified(384)), .pckCertificate(text), .platformManifest(text),
        ]
        // What a chain says is not the business of who reads a quote: a short one makes more executions.
        return signed.enumerated().flatMap { number, quote in
            certifications.prefix(number == 0 ? 6 : 1).map { certification in
                var quote = quote
                quote.signature.certification.certification = certification
                return .quote(quote)
            }
        }
    } execute: { input in
        // A refusal is an answer.
        guard let quote = try? Quote(input) else { return false }
        precondition(quote.bytes == input, "a quote is written as it was read")
        return true
    }

    /// Nobody who does not have the keys makes another quote that is accepted.
    static let verification = Target("verification") {
        [.quote(try Sample.enclave().quote(for: Sample.reports[1]))]
    } execute: { input in
        guard let quote = try? Quote(input), let sample = verified else { return false }
        let report = sample.verifier.verify(quote, at: sample.time)
        guard report.refusal == nil else { return false }
        var original = quote
        original.trailingBytes = []
        precondition(original.isSaid(by: sample.quote), "what is accepted is what was signed")
        return true
    }

    private static let verified: (verifier: QuoteVerifier, quote: Quote, time: Timestamp)? = {
        // Without a platform there would be no seeds either.
        guard let vendor = try? Sample.platform(revokes: false), let collateral = try? vendor.collateral(),
            let quote = try? QuotingEnclave(authority: vendor, isGenuine: { _ in true }).quote(
                for: Sample.reports[1])
        else { return nil }
        let root = TrustedRoot(named: vendor.root)
        return (QuoteVerifier(collateral: collateral, trusting: root), quote, vendor.platform.manufactured)
    }()
}

extension Quote {
    /// Whether the signed parts of both are the same.
    fileprivate func isSaid(by quote: Quote) -> Bool {
        let (mine, other) = (signature.certification, quote.signature.certification)
        return signedBytes == quote.signedBytes && signature.attestationKey == quote.signature.attestationKey
            && mine.report == other.report && mine.authenticationData == other.authenticationData
    }
}

extension Seed {
    fileprivate static func quote(_ quote: Quote) -> Seed {
        let bytes = quote.bytes
        let section = quote.signedBytes.count
        let certification = quote.signature.certification
        let (outer, size) = (section + 4 + 134, certification.authenticationData.count)
        let inner = outer + 448 + 2 + size + 6
        var fields = [
            SizeField(offset: section, width: 4, content: section + 4..<bytes.count),
            SizeField(offset: outer - 4, width: 4, content: outer..<bytes.count),
            SizeField(offset: outer + 448, width: 2, content: outer + 450..<outer + 450 + size),
            SizeField(offset: inner - 4, width: 4, content: inner..<bytes.count),
        ]
        if quote.header.version == 5 { fields.append(SizeField(offset: 50, width: 4, content: 54..<section)) }
        return .bytes(bytes, fields)
    }
}

/// A platform that does not exist, whose documents and quotes are the seeds.
enum Sample {
    static func platform(revokes: Bool = true) throws -> PlatformAuthority {
        let seed = PlatformSeed(Array("fuzz".utf8))
        var platform = SimulatedPlatform(
            seed: seed, cpuSVN: Identifier128([2, 2, 2, 2, 3, 1, 0, 3]), moduleSVN: SVNComponents([5, 1]),
            mrSEAM: .zero, at: Timestamp(secondsSince1970: 1_780_000_000))
        let authority = try PlatformAuthority(platform: platform, keys: PlatformKeys(seed: seed))
        guard revokes else { return authority }
        platform.revoke(authority.pck, at: platform.manufactured)
        platform.revoke(authority.tcbSigning, at: platform.manufactured)
        return try PlatformAuthority(platform: platform, keys: authority.keys)
    }

    /// Reports of versions 0, 1 and 3, each of which gives another form of a quote. Nothing checks their MAC here.
    static let reports: [TDReport] = ([0, 1, 3] as [UInt32]).map { version in
        var report = TDReport()
        report.tdInfo.xfam = 3
        report.tdInfo.reserved[61] = version == 3 ? 3 : 0
        report.teeTCBInfo.teeTCBSVN = SVNComponents([5, 1]).bytes
        report.teeTCBInfo.teeTCBSVN2 = report.teeTCBInfo.teeTCBSVN
        report.mac.reportType = 0x81 | version << 16
        report.mac.teeInfoHash = Digest384(SHA384.hash(data: report.tdInfo.bytes))
        report.mac.teeTCBInfoHash = Digest384(SHA384.hash(data: report.teeTCBInfo.bytes))
        return report
    }

    static func enclave() throws -> QuotingEnclave {
        try QuotingEnclave(authority: platform(revokes: false), isGenuine: { _ in true })
    }
}

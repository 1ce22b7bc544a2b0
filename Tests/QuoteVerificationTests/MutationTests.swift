// SPDX-License-Identifier: Apache-2.0

import Collateral
import Quote
import QuoteVerification
import TDXABI
import Testing

/// Numbers that are the same in each run; a failure names the seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Changes, cuts, repeats and inserts.
    mutating func mutate(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...5, using: &self) where !bytes.isEmpty {
            let index = Int.random(in: 0..<bytes.count, using: &self)
            let count = min(bytes.count - index, Int.random(in: 1...24, using: &self))
            switch Int.random(in: 0..<7, using: &self) {
            case 0: bytes[index] = UInt8.random(in: .min ... .max, using: &self)
            case 1: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &self)
            case 2: bytes[index] = [0x00, 0x7F, 0x80, 0xFF, 0x30, 0x84].randomElement(using: &self) ?? 0
            case 3: bytes.removeSubrange(index..<(index + count))
            case 4: bytes.insert(contentsOf: bytes[index..<(index + count)], at: index)
            case 5: bytes.removeLast(bytes.count - index)
            default: bytes.insert(UInt8.random(in: .min ... .max, using: &self), at: index)
            }
        }
        return bytes
    }
}

@Suite("Hostile input")
struct MutationTests {
    private static let rounds = 1500

    /// Feeds mutations of a document to its reader. That it returns is all that is asked; what it reads is used.
    private func feed(_ original: [UInt8], seed: UInt64, _ read: ([UInt8]) throws -> Void) {
        var generator = SeededGenerator(seed: seed)
        var refused = 0
        for _ in 0..<Self.rounds {
            do { try read(generator.mutate(original)) } catch { refused += 1 }
        }
        #expect(refused > Self.rounds / 4, "mutations reach the checks")
    }

    @Test("in place of any document is read or refused, whatever it is")
    func documents() throws {
        let platform = TestPlatform()
        let collateral = try platform.collateral()
        feed(try platform.pck().bytes, seed: 1) { bytes in
            _ = try SGXExtension(of: AttestationCertificate(bytes)).derBytes()
        }
        feed(try platform.sgx.derBytes(), seed: 2) { _ = try SGXExtension($0[...]) }
        feed(collateral.pckCRL.bytes, seed: 3) { bytes in
            _ = try CertificateRevocationList(bytes).isSigned(by: collateral.pckCRLIssuerChain[0])
        }
        feed(collateral.tcbInfo.body, seed: 4) {
            _ = try SignedDocument<TCBInfo>(body: $0).content.json.compact
        }
        feed(collateral.qeIdentity.body, seed: 5) { _ = try SignedDocument<EnclaveIdentity>(body: $0) }
        feed(Array(AttestationCertificate.text(of: collateral.tcbInfoIssuerChain).utf8), seed: 6) {
            _ = try AttestationCertificate.chain($0, document: "chain")
        }
    }

    @Test("in place of a quote is never accepted unless it says the same")
    func quotes() throws {
        let platform = TestPlatform()
        let verifier = try QuoteVerifier(
            collateral: platform.collateral(), trusting: TrustedRoot(named: platform.root().certificate))
        let quote = try platform.quote()
        feed(quote.bytes, seed: 7) { bytes in
            let mutated = try Quote(bytes)
            let report = verifier.verify(mutated, at: platform.now)
            if report.isAccepted {
                #expect(mutated.signedBytes == quote.signedBytes)
                #expect(mutated.signature.certification.report == quote.signature.certification.report)
            }
        }
    }

    @Test("in place of collateral is never the ground for accepting a quote unless it says the same")
    func bundles() throws {
        let platform = TestPlatform()
        let quote = try platform.quote()
        let root = TrustedRoot(named: try platform.root().certificate)
        let collateral = try platform.collateral()
        feed(Array(CollateralBundle(collateral).json.compact.utf8), seed: 8) { bytes in
            let mutated = try Collateral(json: bytes)
            if QuoteVerifier(collateral: mutated, trusting: root).verify(quote, at: platform.now).isAccepted {
                #expect(mutated.tcbInfo.content == collateral.tcbInfo.content)
                #expect(mutated.qeIdentity.content == collateral.qeIdentity.content)
                #expect(mutated.pckCRL == collateral.pckCRL && mutated.rootCACRL == collateral.rootCACRL)
            }
        }
    }

    @Test("in place of an event log is replayed or refused, in time with its size")
    func logs() throws {
        // As many records as an area of 1 MiB has room for, all of one register: no search with their square.
        let record = EventLogRecord(register: .rtmr1, type: .eventTag, digest: .zero, event: [])
        let log = EventLog(records: [EventLogRecord](repeating: record, count: 4000))
        let replay = try RTMRReplay(reading: log.bytes)
        #expect(replay.comparison(with: [.zero, .init([1]), .zero, .zero])[1].isEqual == false)
        feed(EventLog(records: [record, record]).bytes, seed: 9) { _ = try RTMRReplay(reading: $0) }
        let json = #"[{"imr":3,"event_type":1,"digest":"","event":"app","event_payload":"0102"}]"#
        feed(Array(json.utf8), seed: 10) { _ = try RTMRReplay(reading: $0) }
        feed(
            Array(#"{"acceptedStatuses":["UpToDate"],"minimumQESVN":4,"requiredXFAM":"0x3"}"#.utf8), seed: 11
        ) {
            _ = try AppraisalPolicy(json: $0)
        }
    }
}

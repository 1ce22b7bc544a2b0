// SPDX-License-Identifier: Apache-2.0

import Quote
import TDXABI
import Testing

@Suite("Quotes of random content")
struct QuotePropertyTests {
    @Test("are read as they were written, in every form and with every kind of certification data")
    func roundTrips() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var generator = SeededGenerator(seed: seed)
        for number in 0..<1500 {
            let quote = Self.quote(&generator)
            let bytes = quote.bytes
            let comment: Comment = "seed \(seed), quote \(number)"
            #expect(try Quote(bytes) == quote, comment)
            #expect(try Quote(bytes).bytes == bytes, comment)
            // What is behind the quote is no part of it; one byte less is one too few.
            var short = bytes
            short.removeLast(quote.trailingBytes.count)
            #expect(try Quote(short).trailingBytes == [], comment)
            short.removeLast()
            #expect(throws: QuoteFormatError.self, comment) { try Quote(short) }
        }
    }

    @Test("differ in the quote when a byte differs, wherever it is")
    func bytesMatter() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var generator = SeededGenerator(seed: seed)
        for number in 0..<1500 {
            let quote = Self.quote(&generator)
            var bytes = quote.bytes
            let index = Int.random(in: 0..<bytes.count, using: &generator)
            bytes[index] ^= UInt8.random(in: 1 ... .max, using: &generator)
            // A size or a type may make it none.
            guard let changed = try? Quote(bytes) else { continue }
            #expect(
                changed != quote && changed.bytes == bytes, "seed \(seed), quote \(number), byte \(index)")
        }
    }

    private static func quote(_ generator: inout SeededGenerator) -> Quote {
        func bytes(_ count: Int) -> [UInt8] {
            (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        }
        func digest() -> Digest384 { Digest384(bytes(48)) }
        func number<T: FixedWidthInteger & UnsignedInteger>() -> T {
            T.random(in: .min ... .max, using: &generator)
        }
        var report = TDReportBody()
        report.teeTCBSVN = SVNComponents(bytes(16))
        report.mrSEAM = digest()
        report.mrSignerSEAM = digest()
        report.seamAttributes = number()
        report.tdAttributes = TDAttributes(rawValue: number())
        report.xfam = number()
        report.mrTD = digest()
        report.mrConfigID = digest()
        report.mrOwner = digest()
        report.mrOwnerConfig = digest()
        (report.rtmr0, report.rtmr1, report.rtmr2, report.rtmr3) = (digest(), digest(), digest(), digest())
        report.reportData = ReportData(bytes(64))
        var fields = TD15Fields()
        fields.teeTCBSVN2 = SVNComponents(bytes(16))
        fields.mrServiceTD = digest()
        var extended = TD15ExFields()
        extended.vmID = number()
        extended.tdID = Digest256(bytes(32))
        let form = Int.random(in: 0..<4, using: &generator)
        let body: QuoteBody = [
            .td10(report), .td10(report), .td15(report, fields), .td15ex(report, fields, extended),
        ][form]
        func identification(_ size: Int) -> PlatformIdentification {
            PlatformIdentification(
                ppid: bytes(size), cpuSVN: Identifier128(bytes(16)), pceSVN: number(), pceID: number())
        }
        let size = Int.random(in: 0..<2000, using: &generator)
        let certification: CertificationData =
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: .ppid(identification(16))
            case 1: .ppidRSA2048(identification(256))
            case 2: .ppidRSA3072(identification(384))
            case 3: .pckCertificate(bytes(size))
            case 4: .platformManifest(bytes(size))
            default: .pckChain(bytes(size))
            }
        var header = QuoteHeader()
        header.version = form == 0 ? 4 : 5
        header.reserved1 = number()
        header.reserved2 = number()
        header.qeVendorID = Identifier128(bytes(16))
        header.qeID = Identifier128(bytes(16))
        header.userDataTail = number()
        var enclave = EnclaveReport()
        enclave.cpuSVN = Identifier128(bytes(16))
        enclave.miscSelect = number()
        enclave.xfrm = number()
        enclave.mrEnclave = Digest256(bytes(32))
        enclave.mrSigner = Digest256(bytes(32))
        enclave.isvProductID = number()
        enclave.isvSVN = number()
        enclave.reportData = ReportData(bytes(64))
        let authentication = [0, 32, 1, 300][Int.random(in: 0..<4, using: &generator)]
        return Quote(
            header: header, body: body,
            signature: QuoteSignature(
                signature: RawSignature(bytes(64)), attestationKey: RawPublicKey(bytes(64)),
                certification: QEReportCertification(
                    report: enclave, signature: RawSignature(bytes(64)),
                    authenticationData: bytes(authentication), certification: certification)),
            trailingBytes: bytes([0, 0, 3, 500][Int.random(in: 0..<4, using: &generator)]))
    }
}

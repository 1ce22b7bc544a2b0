// SPDX-License-Identifier: Apache-2.0

import Quote
import TDXABI

/// Quotes with a different value in each field; their signatures are of nothing.
enum Samples {
    static func filler(_ count: Int, _ start: UInt8) -> [UInt8] {
        (0..<count).map { start &+ UInt8(truncatingIfNeeded: $0) }
    }

    static var report: TDReportBody {
        var report = TDReportBody()
        report.teeTCBSVN = SVNComponents(filler(16, 1))
        report.mrSEAM = Digest384(filler(48, 2))
        report.mrSignerSEAM = Digest384(filler(48, 3))
        report.seamAttributes = 0x1122_3344_5566_7788
        report.tdAttributes = [.septVEDisable, .perfmon]
        report.xfam = 0x618E7
        report.mrTD = Digest384(filler(48, 4))
        report.mrConfigID = Digest384(filler(48, 5))
        report.mrOwner = Digest384(filler(48, 6))
        report.mrOwnerConfig = Digest384(filler(48, 7))
        report.rtmr0 = Digest384(filler(48, 8))
        report.rtmr1 = Digest384(filler(48, 9))
        report.rtmr2 = Digest384(filler(48, 10))
        report.rtmr3 = Digest384(filler(48, 11))
        report.reportData = ReportData(filler(64, 12))
        return report
    }

    static var td15: TD15Fields {
        var fields = TD15Fields()
        fields.teeTCBSVN2 = SVNComponents(filler(16, 13))
        fields.mrServiceTD = Digest384(filler(48, 14))
        return fields
    }

    static var td15ex: TD15ExFields {
        var fields = TD15ExFields()
        fields.vmID = 15
        fields.tdID = Digest256(filler(32, 16))
        fields.deviceInfoHash = Digest384(filler(48, 17))
        fields.initialServiceTDHash = Digest384(filler(48, 18))
        fields.initialServiceTDAttributes = 19
        fields.initialCPUSVN = Identifier128(filler(16, 20))
        fields.initialTEETCBSVN = SVNComponents(filler(16, 21))
        fields.initialTEEFMSPC = FMSPCField(filler(12, 22))
        fields.currentServiceTDHash = Digest384(filler(48, 23))
        fields.currentServiceTDAttributes = 24
        return fields
    }

    static var enclaveReport: EnclaveReport {
        var report = EnclaveReport()
        report.cpuSVN = Identifier128(filler(16, 25))
        report.miscSelect = 26
        report.reserved20 = Reserved28(filler(28, 27))
        report.flags = [.initialized, .mode64Bit]
        report.xfrm = 0xE7
        report.mrEnclave = Digest256(filler(32, 28))
        report.reserved96 = Digest256(filler(32, 29))
        report.mrSigner = Digest256(filler(32, 30))
        report.reserved160 = Reserved96(filler(96, 31))
        report.isvProductID = 2
        report.isvSVN = 4
        report.reserved260 = Reserved60(filler(60, 32))
        report.reportData = ReportData(filler(64, 33))
        return report
    }

    static func certification(_ type: CertificationDataType) -> CertificationData {
        func identification(_ size: Int) -> PlatformIdentification {
            PlatformIdentification(
                ppid: filler(size, 34), cpuSVN: Identifier128(filler(16, 35)), pceSVN: 13, pceID: 1)
        }
        return switch type {
        case .ppid: .ppid(identification(16))
        case .ppidRSA2048: .ppidRSA2048(identification(256))
        case .ppidRSA3072: .ppidRSA3072(identification(384))
        case .pckCertificate: .pckCertificate(filler(700, 36))
        case .platformManifest: .platformManifest(filler(900, 37))
        default: .pckChain(filler(3000, 38))
        }
    }

    static let bodies: [QuoteBody] = [
        .td10(report), .td15(report, td15), .td15ex(report, td15, td15ex),
    ]
    static let certificationTypes: [CertificationDataType] = [
        .ppid, .ppidRSA2048, .ppidRSA3072, .pckCertificate, .pckChain, .platformManifest,
    ]

    static func quote(
        version: UInt16 = 4, body: QuoteBody = bodies[0],
        certification type: CertificationDataType = .pckChain,
        authenticationData: [UInt8] = filler(32, 0), trailingBytes: [UInt8] = []
    ) -> Quote {
        var header = QuoteHeader()
        header.version = version
        header.qeID = Identifier128(filler(16, 39))
        header.userDataTail = 0x0102_0304
        header.reserved1 = 5
        header.reserved2 = 6
        return Quote(
            header: header, body: body,
            signature: QuoteSignature(
                signature: RawSignature(filler(64, 40)), attestationKey: RawPublicKey(filler(64, 41)),
                certification: QEReportCertification(
                    report: enclaveReport, signature: RawSignature(filler(64, 42)),
                    authenticationData: authenticationData, certification: certification(type))),
            trailingBytes: trailingBytes)
    }

    /// One of each form.
    static var quotes: [Quote] {
        [quote(authenticationData: [], trailingBytes: filler(39, 1))]
            + bodies.map { quote(version: 5, body: $0) }
            + certificationTypes.map { quote(certification: $0) }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Collateral
import Crypto
public import Quote
public import TDXABI

/// The quoting enclave of TDs: makes a quote of a report that this platform's processor made.
///
/// Its attestation key is certified once, when it is made: the enclave's own report names the key, and the PCK signs that report.
public struct QuotingEnclave: Sendable {
    private let id: Identifier128
    private let keys: PlatformKeys
    private let certification: QEReportCertification
    /// `EVERIFYREPORT2`: whether this processor made a report.
    private let isGenuine: @Sendable (ReportMACStruct) -> Bool

    /// The bytes that an enclave of Intel's has here.
    private static let authenticationData = [UInt8](0..<32)

    /// - Parameter isGenuine: whether this platform's processor made the MAC of a report.
    public init(
        authority: PlatformAuthority, isGenuine: @escaping @Sendable (ReportMACStruct) -> Bool
    ) throws {
        let (platform, keys) = (authority.platform, authority.keys)
        id = platform.quotingEnclave.id
        self.keys = keys
        self.isGenuine = isGenuine
        var report = EnclaveReport()
        report.cpuSVN = platform.processor.cpuSVN
        report.flags = [.initialized, .mode64Bit, .provisionKey]
        report.xfrm = 0xE7
        report.mrEnclave = platform.quotingEnclave.mrEnclave
        report.mrSigner = platform.quotingEnclave.mrSigner
        report.isvProductID = platform.quotingEnclave.productID
        report.isvSVN = platform.quotingEnclave.svn
        report.reportData = ReportData(
            SHA256.hash(
                data: Array(keys.attestation.publicKey.rawRepresentation) + QuotingEnclave.authenticationData)
        )
        let chain = AttestationCertificate.text(of: authority.pckChain)
        certification = QEReportCertification(
            report: report, signature: try keys.pck.reproducibleSignature(for: report.bytes),
            authenticationData: QuotingEnclave.authenticationData,
            certification: .pckChain(Array(chain.utf8) + [0]))
    }

    /// Makes a quote of the bytes of a `TDREPORT`.
    public func quote(for bytes: [UInt8]) throws -> Quote {
        guard let report = TDReport(bytes) else { throw QuotingError.wrongSize(bytes.count) }
        return try quote(for: report)
    }

    /// Makes a quote; of which version depends on what the report says.
    public func quote(for report: TDReport) throws -> Quote {
        try check(report)
        let body = try QuoteBody(report)
        var header = QuoteHeader()
        header.version = body.type == .td10 ? 4 : 5
        header.qeID = id
        let signed = Quote.signedBytes(header: header, body: body)
        return Quote(
            header: header, body: body,
            signature: QuoteSignature(
                signature: try keys.attestation.reproducibleSignature(for: signed),
                attestationKey: RawPublicKey(keys.attestation.publicKey.rawRepresentation),
                certification: certification))
    }

    private func check(_ report: TDReport) throws(QuotingError) {
        let type = report.mac.reportType
        // Type 0x81, sub-type 0 or 1, version 0, 1 or 3.
        guard type & 0xFF == 0x81, type >> 8 & 0xFF <= 1, [0, 1, 3].contains(type >> 16 & 0xFF),
            type >> 24 == 0
        else { throw .malformed(field: "REPORTTYPE", value: UInt64(type)) }
        let valid = report.teeTCBInfo.valid
        guard valid == 0x1FF || valid == 0x301FF else {
            throw .malformed(field: "VALID of TEE_TCB_INFO", value: valid)
        }
        let reserved: [(String, [UInt8])] = [
            ("Bytes 15:4 of REPORTMACSTRUCT", report.mac.reserved1),
            ("Bytes 223:192 of REPORTMACSTRUCT", report.mac.reserved2),
            ("Bytes 511:495", report.reserved),
            ("Bytes 238:144 of TEE_TCB_INFO", report.teeTCBInfo.reserved),
            ("TEE_TCB_SVN2, which VALID leaves out,", valid == 0x1FF ? report.teeTCBInfo.teeTCBSVN2 : []),
        ]
        for (field, bytes) in reserved where !bytes.allSatisfy({ $0 == 0 }) {
            throw .reservedNotZero(field: field)
        }
        guard isGenuine(report.mac) else { throw .wrongMAC }
        guard report.mac.teeTCBInfoHash == Digest384(SHA384.hash(data: report.teeTCBInfo.bytes)) else {
            throw .wrongDigest(field: "TEE_TCB_INFO_HASH")
        }
        guard report.mac.teeInfoHash == Digest384(SHA384.hash(data: report.tdInfo.bytes)) else {
            throw .wrongDigest(field: "TEE_INFO_HASH")
        }
    }
}

extension QuoteBody {
    /// What a quote says of a TD, in the form that the version of its report asks for.
    fileprivate init(_ report: TDReport) throws(QuotingError) {
        let (info, tcb) = (report.tdInfo, report.teeTCBInfo)
        var body = TDReportBody()
        body.teeTCBSVN = SVNComponents(tcb.teeTCBSVN)
        body.mrSEAM = tcb.mrSEAM
        body.tdAttributes = TDAttributes(rawValue: info.attributes)
        body.xfam = info.xfam
        body.mrTD = info.mrTD
        body.mrConfigID = info.mrConfigID
        body.mrOwner = info.mrOwner
        body.mrOwnerConfig = info.mrOwnerConfig
        (body.rtmr0, body.rtmr1, body.rtmr2, body.rtmr3) = (info.rtmr0, info.rtmr1, info.rtmr2, info.rtmr3)
        body.reportData = ReportData(report.mac.reportData)

        var fields = TD15Fields()
        fields.teeTCBSVN2 = SVNComponents(tcb.valid == 0x1FF ? tcb.teeTCBSVN : tcb.teeTCBSVN2)
        switch report.mac.reportType >> 16 & 0xFF {
        case 0 where fields.teeTCBSVN2 == body.teeTCBSVN: self = .td10(body)
        case 0: self = .td15(body, fields)
        case 1:
            fields.mrServiceTD = info.servTDHash
            self = .td15(body, fields)
        default:
            // TDINFO's own VALID: bit 0 is of the service TDs, 8 of TD_ID, 9 of VMID.
            let valid = info.reserved[60..<64].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            guard valid & 0x300 != 0, valid & 0xFE == 0 else {
                throw .malformed(field: "VALID of TDINFO", value: UInt64(valid))
            }
            var extended = TD15ExFields()
            if valid & 1 << 0 != 0 { fields.mrServiceTD = info.servTDHash }
            if valid & 1 << 8 != 0 { extended.tdID = Digest256(info.reserved[..<32]) }
            if valid & 1 << 9 != 0 { extended.vmID = info.reserved[56] }
            self = .td15ex(body, fields, extended)
        }
    }
}

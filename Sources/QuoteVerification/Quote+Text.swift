// SPDX-License-Identifier: Apache-2.0

public import Collateral
public import Quote
import TDXABI

extension Quote {
    /// Every field of a quote and its value, in wire order.
    public var fields: [(name: String, value: String)] {
        func hexadecimal(_ value: some FixedWidthInteger) -> String {
            let digits = String(value, radix: 16)
            return "0x" + String(repeating: "0", count: max(0, value.bitWidth / 4 - digits.count)) + digits
        }
        let report = body.report
        let certification = signature.certification
        var fields: [(name: String, value: String)] = [
            ("version", "\(header.version)"), ("attestationKeyType", "\(header.attestationKeyType)"),
            ("teeType", "\(header.teeType)"), ("qeVendorID", "\(header.qeVendorID)"),
            ("qeID", "\(header.qeID)"),
            ("bodyType", "\(body.type.rawValue)"), ("teeTCBSVN", "\(report.teeTCBSVN)"),
            ("mrSEAM", "\(report.mrSEAM)"), ("mrSignerSEAM", "\(report.mrSignerSEAM)"),
            ("seamAttributes", hexadecimal(report.seamAttributes)),
            ("tdAttributes", hexadecimal(report.tdAttributes.rawValue)), ("xfam", hexadecimal(report.xfam)),
            ("mrTD", "\(report.mrTD)"), ("mrConfigID", "\(report.mrConfigID)"),
            ("mrOwner", "\(report.mrOwner)"),
            ("mrOwnerConfig", "\(report.mrOwnerConfig)"),
        ]
        fields += report.rtmrs.enumerated().map { ("rtmr\($0.offset)", "\($0.element)") }
        fields.append(("reportData", "\(report.reportData)"))
        if let td15 = body.td15 {
            fields += [("teeTCBSVN2", "\(td15.teeTCBSVN2)"), ("mrServiceTD", "\(td15.mrServiceTD)")]
        }
        if let td15ex = body.td15ex {
            fields += [
                ("vmID", "\(td15ex.vmID)"), ("tdID", "\(td15ex.tdID)"),
                ("deviceInfoHash", "\(td15ex.deviceInfoHash)"),
                ("initialServiceTDHash", "\(td15ex.initialServiceTDHash)"),
                ("initialServiceTDAttributes", hexadecimal(td15ex.initialServiceTDAttributes)),
                ("initialCPUSVN", "\(td15ex.initialCPUSVN)"),
                ("initialTEETCBSVN", "\(td15ex.initialTEETCBSVN)"),
                ("initialTEEFMSPC", "\(td15ex.initialTEEFMSPC)"),
                ("currentServiceTDHash", "\(td15ex.currentServiceTDHash)"),
                ("currentServiceTDAttributes", hexadecimal(td15ex.currentServiceTDAttributes)),
            ]
        }
        fields += [
            ("signature", "\(signature.signature)"), ("attestationKey", "\(signature.attestationKey)"),
            ("qeCPUSVN", "\(certification.report.cpuSVN)"),
            ("qeMRENCLAVE", "\(certification.report.mrEnclave)"),
            ("qeMRSIGNER", "\(certification.report.mrSigner)"),
            ("qeAttributes", certification.report.attributes.hexadecimal),
            ("qeMISCSELECT", hexadecimal(certification.report.miscSelect)),
            ("qeISVPRODID", "\(certification.report.isvProductID)"),
            ("qeISVSVN", "\(certification.report.isvSVN)"),
            ("qeReportData", "\(certification.report.reportData)"),
            ("qeReportSignature", "\(certification.signature)"),
            ("qeAuthenticationData", certification.authenticationData.hexadecimal),
            ("certificationDataType", "\(certification.certification.type.rawValue)"),
            ("certificationDataSize", "\(certification.certification.content.count)"),
            ("trailingBytes", "\(trailingBytes.count)"),
        ]
        return fields
    }

    /// A field a line.
    public var table: String {
        fields.map { "\($0.name.padded(to: 28))\($0.value)" }.joined(separator: "\n")
    }

    /// The fields as strings.
    public var json: JSONValue { .object(fields.map { .init($0.name, .string($0.value)) }) }
}

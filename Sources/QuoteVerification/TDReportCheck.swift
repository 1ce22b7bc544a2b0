// SPDX-License-Identifier: Apache-2.0

import Crypto
public import Quote
public import TDXABI

extension TDReport {
    /// What a report contradicts in itself, as the quoting enclave would find it; empty for a sound one.
    ///
    /// The MAC can be verified only on the platform that made it. The digests under it can be verified anywhere.
    public var contradictions: [String] {
        var contradictions: [String] = []
        let type = mac.reportType
        if type & 0xFF != 0x81 {
            contradictions.append("the report type is 0x\(String(type & 0xFF, radix: 16)) and not TDX")
        }
        if type >> 8 & 0xFF > 1 { contradictions.append("the report sub-type is \(type >> 8 & 0xFF)") }
        if ![0, 1, 3].contains(type >> 16 & 0xFF) {
            contradictions.append("the report version is \(type >> 16 & 0xFF)")
        }
        if Digest384(SHA384.hash(data: teeTCBInfo.bytes)) != mac.teeTCBInfoHash {
            contradictions.append("TEE_TCB_INFO_HASH is not the digest of TEE_TCB_INFO")
        }
        if Digest384(SHA384.hash(data: tdInfo.bytes)) != mac.teeInfoHash {
            contradictions.append("TEE_INFO_HASH is not the digest of TDINFO")
        }
        if teeTCBInfo.valid != 0x1FF, teeTCBInfo.valid != 0x301FF {
            contradictions.append("VALID of TEE_TCB_INFO is 0x\(String(teeTCBInfo.valid, radix: 16))")
        }
        return contradictions
    }

    /// The fields in which a quote says something else of a TD than this report.
    public func differences(from quote: Quote) -> [String] {
        let report = quote.body.report
        let pairs: [(String, [UInt8], [UInt8])] = [
            ("TEE_TCB_SVN", teeTCBInfo.teeTCBSVN, report.teeTCBSVN.bytes),
            ("MRSEAM", teeTCBInfo.mrSEAM.bytes, report.mrSEAM.bytes),
            ("MRTD", tdInfo.mrTD.bytes, report.mrTD.bytes),
            ("MRCONFIGID", tdInfo.mrConfigID.bytes, report.mrConfigID.bytes),
            ("MROWNER", tdInfo.mrOwner.bytes, report.mrOwner.bytes),
            ("MROWNERCONFIG", tdInfo.mrOwnerConfig.bytes, report.mrOwnerConfig.bytes),
            ("RTMR0", tdInfo.rtmr0.bytes, report.rtmr0.bytes),
            ("RTMR1", tdInfo.rtmr1.bytes, report.rtmr1.bytes),
            ("RTMR2", tdInfo.rtmr2.bytes, report.rtmr2.bytes),
            ("RTMR3", tdInfo.rtmr3.bytes, report.rtmr3.bytes),
            ("REPORTDATA", mac.reportData, report.reportData.bytes),
        ]
        var names = pairs.filter { $0.1 != $0.2 }.map(\.0)
        if tdInfo.attributes != report.tdAttributes.rawValue { names.append("TDATTRIBUTES") }
        if tdInfo.xfam != report.xfam { names.append("XFAM") }
        return names
    }
}

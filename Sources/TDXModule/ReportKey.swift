// SPDX-License-Identifier: Apache-2.0

import Crypto
public import TDXABI

/// The part of the processor that makes and checks the MAC of reports: a key that never leaves the platform, and the
/// versions that a report carries.
///
/// - SeeAlso: Base Specification, "TD Measurement and Attestation"; SDM Vol. 3, "SEAMREPORT".
public struct ReportKey: Sendable {
    private let key: SymmetricKey
    /// `CPUSVN`
    public let cpuSVN: [UInt8]
    /// `TEE_TCB_INFO` of the running module.
    public let teeTCBInfo: TEETCBInfo

    public init(
        key: [UInt8], cpuSVN: [UInt8] = ReportKey.defaultCPUSVN, teeTCBInfo: TEETCBInfo = ReportKey.module
    ) {
        self.key = SymmetricKey(data: key)
        self.cpuSVN = Array((cpuSVN + repeatElement(0, count: 16)).prefix(16))
        self.teeTCBInfo = teeTCBInfo
    }

    /// The security version of a simulated processor, in the form of the third generation's.
    public static let defaultCPUSVN: [UInt8] = [2, 2, 2, 2, 3, 1, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0]

    /// This module: SVN 5, major version 1; `MRSEAM` is the digest of its name, since it has no image of Intel's.
    public static let module: TEETCBInfo = {
        var info = TEETCBInfo()
        info.teeTCBSVN[0] = 5
        info.teeTCBSVN[1] = 1
        info.teeTCBSVN2 = info.teeTCBSVN
        info.mrSEAM = Digest384(hashing: Array("Seamless TDX module 1.5.06".utf8))
        return info
    }()

    /// Makes a report on a TD.
    ///
    /// - Parameter hash: `TEE_INFO_HASH`, where it is known already.
    public func report(
        on tdInfo: TDInfo, hash: Digest384? = nil, data: [UInt8], hasServiceTDs: Bool
    ) -> TDReport {
        var report = TDReport()
        report.tdInfo = tdInfo
        report.teeTCBInfo = teeTCBInfo
        report.mac.reportType = 0x81 | (hasServiceTDs ? 1 << 16 : 0)
        report.mac.cpuSVN = cpuSVN
        report.mac.teeTCBInfoHash = Digest384(hashing: teeTCBInfo.bytes)
        report.mac.teeInfoHash = hash ?? Digest384(hashing: tdInfo.bytes)
        report.mac.reportData = Array((data + repeatElement(0, count: 64)).prefix(64))
        report.mac.mac = Array(HMAC<SHA256>.authenticationCode(for: report.mac.authenticated, using: key))
        return report
    }

    /// Whether the MAC is this platform's.
    public func verifies(_ report: ReportMACStruct) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(report.mac, authenticating: report.authenticated, using: key)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Collateral
import Quote
import Quoting
import TDXABI
import TDXModule

/// A platform of a seed, and what makes reports on it.
struct Scene {
    static let time = Timestamp(secondsSince1970: 1_780_000_000)

    var platform = SimulatedPlatform(
        seed: PlatformSeed(Array("tests".utf8)), cpuSVN: Identifier128(ReportKey.defaultCPUSVN),
        moduleSVN: SVNComponents(ReportKey.module.teeTCBSVN), mrSEAM: ReportKey.module.mrSEAM, at: time)
    var keys = PlatformKeys(seed: PlatformSeed(Array("tests".utf8)))

    var reportKey: ReportKey {
        ReportKey(
            key: keys.report, cpuSVN: platform.processor.cpuSVN.bytes, teeTCBInfo: platform.teeTCBInfo)
    }
    func authority() throws -> PlatformAuthority { try PlatformAuthority(platform: platform, keys: keys) }
    func enclave() throws -> QuotingEnclave {
        let key = reportKey
        return try QuotingEnclave(authority: authority(), isGenuine: { key.verifies($0) })
    }
    func service() throws -> QGSService { try QGSService(authority: authority(), enclave: enclave()) }

    /// What a TD says of itself.
    static let tdInfo: TDInfo = {
        var info = TDInfo()
        info.attributes = TDAttributes.septVEDisable.rawValue
        info.xfam = 0xE7
        info.mrTD = Digest384(1...48)
        info.rtmr0 = Digest384(2...49)
        info.rtmr3 = Digest384(5...52)
        info.servTDHash = Digest384(6...53)
        return info
    }()

    func report(hasServiceTDs: Bool = false) -> TDReport {
        reportKey.report(on: Scene.tdInfo, data: Array(100..<164), hasServiceTDs: hasServiceTDs)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Collateral
import Quote

extension Rule {
    /// The TDX module that launched the TD is signed by whom the TCB Info says, with the attributes it says.
    static let tdxModuleIdentity = Rule("tdx-module-identity", .quote) { evidence, _ throws(Refusal) in
        let report = evidence.report
        let major = report.teeTCBSVN.moduleMajorVersion
        guard let identity = evidence.collateral.tcbInfo.content.moduleIdentity(major) else {
            throw Refusal(
                .tdxModuleMismatch, found: "a TDX module of major version \(major)",
                required: "one that the TCB Info has an identity of")
        }
        guard report.mrSignerSEAM == identity.mrSigner else {
            throw Refusal(
                .tdxModuleMismatch, found: "MRSIGNERSEAM \(report.mrSignerSEAM)",
                required: "\(identity.mrSigner)")
        }
        // The identity has a mask, which the vendor's library does not apply: attributes are zero in any case.
        guard report.seamAttributes == identity.attributes, report.seamAttributes == 0 else {
            throw Refusal(
                .tdxModuleMismatch, found: "SEAMATTRIBUTES 0x\(String(report.seamAttributes, radix: 16))",
                required: "0x\(String(identity.attributes, radix: 16)), and none set")
        }
    }
}

extension TCBInfo {
    /// Whom modules of a major version must be signed by.
    func moduleIdentity(_ major: UInt8) -> TDXModuleIdentity? {
        major == 0 ? tdxModule : tdxModuleIdentities?.first { $0.majorVersion == major }?.identity
    }
}

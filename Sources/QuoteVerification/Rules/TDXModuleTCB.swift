// SPDX-License-Identifier: Apache-2.0

import Collateral
import Quote

extension Rule {
    /// The TDX module reaches a level of its identity. Modules of major version 0 are judged with the platform.
    static let tdxModuleTCB = Rule("tdx-module-tcb", .quote) { evidence, findings throws(Refusal) in
        let body = evidence.quote.body
        let launch = try evidence.moduleLevel(reachedWith: body.report.teeTCBSVN)
        let current = body.td15 == nil ? launch : try evidence.moduleLevel(reachedWith: body.currentTEETCBSVN)
        findings.module = .init(launch: launch, current: current)
    }
}

extension Evidence {
    func moduleLevel(reachedWith svn: SVNComponents) throws(Refusal) -> ComponentTCBLevel? {
        let major = svn.moduleMajorVersion
        guard major > 0 else { return nil }
        guard let identity = collateral.tcbInfo.content.moduleIdentity(major) else {
            throw Refusal(
                .tcbNotSupported, found: "a TDX module of major version \(major)",
                required: "one that the TCB Info has an identity of")
        }
        guard let level = identity.levels.level(reachedBy: UInt16(svn.moduleSVN)) else {
            throw Refusal(
                .tcbNotSupported, found: "a TDX module \(major) of SVN \(svn.moduleSVN), below every level",
                required: "SVN \(identity.levels.map(\.isvSVN).min() ?? 0) or higher")
        }
        return level
    }
}

// SPDX-License-Identifier: Apache-2.0

import Collateral
import Quote

extension Rule {
    /// The platform reaches a level of the TCB Info, with the TDX module of the launch and the one that runs now.
    static let platformTCB = Rule("platform-tcb", .quote) { evidence, findings throws(Refusal) in
        let body = evidence.quote.body
        let launch = try evidence.level(reachedWith: body.report.teeTCBSVN, "TEE_TCB_SVN")
        findings.platform = .init(
            launch: launch,
            current: body.td15 == nil
                ? launch : try evidence.level(reachedWith: body.currentTEETCBSVN, "TEE_TCB_SVN_2"))
    }
}

extension Evidence {
    /// The highest level of which every SVN is reached: those of the PCK certificate, and those of a TDX module.
    ///
    /// Modules from major version 1 on are judged by their identity, so that the first two components say nothing.
    func level(reachedWith tdx: SVNComponents, _ name: String) throws(Refusal) -> TCBLevel {
        let first = tdx.moduleMajorVersion == 0 ? 0 : 2
        let sgx = chain.sgx
        for level in prepared.levels
        where level.isReachable && sgx.tcb.meets(level.sgxSVNs) && sgx.pceSVN >= level.pceSVN
            && tdx.meets(level.tdxSVNs, from: first)
        {
            return level
        }
        guard let lowest = prepared.levels.last else {
            throw Refusal(
                .tcbNotSupported, found: "a TCB Info without levels", required: "a level that is reached")
        }
        var shortfalls = sgx.tcb.shortfalls(lowest.sgxSVNs).map {
            "SGX component \($0 + 1) is \(sgx.tcb[$0]) where \(lowest.sgxSVNs[$0]) is needed"
        }
        if sgx.pceSVN < lowest.pceSVN {
            shortfalls.append("PCESVN is \(sgx.pceSVN) where \(lowest.pceSVN) is needed")
        }
        shortfalls += tdx.shortfalls(lowest.tdxSVNs, from: first).map {
            "TDX component \($0 + 1) is \(tdx[$0]) where \(lowest.tdxSVNs[$0]) is needed"
        }
        throw Refusal(
            .tcbNotSupported,
            found: "a platform (\(name) \(tdx)) below every TCB level; for the lowest, "
                + shortfalls.joined(separator: ", "),
            required: "a level of which every SVN is reached")
    }
}

// SPDX-License-Identifier: Apache-2.0

import Collateral

extension Rule {
    /// The TCB Info is about the kind of platform that the PCK certificate is of.
    static let platformIdentity = Rule("platform-identity", .quote) { evidence, _ throws(Refusal) in
        let info = evidence.collateral.tcbInfo.content
        let sgx = evidence.chain.sgx
        guard info.fmspc == sgx.fmspc else {
            throw Refusal(
                .tcbInfoMismatch, found: "a TCB Info of FMSPC \(info.fmspc)",
                required: "one of the platform's FMSPC, \(sgx.fmspc)")
        }
        guard info.pceID == sgx.pceID else {
            throw Refusal(
                .tcbInfoMismatch, found: "a TCB Info of PCE-ID \(info.pceID)",
                required: "one of the platform's PCE-ID, \(sgx.pceID)")
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Collateral
import Quote

extension Rule {
    /// The enclave that reports is the quoting enclave of TDs that the vendor stands for, not a debug build of it.
    static let qeReportIdentity = Rule("qe-report-identity", .quote) { evidence, _ throws(Refusal) in
        let identity = evidence.collateral.qeIdentity.content
        let report = evidence.qeReport
        func require(
            _ isEqual: Bool, _ found: @autoclosure () -> String, _ required: @autoclosure () -> String
        )
            throws(Refusal)
        {
            guard !isEqual else { return }
            throw Refusal(.qeIdentityMismatch, found: found(), required: required())
        }
        try require(identity.id == "TD_QE", "an identity of \(identity.id)", "one of TD_QE")
        try require(
            report.miscSelect & identity.miscSelectMask == identity.miscSelect,
            "a QE with MISCSELECT 0x\(String(report.miscSelect, radix: 16))",
            "0x\(String(identity.miscSelect, radix: 16)) under the mask 0x\(String(identity.miscSelectMask, radix: 16))"
        )
        let masked = zip(report.attributes, identity.attributesMask.bytes).map { $0 & $1 }
        try require(
            masked == identity.attributes.bytes, "a QE with the attributes \(report.attributes.hexadecimal)",
            "\(identity.attributes) under the mask \(identity.attributesMask)")
        try require(
            report.mrSigner == identity.mrSigner, "a QE signed by \(report.mrSigner)", "\(identity.mrSigner)")
        try require(
            report.isvProductID == identity.isvProductID, "a QE with ISVPRODID \(report.isvProductID)",
            "\(identity.isvProductID)")
    }
}

// SPDX-License-Identifier: Apache-2.0

import Collateral
import Quote

extension Rule {
    /// The QE report is signed with the key of the PCK certificate.
    static let qeReportSignature = Rule("qe-report-signature", .quote) { evidence, _ throws(Refusal) in
        let certification = evidence.quote.signature.certification
        guard
            certification.signature.isValid(
                for: certification.report.bytes, by: evidence.chain.leaf.publicKey)
        else {
            throw Refusal(
                .invalidQEReportSignature, found: "a signature on the QE report that the PCK did not make",
                required: "the signature of the key that the PCK certificate is of")
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Crypto
import Quote

extension Rule {
    /// The QE report names the attestation key: its data are the digest of the key and the authentication data.
    ///
    /// Deviation: the vendor's library compares the first half alone. The second is zero in every real quote.
    static let attestationKey = Rule("attestation-key", .quote) { evidence, _ throws(Refusal) in
        let signature = evidence.quote.signature
        let required = ReportData(
            SHA256.hash(data: signature.attestationKey.bytes + signature.certification.authenticationData))
        guard evidence.qeReport.reportData == required else {
            throw Refusal(
                .invalidQEReportData, found: "a QE report on \(evidence.qeReport.reportData)",
                required: "one on the attestation key of this quote, \(required)")
        }
    }
}

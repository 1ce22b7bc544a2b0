// SPDX-License-Identifier: Apache-2.0

import Quote

extension Rule {
    /// The header has Intel's vendor id. Version, key type and kind of TEE are checked when a quote is read.
    static let quoteHeader = Rule("quote-header", .quote) { evidence, _ throws(Refusal) in
        guard evidence.quote.header.qeVendorID == QuoteHeader.intelVendorID else {
            throw Refusal(
                .unsupportedQuoteFormat, found: "the QE vendor id \(evidence.quote.header.qeVendorID)",
                required: "Intel's, \(QuoteHeader.intelVendorID)")
        }
    }
}

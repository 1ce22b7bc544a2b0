// SPDX-License-Identifier: Apache-2.0

import Collateral
import Crypto
import Quote

extension Rule {
    /// Header and body are signed with the attestation key, which is a key.
    static let quoteSignature = Rule("quote-signature", .quote) { evidence, _ throws(Refusal) in
        let signature = evidence.quote.signature
        // A key that is no point of the curve signs nothing.
        guard let key = try? P256.Signing.PublicKey(rawRepresentation: signature.attestationKey.bytes) else {
            throw Refusal(
                .invalidQuoteSignature, found: "an attestation key that is no point of P-256",
                required: "a key")
        }
        guard signature.signature.isValid(for: evidence.quote.signedBytes, by: key) else {
            throw Refusal(
                .invalidQuoteSignature,
                found: "a signature on the quote that the attestation key did not make",
                required: "the signature of its header and body")
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Collateral

extension Rule {
    /// The PCK CRL is that of the PCK certificate's issuer and does not list it.
    static let quotePCK = Rule("quote-pck", .quote) { evidence, _ throws(Refusal) in
        let leaf = evidence.chain.leaf
        guard evidence.collateral.pckCRL.covers(leaf) else {
            throw Refusal(
                .crlInvalid,
                found: "a PCK CRL of “\(evidence.collateral.pckCRL.issuer.attestationCommonName)”",
                required: "one of the issuer of the PCK certificate")
        }
        try evidence.requireNotRevoked(leaf, by: evidence.collateral.pckCRL, .pckRevoked)
    }
}

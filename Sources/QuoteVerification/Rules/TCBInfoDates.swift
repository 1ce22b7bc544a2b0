// SPDX-License-Identifier: Apache-2.0

import Collateral

extension Rule {
    /// The TCB Info, its certificates and the root's revocation list are valid at the given time.
    static let tcbInfoDates = Rule("tcb-info-dates", .tcbInfo) { evidence, _ throws(Refusal) in
        try evidence.requireValid(
            evidence.tcbInfoChain(), of: evidence.collateral.tcbInfo, .tcbInfoExpired)
    }
}

extension Evidence {
    func requireValid<Content>(
        _ chain: SigningChain, of document: SignedDocument<Content>, _ code: VerificationCode
    ) throws(Refusal) {
        try requireValid(chain.root, .signingChainExpired)
        try requireValid(chain.signer, .signingChainExpired)
        try requireValid(collateral.rootCACRL, "root CA CRL")
        try requireValid(
            "a \(Content.name)", from: document.content.issueDate, to: document.content.nextUpdate, code)
    }
}

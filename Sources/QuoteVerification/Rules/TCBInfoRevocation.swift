// SPDX-License-Identifier: Apache-2.0

import Collateral

extension Rule {
    /// The signing certificate of the TCB Info is not in the root's revocation list.
    static let tcbInfoRevocation = Rule("tcb-info-revocation", .tcbInfo) { evidence, _ throws(Refusal) in
        try evidence.requireNotRevoked(evidence.tcbInfoChain())
    }
}

extension Evidence {
    func requireNotRevoked(_ chain: SigningChain) throws(Refusal) {
        try requireIssued(collateral.rootCACRL, "root CA CRL", by: chain.root)
        try requireNotRevoked(chain.signer, by: collateral.rootCACRL, .signingCertificateRevoked)
    }
}

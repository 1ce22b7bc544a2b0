// SPDX-License-Identifier: Apache-2.0

import Collateral

extension Rule {
    /// The TCB Info is signed by its signing certificate, over the bytes that were received.
    static let tcbInfoSignature = Rule("tcb-info-signature", .tcbInfo) { evidence, _ throws(Refusal) in
        let signer = try evidence.tcbInfoChain().signer
        guard evidence.prepared.isSigned(evidence.collateral.tcbInfo, by: signer) else {
            throw Refusal(
                .tcbInfoInvalidSignature,
                found: "a signature on the TCB Info that “\(signer.commonName)” did not make",
                required: "the signature of the text as it is")
        }
    }
}

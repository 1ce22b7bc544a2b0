// SPDX-License-Identifier: Apache-2.0

import Collateral

extension Rule {
    /// The QE identity is signed by its signing certificate, over the bytes that were received.
    static let qeIdentitySignature = Rule("qe-identity-signature", .qeIdentity) {
        evidence, _ throws(Refusal) in
        let signer = try evidence.qeIdentityChain().signer
        guard evidence.prepared.isSigned(evidence.collateral.qeIdentity, by: signer) else {
            throw Refusal(
                .enclaveIdentityInvalidSignature,
                found: "a signature on the QE identity that “\(signer.commonName)” did not make",
                required: "the signature of the text as it is")
        }
    }
}

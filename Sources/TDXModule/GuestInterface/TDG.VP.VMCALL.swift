// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

extension GuestLeaf {
    /// `TDG.VP.VMCALL`: asks the host for something.
    ///
    /// - `RCX`: bits 15:0, the general registers that are passed; bits 31:16, the XMM registers; the rest zero. RAX,
    ///   RCX and RSP cannot be passed, and RBP not with `NO_RBP_MOD`.
    ///
    /// - SeeAlso: ABI Reference, `TDG.VP.VMCALL`.
    static let vpVMCall = GuestLeaf(
        .vpVMCall, "TDG.VP.VMCALL",
        [.rcx: .value("a mask of registers without RAX, RCX and RSP, nor RBP where it stays the host's")]
    ) { _, vcpu, processor throws(TDXStatus) in
        let mask = processor[.rcx]
        guard mask[bits: 32...63] == 0, !mask[bit: 0], !mask[bit: 1], !mask[bit: 4],
            !(mask[bit: 5] && vcpu.td.keepsRBP)
        else { throw .operandInvalid.at(.rcx) }

        // Effects.
        vcpu.vmcallMask = UInt32(truncatingIfNeeded: mask)
        return .left(.vmcall)
    }
}

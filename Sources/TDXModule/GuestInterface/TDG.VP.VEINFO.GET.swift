// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

extension GuestLeaf {
    /// `TDG.VP.VEINFO.GET`: takes the information on the last #VE.
    ///
    /// - `RCX` out: exit reason. `RDX`: qualification. `R8`: linear address. `R9`: physical address. `R10`: length of
    ///   the instruction and, from bit 32, the information on it.
    ///
    /// - SeeAlso: ABI Reference, `TDG.VP.VEINFO.GET`.
    static let vpVEInfoGet = GuestLeaf(
        .vpVEInfoGet, "TDG.VP.VEINFO.GET"
    ) { module, vcpu, processor throws(TDXStatus) in
        let information = module.takeVirtualizationException(vcpu)
        processor[.rcx] = UInt64(information?.exitReason ?? 0)
        processor[.rdx] = information?.qualification ?? 0
        processor[.r8] = information?.guestLinearAddress ?? 0
        processor[.r9] = information?.guestPhysicalAddress ?? 0
        processor[.r10] =
            UInt64(information?.instructionLength ?? 0) | UInt64(information?.instructionInformation ?? 0)
            << 32
        return .completed(information == nil ? .noValidVEInfo : .success)
    }
}

// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

extension GuestLeaf {
    /// `TDG.VP.INFO`: what a vCPU must know of its TD.
    ///
    /// - `RCX` out: the width of a guest physical address. `RDX`: `ATTRIBUTES`. `R8`: `NUM_VCPUS` and, from bit 32,
    ///   `MAX_VCPUS`. `R9`: the vCPU's index. `R10` bit 0: `TDG.SYS.RD` is there.
    ///
    /// - SeeAlso: ABI Reference, `TDG.VP.INFO`.
    static let vpInfo = GuestLeaf(.vpInfo, "TDG.VP.INFO") { _, vcpu, processor throws(TDXStatus) in
        let td = vcpu.td
        processor[.rcx] = td.isWide ? 52 : 48
        processor[.rdx] = td.attributes
        processor[.r8] = UInt64(td.numVCPUs) | UInt64(td.maxVCPUs) << 32
        processor[.r9] = UInt64(vcpu.index)
        processor[.r10] = 1
        processor[.r11] = 0
        return .completed(.success)
    }
}

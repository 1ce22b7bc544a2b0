// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

extension HostLeaf {
    /// `TDH.PHYMEM.PAGE.RDMD`: tells what a page is used for.
    ///
    /// - `RCX`: its physical address; returns the page type.
    /// - Returns the TDR of the owner in `RDX`, the size in `R8`, the epoch of blocking in `R9`.
    ///
    /// - SeeAlso: ABI Reference, `TDH.PHYMEM.PAGE.RDMD`.
    static let phymemPageRdMD = HostLeaf(.phymemPageRdMD, "TDH.PHYMEM.PAGE.RDMD", [.rcx: .page]) {
        module, call throws(TDXStatus) in
        let address = call.registers.rcx
        for register in [GeneralRegister.rcx, .rdx, .r8, .r9, .r10, .r11] { call.registers[register] = 0 }
        try module.checkPrivate(address, .rcx)
        let (use, level) = module.pamt.entry(address).found
        call.registers.rcx = use.type
        call.registers.rdx = use.owner?.tdr ?? 0
        call.registers.r8 = level
        call.registers.r9 = use.blockedAt
    }
}

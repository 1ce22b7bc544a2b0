// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

extension HostLeaf {
    /// `TDH.SYS.TDMR.INIT`: prepares a part of a TDMR's PAMT; repeated until all is done.
    ///
    /// - `RCX`: base of the TDMR.
    /// - Returns in `RDX` the address below which pages can be used.
    ///
    /// - SeeAlso: ABI Reference, `TDH.SYS.TDMR.INIT`.
    static let sysTDMRInit = HostLeaf(
        .sysTDMRInit, "TDH.SYS.TDMR.INIT", [.rcx: .value("the base of a configured TDMR")]
    ) { module, call throws(TDXStatus) in
        let base = call.registers.rcx
        call.registers.rdx = 0
        guard let tdmr = module.system.tdmrs.first(where: { $0.range.lowerBound == base }) else {
            throw .operandInvalid.at(.rcx)
        }
        let lock = try tdmr.lock.exclusive(.rcx)
        guard tdmr.initializedEnd < tdmr.range.upperBound else { throw .tdmrAlreadyInitialized }

        // Effects. A whole GiB at a time: entries appear when they are used.
        let end = tdmr.initializedEnd + (1 << 30)
        for area in tdmr.reserved {
            let part = area.clamped(to: tdmr.initializedEnd..<end)
            for page in stride(from: part.lowerBound, to: part.upperBound, by: 4096) {
                module.pamt.entry(page).use = .reserved
            }
        }
        tdmr.initializedEnd = end
        call.registers.rdx = end
        _ = consume lock
    }
}

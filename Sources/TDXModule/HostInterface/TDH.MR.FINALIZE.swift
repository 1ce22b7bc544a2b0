// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

extension HostLeaf {
    /// `TDH.MR.FINALIZE`: ends the building of a TD: its measurement is final, its vCPUs may run.
    ///
    /// - `RCX`: the TDR.
    ///
    /// - SeeAlso: ABI Reference, `TDH.MR.FINALIZE`.
    static let mrFinalize = HostLeaf(.mrFinalize, "TDH.MR.FINALIZE", [.rcx: .tdr], in: [.initialized]) {
        module, call throws(TDXStatus) in
        let access = try module.open(call.registers.rcx, .rcx, exclusively: true, in: call.states)
        let td = access.td
        guard td.numVCPUs > 0 else { throw .noVCPUs }

        // Effects.
        td.mrTD = td.measurement.digest()
        td.serviceTDHash = td.binding.hash
        td.opState = .runnable
        _ = consume access
    }
}

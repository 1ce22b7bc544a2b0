// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

extension HostLeaf {
    /// `TDH.MNG.WR`: writes a TD-scope metadata field.
    ///
    /// - `RCX`: the TDR.
    /// - `RDX`: field identifier. `R8`: the value. `R9`: the bits to write.
    /// - Returns the previous value in `R8`.
    ///
    /// - SeeAlso: ABI Reference, `TDH.MNG.WR`.
    static let mngWr = HostLeaf(
        .mngWr, "TDH.MNG.WR", [.rcx: .tdr, .rdx: .field, .r8: .anything, .r9: .anything],
        in: [
            .initialized, .runnable, .liveExport, .memoryImport, .stateImport, .postImport, .liveImport,
            .failedImport,
        ]
    ) { module, call throws(TDXStatus) in
        let registers = call.registers
        call.registers.r8 = 0
        let access = try module.open(registers.rcx, .rcx, exclusively: false, in: call.states)
        call.registers.r8 = try module.writeMetadata(
            .td(access.td, isGuest: false), MetadataFieldID(registers.rdx), value: registers.r8,
            mask: registers.r9)
    }
}

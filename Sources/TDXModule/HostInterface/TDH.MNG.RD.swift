// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

extension HostLeaf {
    /// `TDH.MNG.RD`: reads a TD-scope metadata field.
    ///
    /// - `RCX`: the TDR.
    /// - `RDX`: field identifier; version 1 returns the next one.
    /// - Returns the value in `R8`.
    ///
    /// - SeeAlso: ABI Reference, `TDH.MNG.RD`.
    static let mngRd = HostLeaf(
        .mngRd, "TDH.MNG.RD", [.rcx: .tdr, .rdx: .field], versions: 1,
        in: OpStates.all.subtracting(.uninitialized)
    ) { module, call throws(TDXStatus) in
        let (tdr, id) = (call.registers.rcx, call.registers.rdx)
        call.registers.r8 = 0
        if call.version > 0 { call.registers.rdx = ~0 }
        let access = try module.open(tdr, .rcx, exclusively: false, in: call.states)
        guard id != ~0 || call.version > 0 else { throw .metadataFieldIDIncorrect }
        let fields = MetadataContext.td(access.td, isGuest: false)
        if id != ~0 { call.registers.r8 = try module.readMetadata(fields, MetadataFieldID(id)) }
        if call.version > 0 {
            call.registers.rdx = module.nextMetadata(fields, after: MetadataFieldID(id)).rawValue
        }
        if id == ~0 { throw .metadataFirstFieldIDInContext }
    }
}

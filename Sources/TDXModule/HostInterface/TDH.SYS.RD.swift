// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

extension HostLeaf {
    /// `TDH.SYS.RD`: reads a system-scope metadata field.
    ///
    /// - `RDX`: field identifier; returns the next one.
    /// - Returns the value in `R8`.
    ///
    /// - SeeAlso: ABI Reference, `TDH.SYS.RD`.
    static let sysRd = HostLeaf(.sysRd, "TDH.SYS.RD", [.rdx: .field]) { module, call throws(TDXStatus) in
        let id = call.registers.rdx
        call.registers.rdx = ~0
        call.registers.r8 = 0
        guard module.system.processors[call.processor].isInitialized else { throw .sysLPInitNotDone }
        let fields = MetadataContext.system(isGuest: false)
        if id != ~0 { call.registers.r8 = try module.readMetadata(fields, MetadataFieldID(id)) }
        call.registers.rdx = module.nextMetadata(fields, after: MetadataFieldID(id)).rawValue
        if id == ~0 { throw .metadataFirstFieldIDInContext }
    }
}

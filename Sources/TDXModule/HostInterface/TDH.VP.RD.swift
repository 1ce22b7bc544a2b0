// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

extension HostLeaf {
    /// `TDH.VP.RD`: reads a vCPU-scope metadata field.
    ///
    /// - `RCX`: the TDVPR.
    /// - `RDX`: field identifier; version 1 returns the next one.
    /// - Returns the value in `R8`.
    ///
    /// - SeeAlso: ABI Reference, `TDH.VP.RD`.
    static let vpRd = HostLeaf(
        .vpRd, "TDH.VP.RD", [.rcx: .tdvpr, .rdx: .field], versions: 1,
        in: OpStates.all.subtracting(.uninitialized)
    ) { module, call throws(TDXStatus) in
        let registers = call.registers
        call.registers.r8 = 0
        if call.version > 0 { call.registers.rdx = ~0 }
        let page = try module.lock(registers.rcx, .rcx, exclusively: false)
        guard case .vcpu(let vcpu) = page.use else { throw .pageMetadataIncorrect.at(.rcx) }
        let tdPage = try LockedPage(vcpu.td.entry, exclusively: false, operand: .tdr)
        let opState = try module.checkState(vcpu.td, in: call.states)
        guard vcpu.state == .ready || vcpu.state == .disabled else { throw .vcpuStateIncorrect }
        _ = try vcpu.associate(with: call.processor)
        guard registers.rdx != ~0 || call.version > 0 else { throw .metadataFieldIDIncorrect }
        let id = registers.rdx
        let fields = MetadataContext.vcpu(vcpu, isGuest: false)
        if id != ~0 { call.registers.r8 = try module.readMetadata(fields, MetadataFieldID(id)) }
        if call.version > 0 {
            call.registers.rdx = module.nextMetadata(fields, after: MetadataFieldID(id)).rawValue
        }
        _ = consume opState
        _ = consume tdPage
        if id == ~0 { throw .metadataFirstFieldIDInContext }
    }
}

// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

extension HostLeaf {
    /// `TDH.VP.WR`: writes a vCPU-scope metadata field.
    ///
    /// - `RCX`: the TDVPR.
    /// - `RDX`: field identifier. `R8`: the value. `R9`: the bits to write.
    /// - Returns the previous value in `R8`.
    ///
    /// - SeeAlso: ABI Reference, `TDH.VP.WR`.
    static let vpWr = HostLeaf(
        .vpWr, "TDH.VP.WR", [.rcx: .tdvpr, .rdx: .field, .r8: .anything, .r9: .anything],
        in: [
            .initialized, .runnable, .liveExport, .memoryImport, .stateImport, .postImport, .liveImport,
            .failedImport,
        ]
    ) { module, call throws(TDXStatus) in
        let registers = call.registers
        call.registers.r8 = 0
        let page = try module.lock(registers.rcx, .rcx, exclusively: false)
        guard case .vcpu(let vcpu) = page.use else { throw .pageMetadataIncorrect.at(.rcx) }
        let tdPage = try LockedPage(vcpu.td.entry, exclusively: false, operand: .tdr)
        let opState = try module.checkState(vcpu.td, in: call.states)
        guard vcpu.state == .ready else { throw .vcpuStateIncorrect }
        _ = try vcpu.associate(with: call.processor)
        call.registers.r8 = try module.writeMetadata(
            .vcpu(vcpu, isGuest: false), MetadataFieldID(registers.rdx), value: registers.r8,
            mask: registers.r9)
        _ = consume opState
        _ = consume tdPage
    }
}

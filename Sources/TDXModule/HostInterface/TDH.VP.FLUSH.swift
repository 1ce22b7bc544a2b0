// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

extension HostLeaf {
    /// `TDH.VP.FLUSH`: takes a vCPU off the calling logical processor.
    ///
    /// - `RCX`: the TDVPR.
    ///
    /// - SeeAlso: ABI Reference, `TDH.VP.FLUSH`.
    static let vpFlush = HostLeaf(.vpFlush, "TDH.VP.FLUSH", [.rcx: .tdvpr], in: .all) {
        module, call throws(TDXStatus) in
        let page = try module.lock(call.registers.rcx, .rcx, exclusively: true)
        guard case .vcpu(let vcpu) = page.use else { throw .pageMetadataIncorrect.at(.rcx) }
        let tdPage = try LockedPage(vcpu.td.entry, exclusively: false, operand: .tdr)
        guard vcpu.td.lifecycle == .keysConfigured else { throw .tdKeysNotConfigured }
        guard vcpu.associatedProcessor == call.processor else { throw .vcpuNotAssociated }

        // Effects.
        vcpu.processor?.flushTranslations()
        vcpu.dissociate()
        _ = consume tdPage
    }
}

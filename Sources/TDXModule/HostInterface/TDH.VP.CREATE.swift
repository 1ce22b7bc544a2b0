// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import X86

extension HostLeaf {
    /// `TDH.VP.CREATE`: creates a vCPU from one free page.
    ///
    /// - `RCX`: physical address of the page that becomes the TDVPR.
    /// - `RDX`: the TDR.
    ///
    /// - SeeAlso: ABI Reference, `TDH.VP.CREATE`.
    static let vpCreate = HostLeaf(
        .vpCreate, "TDH.VP.CREATE", [.rcx: .newPage, .rdx: .tdr], in: [.initialized, .stateImport]
    ) {
        module, call throws(TDXStatus) in
        let (address, tdr) = (call.registers.rcx, call.registers.rdx)
        let access = try module.open(tdr, .rdx, exclusively: false, in: call.states)
        let page = try module.lockFree(address, .rcx)

        // Effects.
        let td = access.td
        module.memory.initialize(PhysicalAddress(address), key: td.hkid)
        td.childCount.add(1, ordering: .relaxed)
        page.use = .vcpu(VirtualCPUState(td: td, entry: page.entry))
        _ = consume access
    }
}

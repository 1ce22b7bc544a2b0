// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import X86

extension HostLeaf {
    /// `TDH.VP.ADDCX`: gives a vCPU a page for its TDVPS.
    ///
    /// - `RCX`: physical address of a free page.
    /// - `RDX`: the TDVPR.
    ///
    /// - SeeAlso: ABI Reference, `TDH.VP.ADDCX`.
    static let vpAddCX = HostLeaf(
        .vpAddCX, "TDH.VP.ADDCX", [.rcx: .newPage, .rdx: .tdvpr], in: [.initialized, .stateImport]
    ) {
        module, call throws(TDXStatus) in
        let (address, tdvpr) = (call.registers.rcx, call.registers.rdx)
        let vcpuPage = try module.lock(tdvpr, .rdx, exclusively: true)
        guard case .vcpu(let vcpu) = vcpuPage.use else { throw .pageMetadataIncorrect.at(.rdx) }
        let td = vcpu.td
        let tdPage = try LockedPage(td.entry, exclusively: false, operand: .tdr)
        let opState = try module.checkState(td, in: call.states)
        guard vcpu.state == .uninitialized else { throw .vcpuStateIncorrect }
        guard vcpu.pages.count < 15 else { throw .tdcxNumIncorrect }
        let page = try module.lockFree(address, .rcx)

        // Effects.
        module.memory.initialize(PhysicalAddress(address), key: td.hkid)
        if [7, 8, 10, 11, 13, 14].contains(vcpu.pages.count) {
            module.memory.write(
                PhysicalMemory.address(PhysicalAddress(address), key: td.hkid),
                [UInt8](repeating: 0xFF, count: 4096))
        }
        vcpu.pages.append(address)
        td.childCount.add(1, ordering: .relaxed)
        page.use = .controlPage(td)
        _ = consume opState
        _ = consume tdPage
    }
}

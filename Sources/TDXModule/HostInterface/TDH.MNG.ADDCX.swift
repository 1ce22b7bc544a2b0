// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import X86

extension HostLeaf {
    /// `TDH.MNG.ADDCX`: gives a TD a page for its TDCS.
    ///
    /// - `RCX`: physical address of a free page.
    /// - `RDX`: the TDR.
    ///
    /// - SeeAlso: ABI Reference, `TDH.MNG.ADDCX`.
    static let mngAddCX = HostLeaf(
        .mngAddCX, "TDH.MNG.ADDCX", [.rcx: .newPage, .rdx: .tdr], in: [.uninitialized]
    ) {
        module, call throws(TDXStatus) in
        let (address, tdr) = (call.registers.rcx, call.registers.rdx)
        let tdPage = try module.lock(tdr, .rdx, exclusively: true)
        guard case .tdr(let td) = tdPage.use else { throw .pageMetadataIncorrect.at(.rdx) }
        try module.checkKeys(td)
        guard td.pages.count < 9 else { throw .tdcxNumIncorrect }
        let page = try module.lockFree(address, .rcx)
        guard td.pages.count < 6 || call.states.contains(td.opState) else { throw .opStateIncorrect }
        let key = td.pages.count == 5 ? module.platform.random(32) : []
        guard td.pages.count != 5 || key.count == 32 else { throw .rndNoEntropy }

        // Effects.
        switch td.pages.count {
        case 2:
            module.memory.initialize(PhysicalAddress(address), key: td.hkid)
            module.memory.write(
                PhysicalMemory.address(PhysicalAddress(address), key: td.hkid),
                [UInt8](repeating: 0xFF, count: 4096))
        case 3: module.clearTable(address, of: td)
        default: module.memory.initialize(PhysicalAddress(address), key: td.hkid)
        }
        if !key.isEmpty { td.migrationKey = key }
        td.pages.append(address)
        td.childCount.add(1, ordering: .relaxed)
        page.use = .controlPage(td)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TDXABI
import X86

extension HostLeaf {
    /// `TDH.MEM.PAGE.AUG`: gives a TD a page, which the guest must accept.
    ///
    /// - `RCX`: where the guest finds it; level 0 or 1.
    /// - `RDX`: the TDR.
    /// - `R8`: physical address of a free page of that size.
    ///
    /// - SeeAlso: ABI Reference, `TDH.MEM.PAGE.AUG`.
    static let memPageAug = HostLeaf(
        .memPageAug, "TDH.MEM.PAGE.AUG", [.rcx: .entry(0...1), .rdx: .tdr, .r8: .newPage],
        at: [.free, .removed], in: [.initialized, .runnable, .liveExport, .liveImport]
    ) { module, call throws(TDXStatus) in
        let (operand, tdr, address) = (call.registers.rcx, call.registers.rdx, call.registers.r8)
        call.clearDetails()
        let access = try module.open(tdr, .rdx, exclusively: false, in: call.states)
        let td = access.td
        let mapping = try module.mapping(operand, of: td, levels: 0...1)
        let tree = try td.septTreeLock.shared(.septTree)
        var entry = try module.lockEntry(td, mapping, &call)
        guard call.entryStates.contains(entry.state) else {
            throw call.failing(.eptEntryStateIncorrect.at(.rcx), entry.entry, level: entry.level)
        }
        if mapping.level == 0 {
            let page = try module.lockFree(address, .r8)

            // Effects.
            page.use = .regular(td, blockedAt: 0)
        } else {
            try module.checkPrivate(address, .r8, alignment: mapping.size)
            let page = try LockedLargePage(module.pamt.entry(address), operand: .r8)
            guard page.entry.isWholeRegionFree else { throw .pageMetadataIncorrect.at(.r8) }

            // Effects.
            page.entry.largeUse = .regular(td, blockedAt: 0)
        }
        td.childCount.add(mapping.size >> 12, ordering: .relaxed)
        entry.entry = SEPTEntry(.pending, address: address)
        _ = consume entry
        _ = consume tree
        _ = consume access
    }
}

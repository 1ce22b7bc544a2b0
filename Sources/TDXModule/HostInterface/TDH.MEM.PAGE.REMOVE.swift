// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TDXABI
import X86

extension HostLeaf {
    /// `TDH.MEM.PAGE.REMOVE`: takes a page from a TD.
    ///
    /// - `RCX`: where the guest finds it, and its level; returns its physical address.
    /// - `RDX`: the TDR.
    ///
    /// - SeeAlso: ABI Reference, `TDH.MEM.PAGE.REMOVE`.
    static let memPageRemove = HostLeaf(
        .memPageRemove, "TDH.MEM.PAGE.REMOVE", [.rcx: .entry(0...2), .rdx: .tdr],
        at: [.mapped, .blocked, .blockedW, .pending, .pendingBlocked, .pendingBlockedW],
        in: [
            .initialized, .runnable, .liveExport, .pausedExport, .postExport, .postImport, .liveImport,
            .failedImport,
        ]
    ) { module, call throws(TDXStatus) in
        let (operand, tdr) = (call.registers.rcx, call.registers.rdx)
        call.clearDetails()
        let access = try module.open(tdr, .rdx, exclusively: false, in: call.states)
        let td = access.td
        let mapping = try module.mapping(operand, of: td, levels: 0...2)
        let tree = try td.septTreeLock.shared(.septTree)
        var entry = try module.lockEntry(td, mapping, &call)
        guard call.entryStates.contains(entry.state)
        else { throw call.failing(.eptEntryStateIncorrect.at(.rcx), entry.entry, level: entry.level) }
        let address = entry.entry.address & ~(mapping.size - 1)
        let page = module.pamt.entry(address)
        if mapping.level == 0 {
            let locked = try LockedPage(page, exclusively: true, operand: .rcx)
            try module.checkTracking(td, entry.entry, level: entry.level, &call)

            // Effects.
            locked.use = .free
        } else {
            let locked = try LockedLargePage(page, operand: .rcx)
            try module.checkTracking(td, entry.entry, level: entry.level, &call)

            // Effects.
            locked.entry.largeUse = nil
        }
        entry.entry = .free
        td.childCount.subtract(mapping.size >> 12, ordering: .relaxed)
        for vcpu in td.vcpus { vcpu.processor?.notify(.codeChanged) }
        call.registers.rcx = address
        _ = consume entry
        _ = consume tree
        _ = consume access
    }
}

// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TDXABI
import X86

extension HostLeaf {
    /// `TDH.MEM.PAGE.DEMOTE`: splits a 2 MiB page into 512 small ones.
    ///
    /// - `RCX`: where the guest finds it, and its level.
    /// - `RDX`: the TDR.
    /// - `R8`: physical address of a free page, for the table.
    ///
    /// - SeeAlso: ABI Reference, `TDH.MEM.PAGE.DEMOTE`.
    static let memPageDemote = HostLeaf(
        .memPageDemote, "TDH.MEM.PAGE.DEMOTE", [.rcx: .entry(1...2), .rdx: .tdr, .r8: .newPage],
        at: [.mapped, .blocked, .pending, .pendingBlocked],
        in: [.initialized, .runnable, .liveExport, .pausedExport, .postExport, .postImport, .liveImport]
    ) { module, call throws(TDXStatus) in
        let (operand, tdr, address) = (call.registers.rcx, call.registers.rdx, call.registers.r8)
        call.clearDetails()
        guard tdr[bits: 1...11] == 0, tdr[bits: 52...63] == 0 else { throw .operandInvalid.at(.rdx) }
        let access = try module.open(tdr & ~0xFFF, .rdx, exclusively: false, in: call.states)
        let td = access.td
        let mapping = try module.mapping(operand, of: td, levels: 1...2)
        let tree = try td.septTreeLock.shared(.septTree)
        var entry = try module.lockEntry(td, mapping, &call)
        guard call.entryStates.contains(entry.state), mapping.level == 1 else {
            throw call.failing(.eptEntryStateIncorrect.at(.rcx), entry.entry, level: entry.level)
        }
        try module.checkTracking(td, entry.entry, level: entry.level, &call)
        let large = entry.entry.address & ~(mapping.size - 1)
        let largePage = try LockedLargePage(module.pamt.entry(large), operand: .rcx)
        let page = try module.lockFree(address, .r8)
        guard !module.platform.isHostInterruptPending(call.processor) else {
            (call.registers.rcx, call.registers.rdx) = (operand, tdr)
            throw .interruptedRestartable
        }

        // Effects.
        let state = entry.state.whenUnblocked ?? entry.state
        module.fillTable(address, of: td) { SEPTEntry(state, address: large + UInt64($0) * 4096) }
        page.use = .secureEPT(td, blockedAt: 0)
        largePage.entry.split(into: .regular(td, blockedAt: 0))
        td.childCount.add(1, ordering: .relaxed)
        entry.entry = SEPTEntry(.nonLeafMapped, address: address)
        _ = consume entry
        _ = consume tree
        _ = consume access
    }
}

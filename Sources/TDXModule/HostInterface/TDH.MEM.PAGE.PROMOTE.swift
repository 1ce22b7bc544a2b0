// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TDXABI
import X86

extension HostLeaf {
    /// `TDH.MEM.PAGE.PROMOTE`: joins 512 small pages to one of 2 MiB.
    ///
    /// - `RCX`: the entry of the table that maps them, and its level; returns the table's physical address.
    /// - `RDX`: the TDR.
    ///
    /// Deviation: 1 GiB pages are not made.
    ///
    /// - SeeAlso: ABI Reference, `TDH.MEM.PAGE.PROMOTE`.
    static let memPagePromote = HostLeaf(
        .memPagePromote, "TDH.MEM.PAGE.PROMOTE", [.rcx: .entry(1...2), .rdx: .tdr],
        at: [.nonLeafMapped, .nonLeafBlocked], versions: 1,
        in: [.initialized, .runnable, .liveExport, .pausedExport, .postExport, .postImport, .liveImport]
    ) { module, call throws(TDXStatus) in
        let (operand, tdr) = (call.registers.rcx, call.registers.rdx)
        call.clearDetails()
        let access = try module.open(tdr, .rdx, exclusively: false, in: call.states)
        let td = access.td
        let mapping = try module.mapping(operand, of: td, levels: 1...2)
        let tree = try td.septTreeLock.shared(.septTree)
        var entry = try module.lockEntry(td, mapping, &call)
        guard call.entryStates.contains(entry.state) else {
            throw call.failing(.eptEntryStateIncorrect.at(.rcx), entry.entry, level: entry.level)
        }
        try module.checkTracking(td, entry.entry, level: entry.level, &call)
        let table = entry.entry.address
        let first = try module.slot(table, 0, level: mapping.level - 1, key: td.hkid, of: td).entry
        guard mapping.level == 1, first.state == .mapped || first.state == .pending,
            first.address & (mapping.size - 1) == 0
        else { throw call.failing(.eptInvalidPromoteConditions.at(.rcx), entry.entry, level: entry.level) }
        for index in 0..<512 {
            let child = try module.slot(table, index, level: 0, key: td.hkid, of: td).entry
            guard !child.isLocked else { throw .operandBusy.at(.rcx) }
            guard child.settled == SEPTEntry(first.state, address: first.address + UInt64(index) * 4096)
            else {
                throw call.failing(.eptInvalidPromoteConditions.at(.rcx), entry.entry, level: entry.level)
            }
        }
        let tablePage = try LockedPage(module.pamt.entry(table), exclusively: true, operand: .rcx)
        let largePage = try LockedLargePage(module.pamt.entry(first.address), operand: .rcx)
        guard !module.platform.isHostInterruptPending(call.processor) else {
            (call.registers.rcx, call.registers.rdx) = (operand, tdr)
            throw .interruptedRestartable
        }

        // Effects.
        largePage.entry.largeUse = .regular(td, blockedAt: 0)
        tablePage.use = .free
        td.childCount.subtract(1, ordering: .relaxed)
        entry.entry = SEPTEntry(first.state, address: first.address)
        call.registers.rcx = table
        if call.version > 0 {
            call.registers.r9 = ~0
            call.registers.r10 = ~0
            call.registers.r11 = ~0
        }
        _ = consume entry
        _ = consume tree
        _ = consume access
    }
}

// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TDXABI
import X86

extension HostLeaf {
    /// `TDH.MEM.RANGE.BLOCK`: blocks a page or a part of the Secure EPT, so that no new translations are made.
    ///
    /// - `RCX`: the entry and its level.
    /// - `RDX`: the TDR.
    ///
    /// - SeeAlso: ABI Reference, `TDH.MEM.RANGE.BLOCK`.
    static let memRangeBlock = HostLeaf(
        .memRangeBlock, "TDH.MEM.RANGE.BLOCK", [.rcx: .entry(0...4), .rdx: .tdr],
        at: [.nonLeafMapped, .mapped, .blockedW, .pending, .pendingBlockedW],
        in: [.initialized, .runnable, .liveExport, .pausedExport, .postExport, .postImport, .liveImport]
    ) { module, call throws(TDXStatus) in
        let (operand, tdr) = (call.registers.rcx, call.registers.rdx)
        call.clearDetails()
        let access = try module.open(tdr, .rdx, exclusively: false, in: call.states)
        let td = access.td
        let mapping = try module.mapping(operand, of: td, levels: 0...td.eptLevels - 1)
        let tree = try td.septTreeLock.exclusive(.septTree)
        var entry = try module.lockEntry(td, mapping, &call)
        guard call.entryStates.contains(entry.state), let blocked = entry.state.whenBlocked else {
            throw call.failing(
                entry.state.isBlocked ? .gpaRangeAlreadyBlocked.at(.rcx) : .eptEntryStateIncorrect.at(.rcx),
                entry.entry,
                level: entry.level)
        }

        // Effects.
        let address = entry.entry.address
        module.pamt.setBlocked(
            address & ~(entry.state.isLeaf ? mapping.size - 1 : 0xFFF),
            isLarge: entry.state.isLeaf && mapping.level > 0, at: td.epoch.load(ordering: .acquiring))
        entry.entry = SEPTEntry(
            blocked, address: entry.state.isLeaf ? address & ~(mapping.size - 1) : address)
        _ = consume entry
        _ = consume tree
        _ = consume access
    }
}

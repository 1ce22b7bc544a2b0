// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

extension HostLeaf {
    /// `TDH.MEM.RANGE.UNBLOCK`: undoes `TDH.MEM.RANGE.BLOCK`.
    ///
    /// - `RCX`: the entry and its level.
    /// - `RDX`: the TDR.
    ///
    /// - SeeAlso: ABI Reference, `TDH.MEM.RANGE.UNBLOCK`.
    static let memRangeUnblock = HostLeaf(
        .memRangeUnblock, "TDH.MEM.RANGE.UNBLOCK", [.rcx: .entry(0...4), .rdx: .tdr],
        at: [.nonLeafBlocked, .blocked, .pendingBlocked],
        in: [.initialized, .runnable, .liveExport, .pausedExport, .postExport, .postImport, .liveImport]
    ) { module, call throws(TDXStatus) in
        let (operand, tdr) = (call.registers.rcx, call.registers.rdx)
        call.clearDetails()
        let access = try module.open(tdr, .rdx, exclusively: false, in: call.states)
        let td = access.td
        let mapping = try module.mapping(operand, of: td, levels: 0...td.eptLevels - 1)
        let tree = try td.septTreeLock.exclusive(.septTree)
        var entry = try module.lockEntry(td, mapping, &call)
        guard call.entryStates.contains(entry.state), let unblocked = entry.state.whenUnblocked else {
            throw call.failing(.eptEntryStateIncorrect.at(.rcx), entry.entry, level: entry.level)
        }
        try module.checkTracking(td, entry.entry, level: entry.level, &call)

        // Effects.
        entry.entry = SEPTEntry(unblocked, address: entry.entry.address)
        _ = consume entry
        _ = consume tree
        _ = consume access
    }
}

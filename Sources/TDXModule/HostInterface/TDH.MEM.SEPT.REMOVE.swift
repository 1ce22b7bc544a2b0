// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TDXABI
import X86

extension HostLeaf {
    /// `TDH.MEM.SEPT.REMOVE`: takes an empty page out of the Secure EPT.
    ///
    /// - `RCX`: the entry that points to it, and its level; returns its physical address.
    /// - `RDX`: the TDR.
    ///
    /// - SeeAlso: ABI Reference, `TDH.MEM.SEPT.REMOVE`.
    static let memSEPTRemove = HostLeaf(
        .memSEPTRemove, "TDH.MEM.SEPT.REMOVE", [.rcx: .entry(1...4), .rdx: .tdr],
        at: [.nonLeafMapped, .nonLeafBlocked], versions: 1,
        in: OpStates.all.subtracting(.uninitialized)
    ) { module, call throws(TDXStatus) in
        let (operand, tdr) = (call.registers.rcx, call.registers.rdx)
        call.clearDetails()
        let access = try module.open(tdr, .rdx, exclusively: false, in: call.states)
        let td = access.td
        let mapping = try module.mapping(operand, of: td, levels: 1...td.eptLevels - 1)
        let tree = try td.septTreeLock.exclusive(.septTree)
        var entry = try module.lockEntry(td, mapping, &call)
        guard call.entryStates.contains(entry.state) else {
            throw call.failing(.eptEntryStateIncorrect.at(.rcx), entry.entry, level: entry.level)
        }
        try module.checkTracking(td, entry.entry, level: entry.level, &call)
        let address = entry.entry.address
        for index in 0..<512 {
            let child = try module.slot(address, index, level: mapping.level - 1, key: td.hkid, of: td)
            guard child.entry.state == .free else {
                throw call.failing(.eptPageNotFree.at(.rcx), entry.entry, level: entry.level)
            }
        }
        let page = try LockedPage(module.pamt.entry(address), exclusively: true, operand: .rcx)

        // Effects.
        page.use = .free
        entry.entry = .free
        td.childCount.subtract(1, ordering: .relaxed)
        call.registers.rcx = address
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

// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TDXABI
import X86

extension HostLeaf {
    /// `TDH.MEM.SEPT.ADD`: adds a page to the Secure EPT.
    ///
    /// - `RCX`: the entry that will point to it, and its level.
    /// - `RDX`: the TDR; bit 0 ALLOW_EXISTING.
    /// - `R8`: physical address of a free page. Version 1: all ones when there is none.
    ///
    /// - SeeAlso: ABI Reference, `TDH.MEM.SEPT.ADD`.
    static let memSEPTAdd = HostLeaf(
        .memSEPTAdd, "TDH.MEM.SEPT.ADD", [.rcx: .entry(1...4), .rdx: .tdr, .r8: .newPage],
        at: [.free, .nonLeafMapped], versions: 1,
        in: [
            .initialized, .runnable, .liveExport, .memoryImport, .stateImport, .postImport, .liveImport,
        ]
    ) { module, call throws(TDXStatus) in
        let (operand, tdr, rawPage) = (call.registers.rcx, call.registers.rdx, call.registers.r8)
        call.clearDetails()
        guard tdr[bits: 1...11] == 0, tdr[bits: 52...63] == 0 else { throw .operandInvalid.at(.rdx) }
        let allowsExisting = tdr[bit: 0]
        let access = try module.open(tdr & ~0xFFF, .rdx, exclusively: false, in: call.states)
        let td = access.td
        let mapping = try module.mapping(operand, of: td, levels: 1...td.eptLevels - 1)
        let tree = try td.septTreeLock.shared(.septTree)
        var entry = try module.lockEntry(td, mapping, &call)
        if entry.state == .nonLeafMapped && allowsExisting {
            if call.version > 0 && rawPage != ~0 { call.registers.r8 = rawPage | 1 << 63 }
            return
        }
        guard entry.state == .free else {
            throw call.failing(.eptEntryStateIncorrect.at(.rcx), entry.entry, level: entry.level)
        }
        let address = rawPage & ~(1 << 63)
        let page = try module.lockFree(address, .r8)

        // Effects.
        module.clearTable(address, of: td)
        page.use = .secureEPT(td, blockedAt: 0)
        td.childCount.add(1, ordering: .relaxed)
        entry.entry = SEPTEntry(.nonLeafMapped, address: address)
        if call.version > 0 { call.registers.r8 = ~0 }
        _ = consume entry
        _ = consume tree
        _ = consume access
    }
}

// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

extension HostLeaf {
    /// `TDH.MEM.SEPT.RD`: shows a Secure EPT entry.
    ///
    /// - `RCX`: the entry and its level; returns it.
    /// - `RDX`: the TDR; returns level and state.
    ///
    /// - SeeAlso: ABI Reference, `TDH.MEM.SEPT.RD`.
    static let memSEPTRd = HostLeaf(
        .memSEPTRd, "TDH.MEM.SEPT.RD", [.rcx: .entry(0...4), .rdx: .tdr],
        at: .all,
        in: OpStates.all.subtracting(.uninitialized)
    ) { module, call throws(TDXStatus) in
        let (operand, tdr) = (call.registers.rcx, call.registers.rdx)
        call.clearDetails()
        guard tdr[bits: 1...11] == 0, tdr[bits: 52...63] == 0 else { throw .operandInvalid.at(.rdx) }
        let access = try module.open(tdr & ~0xFFF, .rdx, exclusively: false, in: call.states)
        let td = access.td
        guard !tdr[bit: 0] || td.isDebug else { throw .operandInvalid.at(.rdx) }
        let mapping = try module.mapping(operand, of: td, levels: 0...td.eptLevels - 1)
        let tree = try td.septTreeLock.shared(.septTree)
        let walk = try module.walk(td, mapping.address, to: mapping.level)
        guard walk.level == mapping.level else {
            throw call.failing(.eptWalkFailed.at(.rcx), walk.entry, level: walk.level)
        }
        if tdr[bit: 0] { call.registers.r8 = 0 }
        _ = call.failing(.success, walk.entry, level: walk.level)
        _ = consume tree
        _ = consume access
    }
}

// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import TDXABI
import X86

extension HostLeaf {
    /// `TDH.MR.EXTEND`: measures 256 bytes of a TD's memory.
    ///
    /// - `RCX`: their guest physical address.
    /// - `RDX`: the TDR.
    ///
    /// - SeeAlso: ABI Reference, `TDH.MR.EXTEND`.
    static let mrExtend = HostLeaf(
        .mrExtend, "TDH.MR.EXTEND", [.rcx: .privateAddress(256), .rdx: .tdr],
        at: [.mapped], in: [.initialized]
    ) {
        module, call throws(TDXStatus) in
        let (address, tdr) = (call.registers.rcx, call.registers.rdx)
        call.clearDetails()
        let access = try module.open(tdr, .rdx, exclusively: true, in: call.states)
        let td = access.td
        guard address & 0xFF == 0, td.isPrivate(address) else { throw .operandInvalid.at(.rcx) }
        let walk = try module.walkToLeaf(td, address)
        guard walk.entry.state.isLeaf else {
            throw call.failing(.eptEntryNotPresent.at(.rcx), walk.entry, level: walk.level)
        }
        guard call.entryStates.contains(walk.entry.state) else { throw .eptEntryNotPresent }
        let page = walk.entry.address | address & (4096 << UInt64(9 * walk.level) - 1)
        try module.checkIntact(page, key: td.hkid, of: td)

        // Effects.
        td.measurement.extend(
            GuestPhysicalAddress(address),
            module.memory.read(PhysicalMemory.address(PhysicalAddress(page), key: td.hkid), count: 256))
        _ = consume access
    }
}

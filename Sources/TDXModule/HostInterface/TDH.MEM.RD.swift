// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import TDXABI
import X86

extension HostLeaf {
    /// `TDH.MEM.RD`: reads 8 bytes of the memory of a TD that is being debugged.
    ///
    /// - `RCX`: their guest physical address.
    /// - `RDX`: the TDR.
    /// - Returns the value in `R8`.
    ///
    /// - SeeAlso: ABI Reference, `TDH.MEM.RD`.
    static let memRd = HostLeaf(
        .memRd, "TDH.MEM.RD", [.rcx: .privateAddress(8), .rdx: .tdr],
        at: [.mapped, .blockedW, .exportedBlockedW, .exportedDirty, .exportedDirtyBlockedW],
        in: OpStates.all.subtracting(.uninitialized)
    ) { module, call throws(TDXStatus) in
        let (address, tdr) = (call.registers.rcx, call.registers.rdx)
        call.clearDetails()
        call.registers.r8 = 0
        let access = try module.open(tdr, .rdx, exclusively: false, in: call.states)
        let td = access.td
        guard td.isDebug else { throw .tdNonDebug }
        guard address & 7 == 0, td.isPrivate(address) else { throw .operandInvalid.at(.rcx) }
        let tree = try td.septTreeLock.shared(.septTree)
        let walk = try module.walkToLeaf(td, address)
        guard walk.entry.state.isLeaf else {
            throw call.failing(.eptEntryNotPresent.at(.rcx), walk.entry, level: walk.level)
        }
        guard call.entryStates.contains(walk.entry.state)
        else { throw call.failing(.eptEntryStateIncorrect.at(.rcx), walk.entry, level: walk.level) }
        let page = walk.entry.address | address & (4096 << UInt64(9 * walk.level) - 1)
        try module.checkIntact(page, key: td.hkid, of: td)

        // Effects.
        let target = PhysicalMemory.address(PhysicalAddress(page), key: td.hkid)
        call.registers.r8 = module.memory.load(target)
        _ = consume tree
        _ = consume access
    }
}

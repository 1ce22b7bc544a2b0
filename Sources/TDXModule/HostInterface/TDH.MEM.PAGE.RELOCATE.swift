// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import TDXABI
import X86

extension HostLeaf {
    /// `TDH.MEM.PAGE.RELOCATE`: moves a page of a TD to another physical page.
    ///
    /// - `RCX`: where the guest finds it; level 0. Returns the old physical address.
    /// - `RDX`: the TDR.
    /// - `R8`: physical address of a free page.
    ///
    /// - SeeAlso: ABI Reference, `TDH.MEM.PAGE.RELOCATE`.
    static let memPageRelocate = HostLeaf(
        .memPageRelocate, "TDH.MEM.PAGE.RELOCATE", [.rcx: .entry(0...0), .rdx: .tdr, .r8: .newPage],
        at: .leaves,
        in: [.initialized, .runnable, .liveExport, .pausedExport, .postExport, .postImport, .liveImport]
    ) { module, call throws(TDXStatus) in
        let (operand, tdr, target) = (call.registers.rcx, call.registers.rdx, call.registers.r8)
        call.clearDetails()
        let access = try module.open(tdr, .rdx, exclusively: false, in: call.states)
        let td = access.td
        let mapping = try module.mapping(operand, of: td, levels: 0...0)
        let tree = try td.septTreeLock.shared(.septTree)
        var entry = try module.lockEntry(td, mapping, &call)
        guard call.entryStates.contains(entry.state) else {
            throw call.failing(.eptEntryStateIncorrect.at(.rcx), entry.entry, level: entry.level)
        }
        try module.checkTracking(td, entry.entry, level: entry.level, &call)
        let source = entry.entry.address
        guard target != source else { throw .operandInvalid.at(.r8) }
        let oldPage = try LockedPage(module.pamt.entry(source), exclusively: true, operand: .rcx)
        let newPage = try module.lockFree(target, .r8)
        if !entry.state.isPending { try module.checkIntact(source, key: td.hkid, of: td) }

        // Effects.
        if !entry.state.isPending {
            let contents = module.memory.read(
                PhysicalMemory.address(PhysicalAddress(source), key: td.hkid), count: 4096)
            module.memory.assign(PhysicalAddress(target), key: td.hkid)
            module.memory.write(PhysicalMemory.address(PhysicalAddress(target), key: td.hkid), contents)
        }
        newPage.use = .regular(td, blockedAt: 0)
        oldPage.use = .free
        entry.entry = SEPTEntry(entry.state.whenUnblocked ?? entry.state, address: target)
        for vcpu in td.vcpus { vcpu.processor?.notify(.codeChanged) }
        call.registers.rcx = source
        _ = consume entry
        _ = consume tree
        _ = consume access
    }
}

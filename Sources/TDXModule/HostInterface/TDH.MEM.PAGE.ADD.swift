// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import X86

extension HostLeaf {
    /// `TDH.MEM.PAGE.ADD`: adds a page with contents to a TD that is being built.
    ///
    /// - `RCX`: where the guest finds it; level 0.
    /// - `RDX`: the TDR.
    /// - `R8`: physical address of a free page.
    /// - `R9`: physical address of the contents.
    ///
    /// - SeeAlso: ABI Reference, `TDH.MEM.PAGE.ADD`.
    static let memPageAdd = HostLeaf(
        .memPageAdd, "TDH.MEM.PAGE.ADD",
        [.rcx: .entry(0...0), .rdx: .tdr, .r8: .newPage, .r9: .shared(4096)],
        at: [.free], in: [.initialized]
    ) {
        module, call throws(TDXStatus) in
        let (operand, tdr, target, source) = (
            call.registers.rcx, call.registers.rdx, call.registers.r8, call.registers.r9
        )
        call.clearDetails()
        let access = try module.open(tdr, .rdx, exclusively: true, in: call.states)
        let td = access.td
        let mapping = try module.mapping(operand, of: td, levels: 0...0)
        var entry = try module.lockEntry(td, mapping, &call)
        guard call.entryStates.contains(entry.state) else {
            throw call.failing(.eptEntryStateIncorrect.at(.rcx), entry.entry, level: entry.level)
        }
        try module.checkShared(source, .r9, alignment: 4096)
        let page = try module.lockFree(target, .r8)

        // Effects.
        let contents = module.memory.read(PhysicalAddress(source), count: 4096)
        module.memory.assign(PhysicalAddress(target), key: td.hkid)
        module.memory.write(PhysicalMemory.address(PhysicalAddress(target), key: td.hkid), contents)
        page.use = .regular(td, blockedAt: 0)
        td.childCount.add(1, ordering: .relaxed)
        td.measurement.addPage(GuestPhysicalAddress(mapping.address))
        entry.entry = SEPTEntry(.mapped, address: target)
        _ = consume entry
        _ = consume access
    }
}

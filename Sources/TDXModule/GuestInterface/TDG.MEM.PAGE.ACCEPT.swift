// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import TDXABI
import X86

extension GuestLeaf {
    /// Pages that are cleared between two looks for an interrupt of the host.
    private static let piece: UInt64 = 64

    /// `TDG.MEM.PAGE.ACCEPT`: takes a pending page, cleared, into the TD.
    ///
    /// - `RCX`: the page and its level, 0 or 1.
    ///
    /// - SeeAlso: ABI Reference, `TDG.MEM.PAGE.ACCEPT`.
    static let memPageAccept = GuestLeaf(
        .memPageAccept, "TDG.MEM.PAGE.ACCEPT", [.rcx: .entry(0...1)]
    ) { module, vcpu, processor throws(TDXStatus) in
        let td = vcpu.td
        let mapping = try module.mapping(processor[.rcx], of: td, levels: 0...1)
        let walk = try module.walk(td, mapping.address, to: mapping.level)
        guard walk.level == mapping.level else {
            guard walk.entry.state.isAccessible else {
                return .left(
                    module.violation(mapping, walk.entry, level: walk.level, ExtendedQualification.accept))
            }
            throw .pageAlreadyAccepted.with(UInt32(walk.level))
        }
        var entry = try LockedSEPTEntry(forGuest: walk.slot, .rcx)
        let state = entry.state
        guard state != .nonLeafMapped else { throw .pageSizeMismatch.with(UInt32(mapping.level)) }
        guard !state.isAccessible else { throw .pageAlreadyAccepted.with(UInt32(mapping.level)) }
        guard state == .pending || state == .pendingExportedDirty else {
            return .left(
                module.violation(mapping, entry.entry, level: mapping.level, ExtendedQualification.accept))
        }

        // Effects.
        let address = entry.entry.address & ~(mapping.size - 1)
        let pages = mapping.size >> 12
        // What an earlier call that an interrupt ended has cleared is counted in the entry.
        var cleared = entry.entry.address >> 12 & (pages - 1)
        while cleared < pages {
            let count = min(pages - cleared, piece)
            module.memory.initialize(
                PhysicalAddress(address + (cleared << 12)), pages: Int(count), key: td.hkid)
            cleared += count
            if cleared < pages, module.platform.isInterruptPending(processor) {
                entry.entry = SEPTEntry(state, address: address + (cleared << 12))
                processor.interruptibility &= ~0b11
                return .left(.resume)
            }
        }
        entry.entry = SEPTEntry(state == .pending ? .mapped : .exportedDirty, address: address)
        return .completed(.success)
    }
}

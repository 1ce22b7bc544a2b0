// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

extension GuestLeaf {
    /// `TDG.MEM.PAGE.ATTR.RD`: how a page is mapped, and what each VM of the TD may do with it.
    ///
    /// - `RCX`: a private address; returns the address that is mapped, with its level, and bit 62 if it is pending.
    /// - `RDX` out: attributes of VM 0 to 3, 16 bits each.
    ///
    /// - SeeAlso: ABI Reference, `TDG.MEM.PAGE.ATTR.RD`.
    static let memPageAttrRd = GuestLeaf(
        .memPageAttrRd, "TDG.MEM.PAGE.ATTR.RD", [.rcx: .privateAddress(4096)]
    ) { module, vcpu, processor throws(TDXStatus) in
        let (td, address) = (vcpu.td, processor[.rcx])
        guard address & 0xFFF == 0, td.isPrivate(address) else {
            (processor[.rcx], processor[.rdx]) = (0, 0)
            throw .operandInvalid.at(.rcx)
        }
        let walk = try module.walk(td, address, to: 0)
        guard GuestLeaf.attributeStates.contains(walk.entry.state) else {
            return .left(module.violation(address, qualification: 0))
        }

        // Effects.
        let size = UInt64(4096) << UInt64(9 * walk.level)
        processor[.rcx] =
            address & ~(size - 1) | UInt64(walk.level) | (walk.entry.state.isPending ? 1 << 62 : 0)
        processor[.rdx] = walk.entry.permissions | 1 << 15
        return .completed(.success)
    }

    /// `TDG.MEM.PAGE.ATTR.WR`: changes what the VMs of the TD may do with a page.
    ///
    /// - `RCX`: the page and its level, 0 to 2.
    /// - `RDX`: attributes of VM 0 to 3, 16 bits each. `R8`: which of them to write; bit 15 of each, INVEPT.
    ///
    /// Deviation: there are no VMs beside VM 0, whose attributes are not the guest's to write.
    ///
    /// - SeeAlso: ABI Reference, `TDG.MEM.PAGE.ATTR.WR`.
    static let memPageAttrWr = GuestLeaf(
        .memPageAttrWr, "TDG.MEM.PAGE.ATTR.WR",
        [.rcx: .entry(0...2), .rdx: .value("0: there is only VM 0"), .r8: .value("0: there is only VM 0")]
    ) { module, vcpu, processor throws(TDXStatus) in
        let td = vcpu.td
        let mapping = try module.mapping(processor[.rcx], of: td, levels: 0...2)
        guard processor[.rdx] == 0 else { throw .operandInvalid.at(.rdx) }
        guard processor[.r8] == 0 else { throw .operandInvalid.at(.r8) }
        let walk = try module.walk(td, mapping.address, to: mapping.level)
        let entry = try LockedSEPTEntry(forGuest: walk.slot, .rcx)
        guard walk.level == mapping.level, entry.state != .nonLeafMapped else {
            guard walk.level == mapping.level || entry.state.isAccessible else {
                return .left(
                    module.violation(
                        mapping, entry.entry, level: walk.level, ExtendedQualification.attributeWrite))
            }
            throw .pageSizeMismatch.with(UInt32(walk.level))
        }
        guard entry.state.isAccessible || entry.state == .pending || entry.state == .pendingExportedDirty
        else {
            return .left(
                module.violation(
                    mapping, entry.entry, level: walk.level, ExtendedQualification.attributeWrite))
        }
        return .completed(.success)
    }

    /// The states of an entry whose attributes can be read.
    private static let attributeStates: SEPTStates = [
        .mapped, .blockedW, .exportedBlockedW, .exportedDirty, .exportedDirtyBlockedW, .pending,
        .pendingBlockedW, .pendingExportedBlockedW, .pendingExportedDirty, .pendingExportedDirtyBlockedW,
    ]
}

// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import TDXABI
import X86

/// How a leaf accesses memory that the guest names.
enum GuestAccess {
    case read, write
}

/// Where a memory operand of a guest-side leaf lies.
enum GuestOperand {
    /// The address with its KeyID.
    case found(PhysicalAddress)
    /// Not mapped: the call ends without having begun.
    case left(GuestExitAction)
}

/// Extended exit qualifications: `RDX` of a TD exit.
///
/// - SeeAlso: ABI Reference, "Extended Exit Qualification".
enum ExtendedQualification {
    /// `TDG.MEM.PAGE.ACCEPT` found an entry it cannot accept.
    static let accept: UInt64 = 1
    /// `TDG.MEM.PAGE.ATTR.WR` found an entry that has no attributes.
    static let attributeWrite: UInt64 = 5
    /// The guest touched a pending page and does not want #VE for it.
    static let pendingEPTViolation: UInt64 = 6
}

extension TDXModule {
    /// Translates a memory operand of a guest-side leaf.
    func locate(
        _ address: UInt64, _ operand: OperandID, alignment: UInt64, access: GuestAccess, allowsShared: Bool,
        _ vcpu: VirtualCPUState
    ) throws(TDXStatus) -> GuestOperand {
        let td = vcpu.td
        guard address & (alignment &- 1) == 0 else { throw .operandInvalid.at(operand) }
        let isShared = address[bit: td.sharedBit]
        guard td.isPrivate(address & ~(1 << UInt64(td.sharedBit))), allowsShared || !isShared else {
            throw .operandInvalid.at(operand)
        }
        if isShared { return locateShared(address, access, vcpu) }
        let walk = try walk(td, address, to: 0)
        let state = walk.entry.state
        let permissions = state.permissions
        if state.isLeaf, permissions[bit: access == .read ? 0 : 1] {
            let page = walk.entry.address | address & ((1 << UInt64(12 + 9 * walk.level)) - 1)
            try checkIntact(page, key: td.hkid, of: td)
            return .found(PhysicalMemory.address(PhysicalAddress(page), key: td.hkid))
        }
        let missing = qualification(access, permissions: state.isLeaf ? permissions : 0)
        if state == .pending || state == .pendingExportedDirty {
            return .left(pendingViolation(address, linear: 0, qualification: missing, vcpu))
        }
        return .left(violation(address, qualification: missing))
    }

    private func qualification(_ access: GuestAccess, permissions: UInt64) -> UInt64 {
        (access == .read ? 1 : 2) | permissions[bits: 0...2] << 3
    }

    /// The walk of the Shared EPT, which the host's tables are.
    private func locateShared(_ address: UInt64, _ access: GuestAccess, _ vcpu: VirtualCPUState)
        -> GuestOperand
    {
        let td = vcpu.td
        let plain = address & ~(1 << UInt64(td.sharedBit))
        var table = vcpu.sharedEPTPointer & 0x000F_FFFF_FFFF_F000
        var level = td.eptLevels - 1
        var permissions: UInt64 = 7
        while true {
            let index = plain >> UInt64(12 + 9 * level) & 511
            // Until the host has given a root, there is a table of zeros.
            let entry = EPTEntry(
                rawValue: table == 0 ? 0 : memory.load(PhysicalAddress(table &+ index &* 8)))
            permissions &= entry.permissions
            if entry.permissions != 0, isMisconfigured(entry, level: level) {
                var host = HostExit(.eptMisconfiguration)
                host.guestPhysicalAddress = address & ~0xFFF
                return .left(.toHost(host))
            }
            guard permissions[bit: access == .read ? 0 : 1] else {
                let missing = qualification(access, permissions: permissions)
                guard !entry.rawValue[bit: 63], let processor = vcpu.processor else {
                    return .left(violation(address, qualification: missing))
                }
                return .left(
                    raise(
                        VirtualizationExceptionInformation(
                            exitReason: ExitReason.eptViolation.rawValue, qualification: missing,
                            guestPhysicalAddress: address), vcpu, processor))
            }
            if entry.isLeaf(level: level) {
                return .found(PhysicalAddress(entry.address | plain & (1 << UInt64(12 + 9 * level) - 1)))
            }
            table = entry.address
            level -= 1
        }
    }

    /// An entry of the Shared EPT that the processor would refuse; among them all that name a private key.
    private func isMisconfigured(_ entry: EPTEntry, level: Int) -> Bool {
        entry.isMisconfigured(level: level)
            || Int(PhysicalMemory.split(PhysicalAddress(entry.address)).key)
                >= platform.privateKeys.lowerBound
    }

    /// A TD exit for a guest physical address.
    func violation(_ address: UInt64, qualification: UInt64, extended: UInt64 = 0) -> GuestExitAction {
        var host = HostExit(.eptViolation)
        host.qualification = UInt32(truncatingIfNeeded: qualification) & ~0x1F80
        host.extendedQualification = extended
        host.guestPhysicalAddress = address & ~0xFFF
        return .toHost(host)
    }

    /// The TD exit by which the host learns which page a guest-side leaf wants to have mapped how.
    func violation(
        _ mapping: GPAMapping, _ entry: SEPTEntry, level: Int, _ extended: UInt64
    ) -> GuestExitAction {
        let state = entry.state
        var information = UInt64(mapping.level) | UInt64(level) << 3 | state.architectural << 6
        if state.isLeaf { information |= 1 << 14 }
        return violation(
            mapping.address, qualification: 1 << 1 | state.permissions << 3,
            extended: extended | information << 32)
    }

    /// The guest touched a pending page: #VE, or an exit if it does not want that.
    func pendingViolation(
        _ address: UInt64, linear: UInt64, qualification: UInt64, _ vcpu: VirtualCPUState
    ) -> GuestExitAction {
        guard !vcpu.td.isPendingVEDisabled, let processor = vcpu.processor else {
            return violation(
                address, qualification: qualification, extended: ExtendedQualification.pendingEPTViolation)
        }
        return raise(
            VirtualizationExceptionInformation(
                exitReason: ExitReason.eptViolation.rawValue, qualification: qualification,
                guestLinearAddress: linear, guestPhysicalAddress: address), vcpu, processor)
    }

    private func raise(
        _ information: VirtualizationExceptionInformation, _ vcpu: VirtualCPUState,
        _ processor: any VirtualProcessor
    ) -> GuestExitAction {
        GuestExit(
            module: self, vcpu: vcpu, processor: processor, exit: VMExit(.eptViolation)
        ).injectVE(information)
    }
}

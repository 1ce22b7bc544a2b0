// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import TDXABI
import X86

extension OpState {
    /// As the specification spells it.
    var specificationName: String {
        switch self {
        case .uninitialized: "UNINITIALIZED"
        case .initialized: "INITIALIZED"
        case .runnable: "RUNNABLE"
        case .liveExport: "LIVE_EXPORT"
        case .pausedExport: "PAUSED_EXPORT"
        case .postExport: "POST_EXPORT"
        case .memoryImport: "MEMORY_IMPORT"
        case .stateImport: "STATE_IMPORT"
        case .postImport: "POST_IMPORT"
        case .liveImport: "LIVE_IMPORT"
        case .failedImport: "FAILED_IMPORT"
        }
    }
}

extension Lifecycle {
    /// As the specification spells it.
    var specificationName: String {
        switch self {
        case .hkidAssigned: "TD_HKID_ASSIGNED"
        case .keysConfigured: "TD_KEYS_CONFIGURED"
        case .blocked: "TD_BLOCKED"
        case .teardown: "TD_TEARDOWN"
        }
    }
}

extension VCPUState {
    /// As the specification spells it.
    var specificationName: String {
        switch self {
        case .uninitialized: "UNINITIALIZED"
        case .ready: "READY"
        case .active: "ACTIVE"
        case .disabled: "DISABLED"
        }
    }
}

extension SystemPhase {
    /// As the specification spells it.
    var specificationName: String {
        switch self {
        case .initPending: "SYSINIT_PENDING"
        case .initDone: "SYSINIT_DONE"
        case .configDone: "SYSCONFIG_DONE"
        case .ready: "SYS_READY"
        case .shutdown: "SYS_SHUTDOWN"
        }
    }
}

extension SEPTState {
    /// As the specification spells it.
    var specificationName: String {
        switch self {
        case .free: "FREE"
        case .removed: "REMOVED"
        case .nonLeafMapped: "NL_MAPPED"
        case .nonLeafBlocked: "NL_BLOCKED"
        case .mapped: "MAPPED"
        case .blocked: "BLOCKED"
        case .blockedW: "BLOCKEDW"
        case .exportedBlockedW: "EXPORTED_BLOCKEDW"
        case .exportedDirty: "EXPORTED_DIRTY"
        case .exportedDirtyBlockedW: "EXPORTED_DIRTY_BLOCKEDW"
        case .pending: "PENDING"
        case .pendingBlocked: "PENDING_BLOCKED"
        case .pendingBlockedW: "PENDING_BLOCKEDW"
        case .pendingExportedBlockedW: "PENDING_EXPORTED_BLOCKEDW"
        case .pendingExportedDirty: "PENDING_EXPORTED_DIRTY"
        case .pendingExportedDirtyBlockedW: "PENDING_EXPORTED_DIRTY_BLOCKEDW"
        }
    }
}

extension PageUse {
    /// As the specification spells it.
    var specificationName: String {
        switch self {
        case .free: "PT_NDA"
        case .reserved: "PT_RSVD"
        case .regular: "PT_REG"
        case .tdr: "PT_TDR"
        case .controlPage: "PT_TDCX"
        case .vcpu: "PT_TDVPR"
        case .secureEPT: "PT_EPT"
        }
    }
}

/// What a failed call worked on, as it is now.
extension TDXModule {
    /// A clause on each thing that the operands name. What another call holds is left alone.
    func states(of call: FailedCall) -> [String] {
        var clauses: [String] = []
        var subject: TD?
        switch call.side {
        case .guest(_, let vcpu):
            clauses.append("vCPU \(vcpu.index) is \(vcpu.state.specificationName)")
            // A vCPU in the guest shares its TDR: nobody takes the TD apart meanwhile.
            clauses.append(clause(vcpu.td))
            subject = vcpu.td
        case .host(_, let processor):
            clauses.append("the module is \(system.state.specificationName)")
            if call.roles.isEmpty { clauses.append("the logical processor is number \(processor)") }
        }
        guard system.state == .ready else { return clauses }
        for (register, role) in call.roles {
            let value = call.registers(register)
            switch role {
            case .tdr: clauses.append(tdr(value & ~0xFFF, &subject))
            case .tdvpr: clauses.append(tdvpr(value[bits: 12...51] << 12, &subject))
            case .newPage, .page, .keyedPage:
                clauses.append(page(PhysicalMemory.split(PhysicalAddress(value)).address.rawValue))
            case .key:
                if kot.isPrivate(value) { clauses.append(key(UInt16(truncatingIfNeeded: value))) }
            default: break
            }
        }
        for (register, role) in call.roles {
            guard let subject else { break }
            switch role {
            case .entry:
                let mapping = GPAMapping(call.registers(register))
                clauses += entry(subject, mapping.address, level: mapping.level)
            case .privateAddress, .guestMemory:
                clauses += entry(subject, call.registers(register) & ~0xFFF, level: 0)
            default: break
            }
        }
        return clauses
    }

    private func tdr(_ address: UInt64, _ subject: inout TD?) -> String {
        guard system.isCovered(address), address >> addressWidth == 0 else { return page(address) }
        guard case .tdr(let td)? = pamt.entry(address).use else { return page(address) }
        // Who has the TDR alone may be changing it.
        guard let held = try? LockedPage(td.entry, exclusively: false, operand: .tdr) else {
            return "another call has the TD for itself"
        }
        subject = td
        let text = clause(td)
        _ = consume held
        return text
    }

    private func tdvpr(_ address: UInt64, _ subject: inout TD?) -> String {
        guard system.isCovered(address) else { return page(address) }
        guard case .vcpu(let vcpu)? = pamt.entry(address).use else { return page(address) }
        let association =
            vcpu.associatedProcessor.map { "associated with logical processor \($0)" } ?? "not associated"
        return "the vCPU is \(vcpu.state.specificationName), \(association), "
            + tdr(vcpu.td.tdr, &subject)
    }

    private func clause(_ td: TD) -> String {
        "the TD of KeyID \(td.hkid) is \(td.isFatal ? "fatal, " : "")\(td.lifecycle.specificationName), "
            + "OP_STATE \(td.opState.specificationName)"
    }

    private func page(_ address: UInt64) -> String {
        let name = "page \(FailureExplanation.hexadecimal(address & ~0xFFF))"
        guard address >> addressWidth == 0, system.isCovered(address) else { return "\(name) is in no TDMR" }
        let (use, level) = pamt.entry(address).found
        return "\(name) is \(use.specificationName)\(level > 0 ? " of 2 MiB" : "")"
    }

    private func key(_ hkid: UInt16) -> String {
        guard kot.lock.trySharing() else { return "another call has the KOT" }
        defer { kot.lock.unlockShared() }
        return switch kot[hkid] {
        case .free: "the KeyID is free"
        case .assigned: "the KeyID is a TD's"
        case .flushed: "the KeyID is flushed"
        case .reserved: "the KeyID is the module's own"
        }
    }

    /// The entry at which a walk for an address ends, unless somebody has the tree for himself.
    private func entry(_ td: TD, _ address: UInt64, level: Int) -> [String] {
        // Without a share of the TDR, somebody has the TD for himself.
        guard let held = try? LockedPage(td.entry, exclusively: false, operand: .tdr),
            td.lifecycle == .keysConfigured, !td.isFatal, td.opState != .uninitialized, td.isPrivate(address),
            level < td.eptLevels, td.septTreeLock.trySharing()
        else { return [] }
        defer { td.septTreeLock.unlockShared() }
        guard let walk = try? walk(td, address, to: level) else { return [] }  // spoiled: the TD is fatal now
        _ = consume held
        return ["its Secure EPT entry is \(walk.entry.state.specificationName) at level \(walk.level)"]
    }
}

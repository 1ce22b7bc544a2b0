// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

/// A TD that a call works on: its TDR locked, its state checked.
struct OpenTD: ~Copyable {
    let page: LockedPage
    let td: TD
    let opState: SharedLock
}

extension HostCall {
    /// `RCX` and `RDX` when a leaf has nothing to say in them.
    mutating func clearDetails() {
        registers.rcx = 0
        registers.rdx = 0
    }

    /// A status about a Secure EPT entry, which `RCX` and `RDX` then show.
    mutating func failing(_ status: TDXStatus, _ entry: SEPTEntry, level: Int) -> TDXStatus {
        registers.rcx = entry.architectural(level: level)
        registers.rdx = UInt64(level) | entry.state.architectural << 8
        return status
    }
}

extension TDXModule {
    /// Locks a TDR.
    func lockTDR(_ address: UInt64, _ operand: OperandID, exclusively: Bool) throws(TDXStatus) -> LockedPage {
        let page = try lock(address, operand, exclusively: exclusively)
        guard case .tdr = page.use else { throw .pageMetadataIncorrect.at(operand) }
        return page
    }

    /// Locks a TDR and checks that its TD may be worked on now.
    func open(
        _ address: UInt64, _ operand: OperandID, exclusively: Bool, in states: OpStates
    ) throws(TDXStatus) -> OpenTD {
        let page = try lock(address, operand, exclusively: exclusively)
        guard case .tdr(let td) = page.use else { throw .pageMetadataIncorrect.at(operand) }
        let opState = try checkState(td, in: states)
        return OpenTD(page: page, td: td, opState: opState)
    }

    /// Checks a page-info operand.
    func mapping(_ rawValue: UInt64, of td: TD, levels: ClosedRange<Int>) throws(TDXStatus) -> GPAMapping {
        let mapping = GPAMapping(rawValue)
        guard levels.contains(mapping.level), mapping.reserved == 0, mapping.isAligned,
            td.isPrivate(mapping.address)
        else { throw .operandInvalid.at(.rcx) }
        return mapping
    }

    /// Walks to an entry and locks it.
    func lockEntry(_ td: TD, _ mapping: GPAMapping, _ call: inout HostCall) throws(TDXStatus)
        -> LockedSEPTEntry
    {
        let walk = try walk(td, mapping.address, to: mapping.level)
        guard walk.level == mapping.level else {
            throw call.failing(.eptWalkFailed.at(.rcx), walk.entry, level: walk.level)
        }
        guard let entry = LockedSEPTEntry(walk.slot) else {
            throw call.failing(.operandBusy.at(.rcx), walk.entry, level: walk.level)
        }
        return entry
    }

    /// No translation of the entry can be in use any more, where that matters.
    ///
    /// - Parameter requiresBlocking: false when the state has been checked to be a blocked one.
    func checkTracking(
        _ td: TD, _ entry: SEPTEntry, level: Int, _ call: inout HostCall
    ) throws(TDXStatus) {
        guard td.opState.needsTracking, entry.state.needsTracking else { return }
        guard entry.state.isBlocked else {
            throw call.failing(.gpaRangeNotBlocked.at(.rcx), entry, level: level)
        }
        let page = pamt.entry(entry.address)
        let use = level == 0 || entry.state.isNonLeaf ? page.use : page.largeUse
        guard td.isTracked(blockedAt: use?.blockedAt ?? 0) else { throw .tlbTrackingNotDone.at(.rcx) }
    }
}

// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import TDXABI
import X86

/// The checks of operands that many leaves make.
extension TDXModule {
    /// Width of a physical address, KeyID included.
    var addressWidth: UInt64 { UInt64(platform.addressWidth) }

    /// A private physical address: 4 KiB (or `alignment`) aligned, without KeyID, in an initialised part of a TDMR.
    func checkPrivate(_ address: UInt64, _ operand: OperandID, alignment: UInt64 = 4096) throws(TDXStatus) {
        guard address & (alignment &- 1) == 0, address >> addressWidth == 0,
            PhysicalMemory.split(PhysicalAddress(address)).key == 0
        else { throw .operandInvalid.at(operand) }
        guard system.isCovered(address) else { throw .operandAddrRangeError.at(operand) }
    }

    /// A shared physical address: aligned, with a KeyID of the host's.
    func checkShared(_ address: UInt64, _ operand: OperandID, alignment: UInt64) throws(TDXStatus) {
        guard address & (alignment &- 1) == 0, address >> addressWidth == 0,
            Int(PhysicalMemory.split(PhysicalAddress(address)).key) < platform.privateKeys.lowerBound
        else { throw .operandInvalid.at(operand) }
    }

    /// Locks the 4 KiB page at a private physical address.
    func lock(_ address: UInt64, _ operand: OperandID, exclusively: Bool) throws(TDXStatus) -> LockedPage {
        try checkPrivate(address, operand)
        let page = try LockedPage(pamt.entry(address), exclusively: exclusively, operand: operand)
        guard page.entry.use != nil else { throw .pageMetadataIncorrect.at(operand) }
        return page
    }

    /// Locks a page that is free.
    func lockFree(_ address: UInt64, _ operand: OperandID) throws(TDXStatus) -> LockedPage {
        let page = try lock(address, operand, exclusively: true)
        guard case .free = page.use else { throw .pageMetadataIncorrect.at(operand) }
        return page
    }

    /// The checks of a TD's state, in their order. `OP_STATE` stays as it is while the result exists.
    func checkState(_ td: TD, in states: OpStates) throws(TDXStatus) -> SharedLock {
        try checkKeys(td)
        guard td.pages.count >= TDXModule.tdcsPages else { throw .tdcsNotAllocated }
        let lock = try td.opStateLock.shared(.opState)
        guard states.contains(td.opState) else { throw .opStateIncorrect }
        return lock
    }

    /// The TD is not fatal and has its key.
    func checkKeys(_ td: TD) throws(TDXStatus) {
        try checkIntact(td.tdr, key: system.globalKey, of: td)
        for page in td.pages { try checkIntact(page, key: td.hkid, of: td) }
        guard !td.isFatal else { throw .tdFatal }
        guard td.lifecycle == .keysConfigured else { throw .tdKeysNotConfigured }
    }

    /// Nobody has written to a page of a TD, or to one that keeps its state, with another key.
    ///
    /// - Throws: `TDX_TD_FATAL`: the page cannot be believed, and the TD cannot go on.
    func checkIntact(_ page: UInt64, key: UInt16, of td: TD) throws(TDXStatus) {
        do throws(PhysicalMemoryError) {
            _ = unsafe try memory.pointer(PhysicalAddress(page), key: key)  // only whether there is one
        } catch {
            td.isFatal = true
            throw .tdFatal
        }
    }

    /// The same for the pages of a vCPU.
    func checkIntact(_ vcpu: VirtualCPUState) throws(TDXStatus) {
        for page in vcpu.pages { try checkIntact(page, key: vcpu.td.hkid, of: vcpu.td) }
    }
}

// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import X86

/// What an access to guest-physical memory is for.
struct GuestPhysicalAccess {
    var kind: AccessKind
    /// The linear address that it stems from.
    var linear: UInt64
    /// It reads or marks a paging structure; else it is the access itself.
    var isPagingStructure: Bool
    /// User mode, for the error code of faults.
    var isUser: Bool = false
}

/// A guest page as the EPT gives it.
struct GuestPage {
    var host: UnsafeMutableRawPointer
    /// Bit 0 read, 1 write, 2 execute.
    var rights: UInt8
}

/// The walk of the two EPTs: the secure one for private addresses, the shared one for addresses with the shared bit.
///
/// - SeeAlso: SDM Vol. 3, "The Extended Page Table Mechanism (EPT)".
extension VirtualCPU {
    /// Translates a guest-physical page for an access, or says what stands against it.
    @inline(__always)
    func guestPage(_ address: UInt64, _ access: GuestPhysicalAccess) throws(Fault) -> GuestPage {
        let page = address & ~0xFFF
        // Code and paging structures are refused from shared memory, whatever its entry grants.
        let isRefused = address & sharedMask != 0 && (access.kind == .fetch || access.isPagingStructure)
        if !isRefused, let cached = translations.eptLookup(page), cached.rights & access.kind.right != 0 {
            return GuestPage(host: cached.host, rights: cached.rights)
        }
        return try walkEPT(address, access)
    }

    @inline(never)
    private func walkEPT(_ address: UInt64, _ access: GuestPhysicalAccess) throws(Fault) -> GuestPage {
        let isShared = address & sharedMask != 0
        if isShared, access.kind == .fetch || access.isPagingStructure {
            throw pageFault(access.linear, reservedCode(access))
        }
        guard hasSecureEPT else { return try unprotectedPage(address) }
        let levels = configuration.eptLevels
        let root = isShared ? configuration.sharedEPTRoot : configuration.secureEPTRoot
        var rights: UInt64 = 7
        var table = root.rawValue & 0x000F_FFFF_FFFF_F000
        guard table != 0, address >> UInt64(12 + 9 * levels) == 0 else {
            // Until the host has given a shared root, there is a table of zeros.
            throw violation(address, access, rights: 0, entry: 0, isShared: isShared)
        }
        var level = levels - 1
        while true {
            let index = (address >> UInt64(12 + 9 * level)) & 0x1FF
            let pointer = try physicalPointer(
                table | index << 3, key: isShared ? keyed(table) : privateKey)
            let entry = pointer.load(as: UInt64.self)
            // An entry that is blocked or pending grants nothing, whatever its permissions say; these bits are
            // ignored by the processor in the shared EPT.
            var present = entry & 7
            if !isShared {
                if entry & (1 << 55 | 1 << 56) != 0 { present = 0 }
                if entry & (1 << 54) != 0 { present &= ~2 }
            }
            guard present != 0 else {
                throw violation(address, access, rights: 0, entry: entry, isShared: isShared)
            }
            rights &= present
            let shape = EPTEntry(rawValue: entry)
            if shape.isMisconfigured(level: level)
                || isShared && keyed(shape.address) >= configuration.firstPrivateKey
            {
                pendingExit = VMExit(.eptMisconfiguration, guestPhysicalAddress: address)
                addVectoring()
                throw Fault.exit
            }
            guard shape.isLeaf(level: level) else {
                table = shape.address
                level -= 1
                continue
            }
            guard rights & UInt64(access.kind.right) != 0 else {
                throw violation(address, access, rights: rights, entry: entry, isShared: isShared)
            }
            let offset = (1 << UInt64(12 + 9 * level)) - 1 as UInt64
            let target = (shape.address & ~offset) | (address & offset & ~0xFFF)
            let host = try physicalPointer(target, key: isShared ? keyed(target) : privateKey)
            let page = GuestPage(host: host, rights: UInt8(rights))
            translations.eptFill(address & ~0xFFF, host, page.rights)
            return page
        }
    }

    /// The KeyID that an entry of the shared EPT names.
    private func keyed(_ address: UInt64) -> UInt16 { PhysicalMemory.split(PhysicalAddress(address)).key }

    /// Before a configuration is there, guest-physical memory is the machine's own.
    private func unprotectedPage(_ address: UInt64) throws(Fault) -> GuestPage {
        let host = try physicalPointer(address & ~0xFFF, key: 0)
        translations.eptFill(address & ~0xFFF, host, 7)
        return GuestPage(host: host, rights: 7)
    }

    /// Memory that the processor itself accesses. What is wrong with it is a machine check.
    @inline(__always)
    func physicalPointer(_ address: UInt64, key: UInt16) throws(Fault) -> UnsafeMutableRawPointer {
        do {
            return try memory.pointer(PhysicalAddress(address), key: key)
        } catch {
            memory.noteConsumption(PhysicalAddress(address))
            pendingExit = VMExit(.exceptionOrNMI, interruptionInformation: 0x8000_0312)
            addVectoring()
            throw Fault.exit
        }
    }

    private func reservedCode(_ access: GuestPhysicalAccess) -> UInt32 {
        var code: UInt32 = 1 | 8
        if access.kind == .write { code |= 2 }
        if access.isUser { code |= 4 }
        if access.kind == .fetch { code |= 16 }
        return code
    }

    /// An EPT violation: a #VE when the entry asks for it and the guest can take it, else an exit.
    private func violation(
        _ address: UInt64, _ access: GuestPhysicalAccess, rights: UInt64, entry: UInt64, isShared: Bool
    ) -> Fault {
        var qualification = UInt64(access.kind.right) | rights << 3 | 1 << 7
        if access.isPagingStructure {
            // Marking an entry accessed or dirty reads it too.
            qualification |= 1
        } else {
            qualification |= 1 << 8
        }
        if isShared, entry & (1 << 63) == 0, vectoring == 0, cr0 & CR0.pe != 0,
            let information = ownedPage(configuration.virtualizationInformation),
            information.load(fromByteOffset: 4, as: UInt32.self) == 0
        {
            information.storeBytes(of: 48, as: UInt32.self)
            information.storeBytes(of: 0xFFFF_FFFF, toByteOffset: 4, as: UInt32.self)
            information.storeBytes(of: qualification, toByteOffset: 8, as: UInt64.self)
            information.storeBytes(of: access.linear, toByteOffset: 16, as: UInt64.self)
            information.storeBytes(of: address, toByteOffset: 24, as: UInt64.self)
            information.storeBytes(of: 0, toByteOffset: 32, as: UInt16.self)
            return .virtualization
        }
        pendingExit = VMExit(
            .eptViolation, qualification: qualification, guestLinearAddress: access.linear,
            guestPhysicalAddress: address)
        addVectoring()
        return .exit
    }

    /// The exit breaks off the delivery of an event: says which.
    func addVectoring() {
        guard vectoring != 0 else { return }
        pendingExit.vectoringInformation = vectoring
        pendingExit.vectoringErrorCode = vectoringErrorCode
        if vectoringLength != 0 { pendingExit.instructionLength = vectoringLength }
    }
}

extension AccessKind {
    /// The EPT right that it needs, which is also its bit in the exit qualification.
    @inline(__always) var right: UInt8 {
        switch self {
        case .read: 1
        case .write: 2
        case .fetch: 4
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import X86

/// A linear address as the guest's paging structures give it.
struct LinearTranslation {
    var guestPhysical: UInt64
    var isWritable = true
    var isUser = true
    var isExecutable = true
    /// The leaf's dirty bit is set, or there is none.
    var isDirty = true
    var isGlobal = false
    var pageSize: UInt64 = 4096
    var key: UInt64 = 0
}

/// How the guest accesses a linear address.
struct LinearAccess {
    var kind: AccessKind
    /// With user rights; else as supervisor.
    var isUser: Bool
    /// As supervisor with RFLAGS.AC set.
    var suspendsSMAP: Bool

    /// The access as the processor makes it for its own tables.
    static func implicit(_ kind: AccessKind) -> LinearAccess {
        LinearAccess(kind: kind, isUser: false, suspendsSMAP: false)
    }
}

/// The guest's paging: legacy 32-bit, PAE, 4-level and 5-level.
///
/// - SeeAlso: SDM Vol. 3, "Paging".
extension VirtualCPU {
    private static let present: UInt64 = 1 << 0
    private static let writable: UInt64 = 1 << 1
    private static let user: UInt64 = 1 << 2
    private static let accessed: UInt64 = 1 << 5
    private static let dirty: UInt64 = 1 << 6
    private static let large: UInt64 = 1 << 7
    private static let global: UInt64 = 1 << 8
    private static let executeDisable: UInt64 = 1 << 63
    private static let addressMask: UInt64 = 0x000F_FFFF_FFFF_F000

    /// Records CR2 and makes the fault.
    func pageFault(_ linear: UInt64, _ code: UInt32) -> Fault {
        state[field: State.Offset.cr2] = linear
        state[field: State.Offset.faultAddress] = linear
        return .page(code)
    }

    private func errorCode(_ access: LinearAccess, _ extra: UInt32) -> UInt32 {
        var code = extra
        if access.kind == .write { code |= 2 }
        if access.isUser { code |= 4 }
        if access.kind == .fetch, efer & EFER.nxe != 0 && cr4 & CR4.pae != 0 || cr4 & CR4.smep != 0 {
            code |= 16
        }
        return code
    }

    func walk(_ linear: UInt64, _ access: LinearAccess) throws(Fault) -> LinearTranslation {
        guard cr0 & CR0.pg != 0 else {
            return LinearTranslation(
                guestPhysical: UInt64(UInt32(truncatingIfNeeded: linear)), isGlobal: false)
        }
        let cr4 = cr4
        guard cr4 & CR4.pae != 0 else { return try walkLegacy(linear, access) }
        let isLong = isLongMode
        var level = isLong ? (cr4 & CR4.la57 != 0 ? 4 : 3) : 2
        let nxe = efer & EFER.nxe != 0
        let reservedAddress = VirtualCPU.addressMask & ~physicalMask
        let base = state[field: State.Offset.cr3] & (isLong ? VirtualCPU.addressMask : 0xFFFF_FFE0)
        var table = base
        var rights = VirtualCPU.writable | VirtualCPU.user
        var disabled: UInt64 = 0
        var result = LinearTranslation(guestPhysical: 0)
        let structure = GuestPhysicalAccess(
            kind: .read, linear: linear, isPagingStructure: true, isUser: access.isUser)
        while true {
            let index = (linear >> UInt64(12 + 9 * level)) & (!isLong && level == 2 ? 3 : 0x1FF)
            let place = table &+ index << 3
            let page = try guestPage(place, structure)
            let pointer = page.host + Int(place & 0xFFF)
            let entry = pointer.load(as: UInt64.self)
            guard entry & VirtualCPU.present != 0 else { throw pageFault(linear, errorCode(access, 0)) }
            let isLarge = level > 0 && entry & VirtualCPU.large != 0
            var reserved = reservedAddress | (nxe ? 0 : VirtualCPU.executeDisable)
            if !isLong {
                reserved |= 0x7FF0_0000_0000_0000
                if level == 2 { reserved = reservedAddress | 0xFFF0_0000_0000_01E6 }
            }
            if isLarge {
                if level > 2 || !isLong && level == 2 { reserved |= VirtualCPU.large }
                reserved |= ((1 << UInt64(12 + 9 * level)) - 1) & 0x3FFF_E000
            }
            guard entry & reserved == 0 else { throw pageFault(linear, errorCode(access, 1 | 8)) }
            if isLong || level < 2 {
                rights &= entry
                disabled |= entry & VirtualCPU.executeDisable
            }
            if level > 0, !isLarge {
                if entry & VirtualCPU.accessed == 0, isLong || level < 2 {
                    try mark(pointer, place, VirtualCPU.accessed, structure)
                }
                table = entry & VirtualCPU.addressMask
                level -= 1
                continue
            }
            result.isWritable = rights & VirtualCPU.writable != 0
            result.isUser = rights & VirtualCPU.user != 0
            result.isExecutable = disabled == 0
            result.isGlobal = entry & VirtualCPU.global != 0 && cr4 & CR4.pge != 0
            result.pageSize = 1 << UInt64(12 + 9 * level)
            result.key = isLong ? entry[bits: 59...62] : 0
            try check(result, access, linear)
            var marks: UInt64 = entry & VirtualCPU.accessed == 0 ? VirtualCPU.accessed : 0
            result.isDirty = entry & VirtualCPU.dirty != 0
            if access.kind == .write, !result.isDirty {
                marks |= VirtualCPU.dirty
                result.isDirty = true
            }
            if marks != 0 { try mark(pointer, place, marks, structure) }
            let offset = result.pageSize - 1
            result.guestPhysical = (entry & VirtualCPU.addressMask & ~offset) | (linear & offset)
            return result
        }
    }

    /// Whether a translation grants an access.
    private func check(_ page: LinearTranslation, _ access: LinearAccess, _ linear: UInt64) throws(Fault) {
        var allowed: Bool
        if access.kind == .fetch {
            allowed = page.isExecutable
            if access.isUser { allowed = allowed && page.isUser }
            if !access.isUser, page.isUser, cr4 & CR4.smep != 0 { allowed = false }
        } else if access.isUser {
            allowed = page.isUser && (access.kind == .read || page.isWritable)
        } else {
            allowed = access.kind == .read || page.isWritable || cr0 & CR0.wp == 0
            if page.isUser, cr4 & CR4.smap != 0, !access.suspendsSMAP { allowed = false }
        }
        guard allowed else { throw pageFault(linear, errorCode(access, 1)) }
        if access.kind != .fetch, !allowedByKey(page, isWrite: access.kind == .write, isUser: access.isUser) {
            throw pageFault(linear, errorCode(access, 1 | 32))
        }
    }

    /// Protection keys.
    @inline(__always)
    private func allowedByKey(_ page: LinearTranslation, isWrite: Bool, isUser: Bool) -> Bool {
        let register: UInt64
        if page.isUser {
            guard cr4 & CR4.pke != 0 else { return true }
            register = state[field: State.Offset.pkru]
        } else {
            guard cr4 & CR4.pks != 0 else { return true }
            register = state[field: State.Offset.pkrs]
        }
        guard isLongMode else { return true }
        let bits = register >> (page.key * 2) & 3
        if bits & 1 != 0 { return false }
        return bits & 2 == 0 || !isWrite || !isUser && cr0 & CR0.wp == 0
    }

    /// Sets the accessed and dirty bits of an entry.
    private func mark(
        _ pointer: UnsafeMutableRawPointer, _ place: UInt64, _ bits: UInt64, _ access: GuestPhysicalAccess
    ) throws(Fault) {
        var access = access
        access.kind = .write
        _ = try guestPage(place, access)
        pointer.assumingMemoryBound(to: Atomic<UInt64>.self).pointee.bitwiseOr(bits, ordering: .relaxed)
        marked(pointer, 8)
    }

    /// 32-bit paging without PAE.
    private func walkLegacy(_ linear: UInt64, _ access: LinearAccess) throws(Fault) -> LinearTranslation {
        var result = LinearTranslation(guestPhysical: 0)
        let structure = GuestPhysicalAccess(
            kind: .read, linear: linear, isPagingStructure: true, isUser: access.isUser)
        var place = (state[field: State.Offset.cr3] & 0xFFFF_F000) + linear[bits: 22...31] << 2
        var rights = VirtualCPU.writable | VirtualCPU.user
        var level = 1
        while true {
            let pointer = try guestPage(place, structure).host + Int(place & 0xFFF)
            let entry = UInt64(pointer.load(as: UInt32.self))
            guard entry & VirtualCPU.present != 0 else { throw pageFault(linear, errorCode(access, 0)) }
            rights &= entry
            let isLarge = level == 1 && entry & VirtualCPU.large != 0 && cr4 & CR4.pse != 0
            if isLarge, entry & 0x3F_E000 & 1 << 21 != 0 { throw pageFault(linear, errorCode(access, 1 | 8)) }
            if level == 1, !isLarge {
                if entry & VirtualCPU.accessed == 0 {
                    try mark32(pointer, place, VirtualCPU.accessed, structure)
                }
                place = (entry & 0xFFFF_F000) + linear[bits: 12...21] << 2
                level = 0
                continue
            }
            result.isWritable = rights & VirtualCPU.writable != 0
            result.isUser = rights & VirtualCPU.user != 0
            result.isGlobal = entry & VirtualCPU.global != 0 && cr4 & CR4.pge != 0
            result.pageSize = isLarge ? 4 << 20 : 4096
            try check(result, access, linear)
            var marks: UInt64 = entry & VirtualCPU.accessed == 0 ? VirtualCPU.accessed : 0
            result.isDirty = entry & VirtualCPU.dirty != 0
            if access.kind == .write, !result.isDirty {
                marks |= VirtualCPU.dirty
                result.isDirty = true
            }
            if marks != 0 { try mark32(pointer, place, marks, structure) }
            let offset = result.pageSize - 1
            let high = isLarge ? entry[bits: 13...20] << 32 : 0
            result.guestPhysical = (entry & 0xFFFF_F000 & ~offset) | high | (linear & offset)
            return result
        }
    }

    private func mark32(
        _ pointer: UnsafeMutableRawPointer, _ place: UInt64, _ bits: UInt64, _ access: GuestPhysicalAccess
    ) throws(Fault) {
        var access = access
        access.kind = .write
        _ = try guestPage(place, access)
        pointer.assumingMemoryBound(to: Atomic<UInt32>.self).pointee
            .bitwiseOr(UInt32(truncatingIfNeeded: bits), ordering: .relaxed)
        marked(pointer, 4)
    }

    /// A paging structure may lie in a page with code.
    private func marked(_ entry: UnsafeMutableRawPointer, _ size: Int) {
        guard let frame = memory.frame(of: entry) else { return }
        let offset = Int(UInt(bitPattern: entry) & 0xFFF)
        group.overwritten(frame, offset..<offset + size, by: self)
    }

    /// Translates an address for an access, fills the TLB of its privilege, and returns the host page.
    func translate(
        _ linear: UInt64, _ access: LinearAccess, _ table: TranslationCaches.Table
    ) throws(Fault) -> UnsafeMutableRawPointer {
        let translation = try walk(linear, access)
        if translation.guestPhysical & VirtualCPU.addressMask & ~physicalMask != 0 {
            throw pageFault(linear, errorCode(access, 1 | 8))
        }
        let page = try guestPage(
            translation.guestPhysical,
            GuestPhysicalAccess(
                kind: access.kind, linear: linear, isPagingStructure: false, isUser: access.isUser))
        let isUser = table == .user
        let isReadable =
            page.rights & 1 != 0 && (isUser ? translation.isUser : mayRead(translation, table))
            && allowedByKey(translation, isWrite: false, isUser: isUser)
        let isWritable =
            isReadable && translation.isDirty && page.rights & 2 != 0
            && (translation.isWritable || !isUser && cr0 & CR0.wp == 0)
            && allowedByKey(translation, isWrite: true, isUser: isUser)
            && !holdsCode(page.host)
        let isExecutable =
            page.rights & 4 != 0 && translation.isExecutable && translation.guestPhysical & sharedMask == 0
            && (isUser ? translation.isUser : !(translation.isUser && cr4 & CR4.smep != 0))
        translations.fill(
            linear, table, host: page.host, read: isReadable, write: isWritable, fetch: isExecutable,
            global: translation.isGlobal, pageSize: translation.pageSize)
        return page.host
    }

    @inline(__always)
    private func holdsCode(_ page: UnsafeMutableRawPointer) -> Bool {
        guard let frame = memory.frame(of: page) else { return false }
        return memory.watchedLines(frame) != 0
    }

    @inline(__always)
    private func mayRead(_ page: LinearTranslation, _ table: TranslationCaches.Table) -> Bool {
        !page.isUser || table == .suspended || cr4 & CR4.smap == 0
    }
}

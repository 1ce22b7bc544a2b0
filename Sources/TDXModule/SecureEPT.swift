// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import X86

/// The state of a Secure EPT entry.
///
/// The raw value is the internal encoding: D, TDEX, TDBW, TDB, TDP, IPAT, PS from bit 0 upwards.
enum SEPTState: UInt8, CaseIterable, Sendable {
    case free = 0x0E
    case removed = 0x0C
    case nonLeafMapped = 0x00
    case nonLeafBlocked = 0x08
    case mapped = 0x60
    case blocked = 0x68
    case blockedW = 0x64
    case exportedBlockedW = 0x66
    case exportedDirty = 0x63
    case exportedDirtyBlockedW = 0x67
    case pending = 0x70
    case pendingBlocked = 0x78
    case pendingBlockedW = 0x74
    case pendingExportedBlockedW = 0x76
    case pendingExportedDirty = 0x73
    case pendingExportedDirtyBlockedW = 0x77

    /// The number by which the ABI shows the state.
    var architectural: UInt64 {
        switch self {
        case .free: 0
        case .removed: 5
        case .nonLeafMapped: 132
        case .nonLeafBlocked: 129
        case .mapped: 4
        case .blocked: 1
        case .blockedW: 8
        case .exportedBlockedW: 9
        case .exportedDirty: 11
        case .exportedDirtyBlockedW: 12
        case .pending: 2
        case .pendingBlocked: 3
        case .pendingBlockedW: 16
        case .pendingExportedBlockedW: 17
        case .pendingExportedDirty: 19
        case .pendingExportedDirtyBlockedW: 20
        }
    }

    var isLeaf: Bool { rawValue & 0x40 != 0 }
    var isNonLeaf: Bool { self == .nonLeafMapped || self == .nonLeafBlocked }
    var isPending: Bool { isLeaf && rawValue & 0x10 != 0 }
    /// Neither read nor written by the guest.
    var isBlocked: Bool { self == .blocked || self == .pendingBlocked || self == .nonLeafBlocked }
    /// The guest reads and writes the page.
    var isAccessible: Bool { self == .mapped || self == .exportedDirty }
    /// Translations may exist that must be gone before the mapping may be.
    var needsTracking: Bool {
        switch self {
        case .free, .removed, .exportedBlockedW, .pendingExportedBlockedW: false
        default: true
        }
    }

    /// What blocking makes of the state, if it can be blocked.
    var whenBlocked: SEPTState? {
        switch self {
        case .mapped, .blockedW: .blocked
        case .pending, .pendingBlockedW: .pendingBlocked
        case .nonLeafMapped: .nonLeafBlocked
        default: nil
        }
    }

    /// What unblocking makes of the state, if it is blocked.
    var whenUnblocked: SEPTState? {
        switch self {
        case .blocked: .mapped
        case .pendingBlocked: .pending
        case .nonLeafBlocked: .nonLeafMapped
        default: nil
        }
    }

    /// R, W and X in an entry of the state.
    var permissions: UInt64 {
        switch self {
        case .mapped, .exportedDirty, .nonLeafMapped: 7
        case .blockedW, .exportedBlockedW, .exportedDirtyBlockedW: 5
        default: 0
        }
    }
}

/// The states of a Secure EPT entry in which a leaf is allowed.
struct SEPTStates: OptionSet, Sendable {
    let rawValue: UInt32
    init(rawValue: UInt32) { self.rawValue = rawValue }
    private init(_ state: SEPTState) { rawValue = 1 << SEPTStates.bit(state) }

    /// D, TDEX, TDBW, TDB and TDP tell the states of leaves from each other; those of others have bits of their own.
    private static func bit(_ state: SEPTState) -> UInt32 {
        switch state {
        case .nonLeafMapped: 29
        case .nonLeafBlocked: 30
        case .free: 28
        case .removed: 31
        default: UInt32(state.rawValue & 0x1F)
        }
    }

    static let free = SEPTStates(.free)
    static let removed = SEPTStates(.removed)
    static let nonLeafMapped = SEPTStates(.nonLeafMapped)
    static let nonLeafBlocked = SEPTStates(.nonLeafBlocked)
    static let mapped = SEPTStates(.mapped)
    static let blocked = SEPTStates(.blocked)
    static let blockedW = SEPTStates(.blockedW)
    static let exportedBlockedW = SEPTStates(.exportedBlockedW)
    static let exportedDirty = SEPTStates(.exportedDirty)
    static let exportedDirtyBlockedW = SEPTStates(.exportedDirtyBlockedW)
    static let pending = SEPTStates(.pending)
    static let pendingBlocked = SEPTStates(.pendingBlocked)
    static let pendingBlockedW = SEPTStates(.pendingBlockedW)
    static let pendingExportedBlockedW = SEPTStates(.pendingExportedBlockedW)
    static let pendingExportedDirty = SEPTStates(.pendingExportedDirty)
    static let pendingExportedDirtyBlockedW = SEPTStates(.pendingExportedDirtyBlockedW)
    static let leaves: SEPTStates = [
        .mapped, .blocked, .blockedW, .exportedBlockedW, .exportedDirty, .exportedDirtyBlockedW, .pending,
        .pendingBlocked, .pendingBlockedW, .pendingExportedBlockedW, .pendingExportedDirty,
        .pendingExportedDirtyBlockedW,
    ]
    static let all: SEPTStates = [leaves, .free, .removed, .nonLeafMapped, .nonLeafBlocked]

    func contains(_ state: SEPTState) -> Bool { rawValue & 1 << SEPTStates.bit(state) != 0 }
}

/// A Secure EPT entry.
///
/// - SeeAlso: ABI Reference, "Secure EPT Entry".
struct SEPTEntry: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
    var rawValue: UInt64
    init(rawValue: UInt64) { self.rawValue = rawValue }

    static let free = SEPTEntry(rawValue: 0x80E0_0000_0000_0000)
    /// `TDEL`: somebody changes the entry.
    static let lockBit: UInt64 = 1 << 11
    /// `TDHP`: the host wants the entry that a guest has locked, and is to have it before any guest.
    static let hostPriorityBit: UInt64 = 1 << 52
    /// A guest has the entry locked.
    static let guestBit: UInt64 = 1 << 62
    /// Bits that say who works on the entry, not what it is.
    private static let transient = lockBit | hostPriorityBit | guestBit
    private static let addressMask: UInt64 = 0x0000_3FFF_FFFF_F000

    init(_ state: SEPTState, address: UInt64 = 0) {
        let code = UInt64(state.rawValue)
        rawValue =
            1 << 63 | state.permissions | code[bits: 0...0] << 9 | code[bits: 1...4] << 53 | code[bits: 5...6]
            << 6
            | (state.isLeaf ? 6 << 3 : 0) | address & SEPTEntry.addressMask
    }

    var state: SEPTState {
        let code = rawValue[bits: 9...9] | rawValue[bits: 53...56] << 1 | rawValue[bits: 6...7] << 5
        return SEPTState(rawValue: UInt8(truncatingIfNeeded: code)) ?? .removed
    }
    /// The page or table, without KeyID.
    var address: UInt64 { rawValue & SEPTEntry.addressMask }
    var isLocked: Bool { rawValue & SEPTEntry.lockBit != 0 }
    var isLockedByGuest: Bool { isLocked && rawValue & SEPTEntry.guestBit != 0 }
    var hasHostPriority: Bool { rawValue & SEPTEntry.hostPriorityBit != 0 }
    /// The entry when nobody works on it.
    var settled: SEPTEntry { SEPTEntry(rawValue: rawValue & ~SEPTEntry.transient) }
    /// R, W and X, bits 2:0.
    var permissions: UInt64 { rawValue & 7 }

    /// What the ABI shows of the entry.
    func architectural(level: Int) -> UInt64 {
        let state = state
        if state.isLeaf {
            let low = level == 1 && state.isPending ? ~UInt64(0x1F_F000) : ~0
            return 1 << 63 | rawValue & 0xFF | address & low
        }
        return state.isNonLeaf ? rawValue & 0x87 : 1 << 63
    }
}

/// Where a Secure EPT entry lies in memory.
@safe struct SEPTSlot: @unchecked Sendable {
    /// Memory of the machine, which exists for as long as the module does.
    private let pointer: UnsafeMutableRawPointer
    let level: Int

    fileprivate init(_ pointer: UnsafeMutableRawPointer, level: Int) {
        unsafe self.pointer = unsafe pointer
        self.level = level
    }

    /// The entry as an atomic word: entries are 8 bytes, aligned, in pages that only the module and MMU walks touch.
    private var word: UnsafeMutablePointer<Atomic<UInt64>> {
        unsafe pointer.assumingMemoryBound(to: Atomic<UInt64>.self)
    }

    var entry: SEPTEntry { SEPTEntry(rawValue: unsafe word.pointee.load(ordering: .acquiring)) }

    fileprivate func exchange(_ expected: SEPTEntry, _ desired: SEPTEntry) -> Bool {
        unsafe word.pointee.compareExchange(
            expected: expected.rawValue, desired: desired.rawValue, ordering: .acquiringAndReleasing
        ).exchanged
    }

    fileprivate func store(_ entry: SEPTEntry) {
        unsafe word.pointee.store(entry.rawValue, ordering: .releasing)
    }
}

/// A Secure EPT entry that this call has locked; unlocked when it goes out of scope.
struct LockedSEPTEntry: ~Copyable {
    private let slot: SEPTSlot
    let level: Int
    /// The entry when nobody works on it; a new value is stored when the lock is given back.
    var entry: SEPTEntry
    private let isGuest: Bool

    /// For a host-side leaf; nil when somebody else has it locked. If that is a guest, the host is next.
    init?(_ slot: SEPTSlot) {
        while true {
            let entry = slot.entry
            guard !entry.isLocked else {
                guard entry.isLockedByGuest, !entry.hasHostPriority else { return nil }
                let claimed = SEPTEntry(rawValue: entry.rawValue | SEPTEntry.hostPriorityBit)
                guard slot.exchange(entry, claimed) else { continue }
                return nil
            }
            guard slot.exchange(entry, SEPTEntry(rawValue: entry.settled.rawValue | SEPTEntry.lockBit))
            else { continue }
            self.slot = slot
            level = slot.level
            self.entry = entry.settled
            isGuest = false
            return
        }
    }

    /// For a guest-side leaf.
    ///
    /// - Throws: `TDX_OPERAND_BUSY`, or `TDX_OPERAND_BUSY_HOST_PRIORITY` when the host is to be next.
    init(forGuest slot: SEPTSlot, _ operand: OperandID) throws(TDXStatus) {
        while true {
            let entry = slot.entry
            guard !entry.hasHostPriority else { throw .operandBusyHostPriority.at(operand) }
            guard !entry.isLocked else { throw .operandBusy.at(operand) }
            let locked = SEPTEntry(rawValue: entry.rawValue | SEPTEntry.lockBit | SEPTEntry.guestBit)
            guard slot.exchange(entry, locked) else { continue }
            self.slot = slot
            level = slot.level
            self.entry = entry.settled
            isGuest = true
            return
        }
    }

    var state: SEPTState { entry.state }

    deinit {
        guard isGuest else { return slot.store(entry.settled) }
        // The host may have claimed the entry meanwhile.
        while true {
            let current = slot.entry
            let claim = current.rawValue & SEPTEntry.hostPriorityBit
            if slot.exchange(current, SEPTEntry(rawValue: entry.settled.rawValue | claim)) { return }
        }
    }
}

/// How far a walk of the Secure EPT came.
struct SEPTWalk: Sendable {
    /// The entry at which it ended: of the wanted level, or the one above that leads no further.
    let slot: SEPTSlot
    let entry: SEPTEntry
    var level: Int { slot.level }
}

extension TDXModule {
    /// Walks to the entry of `level` for a private address.
    ///
    /// - Throws: `TDX_TD_FATAL` when somebody has spoiled a page of the tree.
    func walk(_ td: TD, _ address: UInt64, to level: Int) throws(TDXStatus) -> SEPTWalk {
        var table = td.secureEPTRoot
        var current = td.eptLevels - 1
        while true {
            let index = address >> UInt64(12 + 9 * current) & 511
            let slot = try self.slot(table, Int(index), level: current, key: td.hkid, of: td)
            let entry = slot.entry
            guard current > level, entry.state == .nonLeafMapped else {
                return SEPTWalk(slot: slot, entry: entry)
            }
            table = entry.address
            current -= 1
        }
    }

    /// Walks to the leaf that maps a private address, or to where there is none.
    func walkToLeaf(_ td: TD, _ address: UInt64) throws(TDXStatus) -> SEPTWalk {
        try walk(td, address, to: 0)
    }

    /// Entry `index` of a table.
    func slot(_ table: UInt64, _ index: Int, level: Int, key: UInt16, of td: TD) throws(TDXStatus) -> SEPTSlot
    {
        do throws(PhysicalMemoryError) {
            // The pointer stays within the page: `index` is below 512.
            return unsafe SEPTSlot(
                try memory.pointer(PhysicalAddress(table &+ UInt64(index & 511) * 8), key: key), level: level)
        } catch {
            td.isFatal = true
            throw .tdFatal
        }
    }

    /// Fills a page with free entries.
    func clearTable(_ table: UInt64, of td: TD) { fillTable(table, of: td) { _ in .free } }

    /// Makes a page a table with the entries that `entry` gives by index.
    func fillTable(_ table: UInt64, of td: TD, _ entry: (Int) -> SEPTEntry) {
        let entries = (0..<512).map { entry($0).rawValue.littleEndian }
        // Its bytes are copied while the array lives.
        let bytes = unsafe entries.withUnsafeBytes { unsafe Array($0) }
        memory.assign(PhysicalAddress(table), key: td.hkid)
        memory.write(PhysicalMemory.address(PhysicalAddress(table), key: td.hkid), bytes)
    }
}

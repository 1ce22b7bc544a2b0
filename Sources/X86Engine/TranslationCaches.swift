// SPDX-License-Identifier: Apache-2.0

/// The software TLBs of one vCPU, in its state block, and the cache of EPT translations.
///
/// A flush walks a list of what was filled since the last one, not the tables.
struct TranslationCaches {
    /// A privilege that data is accessed with; each has its own TLB.
    enum Table: Int {
        case kernel, user
        /// Supervisor with RFLAGS.AC set while SMAP is on.
        case suspended
    }

    static let entries = (kernel: 4096, user: 2048, suspended: 256)
    static let total = 4096 + 2048 + 256
    static let size = total * TLBEntry.size
    private static let eptEntries = 4096

    private let state: State
    private let tlb: UnsafeMutableRawPointer
    /// What an entry is: `isListed`, `isGlobal`, `isLarge`.
    private let kinds: UnsafeMutablePointer<UInt8>
    private let list: UnsafeMutablePointer<UInt16>
    private var listed = 0
    private let globals: UnsafeMutablePointer<UInt16>
    private var listedGlobals = 0
    /// Which 2 MiB and 1 GiB regions have been split into entries, by hash.
    private var largeRegions: [64 of UInt64] = .init(repeating: 0)
    private var hasLarge = false
    /// Guest page address with rights in bits 2:0, then the host page.
    private let ept: UnsafeMutablePointer<UInt64>
    private var eptFilled = false

    /// Two entries that no address hits.
    private let none: UnsafeMutableRawPointer

    private static let isListed: UInt8 = 1
    private static let isGlobal: UInt8 = 2
    private static let isLarge: UInt8 = 4
    private static let isListedGlobal: UInt8 = 8

    init(_ state: State) {
        self.state = state
        tlb = state.base + State.Offset.tlb
        kinds = .allocate(capacity: TranslationCaches.total)
        kinds.initialize(repeating: 0, count: TranslationCaches.total)
        list = .allocate(capacity: TranslationCaches.total)
        globals = .allocate(capacity: TranslationCaches.total)
        ept = .allocate(capacity: TranslationCaches.eptEntries * 2)
        ept.initialize(repeating: ~0, count: TranslationCaches.eptEntries * 2)
        none = .allocate(byteCount: 2 * TLBEntry.size, alignment: 64)
        for index in 0..<2 {
            let tag = TLBEntry.invalidTag(index)
            for offset in [TLBEntry.readTag, TLBEntry.writeTag, TLBEntry.fetchTag] {
                none.storeBytes(of: tag, toByteOffset: index * TLBEntry.size + offset, as: UInt64.self)
            }
        }
        for index in 0..<TranslationCaches.total { invalidate(index) }
    }

    func deallocate() {
        kinds.deallocate()
        list.deallocate()
        globals.deallocate()
        ept.deallocate()
        none.deallocate()
    }

    @inline(__always)
    private static func first(_ table: Table) -> (index: Int, mask: Int) {
        switch table {
        case .kernel: (0, entries.kernel - 1)
        case .user: (entries.kernel, entries.user - 1)
        case .suspended: (entries.kernel + entries.user, entries.suspended - 1)
        }
    }

    /// Makes a table the one that data accesses go through.
    @inline(__always)
    func select(_ table: Table) {
        let (first, mask) = TranslationCaches.first(table)
        state[field: State.Offset.dataTLB] = UInt64(UInt(bitPattern: tlb + first * TLBEntry.size))
        state[field: State.Offset.dataTLBMask] = UInt64(mask) << 5
    }

    /// Makes every data access go the long way.
    func selectNone() {
        state[field: State.Offset.dataTLB] = UInt64(UInt(bitPattern: none))
        state[field: State.Offset.dataTLBMask] = 1 << 5
    }

    @inline(__always)
    private func invalidate(_ index: Int) {
        let entry = tlb + index * TLBEntry.size
        // The mask of the table does not matter: bit 63 alone keeps addresses off, bit 12 the index.
        let tag = TLBEntry.invalidTag(index)
        entry.storeBytes(of: tag, toByteOffset: TLBEntry.readTag, as: UInt64.self)
        entry.storeBytes(of: tag, toByteOffset: TLBEntry.writeTag, as: UInt64.self)
        entry.storeBytes(of: tag, toByteOffset: TLBEntry.fetchTag, as: UInt64.self)
    }

    /// The host page that `tag` of the entry for `address` grants, or nil.
    @inline(__always)
    func lookup(_ address: UInt64, _ table: Table, tag: Int) -> UnsafeMutableRawPointer? {
        let (first, mask) = TranslationCaches.first(table)
        let entry = tlb + (first + (Int(truncatingIfNeeded: address >> 12) & mask)) * TLBEntry.size
        guard entry.load(fromByteOffset: tag, as: UInt64.self) == address & ~0xFFF else { return nil }
        return entry.load(fromByteOffset: TLBEntry.hostPage, as: UnsafeMutableRawPointer.self)
    }

    mutating func fill(
        _ address: UInt64, _ table: Table, host: UnsafeMutableRawPointer, read: Bool, write: Bool,
        fetch: Bool,
        global: Bool, pageSize: UInt64
    ) {
        let (first, mask) = TranslationCaches.first(table)
        let index = first + (Int(truncatingIfNeeded: address >> 12) & mask)
        let page = address & ~0xFFF
        let entry = tlb + index * TLBEntry.size
        let bad = TLBEntry.invalidTag(index)
        entry.storeBytes(of: read ? page : bad, toByteOffset: TLBEntry.readTag, as: UInt64.self)
        entry.storeBytes(of: write ? page : bad, toByteOffset: TLBEntry.writeTag, as: UInt64.self)
        entry.storeBytes(of: fetch ? page : bad, toByteOffset: TLBEntry.fetchTag, as: UInt64.self)
        entry.storeBytes(of: host, toByteOffset: TLBEntry.hostPage, as: UnsafeMutableRawPointer.self)
        var kind = kinds[index] & ~(TranslationCaches.isGlobal | TranslationCaches.isLarge)
        if global {
            kind |= TranslationCaches.isGlobal
            if kind & TranslationCaches.isListedGlobal == 0 {
                kind |= TranslationCaches.isListedGlobal
                globals[listedGlobals] = UInt16(truncatingIfNeeded: index)
                listedGlobals += 1
            }
        } else if kind & TranslationCaches.isListed == 0 {
            kind |= TranslationCaches.isListed
            list[listed] = UInt16(truncatingIfNeeded: index)
            listed += 1
        }
        if pageSize > 4096 {
            kind |= TranslationCaches.isLarge
            hasLarge = true
            mark(address >> 21)
            if pageSize > 2 << 20 { mark(address >> 30 | 1 << 40) }
        }
        kinds[index] = kind
    }

    private static func slot(_ region: UInt64) -> (word: Int, bit: UInt64) {
        let hash = (region &* 0x9E37_79B9_7F4A_7C15) >> 52
        return (Int(hash >> 6), 1 << (hash & 63))
    }
    private mutating func mark(_ region: UInt64) {
        let slot = TranslationCaches.slot(region)
        largeRegions[slot.word] |= slot.bit
    }
    private func isMarked(_ region: UInt64) -> Bool {
        let slot = TranslationCaches.slot(region)
        return largeRegions[slot.word] & slot.bit != 0
    }

    /// MOV to CR3: drops everything but global pages.
    mutating func flushNonGlobal() {
        for position in 0..<listed {
            let index = Int(list[position])
            if kinds[index] & TranslationCaches.isGlobal == 0 { invalidate(index) }
            kinds[index] &= ~TranslationCaches.isListed
        }
        listed = 0
    }

    mutating func flushLinear() {
        flushNonGlobal()
        for position in 0..<listedGlobals {
            let index = Int(globals[position])
            invalidate(index)
            kinds[index] = 0
        }
        listedGlobals = 0
        if hasLarge {
            largeRegions = .init(repeating: 0)
            hasLarge = false
        }
    }

    /// Drops translations of both kinds.
    mutating func flushAll() {
        flushLinear()
        if eptFilled {
            ept.update(repeating: ~0, count: TranslationCaches.eptEntries * 2)
            eptFilled = false
        }
    }

    /// INVLPG
    mutating func invalidatePage(_ address: UInt64) {
        invalidateEntry(address, .kernel)
        invalidateEntry(address, .user)
        invalidateEntry(address, .suspended)
        guard hasLarge else { return }
        if isMarked(address >> 21) { invalidateRegion(address, 21) }
        if isMarked(address >> 30 | 1 << 40) { invalidateRegion(address, 30) }
    }

    private func invalidateEntry(_ address: UInt64, _ table: Table) {
        let (first, mask) = TranslationCaches.first(table)
        let index = first + (Int(truncatingIfNeeded: address >> 12) & mask)
        if contains(index, address, 12) { invalidate(index) }
    }

    private func contains(_ index: Int, _ address: UInt64, _ shift: UInt64) -> Bool {
        let entry = tlb + index * TLBEntry.size
        let region = address >> shift
        return entry.load(fromByteOffset: TLBEntry.readTag, as: UInt64.self) >> shift == region
            || entry.load(fromByteOffset: TLBEntry.writeTag, as: UInt64.self) >> shift == region
            || entry.load(fromByteOffset: TLBEntry.fetchTag, as: UInt64.self) >> shift == region
    }

    private func invalidateRegion(_ address: UInt64, _ shift: UInt64) {
        for index in 0..<TranslationCaches.total
        where kinds[index] & TranslationCaches.isLarge != 0 && contains(index, address, shift) {
            invalidate(index)
        }
    }

    /// Takes the right to write directly to a host page out of all entries.
    func dropWriteTags(_ page: UInt64) {
        for index in 0..<TranslationCaches.total {
            let entry = tlb + index * TLBEntry.size
            guard entry.load(fromByteOffset: TLBEntry.hostPage, as: UInt64.self) == page else { continue }
            entry.storeBytes(of: TLBEntry.invalidTag(index), toByteOffset: TLBEntry.writeTag, as: UInt64.self)
        }
    }

    // MARK: Guest-physical translations

    /// The host page behind a guest page and the rights to it (bit 0 read, 1 write, 2 execute), if cached.
    @inline(__always)
    func eptLookup(_ page: UInt64) -> (host: UnsafeMutableRawPointer, rights: UInt8)? {
        let slot = (Int(truncatingIfNeeded: page >> 12) & (TranslationCaches.eptEntries - 1)) * 2
        let tag = ept[slot]
        guard tag & ~0xFFF == page, let host = UnsafeMutableRawPointer(bitPattern: UInt(ept[slot + 1])) else {
            return nil
        }
        return (host, UInt8(truncatingIfNeeded: tag))
    }

    mutating func eptFill(_ page: UInt64, _ host: UnsafeMutableRawPointer, _ rights: UInt8) {
        let slot = (Int(truncatingIfNeeded: page >> 12) & (TranslationCaches.eptEntries - 1)) * 2
        ept[slot] = page | UInt64(rights)
        ept[slot + 1] = UInt64(UInt(bitPattern: host))
        eptFilled = true
    }
}

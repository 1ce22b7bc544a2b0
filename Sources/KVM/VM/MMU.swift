// SPDX-License-Identifier: Apache-2.0

import KVMABI
import PhysicalMemory
import Synchronization
import TDXABI
import X86

/// Guest memory as its program describes it: where it lies, and what backs the shared and the private half.
struct MemorySlot {
    var id: UInt32
    /// Guest page numbers, without the shared bit.
    var pages: Range<UInt64>
    var userAddress: UInt64
    /// Where the program's memory appears to the machine.
    var window: PhysicalAddress
    var memory: GuestMemory?
    /// Page of the guest_memfd at which the slot begins.
    var firstPage: UInt64
    var flags: UInt32
    /// Pages that have been written to, a bit each; kept with `KVM_MEM_LOG_DIRTY_PAGES` only.
    var dirty: [UInt64] = []
}

/// What came of a guest's access that the EPT did not allow.
enum FaultResult {
    /// Mapped, or somebody else was faster: the guest goes on.
    case fixed
    /// To be tried again without the guest.
    case retry
    /// The program has to do something about it.
    case memoryFault(Errno)
    /// The VM cannot go on.
    case failed
}

/// Both halves of a TD's address space.
///
/// The private half is the module's Secure EPT, of which a mirror is kept for cheap questions; each change is made to
/// both. The shared half is an ordinary EPT in the host's pages. All of it is guarded by one lock.
final class MMU: @unchecked Sendable {
    private unowned let vm: VM
    private let memory: PhysicalMemory
    private let lock = Lock()

    private(set) var slots: [UInt32: MemorySlot] = [:]
    /// Pages with the attribute `KVM_MEMORY_ATTRIBUTE_PRIVATE`.
    private var privatePages = PageRangeSet()

    /// The mirror: private leaves by guest page number, and the Secure EPT's pages by the entry they hang under.
    private(set) var leaves: [UInt64: UInt64] = [:]
    struct TableKey: Hashable {
        var level: Int
        var index: UInt64
    }
    private(set) var tables: [TableKey: UInt64] = [:]
    /// Pages that the module did not give back: nobody's before the key is gone.
    private(set) var kept: Set<UInt64> = []
    /// The initial contents for the next page to be mapped, while the TD is being built.
    private var source: UInt64?

    /// The shared EPT: its root and all of its pages.
    private(set) var sharedRoot: UInt64 = 0
    private var sharedTables: [UInt64] = []
    private static let suppressVE: UInt64 = 1 << 63
    private static let present: UInt64 = 7

    init(_ vm: VM) {
        self.vm = vm
        memory = vm.host.memory
    }

    func withLock<T, E: Error>(_ body: (MMU) throws(E) -> T) throws(E) -> T {
        try lock.withLock { () throws(E) -> T in try body(self) }
    }

    // MARK: Slots

    /// In the order of their numbers: what a machine does must not depend on a dictionary's order.
    private var orderedSlots: [MemorySlot] { slots.values.sorted { $0.id < $1.id } }

    func slot(at page: UInt64) -> MemorySlot? {
        for slot in slots.values where slot.pages.contains(page) { return slot }
        return nil
    }

    func insert(_ new: MemorySlot) {
        var slot = new
        if slot.flags & KVMConstant.memLogDirty != 0 {
            slot.dirty = [UInt64](repeating: 0, count: (slot.pages.count + 63) / 64)
        }
        slots[slot.id] = slot
        // Emulated addresses of before are memory now.
        zapShared(slot.pages)
    }

    /// Another place, or other flags, for a slot with shared memory only.
    func move(_ slot: MemorySlot, to pages: Range<UInt64>, flags: UInt32) {
        guard slot.pages != pages || slot.flags != flags else { return }
        zapShared(slot.pages)
        var moved = slot
        (moved.pages, moved.flags, moved.dirty) = (pages, flags, [])
        insert(moved)
    }

    /// The log of a slot, which begins anew; nil when none is kept.
    func takeDirtyLog(of id: UInt32) -> [UInt64]? {
        guard var slot = slots[id], !slot.dirty.isEmpty else { return nil }
        let log = slot.dirty
        slot.dirty = [UInt64](repeating: 0, count: log.count)
        slots[id] = slot
        if log.contains(where: { $0 != 0 }) { zapShared(slot.pages) }
        return log
    }

    /// Pages of a slot, a bit each from `first` on, are as if they had not been written to.
    func clearDirty(_ words: [UInt64], of id: UInt32, from first: UInt64) {
        guard var slot = slots[id] else { return }
        let start = Int(first / 64)
        var changed = false
        for (index, word) in words.enumerated() where start + index < slot.dirty.count {
            changed = changed || slot.dirty[start + index] & word != 0
            slot.dirty[start + index] &= ~word
        }
        slots[id] = slot
        if changed { zapShared(slot.pages) }
    }

    func remove(_ slot: MemorySlot) {
        zapShared(slot.pages)
        zapPrivate(slot.pages)
        slots[slot.id] = nil
        memory.unmapHost(slot.window)
    }

    // MARK: Attributes

    func isPrivate(_ page: UInt64) -> Bool { privatePages.contains(page) }

    func setAttributes(_ range: Range<UInt64>, isPrivate: Bool) {
        guard !privatePages.isUniform(range, isPrivate) else { return }
        // Beyond the guest's addresses there are attributes, but no mappings.
        let mappable = range.clamped(to: 0..<vm.sharedBit >> 12)
        if isPrivate {
            zapShared(mappable)
            privatePages.insert(range)
        } else {
            zapPrivate(mappable)
            privatePages.remove(range)
        }
    }

    // MARK: Faults

    /// Maps the page at `gpa` (without the shared bit) for an access to one of its halves.
    func fault(_ gpa: UInt64, isPrivate: Bool, isWrite: Bool = true) -> FaultResult {
        let page = gpa >> 12
        guard privatePages.contains(page) == isPrivate else { return .memoryFault(.badAddress) }
        guard let slot = slot(at: page) else {
            guard !isPrivate else { return .memoryFault(.badAddress) }
            // Nothing is there: the guest is to get a #VE and ask for emulation.
            return mapShared(page, entry: 0) ? .fixed : .memoryFault(.noMemory)
        }
        if !isPrivate {
            let user = slot.userAddress + (page - slot.pages.lowerBound) << 12
            guard UserMemory(address: UInt(user)).isThere else { return .memoryFault(.badAddress) }
            let index = page - slot.pages.lowerBound
            var permissions = MMU.present
            if !slot.dirty.isEmpty {
                // The first write is to be seen.
                if isWrite {
                    slots[slot.id]?.dirty[Int(index / 64)] |= 1 << (index % 64)
                } else {
                    permissions = permissions & ~2 | MMU.suppressVE
                }
            }
            let address = slot.window.rawValue + index << 12
            return mapShared(page, entry: address | permissions | 6 << 3) ? .fixed : .memoryFault(.noMemory)
        }
        guard let file = slot.memory else { return .memoryFault(.badAddress) }
        guard leaves[page] == nil else { return .fixed }
        do throws(Errno) {
            return mapPrivate(page, try file.page(slot.firstPage + page - slot.pages.lowerBound))
        } catch {
            return .memoryFault(error)
        }
    }

    // MARK: The private half

    /// Makes a page of the Secure EPT hang under every entry on the way to `page`, then the leaf.
    private func mapPrivate(_ page: UInt64, _ target: UInt64) -> FaultResult {
        for level in stride(from: vm.eptLevels - 1, through: 1, by: -1) {
            let key = TableKey(level: level, index: page >> UInt64(9 * level))
            guard tables[key] == nil else { continue }
            guard let table = vm.host.pages.allocate() else { return .memoryFault(.noMemory) }
            let gpa = key.index << UInt64(12 + 9 * level)
            let (status, _) = vm.call(.memSEPTAdd, rcx: gpa | UInt64(level), rdx: vm.tdr, r8: table)
            if status == .success {
                tables[key] = table
                continue
            }
            vm.host.pages.free(table)
            if status.withoutDetails == .operandBusy { return .retry }
            vm.die()
            return .failed
        }
        let status: TDXStatus
        if vm.isRunnable {
            status = vm.call(.memPageAug, rcx: page << 12, rdx: vm.tdr, r8: target).status
        } else {
            guard let source else { return .failed }
            status = vm.call(.memPageAdd, rcx: page << 12, rdx: vm.tdr, r8: target, r9: source).status
        }
        if status == .success {
            leaves[page] = target
            return .fixed
        }
        if status.withoutDetails == .operandBusy { return .retry }
        vm.die()
        return .failed
    }

    /// `TDH.MEM.PAGE.ADD` of one page with its contents at `source`, a physical address, which is the program's `user`.
    func addInitial(_ page: UInt64, source: UInt64, user: UserMemory) throws(Errno) {
        guard let slot = slot(at: page), let file = slot.memory else {
            throw .invalid("no slot with a guest_memfd is at the address")
        }
        let target = try file.page(slot.firstPage + page - slot.pages.lowerBound)
        guard user.isThere else { throw .badAddress("the program has no memory at source_addr") }
        guard privatePages.contains(page) else {
            throw .invalid("the page has not the attribute KVM_MEMORY_ATTRIBUTE_PRIVATE")
        }
        guard leaves[page] == nil else { throw .ioError("the page has contents already") }
        self.source = source
        defer { self.source = nil }
        while true {
            switch mapPrivate(page, target) {
            case .fixed: return
            case .retry: continue
            case .memoryFault(let error): throw error
            case .failed: throw .ioError("the TDX module refused a call, see the trace")
            }
        }
    }

    /// Unmaps what of a guest_memfd's pages is mapped.
    func zapPrivate(of file: GuestMemory, _ range: Range<UInt64>) {
        for slot in orderedSlots where slot.memory === file {
            let end = slot.firstPage + UInt64(slot.pages.count)
            let part = range.clamped(to: slot.firstPage..<end)
            guard !part.isEmpty else { continue }
            let start = slot.pages.lowerBound + part.lowerBound - slot.firstPage
            zapPrivate(start..<start + UInt64(part.count))
        }
    }

    private func zapPrivate(_ range: Range<UInt64>) {
        guard !leaves.isEmpty else { return }
        if UInt64(leaves.count) < UInt64(range.count) {
            zapLeaves(leaves.keys.filter(range.contains).sorted())
        } else {
            zapLeaves(range.filter { leaves[$0] != nil })
        }
    }

    /// BLOCK of each page, then once TRACK and everybody out of the guest, then REMOVE of each: the pages are the host's
    /// again. Those that the module does not give back are kept.
    private func zapLeaves(_ pages: [UInt64]) {
        var mapped = pages.compactMap { page in leaves.removeValue(forKey: page).map { (page << 12, $0) } }
        guard !mapped.isEmpty else { return }
        defer { kept.formUnion(mapped.map(\.1)) }
        for (gpa, _) in mapped { guard zapStep(.memRangeBlock, gpa, vm.tdr) else { return } }
        if vm.isRunnable {
            guard zapStep(.memTrack, vm.tdr) else { return }
            vm.kickAll()
        }
        while let (gpa, target) = mapped.last, zapStep(.memPageRemove, gpa, vm.tdr) {
            let keyed = PhysicalMemory.address(PhysicalAddress(target), key: vm.hkid ?? 0)
            _ = vm.call(.phymemPageWBInvd, rcx: keyed.rawValue)
            mapped.removeLast()
        }
    }

    /// A call that must succeed, once nobody who is in the guest is in its way.
    private func zapStep(_ leaf: HostLeafNumber, _ rcx: UInt64, _ rdx: UInt64 = 0) -> Bool {
        var status = vm.call(leaf, rcx: rcx, rdx: rdx).status
        if status.withoutDetails == .operandBusy {
            vm.waitsForZap.store(true, ordering: .sequentiallyConsistent)
            vm.kickAll()
            status = vm.call(leaf, rcx: rcx, rdx: rdx).status
            vm.waitsForZap.store(false, ordering: .sequentiallyConsistent)
        }
        if status.isError { vm.die() }
        return !status.isError
    }

    /// The pages that have to be reclaimed now that the key is gone.
    func takeKept() -> [UInt64] {
        defer { kept = [] }
        return kept.sorted()
    }

    /// The Secure EPT's pages, for reclaiming when the key is gone.
    func takeTables() -> [UInt64] {
        defer {
            tables = [:]
            leaves = [:]
        }
        return tables.values.sorted()
    }

    // MARK: The shared half

    /// An entry that maps nothing, and a fault of which the host gets to see.
    private func newSharedTable() -> UInt64? {
        guard let page = vm.host.pages.allocateZeroed() else { return nil }
        sharedTables.append(page)
        for index in 0..<512 { store(page + UInt64(8 * index), MMU.suppressVE) }
        return page
    }

    private func entry(_ address: UInt64) -> UnsafeMutablePointer<UInt64>? {
        // Pages of the shared EPT have the host's key for as long as they are in it.
        try? memory.pointer(PhysicalAddress(address), key: 0).assumingMemoryBound(to: UInt64.self)
    }
    private func load(_ address: UInt64) -> UInt64 { entry(address)?.pointee ?? MMU.suppressVE }
    private func store(_ address: UInt64, _ value: UInt64) { entry(address)?.pointee = value }

    /// The root, made when a vCPU first needs it.
    func loadSharedRoot() -> UInt64? {
        if sharedRoot == 0 { sharedRoot = newSharedTable() ?? 0 }
        return sharedRoot == 0 ? nil : sharedRoot
    }

    private func index(_ page: UInt64, _ level: Int) -> UInt64 {
        ((page | vm.sharedBit >> 12) >> UInt64(9 * level)) & 511
    }

    private func mapShared(_ page: UInt64, entry: UInt64) -> Bool {
        guard var table = loadSharedRoot() else { return false }
        for level in stride(from: vm.eptLevels - 1, through: 1, by: -1) {
            let address = table + 8 * index(page, level)
            let value = load(address)
            if value & MMU.present == 0 {
                guard let next = newSharedTable() else { return false }
                store(address, next | MMU.present)
                table = next
            } else {
                table = value & 0x000F_FFFF_FFFF_F000
            }
        }
        store(table + 8 * index(page, 0), entry)
        return true
    }

    private func zapShared(_ range: Range<UInt64>) {
        guard sharedRoot != 0 else { return }
        var changed = false
        var page = range.lowerBound
        next: while page < range.upperBound {
            var table = sharedRoot
            for level in stride(from: vm.eptLevels - 1, through: 1, by: -1) {
                let value = load(table + 8 * index(page, level))
                guard value & MMU.present != 0 else {
                    // Nothing below: on to the next entry of this level.
                    page = (page >> UInt64(9 * level) + 1) << UInt64(9 * level)
                    continue next
                }
                table = value & 0x000F_FFFF_FFFF_F000
            }
            let address = table + 8 * index(page, 0)
            if load(address) != MMU.suppressVE {
                store(address, MMU.suppressVE)
                changed = true
            }
            page += 1
        }
        if changed { vm.flushTranslations() }
    }

    /// Frees the shared EPT and drops the slots: no vCPU uses them any more.
    func freeShared() {
        for table in sharedTables { vm.host.pages.free(table) }
        sharedTables = []
        sharedRoot = 0
        for slot in slots.values { memory.unmapHost(slot.window) }
        slots = [:]
    }
}

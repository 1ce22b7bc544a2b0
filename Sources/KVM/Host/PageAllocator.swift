// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import X86

/// Hands out 4 KiB pages of DRAM.
final class PageAllocator: @unchecked Sendable {
    private let memory: PhysicalMemory
    private let lock = Lock()
    /// Pages that were never used, and those that came back.
    private var fresh: Range<UInt64>
    private var returned: [UInt64] = []
    /// Pages that have gone bad, which nobody gets any more.
    private var bad: Set<UInt64> = []

    init(_ memory: PhysicalMemory, _ range: Range<UInt64>) {
        self.memory = memory
        fresh = range
    }

    /// Pages that are free now.
    var freePages: Int {
        lock.withLock {
            returned.count + Int(fresh.upperBound - fresh.lowerBound) / PhysicalMemory.pageSize
                - bad.count(where: fresh.contains)
        }
    }

    /// A page with the host's key; its contents are whatever they are.
    func allocate() -> UInt64? {
        lock.withLock {
            if let page = returned.popLast() { return page }
            while !fresh.isEmpty {
                let page = fresh.lowerBound
                fresh = page + 4096..<fresh.upperBound
                if !bad.contains(page) { return page }
            }
            return nil
        }
    }

    /// So many pages, or none.
    func allocate(count: Int) -> [UInt64]? {
        var pages: [UInt64] = []
        for _ in 0..<count {
            guard let page = allocate() else {
                for page in pages { free(page) }
                return nil
            }
            pages.append(page)
        }
        return pages
    }

    /// A page of zeros.
    func allocateZeroed() -> UInt64? {
        guard let page = allocate() else { return nil }
        memory.initialize(PhysicalAddress(page), key: 0)
        return page
    }

    /// Takes a page back. What was in it is gone: it belongs to the host's key again.
    func free(_ page: UInt64) {
        if memory.owner(of: PhysicalAddress(page)) != 0 {
            memory.initialize(PhysicalAddress(page), key: 0)
        }
        lock.withLock { if !bad.contains(page) { returned.append(page) } }
    }

    /// A page has gone bad: it is nobody's from now, or from when it comes back.
    func retire(_ page: UInt64) {
        lock.withLock {
            bad.insert(page)
            returned.removeAll { $0 == page }
        }
    }
}

/// Hands out private KeyIDs for TDs, the lowest free one first.
final class KeyAllocator: @unchecked Sendable {
    private let lock = Lock()
    private var free: Set<UInt16>

    init(_ keys: Range<UInt16>) { free = Set(keys) }

    /// Keys that nobody can have any more.
    func lose(_ keys: Set<UInt16>) { lock.withLock { free.subtract(keys) } }

    var freeKeys: Int { lock.withLock { free.count } }

    func allocate() -> UInt16? {
        lock.withLock {
            guard let key = free.min() else { return nil }
            free.remove(key)
            return key
        }
    }

    func release(_ key: UInt16) { lock.withLock { _ = free.insert(key) } }
}

// SPDX-License-Identifier: Apache-2.0

import KVMABI

/// A guest_memfd: memory of a TD that no program can reach, backed page by page when it is first used.
final class GuestMemory: @unchecked Sendable {
    /// The VM, which the file keeps until it goes.
    let vm: VM
    let size: UInt64
    private let lock = Lock()
    /// Address of each page; 0 where there is none yet.
    private var pages: [UInt64]
    /// Pages that have gone bad, by index, until a hole is punched where they were.
    private var bad: Set<UInt64> = []
    private var isClosed = false

    init(_ vm: VM, size: UInt64) {
        self.vm = vm
        self.size = size
        pages = [UInt64](repeating: 0, count: Int(size / 4096))
        vm.host.add(self)
    }

    /// The page at an index, allocated if need be.
    func page(_ index: UInt64) throws(Errno) -> UInt64 {
        try lock.withLock { () throws(Errno) -> UInt64 in
            guard !isClosed, index < UInt64(pages.count) else {
                throw .badAddress("the guest_memfd is closed")
            }
            guard !bad.contains(index) else { throw .hardwarePoison("the page of memory has gone bad") }
            if pages[Int(index)] == 0 {
                guard let page = vm.host.pages.allocate() else {
                    throw .noMemory("the machine has no free page")
                }
                pages[Int(index)] = page
            }
            return pages[Int(index)]
        }
    }

    /// `FALLOC_FL_PUNCH_HOLE`: unmaps the pages wherever the file is bound, and frees them.
    func punchHole(offset: UInt64, length: UInt64) throws(Errno) {
        let (end, overflow) = offset.addingReportingOverflow(length)
        guard offset % 4096 == 0, length % 4096 == 0, length > 0, !overflow else {
            throw .invalid("offset and length must be whole pages")
        }
        guard offset < size else { return }
        drop(offset / 4096..<min(end, size) / 4096)
    }

    /// The page at a physical address has gone bad. If it is one of the file's, it is unmapped wherever it is bound, and
    /// whoever asks for it is told.
    func lose(_ page: UInt64) {
        vm.mmu.withLock { mmu in
            let index = lock.withLock { () -> UInt64? in
                guard let index = pages.firstIndex(of: page) else { return nil }
                bad.insert(UInt64(index))
                return UInt64(index)
            }
            if let index { mmu.zapPrivate(of: self, index..<index + 1) }
        }
    }

    /// The last descriptor goes: the memory is nobody's.
    func close() {
        drop(0..<size / 4096)
        lock.withLock { isClosed = true }
    }

    private func drop(_ range: Range<UInt64>) {
        guard !range.isEmpty else { return }
        vm.mmu.withLock { mmu in
            mmu.zapPrivate(of: self, range)
            lock.withLock {
                for index in range where pages[Int(index)] != 0 {
                    let page = pages[Int(index)]
                    if !mmu.kept.contains(page) { vm.host.pages.free(page) }
                    pages[Int(index)] = 0
                    bad.remove(index)
                }
            }
        }
    }
}

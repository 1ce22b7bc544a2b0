// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TDXABI
import X86

/// What a page of convertible memory is used for, and what the TDX module keeps in it.
enum PageUse: Sendable {
    /// `PT_NDA`: the host's.
    case free
    /// `PT_RSVD`: in a reserved area of its TDMR.
    case reserved
    /// `PT_REG`: private memory. `blockedAt` is `BEPOCH`.
    case regular(TD, blockedAt: UInt64)
    /// `PT_TDR`
    case tdr(TD)
    /// `PT_TDCX`: a further page of the TDCS or of a TDVPS.
    case controlPage(TD)
    /// `PT_TDVPR`
    case vcpu(VirtualCPUState)
    /// `PT_EPT`: a Secure EPT page. `blockedAt` is `BEPOCH`.
    case secureEPT(TD, blockedAt: UInt64)

    /// `PAGE_TYPE` as the ABI numbers it.
    var type: UInt64 {
        switch self {
        case .free: 0
        case .reserved: 1
        case .regular: 3
        case .tdr: 4
        case .controlPage: 5
        case .vcpu: 6
        case .secureEPT: 8
        }
    }

    /// The TD that the page belongs to; a TDR belongs to none.
    var owner: TD? {
        switch self {
        case .free, .reserved, .tdr: nil
        case .regular(let td, _), .controlPage(let td), .secureEPT(let td, _): td
        case .vcpu(let vcpu): vcpu.td
        }
    }

    var blockedAt: UInt64 {
        switch self {
        case .regular(_, let epoch), .secureEPT(_, let epoch): epoch
        default: 0
        }
    }
}

/// The `PAMT`: the use of every page of the TDMRs.
///
/// Entries appear when they are first used; a page without one is free.
final class PAMT: Sendable {
    /// 2 MiB of pages: one large entry, or 512 small ones.
    final class Region: Sendable {
        struct Entry {
            var use = PageUse.free
            /// The number of sharers, or −1.
            var lock = 0
        }
        struct Contents {
            /// The lock of the 2 MiB entry; who uses a page inside shares it.
            var lock = 0
            /// Use of the whole, when it is one page.
            var large: PageUse?
            var pages: [Entry] = []

            subscript(page: Int) -> Entry {
                get { pages.isEmpty ? Entry() : pages[page] }
                set {
                    if pages.isEmpty { pages = Array(repeating: Entry(), count: 512) }
                    pages[page] = newValue
                }
            }
        }
        let contents = Mutex(Contents())
    }

    private let regions = Mutex<[UInt64: Region]>([:])

    private func region(_ address: UInt64) -> Region {
        regions.withLock { regions in
            if let region = regions[address >> 21] { return region }
            let region = Region()
            regions[address >> 21] = region
            return region
        }
    }

    /// The entry of the page at an address, which lies in a TDMR.
    func entry(_ address: UInt64) -> PageEntry {
        PageEntry(address: address & ~0xFFF, region: region(address), index: Int(address >> 12 & 511))
    }

    /// All TDs, for whoever ends them.
    var tds: [TD] {
        regions.withLock { Array($0.values) }.flatMap { region in
            region.contents.withLock { contents in
                contents.pages.compactMap { if case .tdr(let td) = $0.use { td } else { nil } }
            }
        }
    }

    /// Notes when a page of a TD, or a page of its Secure EPT, was blocked: `BEPOCH`.
    func setBlocked(_ address: UInt64, isLarge: Bool, at epoch: UInt64) {
        let entry = entry(address)
        func blocked(_ use: PageUse?) -> PageUse? {
            switch use {
            case .regular(let td, _): .regular(td, blockedAt: epoch)
            case .secureEPT(let td, _): .secureEPT(td, blockedAt: epoch)
            default: use
            }
        }
        if isLarge { entry.largeUse = blocked(entry.largeUse) } else { entry.use = blocked(entry.use) }
    }
}

/// The entry of one 4 KiB page, or of the 2 MiB page that it begins.
struct PageEntry: Sendable {
    let address: UInt64
    fileprivate let region: PAMT.Region
    fileprivate let index: Int

    /// The page's use and size (0 or 1), as a walk that begins at the top finds it.
    var found: (use: PageUse, level: UInt64) {
        region.contents.withLock { contents in
            if let large = contents.large { (large, 1) } else { (contents[index].use, 0) }
        }
    }

    /// The use of a 4 KiB page, nil inside a larger one.
    var use: PageUse? {
        get { region.contents.withLock { $0.large == nil ? $0[index].use : nil } }
        nonmutating set {
            guard let newValue else { return }
            region.contents.withLock { $0[index].use = newValue }
        }
    }

    /// The use of the 2 MiB page, nil when there are small ones.
    var largeUse: PageUse? {
        get { region.contents.withLock { $0.large } }
        nonmutating set {
            region.contents.withLock { contents in
                contents.large = newValue
                contents.pages = []
            }
        }
    }

    /// Makes 512 small pages, all of one use, of the large one.
    func split(into use: PageUse) {
        region.contents.withLock { contents in
            contents.large = nil
            contents.pages = Array(repeating: PAMT.Region.Entry(use: use), count: 512)
        }
    }

    /// All 512 pages of the region are free.
    var isWholeRegionFree: Bool {
        region.contents.withLock { contents in
            contents.large == nil
                && contents.pages.allSatisfy { if case .free = $0.use { true } else { false } }
        }
    }

    func tryLock(exclusively: Bool) -> Bool {
        region.contents.withLock { contents in
            guard contents.lock >= 0 else { return false }
            let lock = contents[index].lock
            guard exclusively ? lock == 0 : lock >= 0 else { return false }
            contents.lock += 1
            contents[index].lock = exclusively ? -1 : lock + 1
            return true
        }
    }

    func unlock() {
        region.contents.withLock { contents in
            contents.lock -= 1
            contents[index].lock = max(contents[index].lock - 1, 0)
        }
    }

    func tryLockLarge() -> Bool {
        region.contents.withLock { contents in
            guard contents.lock == 0 else { return false }
            contents.lock = -1
            return true
        }
    }

    func unlockLarge() { region.contents.withLock { $0.lock = 0 } }
}

/// A 4 KiB page this call has locked; unlocked when it goes out of scope.
struct LockedPage: ~Copyable {
    let entry: PageEntry

    init(_ entry: PageEntry, exclusively: Bool, operand: OperandID) throws(TDXStatus) {
        guard entry.tryLock(exclusively: exclusively) else { throw .operandBusy.at(operand) }
        self.entry = entry
    }

    var address: UInt64 { entry.address }
    var use: PageUse {
        get { entry.use ?? .free }
        nonmutating set { entry.use = newValue }
    }

    deinit { entry.unlock() }
}

/// A 2 MiB page this call has locked, with all pages in it; unlocked when it goes out of scope.
struct LockedLargePage: ~Copyable {
    let entry: PageEntry

    init(_ entry: PageEntry, operand: OperandID) throws(TDXStatus) {
        guard entry.tryLockLarge() else { throw .operandBusy.at(operand) }
        self.entry = entry
    }

    var address: UInt64 { entry.address }

    deinit { entry.unlockLarge() }
}

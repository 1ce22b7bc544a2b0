// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

/// `KOT`: who has which private key.
///
/// ```
///  free ──TDH.MNG.CREATE──▶ assigned ──TDH.MNG.VPFLUSHDONE──▶ flushed ──TDH.MNG.KEY.FREEID──▶ free
/// ```
final class KeyOwnershipTable: @unchecked Sendable {
    enum Entry: Equatable, Sendable {
        case free
        case assigned
        /// Caches of the packages in the set still hold lines of the key: `WBINVD_BITMAP`.
        case flushed(packages: UInt64)
        /// The module's own.
        case reserved
    }

    let lock = TryLock()
    let keys: Range<Int>
    /// Every package, one bit each.
    let allPackages: UInt64
    private var entries: [Entry]
    /// The keys of a `TDH.PHYMEM.CACHE.WB` that an interrupt has broken off, by package. Who changes it holds `lock`.
    var interrupted: [Int: [UInt16]] = [:]

    init(keys: Range<Int>, packages: Int) {
        self.keys = keys
        allPackages = (1 << UInt64(packages)) &- 1
        entries = Array(repeating: .free, count: keys.count)
    }

    func isPrivate(_ hkid: UInt64) -> Bool { hkid < 1 << 16 && keys.contains(Int(hkid)) }

    /// The entry of a private key. Who changes it holds `lock`.
    subscript(_ hkid: UInt16) -> Entry {
        get { entries[Int(hkid) - keys.lowerBound] }
        set { entries[Int(hkid) - keys.lowerBound] = newValue }
    }

    var flushedKeys: [UInt16] {
        keys.map { UInt16($0) }.filter { if case .flushed = self[$0] { true } else { false } }
    }

    /// `TDH.PHYMEM.CACHE.WB` has completed on a package.
    func writeBack(_ hkid: UInt16, on package: Int) {
        guard case .flushed(let packages) = self[hkid] else { return }
        self[hkid] = .flushed(packages: packages & ~(1 << UInt64(package)))
    }
}

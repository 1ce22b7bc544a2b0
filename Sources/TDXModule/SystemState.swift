// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TDXABI
import X86

/// `SYS_STATE`: how far the module has been brought up.
///
/// ```
///  initPending ──TDH.SYS.INIT──▶ initDone ──TDH.SYS.CONFIG──▶ configDone
///      ──TDH.SYS.KEY.CONFIG of the last package──▶ ready ──TDH.SYS.SHUTDOWN──▶ shutdown
/// ```
enum SystemPhase: UInt8, CaseIterable, Comparable, Sendable {
    case initPending, initDone, configDone, ready, shutdown

    static func < (first: SystemPhase, second: SystemPhase) -> Bool { first.rawValue < second.rawValue }
}

/// What the module keeps of the system as a whole.
final class SystemState: @unchecked Sendable {
    /// One logical processor, used by its own thread.
    final class Processor: @unchecked Sendable {
        let package: Int
        /// `TDH.SYS.LP.INIT` has run here.
        var isInitialized = false
        /// The vCPU in the guest on this processor.
        var entered: VirtualCPUState?

        init(package: Int) { self.package = package }
    }

    /// The system-wide lock: system state and TDMR table.
    let lock = TryLock()
    let keyLock = TryLock()
    /// `WBCACHE`: held while the caches of a package are written back; by package.
    let writeBackLocks: [TryLock]
    let processors: [Processor]
    private let phase = Atomic<UInt8>(SystemPhase.initPending.rawValue)
    var state: SystemPhase {
        get { SystemPhase(rawValue: phase.load(ordering: .acquiring)) ?? .shutdown }
        set { phase.store(newValue.rawValue, ordering: .releasing) }
    }
    /// Packages on which the global key is configured.
    var packagesConfigured: UInt64 = 0
    /// The module's own key.
    var globalKey: UInt16 = 0
    /// `IA32_TSC_ADJUST` when the module was initialised.
    var tscAdjust: UInt64 = 0
    /// Native MSRs of the first logical processor, to compare the others with.
    var nativeMSRs: [UInt32: UInt64] = [:]
    /// Native CPUID of the first logical processor, by row of the CPUID table.
    var nativeCPUID: [CPUIDValues] = []
    /// Written once, by `TDH.SYS.CONFIG`.
    var tdmrs: [TDMR] = []

    init(processors: [Int]) {
        self.processors = processors.map { Processor(package: $0) }
        writeBackLocks = (0...(processors.max() ?? 0)).map { _ in TryLock() }
    }

    /// The page's use is known: it lies in the initialised part of a TDMR.
    func isCovered(_ address: UInt64) -> Bool {
        tdmrs.contains { $0.range.contains(address) && address < $0.initializedEnd & ~0x3FFF_FFFF }
    }
}

/// A TD memory region.
final class TDMR: @unchecked Sendable {
    let range: Range<UInt64>
    let reserved: [Range<UInt64>]
    let lock = TryLock()
    private let end: Atomic<UInt64>
    /// Below this, pages have entries in the PAMT.
    var initializedEnd: UInt64 {
        get { end.load(ordering: .acquiring) }
        set { end.store(newValue, ordering: .releasing) }
    }

    init(range: Range<UInt64>, reserved: [Range<UInt64>]) {
        self.range = range
        self.reserved = reserved
        end = Atomic(range.lowerBound)
    }
}

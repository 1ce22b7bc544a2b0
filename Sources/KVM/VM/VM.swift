// SPDX-License-Identifier: Apache-2.0

import KVMABI
import Platform
import Synchronization
import TDXABI
import X86

/// A TD as KVM knows it.
final class VM: @unchecked Sendable {
    let kvm: SoftwareKVM
    let host: TDXHost
    /// Guards everything below that has no lock of its own.
    let lock = Lock()
    private(set) var mmu: MMU!

    /// Where the TD is in its life.
    ///
    /// ```
    ///  uninitialized ──KVM_TDX_INIT_VM──▶ initialized ──KVM_TDX_FINALIZE_VM──▶ runnable
    /// ```
    enum State { case uninitialized, initialized, runnable }
    private let stateNumber = Atomic<UInt8>(0)
    var state: State {
        get { [.uninitialized, .initialized, .runnable][Int(stateNumber.load(ordering: .acquiring))] }
        set {
            stateNumber.store(
                newValue == .uninitialized ? 0 : newValue == .initialized ? 1 : 2, ordering: .releasing)
        }
    }
    var isRunnable: Bool { state == .runnable }

    // The TD's control structures.
    var hkid: UInt16?
    var hasKey: Bool { hkid != nil }
    var tdr: UInt64 = 0
    var controlPages: [UInt64] = []
    var attributes: UInt64 = 0
    var xfam: UInt64 = 0
    var tscOffset: UInt64 = 0
    var tscMultiplier: UInt64 = 1 << 48
    /// The GPA bit that makes an address shared, and the levels of both EPTs that go with it.
    var sharedBit: UInt64 = 1 << 47
    var eptLevels = 4

    var vcpus: [UInt32: VCPU] = [:]
    var isSplitIRQChip = false
    var bootVCPU: UInt32 = 0
    /// vCPU ids are below it; nil for KVM's own limit.
    var maxVCPUID: UInt?
    var tscKHz: UInt32
    var exitHypercalls: UInt64 = 0
    var apicBusNanoseconds: UInt64 = 1
    var usesX2APICFormat = false
    var hasNoBroadcastQuirk = false
    var userSpaceMSRReasons: UInt64 = 0
    var msrFilter = MSRFilter()
    /// MSI messages by GSI.
    var routes: [UInt32: (addressLow: UInt32, addressHigh: UInt32, data: UInt32)] = [:]
    var irqFDs: [IRQFD] = []
    let ioEventFDs = Mutex<[IOEventFD]>([])
    /// What `KVM_GET_CLOCK` gives is the host's clock and this, modulo 2⁶⁴.
    var clockOffset: UInt64
    var maxVCPUs: Int

    private let dead = Atomic<Bool>(false)
    /// Nobody enters the guest while private memory is being taken from it.
    let waitsForZap = Atomic<Bool>(false)
    private let references = Atomic<Int>(1)

    init(_ kvm: SoftwareKVM) {
        self.kvm = kvm
        host = kvm.host
        tscKHz = kvm.host.platform.configuration.tscKHz
        maxVCPUs = min(kvm.host.processors.count, kvm.host.system.maxVCPUs)
        clockOffset = 0 &- kvm.host.platform.time.nanoseconds()
        mmu = MMU(self)
    }

    // MARK: Life

    /// What every call on a VM that cannot go on is told.
    static let deadRule: StaticString = "the VM has come to its end"

    /// The VM cannot go on: every call on it fails from now.
    func die() {
        dead.store(true, ordering: .sequentiallyConsistent)
        for vcpu in allVCPUs { vcpu.kick() }
    }
    var isDead: Bool { dead.load(ordering: .sequentiallyConsistent) }

    func retain() { references.wrappingAdd(1, ordering: .relaxed) }
    /// A file of the VM has been closed; with the last the TD goes.
    func release() {
        if references.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue == 0 { destroy() }
    }

    /// One leaf on whichever processor is idle.
    func call(
        _ leaf: HostLeafNumber, version: UInt64 = 0, rcx: UInt64 = 0, rdx: UInt64 = 0, r8: UInt64 = 0,
        r9: UInt64 = 0
    ) -> (status: TDXStatus, registers: HostRegisters) {
        host.call(leaf, version: version, rcx: rcx, rdx: rdx, r8: r8, r9: r9)
    }

    // MARK: All vCPUs

    /// A copy of the list that any thread may have.
    private let list = Mutex<[VCPU]>([])
    var allVCPUs: [VCPU] { list.withLock { $0 } }
    func add(_ vcpu: VCPU) {
        vcpus[vcpu.id] = vcpu
        list.withLock { $0.append(vcpu) }
    }

    func removeVCPUs() {
        vcpus = [:]
        list.withLock { $0 = [] }
    }

    /// Makes every vCPU leave the guest, and waits until each has.
    func kickAll() {
        let vcpus = allVCPUs
        let counts = vcpus.map { $0.kickCounting() }
        for (vcpu, count) in zip(vcpus, counts) { vcpu.waitForExit(since: count) }
    }

    /// The shared EPT has lost entries: nobody may use old translations.
    func flushTranslations() {
        for vcpu in allVCPUs { vcpu.wantsFlush.store(true, ordering: .sequentiallyConsistent) }
        kickAll()
    }
}

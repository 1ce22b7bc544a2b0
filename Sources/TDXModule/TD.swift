// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import X86

/// `OP_STATE` of a TD.
///
/// ```
///  uninitialized ──TDH.MNG.INIT──▶ initialized ──TDH.MR.FINALIZE──▶ runnable
/// ```
enum OpState: UInt8, CaseIterable, Sendable {
    case uninitialized, initialized, runnable, liveExport, pausedExport, postExport, memoryImport,
        stateImport,
        postImport, liveImport, failedImport

    /// Vcpus may run, so that translations must be tracked before a mapping goes away.
    var needsTracking: Bool { self == .runnable || self == .liveExport || self == .liveImport }
}

/// The states in which a leaf is allowed.
struct OpStates: OptionSet, Sendable {
    let rawValue: UInt16
    init(rawValue: UInt16) { self.rawValue = rawValue }
    private init(_ state: OpState) { rawValue = 1 << state.rawValue }

    static let uninitialized = OpStates(.uninitialized)
    static let initialized = OpStates(.initialized)
    static let runnable = OpStates(.runnable)
    static let liveExport = OpStates(.liveExport)
    static let pausedExport = OpStates(.pausedExport)
    static let postExport = OpStates(.postExport)
    static let memoryImport = OpStates(.memoryImport)
    static let stateImport = OpStates(.stateImport)
    static let postImport = OpStates(.postImport)
    static let liveImport = OpStates(.liveImport)
    static let failedImport = OpStates(.failedImport)
    static let all = OpStates(rawValue: 0x7FF)

    func contains(_ state: OpState) -> Bool { contains(OpStates(state)) }
}

/// `LIFECYCLE_STATE` of a TD.
enum Lifecycle: UInt8, Sendable {
    case hkidAssigned, keysConfigured, blocked, teardown
}

/// A TD: `TDR` and `TDCS`.
///
/// Who changes it holds the TDR exclusively, or one of the locks below, or uses an atomic member.
final class TD: @unchecked Sendable {
    // MARK: TDR

    /// The TDR page, without KeyID.
    let tdr: UInt64
    /// The TDR's entry, whose lock is the TD's.
    let entry: PageEntry
    let hkid: UInt16
    /// `TD_UUID`
    let uuid: [UInt8]
    private let fatalFlag = Atomic<Bool>(false)
    /// `FATAL`: set by an exit that nothing can follow, never cleared.
    var isFatal: Bool {
        get { fatalFlag.load(ordering: .acquiring) }
        set { fatalFlag.store(newValue, ordering: .releasing) }
    }
    var lifecycle = Lifecycle.hkidAssigned
    /// The packages on which the key is configured, one bit each.
    var packagesConfigured: UInt64 = 0
    /// `CHLDCNT`: 4 KiB pages that belong to the TD, without the TDR.
    let childCount = Atomic<UInt64>(0)
    /// Pages of the TDCS, in the order they were added.
    var pages: [UInt64] = []

    // MARK: Management

    var opState = OpState.uninitialized
    let opStateLock = TryLock()
    var maxVCPUs: UInt16 = 0
    var numL2VMs: UInt8 = 0
    /// Initialised vCPUs, by index.
    var vcpus: [VirtualCPUState] {
        get { vcpuList.withLock { $0 } }
        set { vcpuList.withLock { $0 = newValue } }
    }
    private let vcpuList = Mutex<[VirtualCPUState]>([])
    /// `NUM_VCPUS`; at least the number of `vcpus`.
    var numVCPUs: UInt32 = 0
    /// `NUM_ASSOC_VCPUS`
    let numAssociatedVCPUs = Atomic<Int>(0)
    /// `TOPOLOGY_ENUM_CONFIGURED`: every vCPU has been given its x2APIC id.
    var isTopologyConfigured = true
    /// `X2APIC_IDS`, by vCPU index; only of vCPUs that were given one.
    var x2apicIDs: [UInt32: UInt32] {
        get { x2apicIDList.withLock { $0 } }
        set { x2apicIDList.withLock { $0 = newValue } }
    }
    private let x2apicIDList = Mutex<[UInt32: UInt32]>([:])

    // MARK: Execution controls

    var attributes: UInt64 = 0
    var xfam: UInt64 = 0
    var configFlags: UInt64 = 0
    var eptpControls: UInt64 = 0
    /// In units of 25 MHz.
    var tscFrequency: UInt16 = 0
    var tscMultiplier: UInt64 = 0
    var tscOffset: UInt64 = 0
    var msrConfigControls: UInt8 = 0
    /// `IA32_ARCH_CAPABILITIES_CONFIG`
    var archCapabilitiesConfig: UInt64 = 0
    /// The virtual value, after configuration.
    var archCapabilities: UInt64 = 0
    /// What CPUID shows in the guest; there from `TDH.MNG.INIT` on.
    var cpuid: VirtualCPUID?
    /// `TD_CTLS`: 0 PENDING_VE_DISABLE, 1 ENUM_TOPOLOGY, 2 VIRT_CPUID2, 3 REDUCE_VE.
    var controls: UInt64 = 0
    /// `NOTIFY_ENABLES`
    var notifyEnables: UInt64 = 0
    /// `VM_CTLS` per VM.
    var vmControls: [UInt64] = [0, 0, 0, 0]
    /// `HP_LOCK_TIMEOUT`, in microseconds.
    var hostPriorityLockTimeout: UInt64 = 1_000_000
    /// Held by a guest-side change of a TD-scope field.
    let metadataLock = TryLock()

    // MARK: Memory

    let septTreeLock = TryLock()
    let epochLock = TryLock()
    /// `TD_EPOCH`
    let epoch = Atomic<UInt64>(1)
    /// `REFCOUNT`: vCPUs that entered in an even and in an odd epoch.
    private let evenReferences = Atomic<Int>(0)
    private let oddReferences = Atomic<Int>(0)

    // MARK: Measurement

    /// What `TDH.MR.FINALIZE` will make `mrTD` of.
    var measurement = Measurement()
    var mrTD = Digest384()
    var mrConfigID = Digest384()
    var mrOwner = Digest384()
    var mrOwnerConfig = Digest384()
    /// Changed by who holds `rtmrLock`.
    var rtmr: [Digest384] {
        get { rtmrValues.withLock { $0 } }
        set { rtmrValues.withLock { $0 = newValue } }
    }
    private let rtmrValues = Mutex([Digest384](repeating: Digest384(), count: 4))
    let rtmrLock = TryLock()
    /// `SERVTD_HASH`
    var serviceTDHash = Digest384()
    /// `TEE_INFO_HASH`, until an RTMR changes; nil when it has to be made. Changed by who holds `rtmrLock`.
    var informationHash: Digest384? {
        get { informationHashValue.withLock { $0 } }
        set { informationHashValue.withLock { $0 = newValue } }
    }
    private let informationHashValue = Mutex<Digest384?>(nil)

    // MARK: Service TDs

    /// `SERVTD_BINDINGS`: changed by who holds `bindingsLock`.
    var binding: ServiceTDBinding {
        get { bindingValue.withLock { $0 } }
        set { bindingValue.withLock { $0 = newValue } }
    }
    private let bindingValue = Mutex(ServiceTDBinding())
    let bindingsLock = TryLock()
    /// `MIG_ENC_KEY`, made when the sixth page is added.
    var migrationKey: [UInt8] = []
    /// What a service TD has written, by element.
    var migrationSettings: [UInt64: UInt64] {
        get { migrationSettingList.withLock { $0 } }
        set { migrationSettingList.withLock { $0 = newValue } }
    }
    private let migrationSettingList = Mutex<[UInt64: UInt64]>([:])

    init(tdr entry: PageEntry, hkid: UInt16, uuid: [UInt8]) {
        tdr = entry.address
        self.entry = entry
        self.hkid = hkid
        self.uuid = uuid
    }

    // MARK: Derived

    /// `GPAW`: guest physical addresses are 52 bits wide.
    var isWide: Bool { configFlags[bit: 0] }
    /// The GPA bit that selects the Shared EPT.
    var sharedBit: Int { isWide ? 51 : 47 }
    /// `ATTRIBUTES.DEBUG`
    var isDebug: Bool { attributes[bit: 0] }
    /// `TD_CTLS.PENDING_VE_DISABLE`
    var isPendingVEDisabled: Bool { controls[bit: 0] }
    /// `CONFIG_FLAGS.NO_RBP_MOD`
    var keepsRBP: Bool { configFlags[bit: 2] }
    /// Levels of the Secure EPT: 4 or 5.
    var eptLevels: Int { Int(eptpControls[bits: 3...5]) + 1 }
    /// The root page of the Secure EPT, without KeyID.
    var secureEPTRoot: UInt64 { pages.count > 3 ? pages[3] : 0 }
    /// The page of zeros, without KeyID: where the Shared EPT begins until the host sets it.
    var zeroPage: UInt64 { pages.count > 4 ? pages[4] : 0 }

    /// A valid private guest physical address: no shared bit, nothing at or above the guest's width.
    func isPrivate(_ address: UInt64) -> Bool {
        let width = min(isWide ? 52 : 48, cpuid?.physicalAddressWidth ?? 52)
        return address >> UInt64(width) == 0 && !address[bit: sharedBit]
    }

    /// Translations made when the page was blocked have gone everywhere.
    func isTracked(blockedAt: UInt64) -> Bool {
        let current = epoch.load(ordering: .acquiring)
        if blockedAt &+ 1 < current { return true }
        return blockedAt &+ 1 == current && references(blockedAt) == 0
    }

    /// `REFCOUNT` of an epoch: vCPUs inside that entered in it.
    func references(_ epoch: UInt64) -> Int {
        epoch & 1 == 0 ? evenReferences.load(ordering: .acquiring) : oddReferences.load(ordering: .acquiring)
    }

    func addReference(_ epoch: UInt64, _ count: Int) {
        if epoch & 1 == 0 {
            evenReferences.add(count, ordering: .acquiringAndReleasing)
        } else {
            oddReferences.add(count, ordering: .acquiringAndReleasing)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TDXABI
import X86

/// `LAST_TD_EXIT`: how the vCPU left.
enum LastExit: UInt8, Sendable {
    case asynchronousFault, asynchronousTrap, vmcall
}

/// A vCPU's life.
///
/// ```
///  uninitialized ──TDH.VP.INIT──▶ ready ◀──TDH.VP.ENTER / exit──▶ active
///                                   │
///                                   └── triple fault ──▶ disabled
/// ```
enum VCPUState: UInt8, Sendable {
    case uninitialized = 0
    case ready = 2
    case active = 4
    case disabled = 8
}

/// A vCPU of a TD: `TDVPS`.
///
/// Used by the logical processor that the vCPU is associated with.
final class VirtualCPUState: @unchecked Sendable {
    let td: TD
    /// The TDVPR, which is also page 0 and begins with the #VE information area; without KeyID.
    let tdvpr: UInt64
    let entry: PageEntry
    /// All pages in order: TDVPR, TD VMCS, virtual APIC page, three of extended state.
    var pages: [UInt64]
    /// The guest's half of a processor, from `TDH.VP.INIT` on.
    var processor: (any VirtualProcessor)?

    private let stateValue = Atomic<UInt8>(VCPUState.uninitialized.rawValue)
    var state: VCPUState {
        get { VCPUState(rawValue: stateValue.load(ordering: .acquiring)) ?? .uninitialized }
        set { stateValue.store(newValue.rawValue, ordering: .releasing) }
    }
    /// Moves from one state to another, unless another processor was faster.
    func move(from: VCPUState, to: VCPUState) -> Bool {
        stateValue.compareExchange(
            expected: from.rawValue, desired: to.rawValue, ordering: .acquiringAndReleasing
        ).exchanged
    }

    private let association = Atomic<Int>(-1)
    /// `ASSOC_LPID`: the logical processor that may hold the vCPU's translations.
    var associatedProcessor: Int? {
        let value = association.load(ordering: .acquiring)
        return value < 0 ? nil : value
    }
    /// Associates the vCPU with a logical processor.
    ///
    /// - Returns: whether that is new.
    func associate(with processor: Int) throws(TDXStatus) -> Bool {
        let (exchanged, original) = association.compareExchange(
            expected: -1, desired: processor, ordering: .acquiringAndReleasing)
        guard exchanged else {
            guard original == processor else { throw .vcpuAssociated }
            return false
        }
        td.numAssociatedVCPUs.add(1, ordering: .acquiringAndReleasing)
        return true
    }
    func dissociate() {
        association.store(-1, ordering: .releasing)
        td.numAssociatedVCPUs.subtract(1, ordering: .acquiringAndReleasing)
    }

    /// 0-based, in the order of `TDH.VP.INIT`.
    var index: UInt32 = 0
    var x2apicID: UInt32 = 0
    var lastExit = LastExit.asynchronousFault
    /// `RCX` of the `TDG.VP.VMCALL` that the vCPU is in.
    var vmcallMask: UInt32 = 0
    /// `VCPU_EPOCH`
    var epoch: UInt64 = 0
    /// `LAST_EXIT_TSC`
    var lastExitTSC: UInt64 = 0
    /// `PEND_NMI`: an NMI that the host has asked for.
    var isNMIPending = false
    /// `CPUID_SUPERVISOR_VE`: all CPUID at CPL 0 raises #VE.
    var isCPUIDSupervisorVE = false
    /// `CPUID_USER_VE`: the same above CPL 0.
    var isCPUIDUserVE = false

    /// `HP_LOCK_BUSY_START`: since when the host has been before the guest in line for something; nil when it is not.
    var hostPriorityBusySince: UInt64?
    /// `LAST_EPF_GPA_LIST` and the like: EPT violations without progress.
    var zeroStep = ZeroStepDetector()

    /// `CPUID_CONTROL`, by row of the CPUID table: bit 0 #VE at CPL 0, bit 1 above.
    var cpuidControl: [Int: UInt8] = [:]

    // MARK: VMCS fields that the host may write

    /// 0x0002; all ones until written.
    var postedInterruptVector: UInt16 = 0xFFFF
    /// 0x2016; all ones until written.
    var postedInterruptDescriptor: UInt64 = ~0
    /// 0x203C; the TDCS's page of zeros, until the host gives a root.
    var sharedEPTPointer: UInt64 = 0
    /// 0x4000
    var pinControls: UInt32 = 0x29
    /// 0x401E
    var secondaryControls: UInt32 = 0x133C_B3FA
    /// 0x4024
    var notifyWindow: UInt32 = 0
    /// Values of VMCS fields that only debuggers touch, by encoding.
    var otherVMCSFields: [UInt32: UInt64] = [:]
    /// `VCPU_STATE_DETAILS` and other fields without an effect here, by field code.
    var otherFields: [UInt64: UInt64] = [:]

    /// While the vCPU is in the guest: shares of the locks of its TDR and TDVPR.
    var entryHold: EntryHold?

    init(td: TD, entry: PageEntry) {
        self.td = td
        tdvpr = entry.address
        self.entry = entry
        pages = [entry.address]
    }

    /// Where the #VE information area lies, without KeyID.
    var informationArea: UInt64 { tdvpr }
    /// The virtual-APIC page, without KeyID.
    var virtualAPIC: UInt64 { pages.count > 2 ? pages[2] : 0 }
    /// Pages that a TDVPS must have.
    var requiredPages: Int { 6 + 3 * Int(td.numL2VMs) }
}

/// The TDR and the TDVPR, shared for as long as this exists.
final class EntryHold: Sendable {
    private let vcpu: PageEntry
    private let td: PageEntry

    init(vcpu: PageEntry, td: PageEntry) throws(TDXStatus) {
        guard vcpu.tryLock(exclusively: false) else { throw .operandBusy.at(.rcx) }
        guard td.tryLock(exclusively: false) else {
            vcpu.unlock()
            throw .operandBusy.at(.tdr)
        }
        self.vcpu = vcpu
        self.td = td
    }

    deinit {
        td.unlock()
        vcpu.unlock()
    }
}

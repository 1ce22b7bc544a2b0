// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import X86

@testable import TDXModule

/// All that calls may change, by name: the state of the system, of TDs and vCPUs, every page's use, owner, lock and
/// contents.
struct Snapshot: Equatable {
    private(set) var values: [String: String] = [:]

    /// What differs, for people.
    func changes(since earlier: Snapshot) -> [String] {
        changed(since: earlier).sorted().map { "\($0): \(earlier.values[$0] ?? "–") → \(values[$0] ?? "–")" }
    }

    /// The names of what differs.
    func changed(since earlier: Snapshot) -> Set<String> {
        Set(values.keys).union(earlier.values.keys).filter { values[$0] != earlier.values[$0] }
    }

    /// The name of a page's use.
    static func use(_ page: UInt64) -> String { "page \(String(page, radix: 16))" }
    /// The name of a page's contents.
    static func contents(_ page: UInt64) -> String { "\(use(page)) contents" }
    /// The name of something of a TD.
    static func td(_ tdr: UInt64, _ what: String) -> String { "TD \(String(tdr, radix: 16)) \(what)" }
    /// The name of something of a vCPU.
    static func vcpu(_ tdvpr: UInt64, _ what: String) -> String { "vCPU \(String(tdvpr, radix: 16)) \(what)" }

    init(_ machine: Machine) {
        let module = machine.module
        note("SYS_STATE", module.system.state)
        note("system", (module.system.packagesConfigured, module.system.globalKey, module.system.tscAdjust))
        note("system locks", [module.system.lock, module.system.keyLock, module.kot.lock].map(isFree))
        note("initialized to", module.system.tdmrs.map(\.initializedEnd))
        for key in module.kot.keys where module.kot[UInt16(key)] != .free {
            note("KOT \(key)", module.kot[UInt16(key)])
        }
        for (number, processor) in module.system.processors.enumerated() {
            note("LP \(number)", (processor.isInitialized, processor.entered?.tdvpr))
        }
        for address in machine.pages + machine.scratchPages { note(page: address, of: machine) }
    }

    private mutating func note(_ name: String, _ value: some Any) { values[name] = "\(value)" }

    private func isFree(_ lock: TryLock) -> Bool {
        guard lock.tryHolding() else { return false }
        lock.unlock()
        return true
    }

    private mutating func note(page address: UInt64, of machine: Machine) {
        let name = Snapshot.use(address)
        let key = machine.memory.owner(of: PhysicalAddress(address))
        var hasher = Hasher()
        machine.memory.read(PhysicalMemory.address(PhysicalAddress(address), key: key), count: 4096)
            .withUnsafeBytes { hasher.combine(bytes: $0) }
        values[Snapshot.contents(address)] = "\(key), \(hasher.finalize())"
        guard machine.module.system.isCovered(address) else { return }
        let entry = machine.module.pamt.entry(address)
        let (use, level) = entry.found
        values[name] = "\(use.type), \(use.owner?.tdr ?? 0), \(level), \(use.blockedAt)"
        let isFree = entry.tryLock(exclusively: true)
        if isFree { entry.unlock() }
        values["\(name) lock"] = isFree ? "free" : "held"
        if case .tdr(let td) = use { note(td) }
        if case .vcpu(let vcpu) = use { note(vcpu) }
    }

    private mutating func note(_ td: TD) {
        let name = "TD \(String(td.tdr, radix: 16))"
        note("\(name) FATAL", td.isFatal)
        note("\(name) LIFECYCLE_STATE", td.lifecycle)
        note("\(name) packages", td.packagesConfigured)
        note("\(name) CHLDCNT", td.childCount.load(ordering: .relaxed))
        note("\(name) TDCX", td.pages)
        note("\(name) OP_STATE", td.opState)
        note("\(name) vCPUs", (td.vcpus.map(\.tdvpr), td.numVCPUs, ordered(td.x2apicIDs)))
        note("\(name) TOPOLOGY_ENUM_CONFIGURED", td.isTopologyConfigured)
        note("\(name) NUM_ASSOC_VCPUS", td.numAssociatedVCPUs.load(ordering: .relaxed))
        note("\(name) parameters", (td.attributes, td.xfam, td.configFlags, td.eptpControls, td.maxVCPUs))
        note("\(name) TSC", (td.tscFrequency, td.tscMultiplier, td.tscOffset))
        note("\(name) MSRs", (td.msrConfigControls, td.archCapabilitiesConfig, td.archCapabilities))
        note("\(name) CPUID", td.cpuid?.values.count ?? 0)
        note("\(name) controls", (td.controls, td.notifyEnables, td.vmControls, td.hostPriorityLockTimeout))
        note("\(name) TD_EPOCH", td.epoch.load(ordering: .relaxed))
        note("\(name) REFCOUNT", (td.references(0), td.references(1)))
        note("\(name) measurement", (td.measurement.digest(), td.mrTD, td.rtmr, td.serviceTDHash))
        note("\(name) owner", (td.mrConfigID, td.mrOwner, td.mrOwnerConfig, td.numL2VMs))
        note("\(name) binding", (td.binding, ordered(td.migrationSettings)))
        let locks = [
            td.bindingsLock, td.opStateLock, td.septTreeLock, td.epochLock, td.rtmrLock, td.metadataLock,
        ]
        note("\(name) locks", locks.map(isFree))
    }

    private mutating func note(_ vcpu: VirtualCPUState) {
        let name = "vCPU \(String(vcpu.tdvpr, radix: 16))"
        note("\(name) VCPU_STATE", vcpu.state)
        note("\(name) pages", vcpu.pages)
        note("\(name) ASSOC_LPID", vcpu.associatedProcessor as Any)
        note("\(name) numbers", (vcpu.index, vcpu.x2apicID))
        note("\(name) exit", (vcpu.lastExit, vcpu.vmcallMask, vcpu.epoch, vcpu.lastExitTSC))
        note("\(name) NMI", vcpu.isNMIPending)
        note("\(name) CPUID", (vcpu.isCPUIDSupervisorVE, vcpu.isCPUIDUserVE, ordered(vcpu.cpuidControl)))
        note("\(name) interrupts", (vcpu.postedInterruptVector, vcpu.postedInterruptDescriptor))
        note("\(name) EPTP", vcpu.sharedEPTPointer)
        note("\(name) controls", (vcpu.pinControls, vcpu.secondaryControls, vcpu.notifyWindow))
        note("\(name) other", (ordered(vcpu.otherVMCSFields), ordered(vcpu.otherFields)))
        note("\(name) stepping", (vcpu.zeroStep, vcpu.hostPriorityBusySince))
        note("\(name) is held", vcpu.entryHold != nil)
        guard let processor = vcpu.processor as? FakeProcessor else { return }
        note("\(name) registers", GeneralRegister.allCases.map { processor[$0] })
        note("\(name) fields", ProcessorField.allCases.map { processor[$0] })
        note("\(name) MSRs", ordered(processor.msrs))
        note("\(name) XMM", (0..<16).map { processor.xmm($0) })
        note("\(name) event", (processor.entryEvent, processor.interruptibility, processor.wantsNMIWindow))
        note("\(name) requests", (processor.flushes, processor.requests))
    }

    private func ordered<K: Comparable, V>(_ values: [K: V]) -> [String] {
        values.sorted { $0.key < $1.key }.map { "\($0): \($1)" }
    }
}

// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import TDXABI
import X86

@testable import TDXModule

/// A processor that never runs: registers to set and look at.
final class IdleProcessor: VirtualProcessor, @unchecked Sendable {
    private var registers = [UInt64](repeating: 0, count: 16)
    private var fields = [ProcessorField: UInt64]()
    private var segments = [SegmentRegister: Segment]()
    private var xmms = [SIMD2<UInt64>](repeating: .zero, count: 16)
    var msrs: [UInt32: UInt64] = [0x1D9: 0, 0xDA0: 0, 0xC000_0080: 0xD01, 0xC000_0103: 7]
    var tr = Segment()
    var ldtr = Segment()
    var gdtr = DescriptorTableRegister()
    var idtr = DescriptorTableRegister()
    var entryEvent: EntryEvent?
    var interruptibility: UInt32 = 0
    var wantsNMIWindow = false
    var configuration = VirtualProcessorConfiguration()
    var flushes = 0
    var hasPendingVirtualInterrupt = false

    init() {
        segments[.cs] = Segment(limit: ~0, accessRights: 0xA09B)
        segments[.ss] = Segment(limit: ~0, accessRights: 0xC093)
        fields[.cr0] = 0x8000_0021
        fields[.cr4] = 0x2060
        fields[.xcr0] = 1
        fields[.rflags] = 2
        fields[.rip] = 0x1000
    }

    subscript(_ register: GeneralRegister) -> UInt64 {
        get { registers[Int(register.rawValue)] }
        set { registers[Int(register.rawValue)] = newValue }
    }
    subscript(_ field: ProcessorField) -> UInt64 {
        get { fields[field] ?? 0 }
        set { fields[field] = newValue }
    }
    subscript(_ segment: SegmentRegister) -> Segment {
        get { segments[segment] ?? Segment() }
        set { segments[segment] = newValue }
    }
    func msr(_ number: UInt32) -> UInt64? { msrs[number] }
    func setMSR(_ number: UInt32, _ value: UInt64) { msrs[number] = value }
    func xmm(_ number: Int) -> SIMD2<UInt64> { xmms[number] }
    func setXMM(_ number: Int, _ value: SIMD2<UInt64>) { xmms[number] = value }
    func flushTranslations() { flushes += 1 }
    func run() -> VMExit { VMExit(.externalInterrupt) }
    func notify(_ request: ProcessorRequest) {}
}

/// A native processor whose CPUID satisfies the tables' own checks.
func plainCPUID(_ leaf: UInt32, _ subleaf: UInt32) -> (eax: UInt32, ebx: UInt32, ecx: UInt32, edx: UInt32) {
    var values = CPUIDValues()
    if let row = CPUIDTable.index(leaf: leaf, subleaf: subleaf).map({ CPUIDTable.rows[$0] }) {
        values = CPUIDValues(
            eax: row.eax.checkedValue | row.eax.allowed, ebx: row.ebx.checkedValue | row.ebx.allowed,
            ecx: row.ecx.checkedValue | row.ecx.allowed, edx: row.edx.checkedValue | row.edx.allowed)
    }
    switch (leaf, subleaf) {
    case (0, _): values.eax = 0x23
    case (1, _): values.eax = 0xC06F2
    case (0xD, 0): (values.eax, values.ebx, values.ecx) = (0x207, 0x340, 0xA88)
    case (0xD, 1): values.eax = 0xF
    case (0xD, 2): (values.eax, values.ebx) = (256, 576)
    case (0xD, 9): (values.eax, values.ebx) = (8, 2688)
    case (0x1F, 0): (values.eax, values.ebx, values.ecx) = (1, 2, 0x100)
    case (0x1F, 1): (values.eax, values.ebx, values.ecx) = (5, 32, 0x201)
    case (0x8000_0000, _): values.eax = 0x8000_0008
    case (0x8000_0008, _): values.eax = 0x3934
    default: break
    }
    return (values.eax, values.ebx, values.ecx, values.edx)
}

/// A module with one TD and one vCPU, as a guest-side leaf finds them.
struct GuestFixture {
    static let key: UInt16 = 33
    let module: TDXModule
    let td: TD
    let vcpu: VirtualCPUState
    let processor = IdleProcessor()
    /// Tables of the Secure EPT for the first 2 MiB, and for a second 2 MiB that begins with nothing.
    let levels: [UInt64] = [0x10_0000, 0x10_1000, 0x10_2000, 0x10_3000]

    init(attributes: UInt64 = 1 << 28, xfam: UInt64 = 7, configFlags: UInt64 = 4) throws {
        let memory = try PhysicalMemory(size: 64 << 20)
        let platform = PlatformDescription(
            packages: 1, processors: [0], nativeCPUID: plainCPUID,
            nativeMSR: { $0 == 0x1A0 ? 0x850089 : nil },
            cmrs: [0..<64 << 20], mktmeKeys: 31, tdxKeys: 32,
            random: { [UInt8](repeating: 0x17, count: $0) }, clock: { 1000 },
            makeProcessor: { IdleProcessor() })
        module = TDXModule(memory: memory, platform: platform)
        td = TD(tdr: module.pamt.entry(0x20_0000), hkid: Self.key, uuid: Array(0..<32))
        td.pages = (1...6).map { 0x20_0000 + UInt64($0) * 4096 }
        td.pages[3] = levels[0]
        td.attributes = attributes
        td.controls = attributes >> 28 & 1
        td.xfam = xfam
        td.configFlags = configFlags
        td.eptpControls = 0x1E
        td.tscFrequency = 100
        td.maxVCPUs = 8
        td.numVCPUs = 2
        td.opState = .runnable
        td.lifecycle = .keysConfigured
        td.cpuid = try VirtualCPUID(
            CPUIDParameters(
                attributes: attributes, xfam: xfam, configFlags: configFlags, tscFrequency: 100, values: []),
            native: { leaf, subleaf in
                let value = plainCPUID(leaf, subleaf)
                return CPUIDValues(eax: value.eax, ebx: value.ebx, ecx: value.ecx, edx: value.edx)
            })
        vcpu = VirtualCPUState(td: td, entry: module.pamt.entry(0x30_0000))
        vcpu.pages = (0..<6).map { 0x30_0000 + UInt64($0) * 4096 }
        vcpu.processor = processor
        vcpu.index = 1
        vcpu.x2apicID = 5
        vcpu.state = .active
        for page in vcpu.pages { memory.initialize(PhysicalAddress(page), key: Self.key) }
        for (level, table) in levels.enumerated() {
            module.clearTable(table, of: td)
            if level > 0 { set(levels[level - 1], 0, SEPTEntry(.nonLeafMapped, address: table)) }
        }
    }

    private func set(_ table: UInt64, _ index: UInt64, _ entry: SEPTEntry) {
        module.memory.store(keyed(table + index * 8), entry.rawValue)
    }
    func keyed(_ address: UInt64) -> PhysicalAddress {
        PhysicalMemory.address(PhysicalAddress(address), key: Self.key)
    }

    /// Puts a 4 KiB page at a guest address below 2 MiB.
    func map(_ address: UInt64, _ state: SEPTState = .mapped, to page: UInt64 = 0x40_0000) {
        set(levels[3], address >> 12, SEPTEntry(state, address: page))
        module.memory.initialize(PhysicalAddress(page), key: Self.key)
    }
    /// Puts a 2 MiB page at 2 MiB.
    func mapLarge(_ state: SEPTState, to page: UInt64 = 0x80_0000) {
        set(levels[2], 1, SEPTEntry(state, address: page))
    }
    func state(_ address: UInt64) -> SEPTState? { try? module.walk(td, address, to: 0).entry.state }

    /// The status of a TDCALL that completes.
    @discardableResult
    func call(
        _ leaf: GuestLeafNumber, version: UInt64 = 0, rcx: UInt64 = 0, rdx: UInt64 = 0, r8: UInt64 = 0,
        r9: UInt64 = 0
    ) -> TDXStatus? {
        let (_, rip) = (begin(leaf, version, rcx, rdx, r8, r9), processor[.rip])
        guard case .resume = exit(.tdcall, length: 4), processor[.rip] == rip + 4 else { return nil }
        return TDXStatus(processor[.rax])
    }
    /// How a TDCALL ends that does not complete.
    func leave(_ leaf: GuestLeafNumber, rcx: UInt64 = 0, rdx: UInt64 = 0, r8: UInt64 = 0) -> HostExit? {
        begin(leaf, 0, rcx, rdx, r8, 0)
        guard case .toHost(let host) = exit(.tdcall, length: 4) else { return nil }
        return host
    }
    private func begin(
        _ leaf: GuestLeafNumber, _ version: UInt64, _ rcx: UInt64, _ rdx: UInt64, _ r8: UInt64, _ r9: UInt64
    ) {
        processor[.rax] = UInt64(leaf.rawValue) | version << 16
        processor[.rcx] = rcx
        processor[.rdx] = rdx
        processor[.r8] = r8
        processor[.r9] = r9
    }

    func exit(
        _ reason: ExitReason, qualification: UInt64 = 0, gpa: UInt64 = 0, gla: UInt64 = 0, length: UInt32 = 2,
        information: UInt32 = 0, vectoring: UInt32 = 0
    ) -> GuestExitAction {
        processor.entryEvent = nil
        return module.handleExit(
            VMExit(
                reason, qualification: qualification, guestLinearAddress: gla, guestPhysicalAddress: gpa,
                interruptionInformation: information, vectoringInformation: vectoring,
                instructionLength: length), vcpu)
    }

    /// An exit that goes to the host.
    func hostExit(
        _ reason: ExitReason, qualification: UInt64 = 0, gpa: UInt64 = 0, information: UInt32 = 0
    ) throws -> HostExit {
        guard
            case .toHost(let host) = exit(
                reason, qualification: qualification, gpa: gpa, information: information)
        else { throw SceneError.stayed(reason) }
        return host
    }

    /// The vector that the next entry delivers.
    var injected: UInt32? { processor.entryEvent.map { $0.information & 0xFF } }
    var veInfo: VirtualizationExceptionInformation? { module.takeVirtualizationException(vcpu) }
}

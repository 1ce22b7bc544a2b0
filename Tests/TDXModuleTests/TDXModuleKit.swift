// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import Testing
import X86

@testable import TDXModule

/// A processor that runs nothing: registers that tests set and read.
final class FakeProcessor: VirtualProcessor, @unchecked Sendable {
    var registers: [GeneralRegister: UInt64] = [:]
    var fields: [ProcessorField: UInt64] = [:]
    var segments: [SegmentRegister: Segment] = [:]
    var msrs: [UInt32: UInt64] = [:]
    var vectors: [Int: SIMD2<UInt64>] = [:]
    var flushes = 0
    /// What others have asked for; they may do so from any thread.
    var requests: [ProcessorRequest] { requestList.withLock { $0 } }
    private let requestList = Mutex<[ProcessorRequest]>([])
    /// Whether an interrupt of the host waits, each time that somebody looks.
    var interrupts: [Bool] = []
    func takeInterrupt() -> Bool { interrupts.isEmpty ? false : interrupts.removeFirst() }

    subscript(_ register: GeneralRegister) -> UInt64 {
        get { registers[register] ?? 0 }
        set { registers[register] = newValue }
    }
    subscript(_ field: ProcessorField) -> UInt64 {
        get { fields[field] ?? 0 }
        set { fields[field] = newValue }
    }
    subscript(_ segment: SegmentRegister) -> Segment {
        get { segments[segment] ?? Segment() }
        set { segments[segment] = newValue }
    }
    var tr = Segment()
    var ldtr = Segment()
    var gdtr = DescriptorTableRegister()
    var idtr = DescriptorTableRegister()
    func msr(_ number: UInt32) -> UInt64? { msrs[number] }
    func setMSR(_ number: UInt32, _ value: UInt64) { msrs[number] = value }
    func xmm(_ number: Int) -> SIMD2<UInt64> { vectors[number] ?? .zero }
    func setXMM(_ number: Int, _ value: SIMD2<UInt64>) { vectors[number] = value }
    var entryEvent: EntryEvent?
    var interruptibility: UInt32 = 0
    var wantsNMIWindow = false
    var configuration = VirtualProcessorConfiguration()
    func flushTranslations() { flushes += 1 }
    var hasPendingVirtualInterrupt = false
    func run() -> VMExit { VMExit(.hlt) }
    func notify(_ request: ProcessorRequest) { requestList.withLock { $0.append(request) } }
}

/// What a call gave back.
struct Result {
    var status: TDXStatus
    var registers: HostRegisters
}

/// A module on a small machine, with what a host does to it.
final class Machine {
    static let tdmr: UInt64 = 0x4000_0000
    static let tdmrSize: UInt64 = 0x4000_0000
    /// The module's own key, and the first for TDs.
    static let globalKey: UInt64 = 32
    static let key: UInt64 = 33

    let memory: PhysicalMemory
    let module: TDXModule
    /// Native MSRs; tests change them.
    let msrs: SharedMSRs
    /// Where random bytes come from; tests exhaust it.
    let entropy: Entropy
    /// The native time-stamp counter.
    let clock: Clock
    /// Whether an interrupt waits for the host; tests say so.
    let interrupts = HostInterrupts()
    private var nextPage = Machine.tdmr
    private static let firstLargePage = Machine.tdmr + 0x1000_0000
    private var nextLargePage = Machine.firstLargePage
    /// Scratch memory of the host, for structures.
    let scratch: UInt64 = 0x10_0000

    final class SharedMSRs: Sendable {
        private let values = Mutex<[UInt32: UInt64]>([
            0x3B: 0, 0xFE: 1 << 11 | 1 << 14, 0x10A: 0xF16B, 0x1F3: 1 << 10,
        ])
        subscript(_ number: UInt32) -> UInt64? {
            get { values.withLock { $0[number] } }
            set { values.withLock { $0[number] = newValue } }
        }
    }

    /// Random bytes that are all the same, until there are none.
    final class Entropy: Sendable {
        private let exhausted = Atomic<Bool>(false)
        var isExhausted: Bool {
            get { exhausted.load(ordering: .relaxed) }
            set { exhausted.store(newValue, ordering: .relaxed) }
        }
        func bytes(_ count: Int) -> [UInt8] { [UInt8](repeating: 7, count: isExhausted ? 0 : count) }
    }

    final class HostInterrupts: Sendable {
        private let pending = Atomic<Bool>(false)
        var isPending: Bool {
            get { pending.load(ordering: .relaxed) }
            set { pending.store(newValue, ordering: .relaxed) }
        }
    }

    /// Native CPUID; tests change single values.
    let cpuid: NativeCPUID

    final class NativeCPUID: Sendable {
        private let changed = Mutex<[UInt64: CPUIDValues]>([:])
        subscript(leaf: UInt32, subleaf: UInt32) -> PlatformDescription.CPUIDRegisters {
            get {
                guard let value = changed.withLock({ $0[UInt64(leaf) << 32 | UInt64(subleaf)] }) else {
                    return Machine.cpuid(leaf, subleaf)
                }
                return (value.eax, value.ebx, value.ecx, value.edx)
            }
            set {
                let value = CPUIDValues(
                    eax: newValue.eax, ebx: newValue.ebx, ecx: newValue.ecx, edx: newValue.edx)
                changed.withLock { $0[UInt64(leaf) << 32 | UInt64(subleaf)] = value }
            }
        }
    }

    /// CPUID of a processor that has what the module asks for, and no more.
    static func cpuid(_ leaf: UInt32, _ subleaf: UInt32) -> PlatformDescription.CPUIDRegisters {
        if leaf == 0x15 { return (2, 168, 25_000_000, 0) }
        if leaf == 0xD && subleaf == 0 { return (0x7, 0x340, 0x340, 0) }
        if leaf == 0x8000_0008 { return (0x3934, 0x200, 0, 0) }
        if leaf == 0x8000_0000 { return (0x8000_0008, 0, 0, 0) }
        guard let index = CPUIDTable.index(leaf: leaf, subleaf: subleaf) else { return (0, 0, 0, 0) }
        let row = CPUIDTable.rows[index]
        let stepping: UInt32 = leaf == 1 ? 0x000C_06F2 : 0
        return (
            row.eax.checkedValue | stepping, row.ebx.checkedValue, row.ecx.checkedValue, row.edx.checkedValue
        )
    }

    init(
        processors: [Int] = [0, 0], packages: Int = 1, tdxKeys: Int = 32,
        cmrs: [Range<UInt64>] = [0..<0x1_0000_0000]
    ) throws {
        memory = try PhysicalMemory(size: 0x1_0000_0000)
        let msrs = SharedMSRs()
        self.msrs = msrs
        let entropy = Entropy()
        self.entropy = entropy
        let cpuid = NativeCPUID()
        self.cpuid = cpuid
        let clock = Clock()
        self.clock = clock
        var platform = PlatformDescription(
            packages: packages, processors: processors, nativeCPUID: { cpuid[$0, $1] },
            nativeMSR: { msrs[$0] },
            cmrs: cmrs, mktmeKeys: 31, tdxKeys: tdxKeys,
            random: { entropy.bytes($0) }, clock: { clock.now() },
            makeProcessor: { FakeProcessor() })
        platform.isInterruptPending = { ($0 as? FakeProcessor)?.takeInterrupt() ?? false }
        let interrupts = interrupts
        platform.isHostInterruptPending = { _ in interrupts.isPending }
        module = TDXModule(memory: memory, platform: platform)
    }

    /// A counter that moves by a thousand whenever it is read.
    final class Clock: Sendable {
        private let ticks = Atomic<UInt64>(1_000_000)
        func now() -> UInt64 { ticks.add(1000, ordering: .relaxed).newValue }
        /// Sets the counter back, or forward.
        func set(_ value: UInt64) { ticks.store(value, ordering: .relaxed) }
    }

    /// Calls a leaf.
    @discardableResult
    func call(
        _ leaf: HostLeafNumber, version: UInt64 = 0, rcx: UInt64 = 0, rdx: UInt64 = 0, r8: UInt64 = 0,
        r9: UInt64 = 0, on processor: Int = 0
    ) -> Result {
        var registers = HostRegisters()
        registers.rax = UInt64(leaf.rawValue) | version << 16
        registers.rcx = rcx
        registers.rdx = rdx
        registers.r8 = r8
        registers.r9 = r9
        if case .enter = module.call(&registers, on: processor) {
            Issue.record("The leaf entered a vCPU.")
        }
        return Result(status: TDXStatus(registers.rax), registers: registers)
    }

    /// The next page that nobody uses.
    func page() -> UInt64 {
        defer { nextPage += 4096 }
        return nextPage
    }

    /// A page in a reserved area of its TDMR, which no leaf can use.
    func reservedPage() -> UInt64 {
        let page = page()
        module.pamt.entry(page).use = .reserved
        return page
    }

    /// The next 2 MiB page that nobody uses.
    func largePage() -> UInt64 {
        defer { nextLargePage += 0x20_0000 }
        return nextLargePage
    }

    /// A 2 MiB page that a TD has.
    func usedLargePage() -> UInt64 {
        let page = largePage()
        let entry = module.pamt.entry(page)
        entry.largeUse = .regular(TD(tdr: entry, hkid: 40, uuid: []), blockedAt: 0)
        return page
    }

    /// The pages handed out so far; of large ones the first, one in the middle, and the last.
    var pages: [UInt64] {
        stride(from: Machine.tdmr, to: nextPage, by: 4096)
            + stride(from: Machine.firstLargePage, to: nextLargePage, by: 0x20_0000)
            .flatMap { [$0, $0 + 0x3000, $0 + 0x1F_F000] }
    }
    /// The pages in which the host's structures are.
    var scratchPages: [UInt64] { (0..<8).map { scratch + $0 * 4096 } }

    /// The TD whose TDR is at an address.
    func td(at tdr: UInt64) throws -> TD {
        guard case .tdr(let td)? = module.pamt.entry(tdr).use else { throw SceneError.noTDR(tdr) }
        return td
    }

    /// The vCPU whose TDVPR is at an address.
    func vcpu(at tdvpr: UInt64) throws -> VirtualCPUState {
        guard case .vcpu(let vcpu)? = module.pamt.entry(tdvpr).use else { throw SceneError.noTDVPR(tdvpr) }
        return vcpu
    }

    // MARK: What a host does

    static var tdmrInfo: TDMRInfo {
        var info = TDMRInfo()
        info.region = TDMRInfo.Area(base: tdmr, size: tdmrSize)
        info.pamt4K = TDMRInfo.Area(base: 0x100_0000, size: 0x40_0000)
        info.pamt2M = TDMRInfo.Area(base: 0x200_0000, size: 0x2000)
        info.pamt1G = TDMRInfo.Area(base: 0x300_0000, size: 0x1000)
        return info
    }

    /// `TDH.SYS.INIT` and `TDH.SYS.LP.INIT` everywhere.
    func initialize() {
        #expect(call(.sysInit).status == .success)
        for processor in module.platform.processors.indices {
            #expect(call(.sysLPInit, on: processor).status == .success)
        }
    }

    func configure(_ infos: [TDMRInfo] = [Machine.tdmrInfo], key: UInt64 = Machine.globalKey) -> TDXStatus {
        for (index, info) in infos.enumerated() {
            let address = scratch + 0x1000 + UInt64(index) * 512
            memory.write(PhysicalAddress(address), info.bytes)
            memory.store(PhysicalAddress(scratch + UInt64(index) * 8), address)
        }
        return call(.sysConfig, rcx: scratch, rdx: UInt64(infos.count), r8: key).status
    }

    /// Brings the module up.
    static func ready(processors: [Int] = [0, 0], packages: Int = 1) throws -> Machine {
        let machine = try Machine(processors: processors, packages: packages)
        machine.initialize()
        #expect(machine.configure() == .success)
        for package in 0..<packages {
            let processor = try #require(processors.firstIndex(of: package))
            #expect(machine.call(.sysKeyConfig, on: processor).status == .success)
        }
        #expect(machine.call(.sysTDMRInit, rcx: tdmr).registers.rdx == tdmr + tdmrSize)
        return machine
    }

    static var parameters: TDParams {
        var parameters = TDParams()
        parameters.attributes = TDAttributes.septVEDisable.rawValue
        parameters.xfam = 3
        parameters.maxVCPUs = 4
        parameters.eptpControls = 6 | 3 << 3
        parameters.configFlags = TDConfigFlags.noRBPMod.rawValue
        parameters.tscFrequency = 40
        return parameters
    }

    /// Creates a TD with its key and pages.
    func create(key: UInt64 = Machine.key) -> UInt64 {
        let tdr = page()
        #expect(call(.mngCreate, rcx: tdr, rdx: key).status == .success)
        #expect(call(.mngKeyConfig, rcx: tdr).status == .success)
        for _ in 0..<6 { #expect(call(.mngAddCX, rcx: page(), rdx: tdr).status == .success) }
        return tdr
    }

    func initialize(_ tdr: UInt64, _ parameters: TDParams = Machine.parameters) -> Result {
        memory.write(PhysicalAddress(scratch + 0x4000), parameters.bytes)
        return call(.mngInit, rcx: tdr, rdx: scratch + 0x4000)
    }

    /// Creates a TD that is initialised.
    func td(_ parameters: TDParams = Machine.parameters, key: UInt64 = Machine.key) -> UInt64 {
        let tdr = create(key: key)
        #expect(initialize(tdr, parameters).status == .success)
        return tdr
    }

    /// Creates a vCPU that is initialised.
    func vcpu(_ tdr: UInt64, id: UInt64 = 0) -> UInt64 {
        let tdvpr = page()
        #expect(call(.vpCreate, rcx: tdvpr, rdx: tdr).status == .success)
        for _ in 0..<5 { #expect(call(.vpAddCX, rcx: page(), rdx: tdvpr).status == .success) }
        #expect(call(.vpInit, version: 1, rcx: tdvpr, rdx: 0x1234, r8: id).status == .success)
        return tdvpr
    }

    /// Adds the tables that a 4 KiB page at an address needs.
    func addTables(_ tdr: UInt64, _ address: UInt64, down level: Int = 1) {
        for level in stride(from: 3, through: level, by: -1) {
            let mapping = GPAMapping(address: address & ~(4096 << UInt64(9 * level) - 1), level: level)
            let status = call(.memSEPTAdd, rcx: mapping.rawValue, rdx: tdr, r8: page()).status
            #expect(status == .success || status == .eptEntryStateIncorrect.at(.rcx))
        }
    }

    /// Adds a page with contents.
    @discardableResult
    func add(_ tdr: UInt64, _ address: UInt64, _ contents: [UInt8] = []) -> UInt64 {
        let target = page()
        memory.write(
            PhysicalAddress(scratch + 0x5000), contents + [UInt8](repeating: 0, count: 4096 - contents.count))
        #expect(
            call(.memPageAdd, rcx: address, rdx: tdr, r8: target, r9: scratch + 0x5000).status == .success)
        return target
    }

    /// A TD with a vCPU, a page at 0x1000, that can be entered.
    func runnable(_ parameters: TDParams = Machine.parameters) -> (tdr: UInt64, tdvpr: UInt64, page: UInt64) {
        let tdr = td(parameters)
        let tdvpr = vcpu(tdr)
        addTables(tdr, 0x1000)
        let page = add(tdr, 0x1000, [1, 2, 3])
        #expect(call(.mrFinalize, rcx: tdr).status == .success)
        return (tdr, tdvpr, page)
    }

    /// Enters a vCPU.
    func enter(_ tdvpr: UInt64, _ registers: HostRegisters = HostRegisters(), on processor: Int = 0)
        -> FakeProcessor?
    {
        var registers = registers
        registers.rax = 0
        registers.rcx = tdvpr
        guard case .enter(let entered) = module.call(&registers, on: processor) else { return nil }
        return entered as? FakeProcessor
    }

    /// Lets an entered vCPU leave.
    func leave(_ exit: VMExit, on processor: Int = 0) -> (outcome: ExitOutcome, registers: HostRegisters) {
        var registers = HostRegisters()
        let outcome = module.exited(exit, &registers, on: processor)
        return (outcome, registers)
    }

    /// Uses of all pages handed out so far, to tell that nothing has changed.
    var uses: [UInt64] {
        stride(from: Machine.tdmr, to: nextPage, by: 4096).map { module.pamt.entry($0).found.use.type }
    }
}

// SPDX-License-Identifier: Apache-2.0

public import PhysicalMemory
import Synchronization
public import X86

/// One virtual processor: the state block that guest code runs on, and everything that happens rarely enough to be
/// ordinary Swift.
public final class VirtualCPU: VirtualProcessor, @unchecked Sendable {
    let state: State
    let memory: PhysicalMemory
    let clock: @Sendable () -> UInt64
    let blocks: BlockCache
    let group: ProcessorGroup
    /// On a machine whose time are instructions.
    let counter: InstructionCounter?
    /// See `ProcessorGroup`.
    let isActive = Atomic(false)
    /// The others stand still for this one.
    var hasTurn = false
    private let allocation: UnsafeMutableRawPointer

    /// The exit that a handler has found; valid while `leave` is `.exit`.
    var pendingExit = VMExit(.exceptionOrNMI)
    public var entryEvent: EntryEvent?
    public var wantsNMIWindow = false
    public var configuration = VirtualProcessorConfiguration() {
        didSet { configurationChanged() }
    }

    /// What is looked at often of the configuration.
    var sharedMask: UInt64 = 1 << 47
    var privateKey: UInt16 = 0
    var physicalMask: UInt64 = (1 << 52) - 1
    var hasSecureEPT = false

    /// RIP behind the STI or MOV SS that blocks events for one instruction.
    var shadowRIP: UInt64 = 0
    /// The event being delivered, as IDT-vectoring information; 0 for none.
    var vectoring: UInt32 = 0
    var vectoringErrorCode: UInt32 = 0
    var vectoringLength: UInt32 = 0
    /// An event has gone through a gate, or SYSCALL masked TF, since it was last cleared.
    var enteredGate = false
    /// Blocks are one instruction long for the moment.
    var stepping = false

    /// Virtual interrupts: requesting and in-service vector, and where the virtual-APIC page is.
    var requestingVector: UInt8 = 0
    var inServiceVector: UInt8 = 0
    var virtualAPICPage: UnsafeMutableRawPointer?
    /// RVI exceeds the processor priority.
    var interruptPending = false

    var translations: TranslationCaches
    /// MSRs that have no place in the state block.
    var otherMSRs: [UInt32: UInt64] = VirtualCPU.resetMSRs
    var tpr: UInt8 = 0
    /// Feeds RDRAND and RDSEED.
    public var random: @Sendable () -> UInt64 = { UInt64.random(in: 0 ... .max) }

    /// - Parameters:
    ///   - memory: the machine's memory.
    ///   - clock: the host's TSC, in ticks.
    ///   - group: the vCPUs that share the memory; by default this is the only one.
    ///   - counter: is told of the instructions, and says when to leave.
    public init(
        memory: PhysicalMemory, clock: @escaping @Sendable () -> UInt64, group: ProcessorGroup? = nil,
        counter: InstructionCounter? = nil
    ) {
        self.counter = counter
        self.group = group ?? ProcessorGroup(memory: memory)
        self.memory = memory
        self.clock = clock
        let size = VirtualCPU.headroom + State.Offset.tlb + TranslationCaches.size
        allocation = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 4096)
        allocation.initializeMemory(as: UInt8.self, repeating: 0, count: size)
        state = State(allocation + VirtualCPU.headroom)
        translations = TranslationCaches(state)
        blocks = BlockCache()
        state[field: State.Offset.owner] = UInt64(UInt(bitPattern: Unmanaged.passUnretained(self).toOpaque()))
        reset()
        self.group.add(self)
    }

    deinit {
        group.remove(self)
        translations.deallocate()
        allocation.deallocate()
    }

    /// Kept free below the state, for a translator's stack.
    static let headroom = 64 << 10

    /// The object behind a state.
    @inline(__always)
    static func owner(_ state: State) -> VirtualCPU {
        let pointer = UnsafeRawPointer(bitPattern: UInt(state[field: State.Offset.owner])).unsafelyUnwrapped
        return Unmanaged<VirtualCPU>.fromOpaque(pointer).takeUnretainedValue()
    }

    /// The state after the module's initialisation of a vCPU is the module's; this is a processor at reset, in flat
    /// 32-bit protected mode.
    private func reset() {
        state[field: State.Offset.cr0] = CR0.pe | CR0.ne | CR0.et
        state[field: State.Offset.xcr0] = 1
        state[field: State.Offset.systemFlags] = 2
        state[field: State.Offset.dr + 32] = 0xFFFF_0FF0
        state[field: State.Offset.dr + 40] = 0x400
        state[field: State.Offset.pat] = 0x0007_0406_0007_0406
        state.write(State.Offset.fcw, UInt16(0x37F))
        state.write(State.Offset.mxcsr, UInt32(0x1F80))
        state.write(State.Offset.mxcsr + 4, UInt32(0xFFFF))
        for segment in SegmentRegister.allCases {
            setSegment(
                Int(segment.rawValue),
                Segment(limit: 0xFFFF_FFFF, accessRights: segment == .cs ? 0xC09B : 0xC093))
        }
        setSegment(VirtualCPU.tr, Segment(limit: 0xFFFF, accessRights: 0x8B))
        setSegment(VirtualCPU.ldtr, Segment(limit: 0xFFFF, accessRights: 0x1_0082))
        state.write(State.Offset.gdtr + 8, UInt16(0xFFFF))
        updateMode()
    }

    private func configurationChanged() {
        sharedMask = 1 << UInt64(configuration.sharedBit & 63)
        privateKey = configuration.privateKey
        let width = UInt64(max(32, min(52, configuration.physicalAddressWidth)))
        // The shared bit is never a reserved one.
        physicalMask = (1 << width) - 1 | sharedMask
        hasSecureEPT = configuration.secureEPTRoot.rawValue != 0
        virtualAPICPage = ownedPage(configuration.virtualAPIC)
        translations.flushAll()
        evaluateInterrupts()
    }

    /// A page of the TD's control structures, accessed as its owner does.
    func ownedPage(_ address: PhysicalAddress) -> UnsafeMutableRawPointer? {
        guard address.rawValue != 0 else { return nil }
        // A page that cannot be had is no page: the caller treats it as absent.
        return try? memory.pointer(address, key: memory.owner(of: address))
    }

    // MARK: State access

    public subscript(_ register: GeneralRegister) -> UInt64 {
        get { state[register] }
        set { state[register] = newValue }
    }

    public subscript(_ field: ProcessorField) -> UInt64 {
        get {
            switch field {
            case .rip: state.rip
            case .rflags: state.materializedFlags
            case .cr0: state[field: State.Offset.cr0]
            case .cr2: state[field: State.Offset.cr2]
            case .cr3: state[field: State.Offset.cr3]
            case .cr4: state[field: State.Offset.cr4]
            case .cr8: UInt64(taskPriority >> 4)
            case .xcr0: state[field: State.Offset.xcr0]
            case .dr0: state[field: State.Offset.dr]
            case .dr1: state[field: State.Offset.dr + 8]
            case .dr2: state[field: State.Offset.dr + 16]
            case .dr3: state[field: State.Offset.dr + 24]
            case .dr6: state[field: State.Offset.dr + 32]
            case .dr7: state[field: State.Offset.dr + 40]
            }
        }
        set {
            switch field {
            case .rip: state.rip = newValue
            case .rflags: setFlags(newValue)
            case .cr0:
                state[field: State.Offset.cr0] = newValue
                pagingChanged()
            case .cr2: state[field: State.Offset.cr2] = newValue
            case .cr3:
                state[field: State.Offset.cr3] = newValue
                translations.flushAll()
            case .cr4:
                state[field: State.Offset.cr4] = newValue
                pagingChanged()
            case .cr8: setTaskPriority(UInt8(truncatingIfNeeded: newValue << 4))
            case .xcr0: state[field: State.Offset.xcr0] = newValue
            case .dr0: state[field: State.Offset.dr] = newValue
            case .dr1: state[field: State.Offset.dr + 8] = newValue
            case .dr2: state[field: State.Offset.dr + 16] = newValue
            case .dr3: state[field: State.Offset.dr + 24] = newValue
            case .dr6: state[field: State.Offset.dr + 32] = newValue
            case .dr7:
                state[field: State.Offset.dr + 40] = newValue
                updateMode()
            }
        }
    }

    /// Something that the meaning of page tables depends on has changed.
    func pagingChanged() {
        translations.flushAll()
        updateMode()
    }

    /// Sets the whole of RFLAGS.
    func setFlags(_ value: UInt64) {
        state.setFlags((value & RFLAGS.all) | 2)
        updateMode()
    }

    static let tr = 6
    static let ldtr = 7

    /// A segment by its place in the state: ES CS SS DS FS GS TR LDTR.
    func segment(_ number: Int) -> Segment {
        let offset = State.Offset.segments + number * 32
        return Segment(
            selector: state.read(offset + 16), base: state.read(offset), limit: state.read(offset + 8),
            accessRights: state.read(offset + 12))
    }

    /// Stores a segment; whoever changes CS or SS calls `updateMode` when done.
    func setSegment(_ number: Int, _ segment: Segment) {
        let offset = State.Offset.segments + number * 32
        state.write(offset, segment.base)
        state.write(offset + 8, segment.limit)
        state.write(offset + 12, segment.accessRights)
        state.write(offset + 16, segment.selector)
    }

    public subscript(_ register: SegmentRegister) -> Segment {
        get { segment(Int(register.rawValue)) }
        set {
            setSegment(Int(register.rawValue), newValue)
            updateMode()
        }
    }
    public var tr: Segment {
        get { segment(VirtualCPU.tr) }
        set { setSegment(VirtualCPU.tr, newValue) }
    }
    public var ldtr: Segment {
        get { segment(VirtualCPU.ldtr) }
        set { setSegment(VirtualCPU.ldtr, newValue) }
    }
    public var gdtr: DescriptorTableRegister {
        get { table(State.Offset.gdtr) }
        set { setTable(State.Offset.gdtr, newValue) }
    }
    public var idtr: DescriptorTableRegister {
        get { table(State.Offset.idtr) }
        set { setTable(State.Offset.idtr, newValue) }
    }
    func table(_ offset: Int) -> DescriptorTableRegister {
        DescriptorTableRegister(base: state.read(offset), limit: state.read(offset + 8))
    }
    func setTable(_ offset: Int, _ value: DescriptorTableRegister) {
        state.write(offset, value.base)
        state.write(offset + 8, value.limit)
    }

    public func xmm(_ number: Int) -> SIMD2<UInt64> { state[xmm: number & 15] }
    public func setXMM(_ number: Int, _ value: SIMD2<UInt64>) { state[xmm: number & 15] = value }

    public var interruptibility: UInt32 {
        get { UInt32(truncatingIfNeeded: state[field: State.Offset.interruptibility]) & 0xF }
        set {
            state[field: State.Offset.interruptibility] = UInt64(newValue & 0xF)
            shadowRIP = state.rip
        }
    }

    /// Bits of `interruptibility`.
    static let blockingBySTI: UInt64 = 1 << 0
    static let blockingByMOVSS: UInt64 = 1 << 1
    static let blockingByNMI: UInt64 = 1 << 3

    // MARK: Mode

    /// The current privilege level: the DPL of SS, as in the VMCS.
    @inline(__always)
    var cpl: UInt8 {
        UInt8(truncatingIfNeeded: state.read(State.Offset.segments + 2 * 32 + 12, as: UInt32.self) >> 5) & 3
    }
    @inline(__always) var cr0: UInt64 { state[field: State.Offset.cr0] }
    @inline(__always) var cr4: UInt64 { state[field: State.Offset.cr4] }
    @inline(__always) var efer: UInt64 { state[field: State.Offset.efer] }
    @inline(__always) var isLongMode: Bool { efer & EFER.lma != 0 }
    @inline(__always) var is64Bit: Bool {
        state.read(State.Offset.mode, as: UInt32.self) & Mode.code64.rawValue != 0
    }

    /// Recomputes the mode word and what hangs on it; after any change of CR0, CR4, EFER, CS, SS, RFLAGS.TF or AC, DR7.
    func updateMode() {
        var mode: Mode = []
        let cs: UInt32 = state.read(State.Offset.segments + 1 * 32 + 12)
        let ss: UInt32 = state.read(State.Offset.segments + 2 * 32 + 12)
        let flags = state[field: State.Offset.systemFlags]
        let (cr0, cr4, efer) = (cr0, cr4, efer)
        if efer & EFER.lma != 0 { mode.insert(.lma) }
        if efer & EFER.lma != 0, cs & AccessRights.long != 0 {
            mode.insert([.code64, .flat])
        } else {
            if cs & AccessRights.big != 0 { mode.insert(.code32) }
            if ss & AccessRights.big != 0 { mode.insert(.stack32) }
            if isFlat { mode.insert(.flat) }
            if state.read(State.Offset.segments + 32, as: UInt64.self) != 0 { mode.insert(.codeBase) }
        }
        let user = (ss >> 5) & 3 == 3
        if user { mode.insert(.user) }
        if !user, flags & RFLAGS.ac != 0, cr4 & CR4.smap != 0 { mode.insert(.smapSuspended) }
        if user, flags & RFLAGS.ac != 0, cr0 & CR0.am != 0 { mode.insert(.alignmentCheck) }
        if flags & RFLAGS.tf != 0 || stepping || state[field: State.Offset.dr + 40] & 0xFF != 0 {
            mode.insert(.singleStep)
        }
        if cr0 & CR0.ts != 0 { mode.insert(.taskSwitched) }
        if cr0 & CR0.em != 0 { mode.insert(.emulateFPU) }
        if cr0 & CR0.mp != 0 { mode.insert(.monitorFPU) }
        if cr4 & CR4.osfxsr != 0 { mode.insert(.osfxsr) }
        state.write(State.Offset.mode, mode.rawValue)
        if mode.contains(.alignmentCheck) {
            // All accesses go the long way, where alignment is looked at.
            translations.selectNone()
        } else {
            translations.select(user ? .user : mode.contains(.smapSuspended) ? .suspended : .kernel)
        }
    }

    /// All data and code segments are flat: base 0, limit 4 GiB.
    private var isFlat: Bool {
        for number in 0..<6 {
            let offset = State.Offset.segments + number * 32
            guard state.read(offset, as: UInt64.self) == 0,
                state.read(offset + 8, as: UInt32.self) == 0xFFFF_FFFF
            else { return false }
        }
        return true
    }

    // MARK: Requests

    private var requestWord: UnsafeMutablePointer<Atomic<UInt32>> {
        (state.base + State.Offset.request).assumingMemoryBound(to: Atomic<UInt32>.self)
    }

    public func notify(_ request: ProcessorRequest) {
        requestWord.pointee.bitwiseOr(request.rawValue, ordering: .sequentiallyConsistent)
        hurry()
    }

    /// The host has asked the vCPU to leave, and it has not yet.
    public var isInterruptPending: Bool {
        let leaving: ProcessorRequest = [.externalInterrupt, .nmi]
        return requestWord.pointee.load(ordering: .relaxed) & leaving.rawValue != 0
    }

    func takeRequests() -> ProcessorRequest {
        guard requestWord.pointee.load(ordering: .relaxed) != 0 else { return [] }
        return ProcessorRequest(rawValue: requestWord.pointee.exchange(0, ordering: .sequentiallyConsistent))
    }

    public func flushTranslations() { translations.flushAll() }

    public var hasPendingVirtualInterrupt: Bool {
        evaluateInterrupts()
        return interruptPending
    }

    // MARK: Run loop

    public func run() -> VMExit {
        group.enter(self)
        defer { group.leave(self) }
        mergePostedInterrupts()
        evaluateInterrupts()
        if let event = entryEvent {
            entryEvent = nil
            if let exit = inject(event) { return exit }
        }
        while true {
            group.pause(self)
            if let counter, counter.hasReachedLimit { return finish(VMExit(.externalInterrupt)) }
            if let exit = serveRequests() { return exit }
            if let exit = deliverPending() { return exit }
            if state.mode.contains(.singleStep) {
                if let exit = runStep() { return exit }
                continue
            }
            runBlocks()
            if let exit = serveLeave() { return exit }
        }
    }

    /// Runs one instruction with RFLAGS.TF set or breakpoints armed.
    private func runStep() -> VMExit? {
        let flags = state[field: State.Offset.systemFlags]
        if flags & RFLAGS.rf == 0, let hits = instructionBreakpoints() {
            state[field: State.Offset.dr + 32] |= hits
            return deliver(ExceptionVector.debug, errorCode: nil, rip: state.rip)
        }
        // Before the instruction: IRET and POPF may set it anew.
        state[field: State.Offset.systemFlags] &= ~RFLAGS.rf
        enteredGate = false
        // Also when the instruction clears TF: it alone, and a trap behind it.
        stepping = true
        updateMode()
        runBlocks()
        stepping = false
        updateMode()
        if let exit = serveLeave() { return exit }
        if enteredGate { return nil }
        guard flags & RFLAGS.tf != 0 else { return nil }
        // MOV SS and POP SS hold the trap off, too.
        let blocking = state[field: State.Offset.interruptibility]
        if blocking & VirtualCPU.blockingByMOVSS != 0, shadowRIP == state.rip { return nil }
        state[field: State.Offset.dr + 32] |= 1 << 14
        return deliver(ExceptionVector.debug, errorCode: nil, rip: state.rip)
    }

    /// Which armed instruction breakpoints are at RIP, as DR6 says it.
    private func instructionBreakpoints() -> UInt64? {
        let control = state[field: State.Offset.dr + 40]
        guard control & 0xFF != 0 else { return nil }
        var hits: UInt64 = 0
        for number in 0..<4 {
            let isArmed = control >> UInt64(number * 2) & 3 != 0
            let kind = control >> UInt64(16 + number * 4) & 0xF
            if isArmed, kind == 0, state[field: State.Offset.dr + number * 8] == state.rip {
                hits |= 1 << UInt64(number)
            }
        }
        return hits == 0 ? nil : hits
    }

    /// What other threads have asked for.
    private func serveRequests() -> VMExit? {
        let requests = takeRequests()
        if requests.isEmpty { return nil }
        if requests.contains(.flushTranslations) { translations.flushAll() }
        if requests.contains(.codeChanged) { blocks.removeAll() }
        if requests.contains(.postedInterrupt) {
            mergePostedInterrupts()
            evaluateInterrupts()
        }
        if requests.contains(.nmi) {
            // An interrupt beside it is for the next entry.
            if requests.contains(.externalInterrupt) { notify(.externalInterrupt) }
            return finish(VMExit(.exceptionOrNMI, interruptionInformation: 0x8000_0202))
        }
        if requests.contains(.externalInterrupt) {
            return finish(VMExit(.externalInterrupt))
        }
        return nil
    }

    /// Events that wait for the instruction boundary we are at.
    private func deliverPending() -> VMExit? {
        let blocking = state[field: State.Offset.interruptibility]
        if blocking & 3 != 0 {
            if shadowRIP == state.rip {
                if interruptPending || wantsNMIWindow { return stepOverShadow() }
                return nil
            }
            state[field: State.Offset.interruptibility] = blocking & ~3
        }
        if wantsNMIWindow, blocking & VirtualCPU.blockingByNMI == 0 { return finish(VMExit(.nmiWindow)) }
        if interruptPending, state[field: State.Offset.systemFlags] & RFLAGS.if != 0 {
            return deliver(interrupt: acknowledgeInterrupt())
        }
        return nil
    }

    /// Runs the one instruction behind STI or MOV SS.
    private func stepOverShadow() -> VMExit? {
        stepping = true
        updateMode()
        runBlocks()
        stepping = false
        updateMode()
        if let exit = serveLeave() { return exit }
        state[field: State.Offset.interruptibility] &= ~3
        return deliverPending()
    }

    /// Acts on why `runBlocks` returned.
    private func serveLeave() -> VMExit? {
        let leave = state[field: State.Offset.leave]
        switch Leave(rawValue: leave & 0xFF) {
        case .exception:
            let vector = UInt8(truncatingIfNeeded: leave >> 8)
            let code: UInt32? =
                leave[bit: 16]
                ? UInt32(truncatingIfNeeded: state[field: State.Offset.exceptionErrorCode]) : nil
            return deliver(vector, errorCode: code, rip: state.rip)
        case .exit:
            return finish(state.pendingExit)
        case .nextBlock, .poll, nil:
            return nil
        }
    }

    /// Makes the state architectural for whoever looks at it after the exit.
    func finish(_ exit: VMExit) -> VMExit {
        if state[field: State.Offset.interruptibility] & 3 != 0, shadowRIP != state.rip {
            state[field: State.Offset.interruptibility] &= ~3
        }
        return exit
    }
}

// SPDX-License-Identifier: Apache-2.0

import Synchronization
import X86

/// What the guests of a test do, one step per VM entry, whichever vCPU it is.
final class Script: Sendable {
    typealias Step = @Sendable (ScriptedProcessor) -> VMExit
    private let steps: Mutex<[Step]>
    /// What comes when all else is over.
    private let last: Step?

    init(_ steps: [Step], last: Step? = nil) {
        self.steps = Mutex(steps)
        self.last = last
    }
    static func endless(_ step: @escaping Step) -> Script { Script([], last: step) }

    func next() -> Step? { steps.withLock { $0.isEmpty ? last : $0.removeFirst() } }

    /// `TDG.VP.VMCALL` with R10 to R15 exposed.
    static func vmcall(
        _ leaf: UInt64, _ r12: UInt64 = 0, _ r13: UInt64 = 0, _ r14: UInt64 = 0, _ r15: UInt64 = 0,
        r10: UInt64 = 0,
        check: @escaping @Sendable (ScriptedProcessor) -> Void = { _ in }
    ) -> Step {
        { processor in
            check(processor)
            processor[.rax] = 0
            processor[.rcx] = 0xFC00
            for (register, value) in zip(
                [.r10, .r11, .r12, .r13, .r14, .r15] as [GeneralRegister], [r10, leaf, r12, r13, r14, r15])
            { processor[register] = value }
            return VMExit(.tdcall, instructionLength: 4)
        }
    }

    /// An access to a guest physical address that the EPT does not map.
    static func touch(_ gpa: UInt64, write: Bool = true) -> Step {
        { _ in VMExit(.eptViolation, qualification: write ? 2 : 1, guestPhysicalAddress: gpa) }
    }
}

/// A processor that plays a guest from a script, and when that is over spins.
final class ScriptedProcessor: VirtualProcessor, @unchecked Sendable {
    let script: Script
    private var registers = [UInt64](repeating: 0, count: 16)
    private var fields: [ProcessorField: UInt64] = [:]
    private var segments: [SegmentRegister: Segment] = [:]
    private var msrs: [UInt32: UInt64] = [:]
    private let requests = Atomic<UInt32>(0)
    let postedNotifications = Atomic<Int>(0)

    init(_ script: Script) { self.script = script }

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
    var tr = Segment()
    var ldtr = Segment()
    var gdtr = DescriptorTableRegister()
    var idtr = DescriptorTableRegister()
    func msr(_ number: UInt32) -> UInt64? { msrs[number] ?? 0 }
    func setMSR(_ number: UInt32, _ value: UInt64) { msrs[number] = value }
    func xmm(_ number: Int) -> SIMD2<UInt64> { .zero }
    func setXMM(_ number: Int, _ value: SIMD2<UInt64>) {}
    var entryEvent: EntryEvent?
    var interruptibility: UInt32 = 0
    var wantsNMIWindow = false
    var configuration = VirtualProcessorConfiguration()
    func flushTranslations() {}
    var hasPendingVirtualInterrupt = false
    func notify(_ request: ProcessorRequest) {
        if request.contains(.postedInterrupt) { postedNotifications.wrappingAdd(1, ordering: .relaxed) }
        requests.bitwiseOr(request.rawValue, ordering: .sequentiallyConsistent)
    }

    func run() -> VMExit {
        // 64-bit code at privilege level 0, where TDCALL is allowed.
        segments[.cs] = Segment(accessRights: 0xA09B)
        msrs[0xC000_0080] = 0xD01
        while true {
            let pending = requests.exchange(0, ordering: .sequentiallyConsistent)
            if pending & ProcessorRequest.externalInterrupt.rawValue != 0 {
                return VMExit(.externalInterrupt)
            }
            if let step = script.next() { return step(self) }
        }
    }
}

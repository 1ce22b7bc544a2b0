// SPDX-License-Identifier: Apache-2.0

import Devices
public import KVMABI
import Synchronization

/// A trust domain with its devices, from the first ioctl to its end.
///
/// ```
///  init ──build()──▶ finalized ──run()──▶ MachineOutcome ──close()──▶ torn down
/// ```
public final class Machine: @unchecked Sendable {
    // Configuration
    private let configuration: MachineConfiguration
    private let wiring: MachineWiring
    let calls: KVMCalls

    /// What `build` makes; immutable from then on.
    private struct TD {
        var system: Int32
        var vm: Int32
        var memory: [GuestMemory]
        var processors: [Processor]
    }
    struct Processor: Sendable {
        var number: Int
        var descriptor: Int32
        var area: RunArea
    }
    private let td = Mutex<TD?>(nil)

    /// What the threads of a run share.
    private struct Progress {
        var outcome: MachineOutcome?
        var status: UInt8?
        var watch = ConsoleWatch()
        /// When a kernel that panicked is not waited for any longer.
        var panicEnd: UInt64?
    }
    private let progress = Mutex(Progress())
    private let ended = Atomic(false)
    private let board = Mutex<Board?>(nil)

    public init(_ configuration: MachineConfiguration, device: any KVMDevice, wiring: MachineWiring) {
        self.configuration = configuration
        self.wiring = wiring
        calls = KVMCalls(device: device)
    }

    deinit { close() }

    // MARK: Building

    /// Creates the TD, adds its first memory and finalizes its measurement, in the order the interface asks for.
    public func build() throws(MachineError) {
        try check()
        let system = calls.device.open()
        guard system >= 0 else { throw .unavailable(Int(-system)) }
        var made = TD(system: system, vm: -1, memory: [], processors: [])
        defer { td.withLock { $0 = made } }
        try calls.call("KVM_GET_API_VERSION", system, IOCTL.apiVersion)
        let types = calls.device.ioctl(
            system, IOCTL.checkExtension.rawValue, UInt(Capability.vmTypes.rawValue))
        guard types > 0, types & 1 << Int(VMType.tdx.rawValue) != 0 else {
            throw .missing(capability: "KVM_X86_TDX_VM")
        }
        made.vm = Int32(
            truncatingIfNeeded: try calls.call("KVM_CREATE_VM", system, IOCTL.createVM, VMType.tdx.rawValue))
        let vm = made.vm
        for (name, capability) in [
            ("KVM_CAP_GUEST_MEMFD", Capability.guestMemFD),
            ("KVM_CAP_MEMORY_ATTRIBUTES", Capability.memoryAttributes),
        ] {
            guard calls.device.ioctl(vm, IOCTL.checkExtension.rawValue, UInt(capability.rawValue)) > 0 else {
                throw .missing(capability: name)
            }
        }

        let configurable = try capabilities(vm)
        try calls.enable("EXIT_HYPERCALL", vm, Capability.exitHypercall, 1 << 12)
        try calls.enable("SPLIT_IRQCHIP", vm, Capability.splitIRQChip, UInt64(IOAPIC.pinCount))
        try calls.enable("X86_APIC_BUS_CYCLES_NS", vm, Capability.apicBusCyclesNS, 40)

        for (slot, range) in configuration.memory.enumerated() {
            let descriptor = try calls.createGuestMemory(vm, size: UInt64(range.count))
            let memory = try GuestMemory(range, descriptor: descriptor)
            made.memory.append(memory)
            try calls.setMemoryRegion(vm, slot: UInt32(slot), memory)
            try calls.setAttributes(vm, range, isPrivate: true)
        }

        try initializeVM(vm, configurable, system)
        let length = try calls.call("KVM_GET_VCPU_MMAP_SIZE", system, IOCTL.vcpuMmapSize)
        for number in 0..<configuration.processors {
            made.processors.append(try createProcessor(vm, number, mapLength: length, system))
        }
        for processor in made.processors {
            let (result, error) = calls.tdx(
                processor.descriptor, .initVCPU, number: configuration.launchParameter)
            guard result >= 0 else { throw .call(name: "KVM_TDX_INIT_VCPU", error: -result, detail: error) }
        }
        for image in configuration.images { try add(image, made.processors[0].descriptor) }
        var (result, error) = calls.tdx(vm, .finalizeVM, number: 0)
        while result == KVMCalls.ErrorNumber.busy, !ended.load(ordering: .relaxed) {
            (result, error) = calls.tdx(vm, .finalizeVM, number: 0)
        }
        guard result >= 0 else { throw .call(name: "KVM_TDX_FINALIZE_VM", error: -result, detail: error) }
        let board = makeBoard(vm)
        self.board.withLock { $0 = board }
    }

    private func check() throws(MachineError) {
        let configuration = configuration
        guard !configuration.memory.isEmpty, (1...255).contains(configuration.processors) else {
            throw .badConfiguration("A machine needs memory and 1 to 255 processors.")
        }
        for range in configuration.memory {
            guard !range.isEmpty, range.lowerBound % VMM.pageSize == 0, range.upperBound % VMM.pageSize == 0,
                range.upperBound <= 1 << (VMM.gpaWidth - 1)
            else { throw .badConfiguration("Guest memory must be whole pages below 2^47.") }
        }
        for image in configuration.images {
            guard image.gpa % VMM.pageSize == 0, !image.bytes.isEmpty,
                configuration.memory.contains(where: {
                    $0.contains(image.gpa) && UInt64(image.bytes.count) <= $0.upperBound - image.gpa
                })
            else {
                throw .badConfiguration(
                    "The \(image.bytes.count) bytes to be loaded at 0x\(String(image.gpa, radix: 16)) do not fit into "
                        + "the guest's memory; give it more.")
            }
        }
    }

    /// `KVM_TDX_CAPABILITIES`: the CPUID leaves a TD may configure.
    private func capabilities(_ vm: Int32) throws(MachineError) -> [CPUIDEntry] {
        var error: UInt64 = 0
        let (block, entries, result) = calls.cpuidList(header: 2048) { block in
            let (result, status) = calls.tdx(vm, .capabilities, &block)
            error = status
            return result
        }
        guard result >= 0 else { throw .call(name: "KVM_TDX_CAPABILITIES", error: -result, detail: error) }
        guard configuration.attributes & ~block.get(0, as: UInt64.self) == 0 else {
            throw .missing(capability: "the TD attributes 0x\(String(configuration.attributes, radix: 16))")
        }
        supportedXFAM.store(block.get(8), ordering: .relaxed)
        return entries
    }
    private let supportedXFAM = Atomic<UInt64>(3)

    private func supportedCPUID(_ system: Int32) throws(MachineError) -> [CPUIDEntry] {
        let (_, entries, result) = calls.cpuidList(header: 0) { block in
            calls.raw(system, IOCTL.supportedCPUID, &block)
        }
        guard result >= 0 else { throw .call(name: "KVM_GET_SUPPORTED_CPUID", error: -result, detail: 0) }
        return entries
    }

    private func initializeVM(_ vm: Int32, _ configurable: [CPUIDEntry], _ system: Int32) throws(MachineError)
    {
        let entries = TDModel.configured(
            configurable, supported: try supportedCPUID(system), processors: configuration.processors)
        var block = KVMBlock(264 + CPUIDEntry.size * entries.count)
        block.put(0, configuration.attributes)
        block.put(8, supportedXFAM.load(ordering: .relaxed))
        for (offset, digest) in [
            (16, configuration.mrConfigID), (64, configuration.mrOwner), (112, configuration.mrOwnerConfig),
        ] {
            for (i, byte) in digest.prefix(48).enumerated() { block.put(offset + i, byte) }
        }
        block.put(256, UInt32(entries.count))
        for (i, entry) in entries.enumerated() { entry.store(in: &block, at: 264 + CPUIDEntry.size * i) }
        // A random number generator that is dry is no failure.
        for attempt in 1... {
            let (result, error) = calls.tdx(vm, .initVM, &block)
            if result == KVMCalls.ErrorNumber.again && attempt < 10_000 { continue }
            guard result >= 0 else { throw .call(name: "KVM_TDX_INIT_VM", error: -result, detail: error) }
            return
        }
    }

    private func createProcessor(
        _ vm: Int32, _ number: Int, mapLength: Int, _ system: Int32
    ) throws(MachineError) -> Processor {
        let descriptor = Int32(
            truncatingIfNeeded: try calls.call("KVM_CREATE_VCPU", vm, IOCTL.createVCPU, UInt(number)))
        guard let base = unsafe calls.device.map(descriptor, length: mapLength) else {
            throw .call(name: "mmap of a vCPU", error: 12, detail: 0)
        }
        // The area stays mapped until the descriptor is closed, which the machine does last.
        let area = unsafe RunArea(base: base, length: mapLength)
        let (_, native, result) = calls.cpuidList(header: 0) { block in
            calls.tdx(descriptor, .getCPUID, &block).0
        }
        guard result >= 0 else { throw .call(name: "KVM_TDX_GET_CPUID", error: -result, detail: 0) }
        let entries = TDModel.emulated(native, identity: UInt32(number))
        var block = KVMBlock(8 + CPUIDEntry.size * entries.count)
        block.put(0, UInt32(entries.count))
        for (i, entry) in entries.enumerated() { entry.store(in: &block, at: 8 + CPUIDEntry.size * i) }
        try calls.call("KVM_SET_CPUID2", descriptor, IOCTL.setCPUID2, &block)
        return Processor(number: number, descriptor: descriptor, area: area)
    }

    /// `KVM_TDX_INIT_MEM_REGION` until all of the image is in.
    private func add(_ image: LaunchImage, _ processor: Int32) throws(MachineError) {
        let pages = (UInt64(image.bytes.count) + VMM.pageSize - 1) / VMM.pageSize
        // The source must be page-aligned memory other than the guest's.
        let source = try GuestMemory(0..<pages * VMM.pageSize, descriptor: -1)
        source.write(0, image.bytes)
        var region = KVMBlock(24)
        region.put(0, UInt64(source.address))
        region.put(8, image.gpa)
        region.put(16, pages)
        while region.get(16, as: UInt64.self) > 0 {
            let (result, error) = calls.tdx(
                processor, .initMemoryRegion, flags: image.isMeasured ? 1 : 0, &region)
            if result == KVMCalls.ErrorNumber.again || result == KVMCalls.ErrorNumber.interrupted {
                if ended.load(ordering: .relaxed) { throw .badConfiguration("The launch was interrupted.") }
                continue
            }
            guard result >= 0 else {
                throw .call(name: "KVM_TDX_INIT_MEM_REGION", error: -result, detail: error)
            }
        }
    }

    // MARK: Running

    /// Runs the TD to its end, each processor on a thread of its own, or all in turn on one. Call after `build`, once.
    public func run() -> MachineOutcome {
        guard let td = td.withLock({ $0 }), let board = board.withLock({ $0 }) else {
            return .failed(.badConfiguration("The machine was not built before it was run."))
        }
        let workers = WorkerList()
        let groups = wiring.idle == nil ? td.processors.map { [$0] } : [td.processors]
        for processors in groups {
            let started = workers.start { [self] in
                while !ended.load(ordering: .acquiring) {
                    var isIdle = true
                    for processor in processors {
                        if runTurn(of: processor, board, td.memory) { isIdle = false }
                    }
                    if isIdle, let idle = wiring.idle, !idle() { end(.failed(.stalled)) }
                    endLatePanic()
                }
            }
            if !started { end(.failed(.call(name: "pthread_create", error: 11, detail: 0))) }
        }
        workers.joinAll()
        return progress.withLock { $0.outcome ?? .stopped }
    }

    private func makeBoard(_ vm: Int32) -> Board {
        let calls = calls
        let (console, session) = (wiring.console, wiring.session)
        let (wallClock, nanoseconds) = (wiring.wallClock, wiring.nanoseconds)
        return Board(
            Board.Wiring(
                console: { [unowned self] byte in
                    console([byte])
                    let (isNew, isHalted) = progress.withLock { progress in
                        let before = progress.watch.panic
                        progress.watch.take(byte)
                        return (before == nil && progress.watch.panic != nil, progress.watch.isHalted)
                    }
                    if isNew { endAfterPanic() }
                    if isHalted { end(.reset) }
                },
                session: { session?([$0]) },
                send: { calls.signal(vm, address: $0.address, data: $0.data) },
                powerOff: { [unowned self] in end(.poweredOff(status: progress.withLock { $0.status })) },
                reset: { [unowned self] in end(.reset) },
                status: { [unowned self] status in progress.withLock { $0.status = status } },
                wallClock: wallClock, nanoseconds: nanoseconds))
    }

    /// A kernel that panicked may say more, and may reset by itself; one that does neither is not waited for.
    private func endAfterPanic() {
        guard wiring.idle == nil else {
            let end = wiring.nanoseconds() &+ UInt64(Machine.panicSeconds) * 1_000_000_000
            return progress.withLock { $0.panicEnd = end }
        }
        // The thread ends with the wait and touches nothing when the machine is gone.
        let started = Worker.detached { [weak self] in
            Worker.sleep(seconds: Machine.panicSeconds)
            self?.end(.reset)
        }
        if !started { end(.reset) }
    }
    private static let panicSeconds: UInt32 = 5

    /// The same where the guest's time is not the host's.
    private func endLatePanic() {
        guard wiring.idle != nil, let time = progress.withLock({ $0.panicEnd }) else { return }
        if wiring.nanoseconds() >= time { end(.reset) }
    }

    /// Ends the run from outside, from any thread. The first reason counts.
    public func stop() { end(.stopped) }

    /// Bytes arrive on the session's terminal, or on the console.
    public func receive(_ bytes: [UInt8]) {
        board.withLock { $0 }?.receive(bytes, session: wiring.session != nil)
    }

    /// Asks the guest to shut down, as a person at the machine would.
    public func pressPowerButton() { board.withLock { $0 }?.pressPowerButton() }

    func end(_ outcome: MachineOutcome) {
        progress.withLock { progress in
            guard progress.outcome == nil else { return }
            // A kernel that panicked resets the machine, or halts: the panic is what happened.
            if let message = progress.watch.panic, outcome != .stopped {
                progress.outcome = .panicked(message: message)
            } else {
                progress.outcome = outcome
            }
        }
        ended.store(true, ordering: .releasing)
        let processors = td.withLock { $0?.processors ?? [] }
        for processor in processors {
            processor.area.put(RunArea.Field.immediateExit, UInt8(1))
            calls.device.interrupt(processor.descriptor)
        }
    }

    /// Runs a processor, and serves its exits, until it waits for something or has been interrupted.
    ///
    /// - Returns: false when it had nothing to do at all.
    private func runTurn(of processor: Processor, _ board: Board, _ memory: [GuestMemory]) -> Bool {
        var hasRun = false
        while !ended.load(ordering: .acquiring) {
            switch serve(processor, board, memory) {
            case .exit: hasRun = true
            case .interrupted: return true
            case .idle: return hasRun
            }
        }
        return true
    }

    private enum Turn { case exit, interrupted, idle }

    /// Runs a processor to its next exit and serves it.
    private func serve(_ processor: Processor, _ board: Board, _ memory: [GuestMemory]) -> Turn {
        let result = calls.device.ioctl(processor.descriptor, IOCTL.run.rawValue, 0)
        let reason = processor.area.reason
        switch result {
        case 0: break
        case KVMCalls.ErrorNumber.interrupted: return .interrupted
        case KVMCalls.ErrorNumber.again: return .idle
        case KVMCalls.ErrorNumber.fault where reason == RunArea.Reason.memoryFault,
            KVMCalls.ErrorNumber.poisoned where reason == RunArea.Reason.memoryFault:
            break
        default:
            end(.failed(.call(name: "KVM_RUN", error: -result, detail: 0)))
            return .exit
        }
        let exit = ExitService(
            machine: self, calls: calls, board: board, memory: memory, wiring: wiring, vm: vmDescriptor)
        if let outcome = exit.serve(processor) { end(outcome) }
        return .exit
    }

    private var vmDescriptor: Int32 { td.withLock { $0?.vm ?? -1 } }

    /// Gives the TD and its memory back to KVM. Call after `run`; the machine does nothing more.
    public func close() {
        guard
            let td = td.withLock({ td in
                defer { td = nil }
                return td
            })
        else { return }
        // Nothing can be done about a descriptor that does not close.
        for processor in td.processors { _ = calls.device.close(processor.descriptor) }
        for memory in td.memory { _ = calls.device.close(memory.descriptor) }
        if td.vm >= 0 { _ = calls.device.close(td.vm) }
        _ = calls.device.close(td.system)
    }
}

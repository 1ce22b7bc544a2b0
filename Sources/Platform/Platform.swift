// SPDX-License-Identifier: Apache-2.0

public import PhysicalMemory
import Synchronization
public import TDXABI
public import TDXModule
import X86
import X86Engine

/// A simulated machine: keyed physical memory, logical processors with SEAM mode, a clock, and the TDX module that
/// its firmware has loaded.
public final class Platform: Sendable {
    public let configuration: PlatformConfiguration
    public let memory: PhysicalMemory
    public let module: TDXModule
    public let processors: [LogicalProcessor]
    public let cpuid: NativeCPUID
    public let msrs: NativeMSRs
    /// Convertible memory: what firmware found fit for TDX.
    public let convertibleMemory: [Range<UInt64>]
    /// What the time-stamp counter follows.
    public let time: any TimeSource
    /// The same, where one thread runs all vCPUs in turn and their instructions are the time.
    public let turns: InstructionTime?
    /// What makes things go wrong; nil where nothing is to.
    public let faults: FaultInjector?
    /// Ticks of the time-stamp counter.
    public func clock() -> UInt64 { time.ticks() }

    /// - Parameter trace: is told of every call of the module, and of every exit of a TD.
    public init(
        _ configuration: PlatformConfiguration = PlatformConfiguration(),
        trace: (@Sendable (TraceEvent) -> Void)? = nil
    ) throws(PhysicalMemoryError) {
        self.configuration = configuration
        let memory = try PhysicalMemory(size: configuration.memory)
        self.memory = memory
        cpuid = NativeCPUID(
            processorsPerPackage: configuration.processorsPerPackage,
            tscMultiple: configuration.tscMultiple)
        msrs = NativeMSRs(
            mktmeKeys: configuration.mktmeKeys, tdxKeys: configuration.tdxKeys,
            keyBits: PhysicalMemory.keyBits)
        convertibleMemory = [0x10_0000..<configuration.memory]
        let clock: @Sendable () -> UInt64
        turns = configuration.time as? InstructionTime
        faults = configuration.faults.map(FaultInjector.init)
        if let time = configuration.time {
            self.time = time
            clock = { time.ticks() }
        } else {
            let time = HostTime(kHz: configuration.tscKHz)
            self.time = time
            clock = { time.ticks() }
        }
        let (counter, random) = (turns?.counter, configuration.random)
        let perPackage = configuration.processorsPerPackage
        let packages = (0..<configuration.processors).map { $0 / perPackage }
        let (cpuid, msrs) = (cpuid, msrs)
        let group = ProcessorGroup(memory: memory)
        var description = PlatformDescription(
            packages: configuration.packages, processors: packages,
            nativeCPUID: { cpuid($0, $1) }, nativeMSR: { msrs($0) }, cmrs: convertibleMemory,
            mktmeKeys: Int(configuration.mktmeKeys), tdxKeys: Int(configuration.tdxKeys),
            random: configuration.random ?? Platform.hostRandom, clock: clock,
            makeProcessor: configuration.makeProcessor ?? {
                let processor = VirtualCPU(memory: memory, clock: clock, group: group, counter: counter)
                if let random {
                    processor.random = { random(8).reduce(0) { $0 << 8 | UInt64($1) } }
                }
                return processor
            })
        description.isInterruptPending = { ($0 as? VirtualCPU)?.isInterruptPending ?? false }
        let module = TDXModule(
            memory: memory, platform: description, reportKey: configuration.reportKey)
        module.trace = trace
        self.module = module
        let (turns, faults) = (turns, faults)
        let processors = packages.enumerated().map {
            LogicalProcessor(
                index: $0.offset, package: $0.element, module: module,
                machineChecksAreSMIs: configuration.machineChecksAreSMIs, turns: turns, faults: faults,
                trace: trace)
        }
        self.processors = processors
        memory.whenSpoiled { for processor in processors { processor.memorySpoiled() } }
    }

    // MARK: Memory errors

    private let failures = Mutex<[@Sendable (PhysicalAddress) -> Void]>([])

    /// `body` is called when the machine has found a page of memory to be bad before anybody used it.
    public func whenMemoryFails(_ body: @escaping @Sendable (PhysicalAddress) -> Void) {
        failures.withLock { $0.append(body) }
    }

    /// The page at `address` goes bad.
    ///
    /// Whoever uses it next gets a machine check. With `isFoundEarly` the memory controller's scrubber is there first, and
    /// tells the host by a corrected-machine-check interrupt.
    ///
    /// - Returns: false when there is no page of DRAM at the address.
    @discardableResult
    public func failMemory(at address: PhysicalAddress, isFoundEarly: Bool = false) -> Bool {
        guard memory.fail(address) else { return false }
        if isFoundEarly {
            for body in failures.withLock({ $0 }) { body(address) }
        }
        return true
    }

    /// Before a VM entry: lets go bad what the plan of faults wants to go bad now.
    public func failPlannedMemory() {
        guard let (address, isFoundEarly) = faults?.failingPage() else { return }
        failMemory(at: PhysicalAddress(address), isFoundEarly: isFoundEarly)
    }

    /// EPTs may have five levels, and guest physical addresses 52 bits.
    public var hasFiveLevelEPT: Bool { (msrs(0x48C) ?? 0) & 1 << 7 != 0 }

    private static let hostRandom: @Sendable (Int) -> [UInt8] = { count in
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }
}

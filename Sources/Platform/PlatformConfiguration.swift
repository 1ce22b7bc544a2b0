// SPDX-License-Identifier: Apache-2.0

public import TDXModule
public import X86

/// What a simulated machine consists of.
public struct PlatformConfiguration: Sendable {
    public var packages: Int
    public var processorsPerPackage: Int
    /// Bytes of DRAM, from address 0; a multiple of 4096, at least 64 MiB.
    public var memory: UInt64
    /// KeyIDs for whoever wants memory encryption without TDX, `NUM_MKTME_KIDS`.
    public var mktmeKeys: UInt16
    /// Private KeyIDs, `NUM_TDX_PRIV_KIDS`; one of them is the module's own.
    public var tdxKeys: UInt16
    /// Frequency of the time-stamp counter in units of 25 MHz.
    public var tscMultiple: UInt32
    /// What the time-stamp counter follows. Nil is the host's clock.
    public var time: (any TimeSource)?
    /// Bytes from the machine's random number generator. Nil takes the host's.
    public var random: (@Sendable (Int) -> [UInt8])?
    /// What the processors make reports with. Nil takes a random key that no quoting service knows.
    public var reportKey: ReportKey?

    /// Firmware has machine checks arrive as system-management interrupts (`MSMI`) instead of exceptions.
    public var machineChecksAreSMIs = false

    /// What is to go wrong. Nil: nothing.
    public var faults: FaultPlan?

    /// What executes a guest, for tests of what lies around it. Nil takes the CPU engine.
    public var makeProcessor: (@Sendable () -> any VirtualProcessor)?

    public init(
        packages: Int = 1, processorsPerPackage: Int = 4, memory: UInt64 = 4 << 30,
        mktmeKeys: UInt16 = 15,
        tdxKeys: UInt16 = 48, tscMultiple: UInt32 = 80, time: (any TimeSource)? = nil,
        random: (@Sendable (Int) -> [UInt8])? = nil
    ) {
        self.packages = packages
        self.processorsPerPackage = processorsPerPackage
        self.memory = memory
        self.mktmeKeys = mktmeKeys
        self.tdxKeys = tdxKeys
        self.tscMultiple = tscMultiple
        self.time = time
        self.random = random
    }

    /// A machine with room for guests of so many bytes in all, and for a guest of so many processors.
    ///
    /// It has more memory than that, for the module's own tables and the host's. Memory is backed when it is touched, so
    /// that plenty costs nothing.
    public static func hosting(memory: UInt64, processors: Int) -> PlatformConfiguration {
        var configuration = PlatformConfiguration()
        configuration.processorsPerPackage = max(configuration.processorsPerPackage, processors)
        // More than any host has address space for is refused where the memory is made.
        let needed = min(memory, 1 << 52) + min(memory, 1 << 52) / 8 + (1 << 30)
        configuration.memory = max(configuration.memory, (needed + 0x3FFF_FFFF) & ~0x3FFF_FFFF)
        return configuration
    }

    /// Frequency of the time-stamp counter.
    public var tscKHz: UInt32 { tscMultiple * 25_000 }
    /// All logical processors of the machine.
    public var processors: Int { packages * processorsPerPackage }
}

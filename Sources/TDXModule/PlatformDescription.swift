// SPDX-License-Identifier: Apache-2.0

public import X86

/// The machine that the TDX module finds itself on: what it would read from the processor and from firmware tables.
public struct PlatformDescription: Sendable {
    public typealias CPUIDRegisters = (eax: UInt32, ebx: UInt32, ecx: UInt32, edx: UInt32)

    public var packages: Int
    /// The package of each logical processor.
    public var processors: [Int]
    /// Native CPUID, by leaf and sub-leaf.
    public var nativeCPUID: @Sendable (_ leaf: UInt32, _ subleaf: UInt32) -> CPUIDRegisters
    /// Native RDMSR; nil where it would fault.
    public var nativeMSR: @Sendable (_ number: UInt32) -> UInt64?
    /// Convertible memory ranges, in ascending order.
    public var cmrs: [Range<UInt64>]
    /// KeyIDs for the hypervisor's own use: 1 to `mktmeKeys`.
    public var mktmeKeys: Int
    /// Private KeyIDs, which follow.
    public var tdxKeys: Int
    /// So many random bytes, or fewer when there is no entropy at the moment.
    public var random: @Sendable (_ count: Int) -> [UInt8]
    /// The native time-stamp counter.
    public var clock: @Sendable () -> UInt64
    /// A processor core's guest half for a new vCPU.
    public var makeProcessor: @Sendable () -> any VirtualProcessor
    /// Whether an interrupt of the host waits for the vCPU on a processor to leave the guest.
    public var isInterruptPending: @Sendable (any VirtualProcessor) -> Bool = { _ in false }
    /// Whether an interrupt waits for the host on a logical processor while it is in a host-side leaf. A host whose
    /// interrupts are taken between its calls has none.
    public var isHostInterruptPending: @Sendable (_ processor: Int) -> Bool = { _ in false }

    public init(
        packages: Int, processors: [Int],
        nativeCPUID: @escaping @Sendable (_ leaf: UInt32, _ subleaf: UInt32) -> CPUIDRegisters,
        nativeMSR: @escaping @Sendable (_ number: UInt32) -> UInt64?, cmrs: [Range<UInt64>], mktmeKeys: Int,
        tdxKeys: Int, random: @escaping @Sendable (_ count: Int) -> [UInt8],
        clock: @escaping @Sendable () -> UInt64, makeProcessor: @escaping @Sendable () -> any VirtualProcessor
    ) {
        self.packages = packages
        self.processors = processors
        self.nativeCPUID = nativeCPUID
        self.nativeMSR = nativeMSR
        self.cmrs = cmrs
        self.mktmeKeys = mktmeKeys
        self.tdxKeys = tdxKeys
        self.random = random
        self.clock = clock
        self.makeProcessor = makeProcessor
    }

    /// The private KeyIDs.
    public var privateKeys: Range<Int> { mktmeKeys + 1..<mktmeKeys + 1 + tdxKeys }
    /// `MAXPA`: the width of a physical address, KeyID included.
    public var addressWidth: Int { Int(nativeCPUID(0x8000_0008, 0).eax & 0xFF) }
    /// Frequency of the time-stamp counter in Hz, from CPUID leaf 15H; 0 when that is not enumerated.
    public var tscFrequency: UInt64 {
        let leaf = nativeCPUID(0x15, 0)
        return leaf.eax == 0 ? 0 : UInt64(leaf.ecx) * UInt64(leaf.ebx) / UInt64(leaf.eax)
    }
}

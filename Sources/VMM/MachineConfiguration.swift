// SPDX-License-Identifier: Apache-2.0

/// Memory that a TD finds filled at its first instruction.
public struct LaunchImage: Sendable, Equatable {
    /// Page-aligned.
    public var gpa: UInt64
    /// Padded with zeros to whole pages.
    public var bytes: [UInt8]
    /// The contents count in `MRTD`, not just the addresses (`KVM_TDX_MEASURE_MEMORY_REGION`).
    public var isMeasured: Bool

    public init(gpa: UInt64, bytes: [UInt8], isMeasured: Bool) {
        self.gpa = gpa
        self.bytes = bytes
        self.isMeasured = isMeasured
    }
}

/// What a machine is made of.
public struct MachineConfiguration: Sendable {
    /// Guest memory, each range one memory slot: RAM and where firmware lies. Page-aligned, disjoint.
    public var memory: [Range<UInt64>]
    /// What is added before the TD is finalized, in this order.
    public var images: [LaunchImage]
    /// Handed to each processor in `RCX`: where the TD HOB lies.
    public var launchParameter: UInt64
    public var processors = 1
    /// `ATTRIBUTES`; bit 28 is `SEPT_VE_DISABLE`, which Linux demands.
    public var attributes: UInt64 = 1 << 28
    /// `MRCONFIGID`, `MROWNER`, `MROWNERCONFIG`: 48 bytes each.
    public var mrConfigID = [UInt8](repeating: 0, count: 48)
    public var mrOwner = [UInt8](repeating: 0, count: 48)
    public var mrOwnerConfig = [UInt8](repeating: 0, count: 48)

    public init(memory: [Range<UInt64>], images: [LaunchImage], launchParameter: UInt64) {
        self.memory = memory
        self.images = images
        self.launchParameter = launchParameter
    }
}

/// The world outside a machine.
public struct MachineWiring: Sendable {
    /// Takes what the guest sends on its first serial port.
    public var console: @Sendable ([UInt8]) -> Void
    /// Takes what the guest sends on its third serial port, where a session has its terminal; `receive` then goes there,
    /// and the first port is the kernel's. Nil: there is no session.
    public var session: (@Sendable ([UInt8]) -> Void)?
    /// Seconds since 1970.
    public var wallClock: @Sendable () -> Int64
    /// A clock that only goes forward.
    public var nanoseconds: @Sendable () -> UInt64
    /// Makes a quote of a `TDREPORT` (1024 bytes); nil: the service is unavailable.
    public var quote: (@Sendable ([UInt8]) -> [UInt8]?)?
    /// On a host whose KVM runs processors in turn: called when none has anything to do, lets the time pass until one has;
    /// false when none ever will. Nil: each processor has a thread.
    public var idle: (@Sendable () -> Bool)?

    public init(
        console: @escaping @Sendable ([UInt8]) -> Void, session: (@Sendable ([UInt8]) -> Void)? = nil,
        wallClock: @escaping @Sendable () -> Int64,
        nanoseconds: @escaping @Sendable () -> UInt64, quote: (@Sendable ([UInt8]) -> [UInt8]?)? = nil
    ) {
        self.console = console
        self.session = session
        self.wallClock = wallClock
        self.nanoseconds = nanoseconds
        self.quote = quote
    }
}

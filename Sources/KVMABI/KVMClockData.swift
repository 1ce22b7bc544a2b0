// SPDX-License-Identifier: Apache-2.0

/// `struct kvm_clock_data`
public struct KVMClockData: Sendable, BitwiseCopyable {
    /// Nanoseconds of the VM.
    public var clock: UInt64 = 0
    /// `KVM_CLOCK_*`
    public var flags: UInt32 = 0
    public var padding: UInt32 = 0
    /// Nanoseconds since 1970.
    public var realtime: UInt64 = 0
    public var hostTSC: UInt64 = 0
    public var padding2 = [4 of UInt32](repeating: 0)

    public init() {}
}

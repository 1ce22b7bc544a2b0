// SPDX-License-Identifier: Apache-2.0

/// The header of `struct kvm_pmu_event_filter`, before the events.
public struct KVMPMUEventFilter: BitwiseCopyable, Sendable {
    /// 0: allow, 1: deny.
    public var action: UInt32 = 0
    public var eventCount: UInt32 = 0
    public var fixedCounters: UInt32 = 0
    public var flags: UInt32 = 0
    public var padding = [4 of UInt32](repeating: 0)

    public init() {}

    public static let maxEvents = 300
}

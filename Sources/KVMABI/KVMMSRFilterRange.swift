// SPDX-License-Identifier: Apache-2.0

/// A range of MSRs with a bitmap of allowed accesses.
///
/// `struct kvm_msr_filter_range`
public struct KVMMSRFilterRange: Sendable, BitwiseCopyable {
    public var flags: UInt32 = 0
    public var count: UInt32 = 0
    public var base: UInt32 = 0
    public var padding: UInt32 = 0
    public var bitmap: UInt64 = 0

    public init() {}
}

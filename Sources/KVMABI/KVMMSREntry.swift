// SPDX-License-Identifier: Apache-2.0

/// An MSR and its value.
///
/// `struct kvm_msr_entry`
public struct KVMMSREntry: Sendable, BitwiseCopyable {
    public var index: UInt32 = 0
    public var reserved: UInt32 = 0
    public var data: UInt64 = 0

    public init() {}
}

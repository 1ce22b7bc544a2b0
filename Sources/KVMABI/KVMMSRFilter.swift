// SPDX-License-Identifier: Apache-2.0

/// Which MSR accesses go to the program.
///
/// `struct kvm_msr_filter`
public struct KVMMSRFilter: Sendable, BitwiseCopyable {
    public var flags: UInt32 = 0
    public var padding: UInt32 = 0
    public var ranges = [16 of KVMMSRFilterRange](repeating: KVMMSRFilterRange())

    public init() {}
}

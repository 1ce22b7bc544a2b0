// SPDX-License-Identifier: Apache-2.0

/// Header of a table of `KVMCPUIDEntry2`.
///
/// `struct kvm_cpuid2`
public struct KVMCPUID2: Sendable, BitwiseCopyable {
    public var entryCount: UInt32 = 0
    public var padding: UInt32 = 0

    public init() {}
}

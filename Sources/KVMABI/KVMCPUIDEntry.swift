// SPDX-License-Identifier: Apache-2.0

/// `struct kvm_cpuid_entry`: a leaf as `KVM_SET_CPUID` has it.
public struct KVMCPUIDEntry: BitwiseCopyable, Sendable {
    public var function: UInt32 = 0
    public var eax: UInt32 = 0
    public var ebx: UInt32 = 0
    public var ecx: UInt32 = 0
    public var edx: UInt32 = 0
    public var padding: UInt32 = 0

    public init() {}
}

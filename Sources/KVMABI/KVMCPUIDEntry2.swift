// SPDX-License-Identifier: Apache-2.0

/// One leaf of CPUID.
///
/// `struct kvm_cpuid_entry2`
public struct KVMCPUIDEntry2: Sendable, BitwiseCopyable, Equatable {
    public var function: UInt32 = 0
    public var index: UInt32 = 0
    public var flags: UInt32 = 0
    public var eax: UInt32 = 0
    public var ebx: UInt32 = 0
    public var ecx: UInt32 = 0
    public var edx: UInt32 = 0
    public var padding = [3 of UInt32](repeating: 0)

    public init() {}

    public static func == (left: Self, right: Self) -> Bool {
        left.function == right.function && left.index == right.index && left.flags == right.flags
            && (left.eax, left.ebx, left.ecx, left.edx) == (right.eax, right.ebx, right.ecx, right.edx)
    }
}

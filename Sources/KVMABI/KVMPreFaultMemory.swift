// SPDX-License-Identifier: Apache-2.0

/// Guest memory to map before it is touched.
///
/// `struct kvm_pre_fault_memory`
public struct KVMPreFaultMemory: Sendable, BitwiseCopyable {
    public var gpa: UInt64 = 0
    public var size: UInt64 = 0
    public var flags: UInt64 = 0
    public var padding = [5 of UInt64](repeating: 0)

    public init() {}
}

// SPDX-License-Identifier: Apache-2.0

/// Makes guest memory private or shared.
///
/// `struct kvm_memory_attributes`
public struct KVMMemoryAttributes: Sendable, BitwiseCopyable {
    public var address: UInt64 = 0
    public var size: UInt64 = 0
    public var attributes: UInt64 = 0
    public var flags: UInt64 = 0

    public init() {}
}

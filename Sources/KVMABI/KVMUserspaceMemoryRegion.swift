// SPDX-License-Identifier: Apache-2.0

/// A memory slot with shared memory only.
///
/// `struct kvm_userspace_memory_region`
public struct KVMUserspaceMemoryRegion: Sendable, BitwiseCopyable {
    public var slot: UInt32 = 0
    public var flags: UInt32 = 0
    public var guestPhysicalAddress: UInt64 = 0
    public var memorySize: UInt64 = 0
    public var userspaceAddress: UInt64 = 0

    public init() {}
}

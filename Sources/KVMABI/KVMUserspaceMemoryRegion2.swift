// SPDX-License-Identifier: Apache-2.0

/// A memory slot: shared half in the program's memory, private half in a guest_memfd.
///
/// `struct kvm_userspace_memory_region2`
public struct KVMUserspaceMemoryRegion2: Sendable, BitwiseCopyable {
    public var slot: UInt32 = 0
    public var flags: UInt32 = 0
    public var guestPhysicalAddress: UInt64 = 0
    public var memorySize: UInt64 = 0
    public var userspaceAddress: UInt64 = 0
    public var guestMemFDOffset: UInt64 = 0
    public var guestMemFD: UInt32 = 0
    public var padding1: UInt32 = 0
    public var padding2 = [14 of UInt64](repeating: 0)

    public init() {}
}

// SPDX-License-Identifier: Apache-2.0

/// Size of a new guest_memfd.
///
/// `struct kvm_create_guest_memfd`
public struct KVMCreateGuestMemFD: Sendable, BitwiseCopyable {
    public var size: UInt64 = 0
    public var flags: UInt64 = 0
    public var reserved = [6 of UInt64](repeating: 0)

    public init() {}
}

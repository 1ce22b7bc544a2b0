// SPDX-License-Identifier: Apache-2.0

/// An eventfd that a guest write signals.
///
/// `struct kvm_ioeventfd`
public struct KVMIOEventFD: Sendable, BitwiseCopyable {
    public var dataMatch: UInt64 = 0
    public var address: UInt64 = 0
    public var length: UInt32 = 0
    public var fd: Int32 = 0
    public var flags: UInt32 = 0
    public var padding = [36 of UInt8](repeating: 0)

    public init() {}
}

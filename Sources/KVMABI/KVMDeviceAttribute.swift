// SPDX-License-Identifier: Apache-2.0

/// `struct kvm_device_attr`
public struct KVMDeviceAttribute: BitwiseCopyable, Sendable {
    public var flags: UInt32 = 0
    public var group: UInt32 = 0
    public var attribute: UInt64 = 0
    /// Address of the value.
    public var address: UInt64 = 0

    public init() {}
}

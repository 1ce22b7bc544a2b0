// SPDX-License-Identifier: Apache-2.0

/// `struct kvm_dirty_log`
public struct KVMDirtyLog: Sendable, BitwiseCopyable {
    public var slot: UInt32 = 0
    public var padding: UInt32 = 0
    /// Address of a bit per page.
    public var bitmap: UInt64 = 0

    public init() {}
}

// SPDX-License-Identifier: Apache-2.0

/// `struct kvm_clear_dirty_log`
public struct KVMClearDirtyLog: BitwiseCopyable, Sendable {
    public var slot: UInt32 = 0
    public var pageCount: UInt32 = 0
    public var firstPage: UInt64 = 0
    /// Address of a bit for each page.
    public var bitmap: UInt64 = 0

    public init() {}
}

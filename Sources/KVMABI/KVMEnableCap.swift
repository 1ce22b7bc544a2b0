// SPDX-License-Identifier: Apache-2.0

/// A capability to enable.
///
/// `struct kvm_enable_cap`
public struct KVMEnableCap: Sendable, BitwiseCopyable {
    public var cap: UInt32 = 0
    public var flags: UInt32 = 0
    public var arguments = [4 of UInt64](repeating: 0)
    public var padding = [64 of UInt8](repeating: 0)

    public init() {}
}

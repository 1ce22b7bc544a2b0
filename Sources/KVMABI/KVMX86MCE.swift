// SPDX-License-Identifier: Apache-2.0

/// `struct kvm_x86_mce`
public struct KVMX86MCE: Sendable, BitwiseCopyable {
    public var status: UInt64 = 0
    public var address: UInt64 = 0
    public var miscellaneous: UInt64 = 0
    public var globalStatus: UInt64 = 0
    public var bank: UInt8 = 0
    public var padding1 = [7 of UInt8](repeating: 0)
    public var padding2 = [3 of UInt64](repeating: 0)

    public init() {}
}

// SPDX-License-Identifier: Apache-2.0

/// Header of a table of `KVMIRQRoutingEntry`.
///
/// `struct kvm_irq_routing`
public struct KVMIRQRouting: Sendable, BitwiseCopyable {
    public var count: UInt32 = 0
    public var flags: UInt32 = 0

    public init() {}
}

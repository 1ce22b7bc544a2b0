// SPDX-License-Identifier: Apache-2.0

/// The level of an interrupt line.
///
/// `struct kvm_irq_level`
public struct KVMIRQLevel: Sendable, BitwiseCopyable {
    public var irq: UInt32 = 0
    public var level: UInt32 = 0

    public init() {}
}

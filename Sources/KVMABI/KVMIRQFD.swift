// SPDX-License-Identifier: Apache-2.0

/// An eventfd that raises an interrupt line.
///
/// `struct kvm_irqfd`
public struct KVMIRQFD: Sendable, BitwiseCopyable {
    public var fd: UInt32 = 0
    public var gsi: UInt32 = 0
    public var flags: UInt32 = 0
    public var resampleFD: UInt32 = 0
    public var padding = [16 of UInt8](repeating: 0)

    public init() {}
}

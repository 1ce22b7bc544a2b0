// SPDX-License-Identifier: Apache-2.0

/// Where a GSI goes; for MSI the words are address low, address high, data and device.
///
/// `struct kvm_irq_routing_entry`
public struct KVMIRQRoutingEntry: Sendable, BitwiseCopyable {
    public var gsi: UInt32 = 0
    public var type: UInt32 = 0
    public var flags: UInt32 = 0
    public var padding: UInt32 = 0
    public var words = [8 of UInt32](repeating: 0)

    public init() {}
}

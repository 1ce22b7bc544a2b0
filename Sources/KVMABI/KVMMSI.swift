// SPDX-License-Identifier: Apache-2.0

/// A message-signalled interrupt.
///
/// `struct kvm_msi`
public struct KVMMSI: Sendable, BitwiseCopyable {
    public var addressLow: UInt32 = 0
    public var addressHigh: UInt32 = 0
    public var data: UInt32 = 0
    public var flags: UInt32 = 0
    public var deviceID: UInt32 = 0
    public var padding = [12 of UInt8](repeating: 0)

    public init() {}
}

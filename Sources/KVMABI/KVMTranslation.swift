// SPDX-License-Identifier: Apache-2.0

/// `struct kvm_translation`
public struct KVMTranslation: BitwiseCopyable, Sendable {
    public var linearAddress: UInt64 = 0
    public var physicalAddress: UInt64 = 0
    public var isValid: UInt8 = 0
    public var isWritable: UInt8 = 0
    public var isUser: UInt8 = 0
    public var padding = [5 of UInt8](repeating: 0)

    public init() {}
}

// SPDX-License-Identifier: Apache-2.0

/// A sub-command of `KVM_MEMORY_ENCRYPT_OP`.
///
/// `struct kvm_tdx_cmd`
public struct KVMTDXCommand: Sendable, BitwiseCopyable {
    public var id: UInt32 = 0
    public var flags: UInt32 = 0
    public var data: UInt64 = 0
    public var hwError: UInt64 = 0

    public init() {}
}

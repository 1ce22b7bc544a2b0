// SPDX-License-Identifier: Apache-2.0

/// What a TD is created with; CPUID entries follow.
///
/// `struct kvm_tdx_init_vm`
public struct KVMTDXInitVM: Sendable, BitwiseCopyable {
    public var attributes: UInt64 = 0
    public var xfam: UInt64 = 0
    public var mrConfigID = [48 of UInt8](repeating: 0)
    public var mrOwner = [48 of UInt8](repeating: 0)
    public var mrOwnerConfig = [48 of UInt8](repeating: 0)
    public var reserved = [12 of UInt64](repeating: 0)
    public var entryCount: UInt32 = 0
    public var padding: UInt32 = 0

    public init() {}
}

// SPDX-License-Identifier: Apache-2.0

/// Initial private memory and where to copy it from.
///
/// `struct kvm_tdx_init_mem_region`
public struct KVMTDXInitMemRegion: Sendable, BitwiseCopyable {
    public var sourceAddress: UInt64 = 0
    public var gpa: UInt64 = 0
    public var pageCount: UInt64 = 0

    public init() {}
}

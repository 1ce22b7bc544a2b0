// SPDX-License-Identifier: Apache-2.0

/// What a TD may ask for; the configurable CPUID entries follow.
///
/// `struct kvm_tdx_capabilities`
public struct KVMTDXCapabilities: Sendable, BitwiseCopyable {
    public var supportedAttributes: UInt64 = 0
    public var supportedXFAM: UInt64 = 0
    public var kernelTDVMCallInfo1R11: UInt64 = 0
    public var userTDVMCallInfo1R11: UInt64 = 0
    public var kernelTDVMCallInfo1R12: UInt64 = 0
    public var userTDVMCallInfo1R12: UInt64 = 0
    public var reserved = [250 of UInt64](repeating: 0)
    public var entryCount: UInt32 = 0
    public var padding: UInt32 = 0

    public init() {}
}

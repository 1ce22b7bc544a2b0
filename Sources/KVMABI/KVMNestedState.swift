// SPDX-License-Identifier: Apache-2.0

/// The header of `struct kvm_nested_state`, with the part that is there when the vCPU has never been in VMX operation.
public struct KVMNestedState: BitwiseCopyable, Sendable {
    public var flags: UInt16 = 0
    /// 0: VMX, 1: SVM.
    public var format: UInt16 = 0
    public var size: UInt32 = 128
    /// `hdr.vmx.vmxon_pa`; all ones: none.
    public var vmxon: UInt64 = ~0
    /// `hdr.vmx.vmcs12_pa`
    public var vmcs12: UInt64 = ~0
    public var smmFlags: UInt16 = 0
    public var padding: UInt16 = 0
    public var vmxFlags: UInt32 = 0
    public var preemptionTimerDeadline: UInt64 = 0
    public var reserved = [11 of UInt64](repeating: 0)

    public init() {}

    /// Bytes of the structure.
    public static let size = 128
    /// Bytes of what follows it in VMX operation: two pages of control structures.
    public static let vmcsPages = 8192
    /// All flags that there are: guest mode, run pending, enlightened VMCS, MTF pending, GIF set.
    public static let allFlags: UInt16 = 1 << 0 | 1 << 1 | 1 << 2 | 1 << 3 | 1 << 8
}

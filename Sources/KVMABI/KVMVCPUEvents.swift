// SPDX-License-Identifier: Apache-2.0

/// `struct kvm_vcpu_events`
public struct KVMVCPUEvents: Sendable, BitwiseCopyable {
    public var exceptionInjected: UInt8 = 0
    public var exceptionNumber: UInt8 = 0
    public var exceptionHasErrorCode: UInt8 = 0
    public var exceptionPending: UInt8 = 0
    public var exceptionErrorCode: UInt32 = 0
    public var interruptInjected: UInt8 = 0
    public var interruptNumber: UInt8 = 0
    public var interruptSoft: UInt8 = 0
    public var interruptShadow: UInt8 = 0
    public var nmiInjected: UInt8 = 0
    public var nmiPending: UInt8 = 0
    public var nmiMasked: UInt8 = 0
    public var padding: UInt8 = 0
    public var sipiVector: UInt32 = 0
    /// `KVM_VCPUEVENT_VALID_*`
    public var flags: UInt32 = 0
    public var smm = [4 of UInt8](repeating: 0)
    public var tripleFaultPending: UInt8 = 0
    public var reserved = [26 of UInt8](repeating: 0)
    public var exceptionHasPayload: UInt8 = 0
    public var exceptionPayload: UInt64 = 0

    public init() {}
}

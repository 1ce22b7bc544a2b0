// SPDX-License-Identifier: Apache-2.0

/// One thing that happened at an interface, for whoever prints it.
public enum TraceEvent: Sendable {
    /// A host-side call: the registers before and after it. If it failed, why, in a sentence.
    case seamcall(
        name: String, leaf: UInt64, processor: Int, operands: HostRegisters, results: HostRegisters,
        explanation: String? = nil)
    /// A guest-side call: the leaf, its operands (`RCX`, `RDX`, `R8` to `R15`) and what it returned in the same. If it
    /// failed, why, in a sentence.
    case tdcall(
        name: String, leaf: UInt64, vcpu: UInt32, operands: [UInt64], status: TDXStatus, results: [UInt64],
        explanation: String? = nil)
    /// A VM exit from a TD, and whether the host gets to see it.
    case vmExit(
        vcpu: UInt32, reason: UInt32, qualification: UInt64, guestPhysicalAddress: UInt64, rip: UInt64,
        toHost: Bool)
    /// A KVM ioctl, with a sentence that says why it failed, if it did.
    case ioctl(name: String, argument: UInt64, result: Int64, explanation: String? = nil)
    /// What `KVM_RUN` returned to user space.
    case kvmExit(vcpu: UInt32, reason: UInt32, details: [UInt64])
}

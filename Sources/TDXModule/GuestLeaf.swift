// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

/// What happens after an exit that the module has looked at.
enum GuestExitAction: Sendable {
    /// The guest goes on.
    case resume
    /// `TDG.VP.VMCALL`: the host gets what the guest passes; the mask is in the vCPU.
    case vmcall
    /// The host gets an asynchronous exit.
    case toHost(HostExit)
}

/// An asynchronous TD exit as the host sees it.
struct HostExit: Sendable {
    /// `RAX` 63:32; success for an exit that the vCPU survives.
    var status: TDXStatus = .success
    /// `RAX` 31:0: the VMX exit reason.
    var reason: UInt32
    /// `RCX` 31:0
    var qualification: UInt32 = 0
    /// `RDX`
    var extendedQualification: UInt64 = 0
    /// `R8`
    var guestPhysicalAddress: UInt64 = 0
    /// `R9`
    var interruptionInformation: UInt32 = 0
    /// The instruction has completed: `LAST_TD_EXIT` is trap-like.
    var isTrap = false
    /// The vCPU can never be entered again.
    var disablesVCPU = false

    init(_ reason: ExitReason) { self.reason = reason.rawValue }
}

/// How a guest-side leaf ends.
enum GuestLeafResult: Sendable {
    /// With a status: `RAX` gets it, RIP moves past TDCALL. A thrown status does the same.
    case completed(TDXStatus)
    /// Without one: the exit is finished as told; RIP and `RAX` stay as the leaf left them.
    case left(GuestExitAction)
}

/// A guest-side leaf: what the dispatcher must know, and what it does.
struct GuestLeaf: Sendable {
    typealias Body =
        @Sendable (TDXModule, VirtualCPUState, any VirtualProcessor) throws(TDXStatus) -> GuestLeafResult

    let number: GuestLeafNumber
    let name: String
    /// What its registers mean.
    let operands: KeyValuePairs<GeneralRegister, OperandRole>
    /// The highest version.
    let version: UInt8
    let body: Body

    init(
        _ number: GuestLeafNumber, _ name: String,
        _ operands: KeyValuePairs<GeneralRegister, OperandRole> = [:], versions version: UInt8 = 0,
        _ body: @escaping Body
    ) {
        self.number = number
        self.name = name
        self.operands = operands
        self.version = version
        self.body = body
    }

    static let byNumber = Dictionary(all.map { ($0.number, $0) }) { first, _ in first }
}

// SPDX-License-Identifier: Apache-2.0

public import TDXABI
import X86

/// Why a call has failed: the leaf, what it was given, the rule that was broken, and the state of what it works on.
///
/// It is made after the failure and only for whoever asks. Another call may have changed the state in between.
struct FailureExplanation: CustomStringConvertible {
    /// The leaf's name.
    let leaf: String
    /// Its operands, as far as registers hold any.
    let operands: [String]
    let status: TDXStatus
    /// What the status is about, beside the leaf: an operand, an MSR, a level.
    let subject: String?
    /// What must be the case and is not.
    let rule: String
    /// What the call works on, as it is now.
    let states: [String]

    var description: String {
        let operands = operands.isEmpty ? "" : " (" + operands.joined(separator: ", ") + ")"
        let name = status.name ?? FailureExplanation.hexadecimal(status.withoutDetails.rawValue)
        let state = states.isEmpty ? "" : "; " + states.joined(separator: ", ")
        return "\(leaf)\(operands) ends with \(name)\(subject.map { " at " + $0 } ?? ""): \(rule)\(state)."
    }

    static func hexadecimal(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }
    static func list(_ words: [String]) -> String {
        guard let last = words.last, words.count > 1 else { return words.first ?? "none" }
        return words.dropLast().joined(separator: ", ") + " or " + last
    }
}

/// A call that has failed, from either side.
struct FailedCall {
    enum Side {
        case host(HostLeaf?, processor: Int)
        case guest(GuestLeaf?, VirtualCPUState)
    }
    let side: Side
    let status: TDXStatus
    /// Operands by register, as they were before the call.
    let registers: (GeneralRegister) -> UInt64

    var roles: KeyValuePairs<GeneralRegister, OperandRole> {
        switch side {
        case .host(let leaf, _): leaf?.operands ?? [:]
        case .guest(let leaf, _): leaf?.operands ?? [:]
        }
    }
    var name: String {
        switch side {
        case .host(let leaf, _): leaf?.name ?? "SEAMCALL \(registers(.rax) & 0xFFFF)"
        case .guest(let leaf, _): leaf?.name ?? "TDCALL \(registers(.rax) & 0xFFFF)"
        }
    }
    /// The operand that the status names.
    var operand: OperandID { OperandID(rawValue: status.details) }
    /// The register that the status names, if it is one.
    var register: GeneralRegister? {
        operand == .rcx || operand == .rdx || operand.rawValue >= 8 && operand.rawValue < 16
            ? GeneralRegister(rawValue: UInt8(operand.rawValue)) : nil
    }
    /// What that register means to the leaf.
    var role: OperandRole? { roles.first { $0.key == register }?.value }
}

extension TDXModule {
    /// Why a host-side call has ended with a status, in one sentence; nil when it has succeeded.
    ///
    /// For error messages: call it after the failure, with the registers that the call was made with.
    public func explanation(
        of status: TDXStatus, calling operands: HostRegisters, on processor: Int
    ) -> String? {
        let leaf = HostLeaf.byNumber[HostLeafNumber(rawValue: UInt16(truncatingIfNeeded: operands.rax))]
        // A TD exit has the exit's reason in the low half; most are no failures.
        let isExit = leaf?.number == .vpEnter && !status.isError
        guard isExit ? status.withoutDetails != .success : status != .success else { return nil }
        return explain(
            FailedCall(
                side: .host(leaf, processor: processor), status: status, registers: { operands[$0] })
        ).description
    }

    /// Why a guest-side call has ended with a status.
    func explanation(
        of status: TDXStatus, calling operands: [GeneralRegister: UInt64], by vcpu: VirtualCPUState
    ) -> String? {
        guard status != .success else { return nil }
        let rax = operands[.rax] ?? 0
        let leaf = GuestLeaf.byNumber[GuestLeafNumber(rawValue: UInt16(truncatingIfNeeded: rax))]
        return explain(
            FailedCall(side: .guest(leaf, vcpu), status: status, registers: { operands[$0] ?? 0 })
        ).description
    }

    func explain(_ call: FailedCall) -> FailureExplanation {
        FailureExplanation(
            leaf: call.name,
            operands: (call.subject == OperandID.rax.name ? [describe(call, .rax)] : [])
                + call.roles.map { describe(call, $0.key) },
            status: call.status, subject: call.subject, rule: rule(broken: call), states: states(of: call))
    }

    private func describe(_ call: FailedCall, _ register: GeneralRegister) -> String {
        OperandID(rawValue: UInt32(register.rawValue)).name + " = "
            + FailureExplanation.hexadecimal(call.registers(register))
    }
}

// SPDX-License-Identifier: Apache-2.0

/// How a machine came to its end.
public enum MachineOutcome: Equatable, Sendable {
    /// The guest powered off; `status` is what it reported before, if it did.
    case poweredOff(status: UInt8?)
    /// The guest reset the machine without a panic.
    case reset
    /// The guest's kernel gave up.
    case panicked(message: String)
    /// `KVM_EXIT_SHUTDOWN`
    case tripleFault(processor: Int)
    /// `TDG.VP.VMCALL<ReportFatalError>`
    case fatalReport(code: UInt64, message: String)
    /// The host cannot go on.
    case failed(MachineError)
    /// Somebody asked for the end.
    case stopped
}

extension MachineOutcome: CustomStringConvertible {
    public var description: String {
        switch self {
        case .poweredOff(.none): "The guest powered off."
        case .poweredOff(.some(let status)): "The guest powered off with status \(status)."
        case .reset: "The guest reset itself."
        case .panicked(let message): sentence("The guest's kernel panicked: \(message)")
        case .tripleFault(let processor):
            "Processor \(processor) of the guest met a triple fault: an exception while it delivered a double fault."
        case .fatalReport(let code, let message):
            sentence(
                "The guest reported a fatal error, code 0x\(String(code, radix: 16))"
                    + (message.isEmpty ? "" : ": \(message)"))
        case .failed(let error): error.description
        case .stopped: "The guest was stopped from outside."
        }
    }
}

/// What a guest said has a period at its end, or gets one.
private func sentence(_ text: String) -> String { text.hasSuffix(".") ? text : text + "." }

/// What can go wrong between the machine and its KVM.
public enum MachineError: Error, Equatable, Sendable, CustomStringConvertible {
    /// `/dev/kvm` does not open.
    case unavailable(Int)
    /// An ioctl failed.
    case call(name: String, error: Int, detail: UInt64)
    /// A capability the machine needs is missing.
    case missing(capability: String)
    case hostMemory(UInt64)
    case badConfiguration(String)
    /// `KVM_EXIT_INTERNAL_ERROR`, `KVM_EXIT_FAIL_ENTRY` and exits nobody can serve.
    case exit(reason: UInt32, detail: String)
    /// Processors run in turn, and none will ever run again.
    case stalled

    public var description: String {
        switch self {
        case .unavailable(let error): "KVM does not open (error \(error))."
        case .call(let name, let error, let detail):
            "\(name) failed with error \(error)"
                + (detail == 0 ? "." : " and the TDX module's status 0x\(String(detail, radix: 16)).")
        case .missing(let capability): "This KVM does not offer \(capability), which a TD needs."
        case .hostMemory(let size):
            "The host refuses \(size) bytes of address space for the guest; give it less memory."
        case .badConfiguration(let what): what
        case .exit(let reason, let detail):
            "The guest left with exit reason \(reason), which nobody serves: \(detail)."
        case .stalled:
            "All processors of the guest wait for an interrupt, and there is no timer or input that could send one."
        }
    }
}

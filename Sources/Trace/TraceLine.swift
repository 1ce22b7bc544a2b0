// SPDX-License-Identifier: Apache-2.0

public import TDXABI
import X86

/// An event of the machine as a line of JSON. Numbers of the architecture are hexadecimal strings, since JSON's own lose
/// bits above 53.
public enum TraceLine {
    public static func text(_ event: TraceEvent) -> String {
        switch event {
        case .seamcall(let name, let leaf, let processor, let operands, let results, let explanation):
            var line =
                "{\"event\":\"seamcall\",\"name\":\"\(name)\",\"leaf\":\(leaf),\"processor\":\(processor)"
            line += ",\"operands\":" + registers(operands, besides: [.rax])
            line += ",\"status\":" + hexadecimal(results.rax)
            line += ",\"results\":" + registers(results, besides: [.rax])
            return line + why(explanation) + "}"
        case .tdcall(
            let name, let leaf, let vcpu, let operands, let status, let results, let explanation):
            return
                "{\"event\":\"tdcall\",\"name\":\"\(name)\",\"leaf\":\(leaf),\"vcpu\":\(vcpu),\"operands\":\(list(operands))"
                + ",\"status\":\(hexadecimal(status.rawValue)),\"results\":\(list(results))"
                + why(explanation) + "}"
        case .vmExit(let vcpu, let reason, let qualification, let address, let rip, let toHost):
            return
                "{\"event\":\"vmexit\",\"vcpu\":\(vcpu),\"reason\":\(reason),\"qualification\":\(hexadecimal(qualification))"
                + ",\"gpa\":\(hexadecimal(address)),\"rip\":\(hexadecimal(rip)),\"toHost\":\(toHost)}"
        case .ioctl(let name, let argument, let result, let explanation):
            return
                "{\"event\":\"ioctl\",\"name\":\"\(name)\",\"argument\":\(hexadecimal(argument)),\"result\":\(result)"
                + why(explanation) + "}"
        case .kvmExit(let vcpu, let reason, let details):
            return
                "{\"event\":\"kvmexit\",\"vcpu\":\(vcpu),\"reason\":\(reason),\"details\":\(list(details))}"
        }
    }

    /// Sentences of the module and of KVM have no characters that JSON escapes.
    private static func why(_ explanation: String?) -> String {
        explanation.map { ",\"why\":\"\($0)\"" } ?? ""
    }

    private static func hexadecimal(_ value: UInt64) -> String { "\"0x" + String(value, radix: 16) + "\"" }

    private static func list(_ values: [UInt64]) -> String {
        "[" + values.map(hexadecimal).joined(separator: ",") + "]"
    }

    /// The registers that are not zero, by name.
    private static func registers(_ values: HostRegisters, besides: Set<GeneralRegister>) -> String {
        let named: [(String, GeneralRegister)] = [
            ("rbx", .rbx), ("rcx", .rcx), ("rdx", .rdx), ("rbp", .rbp), ("rsi", .rsi), ("rdi", .rdi),
            ("r8", .r8),
            ("r9", .r9), ("r10", .r10), ("r11", .r11), ("r12", .r12), ("r13", .r13), ("r14", .r14),
            ("r15", .r15),
        ]
        let parts = named.compactMap { name, register in
            values[register] == 0 || besides.contains(register)
                ? nil : "\"\(name)\":" + hexadecimal(values[register])
        }
        return "{" + parts.joined(separator: ",") + "}"
    }
}

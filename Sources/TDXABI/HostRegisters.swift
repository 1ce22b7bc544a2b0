// SPDX-License-Identifier: Apache-2.0

public import X86

/// The registers that SEAMCALL passes in and out.
///
/// - SeeAlso: ABI Reference, "SEAMCALL Instruction".
public struct HostRegisters: Sendable {
    public var rax: UInt64 = 0
    public var rbx: UInt64 = 0
    public var rcx: UInt64 = 0
    public var rdx: UInt64 = 0
    public var rbp: UInt64 = 0
    public var rsi: UInt64 = 0
    public var rdi: UInt64 = 0
    public var r8: UInt64 = 0
    public var r9: UInt64 = 0
    public var r10: UInt64 = 0
    public var r11: UInt64 = 0
    public var r12: UInt64 = 0
    public var r13: UInt64 = 0
    public var r14: UInt64 = 0
    public var r15: UInt64 = 0
    public var xmm = [16 of SIMD2<UInt64>](repeating: .zero)

    public init() {}

    /// By number as instructions encode it; RSP reads as zero and is not written.
    public subscript(_ register: GeneralRegister) -> UInt64 {
        get {
            switch register {
            case .rax: rax
            case .rcx: rcx
            case .rdx: rdx
            case .rbx: rbx
            case .rsp: 0
            case .rbp: rbp
            case .rsi: rsi
            case .rdi: rdi
            case .r8: r8
            case .r9: r9
            case .r10: r10
            case .r11: r11
            case .r12: r12
            case .r13: r13
            case .r14: r14
            case .r15: r15
            }
        }
        set {
            switch register {
            case .rax: rax = newValue
            case .rcx: rcx = newValue
            case .rdx: rdx = newValue
            case .rbx: rbx = newValue
            case .rsp: break
            case .rbp: rbp = newValue
            case .rsi: rsi = newValue
            case .rdi: rdi = newValue
            case .r8: r8 = newValue
            case .r9: r9 = newValue
            case .r10: r10 = newValue
            case .r11: r11 = newValue
            case .r12: r12 = newValue
            case .r13: r13 = newValue
            case .r14: r14 = newValue
            case .r15: r15 = newValue
            }
        }
    }
}

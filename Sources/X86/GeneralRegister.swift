// SPDX-License-Identifier: Apache-2.0

/// A general-purpose register, numbered as instructions encode it.
public enum GeneralRegister: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    case rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15
}

/// A segment register, numbered as instructions encode it.
public enum SegmentRegister: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    case es, cs, ss, ds, fs, gs
}

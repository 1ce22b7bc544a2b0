// SPDX-License-Identifier: Apache-2.0

public import X86

/// Jumps, calls, and what changes the flow or the flags alone.
extension Assembler {
    public mutating func jmp(_ label: Label) {
        bytes.append(0xE9)
        refer(label, .relative32(trailing: 0))
    }
    /// `JMP r`
    public mutating func jmp(_ register: GeneralRegister) {
        encode([0xFF], reg: 4, .register(register), .dword)
    }
    /// `JMP m`, through a pointer of the mode's width.
    public mutating func jmp(_ memory: Memory) { encode([0xFF], reg: 4, .memory(memory), .dword) }
    /// `JMP rel8`, for the two-byte form.
    public mutating func jmpShort(_ label: Label) {
        bytes.append(0xEB)
        refer(label, .relative8)
    }
    public mutating func jcc(_ condition: Condition, _ label: Label) {
        bytes += [0x0F, 0x80 | condition.rawValue]
        refer(label, .relative32(trailing: 0))
    }
    public mutating func loop(_ label: Label) {
        bytes.append(0xE2)
        refer(label, .relative8)
    }
    public mutating func call(_ label: Label) {
        bytes.append(0xE8)
        refer(label, .relative32(trailing: 0))
    }
    /// `CALL r`
    public mutating func call(_ register: GeneralRegister) {
        encode([0xFF], reg: 2, .register(register), .dword)
    }
    public mutating func ret() { bytes.append(0xC3) }
    /// `IRET` of the mode's width.
    public mutating func iret() { bytes += mode == .bits64 ? [0x48, 0xCF] : [0xCF] }
    /// A far `RET` of the mode's width.
    public mutating func retf() { bytes += mode == .bits64 ? [0x48, 0xCB] : [0xCB] }
    /// `JMP ptr16:32`, in 32-bit code.
    public mutating func jmpFar(_ selector: UInt16, _ label: Label) {
        precondition(mode == .bits32, "64-bit mode has no far jump to an immediate address.")
        bytes.append(0xEA)
        refer(label, .absolute32)
        data16(selector)
    }
    public mutating func int(_ vector: UInt8) { bytes += [0xCD, vector] }
    public mutating func int3() { bytes.append(0xCC) }
    public mutating func ud2() { bytes += [0x0F, 0x0B] }
    public mutating func hlt() { bytes.append(0xF4) }
    public mutating func nop() { bytes.append(0x90) }
    public mutating func pause() { bytes += [0xF3, 0x90] }
    public mutating func cli() { bytes.append(0xFA) }
    public mutating func sti() { bytes.append(0xFB) }
    public mutating func cld() { bytes.append(0xFC) }
    public mutating func std() { bytes.append(0xFD) }
    public mutating func mfence() { bytes += [0x0F, 0xAE, 0xF0] }
    public mutating func syscall() { bytes += [0x0F, 0x05] }
    /// `SYSRET` to 64-bit code.
    public mutating func sysret() { bytes += [0x48, 0x0F, 0x07] }
    public mutating func swapgs() { bytes += [0x0F, 0x01, 0xF8] }
}

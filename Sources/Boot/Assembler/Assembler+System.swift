// SPDX-License-Identifier: Apache-2.0

public import X86

/// Strings, ports, and what belongs to systems.
extension Assembler {
    // MARK: Strings

    private mutating func string(_ opcode: UInt8, _ width: Width, prefix: UInt8?) {
        if width == .word { bytes.append(0x66) }
        if let prefix { bytes.append(prefix) }
        if width == .qword {
            precondition(mode == .bits64, "64-bit operands need 64-bit mode.")
            bytes.append(0x48)
        }
        bytes.append(opcode | wide(width))
    }
    public mutating func repMovs(_ width: Width) { string(0xA4, width, prefix: 0xF3) }
    public mutating func repStos(_ width: Width) { string(0xAA, width, prefix: 0xF3) }
    public mutating func lods(_ width: Width) { string(0xAC, width, prefix: nil) }
    public mutating func stos(_ width: Width) { string(0xAA, width, prefix: nil) }
    public mutating func movs(_ width: Width) { string(0xA4, width, prefix: nil) }
    public mutating func repeCmps(_ width: Width) { string(0xA6, width, prefix: 0xF3) }

    // MARK: System

    /// `IN AL/AX/EAX, imm8`
    public mutating func `in`(_ port: UInt8, _ width: Width) {
        if width == .word { bytes.append(0x66) }
        bytes += [0xE4 | wide(width), port]
    }
    /// `IN AL/AX/EAX, DX`
    public mutating func inDX(_ width: Width) {
        if width == .word { bytes.append(0x66) }
        bytes.append(0xEC | wide(width))
    }
    /// `OUT imm8, AL/AX/EAX`
    public mutating func out(_ port: UInt8, _ width: Width) {
        if width == .word { bytes.append(0x66) }
        bytes += [0xE6 | wide(width), port]
    }
    /// `OUT DX, AL/AX/EAX`
    public mutating func outDX(_ width: Width) {
        if width == .word { bytes.append(0x66) }
        bytes.append(0xEE | wide(width))
    }
    public mutating func rdmsr() { bytes += [0x0F, 0x32] }
    public mutating func wrmsr() { bytes += [0x0F, 0x30] }
    public mutating func cpuid() { bytes += [0x0F, 0xA2] }
    public mutating func rdtsc() { bytes += [0x0F, 0x31] }
    public mutating func rdpmc() { bytes += [0x0F, 0x33] }
    public mutating func invd() { bytes += [0x0F, 0x08] }
    public mutating func wbinvd() { bytes += [0x0F, 0x09] }
    public mutating func xgetbv() { bytes += [0x0F, 0x01, 0xD0] }
    public mutating func xsetbv() { bytes += [0x0F, 0x01, 0xD1] }
    public mutating func vmcall() { bytes += [0x0F, 0x01, 0xC1] }
    /// `TDCALL`
    public mutating func tdcall() { bytes += [0x66, 0x0F, 0x01, 0xCC] }
    /// `SEAMCALL`
    public mutating func seamcall() { bytes += [0x66, 0x0F, 0x01, 0xCF] }
    public mutating func lgdt(_ memory: Memory) { encode([0x0F, 0x01], reg: 2, .memory(memory), .dword) }
    public mutating func lidt(_ memory: Memory) { encode([0x0F, 0x01], reg: 3, .memory(memory), .dword) }
    public mutating func invlpg(_ memory: Memory) { encode([0x0F, 0x01], reg: 7, .memory(memory), .dword) }
    /// `LTR r16`
    public mutating func ltr(_ register: GeneralRegister) {
        encode([0x0F, 0x00], reg: 3, .register(register), .dword)
    }
    /// `MOV CRn, r`
    public mutating func mov(control number: UInt8, _ from: GeneralRegister) {
        encode([0x0F, 0x22], reg: number, .register(from), .dword)
    }
    /// `MOV r, CRn`
    public mutating func mov(_ to: GeneralRegister, control number: UInt8) {
        encode([0x0F, 0x20], reg: number, .register(to), .dword)
    }
    /// `MOV Sreg, r`
    public mutating func mov(_ to: SegmentRegister, _ from: GeneralRegister) {
        encode([0x8E], reg: to.rawValue, .register(from), .dword)
    }
    /// `MOV r, Sreg`
    public mutating func mov(_ to: GeneralRegister, _ from: SegmentRegister) {
        encode([0x8C], reg: from.rawValue, .register(to), .dword)
    }
}

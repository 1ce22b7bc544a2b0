// SPDX-License-Identifier: Apache-2.0

public import X86

/// Moves, the stack, and exchanges.
extension Assembler {
    /// `MOV r/m, r`
    public mutating func mov(_ to: GeneralRegister, _ from: GeneralRegister, _ width: Width? = nil) {
        let width = width ?? nativeWidth
        encode(
            [0x88 | wide(width)], reg: from.rawValue, .register(to), width,
            byteRegisters: width == .byte ? [to, from] : [])
    }
    /// `MOV r, imm`, in the shortest form.
    public mutating func mov(_ to: GeneralRegister, _ value: Int64, _ width: Width? = nil) {
        let width = width ?? nativeWidth
        let low = to.rawValue & 7
        let extended: [UInt8] = to.rawValue >= 8 ? [0x41] : []
        switch width {
        case .byte:
            let rex: [UInt8] = to.rawValue >= 4 ? [to.rawValue >= 8 ? 0x41 : 0x40] : []
            precondition(rex.isEmpty || mode == .bits64, "REX needs 64-bit mode.")
            bytes += rex + [0xB0 | low]
            immediate(value, .byte)
        case .word:
            bytes += [0x66] + extended + [0xB8 | low]
            immediate(value, .word)
        case .dword:
            bytes += extended + [0xB8 | low]
            immediate(value, .dword)
        case .qword:
            if UInt32(exactly: value) != nil {
                bytes += extended + [0xB8 | low]
                immediate(value, .dword)
            } else if Int32(exactly: value) != nil {
                encode([0xC7], reg: 0, .register(to), .qword, trailing: 4)
                immediate(value, .dword)
            } else {
                bytes += [to.rawValue >= 8 ? 0x49 : 0x48, 0xB8 | low]
                data64(UInt64(bitPattern: value))
            }
        }
    }
    /// `MOV r, imm`, of a value written without sign.
    public mutating func mov(_ to: GeneralRegister, unsigned value: UInt64) {
        mov(to, Int64(bitPattern: value))
    }
    /// `MOV r, m`
    public mutating func mov(_ to: GeneralRegister, _ from: Memory, _ width: Width? = nil) {
        let width = width ?? nativeWidth
        encode(
            [0x8A | wide(width)], reg: to.rawValue, .memory(from), width,
            byteRegisters: width == .byte ? [to] : [])
    }
    /// `MOV m, r`
    public mutating func mov(_ to: Memory, _ from: GeneralRegister, _ width: Width? = nil) {
        let width = width ?? nativeWidth
        encode(
            [0x88 | wide(width)], reg: from.rawValue, .memory(to), width,
            byteRegisters: width == .byte ? [from] : [])
    }
    /// `MOV m, imm`, sign-extended if 64 bits wide.
    public mutating func mov(_ to: Memory, _ value: Int64, _ width: Width) {
        encode([0xC6 | wide(width)], reg: 0, .memory(to), width, trailing: min(width.rawValue, 4))
        immediate(value, width)
    }
    /// `MOV r, imm` of a label's address, 4 bytes in 32-bit code, 8 in 64-bit code.
    public mutating func mov(_ to: GeneralRegister, address label: Label) {
        if mode == .bits64 {
            bytes += [to.rawValue >= 8 ? 0x49 : 0x48, 0xB8 | to.rawValue & 7]
            refer(label, .absolute64)
        } else {
            bytes.append(0xB8 | to.rawValue)
            refer(label, .absolute32)
        }
    }
    /// `MOVZX r, m`: from a byte or word.
    public mutating func movzx(_ to: GeneralRegister, _ from: Memory, _ width: Width) {
        encode([0x0F, width == .byte ? 0xB6 : 0xB7], reg: to.rawValue, .memory(from), .dword)
    }
    /// `MOVZX r, r`: from a byte or word.
    public mutating func movzx(_ to: GeneralRegister, _ from: GeneralRegister, _ width: Width) {
        encode(
            [0x0F, width == .byte ? 0xB6 : 0xB7], reg: to.rawValue, .register(from), .dword,
            byteRegisters: width == .byte ? [from] : [])
    }
    /// `LEA r, m`
    public mutating func lea(_ to: GeneralRegister, _ from: Memory) {
        encode([0x8D], reg: to.rawValue, .memory(from), nativeWidth)
    }
    /// `XCHG m, r`, which locks the bus.
    public mutating func xchg(_ memory: Memory, _ register: GeneralRegister, _ width: Width? = nil) {
        let width = width ?? nativeWidth
        encode(
            [0x86 | wide(width)], reg: register.rawValue, .memory(memory), width,
            byteRegisters: width == .byte ? [register] : [])
    }
    /// `LOCK CMPXCHG m, r`
    public mutating func lockCmpxchg(_ memory: Memory, _ register: GeneralRegister, _ width: Width? = nil) {
        encode([0xF0, 0x0F, 0xB1], reg: register.rawValue, .memory(memory), width ?? nativeWidth)
    }
    /// `LOCK XADD m, r`
    public mutating func lockXadd(_ memory: Memory, _ register: GeneralRegister, _ width: Width? = nil) {
        encode([0xF0, 0x0F, 0xC1], reg: register.rawValue, .memory(memory), width ?? nativeWidth)
    }
    public mutating func push(_ register: GeneralRegister) {
        if register.rawValue >= 8 { bytes.append(0x41) }
        bytes.append(0x50 | register.rawValue & 7)
    }
    /// `PUSH imm32`, sign-extended.
    public mutating func push(_ value: Int32) {
        bytes.append(0x68)
        data32(UInt32(bitPattern: value))
    }
    public mutating func pop(_ register: GeneralRegister) {
        if register.rawValue >= 8 { bytes.append(0x41) }
        bytes.append(0x58 | register.rawValue & 7)
    }
    /// `BSWAP r64`
    public mutating func bswap(_ register: GeneralRegister) {
        bytes += [register.rawValue >= 8 ? 0x49 : 0x48, 0x0F, 0xC8 | register.rawValue & 7]
    }
    /// `PUSHF` of the mode's width.
    public mutating func pushf() { bytes.append(0x9C) }
    /// `POPF` of the mode's width.
    public mutating func popf() { bytes.append(0x9D) }
}

// SPDX-License-Identifier: Apache-2.0

public import X86

/// Arithmetic and logic.
extension Assembler {
    /// The eight two-operand instructions that share one encoding.
    private mutating func arithmetic(
        _ number: UInt8, _ to: GeneralRegister, _ from: GeneralRegister, _ width: Width?
    ) {
        let width = width ?? nativeWidth
        encode(
            [number << 3 | wide(width)], reg: from.rawValue, .register(to), width,
            byteRegisters: width == .byte ? [to, from] : [])
    }
    private mutating func arithmetic(_ number: UInt8, _ to: GeneralRegister, _ from: Memory, _ width: Width?)
    {
        let width = width ?? nativeWidth
        encode(
            [number << 3 | 2 | wide(width)], reg: to.rawValue, .memory(from), width,
            byteRegisters: width == .byte ? [to] : [])
    }
    private mutating func arithmetic(_ number: UInt8, _ to: Memory, _ from: GeneralRegister, _ width: Width?)
    {
        let width = width ?? nativeWidth
        encode(
            [number << 3 | wide(width)], reg: from.rawValue, .memory(to), width,
            byteRegisters: width == .byte ? [from] : [])
    }
    private mutating func arithmetic(_ number: UInt8, _ to: Operand, _ value: Int64, _ width: Width?) {
        let width = width ?? nativeWidth
        var byteRegisters: [GeneralRegister] = []
        if width == .byte, case .register(let register) = to { byteRegisters = [register] }
        if width == .byte {
            encode([0x80], reg: number, to, width, byteRegisters: byteRegisters, trailing: 1)
            immediate(value, .byte)
        } else if Int8(exactly: value) != nil {
            encode([0x83], reg: number, to, width, trailing: 1)
            immediate(value, .byte)
        } else {
            encode([0x81], reg: number, to, width, trailing: min(width.rawValue, 4))
            immediate(value, width)
        }
    }

    public mutating func add(_ to: GeneralRegister, _ from: GeneralRegister, _ width: Width? = nil) {
        arithmetic(0, to, from, width)
    }
    public mutating func add(_ to: GeneralRegister, _ from: Memory, _ width: Width? = nil) {
        arithmetic(0, to, from, width)
    }
    public mutating func add(_ to: Memory, _ from: GeneralRegister, _ width: Width? = nil) {
        arithmetic(0, to, from, width)
    }
    public mutating func add(_ to: GeneralRegister, _ value: Int64, _ width: Width? = nil) {
        arithmetic(0, .register(to), value, width)
    }
    public mutating func add(_ to: Memory, _ value: Int64, _ width: Width) {
        arithmetic(0, .memory(to), value, width)
    }
    public mutating func or(_ to: GeneralRegister, _ from: GeneralRegister, _ width: Width? = nil) {
        arithmetic(1, to, from, width)
    }
    public mutating func or(_ to: GeneralRegister, _ from: Memory, _ width: Width? = nil) {
        arithmetic(1, to, from, width)
    }
    public mutating func or(_ to: Memory, _ from: GeneralRegister, _ width: Width? = nil) {
        arithmetic(1, to, from, width)
    }
    public mutating func or(_ to: GeneralRegister, _ value: Int64, _ width: Width? = nil) {
        arithmetic(1, .register(to), value, width)
    }
    public mutating func or(_ to: Memory, _ value: Int64, _ width: Width) {
        arithmetic(1, .memory(to), value, width)
    }
    public mutating func adc(_ to: GeneralRegister, _ from: GeneralRegister, _ width: Width? = nil) {
        arithmetic(2, to, from, width)
    }
    public mutating func adc(_ to: GeneralRegister, _ value: Int64, _ width: Width? = nil) {
        arithmetic(2, .register(to), value, width)
    }
    public mutating func sbb(_ to: GeneralRegister, _ from: GeneralRegister, _ width: Width? = nil) {
        arithmetic(3, to, from, width)
    }
    public mutating func and(_ to: GeneralRegister, _ from: GeneralRegister, _ width: Width? = nil) {
        arithmetic(4, to, from, width)
    }
    public mutating func and(_ to: GeneralRegister, _ from: Memory, _ width: Width? = nil) {
        arithmetic(4, to, from, width)
    }
    public mutating func and(_ to: GeneralRegister, _ value: Int64, _ width: Width? = nil) {
        arithmetic(4, .register(to), value, width)
    }
    public mutating func sub(_ to: GeneralRegister, _ from: GeneralRegister, _ width: Width? = nil) {
        arithmetic(5, to, from, width)
    }
    public mutating func sub(_ to: GeneralRegister, _ from: Memory, _ width: Width? = nil) {
        arithmetic(5, to, from, width)
    }
    public mutating func sub(_ to: GeneralRegister, _ value: Int64, _ width: Width? = nil) {
        arithmetic(5, .register(to), value, width)
    }
    public mutating func xor(_ to: GeneralRegister, _ from: GeneralRegister, _ width: Width? = nil) {
        arithmetic(6, to, from, width)
    }
    public mutating func xor(_ to: GeneralRegister, _ from: Memory, _ width: Width? = nil) {
        arithmetic(6, to, from, width)
    }
    public mutating func xor(_ to: GeneralRegister, _ value: Int64, _ width: Width? = nil) {
        arithmetic(6, .register(to), value, width)
    }
    public mutating func cmp(_ left: GeneralRegister, _ right: GeneralRegister, _ width: Width? = nil) {
        arithmetic(7, left, right, width)
    }
    public mutating func cmp(_ left: GeneralRegister, _ right: Memory, _ width: Width? = nil) {
        arithmetic(7, left, right, width)
    }
    public mutating func cmp(_ left: GeneralRegister, _ value: Int64, _ width: Width? = nil) {
        arithmetic(7, .register(left), value, width)
    }
    public mutating func cmp(_ left: Memory, _ value: Int64, _ width: Width) {
        arithmetic(7, .memory(left), value, width)
    }
    public mutating func test(_ left: GeneralRegister, _ right: GeneralRegister, _ width: Width? = nil) {
        let width = width ?? nativeWidth
        encode(
            [0x84 | wide(width)], reg: right.rawValue, .register(left), width,
            byteRegisters: width == .byte ? [left, right] : [])
    }
    public mutating func test(_ left: GeneralRegister, _ value: Int64, _ width: Width? = nil) {
        let width = width ?? nativeWidth
        encode(
            [0xF6 | wide(width)], reg: 0, .register(left), width,
            byteRegisters: width == .byte ? [left] : [], trailing: min(width.rawValue, 4))
        immediate(value, width)
    }

    private mutating func unary(
        _ opcode: UInt8, _ number: UInt8, _ register: GeneralRegister, _ width: Width?
    ) {
        let width = width ?? nativeWidth
        encode(
            [opcode | wide(width)], reg: number, .register(register), width,
            byteRegisters: width == .byte ? [register] : [])
    }
    public mutating func inc(_ register: GeneralRegister, _ width: Width? = nil) {
        unary(0xFE, 0, register, width)
    }
    public mutating func dec(_ register: GeneralRegister, _ width: Width? = nil) {
        unary(0xFE, 1, register, width)
    }
    public mutating func not(_ register: GeneralRegister, _ width: Width? = nil) {
        unary(0xF6, 2, register, width)
    }
    public mutating func neg(_ register: GeneralRegister, _ width: Width? = nil) {
        unary(0xF6, 3, register, width)
    }
    public mutating func mul(_ register: GeneralRegister, _ width: Width? = nil) {
        unary(0xF6, 4, register, width)
    }
    public mutating func div(_ register: GeneralRegister, _ width: Width? = nil) {
        unary(0xF6, 6, register, width)
    }
    public mutating func imul(_ to: GeneralRegister, _ from: GeneralRegister, _ width: Width? = nil) {
        encode([0x0F, 0xAF], reg: to.rawValue, .register(from), width ?? nativeWidth)
    }
    /// `INC m`
    public mutating func inc(_ memory: Memory, _ width: Width) {
        encode([0xFE | wide(width)], reg: 0, .memory(memory), width)
    }
    /// `LOCK INC m`
    public mutating func lockInc(_ memory: Memory, _ width: Width) {
        encode([0xF0, 0xFE | wide(width)], reg: 0, .memory(memory), width)
    }

    private mutating func shift(_ number: UInt8, _ register: GeneralRegister, _ count: UInt8, _ width: Width?)
    {
        let width = width ?? nativeWidth
        encode(
            [0xC0 | wide(width)], reg: number, .register(register), width,
            byteRegisters: width == .byte ? [register] : [], trailing: 1)
        data8(count)
    }
    public mutating func rol(_ register: GeneralRegister, _ count: UInt8, _ width: Width? = nil) {
        shift(0, register, count, width)
    }
    public mutating func ror(_ register: GeneralRegister, _ count: UInt8, _ width: Width? = nil) {
        shift(1, register, count, width)
    }
    public mutating func shl(_ register: GeneralRegister, _ count: UInt8, _ width: Width? = nil) {
        shift(4, register, count, width)
    }
    public mutating func shr(_ register: GeneralRegister, _ count: UInt8, _ width: Width? = nil) {
        shift(5, register, count, width)
    }
    public mutating func sar(_ register: GeneralRegister, _ count: UInt8, _ width: Width? = nil) {
        shift(7, register, count, width)
    }
    /// `SHL r, CL`
    public mutating func shlCL(_ register: GeneralRegister, _ width: Width? = nil) {
        unary(0xD2, 4, register, width)
    }
    /// `SHR r, CL`
    public mutating func shrCL(_ register: GeneralRegister, _ width: Width? = nil) {
        unary(0xD2, 5, register, width)
    }
    /// `BT r, imm`
    public mutating func bt(_ register: GeneralRegister, _ bit: UInt8, _ width: Width? = nil) {
        encode([0x0F, 0xBA], reg: 4, .register(register), width ?? nativeWidth, trailing: 1)
        data8(bit)
    }
    /// `BTS r, imm`
    public mutating func bts(_ register: GeneralRegister, _ bit: UInt8, _ width: Width? = nil) {
        encode([0x0F, 0xBA], reg: 5, .register(register), width ?? nativeWidth, trailing: 1)
        data8(bit)
    }
    public mutating func setcc(_ condition: Condition, _ register: GeneralRegister) {
        encode(
            [0x0F, 0x90 | condition.rawValue], reg: 0, .register(register), .byte, byteRegisters: [register])
    }
    public mutating func cmovcc(
        _ condition: Condition, _ to: GeneralRegister, _ from: GeneralRegister, _ width: Width? = nil
    ) {
        encode([0x0F, 0x40 | condition.rawValue], reg: to.rawValue, .register(from), width ?? nativeWidth)
    }
}

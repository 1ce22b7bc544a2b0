// SPDX-License-Identifier: Apache-2.0

public import X86

/// Machine code for the programs we bring along: the boot shim, the built-in guest and flat test guests.
///
/// One method per mnemonic, operands in the manual's order. Labels may be used before they are placed; `assembled()`
/// resolves them. What is written here is our own program, so that a wrong operand is our mistake and stops us.
///
/// ```swift
/// var code = Assembler(origin: 0x1000)
/// let again = code.label()
/// code.mov(.rcx, 3)
/// code.place(again)
/// code.dec(.rcx)
/// code.jcc(.notEqual, again)
/// code.hlt()
/// let bytes = code.assembled()
/// ```
///
/// - SeeAlso: SDM Vol. 2, "Instruction Format".
public struct Assembler: Sendable {
    /// How the processor reads the code: the operand size it takes by default, and whether REX exists.
    public enum Mode: Sendable { case bits32, bits64 }

    /// An operand's size in bytes.
    public enum Width: Int, Sendable {
        case byte = 1
        case word = 2
        case dword = 4
        case qword = 8
    }

    /// A place in the code.
    public struct Label: Hashable, Sendable {
        fileprivate let number: Int
    }

    /// A condition, numbered as Jcc, SETcc and CMOVcc encode it.
    public enum Condition: UInt8, Sendable {
        case overflow, notOverflow, below, aboveOrEqual, equal, notEqual, belowOrEqual, above
        case sign, notSign, parity, notParity, less, greaterOrEqual, lessOrEqual, greater
    }

    /// A memory operand.
    public struct Memory: Sendable {
        fileprivate var base: GeneralRegister?
        fileprivate var index: GeneralRegister?
        fileprivate var scale: UInt8 = 0
        fileprivate var displacement: Int32 = 0
        fileprivate var label: Label?

        /// `[base + displacement]`
        public static func at(_ base: GeneralRegister, _ displacement: Int32 = 0) -> Memory {
            Memory(base: base, displacement: displacement)
        }

        /// `[base + index * scale + displacement]`
        public static func at(
            _ base: GeneralRegister?, index: GeneralRegister, scale: Int = 1, _ displacement: Int32 = 0
        ) -> Memory {
            precondition(index != .rsp, "RSP cannot be an index register.")
            precondition([1, 2, 4, 8].contains(scale), "The scale is 1, 2, 4 or 8.")
            return Memory(
                base: base, index: index, scale: UInt8(scale.trailingZeroBitCount), displacement: displacement
            )
        }

        /// The address itself, which lies in the lower 2 GiB, or the upper 2 GiB of the 64-bit address space.
        public static func absolute(_ address: UInt32) -> Memory {
            Memory(displacement: Int32(bitPattern: address))
        }

        /// A place in the code: relative to RIP in 64-bit code, its address in 32-bit code.
        public static func label(_ label: Label, offset: Int32 = 0) -> Memory {
            Memory(displacement: offset, label: label)
        }
    }

    private enum Reference: Sendable {
        /// From the end of the instruction, which is `trailing` bytes behind the field.
        case relative32(trailing: Int)
        case relative8
        case absolute32
        case absolute64
    }

    private struct Fixup: Sendable {
        let position: Int
        let label: Label
        let reference: Reference
        let addend: Int64
    }

    /// The address of the first byte.
    public let origin: UInt64
    /// The mode of what follows; a program that changes the processor's mode changes this too.
    public var mode: Mode
    private var bytes: [UInt8] = []
    private var places: [Int?] = []
    private var fixups: [Fixup] = []

    public init(origin: UInt64, mode: Mode = .bits64) {
        self.origin = origin
        self.mode = mode
    }

    /// How many bytes there are so far.
    public var count: Int { bytes.count }

    /// The address of the next byte.
    public var address: UInt64 { origin &+ UInt64(bytes.count) }

    // MARK: Labels

    /// A label that is not placed yet.
    public mutating func label() -> Label {
        places.append(nil)
        return Label(number: places.count - 1)
    }

    /// Puts `label` here.
    public mutating func place(_ label: Label) {
        precondition(places[label.number] == nil, "A label has one place.")
        places[label.number] = bytes.count
    }

    /// A new label for this place.
    public mutating func here() -> Label {
        let label = label()
        place(label)
        return label
    }

    /// The address of a placed label.
    public func address(of label: Label) -> UInt64 {
        guard let place = places[label.number] else { preconditionFailure("The label has no place.") }
        return origin &+ UInt64(place)
    }

    /// The program with all references resolved.
    public func assembled() -> [UInt8] {
        var result = bytes
        for fixup in fixups {
            let target = Int64(bitPattern: address(of: fixup.label)) &+ fixup.addend
            let field = Int64(bitPattern: origin) &+ Int64(fixup.position)
            switch fixup.reference {
            case .relative32(let trailing):
                let distance = target &- (field &+ 4 &+ Int64(trailing))
                guard let value = Int32(exactly: distance) else { preconditionFailure("A label is too far.") }
                result.store(UInt32(bitPattern: value), at: fixup.position)
            case .relative8:
                guard let value = Int8(exactly: target &- (field &+ 1)) else {
                    preconditionFailure("A label is too far for an 8-bit displacement.")
                }
                result[fixup.position] = UInt8(bitPattern: value)
            case .absolute32:
                guard let value = UInt32(exactly: target) else {
                    preconditionFailure("A label's address does not fit 32 bits.")
                }
                result.store(value, at: fixup.position)
            case .absolute64:
                result.store(UInt64(bitPattern: target), at: fixup.position)
            }
        }
        return result
    }

    // MARK: Data

    public mutating func data(_ data: some Sequence<UInt8>) { bytes += data }
    public mutating func data8(_ value: UInt8) { bytes.append(value) }
    public mutating func data16(_ value: UInt16) { bytes.append(littleEndian: value) }
    public mutating func data32(_ value: UInt32) { bytes.append(littleEndian: value) }
    public mutating func data64(_ value: UInt64) { bytes.append(littleEndian: value) }
    /// The 32-bit address of a label.
    public mutating func data32(_ label: Label) { refer(label, .absolute32) }
    /// The 64-bit address of a label.
    public mutating func data64(_ label: Label) { refer(label, .absolute64) }
    /// The text in ASCII or UTF-8, and a zero if it is to be `terminated`.
    public mutating func text(_ text: String, terminated: Bool = false) {
        bytes += Array(text.utf8) + (terminated ? [0] : [])
    }
    public mutating func zeros(_ count: Int) { bytes += [UInt8](repeating: 0, count: count) }

    /// Fills up to a multiple of `alignment` (of the address).
    public mutating func align(_ alignment: Int, fill: UInt8 = 0xCC) {
        while !address.isMultiple(of: UInt64(alignment)) { bytes.append(fill) }
    }

    /// Fills up to `address`.
    public mutating func pad(to address: UInt64, fill: UInt8 = 0) {
        precondition(address >= self.address, "The code is already past the address.")
        bytes += [UInt8](repeating: fill, count: Int(address - self.address))
    }

    private mutating func refer(_ label: Label, _ reference: Reference, addend: Int64 = 0) {
        fixups.append(Fixup(position: bytes.count, label: label, reference: reference, addend: addend))
        switch reference {
        case .relative8: zeros(1)
        case .relative32, .absolute32: zeros(4)
        case .absolute64: zeros(8)
        }
    }

    // MARK: Encoding

    private enum Operand {
        case register(GeneralRegister)
        case memory(Memory)
    }

    private var nativeWidth: Width { mode == .bits64 ? .qword : .dword }

    /// Prefixes, REX, opcode and ModRM of one instruction.
    ///
    /// - Parameters:
    ///   - reg: the number in the `reg` field, a register or an opcode extension.
    ///   - width: gives 0x66 and REX.W.
    ///   - byteRegisters: the registers encoded here that are used as bytes, so that SPL to DIL get their REX.
    ///   - trailing: how many immediate bytes the caller appends.
    private mutating func encode(
        _ opcode: [UInt8], reg: UInt8, _ operand: Operand, _ width: Width,
        byteRegisters: [GeneralRegister] = [],
        trailing: Int = 0
    ) {
        var rex: UInt8 = 0
        if width == .word { bytes.append(0x66) }
        if width == .qword {
            precondition(mode == .bits64, "64-bit operands need 64-bit mode.")
            rex |= 0x48
        }
        if reg >= 8 { rex |= 0x44 }
        switch operand {
        case .register(let register):
            if register.rawValue >= 8 { rex |= 0x41 }
        case .memory(let memory):
            if let base = memory.base, base.rawValue >= 8 { rex |= 0x41 }
            if let index = memory.index, index.rawValue >= 8 { rex |= 0x42 }
        }
        for register in byteRegisters where (4...7).contains(register.rawValue) { rex |= 0x40 }
        precondition(rex == 0 || mode == .bits64, "REX needs 64-bit mode.")
        var opcode = opcode
        // A mandatory prefix comes before REX.
        while let first = opcode.first, opcode.count > 1, [0x66, 0xF0, 0xF2, 0xF3].contains(first) {
            bytes.append(opcode.removeFirst())
        }
        if rex != 0 { bytes.append(rex) }
        bytes += opcode
        modRM(reg & 7, operand, trailing)
    }

    private mutating func modRM(_ reg: UInt8, _ operand: Operand, _ trailing: Int) {
        let field = reg << 3
        guard case .memory(let memory) = operand else {
            if case .register(let register) = operand { bytes.append(0xC0 | field | register.rawValue & 7) }
            return
        }
        if let label = memory.label {
            bytes.append(field | 5)
            let reference = mode == .bits64 ? Reference.relative32(trailing: trailing) : .absolute32
            refer(label, reference, addend: Int64(memory.displacement))
            return
        }
        guard memory.base != nil || memory.index != nil else {
            // In 64-bit mode the short form is relative to RIP; a SIB byte without base and index is absolute.
            bytes += mode == .bits64 ? [field | 4, 0x25] : [field | 5]
            data32(UInt32(bitPattern: memory.displacement))
            return
        }
        let mod: UInt8 =
            if memory.base == nil {
                0
            } else if memory.displacement == 0, let base = memory.base, base.rawValue & 7 != 5 {
                0
            } else if Int8(exactly: memory.displacement) != nil {
                1
            } else {
                2
            }
        let base = memory.base.map { $0.rawValue & 7 } ?? 5
        if memory.index != nil || base == 4 {
            let index = memory.index.map { $0.rawValue & 7 } ?? 4
            bytes += [mod << 6 | field | 4, memory.scale << 6 | index << 3 | base]
        } else {
            bytes.append(mod << 6 | field | base)
        }
        if mod == 1 {
            bytes.append(UInt8(truncatingIfNeeded: memory.displacement))
        } else if mod == 2 || memory.base == nil {
            data32(UInt32(bitPattern: memory.displacement))
        }
    }

    private mutating func immediate(_ value: Int64, _ width: Width) {
        switch width {
        case .byte:
            precondition(Int8(exactly: value) != nil || UInt8(exactly: value) != nil, "The value is no byte.")
            data8(UInt8(truncatingIfNeeded: value))
        case .word:
            precondition(
                Int16(exactly: value) != nil || UInt16(exactly: value) != nil, "The value is no word.")
            data16(UInt16(truncatingIfNeeded: value))
        case .dword:
            precondition(Int32(exactly: value) != nil || UInt32(exactly: value) != nil, "Not a 32-bit value.")
            data32(UInt32(truncatingIfNeeded: value))
        case .qword:
            precondition(Int32(exactly: value) != nil, "The value is no sign-extended 32-bit value.")
            data32(UInt32(truncatingIfNeeded: value))
        }
    }

    private func wide(_ width: Width) -> UInt8 { width == .byte ? 0 : 1 }

    // MARK: Moves

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
    /// `PUSHF` of the mode's width.
    public mutating func pushf() { bytes.append(0x9C) }
    /// `POPF` of the mode's width.
    public mutating func popf() { bytes.append(0x9D) }

    // MARK: Arithmetic and logic

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

    // MARK: Control

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

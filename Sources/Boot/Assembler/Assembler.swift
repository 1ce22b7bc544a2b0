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

    enum Reference: Sendable {
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
    var bytes: [UInt8] = []
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

    mutating func refer(_ label: Label, _ reference: Reference, addend: Int64 = 0) {
        fixups.append(Fixup(position: bytes.count, label: label, reference: reference, addend: addend))
        switch reference {
        case .relative8: zeros(1)
        case .relative32, .absolute32: zeros(4)
        case .absolute64: zeros(8)
        }
    }

    // MARK: Encoding

    enum Operand {
        case register(GeneralRegister)
        case memory(Memory)
    }

    var nativeWidth: Width { mode == .bits64 ? .qword : .dword }

    /// Prefixes, REX, opcode and ModRM of one instruction.
    ///
    /// - Parameters:
    ///   - reg: the number in the `reg` field, a register or an opcode extension.
    ///   - width: gives 0x66 and REX.W.
    ///   - byteRegisters: the registers encoded here that are used as bytes, so that SPL to DIL get their REX.
    ///   - trailing: how many immediate bytes the caller appends.
    mutating func encode(
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

    mutating func immediate(_ value: Int64, _ width: Width) {
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

    func wide(_ width: Width) -> UInt8 { width == .byte ? 0 : 1 }
}

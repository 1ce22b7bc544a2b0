// SPDX-License-Identifier: Apache-2.0

public import X86

/// One decoded instruction: a fixed-size record that both execution tiers read.
///
/// - SeeAlso: SDM Vol. 2, "Instruction Format".
public struct Instruction: Sendable, BitwiseCopyable {
    /// Linear address of the first byte.
    public var rip: UInt64 = 0
    /// Signed displacement; for RIP-relative operands the absolute address, with `base` and `index` none.
    public var displacement: UInt64 = 0
    /// Immediate, sign-extended to 64 bits where the instruction does so. Far pointers: the offset.
    public var immediate: UInt64 = 0
    /// ENTER's second immediate; far pointers: the selector.
    public var immediate2: UInt16 = 0
    public var prefixes = Prefixes()
    /// Length in bytes, 1 to 15.
    public var length: UInt8 = 0
    public var map: OpcodeMap = .oneByte
    public var opcode: UInt8 = 0
    /// Effective operand size in bytes: 1, 2, 4 or 8, after the opcode's own rule (byte forms, default 64 and so on).
    public var operandSize: UInt8 = 0
    /// Effective address size in bytes: 2, 4 or 8.
    public var addressSize: UInt8 = 0
    public var modRM: UInt8 = 0
    /// The ModRM fields with their REX bits: 0–15.
    public var reg: UInt8 = 0
    public var rm: UInt8 = 0
    /// Base and index registers of a memory operand, 0–15, or `Instruction.noRegister`.
    public var base: UInt8 = Instruction.noRegister
    public var index: UInt8 = Instruction.noRegister
    /// Index shift: 0, 1, 2 or 3.
    public var scale: UInt8 = 0
    /// Effective segment of the memory operand (default or override).
    public var segment: SegmentRegister = .ds
    /// The ModRM operand is in memory.
    public var isMemory: Bool = false
    public var hasModRM: Bool = false

    public static let noRegister: UInt8 = 16

    public init() {}

    /// ModRM.reg without REX.R: the opcode extension.
    @inlinable public var opcodeExtension: UInt8 { (modRM >> 3) & 7 }
    /// Pushes or pops, whatever its operand is.
    public var usesStack: Bool {
        switch (map, opcode) {
        case (.oneByte, 0x06), (.oneByte, 0x07), (.oneByte, 0x0E), (.oneByte, 0x16), (.oneByte, 0x17),
            (.oneByte, 0x1E), (.oneByte, 0x1F), (.oneByte, 0x50...0x61), (.oneByte, 0x68), (.oneByte, 0x6A),
            (.oneByte, 0x8F), (.oneByte, 0x9A), (.oneByte, 0x9C), (.oneByte, 0x9D), (.oneByte, 0xC2),
            (.oneByte, 0xC3), (.oneByte, 0xC8...0xCB), (.oneByte, 0xCF), (.oneByte, 0xE8):
            true
        case (.oneByte, 0xFF): opcodeExtension == 2 || opcodeExtension == 3 || opcodeExtension == 6
        case (.twoByte, 0xA0), (.twoByte, 0xA1), (.twoByte, 0xA8), (.twoByte, 0xA9): true
        default: false
        }
    }
    /// Address of the next instruction.
    @inlinable public var nextRIP: UInt64 { rip &+ UInt64(length) }
}

public enum OpcodeMap: UInt8, Sendable, BitwiseCopyable {
    case oneByte, twoByte, threeByte38, threeByte3A
}

/// The prefixes in front of an opcode.
public struct Prefixes: OptionSet, Sendable, BitwiseCopyable {
    public var rawValue: UInt16
    @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }

    public static let lock = Prefixes(rawValue: 1 << 0)
    /// F2, when it is the last of F2 and F3.
    public static let repne = Prefixes(rawValue: 1 << 1)
    /// F3, when it is the last of F2 and F3.
    public static let rep = Prefixes(rawValue: 1 << 2)
    public static let operandSize = Prefixes(rawValue: 1 << 3)
    public static let addressSize = Prefixes(rawValue: 1 << 4)
    public static let rex = Prefixes(rawValue: 1 << 5)
    public static let rexW = Prefixes(rawValue: 1 << 6)
    public static let segmentOverride = Prefixes(rawValue: 1 << 7)
}

/// What the decoder must know of the processor's mode.
public enum CodeSize: UInt8, Sendable {
    case bits16 = 2
    case bits32 = 4
    case bits64 = 8
}

/// Why bytes are not an instruction.
public enum DecodeFailure: Error, Sendable, Equatable {
    /// More bytes are needed: the instruction reaches beyond what could be fetched. Holds how many were there.
    case needsMore(Int)
    /// #UD
    case undefined
    /// Longer than 15 bytes: #GP(0).
    case tooLong
}

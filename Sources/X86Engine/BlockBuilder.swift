// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

/// Builds the micro-ops of one block, in the arena of the block cache.
struct BlockBuilder {
    /// What the block is decoded for.
    let mode: Mode
    /// The next free op.
    var cursor: UnsafeMutableRawPointer
    let end: UnsafeMutableRawPointer
    /// Linear address of the block's first byte.
    let start: UInt64
    /// The instruction lowered last ends the block.
    private(set) var isEnded = false
    /// Base of CS: linear addresses minus RIPs. 0 in 64-bit mode.
    var codeBase: UInt64 = 0
    /// Instructions of the block up to and with the current one.
    var count = 0
    /// What wrote the flags that the next instruction finds.
    var knownFlags = KnownFlags.none
    /// The arithmetic flags that the current instruction leaves are overwritten before anything reads them.
    var flagsAreDead = false

    init(mode: Mode, start: UInt64, arena: UnsafeMutableRawPointer, end: UnsafeMutableRawPointer) {
        self.mode = mode
        self.start = start
        self.cursor = arena
        self.end = end
    }

    /// Appends an op whose memory operand, if the instruction has one, is taken from it.
    ///
    /// - Parameters:
    ///   - destination: byte offset in the state of a general register, or a register number of another class.
    ///   - displacement: overrides the instruction's displacement, for ops that keep a 64-bit immediate there.
    @discardableResult
    mutating func emit(
        _ handler: @escaping Handler, _ i: Instruction, destination: UInt8 = 0, source: UInt8 = 0,
        code: UInt16 = 0,
        immediate: Int32 = 0, displacement: UInt64? = nil
    ) -> MicroOp {
        let op = MicroOp(cursor)
        cursor += MicroOp.size
        op.handler = handler
        op.displacement = displacement ?? i.displacement
        op.immediate = immediate
        op.code = code
        op.length = i.length
        op.scale = i.scale
        op.destination = destination
        op.source = source
        op.baseRegister = BlockBuilder.slot(i.base)
        op.indexRegister = BlockBuilder.slot(i.index)
        op.ripOffset = UInt16(truncatingIfNeeded: i.rip &- start)
        op.addressing = addressing(i)
        return op
    }

    /// Appends an op for a rare instruction: its handler finds the whole `Instruction` in the following slots.
    ///
    /// The handler reads it by `MicroOp.instruction`, computes addresses by `MicroOp.address`, and goes on by
    /// `proceedPastRecord`.
    @discardableResult
    mutating func emitRecord(_ handler: @escaping Handler, _ i: Instruction) -> MicroOp {
        let op = emit(handler, i)
        cursor.storeBytes(of: i, as: Instruction.self)
        cursor += BlockBuilder.recordSize
        return op
    }

    /// Like `emitRecord`, for an instruction after which the block ends: its handler sets RIP and returns nil by
    /// `leaveBlock`, or raises.
    mutating func emitEnding(_ handler: @escaping Handler, _ i: Instruction) {
        emitRecord(handler, i)
        isEnded = true
    }

    /// Marks the instruction lowered last as the block's end, for handlers that link blocks.
    mutating func finish() { isEnded = true }

    /// Reserves a raw slot of 32 bytes behind the op emitted last.
    mutating func reserveSlot() -> UnsafeMutableRawPointer {
        let slot = cursor
        cursor += MicroOp.size
        return slot
    }

    static let recordSize = (MemoryLayout<Instruction>.stride + 31) & ~31

    /// Byte offset of a general register's 64-bit slot; of the zero slot for `Instruction.noRegister`.
    static func slot(_ register: UInt8) -> UInt8 { register &* 8 }

    /// Byte offset of an 8-bit register operand: AH, CH, DH, BH are byte 1 of the first four unless a REX prefix stands.
    static func byteSlot(_ register: UInt8, _ i: Instruction) -> UInt8 {
        !i.prefixes.contains(.rex) && (4..<8).contains(register) ? (register - 4) &* 8 + 1 : register &* 8
    }

    func addressing(_ i: Instruction) -> UInt16 {
        var bits: UInt16 = 0
        if i.addressSize == 4 { bits |= 1 }
        if i.addressSize == 2 { bits |= 1 << 4 }
        let segmented = mode.contains(.code64) ? i.segment == .fs || i.segment == .gs : true
        if segmented { bits |= UInt16(i.segment.rawValue + 1) << 1 }
        if !mode.contains(.code64) {
            bits |= (i.writesMemory ? 1 << 5 : 0) | UInt16(min(max(i.memorySize, 1), 255)) << 6
        }
        return bits
    }
}

extension MicroOp {
    /// The record behind an op made by `emitRecord`.
    var instruction: Instruction {
        @inline(__always) get { (base + MicroOp.size).load(as: Instruction.self) }
    }
}

/// Ends a handler of an `emitRecord` op: runs the op behind the record.
@inline(__always)
func proceedPastRecord(_ c: UnsafeMutableRawPointer, _ o: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer?
{
    let next = o + MicroOp.size + BlockBuilder.recordSize
    return next.load(as: Handler.self)(c, next)
}

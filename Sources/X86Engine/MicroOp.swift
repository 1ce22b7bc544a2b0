// SPDX-License-Identifier: Apache-2.0

import X86Decoder

/// A handler: does one micro-op and tail-calls the next one's; a block's last returns the first op of the next block.
///
/// Returns nil to leave; `State.Offset.leave` says why.
typealias Handler =
    @convention(c) (UnsafeMutableRawPointer, UnsafeMutableRawPointer) -> UnsafeMutableRawPointer?

/// One decoded operation of a block, 32 bytes. Block-ending ops take a second 32-byte slot, `BlockEnd`.
struct MicroOp {
    let base: UnsafeMutableRawPointer
    static let size = 32

    @inline(__always) init(_ base: UnsafeMutableRawPointer) { self.base = base }

    @inline(__always) private func at<T: BitwiseCopyable>(_ offset: Int, _ type: T.Type = T.self) -> T {
        base.load(fromByteOffset: offset, as: T.self)
    }
    @inline(__always) private func put<T: BitwiseCopyable>(_ offset: Int, _ value: T) {
        base.storeBytes(of: value, toByteOffset: offset, as: T.self)
    }

    var handler: Handler {
        @inline(__always) get { base.load(fromByteOffset: 0, as: Handler.self) }
        nonmutating set { base.storeBytes(of: newValue, as: Handler.self) }
    }
    /// Displacement of the memory operand, or a 64-bit immediate, or a pointer to the `Instruction` record.
    var displacement: UInt64 {
        @inline(__always) get { at(8) }
        nonmutating set { put(8, newValue) }
    }
    /// Immediate, sign-extended by whoever reads it.
    var immediate: Int32 {
        @inline(__always) get { at(16) }
        nonmutating set { put(16, newValue) }
    }
    /// Free for the handler: condition, sub-operation, segment, flag shift …
    var code: UInt16 {
        @inline(__always) get { at(20) }
        nonmutating set { put(20, newValue) }
    }
    /// Length of the instruction in bytes.
    var length: UInt8 {
        @inline(__always) get { at(22) }
        nonmutating set { put(22, newValue) }
    }
    /// Index shift.
    var scale: UInt8 {
        @inline(__always) get { at(23) }
        nonmutating set { put(23, newValue) }
    }
    /// Byte offsets of general registers in the state (AH…BH are odd), or numbers of XMM, MMX, segment registers.
    var destination: UInt8 {
        @inline(__always) get { at(24) }
        nonmutating set { put(24, newValue) }
    }
    var source: UInt8 {
        @inline(__always) get { at(25) }
        nonmutating set { put(25, newValue) }
    }
    /// Byte offsets of base and index in the state; `State.Offset.zero` for none.
    var baseRegister: UInt8 {
        @inline(__always) get { at(26) }
        nonmutating set { put(26, newValue) }
    }
    var indexRegister: UInt8 {
        @inline(__always) get { at(27) }
        nonmutating set { put(27, newValue) }
    }
    /// Byte offset of this op's instruction from the block's first byte.
    var ripOffset: UInt16 {
        @inline(__always) get { at(28) }
        nonmutating set { put(28, newValue) }
    }
    /// Bit 0: address size 32. Bits 3:1: 1 + segment register whose base is to be added, 0 for none. Bit 4: address size 16.
    /// For the checks of segments outside 64-bit mode, bit 5: the operand is written; bits 13:6: its size in bytes.
    var addressing: UInt16 {
        @inline(__always) get { at(30) }
        nonmutating set { put(30, newValue) }
    }

    @inline(__always) var next: UnsafeMutableRawPointer { base + MicroOp.size }

    /// The linear address of the memory operand.
    @inline(__always) func address(_ state: State) -> UInt64 {
        let offset =
            state[field: Int(baseRegister)] &+ (state[field: Int(indexRegister)] &<< UInt64(scale))
            &+ displacement
        // In 64-bit mode with addresses of 64 bits: the segment's base, or the zero in front of them.
        if _fastPath(addressing & ~0xE == 0) {
            return offset &+ state[field: State.Offset.noBase + Int(addressing) &<< 4]
        }
        return slowAddress(state, offset)
    }
    @inline(never) private func slowAddress(_ state: State, _ offset: UInt64) -> UInt64 {
        let offset =
            addressing & 1 != 0
            ? offset & 0xFFFF_FFFF : addressing & 1 << 4 != 0 ? offset & 0xFFFF : offset
        let segment = Int(addressing >> 1) & 7
        guard segment != 0 else { return offset }
        if state.mode.contains(.code64) {
            return offset &+ state[field: State.Offset.segments + (segment - 1) * 32]
        }
        return state.linear(
            offset, segment: segment - 1, size: Int(addressing >> 6) & 0xFF, writes: addressing & 1 << 5 != 0)
    }
}

/// Ends an ordinary handler: runs the next op.
@inline(__always)
func proceed(_ c: UnsafeMutableRawPointer, _ o: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    let next = o + MicroOp.size
    return next.load(as: Handler.self)(c, next)
}

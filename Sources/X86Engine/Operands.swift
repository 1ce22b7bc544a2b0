// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

typealias Word = FixedWidthInteger & UnsignedInteger & BitwiseCopyable

extension State {
    /// A register operand by its byte offset.
    @inline(__always)
    func register<T: Word>(_ offset: UInt8, as type: T.Type = T.self) -> T {
        base.loadUnaligned(fromByteOffset: Int(offset), as: T.self)
    }

    /// Writes a register operand; 32-bit results clear the upper half.
    @inline(__always)
    func setRegister<T: Word>(_ offset: UInt8, _ value: T) {
        if T.self == UInt32.self {
            write(Int(offset), UInt64(truncatingIfNeeded: value))
        } else {
            base.storeBytes(of: value, toByteOffset: Int(offset), as: T.self)
        }
    }

    // Operands whose size is a number, for instructions that are not worth a handler a size.

    static func mask(_ size: UInt8) -> UInt64 { size == 8 ? ~0 : (1 << (UInt64(size) * 8)) - 1 }

    func readRegister(_ offset: UInt8, size: UInt8) -> UInt64 {
        switch size {
        case 1: UInt64(register(offset, as: UInt8.self))
        case 2: UInt64(register(offset, as: UInt16.self))
        case 4: UInt64(register(offset, as: UInt32.self))
        default: register(offset, as: UInt64.self)
        }
    }
    func writeRegister(_ offset: UInt8, size: UInt8, _ value: UInt64) {
        switch size {
        case 1: setRegister(offset, UInt8(truncatingIfNeeded: value))
        case 2: setRegister(offset, UInt16(truncatingIfNeeded: value))
        case 4: setRegister(offset, UInt32(truncatingIfNeeded: value))
        default: setRegister(offset, value)
        }
    }
    func loadSized(_ address: UInt64, size: UInt8, _ op: MicroOp, forUpdate: Bool = false) -> UInt64? {
        switch (size, forUpdate) {
        case (1, false): load(address, op, as: UInt8.self).map(UInt64.init)
        case (2, false): load(address, op, as: UInt16.self).map(UInt64.init)
        case (4, false): load(address, op, as: UInt32.self).map(UInt64.init)
        case (_, false): load(address, op, as: UInt64.self)
        case (1, true): loadForUpdate(address, op, as: UInt8.self).map(UInt64.init)
        case (2, true): loadForUpdate(address, op, as: UInt16.self).map(UInt64.init)
        case (4, true): loadForUpdate(address, op, as: UInt32.self).map(UInt64.init)
        case (_, true): loadForUpdate(address, op, as: UInt64.self)
        }
    }
    func storeSized(_ address: UInt64, size: UInt8, _ value: UInt64, _ op: MicroOp) -> Bool {
        switch size {
        case 1: store(address, UInt8(truncatingIfNeeded: value), op)
        case 2: store(address, UInt16(truncatingIfNeeded: value), op)
        case 4: store(address, UInt32(truncatingIfNeeded: value), op)
        default: store(address, value, op)
        }
    }
    func recordSized(_ kind: UInt64, _ result: UInt64, _ source: UInt64, size: UInt8) {
        switch size {
        case 1: record(kind, UInt8(truncatingIfNeeded: result), UInt8(truncatingIfNeeded: source))
        case 2: record(kind, UInt16(truncatingIfNeeded: result), UInt16(truncatingIfNeeded: source))
        case 4: record(kind, UInt32(truncatingIfNeeded: result), UInt32(truncatingIfNeeded: source))
        default: record(kind, result, source)
        }
    }

    /// The ModRM r/m operand.
    func readRM(_ i: Instruction, _ op: MicroOp, size: UInt8, forUpdate: Bool = false) -> UInt64? {
        if i.isMemory { return loadSized(op.address(self), size: size, op, forUpdate: forUpdate) }
        return readRegister(size == 1 ? BlockBuilder.byteSlot(i.rm, i) : BlockBuilder.slot(i.rm), size: size)
    }
    func writeRM(_ i: Instruction, _ op: MicroOp, size: UInt8, _ value: UInt64) -> Bool {
        if i.isMemory { return storeSized(op.address(self), size: size, value, op) }
        writeRegister(size == 1 ? BlockBuilder.byteSlot(i.rm, i) : BlockBuilder.slot(i.rm), size: size, value)
        return true
    }
    /// The ModRM reg operand.
    func readReg(_ i: Instruction, size: UInt8) -> UInt64 {
        readRegister(size == 1 ? BlockBuilder.byteSlot(i.reg, i) : BlockBuilder.slot(i.reg), size: size)
    }
    func writeReg(_ i: Instruction, size: UInt8, _ value: UInt64) {
        writeRegister(size == 1 ? BlockBuilder.byteSlot(i.reg, i) : BlockBuilder.slot(i.reg), size: size, value)
    }

    /// RSP as the stack's size has it.
    var stackMask: UInt64 {
        let mode = mode
        return mode.contains(.code64) ? ~0 : mode.contains(.stack32) ? 0xFFFF_FFFF : 0xFFFF
    }
    func setStackPointer(_ value: UInt64) {
        let mask = stackMask
        self[.rsp] = mask == 0xFFFF ? self[.rsp] & ~mask | value & mask : value & mask
    }
    /// Pushes; false: faulted, RSP unchanged.
    func push(_ value: UInt64, size: UInt8, _ op: MicroOp) -> Bool {
        let target = (self[.rsp] &- UInt64(size)) & stackMask
        guard storeSized(stackBase &+ target, size: size, value, op) else { return false }
        setStackPointer(target)
        return true
    }
    /// The value on top of the stack, RSP unchanged.
    func peek(size: UInt8, _ op: MicroOp, at offset: UInt64 = 0) -> UInt64? {
        loadSized(stackBase &+ ((self[.rsp] &+ offset) & stackMask), size: size, op)
    }
    /// SS base, which is nothing in 64-bit mode.
    private var stackBase: UInt64 {
        mode.contains(.code64) ? 0 : self[field: Offset.segments + 2 * 32]
    }
}

// SPDX-License-Identifier: Apache-2.0

import Synchronization
import X86
import X86Decoder

// Operands of rare integer instructions, which run from their record with sizes known only then.

extension VirtualCPU {
    /// The byte offset of an 8-bit register, else of the register's slot.
    @inline(__always)
    private func offset(_ number: UInt8, _ i: Instruction, _ size: UInt8) -> Int {
        size == 1 ? Int(BlockBuilder.byteSlot(number & 15, i)) : Int(number & 15) * 8
    }
    func value(_ number: UInt8, _ i: Instruction, _ size: UInt8) -> UInt64 {
        let offset = offset(number, i, size)
        switch size {
        case 1: return UInt64(state.read(offset, as: UInt8.self))
        case 2: return UInt64(state.read(offset, as: UInt16.self))
        case 4: return UInt64(state.read(offset, as: UInt32.self))
        default: return state[field: offset]
        }
    }
    func setValue(_ number: UInt8, _ i: Instruction, _ size: UInt8, _ value: UInt64) {
        let offset = offset(number, i, size)
        switch size {
        case 1: state.write(offset, UInt8(truncatingIfNeeded: value))
        case 2: state.write(offset, UInt16(truncatingIfNeeded: value))
        case 4: state[field: offset] = value & 0xFFFF_FFFF
        default: state[field: offset] = value
        }
    }

    /// The r/m operand.
    func operand(_ i: Instruction, _ op: MicroOp, _ size: UInt8) throws(Fault) -> UInt64 {
        i.isMemory ? try loadSized(op.address(state), size) : value(i.rm, i, size)
    }
    func setOperand(_ i: Instruction, _ op: MicroOp, _ size: UInt8, _ value: UInt64) throws(Fault) {
        if i.isMemory {
            try storeSized(op.address(state), size, value)
        } else {
            setValue(i.rm, i, size, value)
        }
    }
    /// Makes a memory operand writable before anything changes.
    func requireWritable(_ address: UInt64, _ size: Int) throws(Fault) {
        _ = try data(address, size, .write, isStack: false)
    }

    // MARK: Stack

    private var stackMask: UInt64 {
        let mode = state.mode
        return mode.contains(.code64) ? ~0 : mode.contains(.stack32) ? 0xFFFF_FFFF : 0xFFFF
    }
    private func setStack(_ value: UInt64) {
        let mask = stackMask
        state[.rsp] = mask == 0xFFFF ? state[.rsp] & ~mask | value & mask : value & mask
    }
    func moveStack(by count: UInt64) { setStack(state[.rsp] &+ count) }
    /// The linear address of a stack offset.
    func stackLinear(_ offset: UInt64, size: UInt8, writes: Bool = false) -> UInt64 {
        if state.mode.contains(.code64) { return offset }
        return state.linear(offset & stackMask, segment: 2, size: Int(size), writes: writes)
    }
    func pushValue(_ value: UInt64, _ size: UInt8) throws(Fault) {
        let top = state[.rsp] &- UInt64(size)
        try storeSized(stackLinear(top, size: size, writes: true), size, value)
        setStack(top)
    }
    func popValue(_ size: UInt8) throws(Fault) -> UInt64 {
        let value = try loadSized(stackLinear(state[.rsp], size: size), size)
        setStack(state[.rsp] &+ UInt64(size))
        return value
    }

    // MARK: Locked updates

    /// Replaces a value in memory in one piece, `change` may be asked more than once. Returns the old value.
    ///
    /// Within 16 aligned bytes the host exchanges the 8 or 16 bytes around the value. A value across them, across two
    /// pages or in a page with code is replaced while the other vCPUs stand still, as with a bus lock.
    func update(_ address: UInt64, _ size: UInt8, _ change: (UInt64) -> UInt64) throws(Fault) -> UInt64 {
        if let pointer = try writablePointer(address, Int(size)) {
            if let old = replace(pointer, size, change) { return old }
        }
        return try group.exclusively(self) { () throws(Fault) in
            let old = try loadSized(address, size)
            try requireWritable(address, Int(size))
            try storeSized(address, size, change(old))
            return old
        }
    }

    /// nil: not within 16 aligned bytes.
    private func replace(
        _ pointer: UnsafeMutableRawPointer, _ size: UInt8, _ change: (UInt64) -> UInt64
    ) -> UInt64? {
        let mask: UInt64 = size == 8 ? ~0 : (1 << UInt64(size * 8)) - 1
        let offset = UInt64(UInt(bitPattern: pointer) & 7)
        let shift = offset * 8
        if offset + UInt64(size) <= 8 {
            let cell = (pointer - Int(offset)).assumingMemoryBound(to: Atomic<UInt64>.self)
            var word = cell.pointee.load(ordering: .relaxed)
            while true {
                let old = word >> shift & mask
                let new = word & ~(mask << shift) | (change(old) & mask) << shift
                let result = cell.pointee.compareExchange(
                    expected: word, desired: new, ordering: .sequentiallyConsistent)
                if result.exchanged { return old }
                word = result.original
            }
        }
        guard UInt(bitPattern: pointer) & 15 < 8 else { return nil }
        // In the middle of 16 bytes: its lower bits end the first word, the upper ones begin the second.
        let cell = (pointer - Int(offset)).assumingMemoryBound(to: Atomic<WordPair>.self)
        var pair = cell.pointee.load(ordering: .relaxed)
        let upper = 64 - shift
        while true {
            let old = (UInt64(pair.first) >> shift | UInt64(pair.second) << upper) & mask
            let new = change(old) & mask
            let first = UInt64(pair.first) & ~(mask << shift) | new << shift
            let second = UInt64(pair.second) & ~(mask >> upper) | new >> upper
            let result = cell.pointee.compareExchange(
                expected: pair, desired: WordPair(first: UInt(first), second: UInt(second)),
                ordering: .sequentiallyConsistent)
            if result.exchanged { return old }
            pair = result.original
        }
    }

    /// Where `size` bytes can be updated directly; nil where a store has to go the long way.
    func writablePointer(_ address: UInt64, _ size: Int) throws(Fault) -> UnsafeMutableRawPointer? {
        if let pointer = state.atomicPointer(address, size: size) { return pointer }
        try requireWritable(address, size)
        return state.atomicPointer(address, size: size)
    }
}

// MARK: Arithmetic by record: LOCK forms

/// The arithmetic operation with the manual's number: ADD OR ADC SBB AND SUB XOR CMP.
@inline(__always)
private func arithmetic<T: Word>(_ number: UInt8, _ s: State, _ a: T, _ b: T) -> T {
    switch number {
    case 0: IntAdd.apply(s, a, b, live: true)
    case 1: Or.apply(s, a, b, live: true)
    case 2: AddWithCarry.apply(s, a, b, live: true)
    case 3: SubtractWithBorrow.apply(s, a, b, live: true)
    case 4: And.apply(s, a, b, live: true)
    case 5: IntSubtract.apply(s, a, b, live: true)
    case 6: Xor.apply(s, a, b, live: true)
    default: Compare.apply(s, a, b, live: true)
    }
}
/// Any operation on values whose size is known only now.
private func sized(_ size: UInt8, _ number: UInt8, _ s: State, _ a: UInt64, _ b: UInt64) -> UInt64 {
    switch size {
    case 1: UInt64(arithmetic(number, s, UInt8(truncatingIfNeeded: a), UInt8(truncatingIfNeeded: b)))
    case 2: UInt64(arithmetic(number, s, UInt16(truncatingIfNeeded: a), UInt16(truncatingIfNeeded: b)))
    case 4: UInt64(arithmetic(number, s, UInt32(truncatingIfNeeded: a), UInt32(truncatingIfNeeded: b)))
    default: arithmetic(number, s, a, b)
    }
}
private func compareFlags(_ size: UInt8, _ s: State, _ a: UInt64, _ b: UInt64) { _ = sized(size, 7, s, a, b) }

let lockedArithmetic: Handler = { c, o in
    perform(c, o) { cpu, i, op throws(Fault) in
        let isGroup = i.opcode >= 0x80
        let number = isGroup ? i.opcodeExtension : i.opcode >> 3
        let b = isGroup ? i.immediate : cpu.value(i.reg, i, i.operandSize)
        let flags = cpu.state.arithmeticFlags
        _ = try cpu.update(op.address(cpu.state), i.operandSize) {
            cpu.state.setArithmeticFlags(flags)
            return sized(i.operandSize, number, cpu.state, $0, b)
        }
        return .next
    }
}
/// LOCK NOT, NEG, INC, DEC.
let lockedUnary: Handler = { c, o in
    perform(c, o) { cpu, i, op throws(Fault) in
        let flags = cpu.state.arithmeticFlags
        _ = try cpu.update(op.address(cpu.state), i.operandSize) { old in
            let s = cpu.state
            if i.opcode >= 0xFE {
                let result = sized(i.operandSize, i.opcodeExtension == 0 ? 0 : 5, s, old, 1)
                s.setArithmeticFlags(s.arithmeticFlags & ~RFLAGS.cf | flags & RFLAGS.cf)
                return result
            }
            return i.opcodeExtension == 2 ? ~old : sized(i.operandSize, 5, s, 0, old)
        }
        return .next
    }
}

// MARK: Exchanges

let xchgR: Handler = { c, o in
    perform(c, o) { cpu, i, _ throws(Fault) in
        let other: UInt8 = i.hasModRM ? i.reg : 0
        let a = cpu.value(i.rm, i, i.operandSize)
        let b = cpu.value(other, i, i.operandSize)
        cpu.setValue(i.rm, i, i.operandSize, b)
        cpu.setValue(other, i, i.operandSize, a)
        return .next
    }
}
/// Locked with and without the prefix.
let xchgM: Handler = { c, o in
    perform(c, o) { cpu, i, op throws(Fault) in
        let new = cpu.value(i.reg, i, i.operandSize)
        let old = try cpu.update(op.address(cpu.state), i.operandSize) { _ in new }
        cpu.setValue(i.reg, i, i.operandSize, old)
        return .next
    }
}
let xadd: Handler = { c, o in
    perform(c, o) { cpu, i, op throws(Fault) in
        let size = i.operandSize
        let b = cpu.value(i.reg, i, size)
        if i.isMemory {
            let old = try cpu.update(op.address(cpu.state), size) { sized(size, 0, cpu.state, $0, b) }
            cpu.setValue(i.reg, i, size, old)
        } else {
            let old = cpu.value(i.rm, i, size)
            let sum = sized(size, 0, cpu.state, old, b)
            cpu.setValue(i.reg, i, size, old)
            cpu.setValue(i.rm, i, size, sum)
        }
        return .next
    }
}
let cmpxchg: Handler = { c, o in
    perform(c, o) { cpu, i, op throws(Fault) in
        let size = i.operandSize
        let expected = cpu.value(0, i, size)
        let new = cpu.value(i.reg, i, size)
        let old: UInt64
        if i.isMemory {
            // The destination is written in either case.
            old = try cpu.update(op.address(cpu.state), size) { $0 == expected ? new : $0 }
        } else {
            old = cpu.value(i.rm, i, size)
            if old == expected { cpu.setValue(i.rm, i, size, new) }
        }
        compareFlags(size, cpu.state, expected, old)
        if old != expected { cpu.setValue(0, i, size, old) }
        return .next
    }
}
/// CMPXCHG8B and CMPXCHG16B.
let cmpxchgPair: Handler = { c, o in
    perform(c, o) { cpu, i, op throws(Fault) in
        let s = cpu.state
        let address = op.address(s)
        let equal: Bool
        if i.operandSize == 8 {
            if address & 15 != 0 { throw .protection }
            let expected = WordPair(first: UInt(s[.rax]), second: UInt(s[.rdx]))
            let desired = WordPair(first: UInt(s[.rbx]), second: UInt(s[.rcx]))
            let old: WordPair
            if let pointer = try cpu.writablePointer(address, 16) {
                let cell = pointer.assumingMemoryBound(to: Atomic<WordPair>.self)
                let result = cell.pointee.compareExchange(
                    expected: expected, desired: desired, ordering: .sequentiallyConsistent)
                equal = result.exchanged
                old = result.original
            } else {
                // In a page with code.
                old = try cpu.group.exclusively(cpu) { () throws(Fault) in
                    let old = WordPair(
                        first: UInt(try cpu.load(address, as: UInt64.self)),
                        second: UInt(try cpu.load(address &+ 8, as: UInt64.self)))
                    let new = old == expected ? desired : old
                    try cpu.store(address, UInt64(new.first))
                    try cpu.store(address &+ 8, UInt64(new.second))
                    return old
                }
                equal = old == expected
            }
            if !equal {
                s[.rax] = UInt64(old.first)
                s[.rdx] = UInt64(old.second)
            }
        } else {
            let expected = s[.rax] & 0xFFFF_FFFF | s[.rdx] << 32
            let desired = s[.rbx] & 0xFFFF_FFFF | s[.rcx] << 32
            let old = try cpu.update(address, 8) { $0 == expected ? desired : $0 }
            equal = old == expected
            if !equal {
                s[.rax] = old & 0xFFFF_FFFF
                s[.rdx] = old >> 32
            }
        }
        s.setArithmeticFlags(s.arithmeticFlags & ~RFLAGS.zf | (equal ? RFLAGS.zf : 0))
        return .next
    }
}

// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

// MARK: Conversions and flags

/// CBW, CWDE, CDQE
let convert: Handler = { c, o in
    let s = State(c)
    switch MicroOp(o).code {
    case 2: s.write(0, UInt16(truncatingIfNeeded: s.read(0, as: Int8.self)))
    case 4: s[.rax] = UInt64(UInt32(truncatingIfNeeded: s.read(0, as: Int16.self)))
    default: s[.rax] = UInt64(truncatingIfNeeded: s.read(0, as: Int32.self))
    }
    return proceed(c, o)
}
/// CWD, CDQ, CQO
let convertDouble: Handler = { c, o in
    let s = State(c)
    switch MicroOp(o).code {
    case 2: s.write(16, UInt16(truncatingIfNeeded: s.read(0, as: Int16.self) >> 15))
    case 4: s[.rdx] = UInt64(UInt32(truncatingIfNeeded: s.read(0, as: Int32.self) >> 31))
    default: s[.rdx] = UInt64(truncatingIfNeeded: s.read(0, as: Int64.self) >> 63)
    }
    return proceed(c, o)
}

let clc: Handler = { c, o in
    State(c).setCarry(false)
    return proceed(c, o)
}
let stc: Handler = { c, o in
    State(c).setCarry(true)
    return proceed(c, o)
}
let cmc: Handler = { c, o in
    State(c).setCarry(!State(c).carryFlag)
    return proceed(c, o)
}
let cld: Handler = { c, o in
    State(c)[field: State.Offset.systemFlags] &= ~RFLAGS.df
    return proceed(c, o)
}
let std: Handler = { c, o in
    State(c)[field: State.Offset.systemFlags] |= RFLAGS.df
    return proceed(c, o)
}
let lahf: Handler = { c, o in
    let s = State(c)
    s.write(1, UInt8(truncatingIfNeeded: s.arithmeticFlags & 0xD5 | 2))
    return proceed(c, o)
}
let sahf: Handler = { c, o in
    let s = State(c)
    s.setArithmeticFlags(s.arithmeticFlags & RFLAGS.of | UInt64(s.read(1, as: UInt8.self)) & 0xD5)
    return proceed(c, o)
}
/// SALC, undocumented but there.
let salc: Handler = { c, o in
    State(c).write(0, State(c).carryFlag ? 0xFF as UInt8 : 0)
    return proceed(c, o)
}

/// Does nothing; stands for NOPs where a block would be empty.
let nop: Handler = { c, o in proceed(c, o) }

// MARK: Stack, rare forms

let pushRare: Handler = { c, o in
    perform(c, o) { cpu, i, op throws(Fault) in
        let value: UInt64 =
            switch i.opcode {
            case 0x50...0x57: cpu.value(i.rm, i, i.operandSize)
            case 0x68, 0x6A: i.immediate
            default: try cpu.operand(i, op, i.operandSize)
            }
        try cpu.pushValue(value, i.operandSize)
        return .next
    }
}
let popRare: Handler = { c, o in
    perform(c, o) { cpu, i, op throws(Fault) in
        let s = cpu.state
        let old = s[.rsp]
        let value = try cpu.popValue(i.operandSize)
        guard i.opcode == 0x8F, i.isMemory else {
            cpu.setValue(i.rm, i, i.operandSize, value)
            return .next
        }
        // The address counts with RSP after the pop.
        let address = op.address(s)
        do throws(Fault) {
            try cpu.storeSized(address, i.operandSize, value)
        } catch {
            s[.rsp] = old
            throw error
        }
        return .next
    }
}
let pushAll: Handler = { c, o in
    perform(c, o) { cpu, i, _ throws(Fault) in
        let s = cpu.state
        let old = s[.rsp]
        do throws(Fault) {
            for number in 0..<8 as Range<UInt8> {
                try cpu.pushValue(number == 4 ? old : s[gpr: Int(number)], i.operandSize)
            }
        } catch {
            s[.rsp] = old
            throw error
        }
        return .next
    }
}
let popAll: Handler = { c, o in
    perform(c, o) { cpu, i, _ throws(Fault) in
        let s = cpu.state
        let old = s[.rsp]
        var values: [8 of UInt64] = .init(repeating: 0)
        do throws(Fault) {
            for number in (0..<8).reversed() { values[number] = try cpu.popValue(i.operandSize) }
        } catch {
            s[.rsp] = old
            throw error
        }
        for number in 0..<8 where number != 4 {
            cpu.setValue(UInt8(number), i, i.operandSize, values[number])
        }
        return .next
    }
}
let enter: Handler = { c, o in
    perform(c, o) { cpu, i, _ throws(Fault) in
        let s = cpu.state
        let size = i.operandSize
        let level = i.immediate2 & 31
        let old = s[.rsp]
        do throws(Fault) {
            try cpu.pushValue(s[.rbp], size)
            let frame = s[.rsp]
            if level > 0 {
                var link = s[.rbp]
                for _ in 1..<max(1, level) {
                    link &-= UInt64(size)
                    try cpu.pushValue(try cpu.loadSized(cpu.stackLinear(link, size: size), size), size)
                }
                try cpu.pushValue(frame, size)
            }
            cpu.moveStack(by: 0 &- (i.immediate & 0xFFFF))
            // The new top of stack must be writable.
            try cpu.requireWritable(cpu.stackLinear(s[.rsp], size: size, writes: true), Int(size))
            cpu.setValue(5, i, size, frame)
        } catch {
            s[.rsp] = old
            throw error
        }
        return .next
    }
}
let leaveRare: Handler = { c, o in
    perform(c, o) { cpu, i, _ throws(Fault) in
        let s = cpu.state
        let value = try cpu.loadSized(cpu.stackLinear(s[.rbp], size: i.operandSize), i.operandSize)
        let frame = s[.rbp]
        cpu.moveStack(by: frame &+ UInt64(i.operandSize) &- s[.rsp])
        cpu.setValue(5, i, i.operandSize, value)
        return .next
    }
}

// MARK: Others

let xlat: Handler = { c, o in
    perform(c, o) { cpu, i, op throws(Fault) in
        // The record has BX as base; AL counts by itself.
        let s = cpu.state
        let mask: UInt64 = i.addressSize == 8 ? ~0 : i.addressSize == 4 ? 0xFFFF_FFFF : 0xFFFF
        let offset = (s[.rbx] &+ UInt64(s.read(0, as: UInt8.self))) & mask
        s.write(0, try cpu.load(cpu.linear(offset, i.segment), as: UInt8.self))
        return .next
    }
}
let moveRecordRM: Handler = { c, o in
    perform(c, o) { cpu, i, op throws(Fault) in
        cpu.setValue(i.reg, i, i.operandSize, try cpu.operand(i, op, i.operandSize))
        return .next
    }
}
/// MOVDIRI
let movdiri: Handler = { c, o in
    perform(c, o) { cpu, i, op throws(Fault) in
        try cpu.storeSized(op.address(cpu.state), i.operandSize == 8 ? 8 : 4, cpu.value(i.reg, i, 8))
        return .next
    }
}
let movdir64b: Handler = { c, o in
    perform(c, o) { cpu, i, op throws(Fault) in
        let s = cpu.state
        let mask: UInt64 = i.addressSize == 8 ? ~0 : i.addressSize == 4 ? 0xFFFF_FFFF : 0xFFFF
        let source = op.address(s)
        let target = cpu.linear(s[gpr: Int(i.reg & 15)] & mask, .es, size: 64, writes: true)
        if target & 63 != 0 { throw .protection }
        var line: [8 of UInt64] = .init(repeating: 0)
        for n in 0..<8 { line[n] = try cpu.load(source &+ UInt64(n * 8), as: UInt64.self) }
        try cpu.requireWritable(target, 64)
        for n in 0..<8 { try cpu.store(target &+ UInt64(n * 8), line[n]) }
        return .next
    }
}
let bound: Handler = { c, o in
    perform(c, o) { cpu, i, op throws(Fault) in
        let address = op.address(cpu.state)
        let size = i.operandSize
        let shift = 64 - Int64(size) * 8
        let signed = { (value: UInt64) in (Int64(bitPattern: value) << shift) >> shift }
        let low = signed(try cpu.loadSized(address, size))
        let high = signed(try cpu.loadSized(address &+ UInt64(size), size))
        let index = signed(cpu.value(i.reg, i, size))
        if index < low || index > high { throw Fault.boundRange }
        return .next
    }
}

/// DAA, DAS, AAA, AAS, AAM, AAD. OF, where undefined, is clear.
let decimal: Handler = { c, o in
    perform(c, o) { cpu, i, _ throws(Fault) in
        let s = cpu.state
        let flags = s.arithmeticFlags
        var al = s.read(0, as: UInt8.self)
        var ax = s.read(0, as: UInt16.self)
        var (carry, adjust) = (flags & RFLAGS.cf != 0, flags & RFLAGS.af != 0)
        switch i.opcode {
        case 0x27, 0x2F:
            let isAdd = i.opcode == 0x27
            let old = al
            let oldCarry = carry
            carry = false
            if al & 15 > 9 || adjust {
                carry = oldCarry || (isAdd ? al > 0xF9 : al < 6)
                al = isAdd ? al &+ 6 : al &- 6
                adjust = true
            }
            if old > 0x99 || oldCarry {
                al = isAdd ? al &+ 0x60 : al &- 0x60
                carry = true
            }
            s.write(0, al)
        case 0x37, 0x3F:
            let wrong = al & 15 > 9 || adjust
            if wrong { ax = i.opcode == 0x37 ? ax &+ 0x106 : ax &- 0x106 }
            (carry, adjust) = (wrong, wrong)
            ax &= 0xFF0F
            s.write(0, ax)
            al = UInt8(truncatingIfNeeded: ax)
        case 0xD4:
            let base = UInt8(truncatingIfNeeded: i.immediate)
            if base == 0 { throw .divide }
            s.write(1, al / base)
            al %= base
            s.write(0, al)
            (carry, adjust) = (false, false)
        default:
            al = al &+ s.read(1, as: UInt8.self) &* UInt8(truncatingIfNeeded: i.immediate)
            s.write(0, UInt16(al))
            (carry, adjust) = (false, false)
        }
        s.record(FlagKind.logic, al, 0)
        s.setArithmeticFlags(s.arithmeticFlags | (carry ? RFLAGS.cf : 0) | (adjust ? RFLAGS.af : 0))
        return .next
    }
}

extension Fault {
    /// `#BR`
    static let boundRange = Fault.exception(5)
}

extension VirtualCPU {
    /// The linear address of an offset in a segment.
    func linear(_ offset: UInt64, _ segment: SegmentRegister, size: UInt8 = 1, writes: Bool = false) -> UInt64
    {
        if state.mode.contains(.code64) {
            let base = state[field: State.Offset.segments + Int(segment.rawValue) * 32]
            return segment == .fs || segment == .gs ? offset &+ base : offset
        }
        return state.linear(offset, segment: Int(segment.rawValue), size: Int(size), writes: writes)
    }
}

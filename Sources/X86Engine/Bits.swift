// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

/// BT, BTS, BTR, BTC: changes CF only; which one is in bits 1:0 of the opcode group.
let bitTest: Handler = { c, o in
    perform(c, o) { cpu, i, op throws(Fault) in
        let s = cpu.state
        let size = i.operandSize
        let bits = UInt64(size) * 8
        let isImmediate = i.opcode == 0xBA
        // 0 BT, 1 BTS, 2 BTR, 3 BTC
        let kind = isImmediate ? i.opcodeExtension & 3 : (i.opcode >> 3) & 3
        let number = isImmediate ? i.immediate & 0xFF : cpu.value(i.reg, i, size)
        let mask: UInt64 = 1 << (number & (bits - 1))
        let change: (UInt64) -> UInt64 = { old in
            switch kind {
            case 1: old | mask
            case 2: old & ~mask
            case 3: old ^ mask
            default: old
            }
        }
        let old: UInt64
        if i.isMemory {
            var address = op.address(s)
            if !isImmediate {
                let signed: Int64 =
                    size == 2
                    ? Int64(Int16(truncatingIfNeeded: number))
                    : size == 4 ? Int64(Int32(truncatingIfNeeded: number)) : Int64(bitPattern: number)
                let step = (signed >> (size == 2 ? 4 : size == 4 ? 5 : 6)) &* Int64(size)
                // Refused by the segment: nothing brings it back.
                let isRefused = !s.mode.contains(.code64) && address >> 63 != 0
                if !isRefused { address = address &+ UInt64(bitPattern: step) }
                if !isRefused, !s.mode.contains(.code64) || i.addressSize == 4 && op.addressing >> 1 == 0 {
                    address &= 0xFFFF_FFFF
                }
            }
            old =
                kind == 0
                ? try cpu.loadSized(address, size)
                : i.prefixes.contains(.lock)
                    ? try cpu.update(address, size, change) : try cpu.plainUpdate(address, size, change)
        } else {
            old = cpu.value(i.rm, i, size)
            if kind != 0 { cpu.setValue(i.rm, i, size, change(old)) }
        }
        s.setCarry(old & mask != 0)
        return .next
    }
}

extension VirtualCPU {
    func plainUpdate(_ address: UInt64, _ size: UInt8, _ change: (UInt64) -> UInt64) throws(Fault) -> UInt64 {
        try requireWritable(address, Int(size))
        let old = try loadSized(address, size)
        try storeSized(address, size, change(old))
        return old
    }
}

/// BT with a register on a register: the common form. The immediate is masked.
@inline(__always)
func bitTestRR<T: Word>(_ c: Pointer, _ o: Pointer, _: T.Type) -> Pointer? {
    let (s, op) = (State(c), MicroOp(o))
    let number = s.register(op.source, T.self) & T(truncatingIfNeeded: T.bitWidth - 1)
    s.setCarry((s.register(op.destination, T.self) >> number) & 1 != 0)
    return proceed(c, o)
}
@inline(__always)
func bitTestRI<T: Word>(_ c: Pointer, _ o: Pointer, _: T.Type) -> Pointer? {
    let (s, op) = (State(c), MicroOp(o))
    s.setCarry((s.register(op.destination, T.self) >> T(truncatingIfNeeded: op.immediate)) & 1 != 0)
    return proceed(c, o)
}

/// BSF, BSR, LZCNT, POPCNT.
///
/// BSF and BSR of zero leave the destination alone (32 bits: the upper half too). Undefined flags follow from the source.
let bitScan: Handler = { c, o in
    perform(c, o) { cpu, i, op throws(Fault) in
        let s = cpu.state
        let size = i.operandSize
        let value = try cpu.operand(i, op, size)
        let bits = UInt64(size) * 8
        let leading = UInt64(value.leadingZeroBitCount) - (64 - bits)
        switch i.opcode {
        case 0xB8:
            cpu.setValue(i.reg, i, size, UInt64(value.nonzeroBitCount))
            s.setArithmeticFlags(value == 0 ? RFLAGS.zf : 0)
        case 0xBD where i.prefixes.contains(.rep):
            cpu.setValue(i.reg, i, size, leading)
            s.setArithmeticFlags((value == 0 ? RFLAGS.cf : 0) | (leading == 0 ? RFLAGS.zf : 0))
        default:
            if value != 0 {
                let result =
                    i.opcode == 0xBC ? UInt64(value.trailingZeroBitCount) : bits - 1 - leading
                cpu.setValue(i.reg, i, size, result)
            }
            let shift = 64 - bits
            s.record(FlagKind.logic, (value << shift) >> shift, 0)
        }
        return .next
    }
}

let bswap: Handler = { c, o in
    let (s, op) = (State(c), MicroOp(o))
    if op.code == 8 {
        s[field: Int(op.destination)] = s[field: Int(op.destination)].byteSwapped
    } else if op.code == 4 {
        s[field: Int(op.destination)] = UInt64(s.read(Int(op.destination), as: UInt32.self).byteSwapped)
    } else {
        // Undefined for 16 bits: processors clear the register's lower half.
        s.write(Int(op.destination), UInt16(0))
    }
    return proceed(c, o)
}

/// MOVBE
let movbe: Handler = { c, o in
    perform(c, o) { cpu, i, op throws(Fault) in
        let size = i.operandSize
        let shift = 64 - UInt64(size) * 8
        if i.opcode == 0xF0 {
            cpu.setValue(i.reg, i, size, try cpu.operand(i, op, size).byteSwapped >> shift)
        } else {
            try cpu.setOperand(i, op, size, cpu.value(i.reg, i, size).byteSwapped >> shift)
        }
        return .next
    }
}

// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

/// MOVS, CMPS, STOS, LODS, SCAS with and without repetition.
///
/// Registers are advanced after each element or piece, so that a fault restarts at the element that met it. After many
/// elements the instruction is left at its own RIP, so that requests are seen.
let stringOperation: Handler = { c, o in
    perform(c, o) { cpu, i, _ throws(Fault) in
        try cpu.string(i)
    }
}

extension VirtualCPU {
    /// Elements between two looks at the request word.
    private static let patience = 65536

    fileprivate func string(_ i: Instruction) throws(Fault) -> Flow {
        let size = i.operandSize
        let mask: UInt64 = i.addressSize == 8 ? ~0 : i.addressSize == 4 ? 0xFFFF_FFFF : 0xFFFF
        let repeats = i.prefixes.contains(.rep) || i.prefixes.contains(.repne)
        let down = state[field: State.Offset.systemFlags] & RFLAGS.df != 0
        let step = down ? 0 &- UInt64(size) : UInt64(size)
        let compares = i.opcode & 0xFE == 0xA6 || i.opcode & 0xFE == 0xAE
        if !repeats {
            _ = try element(i, size, mask, step)
            return .next
        }
        // RFLAGS.TF traps after each element.
        let isTraced = state[field: State.Offset.systemFlags] & RFLAGS.tf != 0
        var done = 0
        while state[.rcx] & mask != 0 {
            if done >= VirtualCPU.patience {
                state.rip = rip(i.rip)
                return .awayPoll
            }
            if !isTraced, !down, !compares, i.opcode & 0xFE != 0xAC, mask != 0xFFFF {
                let count = try piece(i, size, mask)
                if count > 0 {
                    advance(.rcx, 0 &- UInt64(count), mask)
                    done += count
                    continue
                }
            }
            let equal = try element(i, size, mask, step)
            advance(.rcx, ~0, mask)
            done += 1
            if compares, equal != i.prefixes.contains(.rep) { break }
            if isTraced, state[.rcx] & mask != 0 {
                state.rip = rip(i.rip)
                return .away
            }
        }
        return .next
    }

    @inline(__always)
    private func advance(_ register: GeneralRegister, _ by: UInt64, _ mask: UInt64) {
        let value = (state[register] &+ by) & mask
        state[register] = mask == 0xFFFF ? state[register] & ~mask | value : value
    }

    /// One element. Returns ZF of a comparison.
    private func element(_ i: Instruction, _ size: UInt8, _ mask: UInt64, _ step: UInt64) throws(Fault)
        -> Bool
    {
        let source = linear(state[.rsi] & mask, i.segment, size: size)
        let writes = i.opcode & 0xFE == 0xA4 || i.opcode & 0xFE == 0xAA
        let target = linear(state[.rdi] & mask, .es, size: size, writes: writes)
        switch i.opcode & 0xFE {
        case 0xA4:
            let value = try loadSized(source, size)
            try storeSized(target, size, value)
            advance(.rsi, step, mask)
            advance(.rdi, step, mask)
        case 0xA6:
            let a = try loadSized(source, size)
            let b = try loadSized(target, size)
            compare(a, b, size)
            advance(.rsi, step, mask)
            advance(.rdi, step, mask)
        case 0xAA:
            try storeSized(target, size, state[.rax])
            advance(.rdi, step, mask)
        case 0xAC:
            let value = try loadSized(source, size)
            setValue(0, i, size, value)
            advance(.rsi, step, mask)
        default:
            compare(value(0, i, size), try loadSized(target, size), size)
            advance(.rdi, step, mask)
        }
        return state.zeroFlag
    }

    private func compare(_ a: UInt64, _ b: UInt64, _ size: UInt8) {
        switch size {
        case 1:
            _ = Compare.apply(state, UInt8(truncatingIfNeeded: a), UInt8(truncatingIfNeeded: b), live: true)
        case 2:
            _ = Compare.apply(state, UInt16(truncatingIfNeeded: a), UInt16(truncatingIfNeeded: b), live: true)
        case 4:
            _ = Compare.apply(state, UInt32(truncatingIfNeeded: a), UInt32(truncatingIfNeeded: b), live: true)
        default: _ = Compare.apply(state, a, b, live: true)
        }
    }

    /// As many elements of MOVS or STOS upwards as lie in one page on each side. 0: do one the long way.
    private func piece(_ i: Instruction, _ size: UInt8, _ mask: UInt64) throws(Fault) -> Int {
        // Limits and alignment are looked at element by element.
        guard state.mode.contains(.flat), !state.mode.contains(.alignmentCheck) else { return 0 }
        let target = linear(state[.rdi] & mask, .es, writes: true)
        let isMove = i.opcode & 0xFE == 0xA4
        let source = isMove ? linear(state[.rsi] & mask, i.segment) : 0
        var room = 4096 - Int(target & 0xFFF)
        if isMove { room = min(room, 4096 - Int(source & 0xFFF)) }
        let count = Int(min(UInt64(room / Int(size)), state[.rcx] & mask))
        guard count > 1 else { return 0 }
        let bytes = count * Int(size)
        // Checks in the order of the first element: source, then destination.
        let from: UnsafeMutableRawPointer? = isMove ? try data(source, 1, .read, isStack: false) : nil
        if state.atomicPointer(target, size: 1) == nil { try requireWritable(target, 1) }
        guard let to = state.atomicPointer(target, size: 1) else { return 0 }
        if let from {
            let distance = to - from
            if distance > 0, distance < bytes {
                // Overlapping forward: what is written is read again.
                if distance < Int(size) { return 0 }
                var position = 0
                while position < bytes {
                    let part = min(distance, bytes - position)
                    (to + position).copyMemory(from: from + position, byteCount: part)
                    position += part
                }
            } else {
                to.copyMemory(from: from, byteCount: bytes)
            }
            advance(.rsi, UInt64(bytes), mask)
        } else {
            switch size {
            case 1: to.initializeMemory(as: UInt8.self, repeating: state.read(0), count: count)
            case 2:
                for n in 0..<count {
                    (to + n * 2).storeBytes(of: state.read(0, as: UInt16.self), as: UInt16.self)
                }
            case 4:
                for n in 0..<count {
                    (to + n * 4).storeBytes(of: state.read(0, as: UInt32.self), as: UInt32.self)
                }
            default: for n in 0..<count { (to + n * 8).storeBytes(of: state[.rax], as: UInt64.self) }
            }
        }
        advance(.rdi, UInt64(bytes), mask)
        return count
    }
}

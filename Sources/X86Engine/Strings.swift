// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

/// MOVS, CMPS, STOS, LODS, SCAS, with and without repeat prefixes.
extension BlockBuilder {
    mutating func lowerString(_ i: Instruction) {
        emitRecord(
            { c, o in
                let (state, op) = (State(c), MicroOp(o))
                switch state.string(op.instruction, op) {
                case .done: return proceedPastRecord(c, o)
                case .faulted: return nil
                case .unfinished:
                    state[field: State.Offset.pendingLink] = 0
                    return state.leaveBlock(rip: state.currentRIP(op))
                }
            }, i)
    }
}

private enum StringOutcome {
    case done, faulted
    /// The instruction goes on where it is; something may want attention first.
    case unfinished
}

extension State {
    /// Elements that one execution handles at the most before it looks at requests.
    private static let burst = 1 << 16

    fileprivate func string(_ i: Instruction, _ op: MicroOp) -> StringOutcome {
        let size = UInt64(i.operandSize)
        let addressMask = State.mask(i.addressSize)
        let repeats = !i.prefixes.isDisjoint(with: [.rep, .repne])
        let step = self[field: Offset.systemFlags] & Flag.df != 0 ? 0 &- size : size
        var left = repeats ? self[.rcx] & addressMask : 1
        var budget = State.burst
        let is64 = mode.contains(.code64)
        let sourceBase =
            !is64 || i.segment == .fs || i.segment == .gs
            ? self[field: Offset.segments + Int(i.segment.rawValue) * 32] : 0
        let destinationBase = is64 ? 0 : self[field: Offset.segments]

        func advance(_ register: GeneralRegister, _ count: UInt64) {
            let value = self[register] &+ step &* count
            self[register] = i.addressSize == 8 ? value : i.addressSize == 4 ? value & addressMask
                : self[register] & ~addressMask | value & addressMask
        }
        func count(_ done: UInt64) {
            left &-= done
            if repeats { writeRegister(8, size: i.addressSize, left) }
        }

        while left != 0 {
            if budget <= 0 { return .unfinished }
            let source = sourceBase &+ (self[.rsi] & addressMask)
            let destination = destinationBase &+ (self[.rdi] & addressMask)
            switch i.opcode & 0xFE {
            case 0xA4, 0xAA:
                let isMove = i.opcode & 0xFE == 0xA4
                // Whole runs within a page on each side, upwards.
                if step == size, left > 1 {
                    var run = min(left &* size, 4096 - (destination & 0xFFF))
                    if left > 4096 { run = 4096 - (destination & 0xFFF) }
                    if isMove {
                        run = min(run, 4096 - (source & 0xFFF))
                        // Bytes that this very move writes must be read as written.
                        let distance = destination &- source
                        if distance < run { run = distance }
                    }
                    run -= run % size
                    if run >= size, run != 0 {
                        guard moveRun(isMove ? source : nil, destination, Int(run), i, op) else { return .faulted }
                        let elements = run / size
                        if isMove { advance(.rsi, elements) }
                        advance(.rdi, elements)
                        count(elements)
                        budget -= Int(elements)
                        continue
                    }
                }
                let value: UInt64
                if isMove {
                    guard let loaded = loadSized(source, size: i.operandSize, op) else { return .faulted }
                    value = loaded
                } else {
                    value = self[.rax]
                }
                guard storeSized(destination, size: i.operandSize, value, op) else { return .faulted }
                if isMove { advance(.rsi, 1) }
                advance(.rdi, 1)
                count(1)
            case 0xAC:
                guard let value = loadSized(source, size: i.operandSize, op) else { return .faulted }
                writeRegister(0, size: i.operandSize, value)
                advance(.rsi, 1)
                count(1)
            default:  // CMPS, SCAS
                let isCompare = i.opcode & 0xFE == 0xA6
                let first: UInt64
                if isCompare {
                    guard let loaded = loadSized(source, size: i.operandSize, op) else { return .faulted }
                    first = loaded
                } else {
                    first = self[.rax] & State.mask(i.operandSize)
                }
                guard let second = loadSized(destination, size: i.operandSize, op) else { return .faulted }
                recordSized(FlagKind.sub, first &- second, second, size: i.operandSize)
                if isCompare { advance(.rsi, 1) }
                advance(.rdi, 1)
                count(1)
                if repeats, zeroFlag != i.prefixes.contains(.rep) { return .done }
            }
            budget -= 1
        }
        return .done
    }

    /// Copies or fills a run that stays within a page on both sides. False: faulted, nothing done.
    private func moveRun(_ source: UInt64?, _ destination: UInt64, _ count: Int, _ i: Instruction, _ op: MicroOp) -> Bool {
        let cpu = VirtualCPU.owner(self)
        do {
            if let source {
                let from = try cpu.data(source, count, .read, isStack: false)
                try cpu.write(destination, UnsafeRawBufferPointer(start: from, count: count), isStack: false)
            } else {
                try withUnsafeTemporaryAllocation(byteCount: count, alignment: 8) { buffer throws(Fault) in
                    let size = Int(i.operandSize)
                    let value = self[.rax]
                    var position = 0
                    while position < count {
                        switch size {
                        case 1: buffer.storeBytes(of: UInt8(truncatingIfNeeded: value), toByteOffset: position, as: UInt8.self)
                        case 2: buffer.storeBytes(of: UInt16(truncatingIfNeeded: value), toByteOffset: position, as: UInt16.self)
                        case 4: buffer.storeBytes(of: UInt32(truncatingIfNeeded: value), toByteOffset: position, as: UInt32.self)
                        default: buffer.storeBytes(of: value, toByteOffset: position, as: UInt64.self)
                        }
                        position += size
                    }
                    try cpu.write(destination, UnsafeRawBufferPointer(buffer), isStack: false)
                }
            }
            return true
        } catch {
            memoryFault(error, op)
            return false
        }
    }
}

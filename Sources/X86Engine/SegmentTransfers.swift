// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

// MARK: Segment registers

let moveFromSegment: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        guard i.opcodeExtension < 6 else { throw .undefined }
        try cpu.storeWord(UInt64(cpu.segment(Int(i.opcodeExtension)).selector), i, op)
        return .next
    }
}
let moveToSegment: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        guard let register = SegmentRegister(rawValue: i.opcodeExtension), register != .cs else {
            throw .undefined
        }
        try cpu.loadSegment(register, try cpu.operand16(i, op))
        if register == .ss { cpu.blockAfterStackLoad(i) }
        return cpu.is64Bit ? .next : .end
    }
}

extension VirtualCPU {
    /// MOV SS and POP SS hold events off for one instruction.
    func blockAfterStackLoad(_ i: Instruction) {
        state[field: State.Offset.interruptibility] |= VirtualCPU.blockingByMOVSS
        shadowRIP = next(i)
    }

    /// The segment register that a push or pop names by its opcode.
    func implied(_ i: Instruction) -> SegmentRegister {
        switch i.opcode {
        case 0x06, 0x07: .es
        case 0x0E: .cs
        case 0x16, 0x17: .ss
        case 0x1E, 0x1F: .ds
        case 0xA0, 0xA1: .fs
        default: .gs
        }
    }
}

let pushSegment: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        var sp = cpu.state[.rsp]
        let selector = cpu.segment(Int(cpu.implied(i).rawValue)).selector
        try cpu.push(UInt64(selector), Int(i.operandSize), &sp)
        cpu.setStackPointer(sp)
        return .next
    }
}
let popSegment: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        var sp = cpu.state[.rsp]
        let register = cpu.implied(i)
        let selector = UInt16(truncatingIfNeeded: try cpu.pop(Int(i.operandSize), &sp))
        try cpu.loadSegment(register, selector)
        cpu.setStackPointer(sp)
        if register == .ss { cpu.blockAfterStackLoad(i) }
        return cpu.is64Bit ? .next : .end
    }
}

extension VirtualCPU {
    /// A far pointer in memory: the offset, and the selector behind it.
    func farPointer(
        _ i: Instruction, _ op: MicroOp
    ) throws(Fault) -> (selector: UInt16, offset: UInt64, size: UInt8) {
        let address = op.address(state)
        let size: UInt8 = i.prefixes.contains(.rexW) ? 8 : i.operandSize == 2 ? 2 : 4
        let offset = try loadSized(address, size)
        return (try load(address &+ UInt64(size)), offset, size)
    }
}

let loadFarPointer: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        guard i.isMemory else { throw .undefined }
        let register: SegmentRegister =
            switch i.opcode {
            case 0xC4: .es
            case 0xC5: .ds
            case 0xB2: .ss
            case 0xB4: .fs
            default: .gs
            }
        let pointer = try cpu.farPointer(i, op)
        try cpu.loadSegment(register, pointer.selector)
        cpu.setRegister(i.reg, pointer.size, pointer.offset)
        return cpu.is64Bit ? .next : .end
    }
}
let swapgs: Handler = { c, o in
    perform(c, o) { (cpu, _, _) throws(Fault) in
        try cpu.requireSupervisor()
        let base = State.Offset.segments + 5 * 32
        let old = cpu.state[field: base]
        cpu.state[field: base] = cpu.state[field: State.Offset.kernelGSBase]
        cpu.state[field: State.Offset.kernelGSBase] = old
        return .next
    }
}
let segmentBase: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        guard cpu.cr4 & CR4.fsgsbase != 0 else { throw .undefined }
        let offset = State.Offset.segments + (i.opcodeExtension & 1 == 0 ? 4 : 5) * 32
        let size: UInt8 = i.operandSize == 8 ? 8 : 4
        if i.opcodeExtension < 2 {
            cpu.setRegister(i.rm, size, cpu.state[field: offset])
        } else {
            let value = cpu.register(i.rm, size)
            guard cpu.isCanonical(value) else { throw .protection(0) }
            cpu.state[field: offset] = value
        }
        return .next
    }
}

// MARK: Transfers

let syscall: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        try cpu.systemCall(next: cpu.next(i))
        return .away
    }
}
let sysret: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        try cpu.systemReturn(size: i.prefixes.contains(.rexW) ? 8 : 4)
        return cpu.shouldPoll ? .awayPoll : .away
    }
}
let sysenter: Handler = { c, o in
    perform(c, o) { (cpu, _, _) throws(Fault) in
        try cpu.systemEnter()
        return .away
    }
}
let sysexit: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        try cpu.systemExit(size: i.prefixes.contains(.rexW) ? 8 : 4)
        return .away
    }
}
let farJumpDirect: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        try cpu.farJump(i.immediate2, i.immediate)
        return .away
    }
}
let farCallDirect: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        try cpu.farCall(i.immediate2, i.immediate, size: Int(i.operandSize), returnTo: cpu.next(i))
        return .away
    }
}
let farJumpIndirect: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        let pointer = try cpu.farPointer(i, op)
        try cpu.farJump(pointer.selector, pointer.offset)
        return .away
    }
}
let farCallIndirect: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        let pointer = try cpu.farPointer(i, op)
        try cpu.farCall(pointer.selector, pointer.offset, size: Int(pointer.size), returnTo: cpu.next(i))
        return .away
    }
}
let farReturnOp: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        let size = i.prefixes.contains(.rexW) ? 8 : i.operandSize == 2 ? 2 : 4
        try cpu.farReturn(size: size, release: i.opcode == 0xCA ? i.immediate & 0xFFFF : 0)
        return .away
    }
}

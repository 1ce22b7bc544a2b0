// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

let storeTable: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        try cpu.requireInstructionVisible()
        let table = i.opcodeExtension == 0 ? cpu.gdtr : cpu.idtr
        let address = op.address(cpu.state)
        let size: UInt8 = cpu.is64Bit ? 8 : 4
        _ = try cpu.data(address, Int(size) + 2, .write, isStack: false)
        try cpu.store(address, table.limit)
        try cpu.storeSized(address &+ 2, size, table.base)
        return .next
    }
}
let loadTable: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        try cpu.requireSupervisor()
        let address = op.address(cpu.state)
        let limit: UInt16 = try cpu.load(address)
        var base = try cpu.loadSized(address &+ 2, cpu.is64Bit ? 8 : 4)
        if cpu.is64Bit {
            guard cpu.isCanonical(base) else { throw .protection(0) }
        } else if i.operandSize == 2 {
            base &= 0xFF_FFFF
        }
        let table = DescriptorTableRegister(base: base, limit: limit)
        if i.opcodeExtension == 2 { cpu.gdtr = table } else { cpu.idtr = table }
        return .next
    }
}
let sldt: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        try cpu.requireProtectedMode()
        try cpu.requireInstructionVisible()
        try cpu.storeWord(UInt64(cpu.ldtr.selector), i, op)
        return .next
    }
}
let str: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        try cpu.requireProtectedMode()
        try cpu.requireInstructionVisible()
        try cpu.storeWord(UInt64(cpu.tr.selector), i, op)
        return .next
    }
}
let lldt: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        try cpu.requireProtectedMode()
        try cpu.requireSupervisor()
        try cpu.loadLDT(try cpu.operand16(i, op))
        return .next
    }
}
let ltr: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        try cpu.requireProtectedMode()
        try cpu.requireSupervisor()
        try cpu.loadTask(try cpu.operand16(i, op))
        return .next
    }
}
let verify: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        try cpu.requireProtectedMode()
        cpu.setZero(try cpu.mayAccess(try cpu.operand16(i, op), toWrite: i.opcodeExtension == 5))
        return .next
    }
}
let lar: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        try cpu.requireProtectedMode()
        let result = try cpu.accessRights(of: try cpu.operand16(i, op))
        if let result { cpu.setRegister(i.reg, i.operandSize, result) }
        cpu.setZero(result != nil)
        return .next
    }
}
let lsl: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        try cpu.requireProtectedMode()
        let result = try cpu.segmentLimit(of: try cpu.operand16(i, op))
        if let result { cpu.setRegister(i.reg, i.operandSize, result) }
        cpu.setZero(result != nil)
        return .next
    }
}
let arpl: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        try cpu.requireProtectedMode()
        let target = try cpu.operand16(i, op)
        let rpl = UInt16(truncatingIfNeeded: cpu.state[gpr: Int(i.reg & 15)]) & 3
        let raises = target & 3 < rpl
        if raises {
            let new = target & ~3 | rpl
            if i.isMemory {
                let segment = cpu.segment(Int(i.segment.rawValue))
                let offset = (op.address(cpu.state) &- segment.base) & 0xFFFF_FFFF
                try cpu.store(cpu.linear(offset, i.segment, size: 2, writes: true), new)
            } else {
                cpu.setRegister(i.rm, 2, UInt64(new))
            }
        }
        cpu.setZero(raises)
        return .next
    }
}

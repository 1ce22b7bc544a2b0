// SPDX-License-Identifier: Apache-2.0

import Synchronization
import X86
import X86Decoder

// MARK: Control registers, MSRs, time

let moveFromCR: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        cpu.setRegister(i.rm, cpu.is64Bit ? 8 : 4, try cpu.readCR(i.reg))
        return .next
    }
}
let moveToCR: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        try cpu.writeCR(i.reg, cpu.register(i.rm, cpu.is64Bit ? 8 : 4), i)
        return cpu.shouldPoll ? .poll : .end
    }
}
let moveFromDR: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        cpu.setRegister(i.rm, cpu.is64Bit ? 8 : 4, try cpu.readDR(i.reg))
        return .next
    }
}
let moveToDR: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        try cpu.writeDR(i.reg, cpu.register(i.rm, cpu.is64Bit ? 8 : 4))
        return .end
    }
}
let clts: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        try cpu.clearTaskSwitched(i)
        return .end
    }
}
let smsw: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        try cpu.requireInstructionVisible()
        try cpu.storeWord(cpu.visibleCR0, i, op)
        return .next
    }
}
let lmsw: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        try cpu.requireSupervisor()
        let word = try cpu.operand16(i, op)
        try cpu.loadMachineStatus(word, i, linear: i.isMemory ? op.address(cpu.state) : 0)
        return .end
    }
}
let rdmsr: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        cpu.setPair(try cpu.readMSR(i))
        return .next
    }
}
let wrmsr: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        try cpu.writeMSR(i)
        return cpu.shouldPoll ? .poll : .end
    }
}
let rdtsc: Handler = { c, o in
    perform(c, o) { (cpu, _, _) throws(Fault) in
        if cpu.cpl != 0, cpu.cr4 & CR4.tsd != 0 { throw .protection(0) }
        cpu.setPair(cpu.timeStamp())
        return .next
    }
}
let rdtscp: Handler = { c, o in
    perform(c, o) { (cpu, _, _) throws(Fault) in
        if cpu.cpl != 0, cpu.cr4 & CR4.tsd != 0 { throw .protection(0) }
        cpu.setPair(cpu.timeStamp())
        cpu.state[.rcx] = cpu.state[field: State.Offset.tscAux] & 0xFFFF_FFFF
        return .next
    }
}
let rdpid: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        cpu.setRegister(i.rm, cpu.is64Bit ? 8 : 4, cpu.state[field: State.Offset.tscAux] & 0xFFFF_FFFF)
        return .next
    }
}
let rdrand: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        cpu.setRegister(i.rm, max(i.operandSize, 2), cpu.random())
        cpu.state.setFlags(cpu.systemFlags & ~0x8D5 | RFLAGS.cf | 2)
        return .next
    }
}
let xgetbv: Handler = { c, o in
    perform(c, o) { (cpu, _, _) throws(Fault) in
        guard cpu.cr4 & CR4.osxsave != 0 else { throw .undefined }
        switch cpu.state[.rcx] & 0xFFFF_FFFF {
        case 0: cpu.setPair(cpu.state[field: State.Offset.xcr0])
        case 1: cpu.setPair(cpu.state[field: State.Offset.xcr0] & cpu.componentsInUse)
        default: throw .protection(0)
        }
        return .next
    }
}
let rdpkru: Handler = { c, o in
    perform(c, o) { (cpu, _, _) throws(Fault) in
        guard cpu.cr4 & CR4.pke != 0 else { throw .undefined }
        guard cpu.state[.rcx] & 0xFFFF_FFFF == 0 else { throw .protection(0) }
        cpu.setPair(cpu.state[field: State.Offset.pkru] & 0xFFFF_FFFF)
        return .next
    }
}
let wrpkru: Handler = { c, o in
    perform(c, o) { (cpu, _, _) throws(Fault) in
        guard cpu.cr4 & CR4.pke != 0 else { throw .undefined }
        guard (cpu.state[.rcx] | cpu.state[.rdx]) & 0xFFFF_FFFF == 0 else { throw .protection(0) }
        cpu.setPKRU(cpu.state[.rax] & 0xFFFF_FFFF)
        return .next
    }
}

// MARK: Memory management

let invlpg: Handler = { c, o in
    perform(c, o) { (cpu, _, op) throws(Fault) in
        try cpu.requireSupervisor()
        cpu.translations.invalidatePage(op.address(cpu.state))
        return .end
    }
}
let invpcid: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        try cpu.requireSupervisor()
        let type = cpu.register(i.reg, cpu.is64Bit ? 8 : 4)
        guard type <= 3 else { throw .protection(0) }
        let address = op.address(cpu.state)
        let low: UInt64 = try cpu.load(address)
        let linear: UInt64 = try cpu.load(address &+ 8)
        guard low >> 12 == 0 || type >= 2 else { throw .protection(0) }
        if type < 2, cpu.cr4 & CR4.pcide == 0, low & 0xFFF != 0 { throw .protection(0) }
        switch type {
        case 0:
            guard cpu.isCanonical(linear) else { throw .protection(0) }
            cpu.translations.invalidatePage(linear)
        case 2: cpu.translations.flushLinear()
        default: cpu.translations.flushNonGlobal()
        }
        return .end
    }
}
let cacheLine: Handler = { c, o in
    perform(c, o) { (cpu, _, op) throws(Fault) in
        _ = try cpu.load(op.address(cpu.state), as: UInt8.self)
        return .next
    }
}
/// LFENCE, SFENCE and MFENCE. Loads and stores of guests are the host's own, in the order that the host gives them; a store
/// may still wait when a later load is done, until this.
let fence: Handler = { c, o in
    atomicMemoryFence(ordering: .sequentiallyConsistent)
    return proceedPastRecord(c, o)
}
let serialize: Handler = { c, o in perform(c, o) { (_, _, _) throws(Fault) in .end } }

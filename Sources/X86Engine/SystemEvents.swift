// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

let cli: Handler = { c, o in
    perform(c, o) { (cpu, _, _) throws(Fault) in
        if UInt64(cpu.cpl) > cpu.systemFlags[bits: 12...13] { throw .protection(0) }
        cpu.systemFlags &= ~RFLAGS.if
        return .next
    }
}

let sti: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        let flags = cpu.systemFlags
        if UInt64(cpu.cpl) > flags[bits: 12...13] { throw .protection(0) }
        if flags & RFLAGS.if != 0 { return .next }
        cpu.systemFlags = flags | RFLAGS.if
        cpu.state[field: State.Offset.interruptibility] |= VirtualCPU.blockingBySTI
        cpu.shadowRIP = cpu.next(i)
        return cpu.interruptPending ? .poll : .next
    }
}

let pushFlags: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        var sp = cpu.state[.rsp]
        try cpu.push(cpu.state.materializedFlags & ~(RFLAGS.rf | RFLAGS.vm), Int(i.operandSize), &sp)
        cpu.setStackPointer(sp)
        return .next
    }
}

let popFlags: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        var sp = cpu.state[.rsp]
        let image = try cpu.pop(Int(i.operandSize), &sp)
        cpu.setStackPointer(sp)
        let before = cpu.systemFlags
        cpu.restoreFlags(image, size: Int(i.operandSize), cpl: cpu.cpl, isInterruptReturn: false)
        if (before ^ cpu.systemFlags) & (RFLAGS.tf | RFLAGS.ac) != 0 { cpu.updateMode() }
        return cpu.shouldPoll ? .poll : .end
    }
}

let iret: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        try cpu.interruptReturn(size: Int(i.operandSize))
        return cpu.shouldPoll || cpu.wantsNMIWindow ? .awayPoll : .away
    }
}

let int3: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        try cpu.softwareEvent(ExceptionVector.breakpoint, .softwareException, i)
    }
}
let intN: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        try cpu.softwareEvent(UInt8(truncatingIfNeeded: i.immediate), .softwareInterrupt, i)
    }
}
let into: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        guard cpu.state.materializedFlags & RFLAGS.of != 0 else { return .end }
        return try cpu.softwareEvent(ExceptionVector.overflow, .softwareException, i)
    }
}
let icebp: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        try cpu.softwareEvent(ExceptionVector.debug, .privilegedSoftwareException, i)
    }
}

let clac: Handler = { c, o in
    perform(c, o) { (cpu, _, _) throws(Fault) in
        if cpu.cpl != 0 { throw .undefined }
        cpu.systemFlags &= ~RFLAGS.ac
        cpu.updateMode()
        return .end
    }
}
let stac: Handler = { c, o in
    perform(c, o) { (cpu, _, _) throws(Fault) in
        if cpu.cpl != 0 { throw .undefined }
        cpu.systemFlags |= RFLAGS.ac
        cpu.updateMode()
        return .end
    }
}

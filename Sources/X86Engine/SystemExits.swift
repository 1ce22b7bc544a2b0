// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

// MARK: Exits

/// A handler of an instruction that always exits.
@inline(__always)
private func exiting(
    _ c: UnsafeMutableRawPointer, _ o: UnsafeMutableRawPointer, _ reason: ExitReason, supervisor: Bool = false
) -> UnsafeMutableRawPointer? {
    perform(c, o) { (cpu, i, _) throws(Fault) in
        if supervisor { try cpu.requireSupervisor() }
        throw cpu.exit(reason, i)
    }
}

let cpuid: Handler = { c, o in exiting(c, o, .cpuid) }
let hlt: Handler = { c, o in exiting(c, o, .hlt, supervisor: true) }
let invd: Handler = { c, o in exiting(c, o, .invd, supervisor: true) }
let wbinvd: Handler = { c, o in exiting(c, o, .wbinvd, supervisor: true) }
let rsm: Handler = { c, o in exiting(c, o, .rsm) }
let getsec: Handler = { c, o in exiting(c, o, .getsec) }
let vmcall: Handler = { c, o in exiting(c, o, .vmcall) }
let vmlaunch: Handler = { c, o in exiting(c, o, .vmlaunch) }
let vmresume: Handler = { c, o in exiting(c, o, .vmresume) }
let vmxoff: Handler = { c, o in exiting(c, o, .vmxoff) }
let vmxon: Handler = { c, o in exiting(c, o, .vmxon) }
let vmclear: Handler = { c, o in exiting(c, o, .vmclear) }
let vmptrld: Handler = { c, o in exiting(c, o, .vmptrld) }
let vmptrst: Handler = { c, o in exiting(c, o, .vmptrst) }
let vmread: Handler = { c, o in exiting(c, o, .vmread) }
let vmwrite: Handler = { c, o in exiting(c, o, .vmwrite) }
let vmfunc: Handler = { c, o in exiting(c, o, .vmfunc) }
let invept: Handler = { c, o in exiting(c, o, .invept) }
let invvpid: Handler = { c, o in exiting(c, o, .invvpid) }
let encls: Handler = { c, o in exiting(c, o, .encls) }
let pconfig: Handler = { c, o in exiting(c, o, .pconfig, supervisor: true) }
let seamcall: Handler = { c, o in exiting(c, o, .seamcall) }
let tdcall: Handler = { c, o in exiting(c, o, .tdcall, supervisor: true) }

let undefinedInstruction: Handler = { c, o in
    perform(c, o) { (_, _, _) throws(Fault) in throw .undefined }
}

let rdpmc: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        if cpu.cpl != 0, cpu.cr4 & CR4.pce == 0 { throw .protection(0) }
        throw cpu.exit(.rdpmc, i)
    }
}

let monitor: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        if cpu.cpl != 0 { throw .undefined }
        guard cpu.configuration.hasMonitor else { throw cpu.exit(.monitor, i) }
        return .end
    }
}
let mwait: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        if cpu.cpl != 0 { throw .undefined }
        guard cpu.configuration.hasMonitor else { throw cpu.exit(.mwait, i) }
        return .poll
    }
}

let xsetbv: Handler = { c, o in
    perform(c, o) { (cpu, i, _) throws(Fault) in
        guard cpu.cr4 & CR4.osxsave != 0 else { throw .undefined }
        try cpu.requireSupervisor()
        throw cpu.exit(.xsetbv, i)
    }
}

// MARK: Ports

let portAccess: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in try cpu.portAccess(i, op) }
}

extension VirtualCPU {
    /// IN, OUT, INS, OUTS: privilege checks, then an exit.
    func portAccess(_ i: Instruction, _ op: MicroOp) throws(Fault) -> Flow {
        let isString = i.opcode < 0x70
        let isImmediate = i.opcode & 0xF8 == 0xE0
        let isInput = isString ? i.opcode < 0x6E : i.opcode & 2 == 0
        let size: UInt64 = i.opcode & 1 == 0 ? 1 : i.operandSize == 2 ? 2 : 4
        let port = isImmediate ? i.immediate & 0xFF : state[.rdx] & 0xFFFF
        let flags = state[field: State.Offset.systemFlags]
        if UInt64(cpl) > flags[bits: 12...13] { try checkPortMap(port, size) }
        let isRepeated = isString && !i.prefixes.isDisjoint(with: [.rep, .repne])
        if isRepeated, register(GeneralRegister.rcx.rawValue, i.addressSize) == 0 { return .end }
        var qualification = size - 1 | port << 16
        if isInput { qualification |= 1 << 3 }
        if isString { qualification |= 1 << 4 }
        if isRepeated { qualification |= 1 << 5 }
        if isImmediate { qualification |= 1 << 6 }
        var linear: UInt64 = 0
        if isString {
            let segment = isInput ? SegmentRegister.es : i.segment
            linear = register((isInput ? GeneralRegister.rdi : .rsi).rawValue, i.addressSize)
            if !is64Bit || segment == .fs || segment == .gs {
                linear &+= self.segment(Int(segment.rawValue)).base
            }
        }
        throw exit(.ioInstruction, i, qualification: qualification, linear: linear)
    }

    /// The I/O permission bitmap of the TSS.
    private func checkPortMap(_ port: UInt64, _ size: UInt64) throws(Fault) {
        let task = tr
        guard task.accessRights & 0xF >= 9, task.limit >= 103 else { throw .protection(0) }
        let map = UInt64(try load(task.base &+ 102, .kernel, as: UInt16.self))
        let place = map + port >> 3
        guard place + 1 <= UInt64(task.limit) else { throw .protection(0) }
        let bits: UInt16 = try load(task.base &+ place, .kernel)
        let mask = ((1 as UInt16) << UInt16(size)) - 1
        if bits >> UInt16(port & 7) & mask != 0 { throw .protection(0) }
    }
}

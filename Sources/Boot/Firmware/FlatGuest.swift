// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

/// A program that the boot shim starts with all memory accepted: the built-in guest, and tests.
public struct FlatGuest: Sendable {
    /// Where a flat program is loaded.
    public static let base: UInt64 = 0x10_0000
    /// The mailbox's page; other vCPUs wait there.
    public static let mailbox: UInt64 = 0x80_0000
    /// The stack's page.
    public static let stack: UInt64 = 0x80_1000
    static let hob: UInt64 = 0x80_2000

    /// How a program that is entered at `base` in 64-bit mode is launched. Interrupts are off, there is no IDT, and the
    /// stack has 4 KiB.
    public static func plan(code: [UInt8], memorySize: UInt64) throws(BootError) -> LaunchPlan {
        let ram = try GuestMemory.ram(size: memorySize, least: 16 << 20)
        let shim = BootShim(
            BootShim.Target(entry: base, parameter: 0, mailbox: mailbox, stack: stack, hob: hob))
        let program = MemoryImage("program", gpa: base, bytes: code, measured: true)
        guard program.range.upperBound <= mailbox else {
            throw .memoryTooSmall(need: program.range.upperBound, have: mailbox)
        }
        let firmware = try shim.firmware()
        return LaunchPlan(
            images: try firmware.images(ram: ram, added: [program.range]) + [program],
            memory: ram.filter { $0.upperBound <= firmware.range.lowerBound } + [firmware.range]
                + ram.filter { $0.lowerBound >= 1 << 32 },
            ram: ram, e820: ram.map { E820Entry($0, .ram) }, hob: hob)
    }

    /// `TDG.VP.VMCALL<ReportFatalError>` with a text of at most 64 bytes, again and again.
    public static func emitFatal(_ code: inout Assembler, code number: UInt64, text: String) {
        var bytes = Array(text.utf8.prefix(64))
        bytes += [UInt8](repeating: 0, count: 64 - bytes.count)
        let registers: [GeneralRegister] = [.r14, .r15, .rbx, .rdi, .rsi, .r8, .r9, .rdx]
        let again = code.here()
        for (index, register) in registers.enumerated() {
            let word = bytes[(index * 8)..<(index * 8 + 8)].reversed().reduce(UInt64(0)) {
                $0 << 8 | UInt64($1)
            }
            code.mov(register, unsigned: word)
        }
        code.xor(.rax, .rax, .dword)
        code.mov(.rcx, 0xFFCC)
        code.xor(.r10, .r10, .dword)
        code.mov(.r11, Int64(TDVMCallLeaf.reportFatalError.rawValue))
        code.mov(.r12, unsigned: number)
        code.xor(.r13, .r13, .dword)
        code.tdcall()
        code.jmp(again)
    }

    /// `TDG.VP.VMCALL<Instruction.IO>`, a write of the low `width` of `RAX` to `port`; RAX, RCX and R10 to R15 change.
    public static func emitOut(_ code: inout Assembler, port: UInt16, _ width: Assembler.Width) {
        code.mov(.r15, .rax)
        code.xor(.rax, .rax, .dword)
        code.mov(.rcx, 0xFC00)
        code.xor(.r10, .r10, .dword)
        code.mov(.r11, Int64(TDVMCallLeaf.io.rawValue))
        code.mov(.r12, Int64(width.rawValue))
        code.mov(.r13, 1)
        code.mov(.r14, Int64(port))
        code.tdcall()
    }

    /// A function at `label` that writes the text at `RSI`, up to a zero, on the first serial port; RAX, RCX, RSI and R10
    /// to R15 change.
    public static func emitPutText(_ code: inout Assembler, at label: Assembler.Label) {
        let end = code.label()
        code.place(label)
        let next = code.here()
        code.lods(.byte)
        code.test(.rax, .rax, .byte)
        code.jcc(.equal, end)
        code.movzx(.rax, .rax, .byte)
        emitOut(&code, port: 0x3F8, .byte)
        code.jmp(next)
        code.place(end)
        code.ret()
    }

    /// Reports `status` and powers off.
    public static func emitPowerOff(_ code: inout Assembler, status: UInt8) {
        code.mov(.rax, Int64(status))
        emitOut(&code, port: exitStatusPort, .byte)
        let again = code.here()
        code.mov(.rax, Int64(ACPITables.sleepEnable))
        emitOut(&code, port: ACPITables.controlPort, .word)
        code.jmp(again)
    }

    /// Where a flat guest writes its exit status.
    public static let exitStatusPort: UInt16 = 0xF4
}

/// How RAM lies in a guest's address space.
enum GuestMemory {
    /// Up to 2.75 GiB, all below 4 GiB; more, 2 GiB there and the rest from 4 GiB.
    static func ram(size: UInt64, least: UInt64) throws(BootError) -> [Range<UInt64>] {
        guard size >= least else { throw .memoryTooSmall(need: least, have: size) }
        guard size <= 512 << 30 else { throw .memoryTooLarge(size) }
        guard size.isMultiple(of: 2 << 20) else { throw .memoryUnaligned(size) }
        guard size > 0xB000_0000 else { return [0..<size] }
        return [0..<0x8000_0000, (1 << 32)..<((1 << 32) + size - 0x8000_0000)]
    }
}

// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

/// A few kilobytes of trust domain that need no download: they show each thing a TD does, once.
///
/// The boot shim accepts all memory; then the program prints on COM1 by `TDG.VP.VMCALL`, lets a CPUID and an IN raise #VE and
/// serves them from its own handler, extends an RTMR, takes a TDREPORT and prints its measurements, and powers off
/// with status 0. A step that fails ends in `ReportFatalError`.
public struct BuiltInGuest: Sendable {
    /// The code that `ReportFatalError` carries in its bits 31:0.
    public static let fatalErrorCode: UInt64 = 2
    /// What `RTMR2` is extended with.
    public static let rtmrDigest: [UInt8] = (0..<48).map { UInt8($0) }
    static let rtmr = 2

    public let launch: LaunchPlan

    public init(memorySize: UInt64 = 64 << 20) throws(BootError) {
        launch = try FlatGuest.plan(code: Program().assembled, memorySize: memorySize)
    }
}

/// The program, routine by routine.
private struct Program {
    private var code = Assembler(origin: FlatGuest.base)
    private let veHandler: Assembler.Label
    private let strayHandler: Assembler.Label
    private let idtr: Assembler.Label
    private let putCharacter: Assembler.Label
    private let putString: Assembler.Label
    private let putBytes: Assembler.Label
    private let failed: Assembler.Label
    private let digest: Assembler.Label
    private let reportData: Assembler.Label
    private let report: Assembler.Label
    private let signature: Assembler.Label
    private var strings: [(label: Assembler.Label, text: String)] = []

    var assembled: [UInt8] { code.assembled() }

    init() {
        veHandler = code.label()
        strayHandler = code.label()
        idtr = code.label()
        putCharacter = code.label()
        putString = code.label()
        putBytes = code.label()
        failed = code.label()
        digest = code.label()
        reportData = code.label()
        report = code.label()
        signature = code.label()
        emitMain()
        emitConsole()
        emitVEHandler()
        code.place(strayHandler)
        FlatGuest.emitFatal(
            &code, code: BuiltInGuest.fatalErrorCode, text: "Built-in guest: an unexpected exception.")
        code.place(failed)
        FlatGuest.emitFatal(
            &code, code: BuiltInGuest.fatalErrorCode, text: "Built-in guest: a TDCALL failed.")
        emitData()
    }

    // MARK: The story

    private mutating func emitMain() {
        code.lidt(.label(idtr))
        say("Hello from a trust domain.\r\n")

        // CPUID 0x40000000 is the VMM's to answer: #VE, and the handler asks it.
        code.mov(.rax, 0x4000_0000)
        code.xor(.rcx, .rcx, .dword)
        code.cpuid()
        code.lea(.rdi, .label(signature))
        code.mov(.at(.rdi), .rbx, .dword)
        code.mov(.at(.rdi, 4), .rcx, .dword)
        code.mov(.at(.rdi, 8), .rdx, .dword)
        say("Hypervisor, from a CPUID that raised #VE:  ")
        code.lea(.rsi, .label(signature))
        code.call(putString)
        say("\r\n")

        // IN raises #VE too.
        code.mov(.rdx, 0x3FD)
        code.xor(.rax, .rax, .dword)
        code.inDX(.byte)
        code.lea(.rdi, .label(signature))
        code.mov(.at(.rdi), .rax, .byte)
        say("COM1 line status, from an IN that did:     ")
        put(bytes: signature, offset: 0, count: 1)

        code.lea(.rcx, .label(digest))
        code.mov(.rdx, Int64(BuiltInGuest.rtmr))
        call(.mrRTMRExtend)
        code.lea(.rcx, .label(report))
        code.lea(.rdx, .label(reportData))
        code.xor(.r8, .r8, .dword)
        call(.mrReport)
        // Offsets in TDREPORT_STRUCT: TDINFO is at 512.
        for (name, offset) in [("MRTD", 528), ("RTMR0", 720), ("RTMR1", 768), ("RTMR2", 816), ("RTMR3", 864)]
        {
            say(name + String(repeating: " ", count: 7 - name.count))
            put(bytes: report, offset: Int32(offset), count: 48)
        }
        say("Powering off.\r\n")
        FlatGuest.emitPowerOff(&code, status: 0)
    }

    private mutating func say(_ text: String) {
        let label = code.label()
        strings.append((label, text))
        code.lea(.rsi, .label(label))
        code.call(putString)
    }

    /// In hexadecimal, as a line.
    private mutating func put(bytes label: Assembler.Label, offset: Int32, count: Int64) {
        code.lea(.rsi, .label(label, offset: offset))
        code.mov(.rbx, count)
        code.call(putBytes)
        say("\r\n")
    }

    private mutating func call(_ leaf: GuestLeafNumber) {
        code.mov(.rax, Int64(leaf.rawValue))
        code.tdcall()
        code.test(.rax, .rax)
        code.jcc(.notEqual, failed)
    }

    // MARK: Console

    private mutating func emitConsole() {
        // AL: a character. Changes RAX, RCX and R10 to R15.
        code.place(putCharacter)
        code.movzx(.rax, .rax, .byte)
        FlatGuest.emitOut(&code, port: 0x3F8, .byte)
        code.ret()

        FlatGuest.emitPutText(&code, at: putString)

        // RSI: bytes. RBX: how many.
        code.place(putBytes)
        let digit = code.label()
        let byte = code.here()
        code.movzx(.rax, .at(.rsi), .byte)
        code.shr(.rax, 4, .dword)
        code.call(digit)
        code.movzx(.rax, .at(.rsi), .byte)
        code.and(.rax, 15, .dword)
        code.call(digit)
        code.inc(.rsi)
        code.dec(.rbx)
        code.jcc(.notEqual, byte)
        code.ret()

        code.place(digit)
        let letter = code.label()
        code.add(.rax, 0x30, .dword)
        code.cmp(.rax, 0x39, .dword)
        code.jcc(.belowOrEqual, letter)
        code.add(.rax, 0x27, .dword)
        code.place(letter)
        code.jmp(putCharacter)
    }

    // MARK: #VE

    /// What the handler saves, in the order of the pushes: the last is at [RSP].
    private static let saved: [GeneralRegister] = [
        .rax, .rcx, .rdx, .rbx, .rsi, .rdi, .r8, .r9, .r10, .r11, .r12, .r13, .r14, .r15,
    ]
    private func slot(_ register: GeneralRegister) -> Assembler.Memory {
        let index = Self.saved.firstIndex(of: register) ?? 0
        return .at(.rsp, Int32(8 * (Self.saved.count - 1 - index)))
    }

    private mutating func emitVEHandler() {
        let input = code.label()
        let leave = code.label()
        code.place(veHandler)
        for register in Self.saved { code.push(register) }
        code.mov(.rax, Int64(GuestLeafNumber.vpVEInfoGet.rawValue))
        code.tdcall()
        code.test(.rax, .rax)
        code.jcc(.notEqual, failed)
        // Past the instruction: RIP is what the exception pushed last.
        code.mov(.r10, .r10, .dword)
        code.add(.at(.rsp, Int32(8 * Self.saved.count)), .r10)
        code.mov(.rdi, .rdx)  // the exit qualification
        code.cmp(.rcx, 30, .dword)  // I/O instruction
        code.jcc(.equal, input)
        code.cmp(.rcx, 10, .dword)  // CPUID
        code.jcc(.notEqual, strayHandler)

        code.xor(.rax, .rax, .dword)
        code.mov(.rcx, 0xFC00)
        code.xor(.r10, .r10, .dword)
        code.mov(.r11, Int64(TDVMCallLeaf.cpuid.rawValue))
        code.mov(.r12, slot(.rax), .dword)
        code.mov(.r13, slot(.rcx), .dword)
        code.tdcall()
        code.test(.r10, .r10)
        code.jcc(.notEqual, failed)
        for (from, to) in [(.r12, .rax), (.r13, .rbx), (.r14, .rcx), (.r15, .rdx)]
            as [(GeneralRegister, GeneralRegister)]
        {
            code.mov(from, from, .dword)
            code.mov(slot(to), from)
        }
        code.jmp(leave)

        // Qualification: bits 2:0 size − 1, bit 3 IN, bits 31:16 port.
        code.place(input)
        code.xor(.rax, .rax, .dword)
        code.mov(.rcx, 0xFC00)
        code.xor(.r10, .r10, .dword)
        code.mov(.r11, Int64(TDVMCallLeaf.io.rawValue))
        code.mov(.r12, .rdi)
        code.and(.r12, 7)
        code.inc(.r12)
        code.mov(.r13, .rdi)
        code.shr(.r13, 3)
        code.not(.r13)
        code.and(.r13, 1)
        code.mov(.r14, .rdi)
        code.shr(.r14, 16)
        code.movzx(.r14, .r14, .word)
        code.mov(.r15, slot(.rax))
        code.tdcall()
        code.test(.r10, .r10)
        code.jcc(.notEqual, failed)
        code.bt(.rdi, 3)
        code.jcc(.aboveOrEqual, leave)
        // The guest uses byte-wide input alone.
        code.mov(slot(.rax), .r11, .byte)

        code.place(leave)
        for register in Self.saved.reversed() { code.pop(register) }
        code.iret()
    }

    // MARK: Data

    private mutating func emitData() {
        code.align(64, fill: 0)
        code.place(digest)
        code.data(BuiltInGuest.rtmrDigest)
        code.align(64, fill: 0)
        code.place(reportData)
        code.text("A report of Seamless's built-in guest.")
        code.align(64, fill: 0)
        code.place(signature)
        code.zeros(16)
        code.align(16, fill: 0)
        let idt = code.here()
        for vector in 0..<32 {
            let handler = code.address(of: vector == 20 ? veHandler : strayHandler)
            code.data16(UInt16(truncatingIfNeeded: handler))
            code.data16(UInt16(BootShim.codeSegment))
            code.data16(0x8E00)  // present, interrupt gate
            code.data16(UInt16(truncatingIfNeeded: handler >> 16))
            code.data64(handler >> 32)
        }
        code.place(idtr)
        code.data16(32 * 16 - 1)
        code.data64(idt)
        for (label, text) in strings {
            code.place(label)
            code.text(text, terminated: true)
        }
        code.align(1024, fill: 0)
        code.place(report)
        code.zeros(1024)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Boot
import TDXABI
import X86

/// A guest that measures what the boundaries of a trust domain cost, by its own time-stamp counter, and prints lines of
/// `cost NAME COUNT TICKS`, then `done FREQUENCY`.
struct CostKernel {
    /// A cost, as the guest names it.
    enum Cost: String, CaseIterable {
        /// `TDG.VP.VMCALL<Instruction.CPUID>`, which KVM answers.
        case kvm = "tdvmcall-kvm"
        /// `TDG.VP.VMCALL<Instruction.IO>`, which the VMM answers.
        case user = "tdvmcall-user"
        /// `TDG.MEM.PAGE.ACCEPT` of a page that is not there: KVM adds it, the guest accepts it.
        case page = "accept-4k"
        /// The same for 2 MiB of memory.
        case largePage = "accept-2m"
        /// From one vCPU to another that runs, and back.
        case ipi
    }

    static let image = FlatKernel.image { code in
        var kernel = CostKernel(&code)
        kernel.emit(&code)
    }

    private static let vector: UInt8 = 0x40
    private static let callCount: Int64 = 20_000
    private static let pageCount: Int64 = 4096
    private static let largePageCount: Int64 = 16
    private static let ipiCount: Int64 = 2000
    /// Memory that is given back, to be accepted anew: first for small pages, then for large.
    private static let memory: UInt64 = 0x1000_0000
    private static let memorySize: UInt64 = 64 << 20
    private static let secondStack: UInt64 = 0x0F00_0000
    private static let largeMemory = memory + memorySize / 2

    private let start: Assembler.Label
    private let counter: Assembler.Label
    private let putText: Assembler.Label
    private let putNumber: Assembler.Label
    private var strings: [(label: Assembler.Label, text: String)] = []

    private init(_ code: inout Assembler) {
        start = code.label()
        counter = code.label()
        putText = code.label()
        putNumber = code.label()
    }

    private mutating func emit(_ code: inout Assembler) {
        code.jmp(start)
        emitConsole(&code)
        let (tables, second) = emitInterrupts(&code)
        code.align(16)
        code.place(start)

        measure(&code, .kvm, Self.callCount) { code, _ in FlatKernel.call(&code, .cpuid, 0x4000_0000, 0) }
        measure(&code, .user, Self.callCount) { code, _ in FlatKernel.out(&code, 0x80, 0) }
        giveBack(&code)
        code.mov(.rdi, unsigned: Self.memory)
        measure(&code, .page, Self.pageCount) { code, _ in
            Self.accept(&code, level: 0)
            code.add(.rdi, 0x1000)
        }
        code.mov(.rdi, unsigned: Self.largeMemory)
        measure(&code, .largePage, Self.largePageCount) { code, _ in
            // As Linux does it: whole, and where it is mapped in smaller pages, page by page.
            let done = code.label()
            code.lea(.rsi, .at(.rdi, 0x20_0000))
            Self.accept(&code, level: 1)
            code.test(.rax, .rax)
            code.jcc(.equal, done)
            let page = code.here()
            Self.accept(&code, level: 0)
            code.add(.rdi, 0x1000)
            code.cmp(.rdi, .rsi)
            code.jcc(.notEqual, page)
            code.place(done)
            code.mov(.rdi, .rsi)
        }
        // The other vCPU answers each interrupt by one.
        code.lidt(.label(tables.first))
        enableAPIC(&code)
        code.mov(.rdi, unsigned: LinuxBootPlan.mailbox)
        code.mov(.at(.rdi, 4), 1, .dword)
        code.mov(.rax, address: second)
        code.mov(.at(.rdi, 8), .rax)
        code.mov(.at(.rdi), 1, .word)
        code.sti()
        let waiting = code.here()
        code.pause()
        code.cmp(.label(counter), 0, .dword)
        code.jcc(.equal, waiting)
        measure(&code, .ipi, Self.ipiCount) { code, counter in
            code.mov(.label(counter), 0, .dword)
            Self.sendInterrupt(&code, to: 1)
            let waiting = code.here()
            code.pause()
            code.cmp(.label(counter), 0, .dword)
            code.jcc(.equal, waiting)
        }

        say(&code, "done ")
        code.mov(.rax, 0x15)
        code.xor(.rcx, .rcx, .dword)
        code.cpuid()
        code.mov(.rdi, .rax)
        code.mov(.rax, .rcx)
        code.mul(.rbx)
        code.div(.rdi)
        code.call(putNumber)
        say(&code, "\n")
        FlatGuest.emitPowerOff(&code, status: 0)

        for (label, text) in strings {
            code.place(label)
            code.text(text)
            code.zeros(1)
        }
    }

    /// `body` `count` times, and a line about it. The body keeps RBX, RBP and RSP.
    private mutating func measure(
        _ code: inout Assembler, _ cost: Cost, _ count: Int64,
        _ body: (inout Assembler, Assembler.Label) -> Void
    ) {
        Self.readTime(&code)
        code.mov(.rbp, .rax)
        code.mov(.rbx, count)
        let again = code.here()
        body(&code, counter)
        code.dec(.rbx)
        code.jcc(.notEqual, again)
        Self.readTime(&code)
        code.sub(.rax, .rbp)
        code.mov(.rbp, .rax)
        code.push(.rdi)
        say(&code, "cost \(cost.rawValue) \(count) ")
        code.mov(.rax, .rbp)
        code.call(putNumber)
        say(&code, "\n")
        code.pop(.rdi)
    }

    private static func readTime(_ code: inout Assembler) {
        code.rdtsc()
        code.shl(.rdx, 32)
        code.add(.rax, .rdx)
    }

    /// `TDG.MEM.PAGE.ACCEPT` of the page at RDI.
    private static func accept(_ code: inout Assembler, level: Int32) {
        code.mov(.rax, Int64(GuestLeafNumber.memPageAccept.rawValue))
        code.lea(.rcx, .at(.rdi, level))
        code.tdcall()
    }

    /// `TDG.VP.VMCALL<MapGPA>`: the memory becomes shared, then private again, and is no longer there.
    private mutating func giveBack(_ code: inout Assembler) {
        // Bits 5:0 of RCX are the width of an address.
        code.mov(.rax, Int64(GuestLeafNumber.vpInfo.rawValue))
        code.tdcall()
        code.and(.rcx, 0x3F)
        code.dec(.rcx)
        code.mov(.rdi, 1)
        code.shlCL(.rdi)
        code.mov(.rsi, unsigned: Self.memory)
        code.add(.rsi, .rdi)
        for isPrivate in [false, true] {
            if isPrivate { code.mov(.rsi, unsigned: Self.memory) }
            code.lea(.rbx, .at(.rsi, Int32(Self.memorySize)))
            let again = code.here()
            code.xor(.rax, .rax, .dword)
            code.mov(.rcx, 0xFC00)
            code.xor(.r10, .r10, .dword)
            code.mov(.r11, Int64(TDVMCallLeaf.mapGPA.rawValue))
            code.mov(.r12, .rsi)
            code.mov(.r13, .rbx)
            code.sub(.r13, .rsi)
            code.tdcall()
            code.mov(.rsi, .r11)
            code.cmp(.r10, 1)  // TDG.VP.VMCALL_RETRY
            code.jcc(.equal, again)
        }
    }

    // MARK: Interrupts

    private static func writeMSR(_ code: inout Assembler, _ number: Int64, _ value: Int64) {
        FlatKernel.call(&code, .wrmsr, number, value)
    }

    private static func sendInterrupt(_ code: inout Assembler, to processor: Int64) {
        writeMSR(&code, 0x830, processor << 32 | 1 << 14 | Int64(vector))
    }

    private func enableAPIC(_ code: inout Assembler) { Self.writeMSR(&code, 0x80F, 0x1FF) }

    /// Both vCPUs' tables, and where the second begins.
    private func emitInterrupts(
        _ code: inout Assembler
    ) -> (tables: (first: Assembler.Label, second: Assembler.Label), second: Assembler.Label) {
        let saved: [GeneralRegister] = [.rax, .rcx, .rdx, .r10, .r11, .r12, .r13, .r14, .r15]
        func handler(_ code: inout Assembler, _ body: (inout Assembler) -> Void) -> Assembler.Label {
            let handler = code.here()
            for register in saved { code.push(register) }
            code.mov(.rcx, 0x80B)  // EOI
            code.xor(.rax, .rax, .dword)
            code.xor(.rdx, .rdx, .dword)
            code.wrmsr()
            body(&code)
            for register in saved.reversed() { code.pop(register) }
            code.iret()
            return handler
        }
        let counted = handler(&code) { $0.mov(.label(counter), 1, .dword) }
        let answered = handler(&code) { Self.sendInterrupt(&$0, to: 0) }
        code.align(16)
        code.place(counter)
        code.data64(0)
        func table(_ code: inout Assembler, _ handler: Assembler.Label) -> Assembler.Label {
            code.align(16)
            let gates = code.here()
            code.zeros(Int(Self.vector) * 16)
            let address = code.address(of: handler)
            code.data64(address & 0xFFFF | 0x10 << 16 | 0x8E00 << 32 | (address >> 16 & 0xFFFF) << 48)
            code.data64(address >> 32)
            let register = code.here()
            code.data16((UInt16(Self.vector) + 1) * 16 - 1)
            code.data64(gates)
            return register
        }
        let tables = (table(&code, counted), table(&code, answered))
        code.align(16)
        let second = code.here()
        code.mov(.rsp, unsigned: Self.secondStack)
        code.lidt(.label(tables.1))
        enableAPIC(&code)
        code.mov(.label(counter), 1, .dword)
        code.sti()
        let idle = code.here()
        code.pause()
        code.jmp(idle)
        return (tables, second)
    }

    // MARK: Console

    private mutating func say(_ code: inout Assembler, _ text: String) {
        let label = code.label()
        strings.append((label, text))
        code.lea(.rsi, .label(label))
        code.call(putText)
    }

    private func emitConsole(_ code: inout Assembler) {
        FlatGuest.emitPutText(&code, at: putText)

        // RAX: a number, printed in decimal; RBX and RDI change.
        code.place(putNumber)
        let digit = code.label()
        code.mov(.rdi, 10)
        code.xor(.rbx, .rbx, .dword)
        code.place(digit)
        code.xor(.rdx, .rdx, .dword)
        code.div(.rdi)
        code.push(.rdx)
        code.inc(.rbx)
        code.test(.rax, .rax)
        code.jcc(.notEqual, digit)
        let print = code.here()
        code.pop(.rax)
        code.add(.rax, 0x30)
        FlatGuest.emitOut(&code, port: 0x3F8, .byte)
        code.dec(.rbx)
        code.jcc(.notEqual, print)
        code.ret()
    }
}

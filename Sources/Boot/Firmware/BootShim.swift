// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

/// The firmware of our own: it brings a TD from its reset state to a 64-bit entry with all memory accepted.
///
/// An image that ends at 4 GiB, from bottom to top:
///
/// ```
///  page tables       identity map of 4 GiB, 2 MiB pages
///  code, GDT         32-bit entry, 64-bit code, the application processors' loop
///  metadata          TDVF descriptor, table of GUIDs
///  reset vector      0xFFFFFFF0
/// ```
///
/// All vCPUs start at the reset vector at once. The first (`RSI` = 0) accepts what the TD HOB calls unaccepted and
/// jumps to the entry; the others wait in the mailbox's loop until the guest wakes them. `EFER.LME` is set from the
/// start and must not be written. Only TDCALL is used, no instruction that raises #VE. Before the entry the first vCPU
/// measures what it is told to (`MeasuredBoot`).
///
/// - SeeAlso: TDX Virtual Firmware Design Guide, "TD Boot"; ACPI Specification, "Multiprocessor Wakeup Structure".
public struct BootShim: Sendable {
    /// What runs after the shim, and where the shim may work.
    public struct Target: Hashable, Sendable {
        /// 64-bit entry.
        public var entry: UInt64
        /// The value of `RSI` at the entry.
        public var parameter: UInt64
        /// The page of the ACPI mailbox.
        public var mailbox: UInt64
        /// The page of the stack, which grows down from its end.
        public var stack: UInt64
        /// Two pages for the TD HOB.
        public var hob: UInt64

        public init(entry: UInt64, parameter: UInt64, mailbox: UInt64, stack: UInt64, hob: UInt64) {
            self.entry = entry
            self.parameter = parameter
            self.mailbox = mailbox
            self.stack = stack
            self.hob = hob
        }
    }

    /// The code that `ReportFatalError` carries in its bits 31:0.
    public static let fatalErrorCode: UInt64 = 1
    static let hobSize: UInt64 = 0x2000
    static let codeSegment: Int64 = 0x10
    static let dataSegment: Int64 = 0x18
    static let imageSize: UInt64 = 0x8000
    static let base: UInt64 = 1 << 32 - imageSize
    private static let busy: Int64 = 0x8000_0200  // the class of TDX_OPERAND_BUSY

    public let target: Target
    /// What is hashed, logged and extended before the entry.
    private let steps: [MeasuredBoot.Step]

    public init(_ target: Target) { self.init(target, measuring: []) }

    init(_ target: Target, measuring steps: [MeasuredBoot.Step]) {
        self.target = target
        self.steps = steps
    }

    /// The image with its metadata.
    public func firmware() throws(BootError) -> FirmwareImage { try FirmwareImage(bytes) }

    private var metadata: TDVFMetadata {
        TDVFMetadata(sections: [
            TDVFMetadata.Section(
                .bfv, gpa: Self.base, memorySize: Self.imageSize, rawSize: UInt32(Self.imageSize),
                attributes: .extend),
            TDVFMetadata.Section(.tdHOB, gpa: target.hob, memorySize: Self.hobSize),
            TDVFMetadata.Section(.tempMem, gpa: target.mailbox, memorySize: 0x1000),
            TDVFMetadata.Section(.tempMem, gpa: target.stack, memorySize: 0x1000),
        ])
    }

    /// Where a processor that the guest has done with waits at the mailbox again: entered in 64-bit mode with this page
    /// mapped to itself and interrupts off. It is the same whatever is measured.
    public var resetVector: UInt64 { made.resetVector }

    var bytes: [UInt8] { made.bytes }

    private var made: (bytes: [UInt8], resetVector: UInt64) {
        var code = Assembler(origin: Self.base, mode: .bits32)
        code.data(Self.pageTables(at: Self.base))
        let (start, processor) = emit(&code)
        code.pad(to: 1 << 32 - 0x400)
        // The metadata, the table that leads to it, and the reset vector.
        code.data(TDVFMetadata.mark)
        let descriptor = code.here()
        code.data(metadata.bytes)
        let distance = UInt32((1 << 32) - code.address(of: descriptor))
        code.pad(to: 1 << 32 - 0x20 - 18 - 22)
        code.data32(distance)
        code.data16(22)
        code.data(TDVFMetadata.entry)
        code.data16(18 + 22)
        code.data(TDVFMetadata.footer)
        code.data32(UInt32(code.address(of: descriptor) - Self.base))
        code.pad(to: 0xFFFF_FFF0)
        code.mode = .bits32
        code.jmp(start)
        code.pad(to: 1 << 32, fill: 0xCC)
        return (code.assembled(), code.address(of: processor))
    }

    /// Four-level tables that map the lower 4 GiB to themselves.
    static func pageTables(at base: UInt64) -> [UInt8] {
        let present: UInt64 = 0b11  // P, R/W
        var bytes: [UInt8] = []
        bytes.append(littleEndian: (base + 0x1000) | present)
        bytes.pad(to: 4096)
        for directory in 0..<UInt64(4) {
            bytes.append(littleEndian: (base + 0x2000 + directory * 0x1000) | present)
        }
        bytes.pad(to: 4096)
        for page in 0..<UInt64(2048) { bytes.append(littleEndian: page << 21 | present | 1 << 7) }
        return bytes
    }

    // MARK: Code

    /// - Returns: the 32-bit start, and where application processors begin to wait.
    private func emit(_ code: inout Assembler) -> (start: Assembler.Label, processor: Assembler.Label) {
        code.align(16)
        let gdt = code.here()
        code.data64(0)
        code.data64(0x00CF_9B00_0000_FFFF)  // 0x08: 32-bit code
        code.data64(0x00AF_9B00_0000_FFFF)  // 0x10: 64-bit code
        code.data64(0x00CF_9300_0000_FFFF)  // 0x18: data
        let gdtr = code.here()
        code.data16(31)
        code.data64(gdt)  // in 32-bit mode the lower half counts
        code.align(16)

        // A processor may come back with page tables and a GDT of the guest.
        code.mode = .bits64
        let processor = code.here()
        code.lgdt(.label(gdtr))
        code.mov(.rax, unsigned: Self.base)
        code.mov(control: 3, .rax)
        emitApplicationProcessor(&code)
        code.align(64)

        // RCX: the TD HOB. RSI: the vCPU's number. Nothing but EAX is touched here.
        code.mode = .bits32
        let start = code.here()
        let long = code.label()
        code.cli()
        code.cld()
        code.lgdt(.label(gdtr))
        code.mov(.rax, control: 4)
        code.or(.rax, 1 << 5)  // PAE
        code.mov(control: 4, .rax)
        code.mov(.rax, Int64(Self.base))
        code.mov(control: 3, .rax)
        code.mov(.rax, control: 0)
        code.or(.rax, 1 << 31)  // PG
        code.mov(control: 0, .rax)
        code.jmpFar(UInt16(Self.codeSegment), long)

        code.mode = .bits64
        code.place(long)
        code.mov(.rax, Self.dataSegment, .dword)
        for segment in [SegmentRegister.ds, .es, .ss, .fs, .gs] { code.mov(segment, .rax) }
        code.test(.rsi, .rsi, .dword)
        code.jcc(.notEqual, processor)
        emitFirst(&code)
        return (start, processor)
    }

    /// The first vCPU: walks the HOB, accepts, and leaves for the target.
    private func emitFirst(_ code: inout Assembler) {
        let accept = code.label()
        let measure = code.label()
        let malformed = code.label()
        let refused = code.label()
        let next = code.label()
        let done = code.label()
        code.mov(.rsp, unsigned: target.stack + 0x1000)
        code.mov(.rbx, .rcx)

        let walk = code.here()
        code.movzx(.rax, .at(.rbx), .word)
        code.cmp(.rax, 0xFFFF, .dword)
        code.jcc(.equal, done)
        code.cmp(.rax, 3, .dword)  // EFI_HOB_TYPE_RESOURCE_DESCRIPTOR
        code.jcc(.notEqual, next)
        code.cmp(.at(.rbx, 24), Int64(TDHOB.Resource.unaccepted.rawValue), .dword)
        code.jcc(.notEqual, next)
        code.mov(.rdi, .at(.rbx, 32))
        code.mov(.rbp, .at(.rbx, 40))
        code.add(.rbp, .rdi)
        code.call(accept)
        code.place(next)
        code.movzx(.rax, .at(.rbx, 2), .word)
        code.cmp(.rax, 8, .dword)
        code.jcc(.below, malformed)
        code.add(.rbx, .rax)
        code.jmp(walk)

        code.place(done)
        for step in steps { emitMeasure(&code, step, measure) }
        code.mov(.rsi, unsigned: target.parameter)
        code.mov(.rax, unsigned: target.entry)
        code.xor(.rbp, .rbp, .dword)
        code.xor(.rdi, .rdi, .dword)
        code.xor(.rbx, .rbx, .dword)
        code.jmp(.rax)

        emitAccept(&code, accept, refused)
        if !steps.isEmpty { emitMeasure(&code, measure) }
        code.place(malformed)
        emitFatal(&code, "Boot shim: the TD HOB is malformed.")
        code.place(refused)
        emitFatal(&code, "Boot shim: memory could not be accepted.")
    }

    /// Accepts from `RDI` up to `RBP`: 2 MiB at once where that is aligned and the mapping is as large, else 4 KiB.
    private func emitAccept(_ code: inout Assembler, _ accept: Assembler.Label, _ refused: Assembler.Label) {
        let finished = code.label()
        let pieces = code.label()
        let mismatch = Int64(TDXStatus.pageSizeMismatch.rawValue >> 32)
        code.place(accept)
        let again = code.here()
        code.cmp(.rdi, .rbp)
        code.jcc(.aboveOrEqual, finished)
        // The end of what is done in 4 KiB pieces, if it comes to that: the next 2 MiB boundary, or the range's end.
        code.lea(.rsi, .at(.rdi, 0x20_0000))
        code.and(.rsi, -0x20_0000)
        code.cmp(.rsi, .rbp)
        let clipped = code.label()
        code.jcc(.belowOrEqual, clipped)
        code.mov(.rsi, .rbp)
        code.place(clipped)
        code.mov(.rax, .rsi)
        code.sub(.rax, .rdi)
        code.cmp(.rax, 0x20_0000)
        code.jcc(.notEqual, pieces)
        code.mov(.rax, Int64(GuestLeafNumber.memPageAccept.rawValue))
        code.lea(.rcx, .at(.rdi, 1))  // level 1: 2 MiB
        code.tdcall()
        let notWhole = code.label()
        code.test(.rax, .rax)
        code.jcc(.notEqual, notWhole)
        code.mov(.rdi, .rsi)
        code.jmp(again)
        code.place(notWhole)
        code.shr(.rax, 32)
        code.cmp(.rax, Self.busy, .dword)
        code.jcc(.equal, again)
        code.cmp(.rax, mismatch, .dword)
        code.jcc(.notEqual, refused)
        code.place(pieces)
        code.cmp(.rdi, .rsi)
        code.jcc(.aboveOrEqual, again)
        code.mov(.rax, Int64(GuestLeafNumber.memPageAccept.rawValue))
        code.mov(.rcx, .rdi)
        code.tdcall()
        let notPiece = code.label()
        code.test(.rax, .rax)
        code.jcc(.notEqual, notPiece)
        code.add(.rdi, 0x1000)
        code.jmp(pieces)
        code.place(notPiece)
        code.shr(.rax, 32)
        code.cmp(.rax, Self.busy, .dword)
        code.jcc(.equal, pieces)
        code.jmp(refused)
        code.place(finished)
        code.ret()
    }

    /// One step. `RBX` is the last entry of the TD HOB.
    private func emitMeasure(_ code: inout Assembler, _ step: MeasuredBoot.Step, _ measure: Assembler.Label) {
        switch step.source {
        case .hob:
            code.mov(.rsi, unsigned: target.hob)
            code.lea(.rdx, .at(.rbx, TDHOB.endSize))
            code.sub(.rdx, .rsi)
        case .memory(let gpa, let size):
            code.mov(.rsi, unsigned: gpa)
            code.mov(.rdx, unsigned: size)
        }
        code.mov(.rdi, unsigned: step.digest)
        code.mov(.rcx, Int64(step.rtmr))
        code.call(measure)
    }

    /// Hashes the `RDX` bytes at `RSI`, writes the digest to `RDI`, and extends `RTMR` number `RCX`. `RBX` is kept.
    private func emitMeasure(_ code: inout Assembler, _ measure: Assembler.Label) {
        let done = code.label()
        let hash = SHA384Code(&code, scratch: target.stack)
        code.place(measure)
        for register in [GeneralRegister.rbx, .rdi, .rcx] { code.push(register) }
        code.call(hash.function)
        for register in [GeneralRegister.rdx, .rdi] { code.pop(register) }
        code.mov(.rsi, unsigned: hash.digest)
        code.mov(.rcx, 48 / 8)
        code.repMovs(.qword)
        let again = code.here()
        code.mov(.rax, Int64(GuestLeafNumber.mrRTMRExtend.rawValue))
        code.mov(.rcx, unsigned: hash.digest)
        code.tdcall()
        code.test(.rax, .rax)
        code.jcc(.equal, done)
        code.shr(.rax, 32)
        code.cmp(.rax, Self.busy, .dword)
        code.jcc(.equal, again)
        emitFatal(&code, "Boot shim: an RTMR could not be extended.")
        code.place(done)
        code.pop(.rbx)
        code.ret()
    }

    /// The other vCPUs: learn the APIC id, then wait for a command in the mailbox.
    private func emitApplicationProcessor(_ code: inout Assembler) {
        code.xor(.rax, .rax, .dword)
        code.mov(.rcx, 0xFC00)  // R10 to R15
        code.xor(.r10, .r10, .dword)
        code.mov(.r11, Int64(TDVMCallLeaf.cpuid.rawValue))
        code.mov(.r12, 0xB)
        code.xor(.r13, .r13, .dword)
        code.xor(.r14, .r14, .dword)
        code.xor(.r15, .r15, .dword)
        code.tdcall()
        code.mov(.rdi, unsigned: target.mailbox)
        let test = code.label()
        let wait = code.here()
        code.pause()
        code.movzx(.rbx, .at(.rdi), .word)
        code.test(.rbx, .rbx, .dword)
        code.jcc(.equal, wait)
        code.mov(.rax, .at(.rdi, 4), .dword)
        code.cmp(.rax, .r15, .dword)
        code.jcc(.notEqual, wait)
        code.cmp(.rbx, 1, .dword)  // wake up
        code.jcc(.notEqual, test)
        code.mov(.rax, .at(.rdi, 8))
        code.mov(.at(.rdi), 0, .word)  // the acknowledgement
        code.jmp(.rax)
        code.place(test)
        code.cmp(.rbx, 2, .dword)  // test: is the processor here?
        code.jcc(.notEqual, wait)
        code.mov(.at(.rdi), 0, .word)
        code.jmp(wait)
    }

    /// Tells the VMM why there is no going on; the text is at most 64 bytes.
    private func emitFatal(_ code: inout Assembler, _ text: String) {
        FlatGuest.emitFatal(&code, code: Self.fatalErrorCode, text: text)
    }
}

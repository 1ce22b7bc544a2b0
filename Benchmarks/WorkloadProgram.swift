// SPDX-License-Identifier: Apache-2.0

import Boot
import X86

/// The program that is measured: `/init` of the guests, and an ordinary program natively.
///
/// It says on standard output where it is, a line a step, and waits until the line is out; whoever reads the lines takes
/// the time. Emulators and the host are so measured in the same way, whatever clock a guest has.
///
/// It needs `busybox` in its working directory, and leaves a file `output` there.
struct WorkloadProgram {
    /// The words of its lines.
    enum Marker {
        static let prefix = "bench: "
        static let begin = "init"
        static let start = "start "
        static let end = "end "
        static let failed = "failed "
        static let done = "done"
    }

    /// What it does one after the other.
    enum Workload: String, CaseIterable, Codable {
        case integer = "integer loop"
        case sha256
        case gzip
        case memcpy
        case repMovs = "rep movs"
        case float
        case syscall
        case fork
        case pageFault = "page fault"

        /// For people.
        var explanation: String {
            switch self {
            case .integer: "\(WorkloadProgram.integerInstructions / 1_000_000) million ALU instructions"
            case .sha256: "busybox sha256sum of itself, 8 times"
            case .gzip: "busybox gzip of itself"
            case .memcpy: "512 MiB in SSE registers, 64 KiB at a time"
            case .repMovs: "512 MiB by REP MOVSQ, 64 KiB at a time"
            case .float: "4 million scalar double operations of each of + * / and square root"
            case .syscall: "400,000 getppid"
            case .fork: "200 fork, exit and wait"
            case .pageFault: "touching 64 MiB page by page, twice"
            }
        }
    }

    /// Instructions of the integer loop.
    static let integerInstructions = 20 * integerRounds
    private static let integerRounds = 20_000_000

    let executable: [UInt8]

    init() {
        var writer = Writer()
        writer.program()
        executable = StaticELF(program: writer.code.assembled(), zeros: Writer.zeros).bytes
    }

    /// Numbers of system calls.
    ///
    /// - SeeAlso: Linux, "arch/x86/entry/syscalls/syscall_64.tbl".
    private enum SystemCall: Int64 {
        case write = 1
        case open = 2
        case mmap = 9
        case munmap = 11
        case ioctl = 16
        case madvise = 28
        case dup2 = 33
        case nanosleep = 35
        case getpid = 39
        case fork = 57
        case execve = 59
        case exit = 60
        case wait4 = 61
        case getppid = 110
        case sync = 162
        case reboot = 169
    }

    private struct Writer {
        /// Two buffers, page-aligned behind the program.
        private static let bufferSize = 64 << 10
        private static let source: UInt32 = 0x60_0000
        private static let target = source + UInt32(bufferSize)
        static let zeros = Int(UInt64(target) + UInt64(bufferSize) - StaticELF.base)

        var code = Assembler(origin: StaticELF.origin)
        private var texts: [(label: Assembler.Label, text: String)] = []
        private var vectors: [(label: Assembler.Label, texts: [Assembler.Label])] = []

        mutating func program() {
            say(Marker.begin)
            settle()
            for workload in Workload.allCases {
                say(Marker.start + workload.rawValue)
                let failed = code.label()
                let next = code.label()
                write(workload, failed)
                say(Marker.end + workload.rawValue)
                code.jmp(next)
                code.place(failed)
                say(Marker.failed + workload.rawValue)
                code.place(next)
            }
            say(Marker.done)
            // The first process powers the machine off: it must not end.
            call(.getpid)
            code.cmp(.rax, 1)
            let ordinary = code.label()
            code.jcc(.notEqual, ordinary)
            call(.sync)
            call(.reboot, 0xFEE1_DEAD, 0x2812_1969, 0x4321_FEDC)
            code.place(ordinary)
            call(.exit, 0)
            for (label, text) in texts {
                code.place(label)
                code.text(text, terminated: true)
            }
            code.align(8, fill: 0)
            for (label, texts) in vectors {
                code.place(label)
                for text in texts { code.data64(text) }
                code.data64(0)
            }
        }

        private mutating func write(_ workload: Workload, _ failed: Assembler.Label) {
            switch workload {
            case .integer: integer()
            case .sha256:
                run(["busybox", "sha256sum"] + [String](repeating: "busybox", count: 8), failed)
            case .gzip: run(["busybox", "gzip", "-c", "busybox"], failed)
            case .memcpy: copy { $0.copyBySSE() }
            case .repMovs:
                copy { writer in
                    writer.code.mov(.rcx, Int64(Writer.bufferSize / 8))
                    writer.code.repMovs(.qword)
                }
            case .float: float()
            case .syscall: times(400_000) { $0.call(.getppid) }
            case .fork:
                times(200) { writer in
                    writer.fork { $0.call(.exit, 0) }
                    writer.wait(failed)
                }
            case .pageFault: times(2) { $0.touch(failed) }
            }
        }

        // MARK: Pieces

        private mutating func text(_ text: String) -> Assembler.Label {
            let label = code.label()
            texts.append((label, text))
            return label
        }

        /// A system call; destroys RCX and R11.
        private mutating func call(_ number: SystemCall, _ arguments: Int64...) {
            let registers: [GeneralRegister] = [.rdi, .rsi, .rdx, .r10, .r8, .r9]
            for (register, value) in zip(registers, arguments) { code.mov(register, value) }
            code.mov(.rax, number.rawValue)
            code.syscall()
        }

        /// Lets the kernel end what it does beside the first process, such as trying its ciphers.
        private mutating func settle() {
            code.push(0)
            code.push(4)  // seconds
            code.mov(.rdi, .rsp)
            code.mov(.rsi, 0)
            code.mov(.rax, SystemCall.nanosleep.rawValue)
            code.syscall()
            code.pop(.rax)
            code.pop(.rax)
        }

        /// Writes a line, and waits until a terminal has sent it.
        private mutating func say(_ words: String) {
            let line = Marker.prefix + words + "\n"
            code.mov(.rsi, address: text(line))
            code.mov(.rdi, 1)
            code.mov(.rdx, Int64(line.utf8.count))
            code.mov(.rax, SystemCall.write.rawValue)
            code.syscall()
            call(.ioctl, 1, 0x5409, 1)
        }

        /// Does something again and again; counts in R15.
        private mutating func times(_ count: Int64, _ body: (inout Writer) -> Void) {
            code.mov(.r15, count)
            let again = code.here()
            body(&self)
            code.dec(.r15)
            code.jcc(.notEqual, again)
        }

        /// A child that runs `child`, which does not come back; its number is in RAX.
        private mutating func fork(_ child: (inout Writer) -> Void) {
            call(.fork)
            code.test(.rax, .rax)
            let parent = code.label()
            code.jcc(.notEqual, parent)
            child(&self)
            code.place(parent)
        }

        /// Waits for any child, which must end well.
        private mutating func wait(_ failed: Assembler.Label) {
            code.push(0)
            code.mov(.rsi, .rsp)
            code.mov(.rdi, -1)
            code.mov(.rdx, 0)
            code.mov(.r10, 0)
            code.mov(.rax, SystemCall.wait4.rawValue)
            code.syscall()
            code.pop(.rbx)
            code.test(.rax, .rax)
            code.jcc(.lessOrEqual, failed)
            code.test(.rbx, .rbx, .dword)
            code.jcc(.notEqual, failed)
        }

        /// Runs a program with its output in a file.
        private mutating func run(_ words: [String], _ failed: Assembler.Label) {
            let output = text("output")
            let labels = words.map { text($0) }
            let (vector, environment) = (code.label(), code.label())
            vectors += [(vector, labels), (environment, [])]
            fork { writer in
                writer.code.mov(.rdi, address: output)
                writer.code.mov(.rsi, 0o1101)  // write only, create, truncate
                writer.code.mov(.rdx, 0o644)
                writer.code.mov(.rax, SystemCall.open.rawValue)
                writer.code.syscall()
                writer.code.mov(.rdi, .rax)
                writer.code.mov(.rsi, 1)
                writer.code.mov(.rax, SystemCall.dup2.rawValue)
                writer.code.syscall()
                writer.code.mov(.rdi, address: labels[0])
                writer.code.mov(.rsi, address: vector)
                writer.code.mov(.rdx, address: environment)
                writer.code.mov(.rax, SystemCall.execve.rawValue)
                writer.code.syscall()
                writer.call(.exit, 127)
            }
            wait(failed)
        }

        /// 20 instructions a round, with chains between them as compiled code has them.
        private mutating func integer() {
            for (value, register) in [GeneralRegister.rax, .rbx, .rdx, .rsi, .rdi, .r8, .r9, .r10]
                .enumerated()
            {
                code.mov(register, Int64(value) * 0x1234_5671 + 1)
            }
            code.mov(.rcx, Int64(WorkloadProgram.integerRounds))
            let again = code.here()
            code.add(.rax, .rcx)
            code.xor(.rbx, .rax)
            code.rol(.rbx, 7)
            code.lea(.rdx, .at(.rbx, index: .rcx, scale: 4, 17))
            code.sub(.rsi, .rdx)
            code.mov(.rdi, .rsi)
            code.shr(.rdi, 3)
            code.and(.rdi, 0xFFFF)
            code.add(.r8, .rdi, .dword)
            code.imul(.r9, .r8)
            code.xor(.r9, .rbx)
            code.cmp(.r9, .rax)
            code.cmovcc(.below, .r10, .r9)
            code.add(.r10, 5)
            code.movzx(.r11, .r10, .byte)
            code.or(.rax, .r11)
            code.neg(.rdx)
            code.add(.rax, .rdx)
            code.dec(.rcx)
            code.jcc(.notEqual, again)
        }

        /// Copies one buffer to the other until 512 MiB are done.
        private mutating func copy(_ body: (inout Writer) -> Void) {
            times(Int64((512 << 20) / Writer.bufferSize)) { writer in
                writer.code.mov(.rsi, Int64(Writer.source))
                writer.code.mov(.rdi, Int64(Writer.target))
                body(&writer)
            }
        }

        private mutating func copyBySSE() {
            code.mov(.rcx, Int64(Writer.bufferSize / 64))
            let again = code.here()
            for register in UInt8(0)..<4 {
                code.data([0x0F, 0x10, 0x46 | register << 3, register * 16])  // MOVUPS xmm, [rsi + …]
            }
            for register in UInt8(0)..<4 {
                code.data([0x0F, 0x11, 0x47 | register << 3, register * 16])  // MOVUPS [rdi + …], xmm
            }
            code.add(.rsi, 64)
            code.add(.rdi, 64)
            code.dec(.rcx)
            code.jcc(.notEqual, again)
        }

        private mutating func float() {
            for register in UInt8(0)..<4 {
                code.mov(.rax, Int64(register) + 2)
                code.data([0xF2, 0x48, 0x0F, 0x2A, 0xC0 | register << 3])  // CVTSI2SD xmm, rax
            }
            times(4_000_000) { writer in
                writer.code.data([0xF2, 0x0F, 0x58, 0xC1])  // ADDSD xmm0, xmm1
                writer.code.data([0xF2, 0x0F, 0x59, 0xC2])  // MULSD xmm0, xmm2
                writer.code.data([0xF2, 0x0F, 0x5E, 0xC3])  // DIVSD xmm0, xmm3
                writer.code.data([0xF2, 0x0F, 0x51, 0xC0])  // SQRTSD xmm0, xmm0
            }
        }

        /// Maps 64 MiB in small pages, writes to each, and gives them back.
        private mutating func touch(_ failed: Assembler.Label) {
            let size: Int64 = 64 << 20
            call(.mmap, 0, size, 3, 0x22, -1, 0)  // read and write, private and anonymous
            code.test(.rax, .rax)
            code.jcc(.less, failed)
            code.mov(.rbx, .rax)
            code.mov(.rdi, .rbx)
            code.mov(.rsi, size)
            code.mov(.rdx, 15)  // no huge pages
            code.mov(.rax, SystemCall.madvise.rawValue)
            code.syscall()
            code.mov(.rcx, size / 4096)
            code.mov(.rdx, .rbx)
            let again = code.here()
            code.mov(.at(.rdx), 1, .byte)
            code.add(.rdx, 4096)
            code.dec(.rcx)
            code.jcc(.notEqual, again)
            code.mov(.rdi, .rbx)
            code.mov(.rsi, size)
            code.mov(.rax, SystemCall.munmap.rawValue)
            code.syscall()
        }
    }
}

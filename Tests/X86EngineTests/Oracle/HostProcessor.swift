// SPDX-License-Identifier: Apache-2.0

#if arch(x86_64) && os(Linux)

    import Glibc

    /// Runs single instructions on the processor of the machine the tests run on, with every register, flag and segment
    /// given, and says what came of it.
    ///
    /// An instruction is entered by IRET and left by a fault: behind it, and wherever it may jump to, stand HLTs, which
    /// user mode may not execute. So each case costs one signal, and its state is what the kernel saved.
    ///
    /// Each processor has a region of linear addresses of its own, so that several threads can run one each.
    final class HostProcessor {
        typealias Place = OraclePlace

        /// What makes this host unable to be the judge, as a sentence; nil when it can.
        static let unfit: String? = {
            // AT_HWCAP2, bit 1: the kernel lets programs write their segment bases.
            if auxiliary(26) & 2 == 0 { return "the kernel does not let programs write FS and GS bases" }
            return handlers
        }()

        /// An entry of the vector that the kernel hands to the program.
        private static func auxiliary(_ type: UInt64) -> UInt64 {
            guard let file = fopen("/proc/self/auxv", "r") else { return 0 }
            defer { fclose(file) }
            var entry: [UInt64] = [0, 0]
            while fread(&entry, 16, 1, file) == 1 {
                if entry[0] == type { return entry[1] }
            }
            return 0
        }

        /// Vendors differ in a few forms.
        static let isAMD: Bool = {
            guard let file = fopen("/proc/cpuinfo", "r") else { return false }
            defer { fclose(file) }
            var line = [CChar](repeating: 0, count: 256)
            while fgets(&line, 256, file) != nil {
                if strncmp(line, "vendor_id", 9) == 0 { return strstr(line, "AMD") != nil }
            }
            return false
        }()

        let base: UInt64
        private let memory: UnsafeMutableRawPointer
        private let context: UnsafeMutableRawPointer

        /// nil: the host does not give these addresses.
        init?(region: Int) {
            guard HostProcessor.unfit == nil, (0..<HostRegion.count).contains(region) else { return nil }
            base = HostRegion.first + UInt64(region) * HostRegion.size
            let fixed: Int32 = 0x10_0000  // MAP_FIXED_NOREPLACE
            guard
                let got = mmap(
                    UnsafeMutableRawPointer(bitPattern: UInt(base)), Int(HostRegion.size), PROT_NONE,
                    MAP_PRIVATE | MAP_ANONYMOUS | fixed, -1, 0), UInt64(UInt(bitPattern: got)) == base
            else { return nil }
            memory = got
            context = got + Int(Place.context)
            let all = PROT_READ | PROT_WRITE | PROT_EXEC
            allow(0, 0x3000, all)
            allow(Place.code, 0x2000, all)
            allow(Place.landing, 0x1000, all)
            allow(Place.data, 0x3000, PROT_READ | PROT_WRITE)
            allow(Place.signalStack, Place.signalStackSize, PROT_READ | PROT_WRITE)
            memory.copyMemory(from: Stub.enter, byteCount: Stub.enter.count)
            (memory + 0x800).copyMemory(from: Stub.modifyLDT, byteCount: Stub.modifyLDT.count)
            for place in [Place.code, Place.code + 0x1000, Place.landing] {
                (memory + Int(place)).initializeMemory(as: UInt8.self, repeating: 0xF4, count: 0x1000)
            }
            allow(Place.landing, 0x1000, PROT_READ | PROT_EXEC)
            (memory + Int(Place.readOnly)).initializeMemory(as: UInt8.self, repeating: 0, count: 0x1000)
        }

        deinit { munmap(memory, Int(HostRegion.size)) }

        private func allow(_ place: UInt64, _ size: Int, _ protection: Int32) {
            mprotect(memory + Int(place), size, protection)
        }

        /// A place of the region as this process sees it.
        subscript(_ place: UInt64) -> UnsafeMutableRawPointer { memory + Int(place) }

        /// Fills the read-only page.
        func fillReadOnly(_ source: UnsafeRawPointer) {
            allow(Place.readOnly, 0x1000, PROT_READ | PROT_WRITE)
            self[Place.readOnly].copyMemory(from: source, byteCount: 0x1000)
            allow(Place.readOnly, 0x1000, PROT_READ)
        }

        /// A descriptor of the local table, as the kernel's `struct user_desc`. False: refused.
        func setDescriptor(_ description: [UInt32]) -> Bool {
            typealias Call = @convention(c) (Int, UnsafeRawPointer, Int) -> Int
            return unsafeBitCast(memory + 0x800, to: Call.self)(1, description, 16) == 0
        }

        /// Makes this thread the one that runs instructions.
        func attach() {
            var stack = stack_t(
                ss_sp: self[Place.signalStack], ss_flags: 0, ss_size: Place.signalStackSize)
            sigaltstack(&stack, nil)
        }
        func detach() {
            // SS_DISABLE
            var stack = stack_t(ss_sp: nil, ss_flags: 2, ss_size: 0)
            sigaltstack(&stack, nil)
        }

        /// An FXSAVE image to start from; what floating-point instructions left is in `image`.
        func setImage(_ image: UnsafeRawPointer?) {
            context.storeBytes(of: image == nil ? 0 : 1, toByteOffset: 504, as: UInt64.self)
            if let image { (context + 0x800).copyMemory(from: image, byteCount: 512) }
        }
        /// The FXSAVE image after the last run.
        var image: UnsafeRawPointer { UnsafeRawPointer(context + 0x400) }

        /// Runs what lies at `start.rip` until it faults.
        func run(_ start: ProcessorState) -> ProcessorOutcome {
            for n in 0..<16 { put(n * 8, start.registers[n]) }
            put(128, start.rip)
            put(136, UInt64(start.cs))
            put(144, start.rflags)
            put(152, start.registers[4])
            put(160, UInt64(start.ss))
            put(192, start.fsBase)
            put(200, start.gsBase)
            put(208, UInt64(start.ds))
            put(216, UInt64(start.es))
            put(224, UInt64(start.fs))
            put(232, UInt64(start.gs))
            for offset in stride(from: 448, to: 480, by: 8) { put(offset, 0) }
            unsafeBitCast(memory, to: (@convention(c) (UnsafeMutableRawPointer) -> Void).self)(context)
            var end = ProcessorState()
            // The order of `gregs` in `ucontext_t`.
            let order: [16 of Int] = [13, 14, 12, 11, 15, 10, 9, 8, 0, 1, 2, 3, 4, 5, 6, 7]
            for n in 0..<16 { end.registers[n] = saved(order[n]) }
            end.rip = saved(16)
            end.rflags = saved(17)
            end.cs = UInt16(truncatingIfNeeded: saved(18))
            end.ss = UInt16(truncatingIfNeeded: saved(18) >> 48)
            end.ds = UInt16(truncatingIfNeeded: get(448))
            end.es = UInt16(truncatingIfNeeded: get(456))
            end.fs = UInt16(truncatingIfNeeded: get(464))
            end.gs = UInt16(truncatingIfNeeded: get(472))
            end.fsBase = get(480)
            end.gsBase = get(488)
            let vector = UInt8(truncatingIfNeeded: saved(20))
            return ProcessorOutcome(
                state: end, event: .exception(vector, code: UInt32(truncatingIfNeeded: saved(19))),
                faultAddress: vector == 14 ? saved(22) : 0)
        }

        private func put(_ offset: Int, _ value: UInt64) {
            context.storeBytes(of: value, toByteOffset: offset, as: UInt64.self)
        }
        private func get(_ offset: Int) -> UInt64 { context.load(fromByteOffset: offset, as: UInt64.self) }
        private func saved(_ register: Int) -> UInt64 { get(256 + register * 8) }

        private typealias Action =
            @convention(c) (Int32, UnsafeMutablePointer<siginfo_t>?, UnsafeMutableRawPointer?) -> Void
        /// What the handlers were before, by signal: written once, before any of ours can run.
        private nonisolated(unsafe) static let previous: UnsafeMutablePointer<sigaction> = {
            let actions = UnsafeMutablePointer<sigaction>.allocate(capacity: 32)
            actions.initialize(repeating: sigaction(), count: 32)
            return actions
        }()

        /// Installs the signal handler, once for the process. A sentence when that fails.
        private static let handlers: String? = {
            _ = NativeFloatingPoint.FaultRouter.install
            let protection = PROT_READ | PROT_WRITE | PROT_EXEC
            guard let page = mmap(nil, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
                page != MAP_FAILED
            else { return "the host gives no memory that can be executed" }
            page.copyMemory(from: Stub.leave, byteCount: Stub.leave.count)
            let other: Action = { number, information, context in
                let old = HostProcessor.previous[Int(number)].__sigaction_handler.sa_sigaction
                if unsafeBitCast(old, to: UInt.self) > 1 {
                    old?(number, information, context)
                } else {
                    // A fault that is nobody's comes again, and ends the process.
                    signal(number, SIG_DFL)
                }
            }
            page.storeBytes(
                of: unsafeBitCast(other, to: UInt64.self), toByteOffset: Stub.leave.count - 10,
                as: UInt64.self)
            var action = sigaction()
            action.__sigaction_handler.sa_sigaction = unsafeBitCast(page, to: Action.self)
            action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER
            for number in [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP] {
                guard sigaction(number, &action, previous + Int(number)) == 0 else {
                    return "the host gives no signal handlers"
                }
            }
            return nil
        }()
    }

    /// Machine code of the way in and the way out. The context's fields are at the offsets that `HostProcessor.run` uses.
    private enum Stub {
        /// `void enter(context)`: keeps the caller's registers, takes those of the context, and goes where its frame says.
        // swift-format-ignore
        static let enter: [UInt8] = [
        0x53,  // push rbx
        0x55,  // push rbp
        0x41, 0x54,  // push r12
        0x41, 0x55,  // push r13
        0x41, 0x56,  // push r14
        0x41, 0x57,  // push r15
        0x48, 0x89, 0xA7, 0xB0, 0x00, 0x00, 0x00,  // mov [rdi+0xb0],rsp
        0xF3, 0x48, 0x0F, 0xAE, 0xC0,  // rdfsbase rax
        0x48, 0x89, 0x87, 0xB8, 0x00, 0x00, 0x00,  // mov [rdi+0xb8],rax
        0x48, 0x83, 0xBF, 0xF8, 0x01, 0x00, 0x00, 0x00,  // cmp [rdi+0x1f8],0x0
        0x74, 0x08,  // je 2f
        0x48, 0x0F, 0xAE, 0x8F, 0x00, 0x08, 0x00, 0x00,  // fxrstor64 [rdi+0x800]
        0x8E, 0x9F, 0xD0, 0x00, 0x00, 0x00,  // mov ds,[rdi+0xd0]
        0x8E, 0x87, 0xD8, 0x00, 0x00, 0x00,  // mov es,[rdi+0xd8]
        0x8E, 0xA7, 0xE0, 0x00, 0x00, 0x00,  // mov fs,[rdi+0xe0]
        0x8E, 0xAF, 0xE8, 0x00, 0x00, 0x00,  // mov gs,[rdi+0xe8]
        0x48, 0x8B, 0x87, 0xC0, 0x00, 0x00, 0x00,  // mov rax,[rdi+0xc0]
        0xF3, 0x48, 0x0F, 0xAE, 0xD0,  // wrfsbase rax
        0x48, 0x8B, 0x87, 0xC8, 0x00, 0x00, 0x00,  // mov rax,[rdi+0xc8]
        0xF3, 0x48, 0x0F, 0xAE, 0xD8,  // wrgsbase rax
        0x48, 0xC7, 0x87, 0xA8, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,  // mov [rdi+0xa8],0x1
        0x48, 0x8D, 0xA7, 0x80, 0x00, 0x00, 0x00,  // lea rsp,[rdi+0x80]
        0x48, 0x8B, 0x07,  // mov rax,[rdi]
        0x48, 0x8B, 0x4F, 0x08,  // mov rcx,[rdi+0x8]
        0x48, 0x8B, 0x57, 0x10,  // mov rdx,[rdi+0x10]
        0x48, 0x8B, 0x5F, 0x18,  // mov rbx,[rdi+0x18]
        0x48, 0x8B, 0x6F, 0x28,  // mov rbp,[rdi+0x28]
        0x48, 0x8B, 0x77, 0x30,  // mov rsi,[rdi+0x30]
        0x4C, 0x8B, 0x47, 0x40,  // mov r8,[rdi+0x40]
        0x4C, 0x8B, 0x4F, 0x48,  // mov r9,[rdi+0x48]
        0x4C, 0x8B, 0x57, 0x50,  // mov r10,[rdi+0x50]
        0x4C, 0x8B, 0x5F, 0x58,  // mov r11,[rdi+0x58]
        0x4C, 0x8B, 0x67, 0x60,  // mov r12,[rdi+0x60]
        0x4C, 0x8B, 0x6F, 0x68,  // mov r13,[rdi+0x68]
        0x4C, 0x8B, 0x77, 0x70,  // mov r14,[rdi+0x70]
        0x4C, 0x8B, 0x7F, 0x78,  // mov r15,[rdi+0x78]
        0x48, 0x8B, 0x7F, 0x38,  // mov rdi,[rdi+0x38]
        0x48, 0xCF,  // iretq
    ]
        /// The signal handler: stores what the kernel saved into the context, and returns to the caller of `enter`. A signal that
        /// nothing entered goes on to the address at the end.
        // swift-format-ignore
        static let leave: [UInt8] = [
        0x48, 0x89, 0xE0,  // mov rax,rsp
        0x48, 0x25, 0x00, 0x00, 0xE0, 0xFF,  // and rax,0xffffffffffe00000
        0x48, 0x8D, 0x88, 0x00, 0x00, 0x00, 0xF0,  // lea rcx,[rax-0x10000000]
        0x48, 0x81, 0xF9, 0x00, 0x00, 0x00, 0x02,  // cmp rcx,0x2000000
        0x0F, 0x83, 0xA0, 0x00, 0x00, 0x00,  // jae 16b
        0x48, 0x83, 0xB8, 0xA8, 0x10, 0x00, 0x00, 0x00,  // cmp [rax+0x10a8],0x0
        0x0F, 0x84, 0x92, 0x00, 0x00, 0x00,  // je 16b
        0x48, 0xC7, 0x80, 0xA8, 0x10, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,  // mov [rax+0x10a8],0x0
        0x8C, 0x98, 0xC0, 0x11, 0x00, 0x00,  // mov [rax+0x11c0],ds
        0x8C, 0x80, 0xC8, 0x11, 0x00, 0x00,  // mov [rax+0x11c8],es
        0x8C, 0xA0, 0xD0, 0x11, 0x00, 0x00,  // mov [rax+0x11d0],fs
        0x8C, 0xA8, 0xD8, 0x11, 0x00, 0x00,  // mov [rax+0x11d8],gs
        0xF3, 0x48, 0x0F, 0xAE, 0xC1,  // rdfsbase rcx
        0x48, 0x89, 0x88, 0xE0, 0x11, 0x00, 0x00,  // mov [rax+0x11e0],rcx
        0xF3, 0x48, 0x0F, 0xAE, 0xC9,  // rdgsbase rcx
        0x48, 0x89, 0x88, 0xE8, 0x11, 0x00, 0x00,  // mov [rax+0x11e8],rcx
        0x31, 0xC9,  // xor ecx,ecx
        0x8E, 0xD9,  // mov ds,ecx
        0x8E, 0xC1,  // mov es,ecx
        0x8E, 0xE1,  // mov fs,ecx
        0x8E, 0xE9,  // mov gs,ecx
        0x48, 0x8B, 0x88, 0xB8, 0x10, 0x00, 0x00,  // mov rcx,[rax+0x10b8]
        0xF3, 0x48, 0x0F, 0xAE, 0xD1,  // wrfsbase rcx
        0x68, 0x02, 0x02, 0x00, 0x00,  // push 0x202
        0x9D,  // popf
        0x48, 0x8D, 0x72, 0x28,  // lea rsi,[rdx+0x28]
        0x48, 0x8D, 0xB8, 0x00, 0x11, 0x00, 0x00,  // lea rdi,[rax+0x1100]
        0xB9, 0x17, 0x00, 0x00, 0x00,  // mov ecx,0x17
        0xF3, 0x48, 0xA5,  // rep movs es:[rdi],ds:[rsi]
        0x48, 0x8B, 0xB2, 0xE0, 0x00, 0x00, 0x00,  // mov rsi,[rdx+0xe0]
        0x48, 0x8D, 0xB8, 0x00, 0x14, 0x00, 0x00,  // lea rdi,[rax+0x1400]
        0xB9, 0x40, 0x00, 0x00, 0x00,  // mov ecx,0x40
        0xF3, 0x48, 0xA5,  // rep movs es:[rdi],ds:[rsi]
        0x48, 0x8B, 0xA0, 0xB0, 0x10, 0x00, 0x00,  // mov rsp,[rax+0x10b0]
        0x41, 0x5F,  // pop r15
        0x41, 0x5E,  // pop r14
        0x41, 0x5D,  // pop r13
        0x41, 0x5C,  // pop r12
        0x5D,  // pop rbp
        0x5B,  // pop rbx
        0xC3,  // ret
        0x48, 0xB8, 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11,  // movabs rax,0x1122334455667788
        0xFF, 0xE0,  // jmp rax
    ]
        /// `modify_ldt(2)`
        // swift-format-ignore
        static let modifyLDT: [UInt8] = [
        0xB8, 0x9A, 0x00, 0x00, 0x00,  // mov eax,0x9a
        0x0F, 0x05,  // syscall
        0xC3,  // ret
    ]
    }

#endif

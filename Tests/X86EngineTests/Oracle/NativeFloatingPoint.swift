// SPDX-License-Identifier: Apache-2.0

#if arch(x86_64) && os(Linux)
    import Glibc
    import Synchronization

    /// Runs single instructions on the host with all registers given: the oracle. What they raise comes back as vector, error
    /// code and address.
    final class NativeFloatingPoint {
        /// Offsets from `base`, a multiple of 2 MiB.
        enum Layout {
            static let code = 0
            static let context = 0x1000
            static let output = 0x1400
            static let hostStack = 0x1800
            static let defaultMXCSR = 0x1808
            /// Where 32-bit code is entered: offset and selector.
            static let entry = 0x1810
            static let before = 0x1900
            /// Two pages that can be written, one that can only be read; what lies around them is not there.
            static let data = 0x1_1000
            static let readOnly = 0x1_3000
            static let dataEnd = 0x1_4000
            /// Where the kernel saves the state: RSP loses its upper half in compatibility mode.
            static let signalStack = 0x10_0000
            static let signalStackSize = 0x4_0000
        }
        private static let instructionOffset = 0x200
        private static let exitOffset = 0x400

        /// The instruction runs in 64-bit mode, else in 32-bit code of compatibility mode.
        let is64: Bool
        /// Below 4 GiB.
        let base: UnsafeMutableRawPointer
        private let reservation: UnsafeMutableRawPointer
        private let slot: Int
        let input: FloatingPointCase
        let output: FloatingPointCase
        /// Where the instruction under test lies.
        var instruction: UInt64 {
            UInt64(UInt(bitPattern: base)) + UInt64(NativeFloatingPoint.instructionOffset)
        }
        var data: UnsafeMutableRawPointer { base + Layout.data }
        /// What memory around the operand held before the instruction.
        var before: UnsafeMutableRawPointer { base + Layout.before }

        /// nil: the host gives no memory that can be executed.
        init?(is64: Bool) {
            self.is64 = is64
            let size = 4 << 20
            let low: Int32 = 0x40  // MAP_32BIT
            guard let memory = mmap(nil, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | low, -1, 0),
                memory != MAP_FAILED
            else { return nil }
            reservation = memory
            let start = UInt(bitPattern: memory)
            base = memory + Int((start + 0x1F_FFFF) & ~0x1F_FFFF - start)
            input = FloatingPointCase(base: base + Layout.context)
            output = FloatingPointCase(base: base + Layout.output)
            guard mprotect(base, 0x1000, PROT_READ | PROT_WRITE | PROT_EXEC) == 0,
                mprotect(base + Layout.context, 0x1000, PROT_READ | PROT_WRITE) == 0,
                mprotect(base + Layout.data, 0x3000, PROT_READ | PROT_WRITE) == 0,
                mprotect(base + Layout.signalStack, Layout.signalStackSize, PROT_READ | PROT_WRITE) == 0
            else { return nil }
            for word in stride(from: 0, to: 0x3000, by: 8) {
                (base + Layout.data).storeBytes(
                    of: UInt64(word) &* 0x9E37_79B9_7F4A_7C15, toByteOffset: word, as: UInt64.self)
            }
            mprotect(base + Layout.readOnly, 0x1000, PROT_READ)
            (base + Layout.defaultMXCSR).storeBytes(of: 0x1F80, as: UInt32.self)
            slot = FaultRouter.register(UInt(bitPattern: base))
            emitStub()
        }
        deinit {
            FaultRouter.unregister(slot)
            munmap(reservation, 4 << 20)
        }

        /// Linux's segments of programs.
        private enum Selector {
            static let code32: UInt64 = 0x23
            static let code64: UInt64 = 0x33
        }
        private var position = 0
        private func emit(_ bytes: UInt8...) {
            for byte in bytes {
                base.storeBytes(of: byte, toByteOffset: position, as: UInt8.self)
                position += 1
            }
        }
        /// An instruction with a RIP-relative operand.
        private func emit(_ bytes: UInt8..., at target: Int) {
            for byte in bytes { emit(byte) }
            base.storeBytes(of: Int32(target - position - 4), toByteOffset: position, as: Int32.self)
            position += 4
        }
        private func emitStub() {
            (base + Layout.entry).storeBytes(of: instruction | Selector.code32 << 32, as: UInt64.self)
            typealias Offset = FloatingPointCase.Offset
            emit(0x53, 0x55, 0x41, 0x54, 0x41, 0x55, 0x41, 0x56, 0x41, 0x57)
            emit(0x48, 0x89, 0x25, at: Layout.hostStack)
            emit(0xB8, 0x2B, 0, 0, 0, 0x8E, 0xD8)  // mov eax,0x2b; mov ds,eax
            emit(0x48, 0x0F, 0xAE, 0x0D, at: Layout.context)  // fxrstor64
            emit(0xFF, 0x35, at: Layout.context + Offset.flags)
            emit(0x9D)
            for register in 0..<16 where register != 4 {
                emit(
                    register < 8 ? 0x48 : 0x4C, 0x8B, UInt8((register & 7) << 3 | 5),
                    at: Layout.context + Offset.registers + register * 8)
            }
            if is64 {
                emit(0xE9, at: NativeFloatingPoint.instructionOffset)
            } else {
                emit(0xFF, 0x2D, at: Layout.entry)  // jmp far
            }
            position = NativeFloatingPoint.exitOffset
            for register in 0..<16 where register != 4 {
                emit(
                    register < 8 ? 0x48 : 0x4C, 0x89, UInt8((register & 7) << 3 | 5),
                    at: Layout.output + Offset.registers + register * 8)
            }
            emit(0x48, 0x8B, 0x25, at: Layout.hostStack)
            emit(0x9C)
            emit(0x8F, 0x05, at: Layout.output + Offset.flags)
            emit(0x31, 0xC0, 0x8E, 0xD8)  // xor eax,eax; mov ds,eax
            emit(0x48, 0x0F, 0xAE, 0x05, at: Layout.output)  // fxsave64
            emit(0xDB, 0xE3)
            emit(0x0F, 0xAE, 0x15, at: Layout.defaultMXCSR)
            emit(0xFC, 0x41, 0x5F, 0x41, 0x5E, 0x41, 0x5D, 0x41, 0x5C, 0x5D, 0x5B, 0xC3)
        }

        /// Makes this thread the one that runs instructions.
        func attach() {
            var stack = stack_t(
                ss_sp: base + Layout.signalStack, ss_flags: 0, ss_size: Layout.signalStackSize)
            sigaltstack(&stack, nil)
        }
        func detach() {
            // SS_DISABLE
            var stack = stack_t(ss_sp: nil, ss_flags: 2, ss_size: 0)
            sigaltstack(&stack, nil)
        }

        /// Puts an instruction in place, to be run as often as wanted.
        func place(_ bytes: [UInt8]) {
            position = NativeFloatingPoint.instructionOffset
            for byte in bytes { emit(byte) }
            if is64 {
                emit(0xE9, at: NativeFloatingPoint.exitOffset)
            } else {
                // jmp far
                let exit = UInt64(UInt(bitPattern: base)) + UInt64(NativeFloatingPoint.exitOffset)
                emit(0xEA)
                for n in 0..<6 as Range<UInt64> {
                    emit(UInt8(truncatingIfNeeded: (exit | Selector.code64 << 32) >> (n * 8)))
                }
            }
        }
        /// Runs the instruction on `input` and `data`; the result is in `output` and `data`.
        func run() {
            output.vector = FloatingPointCase.noVector
            output[word: FloatingPointCase.Offset.errorCode] = 0
            output[word: FloatingPointCase.Offset.address] = 0
            unsafeBitCast(base, to: (@convention(c) () -> Void).self)()
        }

        /// Turns signals that the stubs cause into their results; all others go where they went before.
        enum FaultRouter {
            private static let count = 64
            private nonisolated(unsafe) static let pages = {
                let pages = UnsafeMutablePointer<UInt>.allocate(capacity: count)
                pages.initialize(repeating: 0, count: count)
                return pages
            }()
            private nonisolated(unsafe) static let previous = {
                let actions = UnsafeMutablePointer<sigaction>.allocate(capacity: 32)
                actions.initialize(repeating: sigaction(), count: 32)
                return actions
            }()
            private static let lock = Mutex(())

            /// Installs the handler, once for the process.
            static let install: Void = {
                _ = pages
                for signal in [SIGSEGV, SIGILL, SIGFPE, SIGBUS] {
                    var action = sigaction()
                    action.sa_flags = SA_SIGINFO | SA_ONSTACK
                    action.__sigaction_handler.sa_sigaction = { FaultRouter.handle($0, $1, $2) }
                    sigaction(signal, &action, previous + Int(signal))
                }
            }()

            static func register(_ page: UInt) -> Int {
                // Ours first: `HostProcessor`'s handler is entered with any stack and segments, and so must come before
                // code that is compiled.
                _ = install
                _ = HostProcessor.unfit
                return lock.withLock { _ in
                    let free = (0..<count).first { pages[$0] == 0 } ?? 0
                    pages[free] = page
                    return free
                }
            }
            static func unregister(_ slot: Int) { lock.withLock { _ in pages[slot] = 0 } }

            private static func handle(
                _ signal: Int32, _ info: UnsafeMutablePointer<siginfo_t>?, _ context: UnsafeMutableRawPointer?
            ) {
                guard let context else { return }
                // The general registers of `ucontext_t`: RIP is the 17th, CS in the 19th, then error code, vector and CR2.
                let registers = (context + 40).assumingMemoryBound(to: UInt64.self)
                let rip = UInt(registers[16])
                for slot in 0..<count where pages[slot] != 0 && rip &- pages[slot] < 0x1000 {
                    guard let base = UnsafeMutableRawPointer(bitPattern: pages[slot]) else { return }
                    let output = FloatingPointCase(base: base + Layout.output)
                    output.vector = registers[20]
                    output[word: FloatingPointCase.Offset.errorCode] = registers[19]
                    output[word: FloatingPointCase.Offset.address] = registers[22]
                    registers[16] = UInt64(pages[slot]) + UInt64(exitOffset)
                    registers[18] = registers[18] & ~0xFFFF | Selector.code64
                    return
                }
                let old = previous + Int(signal)
                if old.pointee.sa_flags & SA_SIGINFO != 0,
                    let handler = old.pointee.__sigaction_handler.sa_sigaction
                {
                    return handler(signal, info, context)
                }
                sigaction(signal, old, nil)
            }
        }
    }
#endif

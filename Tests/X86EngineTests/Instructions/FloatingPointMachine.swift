// SPDX-License-Identifier: Apache-2.0

#if arch(x86_64) && os(Linux)
    import Glibc
    import X86
    import X86Decoder
    @testable import X86Engine

    /// SplitMix64: a seeded generator whose cases can be repeated.
    struct SeededGenerator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
            return z ^ z >> 31
        }
    }

    /// What an instruction of the SIMD and x87 families can read and write.
    struct FloatingPointCase: Equatable {
        /// An FXSAVE image, 512 bytes in 64-bit words.
        var image = [UInt64](repeating: 0, count: 64)
        var rax: UInt64 = 0
        var rcx: UInt64 = 0
        var rdx: UInt64 = 0
        var flags: UInt64 = 2
        /// The memory operand, at RDI.
        var memory = [UInt64](repeating: 0, count: 32)
    }

    enum ExecutionResult: Equatable {
        case completed(FloatingPointCase)
        case exception(UInt8)
        case notLowered
    }

    /// Runs single instructions by the handlers, without a memory unit or a driver.
    final class FloatingPointMachine {
        static let linear: UInt64 = 0x10000
        private let state: UnsafeMutableRawPointer
        private let table: UnsafeMutableRawPointer
        private let page: UnsafeMutableRawPointer
        private let arena: UnsafeMutableRawPointer

        init() {
            state = .allocate(byteCount: 0x1000, alignment: 4096)
            state.initializeMemory(as: UInt8.self, repeating: 0, count: 0x1000)
            table = .allocate(byteCount: 32 * 16, alignment: 64)
            page = .allocate(byteCount: 4096, alignment: 4096)
            arena = .allocate(byteCount: 8192, alignment: 64)
            for index in 0..<16 {
                let entry = table + index * 32
                let hit = UInt64(index) == FloatingPointMachine.linear >> 12 & 15
                let tag = hit ? FloatingPointMachine.linear : TLBEntry.invalidTag(index)
                entry.storeBytes(of: tag, as: UInt64.self)
                entry.storeBytes(of: tag, toByteOffset: 8, as: UInt64.self)
                entry.storeBytes(of: tag, toByteOffset: 16, as: UInt64.self)
                entry.storeBytes(of: UInt64(UInt(bitPattern: page)), toByteOffset: 24, as: UInt64.self)
            }
        }
        deinit {
            state.deallocate()
            table.deallocate()
            page.deallocate()
            arena.deallocate()
        }

        func run(_ bytes: [UInt8], _ input: FloatingPointCase) throws -> ExecutionResult {
            let s = State(state)
            let mode: Mode = [.code64, .osfxsr, .lma]
            s.write(State.Offset.mode, mode.rawValue)
            s[field: State.Offset.cr4] = 0x600
            s[field: State.Offset.dataTLB] = UInt64(UInt(bitPattern: table))
            s[field: State.Offset.dataTLBMask] = 15 << 5
            s[field: State.Offset.leave] = 0
            for (n, word) in input.image.enumerated() { s[field: State.Offset.fxsave + n * 8] = word }
            for (n, word) in input.memory.enumerated() {
                page.storeBytes(of: word, toByteOffset: n * 8, as: UInt64.self)
            }
            s[gpr: 0] = input.rax
            s[gpr: 1] = input.rcx
            s[gpr: 2] = input.rdx
            s[gpr: 7] = FloatingPointMachine.linear
            s.setFlags(input.flags)

            let instruction = try bytes.withUnsafeBytes { raw in
                try Decoder.decode(raw, rip: 0x1000, codeSize: .bits64)
            }
            var builder = BlockBuilder(mode: mode, start: 0x1000, arena: arena, end: arena + 8192)
            guard builder.lowerSIMD(instruction) || builder.lowerX87(instruction) else { return .notLowered }
            builder.emit({ c, _ in State(c).leaveBlock(rip: 0) }, instruction)
            var op: UnsafeMutableRawPointer? = arena
            while let current = op { op = MicroOp(current).handler(state, current) }

            let leave = s[field: State.Offset.leave]
            if leave & 0xFF == Leave.exception.rawValue { return .exception(UInt8(leave >> 8 & 0xFF)) }
            var output = input
            for n in 0..<64 { output.image[n] = s[field: State.Offset.fxsave + n * 8] }
            for n in 0..<32 { output.memory[n] = page.load(fromByteOffset: n * 8, as: UInt64.self) }
            output.rax = s[gpr: 0]
            output.rcx = s[gpr: 1]
            output.rdx = s[gpr: 2]
            output.flags = s.materializedFlags
            return .completed(output)
        }
    }

    /// Runs single instructions on the host: the oracle.
    final class NativeFloatingPoint {
        private let code: UnsafeMutableRawPointer
        /// Image in at 0, out at 512; RAX, RCX, RDX, RFLAGS in at 1024, out at 1056; default MXCSR at 1100; memory at 2048.
        private let area: UnsafeMutableRawPointer

        init?() {
            let protection = PROT_READ | PROT_WRITE | PROT_EXEC
            guard let memory = mmap(nil, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
                memory != MAP_FAILED
            else { return nil }
            code = memory
            area = .allocate(byteCount: 4096, alignment: 4096)
            area.initializeMemory(as: UInt8.self, repeating: 0, count: 4096)
        }
        deinit {
            munmap(code, 4096)
            area.deallocate()
        }

        func run(_ bytes: [UInt8], _ input: FloatingPointCase) -> FloatingPointCase {
            for n in 0..<64 { area.storeBytes(of: input.image[n], toByteOffset: n * 8, as: UInt64.self) }
            for (n, value) in [input.rax, input.rcx, input.rdx, input.flags].enumerated() {
                area.storeBytes(of: value, toByteOffset: 1024 + n * 8, as: UInt64.self)
            }
            area.storeBytes(of: UInt32(0x1F80), toByteOffset: 1100, as: UInt32.self)
            for n in 0..<32 {
                area.storeBytes(of: input.memory[n], toByteOffset: 2048 + n * 8, as: UInt64.self)
            }
            var stub: [UInt8] = [0x53, 0x48, 0x89, 0xFB]  // push rbx; mov rbx, rdi
            stub += [0x48, 0x0F, 0xAE, 0x0B]  // fxrstor64 [rbx]
            stub += [0x48, 0x8D, 0xBB, 0x00, 0x08, 0x00, 0x00]  // lea rdi, [rbx + 2048]
            stub += [0xFF, 0xB3, 0x18, 0x04, 0x00, 0x00, 0x9D]  // push [rbx + 1048]; popfq
            stub += [0x48, 0x8B, 0x83, 0x00, 0x04, 0x00, 0x00]  // mov rax, [rbx + 1024]
            stub += [0x48, 0x8B, 0x8B, 0x08, 0x04, 0x00, 0x00]  // mov rcx, [rbx + 1032]
            stub += [0x48, 0x8B, 0x93, 0x10, 0x04, 0x00, 0x00]  // mov rdx, [rbx + 1040]
            stub += bytes
            stub += [0x9C, 0x8F, 0x83, 0x38, 0x04, 0x00, 0x00]  // pushfq; pop [rbx + 1080]
            stub += [0x48, 0x89, 0x83, 0x20, 0x04, 0x00, 0x00]  // mov [rbx + 1056], rax
            stub += [0x48, 0x89, 0x8B, 0x28, 0x04, 0x00, 0x00]  // mov [rbx + 1064], rcx
            stub += [0x48, 0x89, 0x93, 0x30, 0x04, 0x00, 0x00]  // mov [rbx + 1072], rdx
            stub += [0x48, 0x0F, 0xAE, 0x83, 0x00, 0x02, 0x00, 0x00]  // fxsave64 [rbx + 512]
            stub += [0xDB, 0xE3, 0x0F, 0xAE, 0x93, 0x4C, 0x04, 0x00, 0x00]  // fninit; ldmxcsr [rbx + 1100]
            stub += [0x5B, 0xC3]  // pop rbx; ret
            code.copyMemory(from: stub, byteCount: stub.count)
            typealias Stub = @convention(c) (UnsafeMutableRawPointer) -> Void
            unsafeBitCast(code, to: Stub.self)(area)
            var output = input
            for n in 0..<64 { output.image[n] = area.load(fromByteOffset: 512 + n * 8, as: UInt64.self) }
            output.rax = area.load(fromByteOffset: 1056, as: UInt64.self)
            output.rcx = area.load(fromByteOffset: 1064, as: UInt64.self)
            output.rdx = area.load(fromByteOffset: 1072, as: UInt64.self)
            output.flags = area.load(fromByteOffset: 1080, as: UInt64.self)
            for n in 0..<32 { output.memory[n] = area.load(fromByteOffset: 2048 + n * 8, as: UInt64.self) }
            return output
        }
    }

    /// Makes operands: random bits, small integers, and the numbers where floating point turns.
    struct OperandGenerator {
        var random: SeededGenerator

        private static let singles: [UInt32] = [
            0, 0x3F80_0000, 0x7F80_0000, 0x7FC0_0001, 0x7F80_0001, 1, 0x007F_FFFF, 0x0080_0000, 0x7F7F_FFFF,
            0x4B00_0000,
            0x4F00_0000, 0x5F00_0000, 0x3F00_0000, 0x3FC0_0000, 0x4020_0000, 0x3F7F_FFFF, 0x4EFF_FFFF,
        ]
        private static let doubles: [UInt64] = [
            0, 0x3FF0_0000_0000_0000, 0x7FF0_0000_0000_0000, 0x7FF8_0000_0000_0001, 0x7FF0_0000_0000_0001, 1,
            0x000F_FFFF_FFFF_FFFF, 0x0010_0000_0000_0000, 0x7FEF_FFFF_FFFF_FFFF, 0x4330_0000_0000_0000,
            0x41E0_0000_0000_0000, 0x43E0_0000_0000_0000, 0x3FE0_0000_0000_0000, 0x3FF8_0000_0000_0000,
            0x41DF_FFFF_FFE0_0000, 0x3810_0000_0000_0000, 0x36A0_0000_0000_0000, 0x47EF_FFFF_F000_0000,
        ]

        mutating func single() -> UInt32 {
            let bits = UInt32(truncatingIfNeeded: random.next())
            switch random.next() % 4 {
            case 0: return bits
            case 1: return bits & 0x80FF_FFFF | UInt32(110 + random.next() % 40) << 23
            case 2:
                return OperandGenerator.singles.randomElement(using: &random).unsafelyUnwrapped ^ bits
                    & 0x8000_0000
            default: return Float(Int32(bitPattern: bits) >> Int32(random.next() % 31)).bitPattern
            }
        }
        mutating func double() -> UInt64 {
            let bits = random.next()
            switch random.next() % 4 {
            case 0: return bits
            case 1: return bits & 0x800F_FFFF_FFFF_FFFF | (1000 + random.next() % 60) << 52
            case 2:
                return OperandGenerator.doubles.randomElement(using: &random).unsafelyUnwrapped ^ bits & 1
                    << 63
            default: return Double(Int64(bitPattern: bits) >> Int64(random.next() % 63)).bitPattern
            }
        }
        mutating func word() -> UInt64 {
            switch random.next() % 6 {
            case 0: return random.next()
            case 1: return random.next() % 40
            case 2: return random.next() & 0x8080_8080_7F7F_7F7F ^ random.next() & 0x0101_0101_0101_0101
            case 3: return double()
            default: return UInt64(single()) << 32 | UInt64(single())
            }
        }
        mutating func extended() -> (UInt64, UInt16) {
            let sign = UInt16(truncatingIfNeeded: random.next() & 0x8000)
            let bits = random.next() | 1 << 63
            switch random.next() % 8 {
            case 0: return (bits, UInt16(truncatingIfNeeded: random.next()))
            case 1: return (random.next() % 3 == 0 ? random.next() : 0, sign)
            case 2: return (1 << 63, sign | 0x7FFF)
            case 3: return (random.next(), sign | 0x7FFF)
            case 4: return (1 << 63, sign | UInt16(16383 + random.next() % 70))
            case 5: return (bits, sign | UInt16(16383 + random.next() % 70))
            default: return (bits, sign | UInt16(16360 + random.next() % 40))
            }
        }
        mutating func make(x87: Bool) -> FloatingPointCase {
            var result = FloatingPointCase()
            let control = UInt64(
                0x7F | (random.next() % 4) << 10 | [0x300, 0x300, 0x200, 0][Int(random.next() % 4)])
            let top = random.next() % 8
            let status = (random.next() & 0x473F) | top << 11
            let tags = random.next() % 3 == 0 ? random.next() & 0xFF : 0xFF >> (random.next() % 2 * 3)
            result.image[0] = control | status << 16 | tags << 32
            var mxcsr: UInt64 = 0x1F80 | (random.next() & 0x3F)
            if random.next() % 2 == 0 { mxcsr |= (random.next() % 4) << 13 }
            if random.next() % 4 == 0 { mxcsr |= random.next() & 0x8040 }
            if random.next() % 4 == 0 { mxcsr = 0x1FA0 }
            result.image[3] = mxcsr | 0xFFFF << 32
            for n in 0..<8 {
                let (significand, head) = extended()
                result.image[4 + n * 2] = x87 || random.next() % 2 == 0 ? significand : word()
                result.image[5 + n * 2] = UInt64(head)
            }
            for n in 0..<32 { result.image[20 + n] = word() }
            for n in 0..<4 { result.memory[n] = word() }
            if x87, random.next() % 2 == 0 {
                let (significand, head) = extended()
                result.memory[0] = significand
                result.memory[1] = UInt64(head)
            }
            result.rax = word()
            result.rcx = word()
            result.rdx = word()
            result.flags = 0x202 | random.next() & 0x8D5
            return result
        }
    }
#endif

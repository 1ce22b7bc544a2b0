// SPDX-License-Identifier: Apache-2.0

#if arch(x86_64) && os(Linux)

    import Glibc
    import PhysicalMemory
    import X86
    import X86Decoder

    @testable import X86Engine

    /// Runs single instructions on the processor of the machine the tests run on, with all general registers and flags given.
    ///
    /// Code and data lie at low fixed addresses, so that the engine can use the same ones.
    final class NativeProcessor {
        static let code: UInt64 = 0x8_0000
        /// Where the instruction under test lies.
        static let instruction: UInt64 = code + 0x800
        static let data: UInt64 = 0x11_0000
        static let dataSize = 0x4000
        private static let context: UInt64 = code + 0x1000

        private let base: UnsafeMutableRawPointer
        let buffer: UnsafeMutableRawPointer

        /// nil: the host does not give these addresses.
        init?() {
            func map(_ address: UInt64, _ size: Int) -> UnsafeMutableRawPointer? {
                let wanted = UnsafeMutableRawPointer(bitPattern: UInt(address))
                guard
                    let got = mmap(
                        wanted, size, PROT_READ | PROT_WRITE | PROT_EXEC,
                        MAP_PRIVATE | Int32(MAP_ANONYMOUS) | Int32(0x10_0000), -1, 0), got != MAP_FAILED,
                    got == wanted
                else { return nil }
                return got
            }
            guard let code = map(NativeProcessor.code, 0x2000),
                let data = map(NativeProcessor.data, NativeProcessor.dataSize)
            else { return nil }
            base = code
            buffer = data
            emitEntry()
        }

        deinit {
            munmap(base, 0x2000)
            munmap(buffer, NativeProcessor.dataSize)
        }

        private var position = 0
        private func emit(_ bytes: UInt8...) {
            for byte in bytes {
                base.storeBytes(of: byte, toByteOffset: position, as: UInt8.self)
                position += 1
            }
        }
        private func emit32(_ value: Int) {
            base.storeBytes(of: Int32(truncatingIfNeeded: value), toByteOffset: position, as: Int32.self)
            position += 4
        }
        /// A RIP-relative operand: `slot` of the context. 0–15 registers, 16 flags, 17 the host's RSP.
        private func slot(_ slot: Int) { emit32(0x1000 + slot * 8 - (position + 4)) }

        private func emitEntry() {
            emit(0x53, 0x55, 0x41, 0x54, 0x41, 0x55, 0x41, 0x56, 0x41, 0x57)
            emit(0x48, 0x89, 0x25)
            slot(17)
            emit(0xFF, 0x35)
            slot(16)
            emit(0x9D)
            for register in 0..<16 {
                emit(register < 8 ? 0x48 : 0x4C, 0x8B, UInt8((register & 7) << 3 | 5))
                slot(register)
            }
            emit(0xE9)
            emit32(0x800 - (position + 4))
        }

        private func emitExit(_ length: Int) {
            position = 0x800 + length
            for register in 0..<16 {
                emit(register < 8 ? 0x48 : 0x4C, 0x89, UInt8((register & 7) << 3 | 5))
                slot(register)
            }
            emit(0x48, 0x8B, 0x25)
            slot(17)
            emit(0x9C, 0x8F, 0x05)
            slot(16)
            emit(0xFC, 0x41, 0x5F, 0x41, 0x5E, 0x41, 0x5D, 0x41, 0x5C, 0x5D, 0x5B, 0xC3)
        }

        /// Runs `bytes`; `registers` and `flags` are replaced by what they left.
        func run(_ bytes: [UInt8], _ registers: inout [UInt64], _ flags: inout UInt64) {
            for (index, byte) in bytes.enumerated() {
                base.storeBytes(of: byte, toByteOffset: 0x800 + index, as: UInt8.self)
            }
            emitExit(bytes.count)
            for register in 0..<16 {
                base.storeBytes(of: registers[register], toByteOffset: 0x1000 + register * 8, as: UInt64.self)
            }
            base.storeBytes(of: flags, toByteOffset: 0x1000 + 128, as: UInt64.self)
            unsafeBitCast(base, to: (@convention(c) () -> Void).self)()
            for register in 0..<16 {
                registers[register] = base.load(fromByteOffset: 0x1000 + register * 8, as: UInt64.self)
            }
            flags = base.load(fromByteOffset: 0x1000 + 128, as: UInt64.self)
        }
    }

    /// Compares the engine with the host's processor, instruction by instruction.
    final class IntegerOracle {
        struct Form {
            var name: String
            /// Opcode bytes without prefixes.
            var opcode: [UInt8]
            var hasModRM = true
            var ext: UInt8? = nil
            /// Bytes of immediate: 1, 2; 4 is by operand size, 8 is MOV's.
            var immediate = 0
            /// The flags that the manual defines.
            var flags: UInt64 = 0x8D5
            var memory: Bool? = nil
            /// A prefix that stands before REX.
            var prefix: UInt8? = nil
            /// Byte operands, so no 66.
            var isByte = false
            var usesStack = false
            var lockable = false
            /// No 16-bit form compared.
            var no16 = false
            var string = false
        }

        static let forms: [Form] = {
            var forms: [Form] = []
            let noAF: UInt64 = 0x8C5
            let names = ["ADD", "OR", "ADC", "SBB", "AND", "SUB", "XOR", "CMP"]
            for (number, name) in names.enumerated() {
                let flags: UInt64 = [1, 4, 6].contains(number) ? noAF : 0x8D5
                let op = UInt8(number) << 3
                forms.append(
                    Form(
                        name: name + " Eb,Gb", opcode: [op], flags: flags, isByte: true, lockable: number != 7
                    ))
                forms.append(
                    Form(name: name + " Ev,Gv", opcode: [op | 1], flags: flags, lockable: number != 7))
                forms.append(Form(name: name + " Gb,Eb", opcode: [op | 2], flags: flags, isByte: true))
                forms.append(Form(name: name + " Gv,Ev", opcode: [op | 3], flags: flags))
                forms.append(
                    Form(
                        name: name + " AL,Ib", opcode: [op | 4], hasModRM: false, immediate: 1, flags: flags,
                        isByte: true))
                forms.append(
                    Form(
                        name: name + " eAX,Iz", opcode: [op | 5], hasModRM: false, immediate: 4, flags: flags)
                )
                let ext = UInt8(number)
                forms.append(
                    Form(
                        name: name + " Eb,Ib", opcode: [0x80], ext: ext, immediate: 1, flags: flags,
                        isByte: true, lockable: number != 7))
                forms.append(
                    Form(
                        name: name + " Ev,Iz", opcode: [0x81], ext: ext, immediate: 4, flags: flags,
                        lockable: number != 7))
                forms.append(
                    Form(
                        name: name + " Ev,Ib", opcode: [0x83], ext: ext, immediate: 1, flags: flags,
                        lockable: number != 7))
            }
            let shifts = ["ROL", "ROR", "RCL", "RCR", "SHL", "SHR", "SAL", "SAR"]
            for (number, name) in shifts.enumerated() {
                let ext = UInt8(number)
                let isRotation = number < 4
                let one: UInt64 = isRotation ? 0x8D5 : noAF
                let many: UInt64 = isRotation ? 0x0D5 : 0x0C5
                let bytes: UInt64 = isRotation ? many : 0x0C4
                forms.append(Form(name: name + " Eb,1", opcode: [0xD0], ext: ext, flags: one, isByte: true))
                forms.append(Form(name: name + " Ev,1", opcode: [0xD1], ext: ext, flags: one))
                forms.append(
                    Form(
                        name: name + " Eb,Ib", opcode: [0xC0], ext: ext, immediate: 1, flags: bytes,
                        isByte: true))
                forms.append(
                    Form(
                        name: name + " Ev,Ib", opcode: [0xC1], ext: ext, immediate: 1, flags: many,
                        no16: !isRotation))
                forms.append(
                    Form(name: name + " Eb,CL", opcode: [0xD2], ext: ext, flags: bytes, isByte: true))
                forms.append(
                    Form(name: name + " Ev,CL", opcode: [0xD3], ext: ext, flags: many, no16: !isRotation))
            }
            for (opcode, byte) in [(0xF6 as UInt8, true), (0xF7, false)] {
                forms.append(
                    Form(
                        name: "TEST E,I", opcode: [opcode], ext: 0, immediate: byte ? 1 : 4, flags: noAF,
                        isByte: byte))
                forms.append(Form(name: "NOT", opcode: [opcode], ext: 2, isByte: byte, lockable: true))
                forms.append(Form(name: "NEG", opcode: [opcode], ext: 3, isByte: byte, lockable: true))
                forms.append(Form(name: "MUL", opcode: [opcode], ext: 4, flags: 0x801, isByte: byte))
                forms.append(Form(name: "IMUL", opcode: [opcode], ext: 5, flags: 0x801, isByte: byte))
                forms.append(Form(name: "DIV", opcode: [opcode], ext: 6, flags: 0, isByte: byte))
                forms.append(Form(name: "IDIV", opcode: [opcode], ext: 7, flags: 0, isByte: byte))
            }
            for (opcode, byte) in [(0xFE as UInt8, true), (0xFF, false)] {
                forms.append(Form(name: "INC", opcode: [opcode], ext: 0, isByte: byte, lockable: true))
                forms.append(Form(name: "DEC", opcode: [opcode], ext: 1, isByte: byte, lockable: true))
            }
            forms += [
                Form(name: "MOVSXD", opcode: [0x63]),
                Form(name: "IMUL Iz", opcode: [0x69], immediate: 4, flags: 0x801),
                Form(name: "IMUL Ib", opcode: [0x6B], immediate: 1, flags: 0x801),
                Form(name: "IMUL", opcode: [0x0F, 0xAF], flags: 0x801),
                Form(name: "TEST Eb,Gb", opcode: [0x84], flags: noAF, isByte: true),
                Form(name: "TEST Ev,Gv", opcode: [0x85], flags: noAF),
                Form(
                    name: "TEST AL", opcode: [0xA8], hasModRM: false, immediate: 1, flags: noAF, isByte: true),
                Form(name: "TEST eAX", opcode: [0xA9], hasModRM: false, immediate: 4, flags: noAF),
                Form(name: "XCHG b", opcode: [0x86], isByte: true, lockable: true),
                Form(name: "XCHG v", opcode: [0x87], lockable: true),
                Form(name: "MOV Eb,Gb", opcode: [0x88], isByte: true),
                Form(name: "MOV Ev,Gv", opcode: [0x89]),
                Form(name: "MOV Gb,Eb", opcode: [0x8A], isByte: true),
                Form(name: "MOV Gv,Ev", opcode: [0x8B]),
                Form(name: "LEA", opcode: [0x8D], memory: true),
                Form(name: "MOV Eb,Ib", opcode: [0xC6], ext: 0, immediate: 1, isByte: true),
                Form(name: "MOV Ev,Iz", opcode: [0xC7], ext: 0, immediate: 4),
                Form(name: "POP Ev", opcode: [0x8F], ext: 0, usesStack: true),
                Form(name: "PUSH Ev", opcode: [0xFF], ext: 6, usesStack: true),
                Form(name: "PUSH Iz", opcode: [0x68], hasModRM: false, immediate: 4, usesStack: true),
                Form(name: "PUSH Ib", opcode: [0x6A], hasModRM: false, immediate: 1, usesStack: true),
                Form(name: "LEAVE", opcode: [0xC9], hasModRM: false, usesStack: true),
                Form(name: "CBW", opcode: [0x98], hasModRM: false),
                Form(name: "CWD", opcode: [0x99], hasModRM: false),
                Form(name: "SAHF", opcode: [0x9E], hasModRM: false),
                Form(name: "LAHF", opcode: [0x9F], hasModRM: false),
                Form(name: "CMC", opcode: [0xF5], hasModRM: false),
                Form(name: "CLC", opcode: [0xF8], hasModRM: false),
                Form(name: "STC", opcode: [0xF9], hasModRM: false),
                Form(name: "PUSHF", opcode: [0x9C], hasModRM: false, usesStack: true, no16: true),
                Form(name: "NOP", opcode: [0x90], hasModRM: false),
                Form(name: "PAUSE", opcode: [0x90], hasModRM: false, prefix: 0xF3),
                Form(name: "NOP Ev", opcode: [0x0F, 0x1F], ext: 0),
                Form(name: "BT", opcode: [0x0F, 0xA3], flags: 0x41),
                Form(name: "BTS", opcode: [0x0F, 0xAB], flags: 0x41, lockable: true),
                Form(name: "BTR", opcode: [0x0F, 0xB3], flags: 0x41, lockable: true),
                Form(name: "BTC", opcode: [0x0F, 0xBB], flags: 0x41, lockable: true),
                Form(name: "BT Ib", opcode: [0x0F, 0xBA], ext: 4, immediate: 1, flags: 0x41),
                Form(
                    name: "BTS Ib", opcode: [0x0F, 0xBA], ext: 5, immediate: 1, flags: 0x41, lockable: true),
                Form(
                    name: "BTR Ib", opcode: [0x0F, 0xBA], ext: 6, immediate: 1, flags: 0x41, lockable: true),
                Form(
                    name: "BTC Ib", opcode: [0x0F, 0xBA], ext: 7, immediate: 1, flags: 0x41, lockable: true),
                Form(name: "SHLD Ib", opcode: [0x0F, 0xA4], immediate: 1, flags: 0x0C5, no16: true),
                Form(name: "SHLD CL", opcode: [0x0F, 0xA5], flags: 0x0C5, no16: true),
                Form(name: "SHRD Ib", opcode: [0x0F, 0xAC], immediate: 1, flags: 0x0C5, no16: true),
                Form(name: "SHRD CL", opcode: [0x0F, 0xAD], flags: 0x0C5, no16: true),
                Form(name: "BSF", opcode: [0x0F, 0xBC], flags: 0x40),
                Form(name: "BSR", opcode: [0x0F, 0xBD], flags: 0x40),
                Form(name: "LZCNT", opcode: [0x0F, 0xBD], flags: 0x41, prefix: 0xF3),
                Form(name: "POPCNT", opcode: [0x0F, 0xB8], prefix: 0xF3),
                Form(name: "MOVZX b", opcode: [0x0F, 0xB6]),
                Form(name: "MOVZX w", opcode: [0x0F, 0xB7]),
                Form(name: "MOVSX b", opcode: [0x0F, 0xBE]),
                Form(name: "MOVSX w", opcode: [0x0F, 0xBF]),
                Form(name: "CMPXCHG b", opcode: [0x0F, 0xB0], isByte: true, lockable: true),
                Form(name: "CMPXCHG v", opcode: [0x0F, 0xB1], lockable: true),
                Form(name: "XADD b", opcode: [0x0F, 0xC0], isByte: true, lockable: true),
                Form(name: "XADD v", opcode: [0x0F, 0xC1], lockable: true),
                Form(name: "CMPXCHG8B", opcode: [0x0F, 0xC7], ext: 1, memory: true, lockable: true),
                Form(name: "MOVNTI", opcode: [0x0F, 0xC3], memory: true, no16: true),
                Form(name: "MOVBE G,M", opcode: [0x0F, 0x38, 0xF0], memory: true),
                Form(name: "MOVBE M,G", opcode: [0x0F, 0x38, 0xF1], memory: true),
                Form(name: "XLAT", opcode: [0xD7], hasModRM: false),
            ]
            for register in 0..<8 as Range<UInt8> {
                forms.append(Form(name: "MOV r,Iv", opcode: [0xB8 + register], hasModRM: false, immediate: 8))
                forms.append(
                    Form(
                        name: "MOV r,Ib", opcode: [0xB0 + register], hasModRM: false, immediate: 1,
                        isByte: true))
                forms.append(Form(name: "XCHG eAX", opcode: [0x90 + register], hasModRM: false))
                forms.append(
                    Form(name: "PUSH r", opcode: [0x50 + register], hasModRM: false, usesStack: true))
                forms.append(Form(name: "POP r", opcode: [0x58 + register], hasModRM: false, usesStack: true))
                forms.append(
                    Form(name: "BSWAP", opcode: [0x0F, 0xC8 + register], hasModRM: false, no16: true))
            }
            for code in 0..<16 as Range<UInt8> {
                forms.append(Form(name: "CMOVcc", opcode: [0x0F, 0x40 + code]))
                forms.append(Form(name: "SETcc", opcode: [0x0F, 0x90 + code], isByte: true))
            }
            for opcode in [0xA4, 0xA5, 0xA6, 0xA7, 0xAA, 0xAB, 0xAC, 0xAD, 0xAE, 0xAF] as [UInt8] {
                forms.append(Form(name: "string", opcode: [opcode], hasModRM: false, string: true))
                forms.append(
                    Form(name: "REP string", opcode: [opcode], hasModRM: false, prefix: 0xF3, string: true))
                forms.append(
                    Form(name: "REPNE string", opcode: [opcode], hasModRM: false, prefix: 0xF2, string: true))
            }
            return forms
        }()

        let machine: SystemMachine
        let native: NativeProcessor
        private var seed: UInt64

        init?(seed: UInt64) throws {
            guard let native = NativeProcessor() else { return nil }
            self.native = native
            self.seed = seed
            machine = try SystemMachine()
            // An exception ends in a triple fault: such cases are not compared.
            machine.cpu.idtr = DescriptorTableRegister(base: 0x7000, limit: 0)
        }

        private func random() -> UInt64 {
            seed &+= 0x9E37_79B9_7F4A_7C15
            var z = seed
            z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
            return z ^ z >> 31
        }
        private func pick(_ count: Int) -> Int { Int(random() % UInt64(count)) }
        /// Values with many edges among them.
        private func value() -> UInt64 {
            switch pick(6) {
            case 0: return UInt64(bitPattern: Int64(pick(5)) - 2)
            case 1: return 1 << UInt64(pick(64))
            case 2: return (1 << UInt64(pick(64))) &- 1
            case 3: return UInt64(bitPattern: Int64(Int8(truncatingIfNeeded: random())))
            case 4: return random() >> UInt64(pick(64))
            default: return random()
            }
        }

        /// One random case. nil: agreed, or not comparable; else what differs.
        func check() -> String? {
            let form = IntegerOracle.forms[pick(IntegerOracle.forms.count)]
            return check(form)
        }

        func check(_ form: Form) -> String? {
            var bytes: [UInt8] = []
            let isMemory = form.hasModRM && (form.memory ?? (pick(2) == 0))
            let small = !form.isByte && !form.no16 && form.opcode != [0x9C] && pick(4) == 0
            if form.lockable, isMemory, pick(3) == 0 { bytes.append(0xF0) }
            if small { bytes.append(0x66) }
            if let prefix = form.prefix { bytes.append(prefix) }
            var rex: UInt8 = 0
            if pick(3) != 0 { rex = 0x40 | UInt8(pick(16)) }
            if form.name == "CMPXCHG8B" { rex = 0 }
            if form.opcode == [0x63], rex & 8 == 0, small { return nil }
            if rex != 0 { bytes.append(rex) }
            let w = rex & 8 != 0
            bytes += form.opcode
            if form.hasModRM {
                let reg = form.ext ?? UInt8(pick(8))
                if isMemory {
                    let mod = UInt8(1 + pick(2))
                    var rm = UInt8(pick(8))
                    if rm == 4, pick(2) == 0 { rm = 5 }
                    bytes.append(mod << 6 | reg << 3 | rm)
                    if rm == 4 { bytes.append(UInt8(truncatingIfNeeded: random())) }
                    let displacement = Int32(Int8(truncatingIfNeeded: random())) * (mod == 2 ? 3 : 1)
                    for n in 0..<(mod == 1 ? 1 : 4) {
                        bytes.append(UInt8(truncatingIfNeeded: displacement >> Int32(8 * n)))
                    }
                } else {
                    bytes.append(0xC0 | reg << 3 | UInt8(pick(8)))
                }
            }
            let immediate =
                form.immediate == 4
                ? (small && !w ? 2 : 4) : form.immediate == 8 ? (w ? 8 : small ? 2 : 4) : form.immediate
            let number = value()
            for n in 0..<immediate { bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(8 * n))) }

            let decoded: Instruction
            do {
                decoded = try (bytes + [UInt8](repeating: 0x90, count: 15)).withUnsafeBytes {
                    try Decoder.decode($0, rip: NativeProcessor.instruction, codeSize: .bits64)
                }
            } catch {
                return "\(form.name) \(hex(bytes)): not decoded: \(error)"
            }
            guard Int(decoded.length) == bytes.count else {
                return "\(form.name) \(hex(bytes)): decoded as \(decoded.length) bytes"
            }
            if small, form.usesStack { return nil }

            var registers = (0..<16).map { _ in value() }
            let middle = NativeProcessor.data + 0x2000
            // DIV: keep many quotients in range.
            if form.name.hasSuffix("DIV"), pick(3) != 0 {
                registers[2] = registers[0] >> 63 != 0 && form.name == "IDIV" ? ~0 : 0
            }
            if form.usesStack { registers[4] = middle + UInt64(pick(64)) }
            if form.name == "LEAVE" { registers[5] = middle + UInt64(pick(64)) }
            if form.name == "XLAT" { registers[3] = middle }
            if form.string {
                registers[6] = middle + UInt64(pick(256))
                registers[7] = middle + UInt64(pick(256))
                registers[1] = UInt64(pick(40))
            }
            if isMemory {
                // BT reaches beyond its operand.
                if form.opcode.count == 2, form.opcode[1] & 0xC7 == 0x83, form.ext == nil {
                    registers[Int(decoded.reg)] = UInt64(bitPattern: Int64(pick(4000)) - 2000)
                    if decoded.reg == decoded.base || decoded.reg == decoded.index { return nil }
                }
                if decoded.index != 16 {
                    if decoded.index == decoded.base { return nil }
                    registers[Int(decoded.index)] = UInt64(bitPattern: Int64(pick(64)) - 32)
                }
                if decoded.base == 16 { return nil }
                if form.usesStack, decoded.base == 4 || decoded.index == 4 { return nil }
                registers[Int(decoded.base)] = middle + UInt64(pick(64)) &- decoded.displacement
            }
            var flags = (random() & 0x8D5) | 0x202
            if form.string, pick(3) == 0 { flags |= 0x400 }
            let size = NativeProcessor.dataSize
            for offset in stride(from: 0x1000, to: 0x3000, by: 8) {
                let pattern: UInt64 = form.string ? [0, 0x0101_0101_0101_0101, ~0][pick(3)] : value()
                native.buffer.storeBytes(of: pattern, toByteOffset: offset, as: UInt64.self)
            }
            let before = [UInt8](UnsafeRawBufferPointer(start: native.buffer, count: size))

            // The engine first: what it refuses is not tried on the host.
            let cpu = machine.cpu
            machine.memory.write(PhysicalAddress(NativeProcessor.instruction), bytes + [0xF4])
            cpu.blocks.invalidate(codePage, 0x800, 16)
            machine.memory.write(PhysicalAddress(NativeProcessor.data), before)
            for register in GeneralRegister.allCases { cpu[register] = registers[Int(register.rawValue)] }
            cpu[.rflags] = flags & ~0x200
            cpu[.rip] = NativeProcessor.instruction
            let exit = cpu.run()
            if exit.reason != .hlt {
                let couldFault = form.name.hasSuffix("DIV")
                if !couldFault {
                    return "\(form.name) \(hex(bytes)): left with reason \(exit.reason.rawValue)"
                }
                cpu.interruptibility = 0
                restart()
                return nil
            }
            var expected = registers
            var expectedFlags = flags
            native.run(bytes, &expected, &expectedFlags)
            var differences: [String] = []
            for register in GeneralRegister.allCases where cpu[register] != expected[Int(register.rawValue)] {
                if form.name == "PUSHF" { continue }
                differences.append(
                    "\(register) \(hex(cpu[register])) for \(hex(expected[Int(register.rawValue)]))")
            }
            let mask = form.flags
            if (cpu[.rflags] ^ expectedFlags) & mask != 0 {
                differences.append("flags \(hex(cpu[.rflags] & mask)) for \(hex(expectedFlags & mask))")
            }
            if form.name != "PUSHF" {
                let after = [UInt8](UnsafeRawBufferPointer(start: native.buffer, count: size))
                let ours = machine.memory.read(PhysicalAddress(NativeProcessor.data), count: size)
                if after != ours, let at = after.indices.first(where: { after[$0] != ours[$0] }) {
                    differences.append(
                        "memory at \(hex(UInt64(at))): \(hex([ours[at]])) for \(hex([after[at]]))")
                }
            }
            if differences.isEmpty { return nil }
            return "\(form.name) \(hex(bytes)): \(differences.joined(separator: ", ")); before: "
                + registers.map { hex($0) }.joined(separator: " ") + " flags \(hex(flags))"
        }

        private func restart() {
            machine.cpu.idtr = DescriptorTableRegister(base: 0x7000, limit: 0)
        }

        private lazy var codePage: UInt64 = {
            let page = PhysicalAddress(NativeProcessor.instruction & ~0xFFF)
            // The engine's memory is DRAM, which always has a pointer.
            guard let pointer = try? machine.memory.pointer(page, key: 0) else { return 0 }
            return UInt64(UInt(bitPattern: pointer))
        }()

        private func hex(_ value: UInt64) -> String { String(value, radix: 16) }
        private func hex(_ bytes: [UInt8]) -> String {
            bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
    }

#endif

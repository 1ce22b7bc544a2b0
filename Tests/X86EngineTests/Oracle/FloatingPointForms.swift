// SPDX-License-Identifier: Apache-2.0

#if arch(x86_64) && os(Linux)
    import X86Decoder

    /// One form of an instruction: everything of its encoding but the operands.
    struct FloatingPointForm {
        enum Operand {
            case register
            case memory
            /// The whole ModRM byte belongs to the form: x87.
            case fixed(UInt8)
            case none
        }
        /// How the engine's result is held against the host's.
        enum Comparison {
            case exact
            /// RCP, RSQRT: within the architecture's bound of the true value.
            case approximate
            /// Transcendental instructions of x87.
            case transcendental
        }

        /// A mandatory prefix, or one that is ignored.
        var prefix: [UInt8] = []
        var isWide = false
        /// The bytes up to and with the opcode.
        var opcode: [UInt8]
        /// The opcode extension in ModRM.
        var number: UInt8?
        var operand: Operand
        var hasImmediate = false
        var is64 = true

        var isMemory: Bool { if case .memory = operand { true } else { false } }
        var isX87: Bool { opcode.count == 1 }
        /// MASKMOVQ and MASKMOVDQU store to RDI. Whether the bytes they leave alone can fault depends on the processor.
        var isMaskedStore: Bool { opcode == [0x0F, 0xF7] }
        /// This host's SHA instructions take operands of any alignment; the manual's do not.
        var needsAlignment: Bool {
            opcode.count == 3
                && (opcode[1] == 0x38 && (0xC8...0xCD).contains(opcode[2]) || opcode == [0x0F, 0x3A, 0xCC])
        }
        /// Processors access the parts of these operands in an order of their own, so that another part may fault first.
        var hasParts: Bool {
            if isX87, isMemory, [0xD9, 0xDD].contains(opcode[0]), number == 4 || number == 6 { return true }
            return operandSize > 16 && !isX87
        }

        var comparison: Comparison {
            if opcode == [0x0F, 0x52] || opcode == [0x0F, 0x53] { return .approximate }
            if case .fixed(let modRM) = operand, opcode == [0xD9],
                [0xF0, 0xF1, 0xF2, 0xF3, 0xF9, 0xFB, 0xFE, 0xFF].contains(modRM)
            {
                return .transcendental
            }
            return .exact
        }

        /// XSAVES and XRSTORS.
        var isPrivileged: Bool { opcode == [0x0F, 0xC7] && (number == 3 || number == 5) }
        /// FXSAVE and the XSAVE family.
        var savesImage: Bool {
            switch (opcode, number) {
            case ([0x0F, 0xAE], 0), ([0x0F, 0xAE], 4), ([0x0F, 0xAE], 6), ([0x0F, 0xC7], 4): isMemory
            default: false
            }
        }

        /// Whether the manual defines a transcendental instruction's result for the operands.
        func isDefined(_ input: FloatingPointCase) -> Bool {
            guard case .fixed(let modRM) = operand,
                (input[word: 0] >> (32 + UInt64(input.status >> 11 & 7))) & 1 != 0
            else { return true }
            let (significand, head) = input.st(0)
            let exponent = Int(head & 0x7FFF)
            let isOrdinary = exponent != 0x7FFF && (exponent == 0 || significand >> 63 != 0)
            guard isOrdinary, input.status & 0x80 == 0 else { return true }
            switch modRM {
            case 0xF0: return exponent < 16383 || exponent == 16383 && significand == 1 << 63
            // From √½ − 1 to √2 − 1; the bounds inwards by the last bits.
            case 0xF9:
                return exponent < 16381
                    || exponent == 16381
                        && significand < (head >> 15 == 0 ? 0xD413_CCCF_E779_9211 : 0x95F6_1998_0C43_36F7)
            default: return true
            }
        }

        /// What a memory operand holds.
        enum Shape {
            case words, extended, decimal
            case environment(small: Bool, registers: Bool)
            case image, extendedArea, controlStatus
        }
        var shape: Shape {
            switch (opcode.last, opcode.count, number) {
            case (0xDB, 1, 5): .extended
            case (0xDF, 1, 4): .decimal
            case (0xD9, 1, 4): .environment(small: prefix.contains(0x66), registers: false)
            case (0xDD, 1, 4): .environment(small: prefix.contains(0x66), registers: true)
            case (0xAE, 2, 1): .image
            case (0xAE, 2, 5), (0xC7, 2, 3): .extendedArea
            case (0xAE, 2, 2): .controlStatus
            default: .words
            }
        }
        /// No memory operand reaches further.
        var operandSize: Int {
            switch (opcode.last, opcode.count, number) {
            case (0xAE, 2, 0), (0xAE, 2, 1): 512
            case (0xAE, 2, 4), (0xAE, 2, 5), (0xAE, 2, 6), (0xC7, 2, _): 576
            case (0xDD, 1, 4), (0xDD, 1, 6): 108
            case (0xD9, 1, 4), (0xD9, 1, 6): 28
            default: 16
            }
        }
    }

    extension FloatingPointForm {
        init(_ form: InstructionForm) {
            is64 = form.is64
            prefix = form.prefixes + (form.isLocked ? [0xF0] : [])
            isWide = form.isWide
            opcode = form.opcodeBytes
            number = form.ext
            operand =
                !form.hasModRM
                ? .none
                : form.isMemory
                    ? .memory : form.rm.map { .fixed(0xC0 | (form.ext ?? 0) << 3 | $0) } ?? .register
            let length = prefix.count + (isWide ? 1 : 0) + opcode.count + (form.hasModRM ? 1 : 0)
            hasImmediate = form.decoded().map { Int($0.length) > length } ?? false
        }

        /// By opcode and extension: all that the engine may know, and what it refuses.
        static func cells(is64: Bool) -> [[(form: FloatingPointForm, isDefined: Bool)]] {
            InstructionForm.cells(is64: is64, .floatingPoint).map { cell in
                cell.map { (form: FloatingPointForm($0), isDefined: EngineForms.isDefined($0)) }
            }
        }
    }

    extension FloatingPointForm {
        /// Bytes with random operands, and where its memory operand's address comes from.
        struct Encoding {
            var bytes: [UInt8]
            var base: Int?
            var index: Int?
            var scale = 0
            var displacement: UInt64 = 0
            var destination = 0
            var source = 0
        }
        func encode(_ random: inout CaseRandom) -> Encoding {
            func register(_ random: inout CaseRandom) -> Int {
                // Number 4 is RSP where it is a general register.
                while true {
                    let number = random.pick(is64 ? 16 : 8)
                    if number != 4 { return number }
                }
            }
            var it = Encoding(bytes: prefix)
            var rex: UInt8 = isWide ? 0x48 : 0
            var tail: [UInt8] = []
            let reg = number.map { Int($0) } ?? register(&random)
            it.destination = reg
            if reg > 7 { rex |= 0x44 }
            switch operand {
            case .register:
                let rm = register(&random)
                it.source = rm
                if rm > 7 { rex |= 0x41 }
                tail = [0xC0 | UInt8(reg & 7) << 3 | UInt8(rm & 7)]
                if isMaskedStore { it.base = 7 }
            case .memory:
                let base = ([1, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15] as [13 of Int])[
                    random.pick(is64 ? 13 : 5)]
                it.base = base
                if base > 7 { rex |= 0x41 }
                let mod = 1 + random.pick(2)
                let displacement = mod == 1 ? random.pick(256) - 128 : random.pick(1 << 20) - 1 << 19
                it.displacement = UInt64(bitPattern: Int64(displacement))
                if base & 7 == 4 || random.pick(4) == 0 {
                    tail = [UInt8(mod) << 6 | UInt8(reg & 7) << 3 | 4]
                    let index = ([4, 1, 3, 6, 9, 13] as [6 of Int])[random.pick(is64 ? 6 : 4)]
                    if index != base, index != 4 {
                        it.index = index
                        it.scale = random.pick(4)
                        if index > 7 { rex |= 0x42 }
                        tail.append(UInt8(it.scale) << 6 | UInt8(index & 7) << 3 | UInt8(base & 7))
                    } else {
                        tail.append(4 << 3 | UInt8(base & 7))
                    }
                } else {
                    tail = [UInt8(mod) << 6 | UInt8(reg & 7) << 3 | UInt8(base & 7)]
                }
                for n in 0..<(mod == 1 ? 1 : 4) {
                    tail.append(UInt8(truncatingIfNeeded: displacement >> (8 * n)))
                }
            case .fixed(let modRM): tail = [modRM]
            case .none: break
            }
            if rex != 0 { it.bytes.append(rex | 0x40) }
            it.bytes += opcode + tail
            if hasImmediate {
                it.bytes.append(
                    UInt8(truncatingIfNeeded: random.pick(3) == 0 ? random.pick(20) : random.pick(256)))
            }
            return it
        }
    }
#endif

// SPDX-License-Identifier: Apache-2.0

#if arch(x86_64) && os(Linux)
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
            case (0xD9, 1, 4): .environment(small: prefix == [0x66], registers: false)
            case (0xDD, 1, 4): .environment(small: prefix == [0x66], registers: true)
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

        /// The encoding with the given low register numbers.
        var sample: [UInt8] {
            var bytes = prefix
            if isWide { bytes.append(0x48) }
            bytes += opcode
            switch operand {
            case .register: bytes.append(0xC1 | (number ?? 2) << 3)
            case .memory: bytes.append(0x07 | (number ?? 2) << 3)
            case .fixed(let modRM): bytes.append(modRM)
            case .none: break
            }
            if hasImmediate { bytes.append(0) }
            return bytes
        }

        /// What this host has and the simulated part has not, or does in another way.
        static func isOfTheHostOnly(_ form: FloatingPointForm) -> Bool {
            switch (form.opcode, form.prefix.suffix(1)) {
            // SSE4a: MOVNTSS and MOVNTSD.
            case ([0x0F, 0x2B], [0xF3]), ([0x0F, 0x2B], [0xF2]): true
            // GFNI.
            case ([0x0F, 0x38, 0xCF], [0x66]), ([0x0F, 0x3A, 0xCE], [0x66]), ([0x0F, 0x3A, 0xCF], [0x66]):
                true
            // MOVBE, CRC32's neighbours, ADX, MOVDIRI and the like are the integer oracle's.
            default:
                form.opcode.count == 3 && form.opcode[1] == 0x38
                    && ((0x80..<0xC0).contains(form.opcode[2]) || form.opcode[2] > 0xF1
                        || form.opcode[2] >= 0xF0 && !form.prefix.contains(0xF2))
            }
        }

        /// Every form of the opcodes that the engine's MMX, SSE and x87 lowerings know, by asking them about each
        /// opcode with each prefix and operand kind; and those of the XSAVE family.
        static func all(_ machine: FloatingPointMachine) -> [FloatingPointForm] {
            var forms: [FloatingPointForm] = []
            let prefixes: [[UInt8]] = [[], [0x66], [0xF3], [0xF2], [0x66, 0xF2], [0x66, 0xF3]]
            for map: [UInt8] in [[0x0F], [0x0F, 0x38], [0x0F, 0x3A]] {
                for opcode in UInt8.min...UInt8.max {
                    if map.count == 1, [0x0F, 0x38, 0x3A].contains(opcode) { continue }
                    let isGroup = map.count == 1 && [0x71, 0x72, 0x73, 0xAE].contains(opcode)
                    var ofOpcode: [FloatingPointForm] = []
                    var isKnown = false
                    for prefix in prefixes {
                        for isWide in [false, true] {
                            for operand: Operand in [.register, .memory] {
                                for number in isGroup ? Array(0..<8) : [nil] as [UInt8?] {
                                    var form = FloatingPointForm(
                                        prefix: prefix, isWide: isWide, opcode: map + [opcode],
                                        number: number,
                                        operand: operand)
                                    if map.count == 1, opcode == 0x77 {
                                        if !form.isMemory { continue }
                                        form.operand = .none
                                    }
                                    form.hasImmediate =
                                        map == [0x0F, 0x3A]
                                        || map.count == 1
                                            && [0x70, 0x71, 0x72, 0x73, 0xC2, 0xC4, 0xC5, 0xC6].contains(
                                                opcode)
                                    let known = machine.isKnown(form.sample)
                                    isKnown = isKnown || known
                                    // Of group 15 only the lowerings know which are theirs.
                                    if opcode == 0xAE, !known { continue }
                                    ofOpcode.append(form)
                                }
                            }
                        }
                    }
                    // The three-byte maps are checked whole, undefined opcodes too.
                    if isKnown || map.count == 2 { forms += ofOpcode }
                }
            }
            for opcode in 0xD8...0xDF as ClosedRange<UInt8> {
                for modRM in 0xC0...0xFF as ClosedRange<UInt8> {
                    forms.append(FloatingPointForm(opcode: [opcode], operand: .fixed(modRM)))
                }
                for number in 0..<8 as Range<UInt8> {
                    for prefix: [UInt8] in [[], [0x66]] {
                        for isWide in [false, true] {
                            forms.append(
                                FloatingPointForm(
                                    prefix: prefix, isWide: isWide, opcode: [opcode], number: number,
                                    operand: .memory))
                        }
                    }
                }
            }
            forms.append(FloatingPointForm(opcode: [0x9B], operand: .none))
            for isWide in [false, true] {
                for number in [4, 5, 6] as [UInt8] {
                    forms.append(
                        FloatingPointForm(
                            isWide: isWide, opcode: [0x0F, 0xAE], number: number, operand: .memory))
                }
                for number in [3, 4, 5] as [UInt8] {
                    forms.append(
                        FloatingPointForm(
                            isWide: isWide, opcode: [0x0F, 0xC7], number: number, operand: .memory))
                }
            }
            return forms.filter { !isOfTheHostOnly($0) }
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
                    let number = random.pick(16)
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
                let base = ([1, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15] as [13 of Int])[random.pick(13)]
                it.base = base
                if base > 7 { rex |= 0x41 }
                let mod = 1 + random.pick(2)
                let displacement = mod == 1 ? random.pick(256) - 128 : random.pick(1 << 20) - 1 << 19
                it.displacement = UInt64(bitPattern: Int64(displacement))
                if base & 7 == 4 || random.pick(4) == 0 {
                    tail = [UInt8(mod) << 6 | UInt8(reg & 7) << 3 | 4]
                    let index = ([1, 3, 6, 9, 13, 4] as [6 of Int])[random.pick(6)]
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

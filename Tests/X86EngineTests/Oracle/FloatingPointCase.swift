// SPDX-License-Identifier: Apache-2.0

#if arch(x86_64) && os(Linux)
    import X86

    /// What one instruction can see and change besides memory: a block that the native stub and the engine both take.
    struct FloatingPointCase {
        /// Offsets into the block.
        enum Offset {
            /// An image as FXSAVE64 makes it.
            static let image = 0
            static let registers = 512
            static let flags = 640
            /// The exception that stopped the instruction, or `noVector`; its error code; CR2 of a page fault.
            static let vector = 648
            static let errorCode = 656
            static let address = 664
        }
        static let size = 704
        static let noVector: UInt64 = 0xFFFF

        let base: UnsafeMutableRawPointer

        subscript(word offset: Int) -> UInt64 {
            get { base.load(fromByteOffset: offset, as: UInt64.self) }
            nonmutating set { base.storeBytes(of: newValue, toByteOffset: offset, as: UInt64.self) }
        }
        subscript(gpr number: Int) -> UInt64 {
            get { self[word: Offset.registers + number * 8] }
            nonmutating set { self[word: Offset.registers + number * 8] = newValue }
        }
        var vector: UInt64 {
            get { self[word: Offset.vector] }
            nonmutating set { self[word: Offset.vector] = newValue }
        }
        var control: UInt16 { base.load(fromByteOffset: 0, as: UInt16.self) }
        var status: UInt16 { base.load(fromByteOffset: 2, as: UInt16.self) }
        var mxcsr: UInt32 { base.load(fromByteOffset: 24, as: UInt32.self) }
        /// ST(i)
        func st(_ i: Int) -> (significand: UInt64, head: UInt16) {
            (self[word: 32 + i * 16], base.load(fromByteOffset: 40 + i * 16, as: UInt16.self))
        }
        func xmm(_ n: Int) -> SIMD4<UInt32> {
            base.loadUnaligned(fromByteOffset: 160 + n * 16, as: SIMD4<UInt32>.self)
        }
    }

    /// Makes operands: random bits, small integers, and the numbers where floating point turns.
    struct OperandGenerator {
        var random: CaseRandom

        private static let singles: [18 of UInt32] = [
            0, 0x3F80_0000, 0x7F80_0000, 0x7FC0_0001, 0x7F80_0001, 1, 0x007F_FFFF, 0x0080_0000, 0x7F7F_FFFF,
            0x4B00_0000, 0x4F00_0000, 0x5F00_0000, 0x3F00_0000, 0x3FC0_0000, 0x4020_0000, 0x3F7F_FFFF,
            0x4EFF_FFFF, 0x7FBF_FFFF,
        ]
        private static let doubles: [22 of UInt64] = [
            0, 0x3FF0_0000_0000_0000, 0x7FF0_0000_0000_0000, 0x7FF8_0000_0000_0001, 0x7FF0_0000_0000_0001, 1,
            0x000F_FFFF_FFFF_FFFF, 0x0010_0000_0000_0000, 0x7FEF_FFFF_FFFF_FFFF, 0x4330_0000_0000_0000,
            0x41E0_0000_0000_0000, 0x43E0_0000_0000_0000, 0x3FE0_0000_0000_0000, 0x3FF8_0000_0000_0000,
            0x41DF_FFFF_FFE0_0000, 0x3810_0000_0000_0000, 0x36A0_0000_0000_0000, 0x47EF_FFFF_F000_0000,
            0x380F_FFFF_F000_0000, 0x3690_0000_0000_0000, 0x7FF7_FFFF_FFFF_FFFF, 0x43DF_FFFF_FFFF_FFFF,
        ]

        mutating func single() -> UInt32 {
            let bits = UInt32(truncatingIfNeeded: random.next())
            switch random.pick(5) {
            case 0: return bits
            case 1: return bits & 0x80FF_FFFF | UInt32(110 + random.pick(40)) << 23
            case 2: return OperandGenerator.singles[random.pick(18)] ^ bits & 0x8000_0000
            case 3:
                // A tie, or next to one, somewhere in the significand.
                let power = UInt32(1) << UInt32(random.pick(23))
                return bits & 0x8000_0000 | UInt32(100 + random.pick(60)) << 23 | power
                    | (bits >> 8 & 1) | (bits & 0x7F_FFFF) << 12 & 0x7F_F000
            default: return Float(Int32(bitPattern: bits) >> Int32(random.pick(31))).bitPattern
            }
        }
        mutating func double() -> UInt64 {
            let bits = random.next()
            switch random.pick(5) {
            case 0: return bits
            case 1: return bits & 0x800F_FFFF_FFFF_FFFF | UInt64(1000 + random.pick(60)) << 52
            case 2: return OperandGenerator.doubles[random.pick(22)] ^ bits & 1 << 63
            case 3:
                // Ties of 53-bit operations, of the conversion to single, and at its denormals.
                let power = UInt64(1) << UInt64(random.pick(52))
                return bits & 1 << 63 | UInt64(1023 - 150 + random.pick(300)) << 52 | power | (bits >> 8 & 1)
                    | bits << 29 & 0xF_FFFF_FFFF_FFFF
            default: return Double(Int64(bitPattern: bits) >> Int64(random.pick(63))).bitPattern
            }
        }
        mutating func word() -> UInt64 {
            switch random.pick(8) {
            case 0: return random.next()
            case 1: return UInt64(bitPattern: Int64(random.pick(60)) - 20)
            case 2: return random.next() & 0x8080_8080_7F7F_7F7F ^ random.next() & 0x0101_0101_0101_0101
            case 3, 4: return double()
            case 5:
                // A string: few letters, ends of strings among them.
                var bytes: UInt64 = 0
                let choice = random.next()
                for n in 0..<8 as Range<UInt64> {
                    let letter = choice >> (n * 3) & 7
                    bytes |= (letter == 0 ? 0 : letter < 6 ? 0x60 + letter : 0x80 + letter) << (n * 8)
                }
                return bytes
            default: return UInt64(single()) << 32 | UInt64(single())
            }
        }
        mutating func extended() -> (significand: UInt64, head: UInt16) {
            let sign = UInt16(truncatingIfNeeded: random.next() & 0x8000)
            let bits = random.next() | 1 << 63
            switch random.pick(12) {
            case 0: return (bits, UInt16(truncatingIfNeeded: random.next()))
            // Zeros, denormals and pseudo-denormals.
            case 1: return (random.pick(3) == 0 ? random.next() >> UInt64(random.pick(64)) : 0, sign)
            case 2: return (1 << 63, sign | 0x7FFF)
            // NaNs, pseudo-NaNs and pseudo-infinities.
            case 3: return (random.pick(4) == 0 ? random.next() >> 1 : bits, sign | 0x7FFF)
            case 4: return (1 << 63, sign | UInt16(16383 + random.pick(70)))
            case 5, 6: return (bits, sign | UInt16(16383 + random.pick(70)))
            // Unnormals.
            case 7: return (random.next() >> 1, sign | UInt16(16300 + random.pick(100)))
            // Integers and halves.
            case 8:
                let value = random.next() >> UInt64(random.pick(64)) | 1
                let shift = value.leadingZeroBitCount
                return (value << UInt64(shift), sign | UInt16(16383 + 63 - shift - random.pick(2)))
            // Close to the ends of the range.
            case 9:
                return (
                    bits,
                    sign | UInt16(random.pick(2) == 0 ? 1 + random.pick(70) : 0x7FFE - random.pick(70))
                )
            // Numbers that doubles and singles can hold.
            case 10:
                return (
                    bits & ~0 << UInt64(random.pick(2) == 0 ? 11 : 40),
                    sign | UInt16(16383 - 1100 + random.pick(2200))
                )
            default: return (bits, sign | UInt16(16360 + random.pick(40)))
            }
        }
        mutating func controlWord() -> UInt16 {
            let precision: UInt16 = ([0x300, 0x300, 0x200, 0] as [4 of UInt16])[random.pick(4)]
            var word = UInt16(0x40 | random.pick(4) << 10) | precision
            word |= random.pick(3) == 0 ? UInt16(truncatingIfNeeded: random.next() & 0x3F) : 0x3F
            return word
        }
        /// MXCSR: often the default, all roundings, DAZ and FTZ, and sometimes unmasked exceptions.
        mutating func controlStatus() -> UInt32 {
            var value: UInt32 = 0x1F80 | UInt32(random.pick(64))
            if random.pick(2) == 0 { value |= UInt32(random.pick(4)) << 13 }
            if random.pick(4) == 0 { value |= UInt32(truncatingIfNeeded: random.next() & 0x8040) }
            if random.pick(4) == 0 { value = 0x1FA0 }
            if random.pick(8) == 0 { value &= ~(UInt32(random.pick(64)) << 7) }
            return value
        }
        /// An FXSAVE image at `place`.
        mutating func image(_ place: UnsafeMutableRawPointer) {
            let control = controlWord()
            var status = UInt16(truncatingIfNeeded: random.next() & 0x7F3F)
            // Mostly nothing pending.
            if random.pick(8) != 0 { status &= ~0x3F | control }
            if status & ~control & 0x3F != 0 { status |= 0x8080 }
            let tags = random.pick(3) == 0 ? random.next() & 0xFF : 0xFF >> UInt64(random.pick(2) * 3)
            place.storeBytes(
                of: UInt64(control) | UInt64(status) << 16 | tags << 32 | (random.next() & 0x7FF) << 48,
                as: UInt64.self)
            place.storeBytes(of: random.next() & 0x7FFF_FFFF_FFFF, toByteOffset: 8, as: UInt64.self)
            place.storeBytes(of: random.next() & 0x7FFF_FFFF_FFFF, toByteOffset: 16, as: UInt64.self)
            place.storeBytes(of: UInt64(controlStatus()) | 0xFFFF << 32, toByteOffset: 24, as: UInt64.self)
            for n in 0..<8 {
                var (significand, head) = extended()
                if random.pick(16) == 0 { (significand, head) = (word(), 0xFFFF) }
                place.storeBytes(of: significand, toByteOffset: 32 + n * 16, as: UInt64.self)
                place.storeBytes(of: UInt64(head), toByteOffset: 40 + n * 16, as: UInt64.self)
            }
            for n in 0..<32 { place.storeBytes(of: word(), toByteOffset: 160 + n * 8, as: UInt64.self) }
            // Operands that are equal.
            if random.pick(4) == 0 {
                let value = place.loadUnaligned(fromByteOffset: 176, as: SIMD2<UInt64>.self)
                for _ in 0..<4 {
                    place.storeBytes(
                        of: value, toByteOffset: 160 + 16 * random.pick(16), as: SIMD2<UInt64>.self)
                }
            }
            for n in 52..<64 { place.storeBytes(of: 0, toByteOffset: n * 8, as: UInt64.self) }
        }
        mutating func fill(_ it: FloatingPointCase) {
            image(it.base)
            for n in 0..<16 { it[gpr: n] = word() }
            it[word: FloatingPointCase.Offset.flags] = 0x202 | random.next() & 0x8D5
            it.vector = FloatingPointCase.noVector
            it[word: FloatingPointCase.Offset.errorCode] = 0
            it[word: FloatingPointCase.Offset.address] = 0
        }
    }
#endif

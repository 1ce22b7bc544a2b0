// SPDX-License-Identifier: Apache-2.0

#if arch(x86_64) && os(Linux)
    import Glibc
    @testable import X86Engine

    /// Compares the handlers with the host's own instructions.
    struct FloatingPointOracle {
        let machine: FloatingPointMachine
        let native: NativeFloatingPoint
        var operands: OperandGenerator
        var compared = 0
        var differences: [String] = []

        init?(seed: UInt64) {
            guard let native = NativeFloatingPoint() else { return nil }
            self.native = native
            machine = FloatingPointMachine()
            operands = OperandGenerator(random: SeededGenerator(state: seed))
        }

        static var rounds: Int { getenv("SEAMLESS_SOAK").flatMap { Int(String(cString: $0)) } ?? 6 }

        /// What is compared of a case, as text by part.
        private func parts(_ c: FloatingPointCase, flags: UInt64, statusMask: UInt64) -> [(String, UInt64)] {
            var result: [(String, UInt64)] = [
                ("fcw", c.image[0] & 0xFFFF), ("fsw", c.image[0] >> 16 & statusMask),
                ("ftw", c.image[0] >> 32 & 0xFF),
                ("mxcsr", c.image[3] & 0xFFFF_FFFF), ("rax", c.rax), ("rcx", c.rcx), ("rdx", c.rdx),
                ("flags", c.flags & flags),
            ]
            for n in 0..<8 {
                result.append(("st\(n)", c.image[4 + n * 2]))
                result.append(("st\(n).head", c.image[5 + n * 2] & 0xFFFF))
            }
            for n in 0..<32 { result.append(("xmm\(n / 2).\(n % 2)", c.image[20 + n])) }
            for n in 0..<32 { result.append(("memory\(n)", c.memory[n])) }
            return result
        }

        /// Tries one instruction with random operands; nothing when the handlers know no such instruction.
        mutating func check(
            _ bytes: [UInt8], x87: Bool = false, flags: UInt64 = 0x8D5, statusMask: UInt64 = 0xFFFF,
            tolerance: UInt64 = 0, rounds: Int = FloatingPointOracle.rounds,
            accepts: (FloatingPointCase) -> Bool = { _ in true }
        ) {
            for _ in 0..<rounds {
                let seed = operands.random.state
                let input = operands.make(x87: x87)
                guard accepts(input) else { continue }
                guard let result = try? machine.run(bytes, input), case .completed(let mine) = result else {
                    return
                }
                let theirs = native.run(bytes, input)
                compared += 1
                for ((name, a), (_, b)) in zip(
                    parts(mine, flags: flags, statusMask: statusMask),
                    parts(theirs, flags: flags, statusMask: statusMask))
                where a != b {
                    if tolerance > 0, name.hasPrefix("st"), (a > b ? a - b : b - a) <= tolerance { continue }
                    let text = bytes.map { String($0, radix: 16) }.joined(separator: " ")
                    differences.append(
                        "\(text): \(name) is \(String(a, radix: 16)), host \(String(b, radix: 16)); seed \(seed)"
                            + " xmm1 \(hex(input.image[22], input.image[23])) xmm2 \(hex(input.image[24], input.image[25]))"
                            + " memory \(hex(input.memory[0], input.memory[1])) mxcsr \(String(input.image[3] & 0xFFFF, radix: 16))"
                            + " control \(String(input.image[0], radix: 16))"
                            + " st0 \(hex(input.image[4], input.image[5])) st1 \(hex(input.image[6], input.image[7]))"
                    )
                    break
                }
            }
        }
        private func hex(_ low: UInt64, _ high: UInt64) -> String {
            String(high, radix: 16) + ":" + String(low, radix: 16)
        }

        /// All forms of an opcode of the SSE maps: prefixes, REX.W, register and memory operands.
        mutating func checkForms(_ map: [UInt8], _ opcode: UInt8, immediate: Bool) {
            for prefix: [UInt8] in [[], [0x66], [0xF3], [0xF2]] {
                for rex: [UInt8] in [[], [0x48]] {
                    for modRM: UInt8 in [0xCA, 0x0F] {
                        var bytes = prefix + rex + [0x0F] + map + [opcode, modRM]
                        if immediate { bytes.append(UInt8(truncatingIfNeeded: operands.random.next())) }
                        check(bytes, rounds: rex.isEmpty ? FloatingPointOracle.rounds : 2)
                    }
                }
            }
        }
        mutating func checkSSE() {
            let plain: [UInt8] =
                Array(0x10...0x17) + Array(0x28...0x2F) + [0x50, 0x51] + Array(0x54...0x6F)
                + Array(0x74...0x76) + Array(0x7C...0x7F) + [0xC3]
                + Array(0xD0...0xFE)
            check([0x0F, 0x77])
            for opcode in plain { checkForms([], opcode, immediate: false) }
            for _ in 0..<8 {
                for opcode: UInt8 in [0x70, 0xC2, 0xC4, 0xC5, 0xC6] {
                    checkForms([], opcode, immediate: true)
                }
            }
            for opcode: UInt8 in [0x71, 0x72, 0x73] {
                for reg: UInt8 in 0..<8 {
                    for prefix: [UInt8] in [[], [0x66]] {
                        for count: UInt8 in [0, 1, 7, 8, 15, 16, 31, 32, 63, 64, 255] {
                            check(prefix + [0x0F, opcode, 0xC2 | reg << 3, count], rounds: 1)
                        }
                    }
                }
            }
            for opcode: UInt8 in 0...0xF1 where opcode < 0xF0 { checkForms([0x38], opcode, immediate: false) }
            for rex: [UInt8] in [[], [0x48]] {
                for opcode: UInt8 in [0xF0, 0xF1] {
                    for modRM: UInt8 in [0xCA, 0x0F] {
                        check([0xF2] + rex + [0x0F, 0x38, opcode, modRM])
                        check([0x66, 0xF2] + rex + [0x0F, 0x38, opcode, modRM])
                    }
                }
            }
            for _ in 0..<8 { for opcode: UInt8 in 0...0xDF { checkForms([0x3A], opcode, immediate: true) } }
        }

        mutating func checkX87() {
            // FSIN, FCOS, FSINCOS, FPTAN, FPATAN, F2XM1, FYL2X, FYL2XP1 are compared by the last place elsewhere.
            let transcendental: [UInt8] = [0xF0, 0xF1, 0xF2, 0xF3, 0xF9, 0xFB, 0xFE, 0xFF]
            for opcode: UInt8 in 0xD8...0xDF {
                for modRM: UInt8 in 0xC0...0xFF {
                    if opcode == 0xD9, transcendental.contains(modRM) { continue }
                    check([opcode, modRM], x87: true)
                }
                for reg: UInt8 in 0..<8 {
                    // FLDENV, FNSTENV, FRSTOR and FNSAVE hold addresses of the host.
                    if (opcode == 0xD9 || opcode == 0xDD) && (reg == 4 || reg == 6) { continue }
                    check([opcode, 0x07 | reg << 3], x87: true, rounds: FloatingPointOracle.rounds * 4)
                }
            }
        }
        /// The transcendental instructions where they are defined, within two units in the last place: neither the host nor we
        /// are always right. C1 and the exceptions of tiny results may differ.
        mutating func checkTranscendental() {
            let limits: [(UInt8, UInt64)] = [
                (0xF0, 16382), (0xF1, 0x7FFF), (0xF2, 16381), (0xF3, 0x7FFF), (0xF9, 16380), (0xFB, 16381),
                (0xFE, 16381),
                (0xFF, 16381),
            ]
            for (modRM, limit) in limits {
                check(
                    [0xD9, modRM], x87: true, statusMask: 0xFDDF, tolerance: 2,
                    rounds: FloatingPointOracle.rounds * 40
                ) { input in
                    let exponent = input.image[5] & 0x7FFF
                    return exponent <= limit && exponent != 0
                        || exponent == 0x7FFF && input.image[4] >> 63 != 0
                }
            }
        }
    }
#endif

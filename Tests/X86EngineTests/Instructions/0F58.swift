// SPDX-License-Identifier: Apache-2.0

import Testing
import X86

@testable import X86Engine

/// The host's arithmetic answers for the soft float where nothing but the precision exception can come of an operation.
@Suite("0F 2A to 0F 2D, 0F 51, 0F 58 to 0F 5F, 0F C2: SSE arithmetic")
struct SSEArithmetic {
    /// Significands with few bits, with all, and next to powers of two; exponents close to each other and at both ends.
    private static func operand(_ random: inout CaseRandom, isDouble: Bool) -> UInt64 {
        let (digits, bias) = isDouble ? (52, 1023) : (23, 127) as (UInt64, UInt64)
        let all = (1 << digits) - 1 as UInt64
        let fraction: UInt64 =
            switch random.pick(5) {
            case 0: 0
            case 1: random.next() & all & ~0 << (digits - UInt64(random.pick(12)))
            case 2: all
            case 3: 1
            default: random.next() & all
            }
        let exponent: UInt64 =
            switch random.pick(8) {
            case 0: 1 + UInt64(random.pick(3))
            case 1: 2 * bias - UInt64(random.pick(3))
            case 2: bias + digits + UInt64(random.pick(12))
            default: bias + UInt64(random.pick(6)) - 3
            }
        let sign = UInt64(random.pick(2)) << (isDouble ? 63 : 31)
        return random.chance(12) ? sign : sign | exponent << digits | fraction
    }

    @Test(
        "host and soft float agree on results and flags",
        arguments: [
            "58", "5c", "59", "5e", "51", "5d", "5f",  // ADD, SUB, MUL, DIV, SQRT, MIN, MAX
            "5a", "2d", "2c", "c2",  // conversions and comparisons
        ]
    )
    func agree(opcode: String) throws {
        var random = CaseRandom(state: 7)
        let machine = try SystemMachine()
        let state = machine.cpu.state
        for n in 0..<1500 {
            let isDouble = n & 1 != 0
            let first = SSEArithmetic.operand(&random, isDouble: isDouble)
            // Often the square of a number with few bits, or the same number.
            let second = random.chance(6) ? first : SSEArithmetic.operand(&random, isDouble: isDouble)
            var results: [(SIMD2<UInt64>, UInt64, UInt32)] = []
            // With the invalid-operation exception unmasked the soft float does it. Neither answer raises it here, but for
            // square roots and large integers, which are then left out.
            var raised = false
            for mxcsr in [0x1F80, 0x1F00] as [UInt32] {
                state[xmm: 0] = SIMD2(first, 3)
                state[xmm: 1] = SIMD2(second, 5)
                machine.cpu[.rax] = 0
                machine.cpu[.rsp] = 0x1_4000
                state.write(State.Offset.mxcsr, mxcsr)
                let text = "\(isDouble ? "f2" : "f3") 0f \(opcode) c1\(opcode == "c2" ? " 01" : "")"
                if machine.execute(text) != .done { raised = true }
                results.append(
                    (state[xmm: 0], machine.cpu[.rax], state.read(State.Offset.mxcsr, as: UInt32.self) & 0x3F)
                )
            }
            if raised { continue }
            #expect(results[0] == results[1], "\(opcode): \(hex(first)) \(hex(second))")
        }
    }

    @Test(
        "the precision exception is flagged when the result is not exact, and only then",
        arguments: [
            // Opcode of the form for doubles, operands, result, MXCSR's flags.
            ("58", 1.0, 2.0, 3.0, 0), ("58", 1.0, 0x1p-53, 1.0, 0x20), ("58", 0x1p53, 1.0, 0x1p53, 0x20),
            ("5c", 1.0, 1.0, 0.0, 0), ("5c", 0x1p53, 0.5, 0x1p53, 0x20),
            ("59", 3.0, 7.0, 21.0, 0), ("59", 0x1.0000001p0, 0x1.0000001p0, 0x1.0000002p0, 0x20),
            ("59", 0x1p-1000, 0x1p-100, 0.0, 0x30),
            ("5e", 21.0, 7.0, 3.0, 0), ("5e", 1.0, 3.0, 0x1.5555555555555p-2, 0x20),
            ("5e", 0.0, -3.0, -0.0, 0),
            ("5e", 1.0, 0.0, .infinity, 4),
            // Tiny, and rounded up to the smallest normal number.
            ("59", 0x1p-1022, 0x1.fffffffffffffp-1, 0x1p-1022, 0x30),
            ("51", 0.0, 9.0, 3.0, 0), ("51", 0.0, 2.0, 0x1.6A09E667F3BCDp0, 0x20),
        ] as [(String, Double, Double, Double, UInt32)]
    )
    func precision(opcode: String, first: Double, second: Double, result: Double, flags: UInt32) throws {
        // The flag may be there before.
        for old in [0, 0x20] as [UInt32] {
            let machine = try SystemMachine()
            let state = machine.cpu.state
            state[xmm: 0] = SIMD2(first.bitPattern, 0)
            state[xmm: 1] = SIMD2(second.bitPattern, 0)
            state.write(State.Offset.mxcsr, 0x1F80 | old)
            #expect(machine.execute("f2 0f \(opcode) c1") == .done)
            #expect(state[xmm: 0].x == result.bitPattern)
            #expect(state.read(State.Offset.mxcsr, as: UInt32.self) & 0x3F == flags | old)
        }
    }
}

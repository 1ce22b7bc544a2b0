// SPDX-License-Identifier: Apache-2.0

import Testing
import X86

@testable import X86Engine

/// Instructions behave in a block as they do one by one, whatever is left out or joined there.
@Suite("Blocks")
struct BlockTests {
    /// One of the encodings that write flags, with operands that often meet their limits.
    private static let writers: [[UInt8]] = [
        [0x00, 0xD8], [0x01, 0xD8], [0x29, 0xD8], [0x48, 0x21, 0xD8], [0x48, 0x31, 0xD8], [0x19, 0xD8],
        [0x11, 0xD8],  // add al, bl; add, sub eax, ebx; and, xor rax, rbx; sbb, adc eax, ebx
        [0x38, 0xD8], [0x66, 0x39, 0xD8], [0x39, 0xD8], [0x48, 0x39, 0xD8],  // cmp r/m, r
        [0x3A, 0xC3], [0x48, 0x3B, 0xC3], [0x3A, 0x06], [0x3B, 0x06],  // cmp r, r/m
        // cmp r, imm
        [0x3C, 0x80], [0x3D, 1, 0, 0, 0x80], [0x80, 0xFB, 0x7F], [0x48, 0x83, 0xFB, 0xFF],
        // cmp [rsi], imm
        [0x80, 0x3E, 0x80], [0x48, 0x83, 0x3E, 0x01], [0x66, 0x81, 0x3E, 0xFF, 0x7F],
        [0x38, 0x1E], [0x48, 0x39, 0x1E],  // cmp [rsi], r
        // test r/m, r
        [0x84, 0xDC], [0x85, 0xD8], [0x48, 0x85, 0xC0], [0x84, 0x1E], [0x48, 0x85, 0x1E],
        // test r/m, imm
        [0xA8, 0x80], [0xA9, 0, 0, 0, 0x80], [0xF6, 0xC4, 0x10], [0xF7, 0x06, 1, 0, 0, 0x80],
        // not, neg, inc, dec
        [0xF6, 0xD0], [0xF6, 0xD8], [0xF7, 0x1E], [0xFE, 0xC0], [0xFF, 0xC8], [0xFF, 0x06],
        [0x48, 0xFF, 0xC8], [0xFE, 0xCC], [0x66, 0xFF, 0xC0], [0xFF, 0xC3],
        // add, adc, or with an immediate
        [0x48, 0x83, 0xC0, 0xFF], [0x80, 0xD3, 0x7F], [0x66, 0x83, 0xC8, 0x80],
        // shifts
        [0x48, 0xC1, 0xE0, 9], [0x66, 0xD1, 0xF8], [0xC0, 0xE8, 9], [0x66, 0xC1, 0xE3, 17], [0xC1, 0xE0, 32],
        [0xC0, 0xE0, 3], [0xD1, 0xE8], [0xD3, 0xF8], [0x48, 0xD3, 0xE3], [0xC1, 0xC0, 5], [0xD3, 0xC8],
        // rcl, mul, imul
        [0xC1, 0xD0, 2], [0xF6, 0xE3], [0x48, 0x0F, 0xAF, 0xC3], [0x6B, 0xC3, 0x7F],
        // bt, bsr, shld
        [0x0F, 0xA3, 0xD8], [0x0F, 0xBA, 0x26, 5], [0x0F, 0xBD, 0xC3], [0x0F, 0xA4, 0xD8, 4],
        // clc, stc, sahf, xadd, lock add
        [0xF8], [0xF9], [0x9E], [0x0F, 0xC1, 0xD8], [0xF0, 0x01, 0x1E],
    ]
    /// What reads them, or does not.
    private static let readers: [[UInt8]] =
        (0..<16).map { [0x0F, 0x90 | $0, 0xC2] } + (0..<16).map { [0x48, 0x0F, 0x40 | $0, 0xCB] }
        + [[0x9F], [0x88, 0xD6], [0x48, 0x8D, 0x04, 0x1E], [0x11, 0xD9], [0x0F, 0xB6, 0xD3]]

    @Test(
        "instructions and a conditional jump do in a block what they do one by one",
        arguments: 1...4 as ClosedRange<UInt64>)
    func joined(seed: UInt64) throws {
        var random = Random(seed: seed)
        let machine = try SystemMachine()
        for round in 0..<600 {
            var code: [UInt8] = []
            for _ in 0..<random.below(3) {
                code += random.pick(BlockTests.writers)
                if random.below(2) == 0 { code += random.pick(BlockTests.readers) }
            }
            code += random.pick(BlockTests.writers)
            let condition = UInt8(random.below(16))
            code += [0x70 | condition, 3, 0x40, 0xB7, 1, 0xF4]  // jcc over mov dil, 1; hlt
            let values = (0..<4).map { _ in random.value() }
            let memory = random.value()
            let flags = 2 | random.next() & 0x8D5

            func run(flags: UInt64) -> [UInt64] {
                let cpu = machine.cpu
                machine.place(0x9000, code)
                cpu.notify(.codeChanged)
                machine.write(0xA000, memory)
                cpu[.rax] = values[0]
                cpu[.rbx] = values[1]
                cpu[.rcx] = values[2]
                cpu[.rdx] = values[3]
                cpu[.rdi] = 0
                cpu[.rsi] = 0xA000
                cpu[.rsp] = 0x1_4000
                cpu[.rip] = 0x9000
                cpu[.rflags] = flags
                var steps = 0
                while cpu.run().reason != .hlt, steps < 100 { steps += 1 }
                return [
                    cpu[.rip], cpu[.rflags] & 0x8D5, cpu[.rax], cpu[.rbx], cpu[.rcx], cpu[.rdx], cpu[.rdi],
                    machine.read(0xA000),
                ]
            }
            let whole = run(flags: flags)
            machine.cpu.stepping = true
            let stepped = run(flags: flags)
            machine.cpu.stepping = false
            machine.cpu.updateMode()
            #expect(
                whole == stepped,
                "seed \(seed), round \(round), \(code.map { String($0, radix: 16) }), values \(values), flags \(flags)"
            )
        }
    }
}

/// Numbers that are the same for the same seed.
private struct Random {
    private var state: UInt64
    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state ^ state >> 29) &* 0xBF58_476D_1CE4_E5B9 >> 3
    }
    mutating func below(_ limit: UInt64) -> Int { Int(next() >> 20 % limit) }
    mutating func pick<T>(_ values: [T]) -> T { values[below(UInt64(values.count))] }
    /// Limits and their neighbours as often as anything else.
    mutating func value() -> UInt64 {
        switch below(4) {
        case 0: return next()
        case 1: return UInt64(below(3)) &- 1
        case 2: return (1 << UInt64([7, 8, 15, 16, 31, 32, 63][below(7)])) &+ UInt64(below(3)) &- 1
        default: return next() & 0xFF
        }
    }
}

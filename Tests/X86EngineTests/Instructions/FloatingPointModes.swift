// SPDX-License-Identifier: Apache-2.0

import Testing
import X86

@testable import X86Engine

/// What control registers, prefixes and modes make of MMX, SSE and x87.
///
/// - SeeAlso: SDM Vol. 3, "Exception and Interrupt Reference" for #NM and #UD; Vol. 2, "Exception Conditions".
@Suite("Floating point by mode")
struct FloatingPointModes {
    private static let unavailable = Execution.fault(ExceptionVector.deviceNotAvailable, nil)
    private static let error = Execution.fault(19, nil)

    /// Which rules of CR0 and CR4 an instruction goes by.
    private enum Kind: CaseIterable {
        case x87, mmx, sse, extendedState, general

        /// With CR0.EM, with CR0.TS, without CR4.OSFXSR.
        var results: (em: Execution, ts: Execution, noFXSR: Execution) {
            switch self {
            case .x87: (unavailable, unavailable, .done)
            case .mmx: (.undefined, unavailable, .done)
            case .sse: (.undefined, unavailable, .undefined)
            case .extendedState: (.done, unavailable, .done)
            case .general: (.done, .done, .done)
            }
        }
        var instructions: [String] {
            switch self {
            case .x87:
                // FLD1, FNINIT, FADD m32, FNSTCW, FNSTENV, FXSAVE, FXRSTOR
                ["d9 e8", "db e3", "d8 00", "d9 38", "d9 30", "0f ae 00", "0f ae 08"]
            case .mmx:
                // PADDB, EMMS, MOVD, PSHUFW, PADDQ, PSHUFB, PMOVMSKB
                [
                    "0f fc c1", "0f 77", "0f 6e c0", "0f 70 c1 00", "0f d4 c1", "0f 38 00 c1",
                    "0f d7 c1",
                ]
            case .sse:
                // ADDPS, PADDB, MOVD, CVTSI2SD, CVTPI2PS, MOVDQ2Q, PSHUFB, PALIGNR, PCLMULQDQ, AESENC, SHA1NEXTE, LDMXCSR,
                // STMXCSR, MOVNTDQ
                [
                    "0f 58 c1", "66 0f fc c1", "66 0f 6e c0", "f2 0f 2a c0", "0f 2a c1", "f2 0f d6 c1",
                    "66 0f 38 00 c1", "66 0f 3a 0f c1 00", "66 0f 3a 44 c1 00", "66 0f 38 dc c1",
                    "0f 38 c8 c1",
                    "0f ae 10", "0f ae 18", "66 0f e7 00",
                ]
            case .extendedState:
                // XSAVE, XRSTOR, XSAVEOPT, XSAVEC, XSAVES
                ["0f ae 20", "0f ae 28", "0f ae 30", "0f c7 20", "0f c7 28"]
            case .general:
                // CRC32, POPCNT, MOVNTI, PREFETCHT0, SFENCE, CLFLUSH
                [
                    "f2 0f 38 f1 c1", "f3 0f b8 c1", "0f c3 00", "0f 18 08", "0f ae f8", "0f ae 38",
                ]
            }
        }
    }

    private func machine() throws -> SystemMachine {
        let machine = try SystemMachine()
        machine.cpu[.cr4] |= CR4.osxsave
        machine.cpu[.xcr0] = 3
        machine.cpu[.rax] = SystemMachine.operand
        machine.cpu[.rdx] = 0
        return machine
    }

    @Test("CR0.EM, CR0.TS and CR4.OSFXSR decide between running, #NM and #UD")
    func controlRegisters() throws {
        for kind in Kind.allCases {
            for text in kind.instructions {
                let results = kind.results
                let plain = try machine()
                #expect(plain.execute(text) == .done, "\(text)")
                let emulated = try machine()
                emulated.cpu[.cr0] |= CR0.em
                #expect(emulated.execute(text) == results.em, "\(text) with EM")
                let switched = try machine()
                switched.cpu[.cr0] |= CR0.ts
                #expect(switched.execute(text) == results.ts, "\(text) with TS")
                let old = try machine()
                old.cpu[.cr4] &= ~CR4.osfxsr
                #expect(old.execute(text) == results.noFXSR, "\(text) without OSFXSR")
            }
        }
    }

    @Test(
        "FWAIT is unavailable with both MP and TS",
        arguments: [
            (0, .done), (CR0.em, .done), (CR0.ts, .done), (CR0.mp, .done), (CR0.mp | CR0.em, .done),
            (CR0.mp | CR0.ts, unavailable),
        ] as [(UInt64, Execution)]
    )
    func wait(bits: UInt64, result: Execution) throws {
        let machine = try machine()
        machine.cpu[.cr0] |= bits
        #expect(machine.execute("9b") == result)
    }

    @Test("the XSAVE family is undefined without CR4.OSXSAVE, whatever else is wrong")
    func extendedStateOff() throws {
        for text in Kind.extendedState.instructions + ["0f c7 18"] {
            let machine = try machine()
            machine.cpu[.cr4] &= ~CR4.osxsave
            machine.cpu[.cr0] |= CR0.ts
            machine.cpu[.rax] |= 1
            #expect(machine.execute(text) == .undefined, "\(text)")
        }
    }

    @Test("LOCK makes each of them undefined, even where it would be unavailable")
    func lock() throws {
        for kind in Kind.allCases {
            for text in kind.instructions {
                let machine = try machine()
                machine.cpu[.cr0] |= CR0.ts
                #expect(machine.execute("f0 " + text) == .undefined, "\(text)")
            }
        }
    }

    @Test(
        "an unmasked exception is #XM with CR4.OSXMMEXCPT, else #UD; the flag is set and the result is not written",
        arguments: [
            // Flag, instruction, operands.
            (0, "0f 51 c1", 0, 0xBF80_0000),  // SQRTPS of −1
            (1, "f3 0f 58 c1", 0x3F80_0000, 1),  // ADDSS of a denormal
            (2, "f3 0f 5e c1", 0x3F80_0000, 0),  // DIVSS by zero
            (3, "f3 0f 59 c1", 0x7F00_0000, 0x7F00_0000),  // MULSS, too large
            (4, "f3 0f 59 c1", 0x0080_0001, 0x0080_0001),  // MULSS, too small
            (5, "f3 0f 5e c1", 0x3F80_0000, 0x4040_0000),  // DIVSS of 1 by 3
            (0, "f3 0f 2d c1", 0, 0x7F80_0000),  // CVTSS2SI of infinity
            (0, "0f 2f c1", 0, 0x7FC0_0000),  // COMISS with a quiet NaN
        ] as [(UInt32, String, UInt64, UInt64)]
    )
    func unmasked(flag: UInt32, text: String, first: UInt64, second: UInt64) throws {
        for (cr4, result) in [(CR4.osxmmexcpt, FloatingPointModes.error), (0, .undefined)] {
            let machine = try machine()
            machine.cpu[.cr4] |= cr4
            let state = machine.cpu.state
            state[xmm: 0] = SIMD2(first, 7)
            state[xmm: 1] = SIMD2(second, 0)
            machine.cpu[.rflags] = 0x8D7
            state.write(State.Offset.mxcsr, 0x1F80 & ~(0x80 << flag) as UInt32)
            #expect(machine.execute(text) == result, "\(text)")
            #expect(state.read(State.Offset.mxcsr, as: UInt32.self) & 1 << flag != 0)
            #expect(state[xmm: 0] == SIMD2(first, 7))
            #expect(machine.cpu[.rcx] == 0)
            // Masked, it is done and leaves the same flag.
            state.write(State.Offset.mxcsr, 0x1F80 as UInt32)
            machine.cpu[.rsp] = 0x1_4000
            #expect(machine.execute(text) == .done, "\(text)")
            #expect(state.read(State.Offset.mxcsr, as: UInt32.self) & 1 << flag != 0)
        }
    }

    @Test(
        "an unmasked x87 exception waits for the next instruction that is not a control instruction",
        arguments: [
            ("9b", .fault(16, nil)), ("d9 e8", .fault(16, nil)), ("0f 6e c0", .fault(16, nil)),
            ("0f 77", .fault(16, nil)), ("d9 28", .fault(16, nil)),  // FLDCW
            ("db e2", .done), ("db e3", .done), ("df e0", .done), ("d9 38", .done), ("0f ae 00", .done),
            ("0f 58 c1", .done),
        ] as [(String, Execution)]
    )
    func pending(text: String, result: Execution) throws {
        let machine = try machine()
        machine.cpu.state.write(State.Offset.fcw, 0x37B as UInt16)
        // FLD1, FLDZ, FDIVP
        for step in ["d9 e8", "d9 ee", "de f9"] { #expect(machine.execute(step) == .done) }
        #expect(machine.cpu.state.read(State.Offset.fsw, as: UInt16.self) & 0x80FF == 0x8084)
        #expect(machine.execute(text) == result)
    }

    // MARK: Compatibility mode

    /// In 32-bit code at CPL 3.
    private func compatibility() throws -> SystemMachine {
        let machine = try machine()
        machine.enterUserWithMemory()
        machine.cpu[.cs] = Segment(selector: 0x1B, limit: 0xFFFF_FFFF, accessRights: 0xC0FB)
        for segment in [SegmentRegister.ds, .es] {
            machine.cpu[segment] = Segment(selector: 0x23, limit: 0xFFFF_FFFF, accessRights: 0xC0F3)
        }
        return machine
    }

    @Test("in 32-bit code an address of 32 bits is not relative, and what was REX is an instruction")
    func addresses() throws {
        let machine = try compatibility()
        machine.write(SystemMachine.operand, 0x4000_0000_3F80_0000)
        machine.write(SystemMachine.operand + 8, 5)
        // MOVAPS XMM1, [operand]
        #expect(machine.execute("0f 28 0d 00 b0 00 00") == .done)
        #expect(machine.cpu.state[xmm: 1] == SIMD2(0x4000_0000_3F80_0000, 5))
        // INC EAX; MOVD XMM0, EAX
        machine.cpu[.rax] = 6
        #expect(machine.execute("40 66 0f 6e c0") == .done)
        #expect(machine.cpu.state[xmm: 0] == SIMD2(7, 0))
        // FLD m32 with a 16-bit address
        machine.cpu[.rbx] = SystemMachine.operand
        #expect(machine.execute("67 d9 07") == .done)
        #expect(machine.cpu.state.read(State.Offset.st) == 1 << 63 as UInt64)
        // CVTSI2SD takes 32 bits, CVTTSD2SI gives 32.
        machine.cpu[.rcx] = 0xFFFF_FFFF_FFFF_FFFE
        #expect(machine.execute("f2 0f 2a d1") == .done)
        #expect(machine.cpu.state[xmm: 2].x == 0xC000_0000_0000_0000)
        #expect(machine.execute("f2 0f 2c d2") == .done)
        #expect(machine.cpu[.rdx] == 0xFFFF_FFFE)
    }

    @Test("a stack or data segment's limit counts for vectors: #SS or #GP")
    func limits() throws {
        let machine = try compatibility()
        machine.cpu[.ds] = Segment(selector: 0x23, limit: 0xB00F, accessRights: 0x40F3)
        machine.cpu[.ss] = Segment(selector: 0x23, limit: 0xB00F, accessRights: 0x40F3)
        machine.cpu[.rax] = SystemMachine.operand
        machine.cpu[.rbp] = SystemMachine.operand
        #expect(machine.execute("0f 10 00") == .done)
        #expect(machine.execute("0f 10 45 00") == .done)
        machine.cpu[.rax] += 1
        machine.cpu[.rbp] += 1
        #expect(machine.execute("0f 10 00") == .protection())
        #expect(machine.cpu[.cs].selector == 8)
        let other = try compatibility()
        other.cpu[.ss] = Segment(selector: 0x23, limit: 0xB00F, accessRights: 0x40F3)
        other.cpu[.rbp] = SystemMachine.operand + 1
        #expect(other.execute("0f 10 45 00") == .stack())
    }

    @Test("the environment has 28 bytes, with an operand-size prefix 14")
    func environment() throws {
        for (text, size) in [("d9 30", 28), ("66 d9 30", 14)] as [(String, UInt64)] {
            let machine = try compatibility()
            for place in 0..<8 as Range<UInt64> {
                machine.write(SystemMachine.operand + place * 8, 0x5555_5555_5555_5555)
            }
            #expect(machine.execute(text) == .done)
            let word = machine.read(SystemMachine.operand)
            #expect(word & 0xFFFF == 0x37F)
            let last = machine.read(SystemMachine.operand + size - 1)
            #expect(last & 0xFF != 0x55 && last >> 8 & 0xFF == 0x55, "\(text)")
        }
    }

    @Test("FXSAVE and FXRSTOR leave XMM8 to XMM15 out of it")
    func upperRegisters() throws {
        let machine = try compatibility()
        for number in 0..<16 { machine.cpu.state[xmm: number] = SIMD2(UInt64(number), 3) }
        #expect(machine.execute("0f ae 00") == .done)
        #expect(machine.read(SystemMachine.operand + 160 + 7 * 16) == 7)
        #expect(machine.read(SystemMachine.operand + 160 + 8 * 16) == 0)
        for place in 0..<16 as Range<UInt64> { machine.write(SystemMachine.operand + 160 + place * 16, 0x99) }
        #expect(machine.execute("0f ae 08") == .done)
        #expect(
            (0..<16).map { machine.cpu.state[xmm: $0].x } == Array(repeating: 0x99, count: 8) + Array(8...15))
    }
}

// SPDX-License-Identifier: Apache-2.0

import Testing
import X86

@testable import X86Engine

/// - SeeAlso: SDM Vol. 1, "Managing State Using the XSAVE Feature Set".
@Suite("0F AE, 0F C7: FXSAVE and the XSAVE family")
struct ExtendedState {
    private static let area = SystemMachine.operand
    private static let header = area + 512
    private static let compact: UInt64 = 1 << 63

    private func machine(features: UInt64 = 3) throws -> SystemMachine {
        let machine = try SystemMachine()
        machine.cpu[.cr4] |= CR4.osxsave
        machine.cpu[.xcr0] = 3
        machine.cpu[.rdi] = ExtendedState.area
        machine.cpu[.rax] = features
        machine.cpu[.rdx] = 0
        return machine
    }
    /// An area for XRSTOR: numbers that are easily told.
    private func fill(_ machine: SystemMachine, present: UInt64, format: UInt64) {
        for place in 0..<72 as Range<UInt64> { machine.write(ExtendedState.area + place * 8, 0) }
        machine.write(ExtendedState.area, 0x7F_0000_027F)
        machine.write(ExtendedState.area + 24, 0x1F81)
        machine.write(ExtendedState.area + 32, 0x1234)
        machine.write(ExtendedState.area + 160, 0x5678)
        machine.write(ExtendedState.header, present)
        machine.write(ExtendedState.header + 8, format)
    }

    @Test("FXRSTOR and XRSTOR keep eleven bits of the opcode")
    func opcode() throws {
        for text in ["0f ae 0f", "0f ae 2f"] {
            let machine = try machine()
            fill(machine, present: 3, format: 0)
            machine.write(ExtendedState.area, 0xAAE4_0000_0000_037F)
            #expect(machine.execute(text) == .done)
            #expect(machine.cpu.state.read(State.Offset.fop) == 0x2E4 as UInt16)
        }
    }

    @Test(
        "the family's checks: privilege, alignment, prefixes",
        arguments: [
            // At CPL 0, at CPL 3.
            ("0f ae 27", .done, .done),  // XSAVE
            ("0f ae 37", .done, .done),  // XSAVEOPT
            ("0f ae 2f", .done, .done),  // XRSTOR
            ("0f c7 27", .done, .done),  // XSAVEC
            ("0f c7 2f", .done, .protection()),  // XSAVES
            ("0f c7 1f", .protection(), .protection()),  // XRSTORS of the standard form
            ("0f ae 67 08", .protection(), .protection()),  // 8 bytes off
            ("0f ae 6f 08", .protection(), .protection()),
            ("0f c7 67 20", .protection(), .protection()),
            ("0f c7 6f 20", .protection(), .protection()),
            ("0f c7 5f 20", .protection(), .protection()),
            // No prefix selects them.
            ("66 0f ae 27", .undefined, .undefined),
            ("66 0f ae 2f", .undefined, .undefined),
            ("f3 0f ae 37", .undefined, .undefined),
            ("66 0f c7 27", .undefined, .undefined),
            ("f3 0f c7 2f", .undefined, .undefined),
            ("f2 0f c7 1f", .undefined, .undefined),
            ("0f c7 e7", .undefined, .undefined),  // registers
            ("0f c7 ef", .undefined, .undefined),
            ("0f c7 df", .undefined, .undefined),
        ] as [(String, Execution, Execution)]
    )
    func checks(text: String, supervisor: Execution, user: Execution) throws {
        for cpl in [0, 3] {
            let machine = try machine()
            fill(machine, present: 0, format: 0)
            if cpl == 3 { machine.enterUserWithMemory() }
            #expect(machine.execute(text) == (cpl == 0 ? supervisor : user), "CPL \(cpl)")
        }
    }

    @Test(
        "XRSTORS and XRSTOR refuse what the header must not hold",
        arguments: [
            // XSTATE_BV, XCOMP_BV, another word of the header; XRSTOR, XRSTORS.
            (3, 0, nil, .done, .protection()),  // the standard form
            (3, compact | 3, nil, .done, .done),
            (0, compact | 3, nil, .done, .done),
            (1, compact | 1, nil, .done, .done),
            (3, compact | 1, nil, .protection(), .protection()),  // present, but not in the format
            (0, compact | 4, nil, .protection(), .protection()),  // not enabled in XCR0
            (4, 0, nil, .protection(), .protection()),
            (0, 3, nil, .protection(), .protection()),  // a format without the bit that says so
            (0, compact | 3, 16, .protection(), .protection()),
            (0, compact | 3, 56, .protection(), .protection()),
            (0, 0, 16, .protection(), .protection()),
            (0, 0, 24, .done, .protection()),  // beyond the standard header
        ] as [(UInt64, UInt64, UInt64?, Execution, Execution)]
    )
    func headers(present: UInt64, format: UInt64, place: UInt64?, user: Execution, supervisor: Execution)
        throws
    {
        for (text, result) in [("0f ae 2f", user), ("0f c7 1f", supervisor)] {
            let machine = try machine()
            fill(machine, present: present, format: format)
            if let place { machine.write(ExtendedState.header + place, 1) }
            let before = machine.cpu.state[xmm: 0]
            #expect(machine.execute(text) == result, "\(text)")
            if case .fault = result { #expect(machine.cpu.state[xmm: 0] == before) }
        }
    }

    @Test("XSAVES writes what is in use, in the compacted form, and XRSTORS brings it back")
    func supervisor() throws {
        let machine = try machine(features: ~0)
        for place in 0..<72 as Range<UInt64> { machine.write(ExtendedState.area + place * 8, 0x55) }
        machine.cpu.state[xmm: 15] = SIMD2(1, 2)
        machine.cpu.state.write(State.Offset.mxcsr, 0x3F80 as UInt32)
        #expect(machine.execute("48 0f c7 2f") == .done)
        // x87 is as it was in the beginning: it is not written.
        #expect(machine.read(ExtendedState.area) == 0x55)
        #expect(machine.read(ExtendedState.area + 24) == 0xFFFF_0000_3F80)
        #expect(machine.read(ExtendedState.area + 160 + 15 * 16) == 1)
        #expect(machine.read(ExtendedState.header) == 2)
        #expect(machine.read(ExtendedState.header + 8) == ExtendedState.compact | 3)
        for place in 2..<8 as Range<UInt64> { machine.write(ExtendedState.header + place * 8, 0) }

        machine.cpu.state[xmm: 15] = SIMD2(7, 7)
        machine.cpu.state.write(State.Offset.mxcsr, 0x1F80 as UInt32)
        machine.cpu.state.write(State.Offset.fcw, 0x27F as UInt16)
        #expect(machine.execute("48 0f c7 1f") == .done)
        #expect(machine.cpu.state[xmm: 15] == SIMD2(1, 2))
        #expect(machine.cpu.state.read(State.Offset.mxcsr) == 0x3F80 as UInt32)
        // What is not present is set to its beginning.
        #expect(machine.cpu.state.read(State.Offset.fcw) == 0x37F as UInt16)
    }

    @Test("XRSTORS sets MXCSR to its beginning when SSE is not present, XRSTOR of the standard form loads it")
    func controlStatus() throws {
        for (text, format, result) in [
            ("0f c7 1f", ExtendedState.compact | 3, 0x1F80), ("0f ae 2f", 0, 0x1F81),
        ] as [(String, UInt64, UInt32)] {
            let machine = try machine()
            fill(machine, present: 1, format: format)
            machine.cpu.state.write(State.Offset.mxcsr, 0x7F80 as UInt32)
            machine.cpu.state[xmm: 3] = SIMD2(3, 3)
            #expect(machine.execute(text) == .done)
            #expect(machine.cpu.state.read(State.Offset.mxcsr) == result)
            #expect(machine.cpu.state[xmm: 3] == .zero)
            #expect(machine.cpu.state.read(State.Offset.fcw) == 0x27F as UInt16)
            #expect(machine.cpu.state.read(State.Offset.st) == 0x1234 as UInt64)
        }
    }

    @Test(
        "x87 state is in use when any part of it is not as FNINIT and zeros leave it",
        arguments: [
            (State.Offset.fcw, 0x27F), (State.Offset.fsw, 0x4000), (State.Offset.ftw, 1),
            (State.Offset.fip, 1),
            (State.Offset.fdp, 1), (State.Offset.st, 1), (State.Offset.st + 7 * 16 + 8, 1),
        ] as [(Int, UInt16)]
    )
    func inUse(offset: Int, value: UInt16) throws {
        for text in ["0f ae 37", "0f c7 27", "0f c7 2f"] {
            let machine = try machine()
            #expect(machine.execute(text) == .done)
            #expect(machine.read(ExtendedState.header) == 0)
            machine.cpu.state.write(offset, value)
            machine.cpu[.rip] = SystemMachine.start
            #expect(machine.execute(text) == .done)
            #expect(machine.read(ExtendedState.header) == 1, "\(text)")
        }
    }

    @Test("outside 64-bit mode XMM8 to XMM15 are neither counted, saved nor cleared")
    func compatibility() throws {
        let machine = try machine()
        machine.enterUserWithMemory()
        machine.cpu[.cs] = Segment(selector: 0x1B, limit: 0xFFFF_FFFF, accessRights: 0xC0FB)
        machine.cpu[.ds] = Segment(selector: 0x23, limit: 0xFFFF_FFFF, accessRights: 0xC0F3)
        for number in 8..<16 { machine.cpu.state[xmm: number] = SIMD2(UInt64(number), 3) }
        #expect(machine.execute("0f ae 37") == .done)
        #expect(machine.read(ExtendedState.header) == 0)
        #expect(machine.execute("0f ae 27") == .done)
        #expect(machine.read(ExtendedState.area + 160 + 8 * 16) == 0)
        machine.cpu.state[xmm: 0] = SIMD2(1, 1)
        #expect(machine.execute("0f ae 2f") == .done)
        #expect(machine.cpu.state[xmm: 0] == .zero)
        #expect((8..<16).allSatisfy { machine.cpu.state[xmm: $0] == SIMD2(UInt64($0), 3) })
    }
}

// SPDX-License-Identifier: Apache-2.0

import Boot
import KVM
import KVMABI
import TDXABI
import Testing
import X86

/// Part 4 of TDX for KVM: what of a TDVMCALL the program sees, and what the guest gets back.
@Suite("Userspace exits: a flat guest")
struct UserExitTests {
    private static let shared = FlatProgram.sharedBit
    private static let invalid: UInt64 = 1 << 63
    private static let unaligned: UInt64 = 1 << 63 | 2
    private static let unsupported: UInt64 = 1 << 63 | 3

    /// A TDVMCALL, then R10 to R15 reported.
    private static func call(
        _ program: inout FlatProgram, _ leaf: TDVMCallLeaf, _ r12: UInt64 = 0, _ r13: UInt64 = 0,
        _ r14: UInt64 = 0, _ r15: UInt64 = 0
    ) {
        program.vmcall(leaf, r12, r13, r14, r15)
        for register in [.r10, .r11, .r12, .r13, .r14, .r15] as [GeneralRegister] {
            program.report(register)
        }
    }

    /// A TD that makes one call, and the registers that it gets.
    private static func guest(
        _ leaf: TDVMCallLeaf, _ r12: UInt64 = 0, _ r13: UInt64 = 0, _ r14: UInt64 = 0, _ r15: UInt64 = 0
    ) throws -> TestTD {
        TestTD.flat(try Client()) { Self.call(&$0, leaf, r12, r13, r14, r15) }
    }

    @Test(
        "a port is read and written in 1, 2 or 4 bytes",
        arguments: [
            (1, 0x41, 0xFFFF_FF99, 0x99), (2, 0x4142, 0xFFFF_8899, 0x8899),
            (4, 0x4142_4344, 0xFFEE_8899, 0xFFEE_8899),
        ] as [(UInt64, UInt32, UInt32, UInt64)])
    func ports(size: UInt64, written: UInt32, given: UInt32, read: UInt64) throws {
        let td = TestTD.flat(try Client()) { program in
            Self.call(
                &program, .io, size, 1, 0x1_03F8, 0xABCD_EF01_4142_4344 & ~0xFFFF_FFFF | UInt64(written))
            Self.call(&program, .io, size, 0, 0xCF8)
        }
        defer { td.close() }
        let area = try #require(td.area())
        #expect(td.run() == 0)
        #expect(area.exitReason == .io)
        #expect(area.io == KVMRun.IO(isWrite: true, size: UInt8(size), port: 0x3F8))
        #expect(area.portData == written)
        #expect(td.reports(most: 6).values[0..<2] == [0, 30])
        #expect(td.run() == 0)
        #expect(area.io == KVMRun.IO(isWrite: false, size: UInt8(size), port: 0xCF8))
        area.portData = given
        #expect(td.reports().values == [0, read, size, 0, 0xCF8, 0])
    }

    @Test("string port instructions are #VE, and the guest makes single calls of them")
    func stringPorts() throws {
        let text = Array("TDX".utf8)
        let td = TestTD.flat(try Client()) { program in
            let (start, handler, data) = (program.code.label(), program.code.label(), program.code.label())
            program.code.jmp(start)
            program.code.place(data)
            program.code.data(text)
            program.code.place(handler)
            program.code.push(.rcx)
            program.code.push(.rdx)
            program.tdcall(.vpVEInfoGet)
            program.report(.rcx)
            program.report(.rdx)
            program.code.pop(.rdx)
            program.code.pop(.rbx)
            let again = program.code.here()
            program.code.movzx(.r15, .at(.rsi), .byte)
            program.code.inc(.rsi)
            program.code.mov(.r14, .rdx)
            program.vmcall(.io, 1, 1)
            program.code.dec(.rbx)
            program.code.jcc(.notEqual, again)
            program.code.mov(.rcx, .rbx)
            program.code.add(.at(.rsp), 2, .qword)
            program.code.iret()
            program.code.place(start)
            program.gates[20] = handler
            program.code.lea(.rsi, .label(data))
            program.code.mov(.rcx, 3)
            program.code.mov(.rdx, 0x402)
            program.code.data([0xF3, 0x6E])  // REP OUTSB
            program.report(.rcx)
        }
        defer { td.close() }
        let area = try #require(td.area())
        // Byte, out, string, REP, port.
        #expect(td.reports(most: 2).values == [30, 1 << 4 | 1 << 5 | 0x402 << 16])
        for byte in text {
            #expect(td.run() == 0)
            #expect(area.io == KVMRun.IO(isWrite: true, size: 1, port: 0x402))
            #expect(area.portData == UInt32(byte))
        }
        #expect(td.reports() == ([0], .end))
    }

    @Test(
        "MMIO is read and written in 1, 2, 4 or 8 bytes",
        arguments: [
            (1, 0x88, 0x11), (2, 0x7788, 0x2211), (4, 0x5566_7788, 0x4433_2211),
            (8, 0x1122_3344_5566_7788, 0x8877_6655_4433_2211),
        ] as [(UInt64, UInt64, UInt64)])
    func mmio(size: UInt64, written: UInt64, read: UInt64) throws {
        let td = TestTD.flat(try Client()) { program in
            Self.call(&program, .requestMMIO, size, 1, Self.shared | 0xFEC0_0000, 0x1122_3344_5566_7788)
            Self.call(&program, .requestMMIO, size, 0, Self.shared | 0xFEC0_0010)
        }
        defer { td.close() }
        let area = try #require(td.area())
        #expect(td.run() == 0)
        #expect(
            area.mmio
                == KVMRun.MMIO(address: 0xFEC0_0000, data: written, length: UInt32(size), isWrite: true))
        #expect(td.reports(most: 6).values[0..<2] == [0, 48])
        #expect(td.run() == 0)
        #expect(
            area.mmio == KVMRun.MMIO(address: 0xFEC0_0010, data: 0, length: UInt32(size), isWrite: false))
        area.mmio.data = 0x8877_6655_4433_2211
        #expect(td.reports().values[0..<2] == [0, read])
    }

    @Test(
        "MapGPA comes in pieces of 2 MiB, and each answer has its effect",
        arguments: [
            ([0, 0, 0], [0, 0x10001], 0),
            ([0, 11], [1, shared | 0x30_1000], 0),
            ([22], [invalid, shared | 0x10_1000], 0),
            ([0, 0, 5], [], Errno.invalid.result),
        ] as [([UInt64], [UInt64], Int)])
    func mapGPA(answers: [UInt64], registers: [UInt64], result: Int) throws {
        let td = try Self.guest(.mapGPA, Self.shared | 0x10_1000, 5 << 20)
        defer { td.close() }
        let area = try #require(td.area())
        for (index, answer) in answers.enumerated() {
            #expect(td.run() == 0)
            #expect(area.exitReason == .hypercall)
            #expect(area.hypercallNumber == 12)
            #expect(area.hypercallArguments[0] == 0x10_1000 + UInt64(index) << 21)
            #expect(area.hypercallArguments[1] == (index == 2 ? 256 : 512))
            #expect(area.hypercallArguments[2] == 0)
            #expect((area.hypercallFlags, area.hypercallResult) == (1, 0))
            area.hypercallResult = answer
        }
        let (values, stop) = td.reports()
        #expect(Array(values.prefix(2)) == registers)
        #expect(stop.result == result)
        if result == 0 { #expect(values[2...] == [Self.shared | 0x10_1000, 5 << 20, 0, 0]) }
    }

    @Test("MapGPA of private memory says so")
    func mapPrivate() throws {
        let td = try Self.guest(.mapGPA, 0x1000, 0x1000)
        defer { td.close() }
        #expect(td.run() == 0)
        #expect(td.area()?.hypercallArguments[2] == KVMConstant.mapGPAEncrypted)
        #expect(td.reports().values[0] == 0)
    }

    @Test("MapGPA breaks off for an event, and the guest may go on from there")
    func mapGPAInterrupted() throws {
        let client = try Client()
        let td = TestTD.flat(client) { program in
            program.handle(2, endsInterrupt: false)
            Self.call(&program, .mapGPA, Self.shared, 4 << 20)
        }
        defer { td.close() }
        #expect(td.run() == 0)
        #expect(client.call(td.vcpus[0], .nmi) == 0)
        #expect(td.reports(most: 3).values == [2, 1, Self.shared | 2 << 20])
    }

    @Test("MapGPA is not there before the program wants it")
    func mapGPADisabled() throws {
        let client = try Client()
        let td = TestTD.flat(client) { Self.call(&$0, .mapGPA, Self.shared, 0x1000) }
        defer { td.close() }
        #expect(client.enable(td.vm, .exitHypercall, 0) == 0)
        #expect(td.reports().values[0..<2] == [Self.unsupported, 0x10001])
    }

    @Test("GetQuote gives the program the buffer, and the guest its answer", arguments: [0, unsupported, 1])
    func getQuote(answer: UInt64) throws {
        let td = try Self.guest(.getQuote, Self.shared | 0x3000, 0x2000)
        defer { td.close() }
        let area = try #require(td.area())
        #expect(td.run() == 0)
        #expect(area.exitReason == .tdx)
        #expect((area.load(32) as UInt64, area.tdxNumber) == (0, 0x10002))
        #expect((area.tdxData[0], area.tdxData[1]) == (0x3000, 0x2000))
        #expect(area.tdxResult == Self.unsupported, "what a program gets that does not know it")
        area.tdxResult = answer
        #expect(td.reports().values == [answer, 0x10002, Self.shared | 0x3000, 0x2000, 0, 0])
    }

    @Test("GetTdVmCallInfo: the program says which calls it has")
    func info() throws {
        let td = TestTD.flat(try Client()) { program in
            Self.call(&program, .getTDVMCallInfo, 0, 5, 6, 7)
            Self.call(&program, .getTDVMCallInfo, 1, 5, 6, 7)
        }
        defer { td.close() }
        let area = try #require(td.area())
        #expect(td.reports(most: 6).values == [0, 0, 0, 0, 0, 7])
        #expect(td.run() == 0)
        #expect(area.exitReason == .tdx)
        #expect((area.tdxNumber, area.tdxResult) == (0x10000, 0))
        #expect((0..<5).map { area.tdxData[$0] } == [1, 0, 0, 0, 0])
        var data = [5 of UInt64](repeating: 0)
        for index in 0..<5 { data[index] = 0x10 + UInt64(index) }
        area.tdxData = data
        #expect(td.reports().values == [0, 0x11, 0x12, 0x13, 0x14, 7])
    }

    @Test("KVM's own hypercalls answer as Linux's do")
    func hypercalls() throws {
        let client = try Client()
        let td = TestTD.flat(client) { program in
            for number in [1, 5, 9, 11, 13, 99] as [UInt64] {
                program.hypercall(number, 0, 0)
                program.report(.r10)
            }
            // KVM_HC_MAP_GPA_RANGE: no page, no whole page, and one that the program decides on.
            for (gpa, pages) in [(0x1000, 0), (0x1001, 1), (0x1000, 3)] as [(UInt64, UInt64)] {
                program.hypercall(12, gpa, pages, 0x10)
                program.report(.r10)
            }
        }
        defer { td.close() }
        #expect(client.setCPUID(td.vcpus[0], offers: 1 << 7 | 1 << 13) == 0)
        let (unknown, unsupported, invalid) = (
            UInt64(bitPattern: -1000), UInt64(bitPattern: -95), UInt64(bitPattern: -22)
        )
        let (values, stop) = td.reports(0)
        #expect(values == [0, 0, unsupported, 0, unknown, unknown, invalid, invalid])
        #expect(stop.reason == .hypercall)
        let area = try #require(td.area(0))
        #expect((0..<3).map { area.hypercallArguments[$0] } == [0x1000, 3, 0x10])
        area.hypercallResult = 7
        #expect(td.reports(0).values == [7])
    }

    @Test("SetupEventNotifyInterrupt gives the program the vector")
    func eventNotify() throws {
        let td = try Self.guest(.setupEventNotifyInterrupt, 0x77)
        defer { td.close() }
        let area = try #require(td.area())
        #expect(td.run() == 0)
        #expect((area.exitReason, area.tdxNumber, area.tdxData[0]) == (.tdx, 0x10004, 0x77))
        #expect(area.tdxResult == Self.unsupported)
        area.tdxResult = 0
        #expect(td.reports().values[0..<2] == [0, 0x10004])
    }

    @Test("ReportFatalError shows the registers of the text, and running on returns from it")
    func fatal() throws {
        let text: [GeneralRegister] = [.r14, .r15, .rbx, .rdi, .rsi, .r8, .r9, .rdx]
        let td = TestTD.flat(try Client()) { program in
            for (index, register) in text.enumerated() {
                program.code.mov(register, unsigned: 0x4141_4141_4141_4141 &+ UInt64(index))
            }
            program.code.mov(.rax, 0)
            program.code.mov(.rcx, 0xFFCC)
            program.code.mov(.r10, 0)
            program.code.mov(.r11, unsigned: TDVMCallLeaf.reportFatalError.rawValue)
            program.code.mov(.r12, unsigned: 1 << 63 | 3)
            program.code.mov(.r13, unsigned: Self.shared | 0x5000)
            program.code.tdcall()
            program.report(.r10)
        }
        defer { td.close() }
        let area = try #require(td.area())
        #expect(td.run() == 0)
        #expect((area.exitReason, area.systemEvent.type) == (.systemEvent, .tdxFatal))
        var expected = [UInt64](repeating: 0, count: 16)
        for (index, register) in text.enumerated() {
            expected[Int(register.rawValue)] = 0x4141_4141_4141_4141 &+ UInt64(index)
        }
        (expected[0], expected[1]) = (77, 0xFFCC)
        (expected[11], expected[12], expected[13]) = (0x10003, 1 << 63 | 3, Self.shared | 0x5000)
        #expect(area.systemEvent.data == expected)
        #expect(td.reports() == ([0], .end))
    }

    @Test(
        "calls that KVM answers by itself",
        arguments: [
            (.io, [3, 0, 0x3F8], [invalid, 30]), (.io, [8, 0, 0x3F8], [invalid, 30]),
            (.io, [0, 0, 0x3F8], [invalid, 30]), (.io, [1, 2, 0x3F8], [invalid, 30]),
            (.requestMMIO, [4, 0, 0xFEC0_0000], [invalid, 48]),  // private
            (.requestMMIO, [3, 0, shared], [invalid, 48]), (.requestMMIO, [4, 2, shared], [invalid, 48]),
            (.requestMMIO, [8, 0, shared - 4], [invalid, 48]),  // private to shared
            (.requestMMIO, [8, 0, ~3], [invalid, 48]),
            (.mapGPA, [0x800, 0x1000], [unaligned, 0x800]), (.mapGPA, [0x1000, 0x800], [unaligned, 0x1000]),
            (.mapGPA, [0x1000, 0], [invalid, 0x1000]), (.mapGPA, [~0xFFF, 0x2000], [invalid, ~0xFFF]),
            (.mapGPA, [shared - 0x1000, 0x2000], [invalid, shared - 0x1000]),
            (.mapGPA, [1 << 52, 0x1000], [invalid, 1 << 52]),
            (.getQuote, [0x3000, 0x1000], [invalid, 0x10002]),  // private
            (.getTDVMCallInfo, [2], [invalid, 0x10000]),
            (.setupEventNotifyInterrupt, [31], [invalid, 0x10004]),
            (.setupEventNotifyInterrupt, [256], [invalid, 0x10004]),
            (.service, [], [unsupported, 0x10005]), (.migTD, [], [unsupported, 0x10006]),
            (.pconfig, [], [unsupported, 65]), (TDVMCallLeaf(rawValue: 36), [], [unsupported, 36]),
            (TDVMCallLeaf(rawValue: 39), [], [unsupported, 39]),
            (TDVMCallLeaf(rawValue: 54), [], [unsupported, 54]),
            (TDVMCallLeaf(rawValue: 0), [], [unsupported, 0]),
            (TDVMCallLeaf(rawValue: 1 << 40), [], [unsupported, 1 << 40]),
        ] as [(TDVMCallLeaf, [UInt64], [UInt64])])
    func answers(leaf: TDVMCallLeaf, arguments: [UInt64], registers: [UInt64]) throws {
        let padded = arguments + [UInt64](repeating: 0, count: 4 - arguments.count)
        let td = try Self.guest(leaf, padded[0], padded[1], padded[2], padded[3])
        defer { td.close() }
        #expect(td.reports() == (registers + padded, .end))
    }
}

// SPDX-License-Identifier: Apache-2.0

import Boot
import KVM
import KVMABI
import TDXABI
import Testing
import X86

/// vCPUs on threads of their own, which get into each other's way as much as they can.
@Suite("Several vCPUs: a flat guest")
struct SeveralVCPUTests {
    private static let shared = FlatProgram.sharedBit

    /// Runs every vCPU on its own thread to its end; an event of MapGPA is answered as a program does.
    private static func runAll(_ td: TestTD) -> [(values: [UInt64], stop: TestTD.Stop)] {
        let workers = td.vcpus.indices.map { index in
            Worker { () -> (values: [UInt64], stop: TestTD.Stop) in
                var values: [UInt64] = []
                while true {
                    let (more, stop) = td.reports(index)
                    values += more
                    guard stop == TestTD.Stop(result: 0, reason: .hypercall), let area = td.area(index) else {
                        return (values, stop)
                    }
                    let start = area.hypercallArguments[0]
                    _ = td.setPrivate(
                        start..<start + area.hypercallArguments[1] << 12, area.hypercallArguments[2] != 0)
                }
            }
        }
        return workers.map(\.value)
    }

    /// Accepts the page at RBX, as often as the module says that it is busy.
    private static func acceptPage(_ program: inout FlatProgram) {
        let again = program.code.here()
        program.code.mov(.rcx, .rbx)
        program.tdcall(.memPageAccept)
        program.code.mov(.rdx, .rax)
        program.code.shr(.rdx, 40)
        program.code.cmp(.rdx, 0x80_0002)  // TDX_OPERAND_BUSY
        program.code.jcc(.equal, again)
    }

    @Test("LOCK-prefixed instructions lose nothing", arguments: [2, 4, 8])
    func locked(count: Int) throws {
        let client = try Client(processors: count)
        let page = FlatProgram.free
        let rounds: Int64 = 2000
        let td = TestTD.flat(client, vcpus: count) { program in
            let (others, wait) = (program.code.label(), program.code.label())
            program.code.mov(.rbx, unsigned: FlatProgram.alias(page))
            program.only(0, else: others)
            program.accept(page + 0x1000)
            program.code.place(others)
            // All begin at the same time.
            program.code.mov(.rax, 1)
            program.code.lockXadd(.at(.rbx), .rax, .dword)
            program.code.place(wait)
            program.code.pause()
            program.code.cmp(.at(.rbx), Int64(count), .dword)
            program.code.jcc(.notEqual, wait)
            program.code.mov(.rdi, unsigned: page + 0x1000)
            program.code.mov(.rsi, rounds)
            let (again, retry) = (program.code.here(), program.code.label())
            program.code.lockInc(.at(.rdi), .qword)
            program.code.mov(.rax, 3)
            program.code.lockXadd(.at(.rdi, 8), .rax, .dword)
            program.code.place(retry)
            program.code.mov(.rax, .at(.rdi, 16))
            program.code.lea(.rdx, .at(.rax, 5))
            program.code.lockCmpxchg(.at(.rdi, 16), .rdx)
            program.code.jcc(.notEqual, retry)
            program.code.dec(.rsi)
            program.code.jcc(.notEqual, again)
            program.code.mov(.rax, 1)
            program.code.lockXadd(.at(.rbx, 8), .rax, .dword)
            let end = program.code.here()
            program.code.pause()
            program.code.cmp(.at(.rbx, 8), Int64(count), .dword)
            program.code.jcc(.notEqual, end)
            for offset in [0, 8, 16] as [Int32] {
                program.code.mov(.rax, .at(.rdi, offset))
                program.report(.rax)
            }
        }
        defer { td.close() }
        #expect(td.setPrivate(page..<page + 0x1000, false) == 0)
        let total = UInt64(count) * UInt64(rounds)
        for result in Self.runAll(td) {
            #expect(result.values == [total, 3 * total, 5 * total])
            #expect(result.stop == .end)
        }
    }

    @Test("pages are accepted by all at once, and the mirror is the Secure EPT", arguments: [2, 4, 8])
    func accept(count: Int) throws {
        let client = try Client(processors: count)
        let pages = 64
        let td = TestTD.flat(client, vcpus: count) { program in
            // vCPU n takes page n, n + count …
            program.code.mov(.rbx, unsigned: FlatProgram.free)
            program.code.mov(.rax, .rbp)
            program.code.shl(.rax, 12)
            program.code.add(.rbx, .rax)
            program.code.mov(.rsi, Int64(pages / count))
            let again = program.code.here()
            let good = program.code.label()
            Self.acceptPage(&program)
            program.code.test(.rax, .rax)
            program.code.jcc(.equal, good)
            program.report(.rax)
            program.code.place(good)
            program.code.mov(.at(.rbx), .rbp)
            program.code.add(.rbx, Int64(count) << 12)
            program.code.dec(.rsi)
            program.code.jcc(.notEqual, again)
            program.report(1)
        }
        defer { td.close() }
        for result in Self.runAll(td) {
            #expect(result.values == [1])
            #expect(result.stop == .end)
        }
        #expect(td.mirrorDifferences() == [])
        let mapped = td.secureEPT().filter {
            $0.key.level == 0 && $0.key.index < (FlatProgram.free >> 12) + 512
        }
        #expect(mapped.count == pages && mapped.values.allSatisfy { $0.state == 4 })
    }

    @Test("each converts its own page back and forth while the others run", arguments: [2, 4])
    func convert(count: Int) throws {
        let client = try Client(processors: count)
        let rounds: Int64 = 20
        let td = TestTD.flat(client, vcpus: count) { program in
            program.code.mov(.rbx, unsigned: FlatProgram.free)
            program.code.mov(.rax, .rbp)
            program.code.shl(.rax, 12)
            program.code.add(.rbx, .rax)
            program.code.mov(.rdi, .rbx)
            program.code.mov(.rax, unsigned: FlatProgram.sharedAlias)
            program.code.add(.rdi, .rax)
            program.code.mov(.rsi, rounds)
            let again = program.code.here()
            for isPrivate in [true, false] {
                let retry = program.code.here()
                program.code.mov(.r12, .rbx)
                if !isPrivate {
                    program.code.mov(.rax, unsigned: Self.shared)
                    program.code.or(.r12, .rax)
                }
                program.code.mov(.r13, 0x1000)
                program.vmcall(.mapGPA)
                program.code.cmp(.r10, 1)
                program.code.jcc(.equal, retry)
                if isPrivate {
                    Self.acceptPage(&program)
                    program.code.cmp(.at(.rbx), 0, .qword)
                    let clean = program.code.label()
                    program.code.jcc(.equal, clean)
                    program.report(0xBAD)
                    program.code.place(clean)
                    program.code.mov(.at(.rbx), 0x11, .qword)
                } else {
                    program.code.inc(.at(.rdi), .qword)
                }
            }
            program.code.dec(.rsi)
            program.code.jcc(.notEqual, again)
            program.report(1)
        }
        defer { td.close() }
        for result in Self.runAll(td) {
            #expect(result.values == [1])
            #expect(result.stop == .end)
        }
        for index in 0..<count {
            #expect(td.memory.load(fromByteOffset: index << 12, as: Int64.self) == rounds)
        }
        #expect(td.mirrorDifferences() == [])
    }

    @Test("IPIs go round all vCPUs, each asleep until its turn", arguments: [2, 4, 8])
    func ring(count: Int) throws {
        let client = try Client(processors: count)
        let rounds: Int64 = 50
        let td = TestTD.flat(client, vcpus: count) { program in
            program.handle(0x61) { $0.code.inc(.rsi) }
            program.writeMSR(0x80F, 0x1FF)
            program.report(9)
            program.code.xor(.rsi, .rsi, .dword)
            let (again, pass) = (program.code.label(), program.code.label())
            program.code.xor(.rdi, .rdi, .dword)
            program.code.test(.rbp, .rbp)
            program.code.jcc(.equal, pass)
            program.code.place(again)
            program.halt()
            program.code.cmp(.rsi, .rdi)
            program.code.jcc(.equal, again)
            program.code.mov(.rdi, .rsi)
            program.code.place(pass)
            // To the next: (RBP + 1) mod count
            program.code.mov(.r13, .rbp)
            program.code.inc(.r13)
            program.code.and(.r13, Int64(count - 1))
            program.code.shl(.r13, 32)
            program.code.or(.r13, 0x61)
            program.vmcall(.wrmsr, 0x830)
            program.code.cmp(.rdi, rounds)
            program.code.jcc(.less, again)
            program.report(.rsi)
        }
        defer { td.close() }
        for index in 0..<count {
            #expect(td.reports(index, most: 1).values == [9], "its APIC is enabled")
        }
        for result in Self.runAll(td) {
            #expect(result.values == [UInt64(rounds)])
            #expect(result.stop == .end)
        }
    }

    @Test("more TDs than processors share them")
    func oversubscribed() throws {
        let client = try Client(processors: 2, memory: 256 << 20)
        let tds = (0..<3).map { _ in
            TestTD.flat(client, vcpus: 2) { program in
                program.code.mov(.rsi, 200_000)
                let again = program.code.here()
                program.code.dec(.rsi)
                program.code.jcc(.notEqual, again)
                program.report(.rbp)
            }
        }
        let workers = tds.flatMap { td in (0..<2).map { index in Worker { td.reports(index).values } } }
        #expect(workers.map(\.value) == [[0], [1], [0], [1], [0], [1]])
        for td in tds { td.close() }
    }
}

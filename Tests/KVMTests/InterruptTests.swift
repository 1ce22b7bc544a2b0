// SPDX-License-Identifier: Apache-2.0

import Boot
import KVM
import KVMABI
import Synchronization
import TDXABI
import Testing
import X86

/// Part 5 of TDX for KVM: interrupts reach a vCPU that runs, and wake one that sleeps.
@Suite("Interrupts: a flat guest")
struct InterruptTests {
    private static let page = FlatProgram.free

    /// Spins with interrupts on until the doubleword at `page` is not 0.
    private static func spin(_ program: inout FlatProgram) {
        program.code.mov(.rbx, unsigned: page)
        program.code.sti()
        let again = program.code.here()
        program.code.pause()
        program.code.cmp(.at(.rbx), 0, .dword)
        program.code.jcc(.equal, again)
        program.code.cli()
    }

    private static func message(_ client: Client, _ td: TestTD, to destination: UInt32, data: UInt32) -> Int {
        var message = KVMMSI()
        message.addressLow = 0xFEE0_0000 | destination << 12
        message.data = data
        return client.call(td.vm, .signalMSI, &message)
    }

    @Test(
        "the local timer counts down, once or again and again, and keeps a deadline",
        arguments: [(0, 1), (1 << 17, 3), (2 << 17, 1)] as [(UInt64, Int)])
    func timer(mode: UInt64, count: Int) throws {
        let td = TestTD.flat(try Client()) { program in
            program.handle(0x40)
            program.writeMSR(0x80F, 0x1FF)
            program.writeMSR(0x832, mode | 0x40)
            program.writeMSR(0x83E, 0xB)
            if mode == 2 << 17 {
                program.code.rdtsc()
                program.code.shl(.rdx, 32)
                program.code.or(.rax, .rdx)
                program.code.add(.rax, 2_000_000)  // 1 ms
                program.code.mov(.rbx, .rax)
                program.code.mov(.r13, .rax)
                program.vmcall(.wrmsr, 0x6E0)
            } else {
                program.writeMSR(0x838, 5000)  // 200 µs at 25 MHz
            }
            for _ in 0..<count { program.halt() }
            program.vmcall(.rdmsr, mode == 2 << 17 ? 0x6E0 : 0x838)
            program.report(.r11)
            if mode == 2 << 17 {
                program.code.rdtsc()
                program.code.shl(.rdx, 32)
                program.code.or(.rax, .rdx)
                program.code.cmp(.rax, .rbx)
                program.code.setcc(.above, .rax)
                program.code.movzx(.rax, .rax, .byte)
                program.report(.rax)  // not before its time
            }
        }
        defer { td.close() }
        let last: [UInt64] = mode == 2 << 17 ? [0, 1] : [5000]
        let (values, stop) = td.reports()
        // A period may be over again before interrupts are off.
        let taken = values.prefix { $0 == 0x40 }.count
        #expect(mode == 1 << 17 ? taken >= count : taken == count)
        #expect(Array(values.dropFirst(taken)) == last)
        #expect(stop == .end)
    }

    @Test("a self IPI of the virtual APIC and one by the command register are taken in order of priority")
    func selfIPI() throws {
        let td = TestTD.flat(try Client()) { program in
            for vector in [0x41, 0x52, 0x63] as [UInt8] { program.handle(vector) }
            program.writeMSR(0x80F, 0x1FF)
            program.code.mov(.rcx, 0x83F)
            program.code.mov(.rax, 0x41)
            program.code.xor(.rdx, .rdx, .dword)
            program.code.wrmsr()
            program.writeMSR(0x830, 0x4_0052)  // shorthand: self
            program.writeMSR(0x830, 0x63)  // destination 0, which is this vCPU
            program.report(1)
            program.code.sti()
            program.code.nop()
            program.code.cli()
            program.report(2)
        }
        defer { td.close() }
        #expect(td.reports() == ([1, 0x63, 0x52, 0x41, 2], .end))
    }

    @Test("the end of an interrupt lets the next come, and no program hears of it")
    func endOfInterrupt() throws {
        let td = TestTD.flat(try Client()) { program in
            program.handle(0x45)
            program.handle(0x46) { program in
                program.writeMSR(0x830, 0x4_0045)  // of the same class: not before the end of this one
                program.code.sti()
                program.code.nop()
                program.report(0x46)
                program.endOfInterrupt()
                program.code.nop()
                program.code.cli()
                program.report(1)
                program.writeMSR(0x830, 0x4_0045)
            }
            program.writeMSR(0x80F, 0x1FF)
            program.writeMSR(0x830, 0x4_0046)
            program.code.sti()
            program.code.nop()
            program.code.cli()
            program.report(2)
        }
        defer { td.close() }
        let (values, stop) = td.reports()
        #expect(values == [0x46, 0x45, 1, 0x45, 2])
        #expect(stop == .end)
    }

    @Test("an IPI wakes a vCPU that sleeps and interrupts one that runs", arguments: [false, true])
    func betweenVCPUs(isHalted: Bool) throws {
        let client = try Client()
        let td = TestTD.flat(client, vcpus: 2) { program in
            program.handle(0x61) { program in
                program.report(.rbp)
                program.code.mov(.rax, unsigned: Self.page)
                program.code.mov(.at(.rax), 1, .dword)
            }
            program.writeMSR(0x80F, 0x1FF)
            let (other, end) = (program.code.label(), program.code.label())
            program.only(0, else: other)
            program.accept(Self.page)
            program.report(10)
            program.writeMSR(0x830, 1 << 32 | 0x61)
            program.report(11)
            program.code.jmp(end)
            program.code.place(other)
            program.report(9)
            if isHalted { program.halt() } else { Self.spin(&program) }
            program.report(12)
            program.code.place(end)
        }
        defer { td.close() }
        #expect(td.reports(0, most: 1).values == [10])
        #expect(td.reports(1, most: 1).values == [9], "its APIC is enabled")
        let other = Worker { td.reports(1).values }
        #expect(td.reports(0).values == [11])
        #expect(other.value == [1, 12])
    }

    /// Three vCPUs with interrupt 0x71: the first runs `body`, the others report 9 when they are ready, and halt.
    private static func listening(_ client: Client, _ body: (inout FlatProgram) -> Void) -> TestTD {
        TestTD.flat(client, vcpus: 3) { program in
            program.handle(0x71)
            program.writeMSR(0x80F, 0x1FF)
            let (other, end) = (program.code.label(), program.code.label())
            program.only(0, else: other)
            body(&program)
            program.code.jmp(end)
            program.code.place(other)
            program.report(9)
            program.halt()
            program.code.place(end)
        }
    }

    @Test("IPIs to all, to all but self and to logical destinations reach who they should")
    func shorthands() throws {
        let client = try Client(processors: 4)
        let td = Self.listening(client) { program in
            program.writeMSR(0x830, 2 << 18 | 0x71)
            program.halt()
            program.report(1)
            program.writeMSR(0x830, 3 << 18 | 0x71)
            program.report(2)
            program.writeMSR(0x830, 0b110 << 32 | 1 << 11 | 0x71)  // logical: vCPUs 1 and 2 of cluster 0
            program.report(3)
        }
        defer { td.close() }
        for index in 1...2 { #expect(td.reports(index, most: 1).values == [9], "their APICs are enabled") }
        // Each of the others has its interrupt before the next is sent: a vector is pending once.
        #expect(td.reports(0, most: 2).values == [0x71, 1])
        for index in 1...2 { #expect(td.reports(index, most: 1).values == [0x71]) }
        #expect(td.reports(0).values == [2, 3])
    }

    @Test("KVM_HC_SEND_IPI reaches those whose bits are set, and says how many")
    func sendIPI() throws {
        let client = try Client(processors: 4)
        let td = Self.listening(client) { program in
            // Bits of APIC ids from 1 on; two of them are nobody's.
            program.hypercall(10, 0b111, 1 << 63, 1, 1 << 14 | 0x71)
            program.report(.r10)
            // From an id that none has; by a logical destination, and to all but self.
            for (least, command) in [(200, 0x71), (1, 1 << 11 | 0x71), (1, 3 << 18 | 0x71)]
                as [(UInt64, UInt64)]
            {
                program.hypercall(10, 0b11, 0, least, command)
                program.report(.r10)
            }
        }
        defer { td.close() }
        for vcpu in td.vcpus { #expect(client.setCPUID(vcpu, offers: 1 << 11) == 0) }
        for index in 1...2 { #expect(td.reports(index, most: 1).values == [9], "their APICs are enabled") }
        let invalid = UInt64(bitPattern: -22)
        #expect(td.reports(0).values == [2, 0, invalid, invalid])
        for index in 1...2 { #expect(td.reports(index, most: 1).values == [0x71]) }
    }

    @Test("KVM_SIGNAL_MSI reaches a vCPU that is outside, that sleeps, that runs")
    func messages() throws {
        let client = try Client()
        let td = TestTD.flat(client) { program in
            program.handle(0x51)
            program.handle(0x52)
            program.handle(0x53) { program in
                program.report(0x53)
                program.code.mov(.rax, unsigned: Self.page)
                program.code.mov(.at(.rax), 1, .dword)
            }
            program.writeMSR(0x80F, 0x1FF)
            program.accept(Self.page)
            program.report(1)
            program.code.sti()
            program.code.nop()
            program.code.cli()
            program.report(2)
            program.halt()
            program.report(3)
            Self.spin(&program)
            program.report(4)
        }
        defer { td.close() }
        #expect(td.reports(most: 1).values == [1])
        #expect(Self.message(client, td, to: 0, data: 0x51) == 1)
        #expect(td.reports(most: 2).values == [0x51, 2])
        let sleeper = Worker { td.reports(most: 2).values }
        #expect(Self.message(client, td, to: 0, data: 0x52) == 1)
        #expect(sleeper.value == [0x52, 3])
        let runner = Worker { td.reports().values }
        while client.runningVCPUs(of: td) == 0 {}
        #expect(Self.message(client, td, to: 0, data: 0x53) == 1)
        #expect(runner.value == [0x53, 4])
        #expect(Self.message(client, td, to: 1, data: 0x51) == 0, "nobody is there")
    }

    @Test("a routed GSI is a message, as long as it is routed")
    func routing() throws {
        let client = try Client()
        let td = TestTD.flat(client) { program in
            program.handle(0x55)
            program.handle(0x56)
            program.writeMSR(0x80F, 0x1FF)
            program.report(9)
            program.halt()
            program.report(1)
            program.halt()
        }
        defer { td.close() }
        func route(_ data: UInt32) -> Int {
            var entry = KVMIRQRoutingEntry()
            entry.gsi = 5
            entry.type = KVMConstant.routingMSI
            (entry.words[0], entry.words[2]) = (0xFEE0_0000, data)
            var header = KVMIRQRouting()
            header.count = 1
            var bytes = Client.block(header, [entry])
            return client.call(td.vm, .setGSIRouting, bytes: &bytes)
        }
        func raise(_ gsi: UInt32, level: UInt32) -> (Int, UInt32) {
            var line = KVMIRQLevel()
            (line.irq, line.level) = (gsi, level)
            let result = client.call(td.vm, .irqLineStatus, &line)
            return (result, line.irq)
        }
        #expect(route(0x55) == 0)
        #expect(raise(5, level: 1) == (0, 0), "the guest has not enabled its APIC")
        #expect(td.reports(most: 1).values == [9])
        #expect(raise(5, level: 1) == (0, 1))
        #expect(td.reports(most: 2).values == [0x55, 1])
        #expect(route(0x56) == 0)
        #expect(raise(5, level: 0).0 == 0, "a falling line sends nothing")
        #expect(raise(6, level: 1) == (0, UInt32(bitPattern: -1)), "not routed")
        #expect(raise(5, level: 1) == (0, 1))
        #expect(td.reports() == ([0x56], .end))
    }

    @Test("an NMI comes through with interrupts off, once, from the ioctl, a message or another vCPU")
    func nmi() throws {
        let client = try Client()
        let td = TestTD.flat(client) { program in
            program.handle(2, endsInterrupt: false)
            program.writeMSR(0x80F, 0x1FF)
            program.report(1)
            program.report(3)
            program.vmcall(.hlt, 1)  // interrupts blocked: only an NMI wakes
            program.report(4)
            program.writeMSR(0x830, 0x4_0400)  // NMI to self
            program.report(5)
        }
        defer { td.close() }
        #expect(td.reports(most: 1).values == [1])
        for _ in 0..<2 { #expect(client.call(td.vcpus[0], .nmi) == 0) }
        #expect(td.reports(most: 2).values == [2, 3])
        #expect(Self.message(client, td, to: 0, data: 0x60) == 1)  // does not wake it
        let sleeper = Worker { td.reports(most: 2).values }
        while client.sleepingVCPUs(of: td) == 0 {}
        #expect(Self.message(client, td, to: 0, data: 0x400) == 1)
        #expect(sleeper.value == [2, 4])
        #expect(td.reports() == ([2, 5], .end))
    }

    @Test("an NMI that comes while its vCPU enters the guest is not left for the entry after")
    func nmiAtEntry() throws {
        let client = try Client()
        let rounds: UInt64 = 3000
        let td = TestTD.flat(client) { program in
            program.handle(2, endsInterrupt: false) { $0.code.lockInc(.at(.rbx, 8), .qword) }
            program.code.mov(.rbx, unsigned: FlatProgram.alias(Self.page))
            program.code.mov(.rsi, Int64(rounds))
            let again = program.code.here()
            program.code.inc(.at(.rbx), .qword)
            program.vmcall(.rdmsr, 0x802)
            // No exit that would help from here.
            let wait = program.code.here()
            program.code.pause()
            program.code.mov(.rax, .at(.rbx, 8))
            program.code.cmp(.rax, .at(.rbx))
            program.code.jcc(.notEqual, wait)
            program.code.dec(.rsi)
            program.code.jcc(.notEqual, again)
            program.report(1)
        }
        defer { td.close() }
        #expect(td.setPrivate(Self.page..<Self.page + 0x1000, false) == 0)
        let guest = Worker { td.reports().values }
        func counter(_ offset: Int) -> UInt64 {
            (td.memory + offset).assumingMemoryBound(to: Atomic<UInt64>.self).pointee
                .load(ordering: .acquiring)
        }
        var late = 0
        for round in 1...rounds {
            while counter(0) != round {}
            // From right behind the exit to well into the guest.
            for _ in 0..<round % 500 { _ = counter(0) }
            _ = Self.message(client, td, to: 0, data: 0x400)
            let deadline = ContinuousClock.now + .seconds(1)
            while counter(8) != round {
                guard ContinuousClock.now > deadline else { continue }
                late += 1
                // Makes it enter once more.
                client.kvm.interrupt(td.vcpus[0])
                break
            }
            if late > 0 { break }
        }
        #expect(late == 0)
        if late == 0 { #expect(guest.value == [1]) }
    }

    @Test("INIT, SIPI, SMI and ExtINT do nothing to a vCPU")
    func noEffect() throws {
        let client = try Client()
        let td = TestTD.flat(client, vcpus: 2) { program in
            program.writeMSR(0x80F, 0x1FF)
            for mode in [2, 5, 6, 7] as [UInt64] { program.writeMSR(0x830, 1 << 32 | mode << 8 | 0x10) }
            program.report(.r10)
        }
        defer { td.close() }
        #expect(td.reports(0) == ([0], .end))
        #expect(td.reports(1) == ([0], .end))
    }
}

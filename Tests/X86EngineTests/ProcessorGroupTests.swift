// SPDX-License-Identifier: Apache-2.0

import Dispatch
import PhysicalMemory
import Synchronization
import Testing
import X86

@testable import X86Engine

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What vCPUs that share memory see of each other.
@Suite("Several vCPUs")
struct ProcessorGroupTests {
    /// A vCPU that runs on a thread of its own.
    private final class Running: Sendable {
        private let exit = Mutex<VMExit?>(nil)
        private let done = DispatchSemaphore(value: 0)
        private let cpu: VirtualCPU

        init(_ cpu: VirtualCPU) {
            self.cpu = cpu
            DispatchQueue.global().async { [self] in
                let end = cpu.run()
                exit.withLock { $0 = end }
                done.signal()
            }
        }

        /// Long enough for it to have decoded its loop and to run in it.
        func settle() {
            while !cpu.isActive.load(ordering: .relaxed) { usleep(1000) }
            usleep(30_000)
        }

        var hasEnded: Bool { exit.withLock { $0 != nil } }

        /// Why it ended; nil when it had to be stopped.
        func end() -> ExitReason? {
            guard done.wait(timeout: .now() + 30) == .success else {
                cpu.notify(.externalInterrupt)
                done.wait()
                return nil
            }
            return exit.withLock { $0?.reason }
        }
    }

    private func pair() throws -> (SystemMachine, SystemMachine) {
        let first = try SystemMachine()
        let second = try SystemMachine(sharing: first)
        second.cpu[.rsp] = 0x1_0000
        second.cpu[.rip] = 0xB000
        for vector in 0..<256 as Range<UInt64> { first.place(SystemMachine.handler + vector * 16, [0xF4]) }
        return (first, second)
    }

    /// Ways to write HLT over the byte at 0x9000, in RDI.
    private static let writers: [(name: String, code: [UInt8])] = [
        ("MOV", [0xC6, 0x07, 0xF4]),
        ("LOCK XOR", [0xF0, 0x80, 0x37, 0x64]),
        ("XCHG", [0x86, 0x07]),
        ("REP STOSB", [0xF3, 0xAA]),
        ("MOVUPS", [0x0F, 0x11, 0x07]),
    ]

    @Test(
        "a loop sees what another vCPU writes into it, however that writes and whatever right to the page it had",
        arguments: writers, [false, true])
    func overwritten(writer: (name: String, code: [UInt8]), hasRight: Bool) throws {
        let (first, second) = try pair()
        // nop; jmp to the nop. HLT replaces the nop.
        first.place(0x9000, [0x90, 0xEB, 0xFD])
        let cpu = second.cpu
        if hasRight {
            // A write to the page puts the right to write into the second one's TLB: mov byte [rdi + 0x800], 1; hlt
            second.place(0xB000, [0xC6, 0x87, 0, 8, 0, 0, 1, 0xF4])
            cpu[.rdi] = 0x9000
            #expect(cpu.run().reason == .hlt)
        }
        let running = Running(first.cpu)
        running.settle()
        second.place(0xC000, writer.code + [0xF4])
        cpu[.rip] = 0xC000
        cpu[.rdi] = 0x9000
        cpu[.rax] = 0xF4
        cpu[.rcx] = 1
        cpu.setXMM(0, SIMD2(0xFD_EBF4, 0))
        #expect(cpu.run().reason == .hlt)
        #expect(running.end() == .hlt, "\(writer.name)")
        #expect(first.cpu[.rip] == 0x9000)
    }

    @Test("a loop sees what the host writes into it")
    func overwrittenByHost() throws {
        let (first, _) = try pair()
        first.place(0x9000, [0x90, 0xEB, 0xFD])
        let running = Running(first.cpu)
        running.settle()
        first.place(0x9000, [0xF4])
        #expect(running.end() == .hlt)
        #expect(first.cpu[.rip] == 0x9000)
    }

    @Test("a page that is accepted anew keeps no decoded code")
    func cleared() throws {
        let (first, _) = try pair()
        first.place(0x9000, [0x90, 0xEB, 0xFD])
        // Zeros add to a byte at RAX, which no address can be.
        first.cpu[.rax] = 1 << 63
        let running = Running(first.cpu)
        running.settle()
        first.memory.initialize(PhysicalAddress(0x9000), key: 0)
        #expect(running.end() == .hlt)
        #expect(first.cpu[.rip] == SystemMachine.handler + 13 * 16)
    }

    @Test("code in a page's end and the next one's beginning is dropped with either")
    func acrossPages() throws {
        for address in [0x9FFE, 0xA000] as [UInt64] {
            let (first, second) = try pair()
            // mov eax, 1 across the pages; jmp back to it
            first.place(0x9FFE, [0xB8, 1, 0, 0, 0, 0xEB, 0xF9])
            first.cpu[.rip] = 0x9FFE
            let running = Running(first.cpu)
            running.settle()
            // At the first byte HLT; in the immediate what the loop leaves in EAX.
            second.place(0xC000, [0xC6, 0x07, address == 0x9FFE ? 0xF4 : 7, 0xF4])
            second.cpu[.rip] = 0xC000
            second.cpu[.rdi] = address
            #expect(second.cpu.run().reason == .hlt)
            if address != 0x9FFE { first.place(0xA003, [0xF4]) }
            #expect(running.end() == .hlt)
            #expect(first.cpu[.rip] == (address == 0x9FFE ? 0x9FFE : 0xA003))
        }
    }

    @Test("a page that has no code any more is written directly again")
    func forgotten() throws {
        let (first, second) = try pair()
        first.place(0x9000, [0xF4])
        #expect(first.cpu.run().reason == .hlt)
        #expect(first.memory.watchedLines(9) != 0)
        second.place(0xC000, [0xC6, 0x07, 0x90, 0xF4])
        second.cpu[.rip] = 0xC000
        second.cpu[.rdi] = 0x9000
        #expect(second.cpu.run().reason == .hlt)
        #expect(first.memory.watchedLines(9) == 0)
    }

    @Test(
        "locked updates lose nothing, wherever they lie",
        arguments: [
            // Whole, within 8 bytes, within 16, across 16, across a line.
            0xA000, 0xA001, 0xA006, 0xA00E, 0xA7FE,
            0xCFFE,  // across two pages
            0xB800,  // in a page with code
        ] as [UInt64])
    func locked(address: UInt64) throws {
        let (first, second) = try pair()
        let count: UInt64 = 3000
        // lock inc dword [rdi]; lock xadd [rdi], eax (1); lock add dword [rdi], 1
        // mov eax, [rdi]; again: lea edx, [rax + 1]; lock cmpxchg [rdi], edx; jne again; dec rcx; jnz; hlt
        try both(
            first, second, address, count,
            [0xF0, 0xFF, 0x07, 0xB8, 1, 0, 0, 0, 0xF0, 0x0F, 0xC1, 0x07, 0xF0, 0x83, 0x07, 0x01]
                + [0x8B, 0x07, 0x8D, 0x50, 1, 0xF0, 0x0F, 0xB1, 0x17, 0x75, 0xF7]
                + [0x48, 0xFF, 0xC9, 0x75, 0xE0, 0xF4])
        #expect(first.memory.load(PhysicalAddress(address), as: UInt32.self) == UInt32(8 * count))
    }

    @Test("CMPXCHG16B exchanges both halves at once", arguments: [0xA000, 0xB800] as [UInt64])
    func lockedPair(address: UInt64) throws {
        let (first, second) = try pair()
        let (count, start) = (3000 as UInt64, ~0 - 1000 as UInt64)
        first.write(address, start)
        // mov rax, [rdi]; mov rdx, [rdi + 8]; again: mov rbx, rax; add rbx, 1; mov rcx, rdx; adc rcx, 0
        // lock cmpxchg16b [rdi]; jne again; dec rsi; jnz; hlt
        try both(
            first, second, address, count,
            [0x48, 0x8B, 0x07, 0x48, 0x8B, 0x57, 8, 0x48, 0x89, 0xC3, 0x48, 0x83, 0xC3, 1, 0x48, 0x89, 0xD1]
                + [0x48, 0x83, 0xD1, 0, 0xF0, 0x48, 0x0F, 0xC7, 0x0F, 0x75, 0xEB]
                + [0x48, 0xFF, 0xCE, 0x75, 0xDF, 0xF4])
        #expect(first.memory.load(PhysicalAddress(address), as: UInt64.self) == start &+ 2 * count)
        #expect(first.memory.load(PhysicalAddress(address + 8), as: UInt64.self) == 1)
    }

    @Test(
        "a store is seen by others before a load behind a barrier is done",
        arguments: [
            ("MFENCE", [0x0F, 0xAE, 0xF0]), ("LOCK ADD", [0xF0, 0x83, 0x04, 0x24, 0]),
            ("XCHG", [0x87, 0x04, 0x24]),
        ] as [(String, [UInt8])])
    func ordered(name: String, barrier: [UInt8]) throws {
        let (first, second) = try pair()
        let rounds = 60_000
        // Each round begins on both at once: the number of the round goes to one's own variable, what the other's has by
        // then to a list. One of them must see the other's.
        let head: [UInt8] = [0x89, 0x0E, 0x39, 0x0F, 0x72, 0xFC, 0x89, 0x0B]
        // mov [rsi], ecx; wait: cmp [rdi], ecx; jb wait; mov [rbx], ecx; barrier; mov eax, [rdx]
        // mov [rbp + rcx * 4], eax; inc ecx; cmp ecx, r8d; jne back; hlt
        let tail: [UInt8] = [0x8B, 0x02, 0x89, 0x44, 0x8D, 0, 0xFF, 0xC1, 0x44, 0x39, 0xC1, 0x75]
        let code = head + barrier + tail + [UInt8(256 - head.count - barrier.count - tail.count - 1), 0xF4]
        let lists: [UInt64] = [0x4_0000, 0x8_0000]
        for (index, machine) in [first, second].enumerated() {
            let (own, other) = (UInt64(index), UInt64(1 - index))
            machine.place(machine.cpu[.rip], code)
            machine.cpu[.rcx] = 1
            machine.cpu[.rsi] = 0x3_0000 + own << 12
            machine.cpu[.rdi] = 0x3_0000 + other << 12
            machine.cpu[.rbx] = 0x3_2000 + own << 12
            machine.cpu[.rdx] = 0x3_2000 + other << 12
            machine.cpu[.rbp] = lists[index]
            machine.cpu[.r8] = UInt64(rounds)
        }
        let running = [Running(first.cpu), Running(second.cpu)]
        for _ in 0..<30_000 where !running.allSatisfy(\.hasEnded) { usleep(1000) }
        // On a busy machine they do not come to the end of the list.
        for machine in [first, second] { machine.cpu.notify(.externalInterrupt) }
        for each in running { _ = each.end() }
        let done = min(first.cpu[.rcx], second.cpu[.rcx])
        #expect(done > 1)
        let missed = (1..<done).count { round in
            lists.allSatisfy {
                first.memory.load(PhysicalAddress($0 + 4 * round), as: UInt32.self) < UInt32(round)
            }
        }
        #expect(missed == 0, "\(name), \(done) rounds")
    }

    /// Runs the same loop on both to its HLT: RDI is an address, RCX and RSI how often.
    private func both(
        _ first: SystemMachine, _ second: SystemMachine, _ address: UInt64, _ count: UInt64, _ code: [UInt8]
    ) throws {
        for (machine, place) in [(first, 0x9000), (second, 0xB000)] as [(SystemMachine, UInt64)] {
            machine.place(place, code)
            machine.cpu[.rdi] = address
            machine.cpu[.rcx] = count
            machine.cpu[.rsi] = count
        }
        let running = Running(first.cpu)
        #expect(second.cpu.run().reason == .hlt)
        #expect(running.end() == .hlt)
    }

    @Test("an instruction is patched under another vCPU by a breakpoint, its rest, its first byte")
    func patched() throws {
        let (first, second) = try pair()
        // A NOP of five bytes, or JMP to the next instruction; inc rax; cmp byte [rsi], 0; je back; hlt
        first.place(0x9000, [0x0F, 0x1F, 0x44, 0, 0, 0x48, 0xFF, 0xC0, 0x80, 0x3E, 0, 0x74, 0xF3, 0xF4])
        // Behind the breakpoint, on: add qword [rsp], 4; iretq
        first.place(SystemMachine.handler + 3 * 16, [0x48, 0x83, 0x04, 0x24, 4, 0x48, 0xCF])
        first.cpu[.rsi] = 0xA000
        let running = Running(first.cpu)
        running.settle()
        // int3, rel32, jmp; int3, modrm …, nop; dec rcx; jnz; hlt
        second.place(
            0xB000,
            [0xC6, 0x07, 0xCC, 0xC7, 0x47, 1, 0, 0, 0, 0, 0xC6, 0x07, 0xE9]
                + [0xC6, 0x07, 0xCC, 0xC7, 0x47, 1, 0x1F, 0x44, 0, 0, 0xC6, 0x07, 0x0F]
                + [0x48, 0xFF, 0xC9, 0x75, 0xE1, 0xF4])
        second.cpu[.rdi] = 0x9000
        second.cpu[.rcx] = 500
        #expect(second.cpu.run().reason == .hlt)
        first.memory.store(PhysicalAddress(0xA000), 1 as UInt8)
        #expect(running.end() == .hlt)
        #expect(first.cpu[.rip] == 0x900D)
        #expect(first.cpu[.rax] > 500)
    }

    @Test("a change of the mapping is seen when a flush is asked for")
    func flushed() throws {
        let (first, _) = try pair()
        // cmp byte [rdi], 1; jne back; hlt
        first.place(0x9000, [0x80, 0x3F, 0x01, 0x75, 0xFB, 0xF4])
        first.cpu[.rdi] = 0xA000
        first.place(0xC000, [1])
        let running = Running(first.cpu)
        running.settle()
        first.write(0x4000 + 0xA * 8, 0xC000 | 3)
        first.cpu.notify(.flushTranslations)
        #expect(running.end() == .hlt)
    }

    @Test("code is told apart by the base of CS")
    func codeBase() throws {
        let memory = try PhysicalMemory(size: 1 << 20)
        let cpu = VirtualCPU(memory: memory, clock: { 0 })
        // A base of FS makes both modes ones with segments.
        cpu[.fs] = Segment(base: 0x10, limit: 0xFFFF_FFFF, accessRights: 0xC093)
        for (base, value) in [(0, 1), (0x1000, 2), (0x2000, 3), (0, 1)] as [(UInt64, UInt8)] {
            memory.write(PhysicalAddress(base + 0x100), [0xB8, value, 0, 0, 0, 0xF4])
            cpu[.cs] = Segment(base: base, limit: 0xFFFF_FFFF, accessRights: 0xC09B)
            cpu[.rip] = 0x100
            #expect(cpu.run().reason == .hlt)
            #expect(cpu[.rax] == UInt64(value))
        }
    }
}

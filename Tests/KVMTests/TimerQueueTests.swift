// SPDX-License-Identifier: Apache-2.0

import Boot
import Platform
import Synchronization
import TDXABI
import Testing
import X86

@testable import KVM

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("Timers")
struct TimerQueueTests {
    private final class Owner {}

    /// What has fired, for who waits for it.
    private final class Fired: @unchecked Sendable {
        private let lock = Lock()
        private var values: [Int] = []
        func note(_ value: Int) {
            lock.withLock {
                values.append(value)
                lock.wake()
            }
        }
        func wait(for count: Int) -> [Int] {
            lock.withLock {
                while values.count < count { lock.wait() }
                return values
            }
        }
        var all: [Int] { lock.withLock { values } }
    }

    @Test("fire when their time has come, and not when they are cancelled or replaced")
    func order() {
        let time = ManualTime()
        let queue = TimerQueue(time)
        let fired = Fired()
        let owners = (0..<4).map { _ in Owner() }
        for (index, deadline) in [300, 100, 200, 150].enumerated() {
            queue.set(owners[index], deadline: UInt64(deadline)) { fired.note(index) }
        }
        queue.cancel(owners[3])
        queue.set(owners[2], deadline: 250) { fired.note(20) }
        time.advance(by: 100)
        #expect(fired.wait(for: 1) == [1])
        time.advance(by: 149)
        queue.set(owners[1], deadline: 260) { fired.note(10) }
        time.advance(by: 1)
        #expect(fired.wait(for: 2) == [1, 20])
        time.advance(by: 10)
        #expect(fired.wait(for: 3) == [1, 20, 10])
        time.advance(by: 1000)
        #expect(fired.wait(for: 4) == [1, 20, 10, 0])
    }

    @Test("wake their thread for an earlier expiry only")
    func wakesForEarlier() {
        let time = HostTime(kHz: 1_000_000)  // a tick is a nanosecond
        let queue = TimerQueue(time)
        let hour: UInt64 = 3_600_000_000_000
        let fired = Fired()
        let owners = (0..<200).map { _ in Owner() }
        queue.set(owners[0], deadline: hour) { fired.note(0) }
        // The thread sleeps when it has seen a timer that is due.
        let first = Owner()
        queue.set(first, deadline: 1) { fired.note(1) }
        _ = fired.wait(for: 1)
        let before = queue.rounds
        for owner in owners.dropFirst() { queue.set(owner, deadline: 2 * hour) { fired.note(2) } }
        for owner in owners.dropFirst() { queue.cancel(owner) }
        #expect(queue.rounds <= before + 1, "the thread slept through all of it")
        queue.set(first, deadline: 2) { fired.note(3) }
        #expect(fired.wait(for: 2) == [1, 3])
    }

    @Test(
        "of the local APIC follow the machine's clock to the tick",
        arguments: [(0, 1), (1 << 17, 3), (2 << 17, 1)] as [(UInt64, Int)])
    func manual(mode: UInt64, count: Int) throws {
        let time = ManualTime()
        let client = try Client(time: time)
        let td = TestTD.flat(client) { program in
            program.handle(0x40)
            program.writeMSR(0x80F, 0x1FF)
            program.writeMSR(0x832, mode | 0x40)
            program.writeMSR(0x83E, 0)  // divided by 2
            if mode == 2 << 17 {
                program.code.rdtsc()
                program.code.lea(.r13, .at(.rax, 800))
                program.vmcall(.wrmsr, 0x6E0)
            } else {
                program.writeMSR(0x838, 5)  // 5 × 2 × 40 ns, which are 800 ticks of 2 GHz
            }
            program.report(1)
            program.vmcall(.rdmsr, 0x839)
            program.report(.r11)
            for _ in 0..<count {
                program.halt()
                program.report(2)
            }
        }
        defer { td.close() }
        #expect(td.reports(most: 1).values == [1])
        time.advance(by: 399)
        #expect(td.reports(most: 1).values == [mode == 2 << 17 ? 0 : 2])  // 2.5 counts are left
        var left: UInt64 = 401
        for _ in 0..<count {
            let sleeper = Worker { td.reports(most: 2).values }
            while client.sleepingVCPUs(of: td) == 0 {}
            time.advance(by: left - 1)
            #expect(try #require(td.machine(vcpu: 0)).hasPostedInterrupt == false)
            time.advance(by: mode == 2 << 17 ? 2 : 1)  // a deadline is rounded up
            #expect(sleeper.value == [0x40, 2])
            left = 800
        }
        #expect(td.reports() == ([], .end))
    }

    @Test("let a halted vCPU's thread sleep")
    func noPolling() throws {
        let client = try Client()
        let td = TestTD.flat(client) { program in
            program.handle(0x40)
            program.writeMSR(0x80F, 0x1FF)
            program.writeMSR(0x832, 0x40)
            program.writeMSR(0x83E, 0xB)
            program.report(1)
            program.writeMSR(0x838, 10_000_000)  // 0.4 s
            program.halt()
        }
        defer { td.close() }
        #expect(td.reports(most: 1).values == [1])
        let rounds = client.kvm.host.timers.rounds
        let worker = Worker { () -> (values: [UInt64], seconds: Double, cpu: Double) in
            func now(_ clock: clockid_t) -> Double {
                var time = timespec()
                clock_gettime(clock, &time)
                return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
            }
            let (wall, cpu) = (now(CLOCK_MONOTONIC), now(CLOCK_THREAD_CPUTIME_ID))
            let values = td.reports().values
            return (values, now(CLOCK_MONOTONIC) - wall, now(CLOCK_THREAD_CPUTIME_ID) - cpu)
        }
        let (values, seconds, cpu) = worker.value
        #expect(values == [0x40])
        #expect(seconds >= 0.4)
        #expect(cpu < 0.1, "\(cpu) s of processor time in \(seconds) s")
        #expect(client.kvm.host.timers.rounds - rounds <= 4)
    }
}

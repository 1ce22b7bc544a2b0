// SPDX-License-Identifier: Apache-2.0

import Foundation
import Platform
import Synchronization
import Testing

@testable import KVM

@Suite("Arbitrary ioctls")
struct IoctlSequenceTests {
    /// Calls on one machine, checked after each; the module's tables, which take long, now and then.
    ///
    /// - Returns: what was wrong first, and at which call.
    static func run(seed: UInt64, calls: Int) throws -> String? {
        let sequence = try IoctlSequence(seed: seed, isConcurrent: false)
        let random = SeededRandom(seed)
        for call in 0..<calls {
            sequence.step(random)
            let wrong = call % 512 == 511 ? sequence.check() : sequence.quickCheck()
            if !wrong.isEmpty { return "seed \(seed), call \(call): \(wrong.joined(separator: " "))" }
        }
        let wrong = sequence.finish()
        return wrong.isEmpty ? nil : "seed \(seed), at the end: \(wrong.joined(separator: " "))"
    }

    @Test(
        "no sequence of a program's and its guests' calls breaks what must always hold",
        arguments: 1...4 as ClosedRange<UInt64>)
    func invariants(seed: UInt64) throws {
        let wrong = try Self.run(seed: seed, calls: 3000)
        #expect(wrong == nil, "\(wrong ?? "")")
    }

    /// Calls from several threads, checked whenever all have stopped.
    static func runConcurrently(seed: UInt64, threads: Int, rounds: Int, calls: Int) throws -> String? {
        let sequence = try IoctlSequence(seed: seed, isConcurrent: true)
        for round in 0..<rounds {
            let isOver = Atomic(0)
            withThreads(threads + 1) { number in
                if number == threads {
                    // Halted guests do not keep the others waiting.
                    while isOver.load(ordering: .acquiring) < threads {
                        sequence.interruptAll()
                        usleep(500)
                    }
                    return
                }
                let random = SeededRandom(seed &+ UInt64(round * threads + number) << 32)
                for _ in 0..<calls { sequence.step(random) }
                isOver.wrappingAdd(1, ordering: .releasing)
            }
            let wrong = sequence.check()
            if !wrong.isEmpty { return "seed \(seed), round \(round): \(wrong.joined(separator: " "))" }
        }
        let wrong = sequence.finish()
        return wrong.isEmpty ? nil : "seed \(seed), at the end: \(wrong.joined(separator: " "))"
    }

    @Test("nor do calls of several threads at once", arguments: 1...2 as ClosedRange<UInt64>)
    func concurrent(seed: UInt64) throws {
        let wrong = try Self.runConcurrently(seed: seed, threads: 3, rounds: 4, calls: 400)
        #expect(wrong == nil, "\(wrong ?? "")")
    }

    private static func withThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        for worker in (0..<count).map({ number in Worker { body(number) } }) { worker.value }
    }
}

/// Long runs of the same, by `make soak`: `SEAMLESS_SOAK` calls in all, from `SEAMLESS_SEED` on.
@Suite("Soak: ioctls", .enabled(if: ProcessInfo.processInfo.environment["SEAMLESS_SOAK"] != nil))
struct IoctlSoakTests {
    @Test("no sequence of ioctls breaks what must always hold", .timeLimit(.minutes(600)))
    func sequences() throws {
        let environment = ProcessInfo.processInfo.environment
        let total = environment["SEAMLESS_SOAK"].flatMap(Int.init) ?? 10_000_000
        let first = environment["SEAMLESS_SEED"].flatMap(UInt64.init) ?? 1
        let length = 20_000
        var calls = 0
        var seed = first
        while calls < total {
            // One in four machines has several threads.
            let wrong =
                seed % 4 == 0
                ? try IoctlSequenceTests.runConcurrently(
                    seed: seed, threads: 3, rounds: 10, calls: length / 30)
                : try IoctlSequenceTests.run(seed: seed, calls: length)
            #expect(wrong == nil, "\(wrong ?? "")")
            guard wrong == nil else { break }
            calls += length
            seed += 1
            if seed % 10 == 0 { print("ioctls: \(calls) of \(total) calls, seeds \(first) to \(seed - 1)") }
        }
        print("ioctls: \(calls) calls, seeds \(first) to \(seed - 1)")
    }
}

// SPDX-License-Identifier: Apache-2.0

#if arch(x86_64) && os(Linux)

    import Glibc
    import Synchronization
    import Testing

    /// `make soak`: as many cases as `SEAMLESS_SOAK` says, split between the oracles, on all processors.
    ///
    /// A difference is printed with the oracle, a seed and the number of the case. `SEAMLESS_SEED` and `SEAMLESS_CASE`
    /// repeat it; `SEAMLESS_SEED` alone repeats a run.
    @Suite("Soak", .enabled(if: environment("SEAMLESS_SOAK") != nil), .serialized)
    struct SoakTests {
        private static var oracles: [any HostOracle.Type] { [IntegerOracle.self, FloatingPointOracle.self] }
        private static let batch: UInt64 = 20_000

        @Test("random instructions of every form agree with the host")
        func agree() async throws {
            let total = environment("SEAMLESS_SOAK") ?? 0
            let seed = environment("SEAMLESS_SEED") ?? UInt64.random(in: 0 ... .max)
            let workers = max(1, min(8, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
            if let reason = HostProcessor.unfit { return say("left out: \(reason)") }
            if let number = environment("SEAMLESS_CASE") { return try repeatCase(number, seed: seed) }
            say("\(total) cases, seed \(seed), \(workers) workers")
            let progress = SoakProgress(goal: total, oracles: SoakTests.oracles.count)
            await withTaskGroup(of: Void.self) { group in
                for worker in 0..<workers {
                    group.addTask { SoakTests.work(worker, seed: seed &+ UInt64(worker), progress) }
                }
            }
            for text in progress.differences { say(text) }
            #expect(progress.differences.isEmpty)
            #expect(progress.count >= total)
            let parts = zip(SoakTests.oracles, progress.counts).map { "\($1) \($0.name)" }
            say(
                "\(progress.count) cases (\(parts.joined(separator: ", "))) in \(Int(progress.seconds)) s, seed \(seed)"
            )
        }

        /// One case of each oracle.
        private func repeatCase(_ number: UInt64, seed: UInt64) throws {
            for type in SoakTests.oracles {
                let oracle = try #require(try type.init(seed: seed, worker: 0))
                oracle.number = number &- 1
                let text = oracle.run(1)
                say("\(type.name), seed \(seed), case \(number): \(text ?? "agrees")")
                #expect(text == nil)
            }
        }

        /// One worker's part: batches of each oracle in turn, until all workers together have reached the goal.
        private static func work(_ worker: Int, seed: UInt64, _ progress: SoakProgress) {
            var oracles: [any HostOracle] = []
            for type in SoakTests.oracles {
                do {
                    guard let oracle = try type.init(seed: seed, worker: worker) else {
                        return progress.differ("the \(type.name) oracle cannot be had")
                    }
                    oracles.append(oracle)
                } catch {
                    return progress.differ("\(error)")
                }
            }
            while !progress.isOver {
                for (number, oracle) in oracles.enumerated() {
                    if let text = oracle.run(Int(batch)) {
                        return progress.differ("\(type(of: oracle).name), \(text)")
                    }
                    progress.add(batch, to: number)
                }
            }
        }
    }

    /// What the workers have done together.
    private final class SoakProgress: Sendable {
        private let goal: UInt64
        private let start = ContinuousClock.now
        private let done: Mutex<[UInt64]>
        private let found = Mutex<[String]>([])

        init(goal: UInt64, oracles: Int) {
            self.goal = goal
            done = Mutex(Array(repeating: 0, count: oracles))
        }

        /// By oracle.
        var counts: [UInt64] { done.withLock { $0 } }
        var count: UInt64 { counts.reduce(0, +) }
        var differences: [String] { found.withLock { $0 } }
        var isOver: Bool { count >= goal || !differences.isEmpty }
        var seconds: Double { (ContinuousClock.now - start) / .seconds(1) }

        func differ(_ text: String) { found.withLock { $0.append(text) } }

        func add(_ cases: UInt64, to oracle: Int) {
            let new = done.withLock { counts in
                counts[oracle] += cases
                return counts.reduce(0, +)
            }
            if (new - cases) / 500_000 != new / 500_000 {
                say("\(new) cases, \(UInt64(Double(new) / max(seconds, 0.001))) a second")
            }
        }
    }

    private func environment(_ name: String) -> UInt64? {
        getenv(name).flatMap { UInt64(String(cString: $0)) }
    }

    /// A line at once, for whoever waits.
    private func say(_ text: String) {
        print("soak: " + text)
        fflush(nil)
    }

#endif

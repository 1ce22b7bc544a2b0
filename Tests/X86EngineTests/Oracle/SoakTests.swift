// SPDX-License-Identifier: Apache-2.0

#if arch(x86_64) && os(Linux)

    import Glibc
    import Synchronization
    import Testing

    /// `make soak`: as many cases as `SEAMLESS_SOAK` says, over all oracles, on all processors.
    ///
    /// `SEAMLESS_SEED` repeats a run.
    @Suite("Soak", .enabled(if: environment("SEAMLESS_SOAK") != nil), .serialized)
    struct SoakTests {

        /// Each oracle with its share of the cases.
        private static var oracles: [(type: any HostOracle.Type, share: UInt64)] { [(IntegerOracle.self, 1)] }
        private static let batch: UInt64 = 20_000

        @Test("random instructions of every form agree with the host")
        func agree() async throws {
            let total = environment("SEAMLESS_SOAK") ?? 0
            let seed = environment("SEAMLESS_SEED") ?? UInt64.random(in: 0 ... .max)
            let workers = max(1, min(8, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
            if let reason = HostProcessor.unfit {
                print("Left out: \(reason).")
                return
            }
            say("\(total) cases, seed \(seed), \(workers) workers")
            let progress = SoakProgress(goal: total)
            await withTaskGroup(of: Void.self) { group in
                for worker in 0..<workers {
                    group.addTask { SoakTests.work(worker, seed: seed &+ UInt64(worker), progress) }
                }
            }
            for text in progress.differences { say(text) }
            #expect(progress.differences.isEmpty)
            #expect(progress.count >= total)
            say("\(progress.count) cases in \(Int(progress.seconds)) s, seed \(seed)")
        }

        /// One worker's part: batches of each oracle in turn, until all workers together have reached the goal.
        private static func work(_ worker: Int, seed: UInt64, _ progress: SoakProgress) {
            var oracles: [(oracle: any HostOracle, share: UInt64)] = []
            for (type, share) in SoakTests.oracles {
                do {
                    guard let oracle = try type.init(seed: seed, worker: worker) else {
                        return progress.differ("the \(type.name) oracle cannot be had")
                    }
                    oracles.append((oracle, share))
                } catch {
                    return progress.differ("\(error)")
                }
            }
            while !progress.isOver {
                for (oracle, share) in oracles {
                    if let text = oracle.run(Int(batch * share)) { return progress.differ(text) }
                    progress.add(batch * share)
                }
            }
        }
    }

    /// What the workers have done together.
    private final class SoakProgress: Sendable {
        private let goal: UInt64
        private let start = ContinuousClock.now
        private let done = Atomic<UInt64>(0)
        private let found = Mutex<[String]>([])

        init(goal: UInt64) { self.goal = goal }

        var count: UInt64 { done.load(ordering: .relaxed) }
        var differences: [String] { found.withLock { $0 } }
        var isOver: Bool { count >= goal || !differences.isEmpty }
        var seconds: Double { (ContinuousClock.now - start) / .seconds(1) }

        func differ(_ text: String) { found.withLock { $0.append(text) } }

        func add(_ cases: UInt64) {
            let (old, new) = done.add(cases, ordering: .relaxed)
            if old / 500_000 != new / 500_000 {
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

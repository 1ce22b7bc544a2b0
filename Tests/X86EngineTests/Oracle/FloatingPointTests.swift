// SPDX-License-Identifier: Apache-2.0

#if arch(x86_64) && os(Linux)
    import Testing
    @testable import X86Engine

    /// MMX, SSE, x87 and state management against the host.
    @Suite("Floating point oracle")
    struct FloatingPointTests {
        // A host that gives no memory for code has nothing to compare with.

        @Test("each form agrees with the host, and is completed")
        func eachForm() throws {
            guard let oracle = try FloatingPointOracle(seed: 1) else { return }
            let (differences, missing) = oracle.runAll(2)
            #expect(differences.isEmpty, "\(differences.prefix(10).joined(separator: "\n"))")
            #expect(missing.allSatisfy { $0.isPrivileged }, "\(missing.prefix(20))")
        }

        @Test("random instructions agree with the host", arguments: 0..<2)
        func random(worker: Int) throws {
            guard let oracle = try FloatingPointOracle(seed: UInt64(worker)) else { return }
            #expect(oracle.run(200_000) == nil)
        }

        /// No instruction is rounded but to one of the two neighbours of its result, and C1 tells which one it was.
        @Test("C1 of a transcendental instruction says that it rounded away from zero")
        func roundingDirection() throws {
            guard let oracle = try FloatingPointOracle(seed: 1) else { return }
            #expect(oracle.checkRoundingDirections(count: 2000) == [])
        }
    }
#endif

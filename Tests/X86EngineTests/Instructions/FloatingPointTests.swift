// SPDX-License-Identifier: Apache-2.0

#if arch(x86_64) && os(Linux)
    import Glibc
    import Testing
    @testable import X86Engine

    /// MMX, SSE, x87 and state management against the host.
    @Suite("Floating point oracle")
    struct FloatingPointTests {
        /// `SEAMLESS_SOAK` sets the number of cases, and makes the seed a random one.
        @Test("every form agrees with the host")
        func agrees() throws {
            let soak = getenv("SEAMLESS_SOAK").flatMap { Int(String(cString: $0)) }
            let seed: UInt64 = soak == nil ? 1 : UInt64.random(in: 0 ... .max)
            // A host that gives no memory for code has nothing to compare with.
            guard var oracle = try FloatingPointOracle(seed: seed) else { return }
            oracle.run(count: soak ?? 200_000)
            #expect(
                oracle.differences.isEmpty, "seed \(seed): \(oracle.differences.joined(separator: "\n"))")
            #expect(oracle.compared >= soak ?? 200_000)
            // What is neither undefined nor was done is privileged.
            let left = oracle.forms.indices.filter {
                !oracle.completed.contains($0) && !oracle.undefined.contains($0)
            }
            #expect(left.allSatisfy { oracle.forms[$0].isPrivileged })
        }

        /// No instruction is rounded but to one of the two neighbours of its result, and C1 tells which one it was.
        @Test("C1 of a transcendental instruction says that it rounded away from zero")
        func roundingDirection() throws {
            guard var oracle = try FloatingPointOracle(seed: 1) else { return }
            #expect(oracle.checkRoundingDirections(count: 2000) == [])
        }
    }
#endif

// SPDX-License-Identifier: Apache-2.0

#if arch(x86_64) && os(Linux)

    import Glibc
    import Testing

    @Suite("Oracle")
    struct OracleTests {
        /// `SEAMLESS_SOAK` sets the number of cases.
        @Test func integerInstructionsAgreeWithTheHost() throws {
            let soak = getenv("SEAMLESS_SOAK").flatMap { Int(String(cString: $0)) }
            let seed: UInt64 = soak == nil ? 1 : UInt64.random(in: 0 ... .max)
            // A host that does not give the addresses has nothing to compare with.
            guard let oracle = try IntegerOracle(seed: seed) else { return }
            for _ in 0..<(soak ?? 20_000) {
                if let difference = oracle.check() { Issue.record("seed \(seed): \(difference)") }
            }
        }
    }

#endif

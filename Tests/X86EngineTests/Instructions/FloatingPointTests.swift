// SPDX-License-Identifier: Apache-2.0

#if arch(x86_64) && os(Linux)
    import Testing
    @testable import X86Engine

    /// MMX, SSE and x87 against the host. `SEAMLESS_SOAK` sets the cases per form.
    @Suite struct FloatingPointTests {
        @Test(arguments: [1, 2, 3] as [UInt64])
        func sse(seed: UInt64) throws {
            var oracle = try #require(FloatingPointOracle(seed: seed))
            oracle.checkSSE()
            #expect(oracle.compared > 1000)
            #expect(
                oracle.differences.isEmpty,
                "seed \(seed): \(oracle.differences.prefix(20).joined(separator: "\n"))")
        }
        @Test(arguments: [1, 2, 3] as [UInt64])
        func x87(seed: UInt64) throws {
            var oracle = try #require(FloatingPointOracle(seed: seed))
            oracle.checkX87()
            #expect(oracle.compared > 1000)
            #expect(
                oracle.differences.isEmpty,
                "seed \(seed): \(oracle.differences.prefix(20).joined(separator: "\n"))")
        }
        @Test(arguments: [1, 2, 3] as [UInt64])
        func transcendental(seed: UInt64) throws {
            var oracle = try #require(FloatingPointOracle(seed: seed))
            oracle.checkTranscendental()
            #expect(oracle.compared > 100)
            #expect(
                oracle.differences.isEmpty,
                "seed \(seed): \(oracle.differences.prefix(20).joined(separator: "\n"))")
        }
    }
#endif

// SPDX-License-Identifier: Apache-2.0

#if arch(x86_64) && os(Linux)

    import Testing

    @Suite("Oracle")
    struct OracleTests {
        @Test("each integer form agrees with the host, and none is left out", arguments: [1, 2] as [UInt64])
        func eachForm(seed: UInt64) throws {
            guard let oracle = try IntegerOracle(seed: seed, worker: 6 + Int(seed - 1)) else {
                return leftOut()
            }
            let (differences, missing) = oracle.runAll(1)
            #expect(differences.isEmpty, "\(differences.prefix(10).joined(separator: "\n"))")
            // A case may be refused by chance; not each time.
            let absent = missing.filter { form in oracle.isMissing(form) }
            #expect(absent.isEmpty, "\(absent.prefix(20).map(\.text))")
        }

        @Test("random integer instructions agree with the host", arguments: 0..<2)
        func random(worker: Int) throws {
            guard let oracle = try IntegerOracle(seed: UInt64(worker), worker: worker) else {
                return leftOut()
            }
            #expect(oracle.run(100_000) == nil)
        }

        private func leftOut() {
            print(
                "Left out: \(HostProcessor.unfit ?? "the host does not give the addresses that the oracle needs")."
            )
        }
    }

#endif

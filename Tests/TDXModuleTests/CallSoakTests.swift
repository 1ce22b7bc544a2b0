// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Long runs of arbitrary SEAMCALLs, by `make soak`: `SEAMLESS_SOAK` calls in all, from `SEAMLESS_SEED` on.
@Suite("Soak: SEAMCALLs", .enabled(if: ProcessInfo.processInfo.environment["SEAMLESS_SOAK"] != nil))
struct CallSoakTests {
    @Test("no sequence of calls breaks what must always hold", .timeLimit(.minutes(600)))
    func sequences() throws {
        let environment = ProcessInfo.processInfo.environment
        let total = environment["SEAMLESS_SOAK"].flatMap(UInt64.init) ?? 10_000_000
        let first = environment["SEAMLESS_SEED"].flatMap(UInt64.init) ?? 1
        var seed = first
        // Each sequence has 1500 calls.
        while (seed - first) * 1500 < total {
            try CallSequenceTests().invariants(seed: seed)
            seed += 1
            if seed % 500 == 0 {
                print("SEAMCALLs: \((seed - first) * 1500) of \(total), seeds \(first) to \(seed - 1)")
            }
        }
        print("SEAMCALLs: \((seed - first) * 1500) calls, seeds \(first) to \(seed - 1)")
    }
}

// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Random numbers that a seed determines, by SplitMix64: for runs that are to be repeated, not for keys that matter.
///
/// - SeeAlso: Steele, Lea, Flood, “Fast Splittable Pseudorandom Number Generators”.
public final class SeededRandom: Sendable {
    private let state: Mutex<UInt64>

    public init(_ seed: UInt64) { state = Mutex(seed) }

    public func next() -> UInt64 {
        state.withLock { state in
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
            return z ^ z >> 31
        }
    }

    /// A number below `bound`, which is not 0.
    public func next(below bound: UInt64) -> UInt64 { next().multipliedFullWidth(by: bound).high }

    public func bytes(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 7)
        while bytes.count < count {
            let word = next()
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        return Array(bytes.prefix(count))
    }
}

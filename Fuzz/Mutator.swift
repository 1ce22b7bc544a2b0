// SPDX-License-Identifier: Apache-2.0

/// Makes inputs of seeds by a few changes each. The same seed makes the same input.
struct Mutator {
    private var state: UInt64

    init(seed: UInt64, name: String) {
        state = name.utf8.reduce(seed) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }

    /// SplitMix64
    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    private mutating func below(_ bound: Int) -> Int { bound < 2 ? 0 : Int(next() % UInt64(bound)) }

    /// Numbers at which lengths and signs turn.
    private static let edges: [UInt64] = [
        0, 1, 2, 4, 6, 16, 48, 127, 128, 255, 256, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000,
        0xFFFF_FFFF,
    ]

    mutating func input(of seeds: [[UInt8]]) -> [UInt8] {
        var bytes = seeds[below(seeds.count)]
        for _ in 0...below(6) {
            guard !bytes.isEmpty else { return bytes }
            let at = below(bytes.count)
            switch below(9) {
            case 0: bytes[at] ^= 1 << UInt8(below(8))
            case 1: bytes[at] = UInt8(truncatingIfNeeded: next())
            case 2: bytes[at] = UInt8(truncatingIfNeeded: Mutator.edges[below(Mutator.edges.count)])
            case 3, 4:
                // A number of two or four bytes, of either order.
                let size = 2 << below(2)
                let value = Mutator.edges[below(Mutator.edges.count)]
                let isBig = below(2) == 0
                for byte in 0..<size where at + byte < bytes.count {
                    bytes[at + byte] = UInt8(
                        truncatingIfNeeded: value >> UInt64(8 * (isBig ? size - 1 - byte : byte)))
                }
            case 5: bytes.removeSubrange(at..<min(bytes.count, at + 1 + below(64)))
            case 6:
                bytes.insert(
                    contentsOf: bytes[at..<min(bytes.count, at + 1 + below(64))], at: below(bytes.count))
            case 7: bytes.removeLast(min(bytes.count, 1 + below(16)))
            default:
                // The end of another seed.
                let other = seeds[below(seeds.count)]
                bytes.replaceSubrange(at..., with: other.suffix(below(other.count)))
            }
        }
        return bytes
    }
}

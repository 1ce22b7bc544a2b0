// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Real documents, where `SEAMLESS_FIXTURES` says that there are some.
enum Fixtures {
    static let directory: String? = ProcessInfo.processInfo.environment["SEAMLESS_FIXTURES"].map {
        $0 + "/attestation"
    }

    /// Every file of a folder, by name.
    static func files(in folder: String) -> [(name: String, bytes: [UInt8])] {
        guard let directory else { return [] }
        let path = directory + "/" + folder
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.sorted().compactMap { name in
            FileManager.default.contents(atPath: path + "/" + name).map { (name, Array($0)) }
        }
    }
}

/// Numbers that are the same in each run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

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

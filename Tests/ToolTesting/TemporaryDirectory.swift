// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A directory that is gone with its last user.
package final class TemporaryDirectory: Sendable {
    package let path: String

    package init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(
            "seamless-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }  // what stays is the system's to tidy

    package func file(_ name: String, _ bytes: [UInt8] = []) throws -> String {
        let file = path + "/" + name
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        return file
    }

    /// Everything in it, in order.
    package var contents: [String] { (FileManager.default.subpaths(atPath: path) ?? []).sorted() }
}

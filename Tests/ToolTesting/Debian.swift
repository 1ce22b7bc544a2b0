// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Debian's kernel and busybox, which the tool fetches where it has not yet.
package enum Debian {
    package static let directory: String = {
        let environment = ProcessInfo.processInfo.environment
        let cache = environment["XDG_CACHE_HOME"] ?? NSHomeDirectory() + "/.cache"
        return cache + "/seamless/debian"
    }()
    package static let kernel = directory + "/vmlinuz"
    package static let busybox = directory + "/busybox"

    /// False in a debug build, whose engine is too slow, and where there is no package manager or no network.
    package static let isHere = Tool.isFast && (try? Tool.run("measure", "debian"))?.status == 0
    package static func run(
        _ options: [String] = [], _ script: String, seconds: Double = 300
    ) throws -> Tool.Run {
        try Tool.run(["run", "debian"] + options + ["--", "sh", "-c", script], seconds: seconds)
    }
}

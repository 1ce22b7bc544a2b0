// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// What the kernel of a guest says beside the guest's session: shown while it happens if somebody asks for it, and kept
/// for an end that needs an explanation.
final class KernelLog: Sendable {
    private let isShown: Bool
    private let kept = Mutex<[UInt8]>([])
    private static let limit = 1 << 16

    init(isShown: Bool) { self.isShown = isShown }

    func take(_ bytes: [UInt8]) {
        if isShown {
            FileHandle.standardError.writeQuietly(bytes)
            return
        }
        kept.withLock { kept in
            kept += bytes
            if kept.count > 2 * KernelLog.limit { kept.removeFirst(kept.count - KernelLog.limit) }
        }
    }

    /// Shows what was kept.
    func explain() {
        let bytes = kept.withLock { kept in
            defer { kept = [] }
            return kept.suffix(KernelLog.limit).filter { $0 != 0x0D }
        }
        FileHandle.standardError.writeQuietly(bytes)
    }
}

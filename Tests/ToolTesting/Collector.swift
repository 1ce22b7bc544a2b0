// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// Bytes as they come from a descriptor.
package final class Collector: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var taken = 0
        var isOpen = false
    }
    private let state = Mutex(State())

    package var bytes: [UInt8] { state.withLock { $0.bytes } }
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Closes the descriptor at its end; a terminal belongs to somebody else.
    func read(_ descriptor: Int32) {
        state.withLock { $0.isOpen = true }
        let isTerminal = isatty(descriptor) == 1
        Thread { [self] in
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = Foundation.read(descriptor, &buffer, buffer.count)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { break }
                state.withLock { $0.bytes += buffer[..<count] }
            }
            if !isTerminal { close(descriptor) }
            state.withLock { $0.isOpen = false }
        }.start()
    }

    /// Waits for what is on its way.
    func finish() {
        for _ in 0..<500 where state.withLock({ $0.isOpen }) { usleep(2000) }
    }

    func take(through text: String) -> Bool {
        state.withLock { state in
            let pattern = Array(text.utf8)
            guard let range = state.bytes[state.taken...].firstRange(of: pattern) else { return false }
            state.taken = range.upperBound
            return true
        }
    }
}

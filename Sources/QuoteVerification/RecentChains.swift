// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The PCK chains that came last, by their text. The same platforms make most quotes that a verifier sees.
///
/// It remembers facts of bytes and nothing of a quote, a time or a verdict; and no more than `limit` chains of a usual size.
final class RecentChains: Sendable {
    private static let limit = 64
    private static let largestText = 16_384

    private struct State: Sendable {
        var chains: [(text: [UInt8], chain: PCKChain)] = []
        /// Which is replaced next.
        var oldest = 0
    }
    private let state = Mutex(State())

    subscript(text: [UInt8]) -> PCKChain? {
        get { state.withLock { state in state.chains.first { $0.text == text }?.chain } }
        set {
            guard let chain = newValue, text.count <= Self.largestText else { return }
            state.withLock { state in
                guard !state.chains.contains(where: { $0.text == text }) else { return }
                if state.chains.count < Self.limit {
                    state.chains.append((text, chain))
                } else {
                    state.chains[state.oldest] = (text, chain)
                    state.oldest = (state.oldest + 1) % Self.limit
                }
            }
        }
    }
}

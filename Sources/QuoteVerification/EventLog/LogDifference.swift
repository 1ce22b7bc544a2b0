// SPDX-License-Identifier: Apache-2.0

import Quote

/// The first event of a register in which two logs differ.
public struct LogDifference: Hashable, Sendable, CustomStringConvertible {
    public let rtmr: Int
    /// Nil where one log has ended.
    public let expected: MeasuredEvent?
    public let found: MeasuredEvent?

    public var description: String {
        switch (expected, found) {
        case (.some(let expected), .some(let found)): "RTMR\(rtmr): \(found) instead of \(expected)"
        case (.some(let expected), nil): "RTMR\(rtmr): \(expected) is missing"
        case (nil, .some(let found)): "RTMR\(rtmr): \(found) is more than there should be"
        case (nil, nil): "RTMR\(rtmr): nothing differs"
        }
    }
}

extension RTMRReplay {
    /// For each register the first event in which this log is not `reference`: a log of the same TD that matches.
    public func differences(from reference: RTMRReplay) -> [LogDifference] {
        registers.indices.compactMap { rtmr in
            let found = events.filter { $0.rtmr == rtmr }
            let expected = reference.events.filter { $0.rtmr == rtmr }
            for index in 0..<max(found.count, expected.count) {
                let a = index < found.count ? found[index] : nil
                let b = index < expected.count ? expected[index] : nil
                guard a?.digest == b?.digest else { return LogDifference(rtmr: rtmr, expected: b, found: a) }
            }
            return nil
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Reads what a Linux guest reports as lines of text on its second serial port.
///
/// - SeeAlso: Documentation/Guest exit status.md, "Linux: the report".
struct StatusLine: Sendable {
    private var line: [UInt8] = []
    private var isTooLong = false

    enum Report: Equatable {
        /// The session's terminal is set up and may get its input.
        case ready
        case exit(UInt8)
    }

    /// - Returns: what is reported, when the byte ends a line that reports something.
    mutating func take(_ byte: UInt8) -> Report? {
        guard byte == 0x0A else {
            if line.count < 64 { line.append(byte) } else { isTooLong = true }
            return nil
        }
        defer {
            line.removeAll(keepingCapacity: true)
            isTooLong = false
        }
        guard !isTooLong else { return nil }
        var text = Substring(String(decoding: line, as: UTF8.self))
        if text.last == "\r" { text.removeLast() }
        if text == "ready" { return .ready }
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 2, words[0] == "exit", words[1].utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else {
            return nil
        }
        return UInt8(words[1]).map(Report.exit)
    }
}

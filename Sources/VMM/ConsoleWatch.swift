// SPDX-License-Identifier: Apache-2.0

/// Reads along on the console for the words with which a Linux kernel gives up.
struct ConsoleWatch: Sendable {
    private var line: [UInt8] = []
    /// What the kernel said when it panicked.
    private(set) var panic: String?
    /// The kernel has said all it will and will not reboot by itself.
    private(set) var isHalted = false

    private static let panicWords = ["Kernel panic - not syncing: ", "PANIC: "]
    private static let endWords = "---[ end Kernel panic"

    mutating func take(_ byte: UInt8) {
        guard byte == 0x0A || line.count >= 1024 else {
            if byte != 0x0D { line.append(byte) }
            return
        }
        let text = String(decoding: line, as: UTF8.self)
        line.removeAll(keepingCapacity: true)
        if panic == nil,
            let start = ConsoleWatch.panicWords.lazy.compactMap({ ConsoleWatch.find($0, in: text) }).first
        {
            panic = String(text[start...])
        } else if panic != nil, ConsoleWatch.find(ConsoleWatch.endWords, in: text) != nil {
            isHalted = true
        }
    }

    /// Where the text after `words` begins.
    private static func find(_ words: String, in text: String) -> String.Index? {
        text.firstRange(of: words)?.upperBound
    }
}

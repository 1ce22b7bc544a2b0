// SPDX-License-Identifier: Apache-2.0

/// Takes a tar archive as a stream of pieces and keeps the files somebody wants.
///
/// - SeeAlso: POSIX.1-2017, `pax`, "ustar Interchange Format".
struct TarReader {
    private enum State {
        case header
        case contents(name: String, left: Int, padding: Int)
        case longName(left: Int, padding: Int, bytes: [UInt8])
        case end
    }
    private var state = State.header
    private var pending: [UInt8] = []
    private var longName: String?
    /// The contents of the file at hand; nil of one that nobody wants.
    private var kept: [UInt8]?
    private let wants: (String) -> Bool
    /// Files kept so far, by name without a leading `./`.
    private(set) var files: [String: [UInt8]] = [:]
    /// Symbolic links that `wants` named, by name.
    private(set) var links: [String: String] = [:]

    /// What makes the stream no archive.
    enum Problem: Error { case notAnArchive, truncated, tooLarge }

    /// A file of more bytes than this is refused: nothing in a package we use is as large.
    static let largestFile = 1 << 28

    init(wants: @escaping (String) -> Bool) { self.wants = wants }

    /// The archive ended as an archive ends.
    var isComplete: Bool {
        switch state {
        case .end: true
        case .header: pending.isEmpty
        default: false
        }
    }

    mutating func take(_ bytes: some Sequence<UInt8>) throws(Problem) {
        pending += bytes
        var start = 0
        defer { pending.removeFirst(start) }
        while start < pending.count {
            switch state {
            case .end:
                start = pending.count
            case .header:
                guard pending.count - start >= 512 else { return }
                let block = Array(pending[start..<start + 512])
                start += 512
                try header(block)
            case .contents(let name, let left, let padding):
                let count = min(left, pending.count - start)
                kept?.append(contentsOf: pending[start..<start + count])
                start += count
                if left > count {
                    state = .contents(name: name, left: left - count, padding: padding)
                } else {
                    if let kept { files[name] = kept }
                    kept = nil
                    state = padding > 0 ? .contents(name: "", left: padding, padding: 0) : .header
                }
            case .longName(let left, let padding, var bytes):
                let count = min(left, pending.count - start)
                bytes.append(contentsOf: pending[start..<start + count])
                start += count
                if left > count {
                    state = .longName(left: left - count, padding: padding, bytes: bytes)
                } else {
                    longName = text(bytes[...])
                    state = padding > 0 ? .contents(name: "", left: padding, padding: 0) : .header
                }
            }
        }
    }

    private mutating func header(_ block: [UInt8]) throws(Problem) {
        if block.allSatisfy({ $0 == 0 }) {
            state = .end
            return
        }
        guard block[257..<262].elementsEqual("ustar".utf8), let size = number(block[124..<136]) else {
            throw .notAnArchive
        }
        guard size <= TarReader.largestFile else { throw .tooLarge }
        let padding = (512 - size % 512) % 512
        let type = block[156]
        if type == UInt8(ascii: "L") {
            state = .longName(left: size, padding: padding, bytes: [])
            if size == 0 { state = .header }
            return
        }
        let prefix = text(block[345..<500])
        let isPOSIX = block[262] == 0
        var name = longName ?? (isPOSIX && !prefix.isEmpty ? prefix + "/" : "") + text(block[0..<100])
        longName = nil
        while name.hasPrefix("./") { name.removeFirst(2) }
        let isFile = type == UInt8(ascii: "0") || type == 0
        let isWanted = wants(name)
        if type == UInt8(ascii: "2"), isWanted { links[name] = text(block[157..<257]) }
        if size == 0 {
            if isFile, isWanted { files[name] = [] }
            state = .header
        } else {
            kept = isFile && isWanted ? [] : nil
            state = .contents(name: name, left: size, padding: padding)
        }
    }

    private func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    private func number(_ bytes: ArraySlice<UInt8>) -> Int? {
        let digits = bytes.drop { $0 == 0x20 }.prefix { $0 != 0 && $0 != 0x20 }
        return digits.isEmpty ? 0 : Int(String(decoding: digits, as: UTF8.self), radix: 8)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Collateral
import Quote

/// An input as what it consists of: nodes of DER or values of JSON, which need not be right.
///
/// The nodes are in the order in which they are written, each followed by those in it, and their bytes are in one pool: a
/// copy of a tree is a copy of two arrays.
struct Tree: Sendable {
    var nodes: [Node] = []
    var pool: [UInt8] = []
    var form: Form

    enum Form: Sendable {
        case json
        /// DER, and what is written around it.
        case der(Wrapping)
    }

    enum Wrapping: Sendable {
        case none
        case pem(String)
        case hexadecimal

        func text(of bytes: [UInt8]) -> [UInt8] {
            switch self {
            case .none: bytes
            case .pem(let label): Array(PEM(label: label, bytes: bytes).text.utf8)
            case .hexadecimal: Array(bytes.hexadecimal.utf8)
            }
        }
    }

    struct Node: BitwiseCopyable, Sendable {
        /// How many nodes this one is, with all in it.
        var count = 1
        /// The tag of DER; the bracket that begins a JSON list or object, and 0 for anything else.
        var tag: UInt8 = 0
        var length = Length.right
        var difference = 0
        /// What a JSON member is called, with its quotes.
        var name = Text()
        /// All that a node without others in it has; before those, the unused bits of a DER bit string.
        var text = Text()
        var hasNodes = false
    }

    /// How DER says the length.
    enum Length: BitwiseCopyable, Sendable {
        case right
        /// In more bytes than it takes.
        case long
        case indefinite
        /// `difference` is to be added.
        case lie
        case huge
    }

    /// Some bytes of the pool.
    struct Text: BitwiseCopyable, Sendable {
        var start = 0
        var count = 0
        var range: Range<Int> { start..<start + count }
    }

    init(form: Form) { self.form = form }

    mutating func add(_ bytes: some Collection<UInt8>) -> Text {
        let text = Text(start: pool.count, count: bytes.count)
        pool += bytes
        return text
    }

    // MARK: Changes

    /// The nodes of node `index`.
    func subtree(_ index: Int) -> Range<Int> { index..<index + nodes[index].count }

    /// Puts nodes in the place of others, which are whole subtrees of one parent; `sibling` is another node of that parent's,
    /// where there may be no others.
    mutating func replace(_ range: Range<Int>, with others: some Collection<Node>, in sibling: Int? = nil) {
        let place = sibling ?? range.lowerBound
        let difference = others.count - range.count
        // Whoever has these nodes now has so many more.
        for index in 0..<place where index + nodes[index].count > place { nodes[index].count += difference }
        nodes.replaceSubrange(range, with: others)
    }

    // MARK: Writing

    var encoded: [UInt8] {
        switch form {
        case .der(let wrapping): return wrapping.text(of: encodedDER)
        case .json:
            var bytes: [UInt8] = []
            bytes.reserveCapacity(pool.count + 4 * nodes.count)
            var index = 0
            while index < nodes.count { writeJSON(&index, to: &bytes, isMember: false) }
            return bytes
        }
    }

    private func writeJSON(_ index: inout Int, to bytes: inout [UInt8], isMember: Bool) {
        let node = nodes[index]
        if isMember {
            if node.name.count == 0 { bytes += [0x22, 0x22] } else { bytes += pool[node.name.range] }
            bytes.append(UInt8(ascii: ":"))
        }
        let end = index + node.count
        index += 1
        guard node.tag != 0 else {
            bytes += pool[node.text.range]
            index = end
            return
        }
        let isObject = node.tag == UInt8(ascii: "{")
        bytes.append(node.tag)
        while index < end {
            writeJSON(&index, to: &bytes, isMember: isObject)
            if index < end { bytes.append(UInt8(ascii: ",")) }
        }
        bytes.append(UInt8(ascii: isObject ? "}" : "]"))
    }

    /// Written from the end, so that each length is known when its turn comes.
    var encodedDER: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(pool.count + 8 * nodes.count)
        // How much was written before the nodes from an index on.
        var written = [Int](repeating: 0, count: nodes.count + 1)
        for index in nodes.indices.reversed() {
            let node = nodes[index]
            let before = written[index + node.count]
            if node.length == .indefinite { bytes += [0, 0] }
            bytes += pool[node.text.range].reversed()
            var count = bytes.count - before
            switch node.length {
            case .right: break
            case .lie: count = max(0, count + node.difference)
            case .indefinite: bytes.append(0x80)
            case .huge: bytes += [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0x88]
            case .long:
                for shift in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: count >> (8 * shift))) }
                bytes.append(0x84)
            }
            if node.length == .right || node.length == .lie {
                if count < 0x80 {
                    bytes.append(UInt8(count))
                } else {
                    var rest = count
                    while rest > 0 {
                        bytes.append(UInt8(truncatingIfNeeded: rest))
                        rest >>= 8
                    }
                    bytes.append(0x80 | UInt8((count.bitWidth - count.leadingZeroBitCount + 7) / 8))
                }
            }
            bytes.append(node.tag)
            written[index] = bytes.count
        }
        bytes.reverse()
        return bytes
    }
}

// MARK: Reading

extension Tree {
    /// Reads DER; nil when it is not.
    init?(der bytes: [UInt8], _ wrapping: Wrapping = .none) {
        self.init(form: .der(wrapping))
        guard read(bytes[...]) else { return nil }
    }

    private mutating func read(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        while let tag = rest.popFirst() {
            guard tag & 0x1F != 0x1F, let first = rest.popFirst() else { return false }
            var length = Int(first)
            if first >= 0x80 {
                guard 0x81...0x83 ~= first, rest.count >= Int(first & 3) else { return false }
                length = rest.prefix(Int(first & 3)).reduce(0) { $0 << 8 | Int($1) }
                rest = rest.dropFirst(Int(first & 3))
            }
            guard length <= rest.count else { return false }
            let content = rest.prefix(length)
            rest = rest.dropFirst(length)
            let index = nodes.count
            nodes.append(Node(tag: tag))
            // What is in a constructed node, or what looks like it in a string of bytes or bits.
            let prefix = tag == 3 ? 1 : 0
            if tag & 0x20 != 0 || (tag == 3 || tag == 4) && content.count > 2 {
                let before = pool.count
                if read(content.dropFirst(prefix)) {
                    nodes[index].hasNodes = true
                    nodes[index].text = add(content.prefix(prefix))
                    nodes[index].count = nodes.count - index
                    continue
                }
                nodes.removeLast(nodes.count - index - 1)
                pool.removeLast(pool.count - before)
            }
            nodes[index].text = add(content)
        }
        return true
    }

    init(_ value: JSONValue) {
        self.init(form: .json)
        add(value, name: Text())
    }

    private mutating func add(_ value: JSONValue, name: Text) {
        let index = nodes.count
        nodes.append(Node(name: name))
        switch value {
        case .object(let members):
            nodes[index].tag = UInt8(ascii: "{")
            for member in members {
                add(member.value, name: add(JSONValue.string(member.name).compact.utf8))
            }
        case .array(let values):
            nodes[index].tag = UInt8(ascii: "[")
            for value in values { add(value, name: Text()) }
        default: nodes[index].text = add(value.compact.utf8)
        }
        nodes[index].hasNodes = nodes[index].tag != 0
        nodes[index].count = nodes.count - index
    }
}

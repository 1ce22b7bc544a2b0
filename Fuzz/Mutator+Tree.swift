// SPDX-License-Identifier: Apache-2.0

extension Mutator {
    private static let tags: [UInt8] = [
        1, 2, 3, 4, 5, 6, 0xA, 0xC, 0x13, 0x16, 0x17, 0x18, 0x24, 0x30, 0x31, 0x80, 0x81, 0x82, 0x86, 0xA0,
        0xA1, 0xA3, 0x1F, 0xFF,
    ]
    private static let nesting: [UInt8] = [0x30, 0x31, 0xA0, 0x24]
    private static let lengths: [Tree.Length] = [.long, .indefinite, .huge, .lie, .lie, .lie]
    private static let differences = [-1, 1, -2, 128, 300]
    /// What numbers and strings of DER end at.
    private static let contents: [[UInt8]] = [
        [], [0], [0x7F], [0x80], [0xFF], [0, 0x80], [0, 0], [0xFF, 0xFF],
        [1] + [UInt8](repeating: 0, count: 8),
        [UInt8](repeating: 0xFF, count: 21), [UInt8](repeating: 0, count: 40),
    ]
    /// What values of JSON end at.
    private static let values: [[UInt8]] = [
        "null", "true", "false", "[]", "{}", "-1", "0", "1", "2", "3", "15", "16", "255", "256", "65535",
        "65536",
        "2147483648", "4294967296", "9223372036854775807", "-9223372036854775808", "\"\"", "\"0\"", "\"TDX\"",
        "\"SGX\"", "\"QE\"", "\"TD_QE\"", "\"TDX_00\"", "\"TDX_ff\"", "\"TDX_1\"", "\"UpToDate\"",
        "\"Revoked\"", "\"OutOfDateConfigurationNeeded\"", "\"\\u0000\"", "\"\\\\\"", "\"é\"", "\"ＦＦ\"",
        "\"2026-02-29T00:00:00Z\"", "\"2024-02-29T23:59:60Z\"", "\"9999-12-31T23:59:59Z\"",
        "\"0000-00-00T00:00:00Z\"", "\"+026-01-01T00:00:00Z\"", "\"00906ED50000\"",
    ].map { Array($0.utf8) }
    private static let names: [[UInt8]] = values.filter { $0.first == UInt8(ascii: "\"") }

    /// One change of a tree, which is written with right lengths and brackets unless these are what changes.
    mutating func change(_ tree: inout Tree) {
        guard !tree.nodes.isEmpty else { return }
        let index = below(tree.nodes.count)
        let range = tree.subtree(index)
        switch below(10) {
        case 0: tree.replace(range, with: [])
        case 1: tree.replace(range.upperBound..<range.upperBound, with: Array(tree.nodes[range]), in: index)
        case 2:
            // Another of the document's in its place.
            var other = Array(tree.nodes[tree.subtree(below(tree.nodes.count))])
            other[0].name = tree.nodes[index].name
            tree.replace(range, with: other)
        case 3:
            // Again and again.
            let again = below(16) == 0 ? 64 + below(200) : below(8)
            let copied = tree.nodes[range]
            guard copied.count * again < 2000 else { return }
            tree.replace(
                range.upperBound..<range.upperBound, with: (0..<again).flatMap { _ in copied }, in: index)
        case 4: nest(&tree, range)
        default:
            switch tree.form {
            case .der: changeDER(&tree, index)
            case .json: changeJSON(&tree, index)
            }
        }
    }

    /// More deeply than anything that is meant.
    private mutating func nest(_ tree: inout Tree, _ range: Range<Int>) {
        let depth = below(6) == 0 ? below(100) : 1 + below(3)
        var around: [Tree.Node] = []
        for level in 0..<depth {
            var node = Tree.Node(count: range.count + depth - level, hasNodes: true)
            if case .json = tree.form {
                node.tag = UInt8(ascii: below(2) == 0 ? "[" : "{")
            } else {
                node.tag = one(of: Mutator.nesting)
            }
            around.append(node)
        }
        guard depth > 0 else { return }
        around[0].name = tree.nodes[range.lowerBound].name
        tree.replace(range, with: around + tree.nodes[range])
    }

    private mutating func changeDER(_ tree: inout Tree, _ index: Int) {
        switch below(6) {
        case 0: tree.nodes[index].tag = one(of: Mutator.tags)
        case 1: tree.nodes[index].tag = UInt8(truncatingIfNeeded: next())
        case 2:
            tree.nodes[index].length = one(of: Mutator.lengths)
            tree.nodes[index].difference = one(of: Mutator.differences)
        case 3:
            let text = tree.add(one(of: Mutator.contents))
            setText(&tree, index, text)
        default: changeText(&tree, index)
        }
    }

    private mutating func changeJSON(_ tree: inout Tree, _ index: Int) {
        switch below(5) {
        case 0: tree.nodes[index].name = tree.add(one(of: Mutator.names))
        case 1:
            // An object becomes a list, and the other way around.
            if tree.nodes[index].tag != 0 { tree.nodes[index].tag ^= UInt8(ascii: "{") ^ UInt8(ascii: "[") }
        case 2, 3:
            let text = tree.add(one(of: Mutator.values))
            setText(&tree, index, text)
        default: changeText(&tree, index)
        }
    }

    /// A node with that content and no nodes in it.
    private func setText(_ tree: inout Tree, _ index: Int, _ text: Tree.Text) {
        var node = tree.nodes[index]
        node.count = 1
        node.text = text
        node.hasNodes = false
        if case .json = tree.form { node.tag = 0 }
        tree.replace(tree.subtree(index), with: [node])
    }

    /// A change of the bytes of a node; inside of the quotes of a JSON string.
    private mutating func changeText(_ tree: inout Tree, _ index: Int) {
        guard !tree.nodes[index].hasNodes else { return }
        var bytes = Array(tree.pool[tree.nodes[index].text.range])
        if case .json = tree.form, bytes.count > 1, bytes.first == UInt8(ascii: "\"") {
            var inner = Array(bytes.dropFirst().dropLast())
            change(&inner, words: [], others: [])
            bytes = [UInt8(ascii: "\"")] + inner + [UInt8(ascii: "\"")]
        } else {
            change(&bytes, words: [], others: [])
        }
        tree.nodes[index].text = tree.add(bytes)
    }
}

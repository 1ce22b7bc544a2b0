// SPDX-License-Identifier: Apache-2.0

import Collateral

/// An input that a parser accepts, in the form in which it is changed.
enum Seed: Sendable {
    /// Bytes, some of which are numbers that say how many others are.
    case bytes([UInt8], [SizeField] = [])
    case tree(Tree)

    static func json(_ value: JSONValue) -> Seed { .tree(Tree(value)) }

    /// What an input looks like.
    init(parsing bytes: [UInt8]) {
        if let value = try? JSONValue(bytes, document: "input") {
            self = .json(value)
        } else if bytes.first == 0x30, let tree = Tree(der: bytes) {
            self = .tree(tree)
        } else {
            self = .bytes(bytes)
        }
    }

    /// The input itself.
    var bytes: [UInt8] {
        switch self {
        case .bytes(let bytes, _): bytes
        case .tree(let tree): tree.encoded
        }
    }
}

/// A number in an input that says how many bytes of it belong together.
struct SizeField: Sendable {
    var offset: Int
    var width: Int
    var isBigEndian = false
    var content: Range<Int>
}

/// Makes inputs of seeds by a few changes each. The same seed makes the same input.
///
/// Half of the changes are of what an input means: a node of DER with all lengths around it, a member of JSON, bytes with
/// the numbers that count them. They reach what is behind the checks that change of single bytes fail at.
struct Mutator {
    private var state: UInt64

    init(seed: UInt64, name: String = "") {
        state = name.utf8.reduce(seed) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }

    /// The input of an execution.
    static func input(of target: Target, from seeds: [Seed], seed: UInt64, index: UInt64) -> [UInt8] {
        var mutator = Mutator(seed: seed &* 0x9E37_79B9_7F4A_7C15 &+ index, name: target.name)
        return mutator.input(from: seeds, words: target.words)
    }

    /// SplitMix64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    mutating func below(_ bound: Int) -> Int { bound < 2 ? 0 : Int(next() % UInt64(bound)) }
    mutating func one<Element>(of list: [Element]) -> Element { list[below(list.count)] }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }

    /// Numbers at which lengths and signs turn.
    static let edges: [UInt64] = [
        0, 1, 2, 4, 6, 16, 48, 127, 128, 255, 256, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000,
        0xFFFF_FFFF, 0x7FFF_FFFF_FFFF_FFFF, .max,
    ]
    /// No input grows beyond it.
    static let largest = 1 << 16

    mutating func input(from seeds: [Seed], words: [[UInt8]]) -> [UInt8] {
        let kind = below(4)
        var bytes: [UInt8]
        switch one(of: seeds) {
        case .bytes(let seed, let fields):
            bytes = seed
            if kind > 0 { resize(&bytes, fields) }
        case .tree(var tree):
            if kind > 0 { for _ in 0...below(4) { change(&tree) } }
            // What is under a text that cannot be decoded is not looked at.
            if case .der(let wrapping) = tree.form, case .pem = wrapping, kind == 0 {
                bytes = tree.encodedDER
                change(&bytes, words: [], others: [])
                return wrapping.text(of: bytes)
            }
            bytes = tree.encoded
        }
        if kind < 2 { for _ in 0...below(6) { change(&bytes, words: words, others: seeds) } }
        if bytes.count > Mutator.largest { bytes.removeLast(bytes.count - Mutator.largest) }
        return bytes
    }

    // MARK: Bytes

    /// One change of which nobody else has to know.
    mutating func change(_ bytes: inout [UInt8], words: [[UInt8]], others: [Seed]) {
        guard !bytes.isEmpty else {
            bytes = self.bytes(1 + below(8))
            return
        }
        let at = below(bytes.count)
        switch below(11) {
        case 0: bytes[at] ^= 1 << UInt8(below(8))
        case 1: bytes[at] = UInt8(truncatingIfNeeded: next())
        case 2: bytes[at] = UInt8(truncatingIfNeeded: one(of: Mutator.edges))
        case 3, 4: put(one(of: Mutator.edges), at, width: 1 << below(4), isBigEndian: below(2) == 0, &bytes)
        case 5: bytes.removeSubrange(at..<min(bytes.count, at + 1 + below(64)))
        case 6:
            let copied = bytes[at..<min(bytes.count, at + 1 + below(64))]
            bytes.insert(contentsOf: copied, at: below(bytes.count))
        case 7: bytes.removeLast(min(bytes.count, 1 + below(16)))
        case 8 where !others.isEmpty:
            // The end of another seed.
            let other = one(of: others).bytes
            bytes.replaceSubrange(at..., with: other.suffix(below(other.count)))
        case 9 where !words.isEmpty: bytes.insert(contentsOf: one(of: words), at: at)
        case 10 where !words.isEmpty:
            let word = one(of: words)
            bytes.replaceSubrange(at..<min(bytes.count, at + word.count), with: word)
        default: bytes.append(UInt8(truncatingIfNeeded: next()))
        }
    }

    private func put(
        _ value: UInt64, _ offset: Int, width: Int, isBigEndian: Bool, _ bytes: inout [UInt8]
    ) {
        for byte in 0..<width where offset + byte < bytes.count {
            bytes[offset + byte] = UInt8(
                truncatingIfNeeded: value >> UInt64(8 * (isBigEndian ? width - 1 - byte : byte)))
        }
    }

    /// Takes bytes out or puts some in, and has all numbers say so; or has one of them lie.
    private mutating func resize(_ bytes: inout [UInt8], _ seedFields: [SizeField]) {
        guard !seedFields.isEmpty else { return change(&bytes, words: [], others: []) }
        var fields = seedFields
        for _ in 0...below(3) where !fields.isEmpty {
            let field = one(of: fields)
            let content = field.content
            guard content.upperBound <= bytes.count, field.offset + field.width <= bytes.count else { return }
            let at = content.lowerBound + below(content.count + 1)
            switch below(4) {
            case 0:
                // Nearly the right number, or one at which numbers turn.
                let value =
                    below(2) == 0 ? one(of: Mutator.edges) : UInt64(max(0, content.count - 8 + below(17)))
                put(value, field.offset, width: field.width, isBigEndian: field.isBigEndian, &bytes)
                return
            case 1:
                let count = min(content.upperBound - at, 1 + below(64))
                bytes.removeSubrange(at..<at + count)
                move(&fields, at, -count, &bytes)
            case 2:
                let copied = Array(bytes[at..<min(bytes.count, at + 1 + below(128))])
                bytes.insert(contentsOf: copied, at: at)
                move(&fields, at, copied.count, &bytes)
            default:
                // All of it again and again, or none of it.
                let copied = Array(bytes[content].prefix(2048))
                if below(2) == 0 {
                    bytes.removeSubrange(content)
                    move(&fields, content.lowerBound, -content.count, &bytes)
                } else {
                    let again = (0..<below(4)).flatMap { _ in copied }
                    bytes.insert(contentsOf: again, at: content.upperBound)
                    move(&fields, content.upperBound, again.count, &bytes)
                }
            }
        }
    }

    /// After a change of size at a place: every number that counts the place, and where everything behind it is.
    private func move(_ fields: inout [SizeField], _ at: Int, _ difference: Int, _ bytes: inout [UInt8]) {
        // What was taken out may have been a field.
        fields.removeAll { difference < 0 && at..<at - difference ~= $0.offset }
        for number in fields.indices {
            var field = fields[number]
            if field.offset >= at { field.offset += difference }
            let content = field.content
            if content.lowerBound <= at, at <= content.upperBound {
                let upper = max(content.lowerBound, content.upperBound + difference)
                field.content = content.lowerBound..<upper
                put(
                    UInt64(field.content.count), field.offset, width: field.width,
                    isBigEndian: field.isBigEndian, &bytes)
            } else if content.lowerBound > at {
                let lower = max(at, content.lowerBound + difference)
                field.content = lower..<max(lower, content.upperBound + difference)
            }
            fields[number] = field
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

/// A set of page numbers that mostly come in long runs.
struct PageRangeSet: Sendable {
    /// Ascending, neither overlapping nor touching.
    private(set) var ranges: [Range<UInt64>] = []

    /// Index of the first range that ends behind `page`.
    private func index(of page: UInt64) -> Int {
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound <= page { low = middle + 1 } else { high = middle }
        }
        return low
    }

    func contains(_ page: UInt64) -> Bool {
        let index = index(of: page)
        return index < ranges.count && ranges[index].contains(page)
    }

    /// All pages of `range` are in the set, or none is.
    func isUniform(_ range: Range<UInt64>, _ member: Bool) -> Bool {
        let index = index(of: range.lowerBound)
        guard index < ranges.count else { return !member }
        return member
            ? ranges[index].lowerBound <= range.lowerBound && ranges[index].upperBound >= range.upperBound
            : ranges[index].lowerBound >= range.upperBound
    }

    mutating func insert(_ range: Range<UInt64>) {
        var merged = range
        let first = range.lowerBound == 0 ? 0 : index(of: range.lowerBound - 1)
        var last = first
        while last < ranges.count, ranges[last].lowerBound <= range.upperBound {
            merged =
                min(
                    merged.lowerBound, ranges[last].lowerBound)..<max(
                    merged.upperBound, ranges[last].upperBound)
            last += 1
        }
        ranges.replaceSubrange(first..<last, with: [merged])
    }

    mutating func remove(_ range: Range<UInt64>) {
        let first = index(of: range.lowerBound)
        var last = first
        var rest: [Range<UInt64>] = []
        while last < ranges.count, ranges[last].lowerBound < range.upperBound {
            let old = ranges[last]
            if old.lowerBound < range.lowerBound { rest.append(old.lowerBound..<range.lowerBound) }
            if old.upperBound > range.upperBound { rest.append(range.upperBound..<old.upperBound) }
            last += 1
        }
        ranges.replaceSubrange(first..<last, with: rest)
    }
}

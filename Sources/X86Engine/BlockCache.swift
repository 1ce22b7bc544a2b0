// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

/// The decoded blocks of one vCPU.
///
/// Blocks lie in an arena that is emptied as a whole when it is full. A block is found by its linear address, the host
/// page of its first byte and the mode. Each page with blocks has a map of its 64-byte chunks that were decoded; a
/// write into one of them drops all blocks of the page.
final class BlockCache {
    /// Comes before a block's first op: RIP, host page, mode, instruction count, offset table, whether it crosses pages.
    enum Header {
        static let size = 64
        static let rip = 0
        static let page = 8
        /// Host page of the last byte, when that is another page; else 0.
        static let secondPage = 16
        static let mode = 24
        static let count = 28
        /// Address of `count` 16-bit offsets from the first op to each instruction's op.
        static let offsets = 32
    }

    static let maximumInstructions = 64
    private static let arenaSize = 48 << 20
    private static let jumpEntries = 4096
    /// Room that one block may need: ops, records, slots and offsets.
    private static let reserve = Header.size + maximumInstructions * (32 + BlockBuilder.recordSize + 64) + 4096

    private struct Key: Hashable {
        var rip: UInt64
        var page: UInt64
        var mode: UInt32
    }
    private struct Page {
        var chunks: UInt64 = 0
        var keys: [Key] = []
    }

    private let arena: UnsafeMutableRawPointer
    private var cursor: UnsafeMutableRawPointer
    private var blocks: [Key: UnsafeMutableRawPointer] = [:]
    private var pages: [UInt64: Page] = [:]
    /// {RIP, first op}, by RIP bits.
    private let jumps: UnsafeMutablePointer<(rip: UInt64, op: UInt64)>

    init() {
        arena = .allocate(byteCount: BlockCache.arenaSize, alignment: 64)
        cursor = arena
        jumps = .allocate(capacity: BlockCache.jumpEntries)
        jumps.initialize(repeating: (~0, 0), count: BlockCache.jumpEntries)
    }

    deinit {
        arena.deallocate()
        jumps.deallocate()
    }

    /// Number of blocks, for statistics and tests.
    var count: Int { blocks.count }

    @inline(__always)
    private static func jumpIndex(_ rip: UInt64) -> Int {
        Int(truncatingIfNeeded: rip ^ rip >> 12) & (jumpEntries - 1)
    }

    /// The block at a linear address whose first byte lies in host page `page`; nil when it has to be decoded.
    @inline(__always)
    func find(_ rip: UInt64, page: UInt64, mode: Mode) -> UnsafeMutableRawPointer? {
        let entry = jumps[BlockCache.jumpIndex(rip)]
        if entry.rip == rip, let op = UnsafeMutableRawPointer(bitPattern: UInt(entry.op)) {
            let header = op - Header.size
            if header.load(fromByteOffset: Header.page, as: UInt64.self) == page,
                header.load(fromByteOffset: Header.mode, as: UInt32.self) == mode.rawValue
            {
                return op
            }
        }
        guard let op = blocks[Key(rip: rip, page: page, mode: mode.rawValue)] else { return nil }
        jumps[BlockCache.jumpIndex(rip)] = (rip, UInt64(UInt(bitPattern: op)))
        return op
    }

    /// Whether any block was decoded from the page.
    func holdsCode(_ page: UInt64) -> Bool { pages[page] != nil }

    /// Where the next block's header goes. Empties the arena first when it is full: no block may be running.
    func reserve() -> (header: UnsafeMutableRawPointer, end: UnsafeMutableRawPointer) {
        if cursor - arena > BlockCache.arenaSize - BlockCache.reserve { removeAll() }
        return (cursor, arena + BlockCache.arenaSize)
    }

    func removeAll() {
        cursor = arena
        blocks.removeAll(keepingCapacity: true)
        pages.removeAll(keepingCapacity: true)
        jumps.update(repeating: (~0, 0), count: BlockCache.jumpEntries)
    }

    /// Adds a block whose ops stand behind the reserved header.
    ///
    /// - Parameters:
    ///   - spans: the host pages and byte ranges that were decoded.
    ///   - offsets: where each instruction's op begins, from the first op.
    /// - Returns: the first op, and the pages that had no code before.
    func insert(
        header: UnsafeMutableRawPointer, end: UnsafeMutableRawPointer, rip: UInt64, mode: Mode,
        spans: [(page: UInt64, bytes: Range<Int>)], offsets: [UInt16]
    ) -> (op: UnsafeMutableRawPointer, newPages: [UInt64]) {
        let first = header + Header.size
        let key = Key(rip: rip, page: spans[0].page, mode: mode.rawValue)
        header.storeBytes(of: rip, toByteOffset: Header.rip, as: UInt64.self)
        header.storeBytes(of: key.page, toByteOffset: Header.page, as: UInt64.self)
        header.storeBytes(of: spans.count > 1 ? spans[1].page : 0, toByteOffset: Header.secondPage, as: UInt64.self)
        header.storeBytes(of: mode.rawValue, toByteOffset: Header.mode, as: UInt32.self)
        header.storeBytes(of: UInt32(offsets.count), toByteOffset: Header.count, as: UInt32.self)
        header.storeBytes(of: end, toByteOffset: Header.offsets, as: UnsafeMutableRawPointer.self)
        for (number, offset) in offsets.enumerated() {
            end.storeBytes(of: offset, toByteOffset: number * 2, as: UInt16.self)
        }
        cursor = end + (offsets.count * 2 + 63) / 64 * 64
        cursor = arena + (cursor - arena + 63) / 64 * 64

        var newPages: [UInt64] = []
        for span in spans {
            if pages[span.page] == nil { newPages.append(span.page) }
            pages[span.page, default: Page()].keys.append(key)
            for chunk in span.bytes.lowerBound / 64...(span.bytes.upperBound - 1) / 64 {
                pages[span.page, default: Page()].chunks |= 1 << UInt64(chunk)
            }
        }
        blocks[key] = first
        jumps[BlockCache.jumpIndex(rip)] = (rip, UInt64(UInt(bitPattern: first)))
        return (first, newPages)
    }

    /// Bytes of a page have been written: drops the page's blocks if some of them were decoded from there.
    ///
    /// A dropped block that is running leaves after the instruction that wrote.
    func invalidate(_ page: UInt64, _ offset: Int, _ count: Int) {
        guard let entry = pages[page], count > 0 else { return }
        var touched: UInt64 = 0
        for chunk in offset / 64...min(4095, offset + count - 1) / 64 { touched |= 1 << UInt64(chunk) }
        guard entry.chunks & touched != 0 else { return }
        for key in entry.keys {
            guard let op = blocks.removeValue(forKey: key) else { continue }
            // A block on two pages stays in the other page's list, where it does no harm.
            BlockCache.disarm(op)
            let index = BlockCache.jumpIndex(key.rip)
            if jumps[index].op == UInt64(UInt(bitPattern: op)) { jumps[index] = (~0, 0) }
        }
        pages[page] = nil
    }

    /// Makes every instruction of a dropped block leave to its own address.
    private static func disarm(_ op: UnsafeMutableRawPointer) {
        let header = op - Header.size
        let offsets = header.load(fromByteOffset: Header.offsets, as: UnsafeMutableRawPointer.self)
        for number in 0..<Int(header.load(fromByteOffset: Header.count, as: UInt32.self)) {
            let offset = Int(offsets.load(fromByteOffset: number * 2, as: UInt16.self))
            MicroOp(op + offset).handler = { c, o in
                let state = State(c)
                return state.leaveBlock(rip: state.currentRIP(MicroOp(o)))
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

/// The decoded blocks of one vCPU, found by RIP, mode and the host page their first byte lies in.
///
/// Blocks live in an arena that is emptied as a whole when it is full. A block whose bytes are overwritten stays where it
/// is with every instruction replaced by `staleOp`, so that links to it, and the interpreter if it is in it, find out.
final class BlockCache {
    private struct Key: Hashable {
        var rip: UInt64
        var mode: UInt32
        var codeBase: UInt32
    }
    private struct Block {
        /// The first op.
        var first: UnsafeMutableRawPointer
        /// Where the decoded bytes lie in the first page; beyond 4096 when they reach into the second.
        var range: Range<Int>
        /// Host page of the last bytes, 0 when the block lies in one page.
        var secondPage: UInt64
        /// The first op of each instruction.
        var instructions: [UnsafeMutableRawPointer]
    }
    private final class Page {
        /// Which 64-byte chunks hold decoded bytes.
        var chunks: UInt64 = 0
        var blocks: [Key: Block] = [:]
        /// Blocks of other pages that end in this one.
        var intruders: [(page: UInt64, key: Key)] = []
    }

    static let arenaSize = 64 << 20
    static let maximumInstructions = 64
    /// Room that a block may need at most: each instruction an op with a record and a slot, then the end.
    private static let blockRoom =
        (maximumInstructions + 2) * (2 * MicroOp.size + BlockBuilder.recordSize + 64)

    private let arena: UnsafeMutableRawPointer
    private var cursor: UnsafeMutableRawPointer
    private let jumpCache: UnsafeMutableRawPointer
    private var pages: [UInt64: Page] = [:]

    init() {
        arena = .allocate(byteCount: BlockCache.arenaSize, alignment: 4096)
        cursor = arena
        let size = JumpEntry.count * JumpEntry.size
        jumpCache = .allocate(byteCount: size, alignment: 4096)
        clearJumpCache()
    }

    deinit {
        arena.deallocate()
        jumpCache.deallocate()
    }

    private func clearJumpCache() {
        for index in 0..<JumpEntry.count {
            // A RIP that indexes another entry.
            (jumpCache + index * JumpEntry.size).storeBytes(of: UInt64(index ^ 1), as: UInt64.self)
        }
    }

    /// Drops everything. Not while a block runs.
    func removeAll() {
        pages.removeAll(keepingCapacity: true)
        cursor = arena
        clearJumpCache()
    }

    // MARK: Code pages

    @inline(__always)
    func holdsCode(_ page: UInt64) -> Bool { pages[page] != nil }

    /// Bytes of a page with code have been written.
    func invalidate(_ page: UInt64, _ offset: Int, _ count: Int) {
        guard count > 0, let entry = pages[page] else { return }
        let first = max(0, min(63, offset >> 6))
        let last = max(0, min(63, (offset + count - 1) >> 6))
        let mask = (~0 as UInt64) >> UInt64(63 - last) & (~0 as UInt64) << UInt64(first)
        if entry.chunks & mask == 0 { return }
        let written = offset..<offset + count
        for (key, block) in entry.blocks where block.range.overlaps(written) {
            remove(key, block, from: entry)
        }
        for (otherPage, key) in entry.intruders {
            guard let other = pages[otherPage], let block = other.blocks[key] else { continue }
            if written.lowerBound < block.range.upperBound - 4096 { remove(key, block, from: other) }
        }
        var chunks: UInt64 = 0
        for block in entry.blocks.values { chunks |= BlockCache.chunks(block.range) }
        entry.intruders.removeAll { pages[$0.page]?.blocks[$0.key] == nil }
        for (otherPage, key) in entry.intruders {
            guard let block = pages[otherPage]?.blocks[key] else { continue }
            chunks |= BlockCache.chunks(0..<block.range.upperBound - 4096)
        }
        entry.chunks = chunks
    }

    private func remove(_ key: Key, _ block: Block, from page: Page) {
        for op in block.instructions { MicroOp(op).handler = staleOp }
        page.blocks[key] = nil
        let rip = key.rip
        let entry = jumpCache + JumpEntry.index(rip) * JumpEntry.size
        if entry.load(fromByteOffset: JumpEntry.op, as: UnsafeMutableRawPointer.self) == block.first {
            entry.storeBytes(of: UInt64(JumpEntry.index(rip) ^ 1), as: UInt64.self)
        }
    }

    private static func chunks(_ range: Range<Int>) -> UInt64 {
        let first = range.lowerBound >> 6
        let last = min(63, (range.upperBound - 1) >> 6)
        return (~0 as UInt64) >> UInt64(63 - last) & (~0 as UInt64) << UInt64(first)
    }

    private func page(_ number: UInt64, _ cpu: VirtualCPU) -> Page {
        if let page = pages[number] { return page }
        let page = Page()
        pages[number] = page
        cpu.dropWriteTags(number)
        return page
    }

    // MARK: Finding

    /// The first op of the block at RIP, decoded now if need be. nil: the fetch faulted, or exits.
    func find(_ cpu: VirtualCPU) -> UnsafeMutableRawPointer? {
        let state = cpu.state
        let rip = state.rip
        let mode = state.mode
        state[field: State.Offset.jumpCache] = UInt64(UInt(bitPattern: jumpCache))
        let link = UnsafeMutableRawPointer(bitPattern: UInt(state[field: State.Offset.pendingLink]))
        state[field: State.Offset.pendingLink] = 0
        let source = state[field: State.Offset.blockStart]
        if let op = state.cachedBlock(rip) { return op }

        let codeBase: UInt32 =
            mode.contains(.code64)
            ? 0 : UInt32(truncatingIfNeeded: state[field: State.Offset.segments + 32])
        let linear = mode.contains(.code64) ? rip : (rip &+ UInt64(codeBase)) & 0xFFFF_FFFF
        guard let (host, number) = cpu.fetchPage(linear) else { return nil }
        if cursor + BlockCache.blockRoom > arena + BlockCache.arenaSize {
            removeAll()
            state[field: State.Offset.leaveOp] = 0
            return find(cpu)
        }
        let key = Key(rip: rip, mode: mode.rawValue, codeBase: codeBase)
        state[field: State.Offset.blockStart] = rip
        var block = pages[number]?.blocks[key]
        if let known = block, known.secondPage != 0 {
            guard let (_, second) = cpu.fetchPage((linear | 0xFFF) &+ 1) else {
                // Reported at the instruction, whose first byte lies in the first page.
                return nil
            }
            if second != known.secondPage {
                if let page = pages[number] { remove(key, known, from: page) }
                block = nil
            }
        }
        if block == nil { block = build(cpu, key, linear, host, number) }
        guard let block else { return nil }
        if block.secondPage == 0, codeBase == 0, !mode.contains(.singleStep) {
            let entry = jumpCache + JumpEntry.index(rip) * JumpEntry.size
            let user = mode.contains(.user)
            let entries = user ? TranslationCaches.entries.user : TranslationCaches.entries.kernel
            let index =
                Int(truncatingIfNeeded: linear >> 12) & (entries - 1)
                + (user ? TranslationCaches.entries.kernel : 0)
            let tlbEntry = state.base + State.Offset.tlb + index * TLBEntry.size
            entry.storeBytes(
                of: JumpEntry.key(rip, mode.rawValue), toByteOffset: JumpEntry.key, as: UInt64.self)
            entry.storeBytes(of: block.first, toByteOffset: JumpEntry.op, as: UnsafeMutableRawPointer.self)
            entry.storeBytes(of: tlbEntry, toByteOffset: JumpEntry.tlbEntry, as: UnsafeMutableRawPointer.self)
            entry.storeBytes(of: number, toByteOffset: JumpEntry.hostPage, as: UInt64.self)
            // Within one page the mapping that let the source run lets the target run.
            if let link, source >> 12 == rip >> 12 {
                link.storeBytes(of: block.first, as: UnsafeMutableRawPointer.self)
            }
        }
        return block.first
    }

    // MARK: Building

    private func build(
        _ cpu: VirtualCPU, _ key: Key, _ linear: UInt64, _ host: UnsafeRawPointer, _ number: UInt64
    ) -> Block? {
        let mode = Mode(rawValue: key.mode)
        let codeSize: CodeSize = mode.contains(.code64) ? .bits64 : mode.contains(.code32) ? .bits32 : .bits16
        let pageOffset = Int(linear & 0xFFF)
        let available = 4096 - pageOffset
        var instructions: [Instruction] = []
        instructions.reserveCapacity(16)
        var position = 0
        var secondPage: UInt64 = 0
        var failure: DecodeFailure?
        let limit = mode.contains(.singleStep) ? 1 : BlockCache.maximumInstructions

        decoding: while instructions.count < limit, position < available {
            let bytes = UnsafeRawBufferPointer(start: host + position, count: min(15, available - position))
            do throws(DecodeFailure) {
                let i = try Decoder.decode(bytes, rip: linear &+ UInt64(position), codeSize: codeSize)
                instructions.append(i)
                position += Int(i.length)
                if BlockBuilder.ends(i) { break decoding }
            } catch {
                guard case .needsMore = error else {
                    failure = error
                    break decoding
                }
                // The rest of the instruction lies in the next page: a block of its own.
                if position > 0 { break decoding }
                guard let (rest, second) = cpu.fetchPage((linear | 0xFFF) &+ 1) else { return nil }
                secondPage = second
                let joined = UnsafeMutableRawPointer.allocate(byteCount: 32, alignment: 16)
                defer { joined.deallocate() }
                joined.copyMemory(from: host, byteCount: available)
                (joined + available).copyMemory(from: rest, byteCount: 15)
                do throws(DecodeFailure) {
                    let i = try Decoder.decode(
                        UnsafeRawBufferPointer(start: joined, count: available + 15), rip: linear,
                        codeSize: codeSize)
                    instructions.append(i)
                    position += Int(i.length)
                } catch {
                    failure = error
                    position += available + 1
                }
                break decoding
            }
        }

        var builder = BlockBuilder(
            mode: mode, start: linear, arena: cursor, end: arena + BlockCache.arenaSize)
        builder.codeBase = UInt64(key.codeBase)
        let first = builder.cursor
        var starts: [UnsafeMutableRawPointer] = []
        starts.reserveCapacity(instructions.count + 1)
        let dead = BlockBuilder.deadFlags(instructions)
        for (index, i) in instructions.enumerated() where !builder.isEnded {
            let start = builder.cursor
            if index + 2 == instructions.count {
                builder.count = index + 2
                if builder.lowerPair(i, instructions[index + 1]) {
                    starts.append(start)
                    break
                }
            }
            builder.count = index + 1
            builder.flagsAreDead = dead[index]
            builder.lower(i)
            if builder.cursor != start { starts.append(start) }
        }
        if !builder.isEnded {
            let start = builder.cursor
            var i = Instruction()
            i.rip = linear &+ UInt64(position)
            if let failure {
                i.rip = linear &+ UInt64(position > available ? 0 : position)
                builder.lowerFailure(failure, i)
            } else {
                builder.count = max(1, instructions.count)
                builder.lowerEnd(i)
            }
            starts.append(start)
        }
        cursor = builder.cursor
        let length = max(position + (failure == nil ? 0 : 1), 1)
        let block = Block(
            first: first, range: pageOffset..<pageOffset + length, secondPage: secondPage,
            instructions: starts)
        let entry = page(number, cpu)
        entry.blocks[key] = block
        entry.chunks |= BlockCache.chunks(pageOffset..<min(4096, pageOffset + length))
        if secondPage != 0 {
            let second = page(secondPage, cpu)
            second.intruders.append((number, key))
            second.chunks |= 1
        }
        return block
    }
}

// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import X86
import X86Decoder

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

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

    /// Bytes of a page have been overwritten: drops what was decoded from them.
    func invalidate(_ page: UInt64, _ written: Range<Int>) {
        guard let entry = pages[page] else { return }
        for (key, block) in entry.blocks where block.range.overlaps(written) {
            remove(key, block, from: entry)
        }
        for (otherPage, key) in entry.intruders {
            guard let other = pages[otherPage], let block = other.blocks[key] else { continue }
            if written.lowerBound < block.range.upperBound - 4096 { remove(key, block, from: other) }
        }
        entry.intruders.removeAll { pages[$0.page]?.blocks[$0.key] == nil }
        if entry.blocks.isEmpty, entry.intruders.isEmpty { pages[page] = nil }
    }

    /// Which lines of a page hold decoded bytes.
    func lines(_ page: UInt64) -> UInt64 {
        guard let entry = pages[page] else { return 0 }
        var lines: UInt64 = 0
        for block in entry.blocks.values {
            lines |= PhysicalMemory.lines(block.range.clamped(to: 0..<4096))
        }
        for (otherPage, key) in entry.intruders {
            guard let block = pages[otherPage]?.blocks[key] else { continue }
            lines |= PhysicalMemory.lines(0..<block.range.upperBound - 4096)
        }
        return lines
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

    private func page(_ number: UInt64) -> Page {
        if let page = pages[number] { return page }
        let page = Page()
        pages[number] = page
        return page
    }

    /// Makes sure that nobody writes to a page unnoticed. Others may have the turn meanwhile, and drop blocks.
    private func watch(_ number: UInt64, _ host: UnsafeRawPointer, _ cpu: VirtualCPU) -> Int? {
        guard let frame = cpu.memory.frame(of: host) else { return nil }
        if cpu.memory.watchedLines(frame) == 0 { cpu.group.watch(frame, page: number, for: cpu) }
        return frame
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
        let frame = watch(number, host, cpu)
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
        if block == nil { block = build(cpu, key, linear, host, number, frame) }
        guard let block else { return nil }
        if block.secondPage == 0, !mode.contains(.codeBase), !mode.contains(.singleStep), frame != nil {
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

    /// What a block is made of.
    private struct Decoded {
        var instructions: [Instruction] = []
        /// Bytes of the instructions.
        var length = 0
        var failure: DecodeFailure?
        /// The host page of the last bytes, when they lie in a second one.
        var second: (host: UnsafeRawPointer, number: UInt64, frame: Int?)?
        /// Bytes that were looked at.
        var seen = 0
    }

    /// Decodes and lowers a block. nil: the fetch from the second page faulted.
    ///
    /// - Parameter frame: of the first byte; nil where nobody can watch it, and nothing is kept.
    private func build(
        _ cpu: VirtualCPU, _ key: Key, _ linear: UInt64, _ host: UnsafeRawPointer, _ number: UInt64,
        _ frame: Int?
    ) -> Block? {
        let offset = Int(linear & 0xFFF)
        let mode = Mode(rawValue: key.mode)
        // Longer than any block.
        let room = 15 * (BlockCache.maximumInstructions + 1)
        let bytes = UnsafeMutableRawPointer.allocate(byteCount: room, alignment: 16)
        defer { bytes.deallocate() }
        let available = min(4096 - offset, room)
        while true {
            bytes.copyMemory(from: host, byteCount: available)
            guard let decoded = decode(cpu, mode, linear, bytes, available) else { return nil }
            if let frame, cpu.memory.watchedLines(frame) == 0 {
                // Dropped by a writer while the second page was made a page with code.
                _ = watch(number, host, cpu)
                continue
            }
            if let frame {
                let head = min(decoded.seen, available)
                cpu.memory.watch(frame, lines: PhysicalMemory.lines(offset..<offset + head))
                if let second = decoded.second, let frame = second.frame {
                    cpu.memory.watch(frame, lines: PhysicalMemory.lines(0..<max(1, decoded.seen - available)))
                }
                // Written meanwhile, before the lines were watched?
                guard memcmp(bytes, host, head) == 0,
                    decoded.second.map({ memcmp(bytes + available, $0.host, decoded.seen - head) == 0 })
                        ?? true
                else { continue }
            }
            let isKept = frame != nil && decoded.second.map { $0.frame != nil } ?? true
            return lower(key, linear, decoded, number, isKept: isKept)
        }
    }

    private func decode(
        _ cpu: VirtualCPU, _ mode: Mode, _ linear: UInt64, _ bytes: UnsafeMutableRawPointer, _ available: Int
    ) -> Decoded? {
        let codeSize: CodeSize = mode.contains(.code64) ? .bits64 : mode.contains(.code32) ? .bits32 : .bits16
        let limit = mode.contains(.singleStep) ? 1 : BlockCache.maximumInstructions
        var result = Decoded()
        result.instructions.reserveCapacity(16)
        while result.instructions.count < limit, result.length < available {
            let position = result.length
            let rest = UnsafeRawBufferPointer(start: bytes + position, count: min(15, available - position))
            result.seen = position + rest.count
            do throws(DecodeFailure) {
                let i = try Decoder.decode(rest, rip: linear &+ UInt64(position), codeSize: codeSize)
                result.instructions.append(i)
                result.length += Int(i.length)
                if BlockBuilder.ends(i) { break }
            } catch {
                guard case .needsMore = error else {
                    result.failure = error
                    break
                }
                // The rest of the instruction lies in the next page: a block of its own.
                if position > 0 { break }
                guard let (host, number) = cpu.fetchPage((linear | 0xFFF) &+ 1) else { return nil }
                result.second = (host, number, watch(number, host, cpu))
                (bytes + available).copyMemory(from: host, byteCount: 15)
                result.seen = available + 15
                do throws(DecodeFailure) {
                    let i = try Decoder.decode(
                        UnsafeRawBufferPointer(start: bytes, count: available + 15), rip: linear,
                        codeSize: codeSize)
                    result.instructions.append(i)
                    result.length = Int(i.length)
                } catch {
                    result.failure = error
                    result.length = available + 1
                }
                break
            }
        }
        return result
    }

    private func lower(
        _ key: Key, _ linear: UInt64, _ decoded: Decoded, _ number: UInt64, isKept: Bool
    ) -> Block {
        let mode = Mode(rawValue: key.mode)
        let instructions = decoded.instructions
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
            builder.noteFlags(i)
            if builder.cursor != start { starts.append(start) }
        }
        let pageOffset = Int(linear & 0xFFF)
        if !builder.isEnded {
            let start = builder.cursor
            var i = Instruction()
            i.rip = linear &+ UInt64(decoded.length)
            if let failure = decoded.failure {
                i.rip = linear &+ UInt64(decoded.second == nil ? decoded.length : 0)
                builder.lowerFailure(failure, i)
            } else {
                builder.count = max(1, instructions.count)
                builder.lowerEnd(i)
            }
            starts.append(start)
        }
        cursor = builder.cursor
        // A failure depends on every byte that was looked at.
        let length = max(decoded.failure == nil ? decoded.length : decoded.seen, 1)
        let block = Block(
            first: first, range: pageOffset..<pageOffset + length, secondPage: decoded.second?.number ?? 0,
            instructions: starts)
        if isKept {
            page(number).blocks[key] = block
            if let second = decoded.second { page(second.number).intruders.append((number, key)) }
        }
        return block
    }
}

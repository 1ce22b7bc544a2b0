// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

/// The driver between blocks.
extension VirtualCPU {
    /// Instructions between two looks at the request word.
    static let quantum: Int64 = 20_000

    /// Runs blocks from RIP on until a handler leaves with something other than the next block, or it is time to look at
    /// the request word.
    func runBlocks() {
        let c = state.base
        var budget = stepping ? 1 : VirtualCPU.quantum
        state[field: State.Offset.pendingLink] = 0
        guard var op = block() else { return }
        while true {
            let header = op - BlockCache.Header.size
            let count = Int64(header.load(fromByteOffset: BlockCache.Header.count, as: UInt32.self))
            budget &-= count
            if _slowPath(budget < 0) {
                state.rip = header.load(fromByteOffset: BlockCache.Header.rip, as: UInt64.self)
                state[field: State.Offset.leave] = Leave.poll.rawValue
                return
            }
            state[field: State.Offset.retired] &+= UInt64(bitPattern: count)
            state[field: State.Offset.blockStart] =
                header.load(fromByteOffset: BlockCache.Header.rip, as: UInt64.self)
            if let next = op.load(as: Handler.self)(c, op) {
                op = next
                continue
            }
            guard state[field: State.Offset.leave] == Leave.nextBlock.rawValue else { return }
            let mode = state.mode
            if mode.contains(.singleStep) {
                state[field: State.Offset.leave] = Leave.poll.rawValue
                return
            }
            guard let next = block() else { return }
            let link = state[field: State.Offset.pendingLink]
            if link != 0 {
                state[field: State.Offset.pendingLink] = 0
                // Within a page the mapping cannot change under a link; other ways go through `block`.
                let target = next - BlockCache.Header.size
                if target.load(fromByteOffset: BlockCache.Header.secondPage, as: UInt64.self) == 0,
                    target.load(fromByteOffset: BlockCache.Header.rip, as: UInt64.self) &>> 12
                        == state[field: State.Offset.blockStart] &>> 12,
                    let slot = UnsafeMutableRawPointer(bitPattern: UInt(link))
                {
                    slot.storeBytes(of: next, as: UnsafeMutableRawPointer.self)
                }
            }
            op = next
        }
    }

    /// The block at RIP. nil: its fetch has faulted, and `leave` says how.
    @inline(__always)
    private func block() -> UnsafeMutableRawPointer? {
        let rip = state.rip
        guard let (_, page) = fetchPage(rip) else { return nil }
        if let op = blocks.find(rip, page: page, mode: state.mode) {
            let header = op - BlockCache.Header.size
            let second = header.load(fromByteOffset: BlockCache.Header.secondPage, as: UInt64.self)
            if second == 0 { return op }
            guard let (_, page) = fetchPage((rip | 0xFFF) &+ 1) else { return faultAt(rip) }
            if page == second { return op }
        }
        return decodeBlock(rip)
    }

    /// A fetch of a later byte of the instruction at `rip` has faulted.
    private func faultAt(_ rip: UInt64) -> UnsafeMutableRawPointer? {
        state.rip = rip
        return nil
    }

    /// Decodes the block at `rip` and adds it to the cache.
    @inline(never)
    private func decodeBlock(_ rip: UInt64) -> UnsafeMutableRawPointer? {
        let mode = state.mode
        let codeSize: CodeSize = mode.contains(.code64) ? .bits64 : mode.contains(.code32) ? .bits32 : .bits16
        let linearMask: UInt64 = mode.contains(.code64) ? ~0 : 0xFFFF_FFFF
        guard let (host, page) = fetchPage(rip) else { return nil }
        let (header, end) = blocks.reserve()
        var builder = BlockBuilder(mode: mode, start: rip, arena: header + BlockCache.Header.size, end: end)
        let limit = mode.contains(.singleStep) ? 1 : BlockCache.maximumInstructions
        let available = 4096 - Int(rip & 0xFFF)
        var position = 0
        var offsets: [UInt16] = []
        var spans: [(page: UInt64, bytes: Range<Int>)] = []
        let first = header + BlockCache.Header.size
        while offsets.count < limit, !builder.isEnded {
            let address = rip &+ UInt64(position)
            let offset = UInt16(truncatingIfNeeded: builder.cursor - first)
            let window = UnsafeRawBufferPointer(
                start: host + position, count: min(Decoder.maximumLength, available - position))
            do throws(DecodeFailure) {
                let i = try Decoder.decode(window, rip: address, codeSize: codeSize)
                offsets.append(offset)
                builder.lower(i)
                position += Int(i.length)
            } catch .needsMore(let have) {
                // The instruction reaches into the next page. It gets a block of its own.
                if !offsets.isEmpty { break }
                guard let (nextHost, nextPage) = fetchPage((address | 0xFFF) &+ 1 & linearMask) else {
                    return faultAt(rip)
                }
                var bytes = [UInt8](UnsafeRawBufferPointer(start: host, count: have))
                bytes += UnsafeRawBufferPointer(start: nextHost, count: Decoder.maximumLength - have)
                offsets.append(offset)
                let start = Int(rip & 0xFFF)
                spans.append((page, start..<4096))
                do throws(DecodeFailure) {
                    let i = try bytes.withUnsafeBytes { bytes in
                        Result { () throws(DecodeFailure) in
                            try Decoder.decode(bytes, rip: address, codeSize: codeSize)
                        }
                    }.get()
                    builder.lower(i)
                    spans.append((nextPage, 0..<max(1, Int(i.length) - have)))
                    position = Int(i.length)
                } catch {
                    builder.lowerUndecodable(error, rip: address)
                    spans.append((nextPage, 0..<Decoder.maximumLength - have))
                }
                break
            } catch {
                offsets.append(offset)
                builder.lowerUndecodable(error, rip: address)
                position += 1
            }
            if position >= available { break }
        }
        if !builder.isEnded { builder.fallThrough(to: (rip &+ UInt64(position)) & linearMask) }
        if spans.isEmpty {
            let start = Int(rip & 0xFFF)
            spans.append((page, start..<max(start + 1, min(4096, start + position))))
        }
        let (op, newPages) = blocks.insert(
            header: header, end: builder.cursor, rip: rip, mode: mode, spans: spans, offsets: offsets)
        for page in newPages { dropWriteTags(page) }
        return op
    }
}

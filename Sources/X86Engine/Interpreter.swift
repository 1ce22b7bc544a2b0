// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

/// The slot behind a block-ending op: where the block goes on.
enum BlockEnd {
    /// First op of the block for side 0 (taken), 8 bytes further for side 1 (fall-through); nil until linked.
    static let links = 0
    /// The two RIPs.
    static let targets = 16
    static let size = 32
}

/// An entry of the jump cache: 32 bytes, by RIP.
///
/// A hit is good only while the fetch TLB still says that the RIP's page is the one the block was decoded from, so that
/// no change of the mapping has to clear the cache.
enum JumpEntry {
    static let size = 32
    static let count = 16384
    /// RIP with the mode word exclusive-ored into its upper bits.
    static let key = 0
    static let op = 8
    /// Pointer to the TLB entry that holds the fetch right.
    static let tlbEntry = 16
    static let hostPage = 24

    @inline(__always) static func index(_ rip: UInt64) -> Int {
        Int(truncatingIfNeeded: (rip ^ rip &>> 12) & UInt64(count - 1))
    }
    @inline(__always) static func key(_ rip: UInt64, _ mode: UInt32) -> UInt64 { rip ^ UInt64(mode) &<< 48 }
}

/// Ends a block on one of its two sides: goes to the linked block, or leaves to find it.
@inline(__always)
func follow(
    _ c: UnsafeMutableRawPointer, _ o: UnsafeMutableRawPointer, _ side: Int
) -> UnsafeMutableRawPointer? {
    follow(c, o, side, count: Int64(MicroOp(o).immediate))
}

/// - Parameter count: how many instructions the block has.
@inline(__always)
func follow(
    _ c: UnsafeMutableRawPointer, _ o: UnsafeMutableRawPointer, _ side: Int, count: Int64
) -> UnsafeMutableRawPointer? {
    let state = State(c)
    let end = o + MicroOp.size
    let target: UInt64 = end.load(fromByteOffset: BlockEnd.targets + side * 8, as: UInt64.self)
    let budget = state.read(State.Offset.budget, as: Int64.self) &- count
    state.write(State.Offset.budget, budget)
    if _slowPath(budget < 0) { return state.leaveToPoll(rip: target) }
    if let link = end.load(fromByteOffset: BlockEnd.links + side * 8, as: UnsafeMutableRawPointer?.self) {
        state[field: State.Offset.blockStart] = target
        return link
    }
    return followUnlinked(state, end + BlockEnd.links + side * 8, target)
}

@inline(never)
private func followUnlinked(
    _ state: State, _ link: UnsafeMutableRawPointer, _ target: UInt64
) -> UnsafeMutableRawPointer? {
    if let op = state.cachedBlock(target) { return op }
    state.write(State.Offset.pendingLink, link)
    return state.leaveBlock(rip: target)
}

/// Ends a block at a computed RIP.
@inline(__always)
func jump(
    _ c: UnsafeMutableRawPointer, _ o: UnsafeMutableRawPointer, _ target: UInt64
) -> UnsafeMutableRawPointer? {
    let state = State(c)
    let budget = state.read(State.Offset.budget, as: Int64.self) &- Int64(MicroOp(o).immediate)
    state.write(State.Offset.budget, budget)
    if _slowPath(budget < 0) { return state.leaveToPoll(rip: target) }
    if let op = state.cachedBlock(target) { return op }
    return state.leaveBlock(rip: target)
}

extension State {
    /// The block at `rip`, if the jump cache has it and the mapping still holds; makes it the running block.
    @inline(__always)
    func cachedBlock(_ rip: UInt64) -> UnsafeMutableRawPointer? {
        let cache = UnsafeMutableRawPointer(bitPattern: UInt(self[field: Offset.jumpCache])).unsafelyUnwrapped
        let entry = cache + JumpEntry.index(rip) &* JumpEntry.size
        guard
            entry.load(fromByteOffset: JumpEntry.key, as: UInt64.self)
                == JumpEntry.key(rip, read(Offset.mode, as: UInt32.self))
        else { return nil }
        let tlbEntry = entry.load(fromByteOffset: JumpEntry.tlbEntry, as: UnsafeMutableRawPointer.self)
        guard
            tlbEntry.load(fromByteOffset: TLBEntry.fetchTag, as: UInt64.self) == rip & ~0xFFF,
            tlbEntry.load(fromByteOffset: TLBEntry.hostPage, as: UInt64.self)
                == entry.load(fromByteOffset: JumpEntry.hostPage, as: UInt64.self)
        else { return nil }
        self[field: Offset.blockStart] = rip
        return entry.load(fromByteOffset: JumpEntry.op, as: UnsafeMutableRawPointer.self)
    }
}

/// Stands in place of every instruction of a block that is no longer what memory holds.
let staleOp: Handler = { c, o in
    let state = State(c)
    let rip = state.currentRIP(MicroOp(o))
    if let op = state.cachedBlock(rip), op != o { return op }
    return state.leaveBlock(rip: rip)
}

extension VirtualCPU {
    /// Instructions between two looks at the request word.
    static let budget: Int64 = 20_000

    /// Runs guest code from RIP on until something other than the next block is wanted; `leave` says what.
    func runBlocks() {
        let state = state
        state.write(State.Offset.budget, counter?.begin(state) ?? VirtualCPU.budget)
        defer { counter?.end() }
        state[field: State.Offset.pendingLink] = 0
        while true {
            guard var op = blocks.find(self) else { return }
            while let next = op.load(as: Handler.self)(state.base, op) { op = next }
            guard state[field: State.Offset.leave] == Leave.nextBlock.rawValue else { return }
            group.pause(self)
            let budget = state.read(State.Offset.budget, as: Int64.self) &- 1
            state.write(State.Offset.budget, budget)
            if budget < 0 || state.mode.contains(.singleStep) {
                state[field: State.Offset.leave] = Leave.poll.rawValue
                return
            }
        }
    }
}

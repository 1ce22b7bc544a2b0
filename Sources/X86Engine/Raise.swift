// SPDX-License-Identifier: Apache-2.0

import X86

extension State {
    /// Ends the block with an exception of the instruction that `op` belongs to. Always nil, to be returned.
    @inline(never)
    @discardableResult
    func raise(_ vector: UInt8, errorCode: UInt32? = nil, _ op: MicroOp) -> UnsafeMutableRawPointer? {
        self[field: Offset.leave] =
            Leave.exception.rawValue | UInt64(vector) << 8 | (errorCode == nil ? 0 : 1 << 16)
        self[field: Offset.exceptionErrorCode] = UInt64(errorCode ?? 0)
        write(Offset.leaveOp, op.base)
        rip = currentRIP(op)
        return nil
    }

    /// Ends the block with a VM exit caused by the instruction that `op` belongs to; RIP stays at it. Always nil.
    @inline(never)
    @discardableResult
    func exit(_ exit: VMExit, _ op: MicroOp) -> UnsafeMutableRawPointer? {
        self[field: Offset.leave] = Leave.exit.rawValue
        (base + Offset.exit).storeBytes(of: exit, as: VMExit.self)
        write(Offset.leaveOp, op.base)
        rip = currentRIP(op)
        return nil
    }

    /// The exit that `exit` left.
    var pendingExit: VMExit { (base + Offset.exit).load(as: VMExit.self) }

    /// Ends the block; execution goes on at `rip`. Always nil.
    @inline(__always)
    func leaveBlock(rip: UInt64) -> UnsafeMutableRawPointer? {
        self.rip = rip
        self[field: Offset.leave] = Leave.nextBlock.rawValue
        return nil
    }

    /// Address of the instruction that `op` belongs to.
    @inline(__always)
    func currentRIP(_ op: MicroOp) -> UInt64 { self[field: Offset.blockStart] &+ UInt64(op.ripOffset) }

    /// Address of the instruction behind the one that `op` belongs to, wrapped outside 64-bit mode.
    @inline(__always)
    func nextRIP(_ op: MicroOp) -> UInt64 {
        let next = currentRIP(op) &+ UInt64(op.length)
        return mode.contains(.code64) ? next : UInt64(UInt32(truncatingIfNeeded: next))
    }
}

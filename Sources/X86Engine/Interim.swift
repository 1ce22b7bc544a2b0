// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

// The interpreter's driver as the rest of the engine sees it. The block cache, `runBlocks`, `Raise` and `Flags` take the
// place of this file.

final class BlockCache {
    func holdsCode(_ page: UInt64) -> Bool { false }
    func invalidate(_ page: UInt64, _ offset: Int, _ count: Int) {}
}
extension VirtualCPU { func runBlocks() {} }
extension State {
    func raise(_ vector: UInt8, errorCode: UInt32? = nil, _ op: MicroOp) -> UnsafeMutableRawPointer? {
        self[field: Offset.leave] = Leave.exception.rawValue | UInt64(vector) << 8 | (errorCode == nil ? 0 : 1 << 16)
        self[field: Offset.exceptionErrorCode] = UInt64(errorCode ?? 0)
        self[field: Offset.leaveOp] = UInt64(UInt(bitPattern: op.base))
        return nil
    }
    func exit(_ exit: VMExit, _ op: MicroOp) -> UnsafeMutableRawPointer? {
        VirtualCPU.owner(self).pendingExit = exit
        self[field: Offset.leave] = Leave.exit.rawValue
        self[field: Offset.leaveOp] = UInt64(UInt(bitPattern: op.base))
        return nil
    }
    func leaveBlock(rip: UInt64) -> UnsafeMutableRawPointer? {
        self.rip = rip
        self[field: Offset.leave] = Leave.nextBlock.rawValue
        return nil
    }
    func currentRIP(_ op: MicroOp) -> UInt64 { rip }
    var materializedFlags: UInt64 { self[field: Offset.systemFlags] }
    func setFlags(_ value: UInt64) { self[field: Offset.systemFlags] = value }
}

// SPDX-License-Identifier: Apache-2.0

import KVMABI

/// Which pages of a slot with shared memory have been written to.
extension VM {
    /// `KVM_GET_DIRTY_LOG`: what has been written to of a slot since the last time.
    func getDirtyLog(_ argument: UInt) throws(Errno) -> Int {
        let request = try UserMemory(address: argument).read(KVMDirtyLog.self)
        guard request.slot < KVMConstant.userSlots else { throw .invalid("there is no slot of this number") }
        let bitmap = try mmu.withLock { mmu throws(Errno) -> [UInt64] in
            guard let bitmap = mmu.takeDirtyLog(of: request.slot) else {
                throw .noEntry("the slot has no dirty log")
            }
            return bitmap
        }
        try UserMemory(address: UInt(request.bitmap)).writeArray(bitmap, at: 0)
        return 0
    }

    /// `KVM_CLEAR_DIRTY_LOG`: pages whose next write is to be seen again.
    func clearDirtyLog(_ argument: UInt) throws(Errno) -> Int {
        let request = try UserMemory(address: argument).read(KVMClearDirtyLog.self)
        guard request.slot < KVMConstant.userSlots, request.firstPage % 64 == 0 else {
            throw .invalid("there is no slot of this number, or first_page is no multiple of 64")
        }
        try mmu.withLock { mmu throws(Errno) in
            guard let slot = mmu.slots[request.slot], !slot.dirty.isEmpty else {
                throw .noEntry("the slot has no dirty log")
            }
            let (pages, count) = (UInt64(slot.pages.count), UInt64(request.pageCount))
            // Whole words, but for the slot's end.
            guard request.firstPage <= pages, count <= pages - request.firstPage,
                count == pages - request.firstPage || count % 64 == 0
            else { throw .invalid("the pages are not the slot's, or not whole words of the bitmap") }
            let words = try UserMemory(address: UInt(request.bitmap))
                .readArray(Int((count + 63) / 64), of: UInt64.self, at: 0)
            mmu.clearDirty(words, of: request.slot, from: request.firstPage)
        }
        return 0
    }
}

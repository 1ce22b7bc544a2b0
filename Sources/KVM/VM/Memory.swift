// SPDX-License-Identifier: Apache-2.0

import KVMABI
import PhysicalMemory
import Platform
import X86

extension VM {
    /// `KVM_CREATE_GUEST_MEMFD`
    func createGuestMemFD(_ argument: UInt) throws(Errno) -> Int {
        let request = try UserMemory(address: argument).read(KVMCreateGuestMemFD.self)
        guard request.flags & ~1 == 0, (0..<6).allSatisfy({ request.reserved[$0] == 0 }),
            request.size > 0,
            request.size < 1 << 47, request.size % 4096 == 0
        else { throw .invalid("flags and reserved must be 0, size whole pages and not none") }
        retain()
        return Int(kvm.insert(.guestMemory(GuestMemory(self, size: request.size))))
    }

    /// `KVM_SET_MEMORY_ATTRIBUTES`
    func setMemoryAttributes(_ argument: UInt) throws(Errno) -> Int {
        let request = try UserMemory(address: argument).read(KVMMemoryAttributes.self)
        let (end, overflow) = request.address.addingReportingOverflow(request.size)
        guard request.flags == 0, request.attributes & ~KVMConstant.attributePrivate == 0,
            request.size > 0, !overflow,
            request.address % 4096 == 0, request.size % 4096 == 0
        else {
            throw .invalid(
                "flags must be 0, the one attribute is private; address and size are whole pages that do not wrap around"
            )
        }
        mmu.withLock {
            $0.setAttributes(request.address >> 12..<end >> 12, isPrivate: request.attributes != 0)
        }
        return 0
    }

    /// `KVM_SET_USER_MEMORY_REGION`: a slot with shared memory only.
    func setUserMemoryRegion(_ argument: UInt) throws(Errno) -> Int {
        let old = try UserMemory(address: argument).read(KVMUserspaceMemoryRegion.self)
        guard old.flags & KVMConstant.memGuestMemFD == 0 else {
            throw .invalid("KVM_SET_USER_MEMORY_REGION2 is for slots with a guest_memfd")
        }
        var region = KVMUserspaceMemoryRegion2()
        region.slot = old.slot
        region.flags = old.flags
        region.guestPhysicalAddress = old.guestPhysicalAddress
        region.memorySize = old.memorySize
        region.userspaceAddress = old.userspaceAddress
        return try setRegion(region)
    }

    /// `KVM_SET_USER_MEMORY_REGION2`
    func setUserMemoryRegion2(_ argument: UInt) throws(Errno) -> Int {
        try setRegion(try UserMemory(address: argument).read(KVMUserspaceMemoryRegion2.self))
    }

    private func setRegion(_ region: KVMUserspaceMemoryRegion2) throws(Errno) -> Int {
        let hasFile = region.flags & KVMConstant.memGuestMemFD != 0
        guard region.flags & ~(hasFile ? KVMConstant.memGuestMemFD : KVMConstant.memLogDirty) == 0 else {
            throw .invalid("a slot has KVM_MEM_GUEST_MEMFD, or KVM_MEM_LOG_DIRTY_PAGES, or no flags")
        }
        let (end, overflow) = region.guestPhysicalAddress.addingReportingOverflow(region.memorySize)
        guard region.memorySize % 4096 == 0, region.guestPhysicalAddress % 4096 == 0,
            region.userspaceAddress % 4096 == 0, region.userspaceAddress < 1 << 47,
            region.guestMemFDOffset % 4096 == 0, region.slot < KVMConstant.userSlots, !overflow,
            region.memorySize >> 12 < 1 << 31
        else {
            throw .invalid(
                "sizes, addresses and offset are whole pages that do not wrap around; slots are below 32764")
        }
        let pages = region.guestPhysicalAddress >> 12..<end >> 12
        return try mmu.withLock { mmu throws(Errno) -> Int in
            let existing = mmu.slots[region.slot]
            guard region.memorySize > 0 else {
                guard let existing else { throw .invalid("there is no slot of this number to delete") }
                mmu.remove(existing)
                return 0
            }
            if let existing {
                try modify(existing, region, pages, mmu)
                return 0
            }
            guard end <= sharedBit else { throw .invalid("the slot is not below the shared bit") }
            guard !mmu.slots.values.contains(where: { $0.pages.overlaps(pages) }) else {
                throw .exists("another slot is there")
            }
            let file = hasFile ? try bound(region, mmu) : nil
            guard let pointer = UnsafeMutableRawPointer(bitPattern: UInt(region.userspaceAddress)) else {
                throw .invalid("userspace_addr must not be 0")
            }
            mmu.insert(
                MemorySlot(
                    id: region.slot, pages: pages, userAddress: region.userspaceAddress,
                    window: host.memory.mapHost(pointer, size: region.memorySize), memory: file,
                    firstPage: region.guestMemFDOffset >> 12, flags: region.flags))
            return 0
        }
    }

    /// A slot that is there: with shared memory only it may be moved, and its dirty log turned on and off.
    private func modify(
        _ slot: MemorySlot, _ region: KVMUserspaceMemoryRegion2, _ pages: Range<UInt64>, _ mmu: MMU
    ) throws(Errno) {
        guard region.flags & KVMConstant.memGuestMemFD == 0, slot.memory == nil,
            slot.userAddress == region.userspaceAddress, slot.pages.count == pages.count
        else {
            throw .invalid(
                "a slot keeps its size, its place in the program and its guest_memfd; with one it stays where it is"
            )
        }
        if slot.pages != pages {
            guard pages.upperBound << 12 <= sharedBit else {
                throw .invalid("the slot is not below the shared bit")
            }
            let others = mmu.slots.values.filter { $0.id != slot.id }
            guard !others.contains(where: { $0.pages.overlaps(pages) }) else {
                throw .exists("another slot is there")
            }
        }
        mmu.move(slot, to: pages, flags: region.flags)
    }

    /// The guest_memfd that a slot is to be bound to.
    private func bound(_ region: KVMUserspaceMemoryRegion2, _ mmu: MMU) throws(Errno) -> GuestMemory {
        guard let id = kvm.resolve(Int32(bitPattern: region.guestMemFD)), let open = kvm.file(id)
        else {
            throw .badDescriptor("guest_memfd is no descriptor of this KVM")
        }
        guard case .guestMemory(let memory) = open, memory.vm === self else {
            throw .invalid("guest_memfd is none, or another VM's")
        }
        let (fileEnd, overflow) = region.guestMemFDOffset.addingReportingOverflow(region.memorySize)
        guard !overflow, fileEnd <= memory.size else {
            throw .invalid("the slot goes beyond the end of its guest_memfd")
        }
        let range = region.guestMemFDOffset >> 12..<fileEnd >> 12
        for slot in mmu.slots.values where slot.memory === memory {
            let bound = slot.firstPage..<slot.firstPage + UInt64(slot.pages.count)
            guard !bound.overlaps(range) else {
                throw .exists("another slot has the same pages of the guest_memfd")
            }
        }
        return memory
    }
}

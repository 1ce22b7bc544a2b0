// SPDX-License-Identifier: Apache-2.0

import Boot
import KVM
import KVMABI
import TDXABI
import Testing
import X86

@Suite("KVM_CREATE_GUEST_MEMFD")
struct CreateGuestMemFD {
    @Test("fails in Linux's order; the file has no other use than to back slots and have holes punched")
    func rows() throws {
        let client = try Client()
        let vm = client.createVM()
        func create(_ size: UInt64, flags: UInt64 = 0, reserved: UInt64 = 0) -> Int {
            var request = KVMCreateGuestMemFD()
            (request.size, request.flags, request.reserved[5]) = (size, flags, reserved)
            return client.call(vm, .createGuestMemFD, &request)
        }
        for (size, flags, reserved) in [
            (4096, 2, 0), (4096, 4, 0), (4096, 0, 1), (0, 0, 0), (4095, 0, 0), (1 << 63, 0, 0),
        ] as [(UInt64, UInt64, UInt64)] {
            #expect(create(size, flags: flags, reserved: reserved) == Errno.invalid.result)
        }
        let file = Int32(create(0x4000, flags: 1))
        #expect(file > 0)
        #expect(client.call(file, .checkExtension) == Errno.notTTY.result)
        #expect(client.kvm.map(file, length: 4096) == nil)
        let holes: [(UInt64, UInt64, Int)] = [
            (1, 0x1000, Errno.invalid.result), (0, 0xFFF, Errno.invalid.result), (0, 0, Errno.invalid.result),
            (~0xFFF, 0x2000, Errno.invalid.result), (0, 0x1000, 0), (0x3000, 0x5000, 0), (0x8000, 0x1000, 0),
        ]
        for (offset, length, result) in holes {
            #expect(
                client.kvm.punchHole(file, offset: offset, length: length) == result, "\(offset) \(length)")
        }
        #expect(client.kvm.punchHole(vm, offset: 0, length: 4096) == Errno.badDescriptor.result)
    }
}

@Suite("KVM_SET_USER_MEMORY_REGION2")
struct SetUserMemoryRegion2 {
    @Test("fails in Linux's order; a slot with a file stays as it is until it is deleted")
    func rows() throws {
        let client = try Client()
        let td = TestTD(client)
        let other = TestTD(client)
        defer {
            td.close()
            other.close()
        }
        let file = UInt32(bitPattern: td.memfd)
        let memory = UInt64(UInt(bitPattern: td.memory))
        struct Region {
            var slot: UInt32 = 1
            var flags: UInt32 = 4
            var gpa: UInt64 = 1 << 30
            var size: UInt64 = 0x4000
            var user: UInt64 = 0
            var offset: UInt64 = 0
            var file: UInt32 = 0
        }
        func set(_ change: (inout Region) -> Void) -> Int {
            var region = Region(user: memory, file: file)
            change(&region)
            var request = KVMUserspaceMemoryRegion2()
            (request.slot, request.flags) = (region.slot, region.flags)
            (request.guestPhysicalAddress, request.memorySize) = (region.gpa, region.size)
            (request.userspaceAddress, request.guestMemFDOffset) = (region.user, region.offset)
            request.guestMemFD = region.file
            return client.call(td.vm, .setUserMemoryRegion2, &request)
        }
        let invalid = Errno.invalid.result
        let rows: [(Int, (inout Region) -> Void)] = [
            (invalid, { $0.flags = 8 }), (invalid, { $0.flags = 2 }), (invalid, { $0.flags = 5 }),
            (invalid, { $0.flags = 6 }), (invalid, { $0.size = 0x800 }), (invalid, { $0.gpa += 1 }),
            (invalid, { $0.user += 1 }), (invalid, { $0.user = 1 << 47 }), (invalid, { $0.offset = 0x800 }),
            (invalid, { $0.slot = 32764 }), (invalid, { $0.slot = 1 << 16 }), (invalid, { $0.gpa = ~0xFFF }),
            (invalid, { $0.size = 1 << 43 }), (invalid, { $0.size = 0 }),  // not there
            (invalid, { $0.gpa = 1 << 47 }), (invalid, { $0.slot = 0 }),  // there, with a file
            (Errno.exists.result, { $0.gpa = 0xF_F000 }), (Errno.badDescriptor.result, { $0.file = 5 }),
            (invalid, { $0.file = UInt32(bitPattern: td.vm) }),
            (invalid, { $0.file = UInt32(bitPattern: other.memfd) }),
            (invalid, { $0.offset = td.size }), (invalid, { $0.offset = ~0xFFF }),
            (Errno.exists.result, { $0.offset = 0x8000 }),  // that part is bound
            (0, { ($0.slot, $0.size) = (0, 0) }), (invalid, { ($0.slot, $0.size) = (0, 0) }),
            (0, { $0.offset = 0x8000 }),
            (Errno.exists.result, { ($0.slot, $0.offset, $0.gpa) = (2, 0xB000, 0) }),
            (0, { ($0.slot, $0.offset, $0.gpa) = (2, 0xC000, 0) }),
        ]
        for (index, (result, change)) in rows.enumerated() { #expect(set(change) == result, "row \(index)") }
    }

    @Test("a slot without a file moves, and the guest's memory with it")
    func move() throws {
        let client = try Client()
        let (first, second): (UInt64, UInt64) = (0x4000_0000, 0x5000_0000)
        let td = TestTD.flat(client) { program in
            program.code.mov(.rbx, unsigned: FlatProgram.alias(first))
            program.code.mov(.rax, .at(.rbx))
            program.report(.rax)
            program.code.mov(.rdi, unsigned: FlatProgram.alias(second))
            program.code.mov(.rax, .at(.rdi))
            program.report(.rax)
            program.code.mov(.rax, .at(.rbx))
            program.report(.rax)
        }
        defer { td.close() }
        let memory = UnsafeMutableRawPointer.allocate(byteCount: 0x2000, alignment: 4096)
        defer { memory.deallocate() }
        memory.storeBytes(of: 0x1234, as: UInt64.self)
        func set(
            _ gpa: UInt64, size: UInt64 = 0x2000, address: UnsafeMutableRawPointer = memory, flags: UInt32 = 0
        ) -> Int {
            var region = KVMUserspaceMemoryRegion()
            (region.slot, region.flags, region.guestPhysicalAddress) = (7, flags, gpa)
            (region.memorySize, region.userspaceAddress) = (size, UInt64(UInt(bitPattern: address)))
            return client.call(td.vm, .setUserMemoryRegion, &region)
        }
        #expect(set(first, flags: 4) == Errno.invalid.result)
        #expect(set(first) == 0)
        #expect(set(first) == 0)
        #expect(td.reports(most: 1).values == [0x1234])
        #expect(set(first, size: 0x1000) == Errno.invalid.result)
        #expect(set(first, address: memory + 4096) == Errno.invalid.result)
        #expect(set(FlatProgram.base) == Errno.exists.result)
        #expect(set(second) == 0)
        #expect(td.reports(most: 1).values == [0x1234])
        // Nothing is there any more: #VE, for which the guest has no gate.
        #expect(td.reports() == ([], TestTD.Stop(result: 0, reason: .shutdown)))
    }

    @Test("the dirty log has the pages that were written to since the last look")
    func dirtyLog() throws {
        let client = try Client()
        let gpa: UInt64 = 0x4000_0000
        let td = TestTD.flat(client) { program in
            program.code.mov(.rbx, unsigned: FlatProgram.alias(gpa))
            program.code.mov(.rax, .at(.rbx))  // reads are not logged
            program.code.mov(.at(.rbx, 0x1000), .rax)
            program.code.mov(.rax, .at(.rbx, 0x4_1000))
            program.code.mov(.at(.rbx, 0x4_1000), .rax)
            program.report(1)
            program.code.mov(.at(.rbx, 0x1000), .rax)
            program.code.mov(.at(.rbx, 0x2000), .rax)
            program.report(2)
            program.code.mov(.at(.rbx, 0x3000), .rax)
            program.report(3)
        }
        defer { td.close() }
        let size = 0x10_0000
        let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 4096)
        defer { memory.deallocate() }
        func set(_ flags: UInt32) -> Int {
            var region = KVMUserspaceMemoryRegion()
            (region.slot, region.flags, region.guestPhysicalAddress) = (7, flags, gpa)
            (region.memorySize, region.userspaceAddress) = (UInt64(size), UInt64(UInt(bitPattern: memory)))
            return client.call(td.vm, .setUserMemoryRegion, &region)
        }
        func log(_ slot: UInt32 = 7) -> (result: Int, pages: [Int]) {
            var bits = [UInt8](repeating: 0, count: size / 4096 / 8)
            let result = bits.withUnsafeMutableBytes { bytes in
                var request = KVMDirtyLog()
                (request.slot, request.bitmap) = (slot, UInt64(UInt(bitPattern: bytes.baseAddress)))
                return client.call(td.vm, .dirtyLog, &request)
            }
            return (result, (0..<size / 4096).filter { bits[$0 / 8] >> UInt8($0 % 8) & 1 != 0 })
        }
        #expect(set(0) == 0)
        #expect(log() == (Errno.noEntry.result, []))
        #expect(log(32764) == (Errno.invalid.result, []))
        #expect(set(1) == 0)
        #expect(log() == (0, []))
        #expect(td.reports(most: 1).values == [1])
        #expect(log() == (0, [1, 0x41]))
        #expect(td.reports(most: 1).values == [2])
        #expect(log() == (0, [1, 2]))
        #expect(log() == (0, []))
        #expect(set(0) == 0)
        #expect(td.reports() == ([3], .end))
        #expect(log() == (Errno.noEntry.result, []))
    }
}

@Suite("KVM_SET_MEMORY_ATTRIBUTES")
struct SetMemoryAttributes {
    @Test("fails on flags, unknown attributes and bad ranges; memory need not be there")
    func rows() throws {
        let client = try Client()
        let td = TestTD(client)
        defer { td.close() }
        let rows: [(UInt64, UInt64, UInt64, UInt64, Int)] = [
            (0, 0x1000, 8, 1, Errno.invalid.result), (0, 0x1000, 4, 0, Errno.invalid.result),
            (0, 0x1000, 9, 0, Errno.invalid.result), (0, 0, 8, 0, Errno.invalid.result),
            (0x1000, ~0xFFF, 8, 0, Errno.invalid.result), (1, 0x1000, 8, 0, Errno.invalid.result),
            (0, 0x800, 8, 0, Errno.invalid.result), (1 << 40, 1 << 40, 8, 0, 0), (0, 1 << 63, 8, 0, 0),
            (0, 1 << 63, 0, 0, 0),
        ]
        for (index, (address, size, attributes, flags, result)) in rows.enumerated() {
            var request = KVMMemoryAttributes()
            (request.address, request.size) = (address, size)
            (request.attributes, request.flags) = (attributes, flags)
            #expect(client.call(td.vm, .setMemoryAttributes, &request) == result, "row \(index)")
        }
    }
}

@Suite("KVM_PRE_FAULT_MEMORY")
struct PreFaultMemory {
    @Test("fails in Linux's order, and advances over what it has done")
    func rows() throws {
        let client = try Client()
        let td = TestTD(client)
        defer { td.close() }
        func preFault(_ gpa: UInt64, _ size: UInt64, flags: UInt64 = 0) -> (Int, UInt64, UInt64) {
            var request = KVMPreFaultMemory()
            (request.gpa, request.size, request.flags) = (gpa, size, flags)
            let result = client.call(td.vcpus[0], .preFaultMemory, &request)
            return (result, request.gpa, request.size)
        }
        let invalid = Errno.invalid.result
        for (gpa, size, flags) in [
            (0, 0x1000, 1), (1, 0x1000, 0), (0, 0x800, 0), (0, 0, 0), (0x1000, ~0xFFF, 0),
        ] as [(UInt64, UInt64, UInt64)] {
            #expect(preFault(gpa, size, flags: flags) == (invalid, gpa, size))
        }
        #expect(preFault(0, 0x1000).0 == Errno.notSupported.result, "not finalized")
        #expect(client.command(td.vcpus[0], .initVCPU).result == 0)
        #expect(td.setPrivate(0x4000..<0x8000) == 0)
        #expect(client.command(td.vm, .finalizeVM).result == 0)
        #expect(preFault(1 << 47, 0x1000).0 == invalid, "shared")
        #expect(preFault(1 << 30, 0x1000) == (Errno.noEntry.result, 1 << 30, 0x1000), "emulated")
        let end = td.size
        #expect(preFault(end - 0x2000, 0x4000) == (0, end, 0x2000), "two pages are there")
        #expect(preFault(0x3000, 0x6000) == (0, 0x9000, 0), "shared and private ones")
        #expect(preFault(0x3000, 0x6000) == (0, 0x9000, 0), "again")
        client.kvm.interrupt(td.vcpus[0])
        #expect(preFault(0, 0x1000).0 == Errno.interrupted.result)
    }
}

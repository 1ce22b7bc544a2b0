// SPDX-License-Identifier: Apache-2.0

import Boot
import KVM
import KVMABI
import TDXABI
import Testing
import X86

/// Part 2 of TDX for KVM: the two halves of a TD's memory.
@Suite("MMU: a flat guest")
struct MMUTests {
    private static let page = FlatProgram.free
    private static let shared = FlatProgram.sharedBit

    /// Runs until the next report, and checks the mirror.
    private func step(_ td: TestTD, _ expected: UInt64, _ location: SourceLocation = #_sourceLocation) {
        let (values, stop) = td.reports(most: 1)
        #expect(values == [expected], "\(stop)", sourceLocation: location)
        #expect(td.mirrorDifferences() == [], sourceLocation: location)
    }

    @Test("accepts a page that KVM adds when it is asked for, and finds it empty")
    func accept() throws {
        let client = try Client()
        let td = TestTD.flat(client) { program in
            program.report(1)
            program.accept(Self.page)
            program.report(.rax)
            program.code.mov(.rbx, unsigned: Self.page)
            program.code.mov(.rdx, .at(.rbx, 0xFF8))
            program.report(.rdx)
            program.code.mov(.at(.rbx, 0xFF8), 0x77, .qword)
            program.code.mov(.rdx, .at(.rbx, 0xFF8))
            program.report(.rdx)
        }
        defer { td.close() }
        step(td, 1)
        #expect(td.state(of: Self.page) == 0)
        let pages = client.kvm.freePages
        step(td, 0)
        #expect(td.state(of: Self.page) == 4)
        #expect(pages - client.kvm.freePages == 2, "the page, and the table that maps its 2 MiB")
        step(td, 0)
        step(td, 0x77)
        #expect(td.reports() == ([], .end))
    }

    @Test("gets 4 KiB pages only: an accept of more says so, and the guest goes on with less")
    func largePages() throws {
        let client = try Client()
        let td = TestTD.flat(client) { program in
            for (gpa, level) in [(0xC000_0000, 2), (Self.page, 1), (Self.page, 0)] as [(UInt64, UInt64)] {
                program.accept(gpa, level: level)
                program.code.shr(.rax, 32)
                program.report(.rax)
            }
        }
        defer { td.close() }
        step(td, 0xC000_0100)  // TDX_OPERAND_INVALID: the module accepts no 1 GiB pages
        step(td, 0xC000_0B0B)  // TDX_PAGE_SIZE_MISMATCH
        step(td, 0)
        #expect(td.reports() == ([], .end))
    }

    @Test("touching memory that was not accepted ends the TD, or is a #VE if it wants one")
    func pending() throws {
        let client = try Client()
        for attributes in [1 << 28, 0] as [UInt64] {
            let td = TestTD.flat(client, attributes: attributes) { program in
                let (start, handler) = (program.code.label(), program.code.label())
                program.code.jmp(start)
                program.code.place(handler)
                program.tdcall(.vpVEInfoGet)
                program.report(.rcx)
                program.report(.r9)
                program.accept(Self.page)
                program.code.iret()
                program.code.place(start)
                program.gates[20] = handler
                program.code.mov(.rbx, unsigned: Self.page)
                program.code.mov(.rdx, .at(.rbx))
                program.report(.rdx)
            }
            let (values, stop) = td.reports()
            if attributes == 0 {
                #expect(values == [48, Self.page, 0])
                #expect(stop == .end)
            } else {
                #expect(values == [])
                #expect(stop.result == Errno.ioError.result)
                #expect(td.run() == Errno.ioError.result, "the VM is dead")
            }
            td.close()
        }
    }

    @Test("shared memory is the program's, and MapGPA converts both ways")
    func conversion() throws {
        let client = try Client()
        let td = TestTD.flat(client) { program in
            program.accept(Self.page)
            program.code.mov(.rbx, unsigned: Self.page)
            program.code.mov(.rdi, unsigned: FlatProgram.alias(Self.page))
            program.code.mov(.at(.rbx), 0x5EC2E7, .qword)
            program.report(1)
            program.vmcall(.mapGPA, Self.shared | Self.page, 0x1000)
            program.report(.r10)
            program.code.mov(.rdx, .at(.rdi))
            program.report(.rdx)
            program.code.mov(.at(.rdi, 8), 0x600D, .qword)
            program.report(2)
            program.vmcall(.mapGPA, Self.page, 0x1000)
            program.report(.r10)
            program.accept(Self.page)
            program.report(.rax)
            program.code.mov(.rdx, .at(.rbx))
            program.report(.rdx)
        }
        defer { td.close() }
        let area = try #require(td.area())
        let range = Self.page..<Self.page + 0x1000
        step(td, 1)
        let before = client.kvm.freePages

        #expect(td.run() == 0)
        #expect(area.exitReason == .hypercall)
        #expect(area.hypercallNumber == KVMConstant.mapGPARange)
        #expect((0..<3).map { area.hypercallArguments[$0] } == [Self.page, 1, 0])
        #expect(td.setPrivate(range, false) == 0)
        #expect(td.mirrorDifferences() == [])
        #expect(td.state(of: Self.page) == 0)
        #expect(client.kvm.punchHole(td.memfd, offset: 0, length: 0x1000) == 0)
        #expect(client.kvm.freePages == before + 1)
        step(td, 0)
        td.memory.storeBytes(of: 0xCAFE, as: UInt64.self)
        step(td, 0xCAFE)
        step(td, 2)
        #expect(td.memory.load(fromByteOffset: 8, as: UInt64.self) == 0x600D)

        #expect(td.run() == 0)
        #expect((0..<3).map { area.hypercallArguments[$0] } == [Self.page, 1, 0x10])
        #expect(td.setPrivate(range) == 0)
        step(td, 0)
        step(td, 0)
        step(td, 0)  // nothing of what was there before
        #expect(td.memory.load(fromByteOffset: 8, as: UInt64.self) == 0x600D, "that was the shared half")
        #expect(td.reports() == ([], .end))
    }

    @Test(
        "an access of the other kind is a memory fault, and goes on once its program has converted the page")
    func implicitConversion() throws {
        let client = try Client()
        let td = TestTD.flat(client) { program in
            program.code.mov(.rdi, unsigned: FlatProgram.alias(Self.page))
            program.code.mov(.at(.rdi), 0x11, .qword)
            program.report(1)
            program.accept(Self.page)
            program.report(.rax)
        }
        defer { td.close() }
        let area = try #require(td.area())
        let range = Self.page..<Self.page + 0x1000
        #expect(td.run() == Errno.badAddress.result)
        #expect(area.exitReason == .memoryFault)
        #expect(area.memoryFault == (0, Self.page, 0x1000))
        #expect(td.setPrivate(range, false) == 0)
        step(td, 1)
        #expect(td.memory.load(as: UInt64.self) == 0x11)
        #expect(td.run() == Errno.badAddress.result)
        #expect(area.memoryFault == (KVMConstant.memoryExitPrivate, Self.page, 0x1000))
        #expect(td.setPrivate(range) == 0)
        step(td, 0)
    }

    @Test("a punched hole takes the page, and accepting it again gives an empty one")
    func punchHole() throws {
        let client = try Client()
        let td = TestTD.flat(client) { program in
            program.code.mov(.rbx, unsigned: Self.page)
            for _ in 0..<2 {
                for page in 0..<3 as Range<UInt64> {
                    program.accept(Self.page + page << 12)
                    program.report(.rax)
                }
                program.code.mov(.rdx, .at(.rbx, 0x1000))
                program.code.mov(.at(.rbx, 0x1000), 0x55, .qword)
                program.report(.rdx)
            }
        }
        defer { td.close() }
        for _ in 0..<4 { step(td, 0) }
        let before = client.kvm.freePages
        #expect(client.kvm.punchHole(td.memfd, offset: 0, length: 0x3000) == 0)
        #expect(client.kvm.freePages == before + 3)
        #expect(td.mirrorDifferences() == [])
        for _ in 0..<4 { step(td, 0) }
        #expect(td.reports() == ([], .end))
    }

    @Test("a deleted slot takes what it mapped")
    func deleteSlot() throws {
        let client = try Client()
        let td = TestTD.flat(client) { program in
            program.accept(Self.page)
            program.report(.rax)
            program.accept(Self.page)
            program.report(.rax)
        }
        defer { td.close() }
        step(td, 0)
        var region = KVMUserspaceMemoryRegion2()
        region.flags = KVMConstant.memGuestMemFD
        region.guestPhysicalAddress = FlatProgram.base
        region.guestMemFD = UInt32(bitPattern: td.memfd)
        #expect(client.call(td.vm, .setUserMemoryRegion2, &region) == 0)
        #expect(td.mirrorDifferences() == [])
        #expect(td.secureEPT().keys.allSatisfy { $0.level > 0 })
        #expect(td.run() == Errno.badAddress.result)
        #expect(td.area()?.exitReason == .memoryFault)
        #expect(td.area()?.memoryFault.flags == KVMConstant.memoryExitPrivate)
    }

    @Test("KVM_PRE_FAULT_MEMORY adds pages before the guest asks")
    func preFault() throws {
        let client = try Client()
        let td = TestTD.flat(client) { program in
            program.report(1)
            program.accept(Self.page + 0x1000)
            program.report(.rax)
        }
        defer { td.close() }
        step(td, 1)
        var request = KVMPreFaultMemory()
        request.gpa = Self.page
        request.size = 0x4000
        #expect(client.call(td.vcpus[0], .preFaultMemory, &request) == 0)
        #expect(request.gpa == Self.page + 0x4000)
        #expect(request.size == 0)
        #expect(td.mirrorDifferences() == [])
        #expect((0..<5).map { td.state(of: Self.page + $0 << 12) } == [2, 2, 2, 2, 0])
        step(td, 0)
        #expect(td.state(of: Self.page + 0x1000) == 4)
    }

    @Test("emulated addresses are #VE for the guest, and no concern of KVM's")
    func emulated() throws {
        let client = try Client()
        let td = TestTD.flat(client) { program in
            let (start, handler) = (program.code.label(), program.code.label())
            program.code.jmp(start)
            program.code.place(handler)
            program.tdcall(.vpVEInfoGet)
            program.report(.r9)
            program.code.add(.at(.rsp), 2, .qword)
            program.code.iret()
            program.code.place(start)
            program.gates[20] = handler
            program.code.mov(.rdi, unsigned: FlatProgram.alias(0xE000_0000))
            for _ in 0..<2 { program.code.mov(.rax, .at(.rdi), .dword) }
        }
        defer { td.close() }
        #expect(td.reports() == ([Self.shared | 0xE000_0000, Self.shared | 0xE000_0000], .end))
    }
}

@Suite("MMU: a guest physical address of 52 bits")
struct WideMMUTests {
    @Test("has five levels in both halves, and its shared bit is 51")
    func wide() throws {
        let client = try Client()
        let pages = client.kvm.freePages
        let page = FlatProgram.free
        let td = TestTD.flat(client, gpaWidth: 52) { program in
            program.tdcall(.vpInfo)
            program.report(.rcx)
            program.accept(page)
            program.report(.rax)
            program.vmcall(.mapGPA, 1 << 51 | page, 0x1000)
            program.code.mov(.rbx, unsigned: FlatProgram.alias(page))
            program.code.mov(.rdx, .at(.rbx))
            program.report(.rdx)
        }
        let area = try #require(td.area())
        #expect(td.reports(most: 2).values == [52, 0])
        #expect(td.mirrorDifferences() == [])
        #expect(td.secureEPT().keys.contains(SecureEPTEntry(level: 4, index: 0)))
        #expect(td.run() == 0)
        #expect((area.exitReason, area.hypercallArguments[0]) == (.hypercall, page))
        #expect(td.setPrivate(page..<page + 0x1000, false) == 0)
        td.memory.storeBytes(of: 0x52, as: UInt64.self)
        #expect(td.reports() == ([0x52], .end))
        td.close()
        #expect(client.kvm.freePages == pages)
    }

    @Test("a vCPU's model of another width ends the TD at its first run")
    func mismatch() throws {
        let client = try Client()
        let td = TestTD(client)
        defer { td.close() }
        #expect(client.setCPUID(td.vcpus[0], gpaWidth: 52) == 0)
        #expect(client.command(td.vcpus[0], .initVCPU).result == 0)
        #expect(client.command(td.vm, .finalizeVM).result == 0)
        #expect(td.run() == Errno.ioError.result)
    }
}

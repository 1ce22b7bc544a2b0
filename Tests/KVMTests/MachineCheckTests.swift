// SPDX-License-Identifier: Apache-2.0

import Boot
import KVMABI
import PhysicalMemory
import Platform
import TDXABI
import Testing
import X86

@testable import KVM

/// A page of memory goes bad: from the access to the module, KVM and the program.
@Suite("Machine checks: a flat guest")
struct MachineCheckTests {
    private static let page = FlatProgram.free

    /// A guest that accepts a page, fills it, says so, and then reads it.
    private static func guest(_ client: Client, vcpus: Int = 1) -> TestTD {
        TestTD.flat(client, vcpus: vcpus) { program in
            program.accept(page)
            program.code.mov(.rbx, unsigned: page)
            program.code.mov(.at(.rbx), 7, .dword)
            program.report(1)
            program.code.mov(.rdx, .at(.rbx))
            program.report(.rdx)
        }
    }

    @Test("whoever reads the page ends, by an exception or by firmware's SMI", arguments: [false, true])
    func consumed(isSMI: Bool) throws {
        let client = try Client { $0.machineChecksAreSMIs = isSMI }
        let pages = client.kvm.freePages
        let (td, other) = (Self.guest(client), Self.guest(client))
        #expect(td.reports(most: 1).values == [1])
        #expect(other.reports(most: 1).values == [1])
        let address = try #require(td.machine?.mmu.leaves[Self.page >> 12])
        #expect(client.kvm.host.platform.failMemory(at: PhysicalAddress(address)))
        #expect(td.reports() == ([], TestTD.Stop(result: 0, reason: .internalError)))
        let error = try #require(td.area()).internalError
        #expect(error.suberror == .unexpectedExitReason)
        let status = TDXStatus.nonRecoverableTDNonAccessible.rawValue | (isSMI ? 6 : 0)
        #expect(error.data.first == status)
        // The kernel has tried to take the page from a TD that has ended, which KVM takes for a bug of its own.
        #expect(td.run() == Errno.ioError.result)
        #expect(other.reports() == ([7], .end), "other TDs go on")
        td.close()
        other.close()
        #expect(client.kvm.freePages == pages - 1, "nobody gets the page any more")
    }

    @Test("all vCPUs of the TD end")
    func others() throws {
        let client = try Client()
        let td = TestTD.flat(client, vcpus: 2) { program in
            let second = program.code.label()
            program.only(0, else: second)
            program.accept(Self.page)
            program.report(1)
            program.code.mov(.rbx, unsigned: Self.page)
            program.code.mov(.rdx, .at(.rbx))
            program.end()
            program.code.place(second)
            program.report(2)
            let again = program.code.here()
            program.code.pause()
            program.code.jmp(again)
        }
        defer { td.close() }
        #expect(td.reports(0, most: 1).values == [1])
        #expect(td.reports(1, most: 1).values == [2])
        let second = Worker { td.reports(1) }
        while client.runningVCPUs(of: td) == 0 {}
        let address = try #require(td.machine?.mmu.leaves[Self.page >> 12])
        client.kvm.host.platform.failMemory(at: PhysicalAddress(address))
        #expect(td.reports(0).stop == TestTD.Stop(result: 0, reason: .internalError))
        let stop = second.value.stop
        #expect(stop.result == Errno.ioError.result || stop.reason == .internalError)
    }

    @Test("a page that is found to be bad beforehand is taken away, and the program told who wants it")
    func foundEarly() throws {
        let client = try Client()
        let pages = client.kvm.freePages
        let td = TestTD.flat(client) { program in
            program.accept(Self.page)
            program.report(1)
            program.accept(Self.page)
            program.report(.rax)
        }
        #expect(td.reports(most: 1).values == [1])
        let machine = try #require(td.machine)
        let address = try #require(machine.mmu.leaves[Self.page >> 12])
        client.kvm.host.platform.failMemory(at: PhysicalAddress(address), isFoundEarly: true)
        #expect(machine.mmu.leaves[Self.page >> 12] == nil)
        let area = try #require(td.area())
        for _ in 0..<2 {
            #expect(td.run() == Errno.hardwarePoison.result)
            #expect(area.exitReason == .memoryFault)
            #expect(area.memoryFault.flags == KVMConstant.memoryExitPrivate)
            #expect(area.memoryFault.gpa == Self.page)
        }
        var request = KVMPreFaultMemory()
        (request.gpa, request.size) = (Self.page, 4096)
        #expect(client.call(td.vcpus[0], .preFaultMemory, &request) == Errno.hardwarePoison.result)
        // A hole where it was, and a new page is there.
        #expect(client.kvm.punchHole(td.memfd, offset: 0, length: 4096) == 0)
        #expect(td.reports() == ([0], .end))
        #expect(machine.mmu.leaves[Self.page >> 12] != address)
        td.close()
        #expect(client.kvm.freePages == pages - 1)
    }

    @Test("initial contents cannot go to a bad page")
    func initialContents() throws {
        let client = try Client()
        let td = TestTD(client)
        defer { td.close() }
        #expect(client.command(td.vcpus[0], .initVCPU).result == 0)
        #expect(td.setPrivate(0..<td.size) == 0)
        #expect(td.add([1], at: 0) == 0)
        let address = try #require(td.machine?.mmu.leaves[0])
        client.kvm.host.platform.failMemory(at: PhysicalAddress(address), isFoundEarly: true)
        #expect(td.add([1], at: 0) == Errno.hardwarePoison.result)
        #expect(td.add([1], at: 0x1000) == 0)
        #expect(client.command(td.vm, .finalizeVM).result == 0)
    }

    @Test("a bad page that is nobody's becomes nobody's for good")
    func free() throws {
        let client = try Client()
        let pages = client.kvm.freePages
        let page = try #require(client.kvm.host.pages.allocate())
        client.kvm.host.pages.free(page)
        client.kvm.host.platform.failMemory(at: PhysicalAddress(page), isFoundEarly: true)
        #expect(client.kvm.freePages == pages - 1)
        #expect(!client.kvm.host.platform.failMemory(at: PhysicalAddress(1 << 44)), "there is no memory")
    }
}

// SPDX-License-Identifier: Apache-2.0

import Boot
import KVMABI
import PhysicalMemory
import TDXABI
import Testing
import X86

@testable import KVM

/// What a host can and cannot do to a TD. That registers outside the mask of a call stay inside is in `EntryTests`.
@Suite("The host cannot read or change a TD")
struct IsolationTests {
    private static let page = FlatProgram.free
    private static let secret: UInt64 = 0x5EC2_E75E_C2E7_5EC2

    /// A guest that fills a page with a secret and then keeps reading it.
    private static func guest(_ client: Client) -> TestTD {
        TestTD.flat(client) { program in
            program.accept(page)
            program.code.mov(.rdi, unsigned: page)
            program.code.mov(.rax, unsigned: secret)
            program.code.mov(.rcx, 512)
            program.code.repStos(.qword)
            program.code.mov(.rbx, unsigned: page)
            for _ in 0..<4 {
                program.code.mov(.rdx, .at(.rbx))
                program.report(.rdx)
            }
        }
    }

    @Test("private memory reads as ciphertext, with the host's key or another's")
    func reads() throws {
        let client = try Client()
        let (td, other) = (Self.guest(client), Self.guest(client))
        defer {
            td.close()
            other.close()
        }
        #expect(td.reports(most: 1).values == [Self.secret])
        #expect(other.reports(most: 1).values == [Self.secret])
        let vm = try #require(td.machine)
        let address = try #require(vm.mmu.leaves[Self.page >> 12])
        let key = try #require(vm.hkid)
        let memory = client.kvm.host.memory
        func read(_ key: UInt16) -> [UInt64] {
            let bytes = memory.read(PhysicalMemory.address(PhysicalAddress(address), key: key), count: 4096)
            return (0..<512).map { Client.value(bytes, 8 * $0) }
        }
        #expect(read(key) == [UInt64](repeating: Self.secret, count: 512), "as the TD sees it")
        var seen: [[UInt64]] = []
        for wrong in [0, key + 1, client.kvm.host.globalKey] {
            let words = read(wrong)
            #expect(!words.contains(Self.secret))
            #expect(Set(words).count == 512, "equal words do not look equal")
            #expect(!seen.contains(words), "each key sees something else")
            seen.append(words)
        }
        let twin = try #require(other.machine?.mmu.leaves[Self.page >> 12])
        #expect(
            memory.read(PhysicalAddress(twin), count: 64) != memory.read(PhysicalAddress(address), count: 64))
        // The program's own doors: the shared half at the same address, and the file.
        #expect((0..<4096).allSatisfy { td.memory.load(fromByteOffset: $0, as: UInt8.self) == 0 })
        #expect(client.kvm.map(td.memfd, length: 4096) == nil)
        #expect(td.reports().stop == .end, "reading has done no harm")
    }

    @Test("the module reads and writes memory for the host only of a TD that is debuggable")
    func debugLeaves() throws {
        let client = try Client()
        let td = Self.guest(client)
        defer { td.close() }
        #expect(td.reports(most: 1).values == [Self.secret])
        let vm = try #require(td.machine)
        let vcpu = try #require(td.machine(vcpu: 0))
        for leaf in [HostLeafNumber.memRd, .memWr] {
            let (status, registers) = vm.call(leaf, rcx: Self.page, rdx: vm.tdr)
            #expect(status.isError)
            #expect(registers.r8 == 0)
        }
        // RAX to R15 of the vCPU, CR3, RIP
        let fields = (0..<16 as Range<UInt64>).map { 0x1000_0003_0000_0000 | $0 } + [0x6802, 0x681E]
        for field in fields {
            let (status, registers) = vcpu.call(.vpRd, rdx: field)
            #expect(status.isError, "field 0x\(String(field, radix: 16))")
            #expect(registers.r8 == 0)
            #expect(vcpu.call(.vpWr, rdx: field, r8: 0, r9: ~0).status.isError)
        }
        #expect(td.reports().values == [UInt64](repeating: Self.secret, count: 3))
    }

    /// What of a TD the host writes to.
    enum Target: CaseIterable { case data, code, secureEPT }

    @Test(
        "a write to a private page is found at the next access, and the TD ends", arguments: Target.allCases)
    func writes(target: Target) throws {
        let client = try Client()
        let pages = client.kvm.freePages
        let td = Self.guest(client)
        let other = Self.guest(client)
        #expect(td.reports(most: 2).values == [Self.secret, Self.secret], "the page is in every cache")
        let vm = try #require(td.machine)
        let address: UInt64?
        switch target {
        case .data: address = vm.mmu.leaves[Self.page >> 12]
        case .code: address = vm.mmu.leaves[(FlatProgram.base + 0x21_0000) >> 12]
        case .secureEPT: address = vm.mmu.tables[MMU.TableKey(level: 1, index: Self.page >> 21)]
        }
        client.kvm.host.memory.write(PhysicalAddress(try #require(address)), [0xFF])
        let area = try #require(td.area())
        let (values, stop) = td.reports()
        #expect(values == [])
        #expect(stop == TestTD.Stop(result: 0, reason: .internalError))
        #expect(area.internalError.suberror == .unexpectedExitReason)
        #expect(area.internalError.data.first == TDXStatus.nonRecoverableTDNonAccessible.rawValue)
        // The kernel's memory-failure handling takes guest memory from the TD, which cannot be any more.
        #expect(
            td.reports().stop
                == TestTD.Stop(
                    result: target == .secureEPT ? 0 : Errno.ioError.result, reason: .internalError))
        #expect(other.reports().stop == .end, "other TDs go on")
        td.close()
        other.close()
        #expect(client.kvm.freePages == pages - 1, "the spoiled page is given to nobody any more")
    }

    @Test("a write while the guest runs is found too")
    func writesWhileRunning() throws {
        let client = try Client()
        let td = TestTD.flat(client) { program in
            program.accept(Self.page)
            program.report(1)
            program.code.mov(.rbx, unsigned: Self.page)
            let again = program.code.here()
            program.code.mov(.rdx, .at(.rbx))
            program.code.test(.rdx, .rdx)
            program.code.jcc(.equal, again)
            program.report(.rdx)
        }
        defer { td.close() }
        #expect(td.reports(most: 1).values == [1])
        let address = try #require(td.machine?.mmu.leaves[Self.page >> 12])
        let runner = Worker { td.reports() }
        while client.runningVCPUs(of: td) == 0 {}
        client.kvm.host.memory.write(PhysicalAddress(address), [0xFF])
        #expect(runner.value == ([], TestTD.Stop(result: 0, reason: .internalError)))
        let data = try #require(td.area()).internalError.data
        #expect(
            data.first == TDXStatus.nonRecoverableTDNonAccessible.rawValue, "exit reason 0: a machine check")
    }

    @Test("a page that is the TD's cannot be given to another, nor added twice")
    func ownership() throws {
        let client = try Client()
        let (td, other) = (Self.guest(client), Self.guest(client))
        defer {
            td.close()
            other.close()
        }
        #expect(td.reports(most: 1).values == [Self.secret])
        #expect(other.reports(most: 1).values == [Self.secret])
        let vm = try #require(td.machine)
        let thief = try #require(other.machine)
        let address = try #require(vm.mmu.leaves[Self.page >> 12])
        for gpa in [Self.page + 0x1000, Self.page] {
            let status = thief.call(.memPageAug, rcx: gpa, rdx: thief.tdr, r8: address).status
            #expect(status.isError)
        }
        #expect(thief.call(.phymemPageReclaim, rcx: address).status.isError)
        #expect(td.reports().stop == .end)
        #expect(other.reports().stop == .end)
    }

    @Test("registers, floating point, debug and APIC state are refused")
    func refused() throws {
        let client = try Client()
        let td = Self.guest(client)
        defer { td.close() }
        #expect(td.reports(most: 1).values == [Self.secret])
        var bytes = [UInt8](repeating: 0xAA, count: 4096)
        for ioctl in [
            .regs, .setRegs, .sregs, .setSregs, .sregs2, .setSregs2, .fpu, .setFPU, .xsave, .setXSAVE,
            .xsave2, .xcrs,
            .setXCRs, .debugRegs, .setDebugRegs, .setGuestDebug, .lapic, .setLAPIC,
        ] as [IOCTL] {
            #expect(client.call(td.vcpus[0], ioctl, bytes: &bytes) == Errno.invalid.result, "\(ioctl.name)")
        }
        #expect(bytes.allSatisfy { $0 == 0xAA })
    }
}

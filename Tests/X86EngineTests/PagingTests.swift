// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Testing
import X86
import X86Decoder

@testable import X86Engine

@Suite("Paging")
struct PagingTests {
    static let rights: [UInt64] = (0..<16).map { n in
        (n & 1 != 0 ? SystemMachine.present : 0) | (n & 2 != 0 ? SystemMachine.writable : 0)
            | (n & 4 != 0 ? SystemMachine.user : 0) | (n & 8 != 0 ? SystemMachine.noExecute : 0)
    }

    /// What the manual says of an access, written independently of the walk.
    private func expected(
        _ entry: UInt64, _ kind: AccessKind, isUser: Bool, ac: Bool, wp: Bool, smep: Bool, smap: Bool
    ) -> UInt32? {
        var code: UInt32 = (kind == .write ? 2 : 0) | (isUser ? 4 : 0) | (kind == .fetch ? 16 : 0)
        if entry & 1 == 0 { return code }
        code |= 1
        let (w, u, nx) = (entry & 2 != 0, entry & 4 != 0, entry >> 63 != 0)
        if isUser, !u { return code }
        if kind == .fetch, nx || !isUser && u && smep { return code }
        if kind == .write, !w, isUser || wp { return code }
        if kind != .fetch, !isUser, u, smap, !ac { return code }
        return nil
    }

    @Test("every access to every kind of page faults as the manual says, and only marks when it succeeds")
    func permissions() throws {
        for controls in 0..<8 {
            let (wp, smep, smap) = (controls & 1 != 0, controls & 2 != 0, controls & 4 != 0)
            let machine = try SystemMachine()
            machine.cpu[.cr0] = CR0.pe | CR0.pg | CR0.ne | (wp ? CR0.wp : 0)
            machine.cpu[.cr4] = CR4.pae | (smep ? CR4.smep : 0) | (smap ? CR4.smap : 0)
            for rights in PagingTests.rights {
                for kind in [AccessKind.read, .write, .fetch] {
                    for privilege in 0..<3 {
                        let (isUser, ac) = (privilege == 1, privilege == 2)
                        if kind == .fetch, ac { continue }
                        machine.setPage(0x50000, 0x50000 | rights)
                        let want = expected(
                            rights, kind, isUser: isUser, ac: ac, wp: wp, smep: smep, smap: smap)
                        let first = machine.fault(0x50123, kind, isUser: isUser, ac: ac)
                        #expect(first?.code == want, "\(rights) \(kind) \(privilege) \(controls)")
                        // The second one comes from the TLB where the first succeeded.
                        #expect(machine.fault(0x50123, kind, isUser: isUser, ac: ac) == first)
                        let marks = machine.page(0x50000) & 0x60
                        #expect(marks == (want != nil ? 0 : kind == .write ? 0x60 : 0x20))
                        if want != nil { #expect(machine.cpu[.cr2] == 0x50123) }
                        // An entry filled for one kind of access grants no more than a walk would.
                        for other in [AccessKind.read, .write, .fetch] where !(other == .fetch && ac) {
                            let want = expected(
                                rights, other, isUser: isUser, ac: ac, wp: wp, smep: smep, smap: smap)
                            #expect(machine.fault(0x50123, other, isUser: isUser, ac: ac)?.code == want)
                        }
                    }
                }
            }
        }
    }

    @Test("reserved bits fault with RSVD")
    func reservedBits() throws {
        let machine = try SystemMachine()
        machine.cpu.configuration.physicalAddressWidth = 46
        machine.setPage(0x50000, 0x50000 | 3 | 1 << 46)
        #expect(machine.fault(0x50000, .read) == .page(9))
        machine.cpu.setMSR(MSRNumber.efer, EFER.lme | EFER.lma)
        machine.setPage(0x50000, 0x50000 | 3 | 1 << 63)
        #expect(machine.fault(0x50000, .read) == .page(9))
        machine.write(0x1000, 0x2000 | 7 | 1 << 7)
        machine.cpu.flushTranslations()
        #expect(machine.fault(0x50000, .write) == .page(11))
    }

    @Test("large pages translate, and INVLPG of any address in one drops all of it")
    func largePages() throws {
        let machine = try SystemMachine()
        machine.write(0x3000 + 8, 0x20_0000 | 0x83)
        machine.write(0x30_0000 + 0x10, 0x1234)
        #expect(try machine.cpu.load(0x30_0010, .kernel, as: UInt64.self) == 0x1234)
        #expect(try machine.cpu.load(0x21_0010, .kernel, as: UInt64.self) == 0)
        machine.write(0x3000 + 8, 0x40_0000 | 0x83)
        #expect(try machine.cpu.load(0x30_0010, .kernel, as: UInt64.self) == 0x1234)
        machine.cpu.translations.invalidatePage(0x20_0000)
        #expect(try machine.cpu.load(0x30_0010, .kernel, as: UInt64.self) == 0)
        machine.write(0x3000 + 8, 0x20_1000 | 0x83 | 1 << 13)
        machine.cpu.flushTranslations()
        #expect(machine.fault(0x30_0000, .read) == .page(9))
    }

    @Test("a change of CR3 keeps global pages and drops the others")
    func globalPages() throws {
        let machine = try SystemMachine()
        machine.cpu[.cr4] = CR4.pae | CR4.pge
        machine.setPage(0x50000, 0x50000 | 3 | 1 << 8)
        machine.setPage(0x51000, 0x51000 | 3)
        #expect(machine.fault(0x50000, .read) == nil)
        #expect(machine.fault(0x51000, .read) == nil)
        machine.write(0x4000 + 0x50 * 8, 0)
        machine.write(0x4000 + 0x51 * 8, 0)
        #expect(machine.fault(0x51000, .read) == nil)
        machine.cpu.state[.rax] = 0x1000
        #expect(
            machine.perform {
                $0.map = .twoByte
                $0.opcode = 0x22
                $0.reg = 3
            } == .nextBlock)
        #expect(machine.fault(0x50000, .read) == nil)
        #expect(machine.fault(0x51000, .read) == .page(0))
        machine.cpu.translations.flushLinear()
        #expect(machine.fault(0x50000, .read) == .page(0))
    }

    @Test("protection keys")
    func protectionKeys() throws {
        let machine = try SystemMachine()
        machine.cpu[.cr4] = CR4.pae | CR4.pke
        machine.setPage(0x50000, 0x50000 | 7 | 5 << 59)
        machine.cpu.setPKRU(1 << 10)
        #expect(machine.fault(0x50000, .read, isUser: true) == .page(1 | 4 | 32))
        machine.cpu.setPKRU(2 << 10)
        #expect(machine.fault(0x50000, .read, isUser: true) == nil)
        #expect(machine.fault(0x50000, .write, isUser: true) == .page(1 | 2 | 4 | 32))
        #expect(machine.fault(0x50000, .write) == .page(1 | 2 | 32))
        machine.cpu.setPKRU(0)
        #expect(machine.fault(0x50000, .write) == nil)
    }

    @Test("accesses across pages write both or nothing")
    func splitAccesses() throws {
        let machine = try SystemMachine()
        try machine.cpu.store(0x50FFC, 0x1122_3344_5566_7788 as UInt64, .kernel)
        #expect(try machine.cpu.load(0x50FFC, .kernel, as: UInt64.self) == 0x1122_3344_5566_7788)
        #expect(machine.read(0x51000) == 0x1122_3344)
        machine.setPage(0x51000, 0x51000 | 1)
        #expect(throws: Fault.page(3)) { try machine.cpu.store(0x50FFC, 0 as UInt64, .kernel) }
        #expect(machine.cpu[.cr2] == 0x51000)
        #expect(try machine.cpu.load(0x50FFC, .kernel, as: UInt64.self) == 0x1122_3344_5566_7788)
    }

    @Test("non-canonical addresses")
    func canonical() throws {
        let machine = try SystemMachine()
        #expect(throws: Fault.nonCanonical) {
            try machine.cpu.load(0x8000_0000_0000, .kernel, as: UInt8.self)
        }
        #expect(throws: Fault.stack(0)) {
            try machine.cpu.load(0x7FFF_FFFF_FFFF, .kernel, as: UInt16.self, isStack: true)
        }
    }
}

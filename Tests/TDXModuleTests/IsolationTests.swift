// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import Testing
import X86

@testable import TDXModule

/// What a host that writes where it should not achieves: the TD ends, and never works with what was written.
@Suite("Isolation of a TD from its host")
struct IsolationTests {
    static let fatal = TDXStatus.nonRecoverableTDNonAccessible.rawValue

    @Test("the host reads ciphertext of every private page, and of every page that keeps a TD's state")
    func ciphertext() throws {
        let scene = try GuestScene(.vpInfo)
        let secret = Array("attack at dawn!!".utf8)
        try scene.write(0x1000, secret)
        let memory = scene.machine.memory
        let page = try scene.memory.entry(0x1000, level: 0) & 0x3FFF_FFFF_F000
        for key in [0, 1, Machine.globalKey, Machine.key + 1] {
            #expect(memory.read(PhysicalAddress(page | key << 46), count: 16) != secret)
        }
        #expect(memory.read(PhysicalAddress(page | Machine.key << 46), count: 16) == secret)
        // It depends on the contents, the place and the key, and stays while they do.
        let first = memory.read(PhysicalAddress(page), count: 16)
        #expect(memory.read(PhysicalAddress(page), count: 16) == first)
        #expect(memory.read(PhysicalAddress(page + 64), count: 16) != first)
        #expect(memory.read(PhysicalAddress(page | 1 << 46), count: 16) != first)
        let tables = try scene.memory.slot(0x1000, level: 0).address & ~0xFFF
        for control in scene.td.pages + scene.vcpu.pages + [tables] {
            let plain = memory.read(PhysicalAddress(control | Machine.key << 46), count: 4096)
            #expect(memory.read(PhysicalAddress(control), count: 4096) != plain)
        }
    }

    /// Operands of leaves that use the page at 0x1000.
    static let uses: [(GuestLeafNumber, KeyValuePairs<GeneralRegister, UInt64>)] = [
        (.mrReport, [.rcx: 0x1400, .rdx: 0x1000, .r8: 0]), (.mrRTMRExtend, [.rcx: 0x1000, .rdx: 0]),
        (.mrVerifyReport, [.rcx: 0x1000]), (.sysRdAll, [.rdx: 0x1000, .r8: ~0]),
    ]

    @Test("a TDCALL that uses a page which the host has written ends the TD", arguments: 0..<4)
    func operands(use: Int) throws {
        let scene = try GuestScene(Self.uses[use].0, Self.uses[use].1)
        let page = try scene.memory.entry(0x1000, level: 0) & 0x3FFF_FFFF_F000
        scene.machine.memory.write(PhysicalAddress(page + 8), [1])
        let rtmr = scene.td.rtmr
        #expect(scene.call() == .exit(Self.fatal, 0, 0, 0))
        #expect(scene.td.isFatal)
        #expect(scene.td.rtmr == rtmr)
        #expect(scene.machine.call(.vpEnter, rcx: scene.tdvpr).status == .tdFatal)
        #expect(TDXStatus.tdFatal.rawValue == 0xE000_0604_0000_0000)
    }

    @Test("putting old ciphertext back does not bring the page back")
    func replay() throws {
        let scene = try GuestScene(.mrRTMRExtend, [.rcx: 0x1000, .rdx: 0])
        let page = try scene.memory.entry(0x1000, level: 0) & 0x3FFF_FFFF_F000
        let old = scene.machine.memory.read(PhysicalAddress(page), count: 4096)
        try scene.write(0x1000, [1, 2, 3])
        scene.machine.memory.write(PhysicalAddress(page), old)
        #expect(scene.call() == .exit(Self.fatal, 0, 0, 0))
    }

    @Test("the machine check of an access to a spoiled page ends the TD for every vCPU")
    func machineCheck() throws {
        let machine = try Machine.ready()
        let tdr = machine.td()
        let vcpus = [machine.vcpu(tdr, id: 0), machine.vcpu(tdr, id: 1)]
        #expect(machine.call(.vpFlush, rcx: vcpus[1]).status == .success)
        #expect(machine.call(.mrFinalize, rcx: tdr).status == .success)
        #expect(machine.enter(vcpus[0], on: 0) != nil)
        #expect(machine.enter(vcpus[1], on: 1) != nil)
        let first = machine.leave(VMExit(.exceptionOrNMI, interruptionInformation: 0x8000_0312), on: 0)
        #expect(first.registers.rax == Self.fatal)
        #expect(first.registers.r9 == 0x8000_0312)
        // The other one finds out at its next exit, whatever that is.
        let second = machine.leave(VMExit(.cpuid, instructionLength: 2), on: 1)
        #expect(second.registers.rax == Self.fatal | 10)
        for vcpu in vcpus { #expect(machine.call(.vpEnter, rcx: vcpu).status == .tdFatal) }
    }

    @Test("a page of the Secure EPT that the host has written ends the TD at the next walk")
    func tables() throws {
        for level in 0...3 {
            let scene = try GuestScene(.memPageAccept, [.rcx: 0x2000])
            let table = try scene.memory.slot(0x2000, level: level).address & ~0xFFF
            // A mapping of the host's choice: what it would like the guest to find there.
            scene.machine.memory.store(
                PhysicalAddress(table + 16), EntryState.of(.mapped).entry(0x4000_0000))
            #expect(scene.call() == .exit(Self.fatal, 0, 0, 0), "level \(level)")
            let read = scene.machine.call(.memSEPTRd, rcx: 0x2000, rdx: scene.tdr)
            #expect(read.status == .tdFatal)
            #expect(read.registers.rcx == 0 && read.registers.rdx == 0)
        }
        let scene = try GuestScene(.vpInfo)
        let table = try scene.memory.slot(0x2000, level: 0).address & ~0xFFF
        scene.machine.memory.write(PhysicalAddress(table), [0])
        let outcome = scene.exit(VMExit(.eptViolation, qualification: 1, guestPhysicalAddress: 0x2000))
        #expect(outcome == .exit(Self.fatal | 48, 1, 0, 0))
    }

    @Test("a page of TDR, TDCS or TDVPS that the host has written ends the TD")
    func controlPages() throws {
        for index in 0..<13 {
            let machine = try Machine.ready()
            let (tdr, tdvpr, _) = machine.runnable()
            let scene = Scene(.vpEnter, on: machine, [.rcx: tdvpr])
            let pages = try [tdr] + scene.td(tdr).pages + scene.vcpu(tdvpr).pages
            #expect(pages.count == 13)
            machine.memory.write(PhysicalAddress(pages[index] + 0x10), [1])
            #expect(machine.call(.vpEnter, rcx: tdvpr).status == .tdFatal, "page \(index)")
            #expect(machine.call(.memTrack, rcx: tdr).status == .tdFatal)
            // It can still be torn down.
            #expect(machine.call(.vpFlush, rcx: tdvpr).status == .success)
            #expect(machine.call(.mngVPFlushDone, rcx: tdr).status == .success)
        }
        // While the vCPU is inside, at its next exit: here before the #VE information would be used.
        let scene = try GuestScene(.vpInfo)
        scene.machine.memory.write(PhysicalAddress(scene.tdvpr), [UInt8](repeating: 0, count: 64))
        #expect(scene.exit(VMExit(.hlt, instructionLength: 1)) == .exit(Self.fatal, 0, 0, 0))
    }

    @Test("the host's leaves do not work with a page that the host has written")
    func hostLeaves() throws {
        var parameters = Machine.parameters
        parameters.attributes |= TDAttributes.debug.rawValue
        for leaf in [HostLeafNumber.memRd, .memWr, .mrExtend, .memPageRelocate] {
            let machine = try Machine.ready()
            let tdr = machine.td(parameters)
            machine.addTables(tdr, 0x1000)
            let page = machine.add(tdr, 0x1000, [1, 2, 3])
            machine.memory.write(PhysicalAddress(page), [9])
            let scene = Scene(leaf, on: machine, [.rcx: 0x1000, .rdx: tdr, .r8: machine.page()])
            let result = scene.call()
            #expect(result.status == .tdFatal, "\(leaf.rawValue)")
            #expect(result.registers.rcx == 0 && result.registers.rdx == 0)
            if leaf != .memPageRelocate && leaf != .mrExtend { #expect(result.registers.r8 == 0) }
        }
    }

    @Test("a page that is accepted again is the TD's, whatever the host had written there")
    func acceptedAgain() throws {
        let scene = try GuestScene(.memPageAccept, [.rcx: 0x2000])
        let page = scene.machine.page()
        scene.machine.memory.write(PhysicalAddress(page), [UInt8](repeating: 0xEE, count: 4096))
        #expect(scene.machine.call(.memPageAug, rcx: 0x2000, rdx: scene.tdr, r8: page).status == .success)
        scene.machine.memory.write(PhysicalAddress(page + 1), [0xDD])
        #expect(scene.call() == .status(.success))
        #expect(try scene.bytes(0x2000, count: 4096).allSatisfy { $0 == 0 })
    }
}

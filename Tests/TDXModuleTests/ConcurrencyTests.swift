// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Synchronization
import TDXABI
import Testing
import X86

@testable import TDXModule

/// Calls of several logical processors at once, on one TD.
@Suite("Calls at the same time")
struct ConcurrencyTests {
    /// What a call may answer when another is faster than it, or has changed what it is about.
    static let contention: Set<TDXStatus> = [
        .operandBusy, .eptEntryStateIncorrect, .gpaRangeNotBlocked, .gpaRangeAlreadyBlocked,
        .tlbTrackingNotDone, .previousTLBEpochBusy, .eptWalkFailed, .eptPageNotFree,
    ]

    static let processors = 4
    /// 4 KiB pages below 2 MiB, of whose table the second half is removed and added again.
    static let addresses = (0..<4).map { 0x2000 + UInt64($0) * 0x1000 } + [0x20_0000, 0x20_1000]
    static let table = GPAMapping(address: 0x20_0000, level: 1).rawValue

    /// One logical processor with its own vCPU and its own free pages.
    final class Host: @unchecked Sendable {
        let machine: Machine
        let (processor, tdr, tdvpr): (Int, UInt64, UInt64)
        var free: [UInt64]
        var random: Seeded
        var statuses: [TDXStatus: Int] = [:]

        init(_ machine: Machine, _ processor: Int, tdr: UInt64, tdvpr: UInt64) {
            self.machine = machine
            (self.processor, self.tdr, self.tdvpr) = (processor, tdr, tdvpr)
            free = (0..<4).map { _ in machine.page() }
            random = Seeded(state: UInt64(processor + 1))
        }

        @discardableResult
        func call(_ leaf: HostLeafNumber, rcx: UInt64, rdx: UInt64 = 0, r8: UInt64 = 0) -> HostRegisters? {
            var registers = HostRegisters()
            (registers.rax, registers.rcx, registers.rdx, registers.r8) = (
                UInt64(leaf.rawValue), rcx, rdx, r8
            )
            _ = machine.module.call(&registers, on: processor)
            let status = TDXStatus(registers.rax)
            statuses[status.withoutDetails, default: 0] += 1
            return status == .success ? registers : nil
        }

        func step() {
            let address = ConcurrencyTests.addresses.randomElement(using: &random) ?? 0
            switch UInt64.random(in: 0...9, using: &random) {
            case 0, 1:
                if let page = free.last, call(.memPageAug, rcx: address, rdx: tdr, r8: page) != nil {
                    free.removeLast()
                }
            case 2, 3: call(.memRangeBlock, rcx: address, rdx: tdr)
            case 4: call(.memRangeUnblock, rcx: address, rdx: tdr)
            case 5: call(.memTrack, rcx: tdr)
            case 6:
                if let removed = call(.memPageRemove, rcx: address, rdx: tdr) { free.append(removed.rcx) }
            case 7:
                call(.memRangeBlock, rcx: ConcurrencyTests.table, rdx: tdr)
                if let removed = call(.memSEPTRemove, rcx: ConcurrencyTests.table, rdx: tdr) {
                    free.append(removed.rcx)
                }
            case 8:
                if let page = free.last,
                    call(.memSEPTAdd, rcx: ConcurrencyTests.table, rdx: tdr, r8: page) != nil
                {
                    free.removeLast()
                }
            default: run()
            }
        }

        /// Enters the vCPU, and leaves it.
        private func run() {
            var registers = HostRegisters()
            registers.rcx = tdvpr
            guard case .enter = machine.module.call(&registers, on: processor) else {
                statuses[TDXStatus(registers.rax).withoutDetails, default: 0] += 1
                return
            }
            call(.memTrack, rcx: tdr)
            let exit = VMExit(.externalInterrupt, interruptionInformation: 0x8000_0020)
            _ = machine.module.exited(exit, &registers, on: processor)
        }
    }

    @Test("gets or refuses what it wants, and loses no page, count or lock")
    func storm() throws {
        let machine = try Machine.ready(processors: Array(repeating: 0, count: Self.processors))
        let tdr = machine.td()
        let vcpus = (0..<Self.processors).map { machine.vcpu(tdr, id: UInt64($0)) }
        machine.addTables(tdr, 0x1000)
        for vcpu in vcpus { #expect(machine.call(.vpFlush, rcx: vcpu).status == .success) }
        #expect(machine.call(.mrFinalize, rcx: tdr).status == .success)
        let hosts = vcpus.enumerated().map { Host(machine, $0, tdr: tdr, tdvpr: $1) }
        let td = try machine.td(at: tdr)
        let before = td.childCount.load(ordering: .relaxed)
        DispatchQueue.concurrentPerform(iterations: hosts.count) { index in
            for _ in 0..<10_000 { hosts[index].step() }
        }
        var statuses: [TDXStatus: Int] = [:]
        for host in hosts { statuses.merge(host.statuses, uniquingKeysWith: +) }
        #expect(Set(statuses.keys).subtracting(Self.contention) == [.success])
        #expect(statuses[.success, default: 0] > 1000)
        // Every page is where it was, with the TD or with one host, and counted.
        let pages = machine.pages.filter { machine.module.pamt.entry($0).found.use.owner === td }
        #expect(UInt64(pages.count) == td.childCount.load(ordering: .relaxed))
        let free = hosts.flatMap(\.free)
        #expect(Set(free).count == free.count)
        #expect(free.allSatisfy { machine.module.pamt.entry($0).found.use.type == 0 })
        #expect(pages.count + free.count == Int(before) + hosts.count * 4)
        #expect(td.references(0) == 0 && td.references(1) == 0)
        // Nobody holds anything: each exclusive lock can be had, and the TD can be taken apart.
        let locks = [td.opStateLock, td.septTreeLock, td.epochLock]
        #expect(locks.allSatisfy { $0.tryHolding() })
        for lock in locks { lock.unlock() }
        for page in machine.pages {
            let entry = machine.module.pamt.entry(page)
            #expect(entry.tryLock(exclusively: true))
            entry.unlock()
        }
        for (processor, vcpu) in vcpus.enumerated() {
            let status = machine.call(.vpFlush, rcx: vcpu, on: processor).status
            #expect(status == .success || status == .vcpuNotAssociated)
        }
        #expect(machine.call(.mngVPFlushDone, rcx: tdr).status == .success)
    }
}

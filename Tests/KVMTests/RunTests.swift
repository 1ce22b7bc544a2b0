// SPDX-License-Identifier: Apache-2.0

import KVM
import KVMABI
import Synchronization
import Testing
import X86

/// Values that a guest's script has seen.
final class Seen: Sendable {
    private let values = Mutex<[UInt64]>([])
    func note(_ new: UInt64...) { values.withLock { $0 += new } }
    var all: [UInt64] { values.withLock { $0 } }
}

@Suite("KVM_RUN")
struct RunTests {
    static let invalidOperand: UInt64 = 1 << 63
    static let unsupported: UInt64 = 1 << 63 | 3
    static let shared: UInt64 = 1 << 47

    /// A call, then one that ends the run, noting what the first returned.
    private func steps(_ call: @escaping Script.Step, _ seen: Seen) -> [Script.Step] {
        [call, Script.vmcall(30, 1, 1, 0x501, 0) { seen.note($0[.r10], $0[.r11], $0[.r12]) }]
    }

    @Test("port exits carry size, port and data, and reads come back")
    func ports() throws {
        let seen = Seen()
        let client = try Client(
            script: Script([
                Script.vmcall(30, 1, 1, 0x3F8, 0xFFFF_FF41),
                Script.vmcall(30, 2, 0, 0x1F0) { seen.note($0[.r10]) },
                Script.vmcall(30, 3, 0, 0x1F0) { seen.note($0[.r10], $0[.r11]) },
                Script.vmcall(30, 4, 1, 0x80, 1) { seen.note($0[.r10]) },
            ]))
        let td = TestTD.runnable(client)
        let area = try #require(td.area())
        #expect(td.run() == 0)
        #expect(area.exitReason == .io)
        #expect(area.io == KVMRun.IO(isWrite: true, size: 1, port: 0x3F8))
        #expect(area.portData == 0x41)
        #expect(td.run() == 0)
        #expect(area.io == KVMRun.IO(isWrite: false, size: 2, port: 0x1F0))
        area.portData = 0xABCD_1234
        #expect(td.run() == 0)
        #expect(area.io.port == 0x80)
        #expect(seen.all == [0, 0, 0x1234, RunTests.invalidOperand])
        td.close()
    }

    @Test(
        "calls that need no program",
        arguments: [
            ([36], [unsupported, 36, 0]),  // MWAIT
            ([0x10005], [unsupported, 0x10005, 0]),
            ([0x10000, 2], [invalidOperand, 0x10000, 2]),
            ([0x10000, 0], [0, 0, 0]),
            ([0x10004, 31], [invalidOperand, 0x10004, 31]),
            ([0x10002, 0x1000, 0x1000], [invalidOperand, 0x10002, 0x1000]),  // private buffer
            ([48, 8, 0, 0x1000], [invalidOperand, 48, 8]),  // private MMIO
            ([0x10001, 0x800, 0x1000], [1 << 63 | 2, 0x800, 0x800]),
            ([0x10001, 0x1000, 0], [invalidOperand, 0x1000, 0x1000]),
            ([31, 0x1B], [0, 0xFEE0_0D00, 0x1B]),
            ([31, 0x802], [0, 0, 0x802]),
            ([31, 0x808], [invalidOperand, 31, 0x808]),
            ([32, 0x802, 1], [invalidOperand, 32, 0x802]),
            ([31, 0x1234], [invalidOperand, 31, 0x1234]),
            ([10, 0x4000_0000], [0, 10, 0x4000_0001]),
        ] as [([UInt64], [UInt64])])
    func calls(call: [UInt64], result: [UInt64]) throws {
        let seen = Seen()
        let argument = { (index: Int) -> UInt64 in index < call.count ? call[index] : 0 }
        let client = try Client(
            script: Script(steps(Script.vmcall(argument(0), argument(1), argument(2), argument(3)), seen))
        )
        let td = TestTD.runnable(client)
        #expect(td.run() == 0)
        #expect(td.area()?.io.port == 0x501)
        #expect(seen.all == result)
        td.close()
    }

    @Test("MapGPA comes in pieces of 2 MiB")
    func mapGPA() throws {
        let seen = Seen()
        let client = try Client(
            script: Script(steps(Script.vmcall(0x10001, RunTests.shared | 0x1000, 3 << 20), seen)))
        let td = TestTD.runnable(client)
        let area = try #require(td.area())
        #expect(td.run() == 0)
        #expect(area.exitReason == .hypercall)
        #expect(area.hypercallNumber == 12)
        #expect(area.hypercallArguments[0] == 0x1000)
        #expect(area.hypercallArguments[1] == 512)
        #expect(area.hypercallArguments[2] == 0)
        #expect(td.run() == 0)
        #expect(area.hypercallArguments[0] == 0x20_1000)
        #expect(area.hypercallArguments[1] == 256)
        area.hypercallResult = 11
        #expect(td.run() == 0)
        #expect(area.exitReason == .io)
        #expect(seen.all == [1, RunTests.shared | 0x20_1000, RunTests.shared | 0x1000])
        td.close()
    }

    @Test("MMIO, quote and fatal error reach the program")
    func exits() throws {
        let seen = Seen()
        let client = try Client(
            script: Script([
                Script.vmcall(48, 4, 1, RunTests.shared | 0xFEC0_0000, 0x1_1234_5678),
                Script.vmcall(48, 2, 0, RunTests.shared | 0xFEC0_0010),
                Script.vmcall(0x10002, RunTests.shared | 0x3000, 0x2000) { seen.note($0[.r10], $0[.r11]) },
                Script.vmcall(0x10003, 7, 0, 0x41, 0x42) { seen.note($0[.r10]) },
            ]))
        let td = TestTD.runnable(client)
        let area = try #require(td.area())
        #expect(td.run() == 0)
        #expect(
            area.mmio == KVMRun.MMIO(address: 0xFEC0_0000, data: 0x1234_5678, length: 4, isWrite: true))
        #expect(td.run() == 0)
        #expect(area.mmio == KVMRun.MMIO(address: 0xFEC0_0010, data: 0, length: 2, isWrite: false))
        area.mmio = KVMRun.MMIO(address: 0xFEC0_0010, data: 0xFFFF_BEEF, length: 2, isWrite: false)
        #expect(td.run() == 0)
        #expect(area.exitReason == .tdx)
        #expect(area.tdxNumber == 0x10002)
        #expect(area.tdxData[0] == 0x3000)
        #expect(area.tdxData[1] == 0x2000)
        area.tdxResult = 0
        #expect(td.run() == 0)
        #expect(area.exitReason == .systemEvent)
        #expect(area.systemEvent.type == .tdxFatal)
        #expect(area.systemEvent.data.count == 16)
        #expect(area.systemEvent.data[12] == 7)
        #expect(seen.all == [0, 0xBEEF, 0])
        td.close()
    }

    @Test(
        "faults map private memory, install emulated addresses and report what is of the other kind")
    func faults() throws {
        let client = try Client(
            script: Script([
                Script.touch(0x5000), Script.touch(RunTests.shared | 0xFEC0_0000),
                Script.touch(RunTests.shared | 0x6000),
                Script.vmcall(30, 1, 1, 0x501, 0), Script.touch(0x4000_0000),
            ]))
        let td = TestTD.runnable(client)
        let area = try #require(td.area())
        let pages = client.kvm.freePages
        #expect(td.run() == Errno.badAddress.result)
        #expect(area.exitReason == .memoryFault)
        #expect(area.memoryFault == (0, 0x6000, 4096))
        #expect(client.kvm.freePages < pages)
        #expect(td.setPrivate(0x6000..<0x7000, false) == 0)
        #expect(td.run() == 0)
        #expect(area.io.port == 0x501)
        #expect(td.run() == Errno.badAddress.result)
        #expect(area.memoryFault == (8, 0x4000_0000, 4096))
        td.close()
    }

    @Test("a halted vCPU sleeps until an interrupt, a timer or a signal")
    func halt() throws {
        let client = try Client(
            script: Script([
                // SVR on, one-shot timer with vector 0x30, count 1000.
                Script.vmcall(32, 0x80F, 0x1FF), Script.vmcall(32, 0x832, 0x30),
                Script.vmcall(32, 0x838, 1000),
                Script.vmcall(12, 0), Script.vmcall(30, 1, 1, 0x501, 0), Script.vmcall(12, 1),
            ]))
        let td = TestTD.runnable(client)
        let area = try #require(td.area())
        #expect(td.run() == 0)
        #expect(area.io.port == 0x501)
        area.immediateExit = 1
        #expect(td.run() == Errno.interrupted.result)
        area.immediateExit = 0
        client.kvm.interrupt(td.vcpus[0])
        #expect(td.run() == Errno.interrupted.result)
        #expect(area.exitReason == .intr)
        td.close()
    }

    @Test("a filtered MSR is the program's")
    func filter() throws {
        let seen = Seen()
        let client = try Client(
            script: Script([
                Script.vmcall(31, 0x8B), Script.vmcall(32, 0x8B, 5) { seen.note($0[.r10], $0[.r11]) },
                Script.vmcall(31, 0x277) { seen.note($0[.r10]) },
                Script.vmcall(30, 1, 1, 0x501, 0) { seen.note($0[.r10]) },
            ]))
        let td = TestTD.runnable(client)
        let area = try #require(td.area())
        #expect(client.enable(td.vm, .userSpaceMSR, 4) == 0)
        var bitmap: UInt64 = 0
        withUnsafeMutablePointer(to: &bitmap) { pointer in
            var filter = KVMMSRFilter()
            var range = KVMMSRFilterRange()
            range.flags = 3
            range.base = 0x8B
            range.count = 1
            range.bitmap = UInt64(UInt(bitPattern: pointer))
            filter.ranges[0] = range
            #expect(client.call(td.vm, .setMSRFilter, &filter) == 0)
            filter.flags = 2
            #expect(client.call(td.vm, .setMSRFilter, &filter) == Errno.invalid.result)
        }
        #expect(td.run() == 0)
        #expect(area.exitReason == .rdmsr)
        #expect(area.msr == (0, 4, 0x8B, 0))
        area.msr = (0, 4, 0x8B, 0x1234)
        #expect(td.run() == 0)
        #expect(area.exitReason == .wrmsr)
        #expect(area.msr == (0, 4, 0x8B, 5))
        area.msr = (1, 4, 0x8B, 5)
        #expect(td.run() == 0)
        #expect(area.exitReason == .io)
        #expect(seen.all == [0, 0x1234, RunTests.invalidOperand, 0])
        td.close()
    }

    @Test("an unknown hypercall fails, a triple fault shuts down")
    func shutdown() throws {
        let seen = Seen()
        let client = try Client(
            script: Script([
                Script.vmcall(0, r10: 99),
                {
                    seen.note($0[.r10])
                    return VMExit(.tripleFault)
                },
            ]))
        let td = TestTD.runnable(client)
        #expect(td.run() == 0)
        #expect(td.area()?.exitReason == .shutdown)
        #expect(seen.all == [UInt64(bitPattern: -1000)])
        #expect(td.run() == 0)
        #expect(td.area()?.exitReason == .internalError)
        td.close()
    }

    @Test("everything is given back after a run")
    func teardown() throws {
        let client = try Client(
            script: Script([Script.touch(0x5000), Script.vmcall(30, 1, 1, 0x501, 0)]))
        let pages = client.kvm.freePages
        let td = TestTD.runnable(client, vcpus: 2)
        #expect(td.run() == 0)
        td.close()
        #expect(client.kvm.freePages == pages)
        #expect(client.kvm.freeKeyIDs == 47)
    }
}

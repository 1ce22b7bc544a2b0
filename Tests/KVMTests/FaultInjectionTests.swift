// SPDX-License-Identifier: Apache-2.0

import Boot
import Foundation
import KVMABI
import Platform
import TDXABI
import Testing
import X86

@testable import KVM

@Suite("Fault injection")
struct FaultInjectionTests {
    private func client(_ plan: String, time: (any TimeSource)? = nil, script: Script? = nil) throws -> Client
    {
        let plan = try FaultPlan(plan)
        return try Client(script: script, time: time) { $0.faults = plan }
    }

    // MARK: The plan

    @Test("a plan is read as the page on it says")
    func grammar() throws {
        let plan = try FaultPlan(
            "busy:rate=0.25,leaf=TDH.MEM.TRACK;fail:leaf=TDH.MNG.CREATE,status=TDX_RND_NO_ENTROPY,count=2;"
                + "keys:lost=3;memory:found=early,after=0x10;delay:us=500,every=4;answer:leaf=0x10001;seed=9")
        #expect(plan.seed == 9)
        #expect(plan.faults.count == 6)
        #expect(plan.faults[0].rate == 0.25 && plan.faults[0].leaf == 38)
        #expect(plan.faults[1].kind == .status(.rndNoEntropy) && plan.faults[1].count == 2)
        #expect(plan.faults[2].kind == .keys(3))
        #expect(plan.faults[3].kind == .memory(isFoundEarly: true) && plan.faults[3].after == 16)
        #expect(plan.faults[4].kind == .delay(nanoseconds: 500_000) && plan.faults[4].every == 4)
        #expect(plan.faults[5].kind == .answer && plan.faults[5].leaf == 0x10001)
    }

    @Test(
        "what is wrong with a plan is said",
        arguments: [
            ("", .empty), ("seed=1", .empty), ("seed=x;busy", .badValue("seed", "x")),
            ("bsy", .unknownKind("bsy")), ("busy:rate=2", .badValue("rate", "2")),
            ("busy:lef=1", .unknownParameter("busy", "lef")), ("keys", .missing("keys", "lost")),
            ("keys:lost=1,rate=1", .unknownParameter("keys", "rate")), ("delay", .missing("delay", "us")),
            ("fail:leaf=TDH.MEM.TRACK", .missing("fail", "status")),
            ("busy:leaf=TDH.NO", .badValue("leaf", "TDH.NO")), ("busy:every=0", .badValue("every", "0")),
            ("busy:rate=0.1,rate=0.2", .twice("rate")), ("busy:rate", .badValue("rate", "")),
            ("memory:found=soon", .badValue("found", "soon")),
        ] as [(String, FaultPlanError)])
    func mistakes(text: String, error: FaultPlanError) {
        #expect(throws: error) { try FaultPlan(text) }
        #expect(error.description.hasSuffix("."))
    }

    // MARK: Busy

    private static func program(_ client: Client) -> TestTD {
        TestTD.flat(client) { program in
            for index in 0..<16 as Range<UInt64> {
                let page = FlatProgram.free + index << 12
                program.accept(page)
                program.code.mov(.rbx, unsigned: page)
                program.code.mov(.at(.rbx), Int64(index) + 1, .dword)
            }
            program.report(1)
            for index in 0..<16 as Range<UInt64> {
                program.code.mov(.rbx, unsigned: FlatProgram.free + index << 12)
                program.code.mov(.rdx, .at(.rbx), .dword)
                program.report(.rdx)
            }
        }
    }

    @Test("busy leaves are tried again: a guest does what it does without", arguments: [0.05, 0.3, 1])
    func busy(rate: Double) throws {
        let client = try client("busy:rate=\(rate);seed=3")
        let (pages, keys) = (client.kvm.freePages, client.kvm.freeKeyIDs)
        let td = Self.program(client)
        // Where the program is told, it tries again, as ours and QEMU do.
        for _ in 0..<4 where td.machine?.isRunnable == false { _ = client.command(td.vm, .finalizeVM) }
        #expect(td.reports(most: 1).values == [1])
        #expect(td.setPrivate(FlatProgram.free..<FlatProgram.free + 0x1000, false) == 0)
        #expect(td.setPrivate(FlatProgram.free..<FlatProgram.free + 0x1000) == 0)
        #expect(td.machine?.isDead == false)
        #expect(td.mirrorDifferences() == [])
        let happened = try #require(client.kvm.host.platform.faults).happened[0]
        #expect(happened >= (rate < 0.1 ? 1 : 8))
        td.close()
        #expect(client.kvm.freePages == pages)
        #expect(client.kvm.freeKeyIDs == keys)
    }

    @Test("an installing leaf may be busy for long, a removing one only once")
    func bursts() throws {
        let patient = try client("busy:leaf=TDH.MEM.PAGE.AUG,burst=50")
        let td = Self.program(patient)
        #expect(td.reports(most: 1).values == [1])
        td.close()
        for leaf in ["TDH.MEM.RANGE.BLOCK", "TDH.MEM.TRACK", "TDH.MEM.PAGE.REMOVE"] {
            for (burst, result) in [(1, 0), (2, Errno.ioError.result)] {
                let client = try client("busy:leaf=\(leaf),burst=\(burst)")
                let td = Self.program(client)
                #expect(td.reports(most: 1).values == [1])
                // The conversion itself cannot fail; the VM can.
                #expect(td.setPrivate(FlatProgram.free..<FlatProgram.free + 0x1000, false) == 0)
                #expect(td.machine?.isDead == (burst == 2), "\(leaf)")
                #expect(client.call(td.vm, .enableCap) == (burst == 2 ? result : Errno.badAddress.result))
                td.close()
            }
        }
    }

    @Test("a busy TDH.MR.FINALIZE is EBUSY, and can be tried again")
    func finalize() throws {
        let client = try client("busy:leaf=TDH.MR.FINALIZE")
        let td = TestTD(client)
        _ = client.command(td.vcpus[0], .initVCPU)
        let refused = client.command(td.vm, .finalizeVM)
        #expect(refused.result == Errno.busy.result)
        #expect(TDXStatus(refused.hwError) == .operandBusy.at(.opState))
        #expect(client.command(td.vm, .finalizeVM).result == 0)
        td.close()
    }

    // MARK: Other failures

    @Test(
        "a creation that fails gives all back",
        arguments: [
            ("TDH.MNG.CREATE", "TDX_RND_NO_ENTROPY", Errno.tryAgain),
            ("TDH.MNG.CREATE", "TDX_SYS_SHUTDOWN", .ioError),
            ("TDH.MNG.KEY.CONFIG", "TDX_KEY_GENERATION_FAILED", .tryAgain),
            ("TDH.MNG.KEY.CONFIG", "TDX_SYS_SHUTDOWN", .ioError),
            ("TDH.MNG.ADDCX", "TDX_SYS_SHUTDOWN", .ioError),
            ("TDH.MNG.INIT", "TDX_SYS_SHUTDOWN", .ioError),
        ] as [(String, String, Errno)])
    func creation(leaf: String, status: String, error: Errno) throws {
        // A call that lacks entropy is made ten times.
        let client = try client("fail:leaf=\(leaf),status=\(status),count=\(status.contains("RND") ? 10 : 1)")
        let (pages, keys) = (client.kvm.freePages, client.kvm.freeKeyIDs)
        let vm = client.createVM()
        #expect(client.initVM(vm).result == error.result)
        #expect(client.kvm.freePages == pages)
        #expect(client.kvm.freeKeyIDs == keys)
        #expect(client.initVM(vm).result == 0, "the next attempt")
        _ = client.kvm.close(vm)
        #expect(client.kvm.freePages == pages)
    }

    @Test("a status that Linux does not expect ends the VM")
    func unexpected() throws {
        for leaf in ["TDH.MEM.PAGE.AUG", "TDH.MEM.SEPT.ADD"] {
            let client = try client("fail:leaf=\(leaf),status=TDX_PAGE_METADATA_INCORRECT,after=40")
            let td = Self.program(client)
            if leaf == "TDH.MEM.PAGE.AUG" {
                #expect(td.reports().stop.result == 0, "40 are enough for 16 pages")
            }
            td.close()
        }
        let client = try client("fail:leaf=TDH.MEM.PAGE.AUG,status=TDX_PAGE_METADATA_INCORRECT,after=3")
        let td = Self.program(client)
        #expect(td.reports().stop.result == Errno.ioError.result)
        #expect(td.machine?.isDead == true)
        #expect(td.run() == Errno.ioError.result)
        td.close()
    }

    @Test("a KeyID that the module does not give back is lost, and with it the TD's pages")
    func keyNotFreed() throws {
        let client = try client("fail:leaf=TDH.MNG.KEY.FREEID,status=TDX_SYS_SHUTDOWN,count=1")
        let (pages, keys) = (client.kvm.freePages, client.kvm.freeKeyIDs)
        TestTD.runnable(client).close()
        #expect(client.kvm.freeKeyIDs == keys - 1)
        #expect(client.kvm.freePages < pages)
        let left = client.kvm.freePages
        TestTD.runnable(client).close()
        #expect(client.kvm.freeKeyIDs == keys - 1)
        #expect(client.kvm.freePages == left)
    }

    @Test("without KeyIDs no TD is created")
    func keys() throws {
        let whole = try Client().kvm.freeKeyIDs
        let client = try client("keys:lost=\(whole - 1)")
        #expect(client.kvm.freeKeyIDs == 1)
        let (first, second) = (client.createVM(), client.createVM())
        #expect(client.initVM(first).result == 0)
        #expect(client.initVM(second).result == Errno.noSpace.result)
        #expect(client.kvm.close(first) == 0)
        #expect(client.initVM(second).result == 0)
    }

    // MARK: Memory

    @Test("a page that goes bad ends its TD", arguments: ["late", "early"])
    func memory(found: String) throws {
        // Every page of the guest in the end, so that it must meet one.
        let client = try client("memory:found=\(found),after=40")
        let td = TestTD.flat(client) { program in
            let again = program.code.here()
            program.report(1)
            program.code.jmp(again)
        }
        let stop = td.reports(most: 1000).stop
        if found == "late" {
            #expect(stop == TestTD.Stop(result: 0, reason: .internalError))
        } else {
            #expect(stop.result == Errno.hardwarePoison.result || stop.reason == .internalError)
        }
        #expect(try #require(client.kvm.host.platform.faults).happened[0] >= 1)
        td.close()
    }

    // MARK: Interrupts

    @Test("an interrupt is late by as much as is said")
    func delay() throws {
        let time = ManualTime()
        let client = try client("delay:us=1000", time: time)
        let td = TestTD.runnable(client)
        let vcpu = try #require(td.machine(vcpu: 0))
        vcpu.post(0x40)
        // 2 GHz: a millisecond is two million ticks.
        time.advance(by: 1_999_999)
        #expect(!vcpu.hasPostedInterrupt)
        time.advance(by: 1)
        for _ in 0..<100_000 where !vcpu.hasPostedInterrupt { usleep(100) }
        #expect(vcpu.hasPostedInterrupt)
        td.close()
    }

    // MARK: Answers

    @Test("answers of a hostile host are not KVM's, and are the same with the same seed")
    func answers() throws {
        func run(_ seed: Int) throws -> [UInt64] {
            let client = try client("answer:leaf=31;seed=\(seed)")
            let td = TestTD.flat(client) { program in
                for number in 0..<20 as Range<UInt64> {
                    program.vmcall(.rdmsr, 0x4000_0000 + number)
                    program.code.mov(.rbx, .r10)
                    program.report(.rbx)
                    program.code.mov(.rbx, .r11)
                    program.report(.rbx)
                    program.vmcall(.wrmsr, 0x4000_0000 + number)
                    program.report(.r10)
                }
            }
            let (values, stop) = td.reports()
            #expect(stop == .end)
            td.close()
            return values
        }
        let first = try run(1)
        #expect(first.count == 60)
        let refused: UInt64 = 0x8000_0000_0000_0000
        let changed = stride(from: 0, to: first.count - 2, by: 3)
        #expect(changed.contains { first[$0] != refused })
        #expect(changed.allSatisfy { first[$0 + 2] == refused }, "other calls are answered by KVM")
        #expect(try run(1) == first)
        #expect(try run(2) != first)
    }
}

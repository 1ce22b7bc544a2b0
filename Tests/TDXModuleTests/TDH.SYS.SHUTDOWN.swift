// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDH.SYS.SHUTDOWN")
struct SYSShutdown {
    static func scene() throws -> Scene { Scene(.sysShutdown, on: try .ready(), [.rcx: 0]) }

    @Test("fails on the first thing that is wrong, and changes nothing")
    func fails() throws {
        try expectFaults(
            Fault.dispatch() + [
                Fault("there is no such hand-off version", .operandInvalid.at(.rcx)) { $0.registers.rcx = 1 },
                .held("the system", .sysBusy) { $0.machine.module.system.lock },
            ], Self.scene)
    }

    @Test("waits for vCPUs to leave, and ends the module")
    func effects() throws {
        let machine = try Machine.ready()
        let (tdr, tdvpr, _) = machine.runnable()
        #expect(machine.enter(tdvpr) != nil)
        #expect(machine.call(.sysShutdown, rcx: 0, on: 1).status == .sysBusy)
        _ = machine.leave(VMExit(.initSignal))
        let before = Snapshot(machine)
        #expect(machine.call(.sysShutdown, rcx: 0, on: 1).status == .success)
        #expect(Snapshot(machine).changes(since: before).count == 1)
        for leaf in HostLeaf.all {
            let status = machine.call(leaf.number, rcx: tdr).status
            #expect(status == (leaf.number == .sysLPShutdown ? .success : .sysShutdown), "\(leaf.name)")
        }
    }
}

@Suite("TDH.SYS.UPDATE")
struct SYSUpdate {
    static func scene() throws -> Scene {
        let machine = try Machine()
        machine.initialize()
        return Scene(.sysUpdate, on: machine, [:])
    }

    @Test("finds nothing to take over, and changes nothing")
    func fails() throws {
        try expectFaults(
            SYSInit.dispatch + [
                .held("the system", .sysBusy) { $0.machine.module.system.lock },
                Fault("the system is configured", .sysStateIncorrect) {
                    $0.machine.module.system.state = .configDone
                },
                Fault("the system is ready", .sysStateIncorrect) {
                    $0.machine.module.system.state = .ready
                }.variant(),
                Fault("nothing has been handed over", .sysInvalidHandoff) { _ in },
            ], succeeds: false, Self.scene)
    }
}

// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDH.SYS.LP.INIT")
struct SYSLPInit {
    static func scene() throws -> Scene {
        let machine = try Machine()
        machine.msrs[0x480] = 1
        #expect(machine.call(.sysInit).status == .success)
        return Scene(.sysLPInit, on: machine, [:])
    }

    @Test("fails on the first thing that is wrong, and changes nothing")
    func fails() throws {
        try expectFaults(
            SYSInit.dispatch + [
                .held("the system", .sysBusy) { $0.machine.module.system.lock },
                Fault("the system is not initialised", .sysLPInitNotPending) {
                    $0.machine.module.system.state = .initPending
                },
                Fault("the system is configured", .sysLPInitNotPending) {
                    $0.machine.module.system.state = .configDone
                }.variant(),
                Fault("it has run here before", .sysLPInitDone) {
                    $0.machine.module.system.processors[0].isInitialized = true
                },
                Fault("there is no entropy", .rndNoEntropy) { $0.machine.entropy.isExhausted = true },
                Fault("an MSR is another", .inconsistentMSR.with(0x480)) { $0.machine.msrs[0x480] = 2 },
            ], failing: [.rcx: 0, .rdx: 0, .r8: 0], Self.scene)
    }

    @Test("compares each MSR of the ABI's list with the first processor's")
    func msrs() throws {
        let list: [UInt32] =
            [0xCF, 0x10A, 0xBC, 0xBD, 0xFE, 0x1F2, 0x1F3, 0x345, 0x981, 0x982, 0x87, 0x98, 0x99, 0x3B]
            + Array(0x480...0x492)
        #expect(Set(TDXModule.comparedMSRs) == Set(list))
        for number in list {
            let scene = try Self.scene()
            scene.machine.msrs[number] = (scene.machine.msrs[number] ?? 0) ^ 1 << 40
            #expect(scene.call().status == .inconsistentMSR.with(number))
        }
    }

    @Test("compares each CPUID register with the first processor's, where they must be the same")
    func cpuid() throws {
        var count = 0
        for row in CPUIDTable.rows {
            for register in CPUIDRegister.allCases {
                let (uniform, free) = (row[register].uniform, ~row[register].uniform)
                for (bits, isRefused) in [(uniform & (0 &- uniform), true), (free & (0 &- free), false)]
                where bits != 0 {
                    let scene = try Self.scene()
                    var native = scene.machine.module.native(row.leaf, row.subleaf ?? 0)
                    native[register] ^= bits
                    scene.machine.cpuid[row.leaf, row.subleaf ?? 0] = (
                        native.eax, native.ebx, native.ecx, native.edx
                    )
                    let before = Snapshot(scene.machine)
                    let result = scene.call()
                    guard isRefused else {
                        #expect(result.status == .success, "\(row.leaf), \(register)")
                        continue
                    }
                    count += 1
                    #expect(result.status == .inconsistentCPUIDField, "\(row.leaf), \(register)")
                    #expect(result.registers.rcx == UInt64(row.leaf) | UInt64(row.subleafNumber) << 32)
                    #expect(result.registers.rdx == UInt64(row.eax.uniform) | UInt64(row.ebx.uniform) << 32)
                    #expect(result.registers.r8 == UInt64(row.ecx.uniform) | UInt64(row.edx.uniform) << 32)
                    #expect(Snapshot(scene.machine).changes(since: before) == [])
                }
            }
        }
        #expect(count == 207, "registers with bits that must be the same everywhere")
    }

    @Test("brings up the calling processor, and no other")
    func effects() throws {
        let scene = try Self.scene()
        scene.processor = 1
        let before = Snapshot(scene.machine)
        let result = scene.call()
        #expect(result.status == .success)
        #expect([result.registers.rcx, result.registers.rdx, result.registers.r8] == [0, 0, 0])
        #expect(result.registers.r9 == scene.registers.r9)
        #expect(scene.machine.module.system.processors.map(\.isInitialized) == [false, true])
        #expect(Snapshot(scene.machine).changes(since: before).count == 1)
    }
}

@Suite("TDH.SYS.LP.SHUTDOWN")
struct SYSLPShutdown {
    @Test("succeeds in every state of the system, and changes nothing")
    func nothing() throws {
        for state in [SystemPhase.initPending, .initDone, .configDone, .ready, .shutdown] {
            let machine = try Machine()
            machine.module.system.state = state
            let scene = Scene(.sysLPShutdown, on: machine, [:])
            let before = Snapshot(machine)
            let result = scene.call()
            #expect(result.status == .success)
            for register in GeneralRegister.allCases where register != .rax && register != .rsp {
                #expect(result.registers[register] == scene.registers[register])
            }
            #expect(Snapshot(machine).changes(since: before) == [])
        }
    }
}

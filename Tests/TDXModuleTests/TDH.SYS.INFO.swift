// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDH.SYS.INFO")
struct SYSInfo {
    static func scene() throws -> Scene {
        let machine = try Machine()
        machine.initialize()
        return Scene(
            .sysInfo, on: machine,
            [.rcx: machine.scratch, .rdx: 1024, .r8: machine.scratch + 0x1000, .r9: 32])
    }

    @Test("fails on the first thing that is wrong, and changes nothing")
    func fails() throws {
        try expectFaults(
            SYSInit.dispatch + [
                Fault("the processor is not initialised", .sysLPInitNotDone) {
                    $0.machine.module.system.processors[0].isInitialized = false
                }
            ] + Fault.shared(.rcx, alignment: 1024) + [
                Fault("the buffer is too small", .operandInvalid.at(.rdx)) { $0.registers.rdx = 1023 }
            ] + Fault.shared(.r8, alignment: 512) + [
                Fault("there is room for too few CMRs", .operandInvalid.at(.r9)) { $0.registers.r9 = 31 }
            ], failing: [.rdx: 0, .r9: 0], Self.scene)
    }

    @Test("writes TDSYSINFO and the CMRs")
    func effects() throws {
        let scene = try Self.scene()
        let (module, memory, at) = (scene.machine.module, scene.machine.memory, scene.machine.scratch)
        memory.write(PhysicalAddress(at), [UInt8](repeating: 0xEE, count: 0x2000))
        let before = Snapshot(scene.machine)
        let result = scene.call()
        #expect(result.status == .success)
        #expect((result.registers.rdx, result.registers.r9) == (1024, 32))
        #expect((result.registers.rcx, result.registers.r8) == (scene.registers.rcx, scene.registers.r8))
        #expect(Snapshot(scene.machine).changes(since: before).count == 2)
        func load<T: FixedWidthInteger>(_ offset: UInt64, as: T.Type = T.self) -> T {
            memory.load(PhysicalAddress(at + offset))
        }
        #expect(load(0, as: UInt32.self) == 0)
        #expect(load(4, as: UInt32.self) == 0x8086)
        #expect(load(8, as: UInt32.self) == 0x2024_0407)
        #expect([load(12), load(14), load(16)] as [UInt16] == [744, 5, 1])
        #expect(load(18, as: UInt8.self) == 1)
        #expect([load(32), load(34), load(36)] as [UInt16] == [64, 16, 16])
        #expect([load(48), load(50), load(52)] as [UInt16] == [0x6000, 0, 0x6000])
        #expect(
            [load(64), load(72), load(80), load(88)] as [UInt64]
                == [module.attributesFixed0, 0, module.xfamFixed0, 3])
        #expect(load(128, as: UInt32.self) == 18)
        for index in 0..<18 {
            let (offset, row) = (132 + 24 * UInt64(index), CPUIDTable.rows[CPUIDTable.configurable[index]])
            #expect(load(offset, as: UInt32.self) == row.leaf)
            #expect(load(offset + 4, as: UInt32.self) == row.subleaf ?? ~0)
            let mask = module.cpuidConfigurationMask(index)
            #expect(
                [load(offset + 8), load(offset + 12), load(offset + 16), load(offset + 20)] as [UInt32]
                    == [mask.eax, mask.ebx, mask.ecx, mask.edx])
        }
        let zero = [19..<32, 38..<48, 54..<64, 96..<128, 564..<1024] as [Range<UInt64>]
        for offset in zero.joined() { #expect(load(offset, as: UInt8.self) == 0, "\(offset)") }
        #expect(load(1024, as: UInt8.self) == 0xEE)
        #expect(load(0x1000, as: UInt64.self) == 0)
        #expect(load(0x1008, as: UInt64.self) == 0x1_0000_0000)
        for offset in 0x1010..<0x1200 as Range<UInt64> { #expect(load(offset, as: UInt8.self) == 0) }
        #expect(load(0x1200, as: UInt8.self) == 0xEE)
    }
}

// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDH.SYS.INIT")
struct SYSInit {
    static func scene() throws -> Scene { Scene(.sysInit, on: try Machine(), [.rcx: 0]) }

    /// The dispatcher's faults before the system is ready.
    static let dispatch = Fault.dispatch().filter { $0.status != .sysNotReady }

    @Test("fails on the first thing that is wrong, and changes nothing")
    func fails() throws {
        try expectFaults(
            Self.dispatch + [
                Fault("RCX is not zero", .operandInvalid.at(.rcx)) { $0.registers.rcx = 1 },
                .held("the system", .sysBusy) { $0.machine.module.system.lock },
                Fault("it has run before", .sysInitNotPending) { $0.machine.module.system.state = .initDone },
                Fault("CPUID is limited", .limitCPUIDMaxValSet) { $0.machine.msrs[0x1A0] = 1 << 22 },
                Fault("IA32_ARCH_CAPABILITIES lacks a bit", .incorrectMSRValue.with(0x10A)) {
                    $0.machine.msrs[0x10A] = 0xF16B & ~(1 << 3)
                },
                Fault("there is no SMRR", .smrrNotSupported) { $0.machine.msrs[0xFE] = 1 << 14 },
                Fault("the SMRR has no lock", .smrrLockNotSupported) { $0.machine.msrs[0xFE] = 1 << 11 },
                Fault("the SMRR is not locked", .smrrNotLocked) { $0.machine.msrs[0x1F3] = 0 },
            ], Self.scene)
    }

    @Test(
        "wants an SMRR that is a range, outside memory for TDs",
        arguments: [
            (0x7F00_0006, 0xFF00_0C00, .success), (0, 0x400, .success),
            (0x7F80_0006, 0xFF00_0C00, .invalidSMRRConfiguration),
            (0x7F00_0006, 0xFD00_0C00, .invalidSMRRConfiguration),
            (0x8000_0006, 0xFF00_0C00, .smrrOverlapsCMR.with(0x100)),
            (0x7F00_0006, 0xFF00_0400, .success), (0, 0x8000_0C00, .smrrOverlapsCMR),
        ] as [(UInt64, UInt64, TDXStatus)])
    func smrr(base: UInt64, mask: UInt64, status: TDXStatus) throws {
        let machine = try Machine(cmrs: [0..<0x4000_0000, 0x8000_0000..<0x1_0000_0000])
        (machine.msrs[0x1F2], machine.msrs[0x1F3]) = (base, mask)
        #expect(machine.call(.sysInit).status == status)
    }

    @Test("needs each bit of IA32_ARCH_CAPABILITIES on which guests rely", arguments: 0..<64)
    func archCapabilities(bit: Int) throws {
        let scene = try Self.scene()
        scene.machine.msrs[0x10A] = ~(1 << UInt64(bit))
        let isRequired = [0, 1, 3, 5, 6, 8, 12, 13, 14, 15].contains(bit)
        #expect(scene.call().status == (isRequired ? .incorrectMSRValue.with(0x10A) : .success))
    }

    @Test("tells which CPUID value is not what it must be, and what it must be")
    func cpuid() throws {
        var count = 0
        for row in CPUIDTable.rows {
            for register in CPUIDRegister.allCases where row[register].checked != 0 {
                let scene = try Self.scene()
                let before = Snapshot(scene.machine)
                var native = scene.machine.module.native(row.leaf, row.subleaf ?? 0)
                native[register] ^= row[register].checked & (0 &- row[register].checked)
                scene.machine.cpuid[row.leaf, row.subleaf ?? 0] = (
                    native.eax, native.ebx, native.ecx, native.edx
                )
                let result = scene.call()
                #expect(result.status == .incorrectCPUIDValue, "\(row.leaf), \(register)")
                #expect(result.registers.rcx == UInt64(row.leaf) | UInt64(row.subleafNumber) << 32)
                #expect(result.registers.rdx == UInt64(row.eax.checked) | UInt64(row.ebx.checked) << 32)
                #expect(result.registers.r8 == UInt64(row.ecx.checked) | UInt64(row.edx.checked) << 32)
                #expect(
                    result.registers.r9 == UInt64(row.eax.checkedValue) | UInt64(row.ebx.checkedValue) << 32)
                #expect(
                    result.registers.r10 == UInt64(row.ecx.checkedValue) | UInt64(row.edx.checkedValue) << 32)
                #expect(result.registers.r11 == scene.registers.r11)
                #expect(Snapshot(scene.machine).changes(since: before) == [])
                count += 1
            }
        }
        #expect(count == 34, "registers with bits that must be as the module wants them")
    }

    @Test("takes a machine with packages and keys that the module can count")
    func platform() throws {
        let scene = Scene(.sysInit, on: try Machine(processors: [0, 2], packages: 2), [.rcx: 0])
        #expect(scene.call().status == .invalidPackageID.with(2))
        let packages = Scene(.sysInit, on: try Machine(packages: 65), [.rcx: 0])
        #expect(packages.call().status == .invalidPackageID.with(64))
        let none = Scene(.sysInit, on: try Machine(tdxKeys: 0), [.rcx: 0])
        #expect(none.call().status == .numActivatedHKIDsNotSupported.with(64))
        let many = Scene(.sysInit, on: try Machine(tdxKeys: 33), [.rcx: 0])
        #expect(many.call().status == .numActivatedHKIDsNotSupported.with(64))
    }

    @Test("remembers the processor it has run on, for the others to be compared with")
    func effects() throws {
        let scene = try Self.scene()
        scene.machine.msrs[0x3B] = 0x1234
        scene.machine.msrs[0x480] = 0x5678
        let system = scene.machine.module.system
        let before = Snapshot(scene.machine)
        let result = scene.call()
        #expect(result.status == .success)
        for register in GeneralRegister.allCases where register != .rax && register != .rsp {
            #expect(result.registers[register] == scene.registers[register])
        }
        #expect(system.state == .initDone)
        #expect(system.tscAdjust == 0x1234)
        #expect(system.nativeMSRs[0x480] == 0x5678)
        #expect(system.nativeCPUID.count == CPUIDTable.rows.count)
        #expect(Snapshot(scene.machine).changes(since: before).count == 2)
        #expect(scene.call().status == .sysInitNotPending)
    }
}

// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDH.SYS.CONFIG")
struct SYSConfig {
    /// Two TDMRs: 1 GiB at 1 GiB with two reserved areas, and 1 GiB at 3 GiB.
    static var infos: [TDMRInfo] {
        var first = Machine.tdmrInfo
        first.reserved[0] = .init(base: 0x1000, size: 0x2000)
        first.reserved[1] = .init(base: 0x3000, size: 0x1000)
        var second = Machine.tdmrInfo
        second.region.base = 0xC000_0000
        second.pamt4K = .init(base: 0x400_0000, size: 0x40_0000)
        second.pamt2M = .init(base: 0x500_0000, size: 0x2000)
        second.pamt1G = .init(base: 0x600_0000, size: 0x1000)
        return [first, second]
    }

    /// The structures in memory, and the call.
    static func scene(
        _ infos: [TDMRInfo] = infos, cmrs: [Range<UInt64>] = [0..<0x1_0000_0000]
    ) throws -> Scene {
        let machine = try Machine(cmrs: cmrs)
        machine.initialize()
        // As after an earlier attempt, so that the key's mark is no change.
        machine.module.kot[32] = .reserved
        for (index, info) in infos.enumerated() {
            let address = machine.scratch + 0x1000 + UInt64(index) * 512
            machine.memory.write(PhysicalAddress(address), info.bytes)
            machine.memory.store(PhysicalAddress(machine.scratch + UInt64(index) * 8), address)
        }
        return Scene(
            .sysConfig, on: machine,
            [.rcx: machine.scratch, .rdx: UInt64(infos.count), .r8: Machine.globalKey])
    }

    /// Changes one of the structures in memory.
    static func layout(
        _ name: String, _ status: TDXStatus, _ number: Int = 0,
        _ change: @escaping @Sendable (inout TDMRInfo) -> Void
    ) -> Fault {
        Fault(name, status) { scene in
            let address = PhysicalAddress(scene.machine.scratch + 0x1000 + UInt64(number) * 512)
            var info = TDMRInfo(scene.machine.memory.read(address, count: TDMRInfo.size))
            change(&info)
            scene.machine.memory.write(address, info.bytes)
        }
    }

    /// What is wrong with the first TDMR, in the order of the checks.
    static let firstTDMR = [
        Fault("the first pointer is not aligned", .operandInvalid.at(.rcx)) {
            $0.machine.memory.store(PhysicalAddress($0.machine.scratch), $0.machine.scratch + 0x1100)
        },
        Fault("the first pointer has a private KeyID", .operandInvalid.at(.rcx)) {
            $0.machine.memory.store(
                PhysicalAddress($0.machine.scratch), $0.machine.scratch + 0x1000 | 32 << 46)
        }.variant(),
        layout("the TDMR overflows", .invalidTDMR) { $0.region.base = 0 &- (1 << 30) },
        layout("the TDMR is not aligned", .invalidTDMR) { $0.region.base += 1 << 29 }.variant(),
        layout("the TDMR's size is not aligned", .invalidTDMR) { $0.region.size += 1 << 29 }.variant(),
        layout("the TDMR is empty", .invalidTDMR) { $0.region.size = 0 }.variant(),
        layout("the TDMR has KeyID bits", .invalidTDMR) { $0.region.base |= 1 << 46 }.variant(),
        layout("reserved areas have a gap", .nonOrderedReservedInTDMR.with(0x200)) {
            $0.reserved[1] = .init()
            $0.reserved[2] = .init(base: 0x3000, size: 0x1000)
        },
        layout("the second reserved area overflows", .invalidReservedInTDMR.with(0x100)) {
            $0.reserved[1] = .init(base: ~0xFFF, size: 0x2000)
        }.variant(),
        layout("reserved areas are not in order", .nonOrderedReservedInTDMR.with(0x100)) {
            $0.reserved[1] = .init(base: 0, size: 0x1000)
        }.variant(),
        layout("reserved areas overlap", .nonOrderedReservedInTDMR.with(0x100)) {
            $0.reserved[1] = .init(base: 0x2000, size: 0x2000)
        }.variant(),
        layout("a reserved area is not aligned", .invalidReservedInTDMR.with(0)) {
            $0.reserved[0] = .init(base: 0x800, size: 0x1000)
        }.variant(),
        layout("a reserved area's size is not aligned", .invalidReservedInTDMR.with(0)) {
            $0.reserved[0] = .init(base: 0x1000, size: 0x800)
        }.variant(),
        layout("a reserved area goes past the end", .invalidReservedInTDMR.with(0x100)) {
            $0.reserved[1] = .init(base: 0x3FFF_F000, size: 0x2000)
        }.variant(),
        layout("the 1 GiB PAMT is not aligned", .invalidPAMT.with(0x200)) { $0.pamt1G.base += 0x800 },
        layout("the 1 GiB PAMT's size is not aligned", .invalidPAMT.with(0x200)) { $0.pamt1G.size += 0x800 }
            .variant(),
        layout("the 1 GiB PAMT is too small", .invalidPAMT.with(0x200)) { $0.pamt1G.size = 0 }.variant(),
        layout("the 1 GiB PAMT has KeyID bits", .invalidPAMT.with(0x200)) { $0.pamt1G.base |= 1 << 46 }
            .variant(),
        layout("the 1 GiB PAMT overflows", .invalidPAMT.with(0x200)) { $0.pamt1G.base = ~0xFFF }.variant(),
        layout("the 1 GiB PAMT lies in the TDMR", .pamtOverlap.with(0x200)) { $0.pamt1G.base = Machine.tdmr },
        layout("the 1 GiB PAMT is partly reserved", .pamtOverlap.with(0x200)) {
            $0.pamt1G = .init(base: Machine.tdmr + 0x3000, size: 0x2000)
        }.variant(),
        layout("the 1 GiB PAMT is outside the CMRs", .pamtOutsideCMRs.with(0x200)) {
            $0.pamt1G.base = 0x1_0000_0000
        },
        layout("the 1 GiB PAMT is partly outside the CMRs", .pamtOutsideCMRs.with(0x200)) {
            $0.pamt1G = .init(base: 0x2_0000_0000 - 0x1000, size: 0x2000)
        }.variant(),
        layout("the 2 MiB PAMT is too small", .invalidPAMT.with(0x100)) { $0.pamt2M.size -= 0x1000 },
        layout("the 2 MiB PAMT overlaps the 1 GiB PAMT", .pamtOverlap.with(0x100)) {
            $0.pamt2M.base = $0.pamt1G.base
        },
        layout("the 2 MiB PAMT is outside the CMRs", .pamtOutsideCMRs.with(0x100)) {
            $0.pamt2M.base = 0x1_0000_0000
        },
        layout("the 4 KiB PAMT is too small", .invalidPAMT.with(0)) { $0.pamt4K.size -= 0x1000 },
        layout("the 4 KiB PAMT overlaps the 2 MiB PAMT", .pamtOverlap.with(0)) {
            $0.pamt4K.base = $0.pamt2M.base - 0x1000
        },
        layout("the 4 KiB PAMT is outside the CMRs", .pamtOutsideCMRs.with(0)) {
            $0.pamt4K.base = 0x1_0000_0000
        },
    ]

    /// What is wrong with the second TDMR, most of it against the first.
    static let secondTDMR = [
        Fault("the second pointer is not aligned", .operandInvalid.at(.rcx)) {
            $0.machine.memory.store(PhysicalAddress($0.machine.scratch + 8), $0.machine.scratch + 0x1300)
        },
        layout("the second TDMR overflows", .invalidTDMR.with(1), 1) {
            $0.region = .init(base: 0 &- (1 << 30), size: 1 << 31)
        },
        layout("the TDMRs are not in order", .nonOrderedTDMR.with(1), 1) { $0.region.base = 0 },
        layout("the TDMRs overlap", .nonOrderedTDMR.with(1), 1) { $0.region.base = 0x6000_0000 }.variant(),
        layout("the second TDMR is not aligned", .invalidTDMR.with(1), 1) { $0.region.base += 0x1000 },
        layout("its reserved area is not aligned", .invalidReservedInTDMR.with(1), 1) {
            $0.reserved[0] = .init(base: 1, size: 0x1000)
        },
        layout("its PAMT is too small", .invalidPAMT.with(0x201), 1) { $0.pamt1G.size = 0 },
        layout("its PAMT overlaps the first's PAMT", .pamtOverlap.with(0x201), 1) {
            $0.pamt1G.base = Machine.tdmrInfo.pamt4K.base
        },
        layout("its PAMT lies in the first TDMR", .pamtOverlap.with(0x201), 1) {
            $0.pamt1G.base = 0x6000_0000
        }.variant(),
        layout("its PAMT lies in itself", .pamtOverlap.with(0x1_0201), 1) { $0.pamt1G.base = 0xC000_0000 }
            .variant(),
        layout("its PAMT is outside the CMRs", .pamtOutsideCMRs.with(0x201), 1) {
            $0.pamt1G.base = 0x1_8000_0000
        },
        layout("it lies over the first's 1 GiB PAMT", .pamtOverlap.with(0x1_0200), 0) {
            $0.pamt1G.base = 0xC000_0000
        },
        layout("it lies over the first's 4 KiB PAMT", .pamtOverlap.with(0x1_0000), 0) {
            $0.pamt4K.base = 0xC000_0000
        }.variant(),
        layout("it is outside the CMRs", .tdmrOutsideCMRs.with(1), 1) { $0.region.base = 0x1_0000_0000 }
            .variant(),
    ]

    @Test("fails on the first thing that is wrong, and changes nothing")
    func fails() throws {
        try expectFaults(
            SYSInit.dispatch + [
                .held("the system", .sysBusy) { $0.machine.module.system.lock },
                Fault("the system is not initialised", .sysConfigNotPending) {
                    $0.machine.module.system.state = .initPending
                },
                Fault("the system is configured", .sysConfigNotPending) {
                    $0.machine.module.system.state = .configDone
                }.variant(),
                Fault("a processor is not initialised", .sysConfigNotPending) {
                    $0.machine.module.system.processors[1].isInitialized = false
                },
            ] + Fault.shared(.rcx, alignment: 512) + [
                Fault("there are no TDMRs", .operandInvalid.at(.rdx)) { $0.registers.rdx = 0 },
                Fault("there are too many TDMRs", .operandInvalid.at(.rdx)) { $0.registers.rdx = 65 }
                    .variant(),
                Fault("the HKID is the host's", .operandInvalid.at(.r8)) { $0.registers.r8 = 31 },
                Fault("the HKID is past the last", .operandInvalid.at(.r8)) { $0.registers.r8 = 64 }
                    .variant(),
                Fault("R8 has bits above the HKID", .operandInvalid.at(.r8)) { $0.registers.r8 |= 1 << 16 }
                    .variant(),
                .held("the KOT", .operandBusy.at(.kot)) { $0.machine.module.kot.lock },
            ] + Self.firstTDMR
        ) { try Self.scene(cmrs: [0..<0x1_0000_0000, 0x1_4000_0000..<0x2_0000_0000]) }
    }

    @Test("checks each further TDMR against those before")
    func failsLater() throws { try expectFaults(Self.secondTDMR) { try Self.scene() } }

    @Test("wants available memory, and only that, inside one CMR")
    func cmrs() throws {
        // Adjacent CMRs are as one.
        #expect(
            try Self.scene(cmrs: [0..<0x5000_0000, 0x5000_0000..<0x1_0000_0000]).call().status == .success)
        let hole: [Range<UInt64>] = [0..<0x5000_0000, 0x5000_1000..<0x1_0000_0000]
        #expect(try Self.scene(cmrs: hole).call().status == .tdmrOutsideCMRs)
        var infos = Self.infos
        infos[0].reserved[2] = .init(base: 0x1000_0000, size: 0x1000)
        #expect(try Self.scene(infos, cmrs: hole).call().status == .success)
        // A CMR that is empty is no CMR.
        #expect(try Self.scene(cmrs: [0..<0x1_0000_0000, 0..<0]).call().status == .success)
    }

    @Test("says which memory is for TDs, and whose key the module's is")
    func effects() throws {
        let scene = try Self.scene()
        let module = scene.machine.module
        module.kot[32] = .free
        let before = Snapshot(scene.machine)
        let result = scene.call()
        #expect(result.status == .success)
        for register in GeneralRegister.allCases where register != .rax && register != .rsp {
            #expect(result.registers[register] == scene.registers[register])
        }
        #expect(module.system.state == .configDone)
        #expect(module.system.globalKey == 32)
        #expect(module.kot[32] == .reserved)
        #expect(module.system.tdmrs.map(\.range) == [0x4000_0000..<0x8000_0000, 0xC000_0000..<0x1_0000_0000])
        #expect(module.system.tdmrs.map(\.initializedEnd) == [0x4000_0000, 0xC000_0000])
        #expect(module.system.tdmrs[0].reserved == [0x4000_1000..<0x4000_3000, 0x4000_3000..<0x4000_4000])
        #expect(Snapshot(scene.machine).changes(since: before).count == 4)
    }

    @Test("keeps a key for itself even when it fails, and can be repeated with it or another")
    func key() throws {
        let scene = try Self.scene()
        let module = scene.machine.module
        module.kot[32] = .free
        try Self.layout("empty", .invalidTDMR) { $0.region.size = 0 }.spoil(scene)
        #expect(scene.call().status == .invalidTDMR)
        #expect(module.kot[32] == .reserved)
        #expect(module.system.state == .initDone)
        try Self.layout("whole", .success) { $0.region.size = 1 << 30 }.spoil(scene)
        scene.registers.r8 = 40
        #expect(scene.call().status == .success)
        #expect((module.kot[32], module.kot[40]) == (.reserved, .reserved))
        #expect(module.system.globalKey == 40)
    }

    @Test("puts a PAMT into a reserved area of its TDMR, if the host wants")
    func pamtInside() throws {
        var infos = Self.infos
        infos[0].pamt1G.base = 0x4000_1000
        infos[1].pamt1G.base = 0x4000_3000
        #expect(try Self.scene(infos).call().status == .success)
    }

    @Test("takes 64 TDMRs with 16 reserved areas each")
    func many() throws {
        let machine = try Machine(cmrs: [0..<1 << 37])
        machine.initialize()
        let infos = (0..<64 as Range<UInt64>).map { index in
            var info = TDMRInfo()
            info.region = .init(base: 0x10_0000_0000 + index << 30, size: 1 << 30)
            info.pamt4K = .init(base: 0x1_0000_0000 + index << 23, size: 0x40_0000)
            info.pamt2M = .init(base: 0x1_0060_0000 + index << 23, size: 0x2000)
            info.pamt1G = .init(base: 0x1_0070_0000 + index << 23, size: 0x1000)
            for area in 0..<16 { info.reserved[area] = .init(base: UInt64(area) << 13, size: 0x1000) }
            return info
        }
        #expect(machine.configure(infos) == .success)
        #expect(machine.module.system.tdmrs.count == 64)
        #expect(machine.module.system.tdmrs.allSatisfy { $0.reserved.count == 16 })
    }
}

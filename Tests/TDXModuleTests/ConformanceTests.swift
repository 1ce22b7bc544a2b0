// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("SEAMCALL")
struct DispatcherTests {
    @Test(
        "checks RAX, the version, the state of the system and the leaf in this order",
        arguments: [
            (1 << 24 | 33, TDXStatus.operandInvalid.at(.rax)),
            (1 << 16 | 33, .operandInvalid.at(.rax)),
            (2 << 16 | 22, .operandInvalid.at(.rax)),
            (9, .sysNotReady),
            (99, .sysNotReady),
            (0, .sysNotReady),
            (33, .success),
        ] as [(UInt64, TDXStatus)])
    func order(rax: UInt64, status: TDXStatus) throws {
        let machine = try Machine()
        var registers = HostRegisters()
        registers.rax = rax
        _ = machine.module.call(&registers, on: 0)
        #expect(registers.rax == status.rawValue)
    }

    @Test("refuses unknown leaves once the system is ready")
    func unknown() throws {
        let machine = try Machine.ready()
        #expect(machine.call(HostLeafNumber(rawValue: 42)).status == .operandInvalid.at(.rax))
    }

    @Test("has each leaf once, under its number")
    func registry() {
        #expect(Set(HostLeaf.all.map(\.number)).count == HostLeaf.all.count)
    }
}

@Suite("System")
struct SystemTests {
    @Test("the module comes up step by step, and each step only once")
    func steps() throws {
        let machine = try Machine(processors: [0, 0, 1], packages: 2)
        #expect(machine.call(.sysLPInit).status == .sysLPInitNotPending)
        #expect(machine.call(.sysInit, rcx: 1).status == .operandInvalid.at(.rcx))
        #expect(machine.call(.sysInit).status == .success)
        #expect(machine.call(.sysInit).status == .sysInitNotPending)
        #expect(machine.call(.sysLPInit).status == .success)
        #expect(machine.call(.sysLPInit).status == .sysLPInitDone)
        #expect(machine.configure() == .sysConfigNotPending)
        #expect(machine.call(.sysLPInit, on: 1).status == .success)
        #expect(machine.call(.sysLPInit, on: 2).status == .success)
        #expect(machine.call(.sysKeyConfig).status == .sysKeyConfigNotPending)
        #expect(machine.configure() == .success)
        #expect(machine.configure() == .sysConfigNotPending)
        #expect(machine.call(.sysKeyConfig).status == .success)
        #expect(machine.call(.sysKeyConfig, on: 1).status == .keyConfigured)
        #expect(machine.call(.mngCreate).status == .sysNotReady)
        #expect(machine.call(.sysKeyConfig, on: 2).status == .success)
        #expect(machine.call(.phymemPageRdMD, rcx: Machine.tdmr).status == .operandAddrRangeError.at(.rcx))
        #expect(machine.call(.sysTDMRInit, rcx: Machine.tdmr + 4096).status == .operandInvalid.at(.rcx))
        #expect(machine.call(.sysTDMRInit, rcx: Machine.tdmr).registers.rdx == 0x8000_0000)
        #expect(machine.call(.sysTDMRInit, rcx: Machine.tdmr).status == .tdmrAlreadyInitialized)
        #expect(machine.call(.phymemPageRdMD, rcx: Machine.tdmr).status == .success)
    }

    struct BadLayout: Sendable {
        var status: TDXStatus
        var change: @Sendable (inout [TDMRInfo]) -> Void
    }

    @Test(
        "TDH.SYS.CONFIG refuses regions that are not as they must be",
        arguments: [
            BadLayout(status: .invalidTDMR) { $0[0].region.base += 4096 },
            BadLayout(status: .invalidTDMR) { $0[0].region.size = 0 },
            BadLayout(status: .invalidTDMR) { $0[0].region.base = ~0 },
            BadLayout(status: .nonOrderedTDMR.with(1)) { $0.append($0[0]) },
            BadLayout(status: .tdmrOutsideCMRs) { $0[0].region.base = 0x1_0000_0000 },
            BadLayout(status: .invalidPAMT.with(0)) { $0[0].pamt4K.size -= 4096 },
            BadLayout(status: .invalidPAMT.with(0x100)) { $0[0].pamt2M.base += 1 },
            BadLayout(status: .invalidPAMT.with(0x200)) { $0[0].pamt1G.size = 0 },
            BadLayout(status: .pamtOverlap.with(0x100)) { $0[0].pamt2M.base = $0[0].pamt1G.base },
            BadLayout(status: .pamtOverlap.with(0x200)) { $0[0].pamt1G.base = Machine.tdmr },
            BadLayout(status: .pamtOutsideCMRs.with(0x200)) { $0[0].pamt1G.base = 0x1_0000_0000 },
            BadLayout(status: .invalidReservedInTDMR.with(0)) {
                $0[0].reserved[0] = .init(base: 1, size: 4096)
            },
            BadLayout(status: .invalidReservedInTDMR.with(0)) {
                $0[0].reserved[0] = .init(base: Machine.tdmrSize, size: 4096)
            },
            BadLayout(status: .nonOrderedReservedInTDMR.with(0x100)) {
                $0[0].reserved[1] = .init(base: 4096, size: 4096)
            },
            BadLayout(status: .nonOrderedReservedInTDMR.with(0x100)) {
                $0[0].reserved[0] = .init(base: 8192, size: 4096)
                $0[0].reserved[1] = .init(base: 4096, size: 4096)
            },
        ])
    func badLayout(_ bad: BadLayout) throws {
        let machine = try Machine()
        machine.initialize()
        var infos = [Machine.tdmrInfo]
        bad.change(&infos)
        #expect(machine.configure(infos) == bad.status)
        #expect(machine.configure() == .success)
    }

    @Test("a PAMT may lie in a reserved area of its region, whose pages nobody gets")
    func reservedAreas() throws {
        let machine = try Machine()
        machine.initialize()
        var info = Machine.tdmrInfo
        info.pamt1G.base = Machine.tdmr + 0x1000
        info.reserved[0] = .init(base: 0x1000, size: 0x1000)
        #expect(machine.configure([info]) == .success)
        machine.call(.sysKeyConfig)
        machine.call(.sysTDMRInit, rcx: Machine.tdmr)
        #expect(machine.call(.phymemPageRdMD, rcx: Machine.tdmr + 0x1000).registers.rcx == 1)
        #expect(machine.call(.phymemPageRdMD, rcx: Machine.tdmr + 0x2000).registers.rcx == 0)
        let refused = machine.call(.mngCreate, rcx: Machine.tdmr + 0x1000, rdx: Machine.key)
        #expect(refused.status == .pageMetadataIncorrect.at(.rcx))
    }
}

@Suite("TDH.MNG.INIT")
struct MNGInit {
    struct Bad: Sendable {
        var status: TDXStatus
        var change: @Sendable (inout TDParams) -> Void
    }

    @Test(
        "fails on the first bad parameter, and can be repeated",
        arguments: [
            Bad(status: .operandInvalid.at(.attributes)) { $0.attributes |= 1 << 31 },
            Bad(status: .operandInvalid.at(.attributes)) { $0.attributes |= 1 << 29 | 1 },
            Bad(status: .operandInvalid.at(.xfam)) { $0.xfam = 1 },
            Bad(status: .operandInvalid.at(.xfam)) { $0.xfam = 3 | 1 << 3 },
            Bad(status: .operandInvalid.at(.maxVCPUs)) { $0.maxVCPUs = 0 },
            Bad(status: .operandInvalid.at(.maxVCPUs)) { $0.maxVCPUs = 577 },
            Bad(status: .operandInvalid.at(.numL2VMs)) { $0.numL2VMs = 4 },
            Bad(status: .tdcsNotAllocated) { $0.numL2VMs = 1 },
            Bad(status: .operandInvalid.at(.rdx)) { $0.reserved20 = 1 },
            Bad(status: .operandInvalid.at(.configFlags)) { $0.configFlags = 1 << 4 },
            Bad(status: .operandInvalid.at(.eptpControls)) { $0.eptpControls = 3 << 3 },
            Bad(status: .operandInvalid.at(.eptpControls)) { $0.eptpControls = 6 | 2 << 3 },
            Bad(status: .operandInvalid.at(.eptpControls)) { $0.configFlags = 1 },
            Bad(status: .operandInvalid.at(.tscFrequency)) { $0.tscFrequency = 3 },
            Bad(status: .operandInvalid.at(.tscFrequency)) { $0.tscFrequency = 401 },
            Bad(status: .operandInvalid.at(.rdx)) { $0.reserved42[0] = 1 },
            Bad(status: .operandInvalid.at(.rdx)) { $0.msrConfigControls = 2 },
            Bad(status: .operandInvalid.at(.rdx)) { $0.reserved232[23] = 1 },
            Bad(status: .operandInvalid.at(.cpuidConfig)) { $0.cpuidValues[0].eax = ~0 },
            Bad(status: .operandInvalid.at(.rdx)) { $0.reservedTail[0] = 1 },
            Bad(status: .operandInvalid.at(.archCapabilitiesConfig)) { $0.archCapabilitiesConfig = 1 << 4 },
            // Two at once: the earlier one counts.
            Bad(status: .operandInvalid.at(.attributes)) {
                $0.attributes = 2
                $0.xfam = 0
                $0.tscFrequency = 0
            },
        ])
    func bad(_ bad: Bad) throws {
        let machine = try Machine.ready()
        let tdr = machine.create()
        var parameters = Machine.parameters
        bad.change(&parameters)
        #expect(machine.initialize(tdr, parameters).status == bad.status)
        #expect(machine.initialize(tdr).status == .success)
        #expect(machine.initialize(tdr).status == .opStateIncorrect)
    }

    @Test("needs an aligned, shared structure and a whole TDCS")
    func pointer() throws {
        let machine = try Machine.ready()
        let tdr = machine.create()
        #expect(machine.call(.mngInit, rcx: tdr, rdx: machine.scratch + 8).status == .operandInvalid.at(.rdx))
        #expect(
            machine.call(.mngInit, rcx: tdr, rdx: machine.scratch | 33 << 46).status
                == .operandInvalid.at(.rdx))
        let other = machine.page()
        #expect(machine.call(.mngCreate, rcx: other, rdx: 34).status == .success)
        #expect(machine.initialize(other).status == .tdKeysNotConfigured)
        #expect(machine.call(.mngKeyConfig, rcx: other).status == .success)
        #expect(machine.call(.mngKeyConfig, rcx: other).status == .lifecycleStateIncorrect)
        #expect(machine.initialize(other).status == .tdcsNotAllocated)
    }
}

@Suite("Memory leaves")
struct MemoryLeafTests {
    @Test(
        "refuse bad page-info operands",
        arguments: [0x1001, 0x1008, 1 << 47 | 0x1000, 1 << 63 | 0x1000, 1 << 52] as [UInt64])
    func pageInfo(rcx: UInt64) throws {
        let machine = try Machine.ready()
        let tdr = machine.td()
        let before = machine.uses
        let result = machine.call(.memPageAdd, rcx: rcx, rdx: tdr, r8: machine.page(), r9: machine.scratch)
        #expect(result.status == .operandInvalid.at(.rcx))
        #expect(result.registers.rcx == 0)
        #expect(machine.uses.prefix(before.count) == before[...])
    }

    @Test("TDH.MEM.PAGE.ADD checks the entry before the pages, and the source before the target")
    func pageAdd() throws {
        let machine = try Machine.ready()
        let tdr = machine.td()
        let (page, source) = (machine.page(), machine.scratch)
        #expect(
            machine.call(.memPageAdd, rcx: 0x1000, rdx: tdr, r8: page, r9: 1).status
                == .eptWalkFailed.at(.rcx))
        machine.addTables(tdr, 0x1000)
        #expect(
            machine.call(.memPageAdd, rcx: 0x1000, rdx: tdr, r8: 1, r9: 1).status == .operandInvalid.at(.r9))
        #expect(
            machine.call(.memPageAdd, rcx: 0x1000, rdx: tdr, r8: 1, r9: source).status
                == .operandInvalid.at(.r8))
        let inUse = machine.call(.memPageAdd, rcx: 0x1000, rdx: tdr, r8: tdr, r9: source)
        #expect(inUse.status == .pageMetadataIncorrect.at(.r8) || inUse.status == .operandBusy.at(.r8))
        #expect(machine.call(.memPageAdd, rcx: 0x1000, rdx: tdr, r8: page, r9: source).status == .success)
        let again = machine.call(.memPageAdd, rcx: 0x1000, rdx: tdr, r8: machine.page(), r9: source)
        #expect(again.status == .eptEntryStateIncorrect.at(.rcx))
        #expect(again.registers.rdx == 4 << 8)
    }

    @Test("pages of contents end up in the TD's memory, and only there")
    func contents() throws {
        let machine = try Machine.ready()
        let (_, _, page) = machine.runnable()
        #expect(machine.memory.read(PhysicalAddress(page | 33 << 46), count: 3) == [1, 2, 3])
        #expect(machine.memory.read(PhysicalAddress(page), count: 3) != [1, 2, 3])
    }

    @Test("Secure EPT pages go when they are empty")
    func septRemove() throws {
        let machine = try Machine.ready()
        let tdr = machine.td()
        machine.addTables(tdr, 0x1000)
        machine.add(tdr, 0x1000)
        let mapping = GPAMapping(address: 0, level: 1).rawValue
        #expect(machine.call(.memSEPTRemove, rcx: mapping, rdx: tdr).status == .eptPageNotFree.at(.rcx))
        #expect(machine.call(.memPageRemove, rcx: 0x1000, rdx: tdr).status == .success)
        let removed = machine.call(.memSEPTRemove, rcx: mapping, rdx: tdr)
        #expect(removed.status == .success)
        #expect(machine.call(.phymemPageRdMD, rcx: removed.registers.rcx).registers.rcx == 0)
        #expect(
            machine.call(.memSEPTRemove, rcx: mapping, rdx: tdr).status == .eptEntryStateIncorrect.at(.rcx))
    }

    @Test("MRTD is the digest of what was added, in that order")
    func measurement() throws {
        let machine = try Machine.ready()
        let tdr = machine.td()
        _ = machine.vcpu(tdr)
        machine.addTables(tdr, 0x1000)
        machine.add(tdr, 0x1000, [9])
        for offset in stride(from: UInt64(0), to: 4096, by: 256) {
            #expect(machine.call(.mrExtend, rcx: 0x1000 + offset, rdx: tdr).status == .success)
        }
        #expect(machine.call(.mrExtend, rcx: 0x1080, rdx: tdr).status == .operandInvalid.at(.rcx))
        #expect(machine.call(.mrExtend, rcx: 0x2000, rdx: tdr).status == .eptEntryNotPresent.at(.rcx))
        #expect(machine.call(.mrFinalize, rcx: tdr).status == .success)
        var expected = Measurement()
        expected.addPage(GuestPhysicalAddress(0x1000))
        for offset in stride(from: UInt64(0), to: 4096, by: 256) {
            expected.extend(
                GuestPhysicalAddress(0x1000 + offset),
                (offset == 0 ? [9] : [0]) + [UInt8](repeating: 0, count: 255))
        }
        guard case .tdr(let td)? = machine.module.pamt.entry(tdr).use else {
            Issue.record("The TDR is gone.")
            return
        }
        #expect(td.mrTD == expected.digest())
    }
}

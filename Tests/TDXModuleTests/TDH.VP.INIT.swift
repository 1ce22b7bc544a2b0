// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDH.VP.INIT")
struct VPInit {
    /// A vCPU with its pages, of a TD that has another one.
    static func scene(version: UInt64 = 1, _ parameters: TDParams = Machine.parameters) throws -> Scene {
        let machine = try Machine.ready()
        let tdr = machine.td(parameters)
        _ = machine.vcpu(tdr, id: 5)
        let tdvpr = machine.page()
        #expect(machine.call(.vpCreate, rcx: tdvpr, rdx: tdr).status == .success)
        for _ in 0..<5 { #expect(machine.call(.vpAddCX, rcx: machine.page(), rdx: tdvpr).status == .success) }
        return Scene(.vpInit, on: machine, version: version, [.rcx: tdvpr, .rdx: 0xFEED_1234_5678, .r8: 7])
    }

    /// What both versions check, up to the state of the vCPU.
    static func faults(exclusiveTDR: Bool) -> [Fault] {
        Fault.dispatch(versions: 1) + Fault.tdvpr(.rcx, exclusive: true, exclusiveTDR: exclusiveTDR)
            + Fault.state(ofVCPU: .rcx, in: [.initialized]) + [
                Fault("a page of the TDVPS is missing", .tdcxNumIncorrect) {
                    _ = try $0.vcpu($0.registers.rcx).pages.removeLast()
                },
                Fault("L2 VMs need more pages", .tdcxNumIncorrect) {
                    try $0.vcpu($0.registers.rcx).td.numL2VMs = 1
                }.variant(),
                Fault("the vCPU is ready", .vcpuStateIncorrect) {
                    try $0.vcpu($0.registers.rcx).state = .ready
                },
                Fault("the vCPU runs", .vcpuStateIncorrect) {
                    try $0.vcpu($0.registers.rcx).state = .active
                }.variant(),
                Fault("the vCPU is disabled", .vcpuStateIncorrect) {
                    try $0.vcpu($0.registers.rcx).state = .disabled
                }.variant(),
            ]
    }
    static let full = Fault("the TD has all its vCPUs", .maxVCPUsExceeded) {
        try $0.vcpu($0.registers.rcx).td.maxVCPUs = 1
    }

    @Test("fails on the first thing that is wrong, and changes nothing")
    func fails() throws {
        try expectFaults(
            Self.faults(exclusiveTDR: true) + [
                Fault("the x2APIC id is too large", .operandInvalid.at(.r8)) { $0.registers.r8 = 1 << 32 },
                Self.full,
            ]
        ) { try Self.scene() }
    }

    @Test("in version 0, shares the TDR and does not look at R8")
    func failsInVersion0() throws {
        try expectFaults(Self.faults(exclusiveTDR: false) + [Self.full]) {
            let scene = try Self.scene(version: 0)
            scene.registers.r8 = ~0
            return scene
        }
    }

    @Test(
        "counts a vCPU that fails late, and no other",
        arguments: [
            Fault("the x2APIC id is another's", .x2apicIDNotUnique.with(5)) { $0.registers.r8 = 5 },
            Fault("IA32_TSC_ADJUST has changed", .inconsistentMSR.with(0x3B)) { $0.machine.msrs[0x3B] = 1 },
        ])
    func failsLate(fault: Fault) throws {
        let scene = try Self.scene()
        let vcpu = try scene.vcpu(scene.registers.rcx)
        try fault.spoil(scene)
        #expect(scene.call().status == fault.status)
        #expect(vcpu.td.numVCPUs == 2)
        #expect(vcpu.td.x2apicIDs == [0: 5])
        #expect(vcpu.state == .uninitialized)
        #expect(vcpu.associatedProcessor == nil)
        scene.registers.r8 = 6
        scene.machine.msrs[0x3B] = 0
        #expect(scene.call().status == .success)
        #expect(vcpu.index == 2)
        #expect(scene.machine.call(.mrFinalize, rcx: vcpu.td.tdr).status == .success)
    }

    @Test("checks the number of vCPUs before the id, and the id before IA32_TSC_ADJUST")
    func order() throws {
        let scene = try Self.scene()
        scene.machine.msrs[0x3B] = 1
        scene.registers.r8 = 5
        #expect(scene.call().status == .x2apicIDNotUnique.with(5))
        try scene.vcpu(scene.registers.rcx).td.maxVCPUs = 2
        #expect(scene.call().status == .maxVCPUsExceeded)
    }

    @Test("makes the vCPU ready on the calling processor")
    func effects() throws {
        let scene = try Self.scene()
        scene.processor = 1
        let vcpu = try scene.vcpu(scene.registers.rcx)
        vcpu.td.isTopologyConfigured = true
        let before = Snapshot(scene.machine)
        let result = scene.call()
        #expect(result.status == .success)
        for register in GeneralRegister.allCases where register != .rax && register != .rsp {
            #expect(result.registers[register] == scene.registers[register])
        }
        #expect(vcpu.state == .ready)
        #expect(vcpu.lastExit == .asynchronousFault)
        #expect((vcpu.index, vcpu.x2apicID) == (1, 7))
        #expect(vcpu.associatedProcessor == 1)
        #expect(vcpu.td.numVCPUs == 2)
        #expect(vcpu.td.x2apicIDs == [0: 5, 1: 7])
        #expect(vcpu.td.isTopologyConfigured)
        #expect(vcpu.td.numAssociatedVCPUs.load(ordering: .relaxed) == 2)
        let changes = Snapshot(scene.machine).changes(since: before)
        #expect(changes.allSatisfy { $0.hasPrefix("vCPU ") || $0.hasPrefix("TD ") }, "\(changes)")
        #expect(scene.call().status == .vcpuStateIncorrect)
    }

    @Test("in version 0, leaves the TD without a topology")
    func version0() throws {
        let scene = try Self.scene(version: 0)
        let vcpu = try scene.vcpu(scene.registers.rcx)
        vcpu.td.isTopologyConfigured = true
        #expect(scene.call().status == .success)
        #expect(!vcpu.td.isTopologyConfigured)
        #expect(vcpu.index == 1)
    }

    @Test("in the table of the ABI, every register of the guest begins as it must", arguments: [false, true])
    func initialState(isPerfmon: Bool) throws {
        var parameters = Machine.parameters
        if isPerfmon { parameters.attributes |= TDAttributes.perfmon.rawValue }
        let scene = try Self.scene(parameters)
        let vcpu = try scene.vcpu(scene.registers.rcx)
        #expect(scene.call().status == .success)
        let processor = try #require(vcpu.processor as? FakeProcessor)
        let general: [GeneralRegister: UInt64] = [
            .rbx: 48, .rcx: 0xFEED_1234_5678, .r8: 0xFEED_1234_5678,
            .rdx: UInt64(Machine.cpuid(1, 0).eax), .rsi: 1,
        ]
        for register in GeneralRegister.allCases {
            #expect(processor[register] == general[register] ?? 0, "\(register)")
        }
        let fields: [ProcessorField: UInt64] = [
            .rip: 0xFFFF_FFF0, .rflags: 2, .cr0: 0x21, .cr4: 0x2040, .xcr0: 1, .dr6: 0xFFFF_0FF0, .dr7: 0x400,
        ]
        for field in ProcessorField.allCases {
            #expect(processor[field] == fields[field] ?? 0, "\(field)")
        }
        for segment in SegmentRegister.allCases {
            let rights: UInt32 = segment == .cs ? 0xC09B : 0xC093
            #expect(processor[segment] == Segment(limit: 0xFFFF_FFFF, accessRights: rights), "\(segment)")
        }
        #expect(processor.ldtr == Segment(limit: 0xFFFF, accessRights: 0x10082))
        #expect(processor.tr == Segment(limit: 0xFFFF, accessRights: 0x8B))
        #expect(processor.gdtr == DescriptorTableRegister(base: 0, limit: 0xFFFF))
        #expect(processor.idtr == DescriptorTableRegister(base: 0, limit: 0))
        let msrs: [UInt32: UInt64] = [
            0xC000_0080: 0x901, 0xC000_0084: 0x20200, 0x277: 0x0007_0406_0007_0406,
            0x38F: isPerfmon ? 0xFF : 0x1_0000_0000,
        ]
        for (number, value) in msrs { #expect(processor.msr(number) == value, "\(number)") }
        let zero: [UInt32] = [
            0x48, 0x174, 0x175, 0x176, 0x1D9, 0x600, 0xDA0, 0xC000_0081, 0xC000_0082, 0xC000_0102,
            0xC000_0103,
        ]
        for number in zero { #expect(processor.msr(number) == 0, "\(number)") }
        #expect(processor.interruptibility == 0)
        #expect(processor.entryEvent == nil)
        // The virtual APIC page is zero, and so is the Shared EPT until the host gives one.
        let memory = scene.machine.memory
        for page in [vcpu.virtualAPIC, vcpu.td.zeroPage] {
            let address = PhysicalMemory.address(PhysicalAddress(page), key: vcpu.td.hkid)
            #expect(memory.read(address, count: 4096).allSatisfy { $0 == 0 })
        }
        #expect(processor.configuration.sharedEPTRoot.rawValue == vcpu.td.zeroPage | Machine.key << 46)
        #expect(processor.configuration.secureEPTRoot.rawValue == vcpu.td.secureEPTRoot)
        #expect(processor.configuration.privateKey == 33)
        #expect(
            (processor.configuration.cr0ReadShadow, processor.configuration.cr4ReadShadow) == (0x21, 0x40))
    }

    @Test("tells a guest with wide addresses")
    func wide() throws {
        var parameters = Machine.parameters
        parameters.configFlags |= TDConfigFlags.gpaw.rawValue
        parameters.eptpControls = 6 | 4 << 3
        let scene = try Self.scene(parameters)
        #expect(scene.call().status == .success)
        let processor = try scene.vcpu(scene.registers.rcx).processor
        #expect(processor?[.rbx] == 52)
        #expect(processor?.configuration.sharedBit == 51)
        #expect(processor?.configuration.eptLevels == 5)
    }

    @Test("gives vCPUs their numbers in the order of the calls")
    func numbers() throws {
        let machine = try Machine.ready()
        let tdr = machine.td()
        for (index, id) in [9, 3, 0xFFFF_FFFF, 0].enumerated() {
            let vcpu = try machine.vcpu(at: machine.vcpu(tdr, id: UInt64(id)))
            #expect(vcpu.index == UInt32(index))
            #expect(vcpu.processor?[.rsi] == UInt64(index))
        }
        #expect(try machine.td(at: tdr).x2apicIDs == [0: 9, 1: 3, 2: 0xFFFF_FFFF, 3: 0])
    }

    @Test("lists each x2APIC id at its vCPU's number, also after vCPUs that have none")
    func identifiers() throws {
        let scene = try Self.scene(version: 0)
        let machine = scene.machine
        let tdr = try scene.vcpu(scene.registers.rcx).td.tdr
        #expect(scene.call().status == .success)
        _ = machine.vcpu(tdr, id: 9)
        let ids = (0..<4).map { machine.call(.mngRd, rcx: tdr, rdx: 0x9C10_0002_0000_0000 + $0).registers.r8 }
        #expect(ids == [5, 0xFFFF_FFFF, 9, 0xFFFF_FFFF])
    }
}

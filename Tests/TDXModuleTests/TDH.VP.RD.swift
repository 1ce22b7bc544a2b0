// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDH.VP.RD and WR")
struct VPRd {
    static let index: UInt64 = 0xA020_0002_0000_0002
    static let vector: UInt64 = 0x0024_0001_0000_0002
    static let descriptor: UInt64 = 0x0024_0003_0000_2016
    static let sharedEPTP: UInt64 = 0x0024_0003_0000_203C
    static let pinControls: UInt64 = 0x0024_0002_0000_4000

    static func scene(_ leaf: HostLeafNumber, version: UInt64 = 0, id: UInt64 = index) throws -> Scene {
        let machine = try Machine.ready()
        let tdvpr = machine.runnable().tdvpr
        return Scene(leaf, on: machine, version: version, [.rcx: tdvpr, .rdx: id, .r8: 0x30, .r9: ~0])
    }

    static func state(_ state: VCPUState) -> Fault {
        Fault("the vCPU is \(state)", .vcpuStateIncorrect) { try $0.vcpu($0.registers.rcx).state = state }
    }
    static let elsewhere = Fault("the vCPU is on another processor", .vcpuAssociated) { $0.processor = 1 }

    @Test("fails on the first thing that is wrong, and changes nothing", arguments: [0, 1] as [UInt64])
    func failsToRead(version: UInt64) throws {
        let failing: KeyValuePairs<GeneralRegister, UInt64> = version == 0 ? [.r8: 0] : [.r8: 0, .rdx: ~0]
        let null = Fault("there is no field before the first", .metadataFieldIDIncorrect) {
            $0.registers.rdx = ~0
        }
        try expectFaults(
            Fault.dispatch(versions: 1) + Fault.tdvpr(.rcx, exclusive: false)
                + Fault.state(ofVCPU: .rcx, in: OpState.allCases.filter { $0 != .uninitialized }) + [
                    Self.state(.uninitialized), Self.state(.active).variant(), Self.elsewhere,
                ] + MNGRd.fields + (version == 0 ? [null.variant()] : []) + [
                    Fault("the field is not for the host", .metadataFieldNotReadable) {
                        $0.registers.rdx = 0x1020_0003_0000_0000
                    }
                ], failing: failing
        ) { try Self.scene(.vpRd, version: version) }
    }

    @Test("fails to write on the first thing that is wrong, and changes nothing")
    func failsToWrite() throws {
        try expectFaults(
            Fault.dispatch() + Fault.tdvpr(.rcx, exclusive: false)
                + Fault.state(
                    ofVCPU: .rcx,
                    in: [
                        .initialized, .runnable, .liveExport, .memoryImport, .stateImport, .postImport,
                        .liveImport, .failedImport,
                    ]) + [
                    Self.state(.uninitialized), Self.state(.active).variant(),
                    Self.state(.disabled).variant(), Self.elsewhere,
                ] + MNGRd.fields + [
                    Fault("the field is not to be written", .metadataFieldNotWritable) {
                        $0.registers.rdx = Self.index
                    },
                    Fault("no bits are to be written", .metadataFieldNotWritable) { $0.registers.r9 = 0 }
                        .variant(),
                    Fault("a bit that is not the host's changes", .metadataFieldValueNotValid) {
                        $0.registers.r8 = 1 << 16
                    },
                    Fault("there is no such vector", .metadataFieldValueNotValid) { $0.registers.r8 = 256 }
                        .variant(),
                ], failing: [.r8: 0]
        ) { try Self.scene(.vpWr, id: Self.vector) }
    }

    @Test("reads a disabled vCPU too")
    func disabled() throws {
        let scene = try Self.scene(.vpRd)
        try scene.vcpu(scene.registers.rcx).state = .disabled
        #expect(scene.call().status == .success)
    }

    @Test("puts a vCPU that is on no processor on the calling one", arguments: [HostLeafNumber.vpRd, .vpWr])
    func association(leaf: HostLeafNumber) throws {
        let scene = try Self.scene(leaf, id: leaf == .vpRd ? Self.index : Self.vector)
        let vcpu = try scene.vcpu(scene.registers.rcx)
        vcpu.dissociate()
        scene.processor = 1
        #expect(scene.call().status == .success)
        #expect(vcpu.associatedProcessor == 1)
        #expect(vcpu.td.numAssociatedVCPUs.load(ordering: .relaxed) == 1)
        #expect(scene.machine.call(.vpFlush, rcx: vcpu.tdvpr, on: 1).status == .success)
    }

    @Test("reads a field by any identifier that names it", arguments: [0, 1] as [UInt64])
    func reads(version: UInt64) throws {
        for id in [Self.index, 0x2000_0000_0000_0002, 0xA000_0000_0000_0002] as [UInt64] {
            let scene = try Self.scene(.vpRd, version: version, id: id)
            try scene.vcpu(scene.registers.rcx).index = 0x1234
            let before = Snapshot(scene.machine)
            let result = scene.call()
            #expect((result.status, result.registers.r8) == (.success, 0x1234))
            #expect(result.registers.rdx == (version == 0 ? id : 0xA020_0000_0000_0003))
            #expect(Snapshot(scene.machine).changes(since: before) == [])
        }
    }

    // MARK: Fields that a production host writes

    @Test("takes the posted-interrupt vector and descriptor before the control, each only when it is valid")
    func postedInterrupts() throws {
        let scene = try Self.scene(.vpWr)
        let processor = try #require(try scene.vcpu(scene.registers.rcx).processor)
        func write(_ id: UInt64, _ value: UInt64, _ mask: UInt64 = ~0) -> (TDXStatus, UInt64) {
            (scene.registers.rdx, scene.registers.r8, scene.registers.r9) = (id, value, mask)
            let result = scene.call()
            return (result.status, result.registers.r8)
        }
        #expect(write(Self.pinControls, 0x80, 0x80) == (.tdVMCSFieldNotInitialized.with(2), 0))
        #expect(write(Self.vector, 0xF2) == (.success, 0xFFFF))
        #expect(write(Self.pinControls, 0x80, 0x80) == (.tdVMCSFieldNotInitialized.with(0x2016), 0))
        #expect(write(Self.descriptor, 0x10_0020) == (.metadataFieldValueNotValid, 0))
        #expect(write(Self.descriptor, 0x10_0040 | 32 << 46) == (.metadataFieldValueNotValid, 0))
        #expect(write(Self.descriptor, 1 << 52) == (.metadataFieldValueNotValid, 0))
        #expect(write(Self.descriptor, 0x10_0040) == (.success, ~0))
        #expect(processor.configuration.postedInterrupts == nil)
        #expect(write(Self.pinControls, 0x80, 0x80) == (.success, 0))
        #expect(processor.configuration.postedInterrupts == PhysicalAddress(0x10_0040))
        #expect(processor.configuration.postedInterruptVector == 0xF2)
        #expect(write(Self.descriptor, 0x10_0080 | 31 << 46) == (.success, 0x10_0040))
        #expect(processor.configuration.postedInterrupts == PhysicalAddress(0x10_0080 | 31 << 46))
        #expect(write(Self.pinControls, 0x29, 0xFF) == (.success, 0x80))
        #expect(processor.configuration.postedInterrupts == nil)
        #expect(write(Self.pinControls, 0x08, ~0) == (.metadataFieldValueNotValid, 0))
    }

    @Test("takes a root of the Shared EPT in the host's memory, and the vCPU forgets what it knew")
    func sharedEPT() throws {
        let scene = try Self.scene(.vpWr, id: Self.sharedEPTP)
        let vcpu = try scene.vcpu(scene.registers.rcx)
        let processor = try #require(vcpu.processor as? FakeProcessor)
        let flushes = processor.flushes
        let zero = vcpu.td.zeroPage | Machine.key << 46
        for bad in [0x10_0800, 0x10_0000 | Machine.globalKey << 46, 1 << 52] as [UInt64] {
            scene.registers.r8 = bad
            #expect(scene.call().status == .metadataFieldValueNotValid)
        }
        #expect(processor.configuration.sharedEPTRoot.rawValue == zero)
        #expect(processor.flushes == flushes)
        scene.registers.r8 = 0x10_0000
        let result = scene.call()
        #expect((result.status, result.registers.r8) == (.success, zero))
        #expect(processor.configuration.sharedEPTRoot.rawValue == 0x10_0000)
        #expect(processor.flushes == flushes + 1)
    }

    @Test("keeps one NMI for the guest, and tells whether it is still there")
    func nmi() throws {
        let scene = try Self.scene(.vpWr, id: 0x2000_0000_0000_000B)
        scene.registers.r8 = 1
        scene.registers.r9 = 1
        #expect((scene.call().status, scene.call().registers.r8) == (.success, 1))
        let read = scene.machine.call(.vpRd, rcx: scene.registers.rcx, rdx: 0x2020_0000_0000_000B)
        #expect((read.status, read.registers.r8) == (.success, 1))
    }

    @Test("tells whether an interrupt waits for the guest")
    func pendingInterrupt() throws {
        for id in [0x9120_0003_0000_0100, 0x9100_0000_0000_0100] as [UInt64] {
            let scene = try Self.scene(.vpRd, id: id)
            let processor = try scene.vcpu(scene.registers.rcx).processor as? FakeProcessor
            #expect(scene.call().registers.r8 == 0)
            processor?.hasPendingVirtualInterrupt = true
            #expect(scene.call().registers.r8 == 1)
        }
    }

    @Test("keeps bits of a register of a debug TD that the mask leaves out, also when all are ones")
    func mask() throws {
        let machine = try Machine.ready()
        var parameters = Machine.parameters
        parameters.attributes |= 1
        let tdvpr = machine.runnable(parameters).tdvpr
        let processor = try #require(try machine.vcpu(at: tdvpr).processor)
        processor[.rax] = ~0
        let scene = Scene(.vpWr, on: machine, [.rcx: tdvpr, .rdx: 0x1020_0003_0000_0000, .r8: 0, .r9: 0xFF])
        let result = scene.call()
        #expect((result.status, result.registers.r8) == (.success, ~0))
        #expect(processor[.rax] == ~0xFF)
    }
}

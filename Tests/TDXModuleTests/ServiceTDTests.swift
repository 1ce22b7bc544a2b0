// SPDX-License-Identifier: Apache-2.0

import Crypto
import PhysicalMemory
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDH.SERVTD.BIND, TDH.SERVTD.PREBIND, TDG.SERVTD.RD and TDG.SERVTD.WR")
struct ServiceTDTests {
    private static let xfam: UInt64 = 0x1110_0003_0000_0001
    private static let attributes: UInt64 = 0x1110_0003_0000_0000
    private static let version: UInt64 = 0x9810_0001_0000_0020
    /// In the host's memory, `SERVTD_INFO_HASH`.
    private static let hash: UInt64 = 0x10_6000

    /// A service TD that runs, and a target whose slot is pre-bound to it when it is to be bound.
    static func scene(_ leaf: HostLeafNumber, attributes: UInt64 = 0) throws -> Scene {
        let machine = try Machine.ready()
        let (service, _, _) = machine.runnable()
        let target = machine.td(key: 34)
        let information = try machine.td(at: service).information
        let digest = ServiceTDAttributes(rawValue: attributes).infoHash(information)
        machine.memory.write(PhysicalAddress(hash), digest.bytes)
        let scene = Scene(
            .servTDPrebind, on: machine,
            [.rcx: target, .rdx: hash, .r8: 0, .r9: 0, .r10: attributes])
        scene.subject = try machine.td(at: target)
        guard leaf == .servTDBind else { return scene }
        #expect(scene.call().status == .success)
        let binding = Scene(
            .servTDBind, on: machine,
            [.rcx: target, .rdx: service, .r8: 0, .r9: 0, .r10: attributes])
        binding.subject = scene.subject
        return binding
    }

    private static func operands(_ scene: GeneralRegister = .r8) -> [Fault] {
        [
            Fault("the slot is 1", .operandInvalid.at(.r8)) { $0.registers.r8 = 1 },
            Fault("the type is 1", .operandInvalid.at(.r9)) { $0.registers.r9 = 1 },
            Fault("attributes have bit 1", .operandInvalid.at(.r10)) { $0.registers.r10 |= 2 },
            Fault("attributes have bit 43", .operandInvalid.at(.r10)) { $0.registers.r10 |= 1 << 43 }
                .variant(),
            Fault.held("the binding", .operandBusy.at(.servTDBindings)) {
                try #require($0.subject).bindingsLock
            },
        ]
    }

    @Test("TDH.SERVTD.PREBIND fails on the first thing that is wrong, and changes nothing")
    func prebindFails() throws {
        try expectFaults(
            Fault.dispatch() + Fault.tdr(.rcx, exclusive: false)
                + Fault.state(.rcx, in: [.uninitialized, .initialized]) + Fault.shared(.rdx, alignment: 64)
                + Self.operands() + [
                    Fault("a service TD is bound", .servtdBound) {
                        try #require($0.subject).binding.state = .bound
                    }
                ]
        ) { try Self.scene(.servTDPrebind) }
    }

    @Test("TDH.SERVTD.BIND fails on the first thing that is wrong, and changes nothing")
    func bindFails() throws {
        let states: [OpState] = [
            .uninitialized, .initialized, .runnable, .liveExport, .postImport, .liveImport,
        ]
        try expectFaults(
            Fault.dispatch() + Fault.tdr(.rcx, exclusive: false) + Fault.state(.rcx, in: states)
                + Fault.tdr(.rdx, exclusive: false)
                + Fault.state(.rdx, in: [.runnable, .liveExport, .liveImport]) + Self.operands() + [
                    Fault("the attributes are others", .servtdAttrMismatch) {
                        try #require($0.subject).binding.attributes = ServiceTDAttributes(rawValue: 1)
                    },
                    Fault("the service TD is another", .servtdInfoHashMismatch) {
                        try #require($0.subject).binding.infoHash = Digest384(repeatElement(9, count: 48))
                    },
                ]
        ) { try Self.scene(.servTDBind) }
    }

    @Test("a slot that was neither bound nor pre-bound is refused once the target is measured")
    func late() throws {
        let scene = try Self.scene(.servTDBind)
        let target = try #require(scene.subject)
        target.binding = ServiceTDBinding()
        target.opState = .runnable
        #expect(scene.call().status == .servtdNotBound)
        target.opState = .initialized
        #expect(scene.call().status == .success)
    }

    @Test("binding gives the handle and the target's TD_UUID, and the record shows it")
    func bind() throws {
        let scene = try Self.scene(.servTDBind)
        let target = try #require(scene.subject)
        let result = expectEffects(scene, [Snapshot.td(target.tdr, "binding")])
        let word = UInt64(0x0707_0707_0707_0707)
        #expect(result.registers.rcx == target.tdr &+ word)
        for register in [GeneralRegister.r10, .r11, .r12, .r13] {
            #expect(result.registers[register] == word)
        }
        let service = try scene.td(scene.registers.rdx)
        var record = [UInt8](repeating: 0, count: 128)
        record[0] = 2
        record.replaceSubrange(16..<48, with: service.uuid)
        record.replaceSubrange(48..<96, with: Array(SHA384.hash(data: service.information.bytes)))
        #expect(target.binding.bytes == record)
        for index in 0..<16 as Range<UInt64> {
            let word = scene.machine.call(.mngRd, rcx: target.tdr, rdx: 0x9910_0003_0000_0080 + index)
            let bytes = record[Int(index) * 8..<Int(index) * 8 + 8]
            #expect(word.registers.r8 == bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) })
        }
        #expect(scene.machine.call(.mngRd, rcx: target.tdr, rdx: 0x9910_0001_0000_0006).registers.r8 == 1)
        // The same again; an instance only when it is the same one.
        #expect(scene.call().status == .success)
    }

    @Test("a binding to an instance is to that instance")
    func instance() throws {
        let scene = try Self.scene(.servTDBind, attributes: 1)
        #expect(scene.call().status == .success)
        let target = try #require(scene.subject)
        target.binding.uuid[5] ^= 1
        #expect(scene.call().status == .servtdUUIDMismatch)
        target.binding.state = .preBound
        #expect(scene.call().status == .success)
    }

    @Test(
        "SERVTD_INFO_HASH leaves out what the attributes name, and nothing else",
        arguments: [
            (0, 0, 8), (1, 8, 8), (2, 16, 48), (3, 64, 48), (4, 112, 48), (5, 160, 48), (6, 208, 48),
            (7, 256, 48), (8, 304, 48), (9, 352, 48), (10, 400, 48),
        ] as [(UInt64, Int, Int)])
    func infoHash(bit: UInt64, offset: Int, count: Int) throws {
        let bytes = (0..<512).map { UInt8(truncatingIfNeeded: $0 &* 7 | 1) }
        let information = try #require(TDInfo(bytes))
        var expected = bytes
        expected.replaceSubrange(offset..<offset + count, with: [UInt8](repeating: 0, count: count))
        let attributes = ServiceTDAttributes(rawValue: 1 << (32 + bit))
        #expect(attributes.infoHash(information).bytes == Array(SHA384.hash(data: expected)))
    }

    @Test("SERVTD_HASH is of the binding's hash, type and attributes; it and the version are in the report")
    func report() throws {
        let scene = try Self.scene(.servTDBind, attributes: 1 << 34)
        let (machine, target) = (scene.machine, try #require(scene.subject))
        #expect(scene.call().status == .success)
        _ = machine.vcpu(target.tdr)
        #expect(machine.call(.mrFinalize, rcx: target.tdr).status == .success)
        let service = try scene.td(scene.registers.rdx)
        let hash = ServiceTDAttributes(rawValue: 1 << 34).infoHash(service.information)
        let attributes: [UInt8] = [0, 0, 0, 0, 4, 0, 0, 0]
        let expected = Array(SHA384.hash(data: hash.bytes + [0, 0] + attributes))
        #expect(target.serviceTDHash.bytes == expected)
        let information = target.information
        #expect(Array(information.bytes[400..<448]) == expected)
        let report = machine.module.reportKey.report(
            on: information, data: [], hasServiceTDs: information.servTDHash != .zero)
        #expect(report.mac.reportType == 0x0001_0081)
        // Without a binding there is none.
        #expect(service.serviceTDHash == .zero)
    }

    // MARK: The service TD's side

    /// A service TD that is bound to a target, about to look at it.
    static func access(_ leaf: GuestLeafNumber, attributes: UInt64 = 0) throws -> GuestScene {
        let scene = try GuestScene(leaf, [.rdx: leaf == .servTDRd ? xfam : version, .r8: 5, .r9: 0xFFFF])
        let target = scene.machine.td(key: 34)
        let binding = Scene(
            .servTDBind, on: scene.machine,
            [.rcx: target, .rdx: scene.tdr, .r8: 0, .r9: 0, .r10: attributes])
        let result = binding.call()
        #expect(result.status == .success)
        scene.registers[.rcx] = result.registers.rcx
        for register in [GeneralRegister.r10, .r11, .r12, .r13] {
            scene.registers[register] = result.registers[register]
        }
        return scene
    }

    private static func target(_ scene: GuestScene) throws -> TD {
        try #require(scene.machine.module.pamt.tds.first { $0.hkid == 34 })
    }

    @Test(
        "TDG.SERVTD.RD and WR fail on the first thing that is wrong",
        arguments: [GuestLeafNumber.servTDRd, .servTDWr])
    func accessFails(leaf: GuestLeafNumber) throws {
        try expectFaults(
            GuestFault.dispatch() + GuestFault.values(.rcx, [0, ~0, 1 << 52, Machine.tdmr + 0x800])
                + [
                    GuestFault("the bindings are locked", .operandBusy.at(.servTDBindings)) {
                        guard try Self.target($0).bindingsLock.tryHolding() else { throw SceneError.busy }
                    },
                    GuestFault("it is only pre-bound", .servtdNotBound) {
                        try Self.target($0).binding.state = .preBound
                    },
                    GuestFault("another service TD is bound", .servtdInfoHashMismatch) {
                        try Self.target($0).binding.infoHash = .zero
                    },
                    GuestFault("the target is another", .targetUUIDMismatch) {
                        $0.registers[.r12] = 0x0707_0707_0707_0707
                    },
                ].dropLast() + [
                    GuestFault("there is no such field", .metadataFieldIDIncorrect) {
                        $0.registers[.rdx] = 0x3F << 56
                    }
                ], failing: [.r8: 0]
        ) { try Self.access(leaf) }
    }

    @Test("a wrong TD_UUID is answered with the right one")
    func uuid() throws {
        let scene = try Self.access(.servTDRd)
        scene.registers[.r13] = 1
        #expect(scene.call() == .status(.targetUUIDMismatch))
        #expect(scene.processor[.r13] == 0x0707_0707_0707_0707)
        let instance = try Self.access(.servTDRd, attributes: 1)
        #expect(instance.call() == .status(.success))
        try Self.target(instance).binding.uuid[0] = 0
        #expect(instance.call() == .status(.servtdUUIDMismatch))
    }

    @Test("the service TD reads and writes the fields that its masks let it")
    func fields() throws {
        let scene = try Self.access(.servTDRd)
        #expect(scene.call() == .status(.success))
        #expect(scene.processor[.r8] == 3)
        scene.registers[.rdx] = 0x9810_0003_0000_001B  // MIG_ENC_KEY, made with the sixth page
        #expect(scene.call() == .status(.success))
        #expect(scene.processor[.r8] == 0x0707_0707_0707_0707)
        scene.registers[.rdx] = 0x1310_0003_0000_0000  // MRTD
        #expect(scene.call() == .status(.metadataFieldNotReadable))
        scene.rax = UInt64(GuestLeafNumber.servTDWr.rawValue)
        scene.registers[.rdx] = Self.attributes
        #expect(scene.call() == .status(.metadataFieldNotWritable))
        for (field, set) in [(Self.version, 0), (0x9810_0003_0000_0012, 1)] as [(UInt64, UInt64)] {
            (scene.registers[.rdx], scene.registers[.r8], scene.registers[.r9]) = (field, 0x1234, ~0)
            if field == Self.version { scene.registers[.r9] = 0xFFFF }
            #expect(scene.call() == .status(.success))
            #expect(scene.processor[.r8] == 0)
            #expect(scene.call() == .status(.success))
            #expect(scene.processor[.r8] == 0x1234)
            let tdr = try Self.target(scene).tdr
            #expect(scene.machine.call(.mngRd, rcx: tdr, rdx: 0x9810_0000_0000_0001).registers.r8 == set)
        }
    }

    @Test("a target that cannot be worked on is an exit to the host, with the status and the TDR")
    func crossTD() throws {
        let scene = try Self.access(.servTDRd)
        let target = try Self.target(scene)
        target.isFatal = true
        #expect(
            scene.call()
                == .exit(TDXStatus.crossTDFault.rawValue, 0, TDXStatus.tdFatal.rawValue, target.tdr))
        #expect(scene.processor[.rip] == GuestScene.rip)
        target.isFatal = false
        #expect(scene.machine.enter(scene.tdvpr) != nil)
        #expect(target.entry.tryLock(exclusively: true))
        let busy = TDXStatus.operandBusy.at(.tdr)
        #expect(scene.call() == .exit(TDXStatus.crossTDFault.rawValue, 0, busy.rawValue, target.tdr))
        target.entry.unlock()
        #expect(scene.machine.enter(scene.tdvpr) != nil)
        #expect(scene.call() == .status(.success))
    }
}

// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDH.MNG.RD and WR")
struct MNGRd {
    static let attributes: UInt64 = 0x1110_0003_0000_0000
    static let hpLockTimeout: UInt64 = 0x9110_0003_0000_0011

    static func scene(_ leaf: HostLeafNumber, version: UInt64 = 0, id: UInt64 = attributes) throws -> Scene {
        let machine = try Machine.ready()
        let tdr = machine.td()
        return Scene(leaf, on: machine, version: version, [.rcx: tdr, .rdx: id, .r8: 20_000, .r9: ~0])
    }

    static let fields = [
        Fault("the identifier has reserved bits", .metadataFieldIDIncorrect) { $0.registers.rdx |= 1 << 24 },
        Fault("there is no such class", .metadataFieldIDIncorrect) { $0.registers.rdx = 0x3F << 56 }
            .variant(),
        Fault("there is no such field", .metadataFieldIDIncorrect) {
            $0.registers.rdx = 0x11 << 56 | 0xFF_FFFF
        }
        .variant(),
    ]

    @Test("fails on the first thing that is wrong, and changes nothing", arguments: [0, 1] as [UInt64])
    func failsToRead(version: UInt64) throws {
        let failing: KeyValuePairs<GeneralRegister, UInt64> = version == 0 ? [.r8: 0] : [.r8: 0, .rdx: ~0]
        let null = Fault("there is no field before the first", .metadataFieldIDIncorrect) {
            $0.registers.rdx = ~0
        }
        try expectFaults(
            Fault.dispatch(versions: 1) + Fault.tdr(.rcx, exclusive: false)
                + Fault.state(.rcx, in: OpState.allCases.filter { $0 != .uninitialized }) + Self.fields
                + (version == 0 ? [null.variant()] : []) + [
                    Fault("the field is not for the host", .metadataFieldNotReadable) {
                        $0.registers.rdx = 0x1310_0003_0000_0040
                    }
                ], failing: failing
        ) { try Self.scene(.mngRd, version: version) }
    }

    @Test("fails to write on the first thing that is wrong, and changes nothing")
    func failsToWrite() throws {
        try expectFaults(
            Fault.dispatch() + Fault.tdr(.rcx, exclusive: false)
                + Fault.state(
                    .rcx,
                    in: [
                        .initialized, .runnable, .liveExport, .memoryImport, .stateImport, .postImport,
                        .liveImport, .failedImport,
                    ]) + Self.fields + [
                    Fault("the field is not to be written", .metadataFieldNotWritable) {
                        $0.registers.rdx = Self.attributes
                    },
                    Fault("no bits are to be written", .metadataFieldNotWritable) { $0.registers.r9 = 0 }
                        .variant(),
                    Fault("the field is written as a whole only", .metadataWriteMaskNotValid) {
                        $0.registers.r9 = 0xFFFF_FFFF
                    },
                    .held("the field", .operandBusy.at(.metadataField)) {
                        try $0.td($0.registers.rcx).metadataLock
                    },
                    Fault("the time is too short", .metadataFieldValueNotValid) { $0.registers.r8 = 9_999 },
                    Fault("the time is too long", .metadataFieldValueNotValid) {
                        $0.registers.r8 = 100_000_001
                    }
                    .variant(),
                ], failing: [.r8: 0]
        ) { try Self.scene(.mngWr, id: Self.hpLockTimeout) }
    }

    @Test("reads a field by any identifier that names it")
    func reads() throws {
        for version in 0...1 as ClosedRange<UInt64> {
            for id in [Self.attributes, 0x9100_0000_0000_0000, 0x1110_0000_0000_0000] as [UInt64] {
                let scene = try Self.scene(.mngRd, version: version, id: id)
                let before = Snapshot(scene.machine)
                let result = scene.call()
                #expect(result.status == .success)
                #expect(result.registers.r8 == 1 << 28)
                // Version 1 tells the next field: XFAM.
                #expect(result.registers.rdx == (version == 0 ? id : 0x1110_0003_0000_0001))
                #expect((result.registers.rcx, result.registers.r9) == (scene.registers.rcx, ~0))
                #expect(Snapshot(scene.machine).changes(since: before) == [])
            }
        }
    }

    @Test(
        "reads the CPUID values of every leaf that has them, by leaf and sub-leaf",
        arguments: [
            (0x21, 0, 0, .success, 0x6574_6E49_0000_0000), (0x21, 0, 1, .success, 0x5844_546C_2020_2020),
            (0x8000_0000, nil, 0, .success, 0x8000_0008), (6, nil, 0, .metadataFieldNotReadable, 0),
            (9, nil, 0, .metadataFieldIDIncorrect, 0), (0x21, 1, 0, .metadataFieldIDIncorrect, 0),
            (0x21, nil, 0, .metadataFieldIDIncorrect, 0), (0x8000_0000, 0, 0, .metadataFieldIDIncorrect, 0),
        ] as [(UInt64, UInt64?, UInt64, TDXStatus, UInt64)])
    func cpuidValues(leaf: UInt64, subleaf: UInt64?, half: UInt64, status: TDXStatus, value: UInt64) throws {
        let code =
            half | (subleaf ?? 0x7F) << 1 | (subleaf == nil ? 1 << 8 : 0) | (leaf & 0x7F) << 9
            | (leaf >> 31) << 16
        let result = try Self.scene(.mngRd, id: 0x9400_0000_0000_0000 | code).call()
        #expect((result.status, result.registers.r8) == (status, value))
    }

    @Test("writes a field, and gives back what was there")
    func writes() throws {
        let scene = try Self.scene(.mngWr, id: Self.hpLockTimeout)
        let before = Snapshot(scene.machine)
        let result = scene.call()
        #expect((result.status, result.registers.r8) == (.success, 1_000_000))
        #expect((result.registers.rdx, result.registers.r9) == (Self.hpLockTimeout, ~0))
        #expect(Snapshot(scene.machine).changes(since: before).count == 1)
        #expect(scene.call().registers.r8 == 20_000)
        for value in [10_000, 100_000_000] as [UInt64] {
            scene.registers.r8 = value
            #expect(scene.call().status == .success)
        }
    }
}

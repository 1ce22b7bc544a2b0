// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDG.VM.RD, TDG.VM.WR, TDG.VP.RD, TDG.VP.WR and TDG.SYS.RD")
struct TDGMetadata {
    /// A field of the TD that the guest reads (`ATTRIBUTES`), and one that it writes (`NOTIFY_ENABLES`).
    static let attributes: UInt64 = 0x1110_0003_0000_0000
    static let notify: UInt64 = 0x9110_0003_0000_0010

    private static let badIDs: [UInt64] = [
        1 << 24, 1 << 34, 1 << 38, 1 << 47, 1 << 55, 1 << 62, 0xFF_FFFF,
    ]

    private static func identifiers(_ id: UInt64) -> [GuestFault] {
        badIDs.enumerated().map { index, bits in
            let fault = GuestFault(
                "RDX has the bits \(String(bits, radix: 16))", .metadataFieldIDIncorrect
            ) { $0.registers[.rdx] = id | bits }
            return index == 0 ? fault : fault.variant()
        }
    }
    private static let handle = GuestFault.values(.rcx, [1, 1 << 63])

    @Test("reading fails on the first thing that is wrong, and clears what it would give")
    func readFails() throws {
        let hidden = GuestFault("the guest may not read the field", .metadataFieldNotReadable) {
            $0.registers[.rdx] = 0x8110_0001_0000_0001
        }
        try expectFaults(
            GuestFault.dispatch(versions: 1) + Self.handle + Self.identifiers(Self.attributes) + [hidden],
            failing: [.r8: 0]
        ) { try GuestScene(.vmRd, [.rcx: 0, .rdx: Self.attributes]) }
        try expectFaults(
            Self.handle + Self.identifiers(Self.attributes) + [hidden], failing: [.r8: 0, .rdx: ~0]
        ) { try GuestScene(.vmRd, version: 1, [.rcx: 0, .rdx: Self.attributes]) }
        try expectFaults(
            GuestFault.dispatch() + Self.handle + Self.identifiers(0x2020_0000_0000_0000),
            failing: [.r8: 0, .rdx: ~0]
        ) { try GuestScene(.vpRd, [.rcx: 0, .rdx: 0xA020_0002_0000_0002]) }
        try expectFaults(
            GuestFault.dispatch() + Self.identifiers(0x0800_0002_0000_0000), failing: [.r8: 0, .rdx: ~0]
        ) { try GuestScene(.sysRd, [.rdx: 0x0800_0002_0000_0000]) }
    }

    @Test("writing fails on the first thing that is wrong, and changes nothing")
    func writeFails() throws {
        try expectFaults(
            GuestFault.dispatch() + Self.handle + Self.identifiers(Self.notify) + [
                GuestFault("the guest may not write the field", .metadataFieldNotWritable) {
                    $0.registers[.rdx] = Self.attributes
                },
                GuestFault("the mask has no bit that may be written", .metadataFieldNotWritable) {
                    $0.registers[.r9] = 2
                },
                GuestFault("a bit that may not be written changes", .metadataFieldValueNotValid) {
                    $0.registers[.r8] = 3
                    $0.registers[.r9] = ~0
                },
                GuestFault("somebody writes a field of the TD", .operandBusy.at(.metadataField)) {
                    guard $0.td.metadataLock.tryHolding() else { throw SceneError.busy }
                },
            ], failing: [.r8: 0]
        ) { try GuestScene(.vmWr, [.rcx: 0, .rdx: Self.notify, .r8: 1, .r9: 1]) }
        let supervisorVE: UInt64 = 0xA020_0000_0000_0007
        try expectFaults(
            GuestFault.dispatch() + Self.handle + Self.identifiers(supervisorVE) + [
                GuestFault("the guest may not write the field", .metadataFieldNotWritable) {
                    $0.registers[.rdx] = 0xA020_0002_0000_0002
                },
                GuestFault("a bit that may not be written changes", .metadataFieldValueNotValid) {
                    $0.registers[.r8] = 0x101
                    $0.registers[.r9] = ~0
                },
            ], failing: [.r8: 0]
        ) { try GuestScene(.vpWr, [.rcx: 0, .rdx: supervisorVE, .r8: 1, .r9: 1]) }
    }

    @Test("the guest reads and writes the fields that its masks let it, and no others")
    func masks() throws {
        var counts = (read: 0, hidden: 0, written: 0, kept: 0)
        for (rows, read, write) in [
            (MetadataTable.td, GuestLeafNumber.vmRd, GuestLeafNumber.vmWr),
            (MetadataTable.allVCPU, .vpRd, .vpWr), (MetadataTable.system, .sysRd, nil),
        ] as [([MetadataRow], GuestLeafNumber, GuestLeafNumber?)] {
            let scene = try GuestScene(read, [.rcx: 0])
            for row in rows where row.name != "CPUID_VALUES" {
                scene.rax = UInt64(read.rawValue)
                scene.registers[.rdx] = row.id(of: 0).rawValue
                let expected: TDXStatus = row.guest == 0 ? .metadataFieldNotReadable : .success
                #expect(scene.call() == .status(expected), "\(row.name)")
                let value = scene.processor[.r8]
                #expect(value & ~row.guest == 0, "\(row.name)")
                if row.guest == 0 { counts.hidden += 1 } else { counts.read += 1 }
                guard let write else { continue }
                scene.rax = UInt64(write.rawValue)
                scene.registers[.r8] = value
                scene.registers[.r9] = row.guestWrite == 0 ? ~0 : row.guestWrite
                let outcome = scene.call()
                if row.guestWrite == 0 {
                    counts.kept += 1
                    #expect(outcome == .status(.metadataFieldNotWritable), "\(row.name)")
                } else {
                    counts.written += 1
                    #expect(outcome != .status(.metadataFieldNotWritable), "\(row.name)")
                }
            }
        }
        print(
            "Metadata of the guest: \(counts.read) rows read, \(counts.hidden) hidden;",
            "\(counts.written) written, \(counts.kept) not.")
        #expect(counts.read >= 40 && counts.hidden > 300 && counts.written == 10)
    }

    @Test("a write changes the bits of its mask and gives the value before")
    func write() throws {
        let scene = try GuestScene(.vmWr, [.rcx: 0, .rdx: Self.notify, .r8: ~0, .r9: 1])
        expectEffects(scene, results: [.r8: 0], [Snapshot.td(scene.tdr, "controls")])
        #expect(scene.td.notifyEnables == 1)
        scene.registers[.r8] = 0
        expectEffects(scene, results: [.r8: 1], [Snapshot.td(scene.tdr, "controls")])
    }

    @Test("reading from the null identifier lists what the guest may read, and no other")
    func iteration() throws {
        for (rows, leaf, version) in [
            (MetadataTable.td, .vmRd, 1), (MetadataTable.allVCPU, .vpRd, 0),
            (MetadataTable.system, .sysRd, 0),
        ] as [([MetadataRow], GuestLeafNumber, UInt64)] {
            let scene = try GuestScene(leaf, version: version, [.rcx: 0, .rdx: ~0])
            #expect(scene.call() == .status(.metadataFirstFieldIDInContext))
            #expect(scene.processor[.r8] == 0)
            var (ids, id): ([UInt64], UInt64) = ([], scene.processor[.rdx])
            while id != ~0 && ids.count < 100_000 {
                ids.append(id)
                scene.registers[.rdx] = id
                #expect(scene.call() == .status(.success))
                id = scene.processor[.rdx]
            }
            let expected = rows.filter { $0.guest != 0 }.flatMap { row in
                row.name == "CPUID_VALUES"
                    ? MetadataFieldTests.identifiers(row)
                    : (0..<Int(row.count)).map { row.id(of: $0).rawValue }
            }
            #expect(ids == expected && !ids.isEmpty)
        }
    }

    /// Reads or writes a field of the TD: the status, and `R8`.
    private static func access(
        _ scene: GuestScene, _ id: UInt64, write value: UInt64? = nil, mask: UInt64 = ~0
    ) -> (GuestOutcome, UInt64) {
        scene.rax = UInt64((value == nil ? GuestLeafNumber.vmRd : .vmWr).rawValue)
        for (register, operand) in [(GeneralRegister.rdx, id), (.r8, value ?? 0), (.r9, mask)] {
            scene.registers[register] = operand
        }
        return (scene.call(), scene.processor[.r8])
    }
    private static let configFlags: UInt64 = 0x1110_0003_0000_0016
    private static let controls: UInt64 = 0x1110_0003_0000_0017
    private static let topology: UInt64 = 0x9100_0000_0000_0019

    @Test("what Linux does at its start works")
    func linux() throws {
        var parameters = Machine.parameters
        parameters.configFlags |= 1 << 1
        MNGInit.setTopology(&parameters)
        let scene = try GuestScene(.vmWr, [.rcx: 0], parameters: parameters)
        #expect(Self.access(scene, 0x9100_0000_0000_0010, write: 0) == (.status(.success), 0))
        #expect(Self.access(scene, Self.configFlags) == (.status(.success), 0b0110))
        #expect(Self.access(scene, Self.controls) == (.status(.success), 1))
        #expect(
            Self.access(scene, Self.controls, write: 8, mask: 8) == (.status(.metadataFieldNotWritable), 0))
        #expect(Self.access(scene, Self.topology) == (.status(.success), 1))
        #expect(Self.access(scene, Self.controls, write: 2, mask: 2) == (.status(.success), 1))
        #expect(scene.td.controls == 3)
    }

    @Test(
        "TD_CTLS changes only where the TD's configuration lets it",
        arguments: [
            (0b10, 0, 1, true), (0, 0, 1, false), (0, 1, 1, true), (0b10, 4, 4, true), (0, 2, 2, false),
        ] as [(UInt64, UInt64, UInt64, Bool)])
    func controls(flags: UInt64, value: UInt64, mask: UInt64, isTaken: Bool) throws {
        let scene = try GuestScene(.vmWr, [.rcx: 0])
        scene.td.configFlags |= flags
        let (outcome, old) = Self.access(scene, Self.controls, write: value, mask: mask)
        #expect(outcome == .status(isTaken ? .success : .metadataFieldValueNotValid))
        #expect(old == (isTaken ? 1 : 0))
        #expect(scene.td.controls == (isTaken ? 1 & ~mask | value : 1))
    }

    @Test("TDG.SYS.RDALL fails on the first thing that is wrong, and changes nothing")
    func sysRdAll() throws {
        try expectFaults(
            GuestFault.dispatch()
                + GuestFault.values(.rdx, [0x1008, 0x1800, 1 << 47 | 0x1000, 1 << 48]) + [
                    GuestFault("the identifier has reserved bits", .metadataFieldIDIncorrect) {
                        $0.registers[.r8] = 1 << 24
                    },
                    GuestFault("there is no such field", .metadataFieldIDIncorrect) {
                        $0.registers[.r8] = 0x3F << 56
                    }.variant(),
                    GuestFault("the guest may not read the field", .metadataFieldNotReadable) {
                        $0.registers[.r8] = 0x9100_0001_0000_0008
                    },
                ]
        ) { try GuestScene(.sysRdAll, [.rdx: 0x1000, .r8: ~0]) }
        let scene = try GuestScene(.sysRdAll, [.rdx: 0x1000, .r8: ~0])
        #expect(scene.call() == .status(.success))
        let header = try scene.bytes(0x1000, count: 16)
        #expect(header[8..<16] == [0, 0, 0, 0, 2, 0, 0, 8])
        scene.registers[.rdx] = 0x7000
        #expect(scene.call() == .exit(48, 2, 0, 0x7000))
    }
}

@Suite("TDCALL leaves that are not offered")
struct TDGAbsent {
    @Test(
        "are refused as unknown, whatever their version",
        arguments: [13, 17, 19, 21, 25, 26, 27, 29, 33, 0xFFFF] as [UInt16], 0...1 as ClosedRange<UInt64>)
    func refused(leaf: UInt16, version: UInt64) throws {
        let scene = try GuestScene(GuestLeafNumber(rawValue: leaf), version: version)
        let before = scene.registers
        #expect(scene.call() == .status(.operandInvalid.at(.rax)))
        for register in GeneralRegister.allCases where register != .rax {
            #expect(scene.processor[register] == before[register])
        }
    }
}

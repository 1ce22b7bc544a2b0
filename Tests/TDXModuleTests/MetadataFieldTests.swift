// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import Testing
import X86

@testable import TDXModule

/// Every field of a TD and of a vCPU, of a production and of a debug TD: read, written, listed, by each identifier.
@Suite("Fields of TDs and vCPUs")
struct MetadataFieldTests {
    struct Subject: Sendable, CustomTestStringConvertible {
        var isVCPU: Bool
        var isDebug: Bool
        var testDescription: String { (isDebug ? "debug " : "production ") + (isVCPU ? "vCPU" : "TD") }

        var rows: [MetadataRow] { isVCPU ? MetadataTable.allVCPU : MetadataTable.td }
        func readMask(_ row: MetadataRow) -> UInt64 { isDebug ? row.debug : row.production }
        func writeMask(_ row: MetadataRow) -> UInt64 { isDebug ? row.debugWrite : row.productionWrite }

        func scene(writes: Bool = false) throws -> Scene {
            var parameters = Machine.parameters
            if isDebug { parameters.attributes |= TDAttributes.debug.rawValue }
            let machine = try Machine.ready()
            let (tdr, tdvpr, _) = machine.runnable(parameters)
            return isVCPU
                ? Scene(writes ? .vpWr : .vpRd, on: machine, [.rcx: tdvpr])
                : Scene(writes ? .mngWr : .mngRd, on: machine, [.rcx: tdr])
        }
    }

    static let subjects = [false, true].flatMap { isVCPU in
        [false, true].map { Subject(isVCPU: isVCPU, isDebug: $0) }
    }

    /// Identifiers of elements: all of short rows, the first, some and the last of long ones.
    static func identifiers(_ row: MetadataRow) -> [UInt64] {
        if row.name == "CPUID_VALUES" {
            return CPUIDTable.rows.filter { !$0.raisesVE }.flatMap { entry in
                (0...1).map { row.id.rawValue | UInt64(entry.metadataCode) | $0 }
            }
        }
        let indexes =
            row.count <= 600 ? Array(0..<Int(row.count)) : [0, 1, Int(row.count) / 2, Int(row.count) - 1]
        return indexes.map { row.id(of: $0).rawValue }
    }

    @Test("are read as far as the table lets the host read", arguments: subjects)
    func read(subject: Subject) throws {
        let scene = try subject.scene()
        var (readable, hidden) = (0, 0)
        for row in subject.rows {
            let mask = subject.readMask(row)
            for id in Self.identifiers(row) {
                scene.registers.rdx = id
                scene.registers.r8 = 0xDEAD
                let result = scene.call()
                #expect(result.status == (mask == 0 ? .metadataFieldNotReadable : .success), "\(row.name)")
                #expect(result.registers.r8 & ~mask == 0, "\(row.name)")
                #expect(result.registers.rdx == id)
                if mask == 0 { hidden += 1 } else { readable += 1 }
            }
        }
        print("\(subject.testDescription): \(readable) elements read, \(hidden) refused")
        #expect(readable >= 40)
    }

    @Test(
        "are found whatever the bits say that do not count, and not with bits that must be zero",
        arguments: subjects)
    func identifiers(subject: Subject) throws {
        let scene = try subject.scene()
        var count = 0
        for row in subject.rows where subject.readMask(row) != 0 && row.name != "CPUID_VALUES" {
            scene.registers.rdx = row.id.rawValue
            let plain = scene.call()
            for bit in 0..<64 where !(0...23 ~= bit) && !(56...61 ~= bit) {
                scene.registers.rdx = row.id.rawValue ^ 1 << UInt64(bit)
                let result = scene.call()
                let counts = [32, 33, 50, 51, 52, 53, 54, 63].contains(bit)
                #expect(
                    result.status == (counts ? plain.status : .metadataFieldIDIncorrect),
                    "\(row.name), bit \(bit)")
                #expect(result.registers.r8 == (counts ? plain.registers.r8 : 0), "\(row.name), bit \(bit)")
                count += 1
            }
        }
        print("\(subject.testDescription): \(count) identifiers")
    }

    @Test("are listed one after another, all that can be read and no others", arguments: subjects)
    func iteration(subject: Subject) throws {
        let scene = try subject.scene()
        scene.version = 1
        scene.registers.rdx = ~0
        let first = scene.call()
        #expect((first.status, first.registers.r8) == (.metadataFirstFieldIDInContext, 0))
        var (ids, id): ([UInt64], UInt64) = ([], first.registers.rdx)
        while id != ~0 && ids.count < 100_000 {
            ids.append(id)
            scene.registers.rdx = id
            let result = scene.call()
            #expect(result.status == .success)
            id = result.registers.rdx
        }
        let expected = subject.rows.filter { subject.readMask($0) != 0 }.flatMap { row in
            row.name == "CPUID_VALUES"
                ? Self.identifiers(row) : (0..<Int(row.count)).map { row.id(of: $0).rawValue }
        }
        #expect(ids == expected)
        print("\(subject.testDescription): \(ids.count) elements listed")
    }

    /// Values for fields that do not take any; all others get one bit changed.
    static let values: [UInt64: UInt64] = [
        0x0024_0001_0000_0002: 0x30, 0x0024_0003_0000_2016: 0x40, 0x0024_0003_0000_203C: 0x1000,
        0x9110_0003_0000_0011: 20_000,
    ]

    @Test("are written as far as the table lets the host write, and read back so", arguments: subjects)
    func write(subject: Subject) throws {
        let scene = try subject.scene(writes: true)
        let read = Scene(subject.isVCPU ? .vpRd : .mngRd, on: scene.machine, [.rcx: scene.registers.rcx])
        var (written, refused) = (0, 0)
        for row in subject.rows {
            let mask = subject.writeMask(row)
            for id in Self.identifiers(row) {
                read.registers.rdx = id
                let old = read.call().registers.r8
                scene.registers.rdx = id
                scene.registers.r9 = ~0
                let change = mask & (0 &- mask)
                let value = Self.values[id] ?? old ^ change
                scene.registers.r8 = value
                guard mask != 0 else {
                    #expect(scene.call().status == .metadataFieldNotWritable, "\(row.name)")
                    refused += 1
                    continue
                }
                // A mask of bits that are all the module's.
                scene.registers.r9 = ~mask
                #expect(scene.call().status == .metadataFieldNotWritable, "\(row.name)")
                // A bit that is the module's changes: the read mask shows what it was.
                let foreign = ~mask & subject.readMask(row)
                if foreign != 0, Self.values[id] == nil || old != ~0 {
                    scene.registers.r9 = ~0
                    scene.registers.r8 = old ^ foreign & (0 &- foreign)
                    #expect(scene.call().status == .metadataFieldValueNotValid, "\(row.name)")
                    #expect(read.call().registers.r8 == old, "\(row.name)")
                }
                scene.registers.r8 = value
                scene.registers.r9 = id == 0x9110_0003_0000_0011 ? ~0 : Self.values[id] == nil ? change : mask
                let result = scene.call()
                #expect(result.status == .success, "\(row.name)")
                #expect(result.registers.r8 == old, "\(row.name)")
                #expect(read.call().registers.r8 == value, "\(row.name)")
                written += 1
            }
        }
        print("\(subject.testDescription): \(written) elements written, \(refused) refused")
    }

    @Test("of one vCPU are its own, and a field is no other's")
    func separate() throws {
        let machine = try Machine.ready()
        var parameters = Machine.parameters
        parameters.attributes |= 1
        let tdr = machine.td(parameters)
        let (first, second) = (machine.vcpu(tdr, id: 0), machine.vcpu(tdr, id: 1))
        // Word 0x50 of the extended state, and L2_CTLS, whose field code is the same.
        let write = Scene(
            .vpWr, on: machine, [.rcx: first, .rdx: 0x1220_0003_0000_0050, .r8: 0x1234, .r9: ~0])
        #expect(write.call().status == .success)
        #expect(machine.call(.vpRd, rcx: first, rdx: 0xA020_0003_0000_0050).registers.r8 == 0)
        #expect(machine.call(.vpRd, rcx: second, rdx: 0x1220_0003_0000_0050).registers.r8 == 0)
        #expect(machine.call(.vpRd, rcx: first, rdx: 0x1220_0003_0000_0050).registers.r8 == 0x1234)
    }

    @Test(
        "of the VMCS hold what the module has set",
        arguments: [
            (0x0000, 33 << 2), (0x4000, 0x29), (0x4002, 0x9122_0088 | 1 << 10 | 1 << 29 | 1 << 11),
            (0x4004, 1 << 18), (0x400C, 0x1F3C_9204), (0x4012, 0x003E_E004), (0x401E, 0x133C_B3FA),
            (0x4026, 33), (0x6004, 0x21), (0x6006, 0x40), (0x681E, 0xFFFF_FFF0), (0x6820, 2),
            (0x4816, 0xC09B),
            (0x2804, 0x0007_0406_0007_0406), (0x2806, 0x901),
        ] as [(UInt64, UInt64)])
    func vmcs(encoding: UInt64, value: UInt64) throws {
        let scene = try Subject(isVCPU: true, isDebug: true).scene()
        scene.registers.rdx = encoding
        let result = scene.call()
        #expect((result.status, result.registers.r8) == (.success, value))
        // The other half of a field has no identifier.
        scene.registers.rdx = encoding | 1
        #expect(scene.call().status == .metadataFieldIDIncorrect)
    }

    @Test("of the extended state are the vCPU's XMM registers", arguments: [0, 7, 15], 0...1)
    func xmm(number: Int, half: Int) throws {
        let scene = try Subject(isVCPU: true, isDebug: true).scene(writes: true)
        let processor = try #require(try scene.vcpu(scene.registers.rcx).processor)
        processor.setXMM(number, SIMD2(0x11, 0x22))
        scene.registers.rdx = 0x1220_0003_0000_0000 | UInt64(20 + 2 * number + half)
        (scene.registers.r8, scene.registers.r9) = (0x3344, ~0)
        let result = scene.call()
        #expect((result.status, result.registers.r8) == (.success, half == 0 ? 0x11 : 0x22))
        #expect(processor.xmm(number) == (half == 0 ? SIMD2(0x3344, 0x22) : SIMD2(0x11, 0x3344)))
    }

    @Test("that are pages of the TDCS show them to a debugger")
    func pages() throws {
        let scene = try Subject(isVCPU: false, isDebug: true).scene()
        let td = try scene.td(scene.registers.rcx)
        for (name, page) in [("MSR_BITMAPS", 2), ("SEPT_ROOT", 3)] {
            let row = try #require(MetadataTable.td.first { $0.name == name })
            for index in [0, 1, 511] {
                scene.registers.rdx = row.id(of: index).rawValue
                let address = PhysicalAddress(td.pages[page] + UInt64(index) * 8)
                let word: UInt64 = scene.machine.memory.load(PhysicalMemory.address(address, key: td.hkid))
                #expect(word != 0)
                #expect(scene.call().registers.r8 == word, "\(name)")
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDH.SYS.RD and RDALL")
struct SYSRd {
    static func scene(_ leaf: HostLeafNumber) throws -> Scene {
        let machine = try Machine()
        machine.initialize()
        return leaf == .sysRd
            ? Scene(leaf, on: machine, [.rdx: 0x9100_0001_0000_0008])
            : Scene(leaf, on: machine, [.rdx: machine.scratch, .r8: ~0])
    }
    static let notInitialized = Fault("the processor is not initialised", .sysLPInitNotDone) {
        $0.machine.module.system.processors[0].isInitialized = false
    }

    @Test("fails to read on the first thing that is wrong, and changes nothing")
    func failsToRead() throws {
        try expectFaults(
            SYSInit.dispatch + [Self.notInitialized] + MNGRd.fields, failing: [.rdx: ~0, .r8: 0]
        ) { try Self.scene(.sysRd) }
    }

    @Test("fails to list on the first thing that is wrong, and changes nothing")
    func failsToList() throws {
        try expectFaults(
            SYSInit.dispatch + [Self.notInitialized] + Fault.shared(.rdx, alignment: 4096) + [
                Fault("the identifier has reserved bits", .metadataFieldIDIncorrect) {
                    $0.registers.r8 = 1 << 24
                },
                Fault("there is no such field", .metadataFieldIDIncorrect) { $0.registers.r8 = 0x3F << 56 }
                    .variant(),
            ], failing: [.r8: ~0]
        ) { try Self.scene(.sysRdAll) }
    }

    @Test("tells the first field")
    func first() throws {
        let scene = try Self.scene(.sysRd)
        scene.registers.rdx = ~0
        let result = scene.call()
        #expect(result.status == .metadataFirstFieldIDInContext)
        #expect((result.registers.rdx, result.registers.r8) == (0x0000_0002_0000_0000, 0))
    }

    @Test(
        "reports what the ABI says",
        arguments: [
            ("NUM_PKGS", 1), ("PKG_FMS", 0xC06F2), ("VENDOR_ID", 0x8086), ("BUILD_DATE", 0x2024_0407),
            ("BUILD_NUM", 744), ("MINOR_VERSION", 5), ("MAJOR_VERSION", 1), ("UPDATE_VERSION", 6),
            ("INTERNAL_VERSION", 0), ("MODULE_HV", 0), ("MIN_UPDATE_HV", 0), ("SYS_ATTRIBUTES", 0),
            ("NUM_TDX_FEATURES", 1), ("TDX_FEATURES0", 0x2817_0D3C), ("NUM_CMRS", 32), ("CMR_BASE", 0),
            ("CMR_SIZE", 0x1_0000_0000), ("MAX_TDMRS", 64), ("MAX_RESERVED_PER_TDMR", 16),
            ("PAMT_4K_ENTRY_SIZE", 16), ("PAMT_2M_ENTRY_SIZE", 16), ("PAMT_1G_ENTRY_SIZE", 16),
            ("TDR_BASE_SIZE", 0x1000), ("TDCS_BASE_SIZE", 0x6000), ("TDCS_SIZE_PER_L2_VM", 0x1000),
            ("TDVPS_BASE_SIZE", 0x6000), ("TDVPS_SIZE_PER_L2_VM", 0x3000),
            ("ATTRIBUTES_FIXED0", 0x8000_0000_7001_0001), ("ATTRIBUTES_FIXED1", 0), ("XFAM_FIXED0", 0x1807),
            ("XFAM_FIXED1", 3), ("NUM_CPUID_CONFIG", 18), ("CONFIG_FLAGS_FIXED0", 0xF),
            ("CONFIG_FLAGS_FIXED1", 0), ("MAX_VCPUS_PER_TD", 576), ("MIN_VIRT_MAXPA", 45),
            ("CPUID_CONFIG_LEAVES", 0xFFFF_FFFF_0000_0001),
            ("IA32_ARCH_CAPABILITIES_CONFIG_MASK", 0x0118_0010), ("MAX_SERV_TDS", 1),
            ("SERVTD_ATTR_FIXED0", 0x0000_07FF_0000_0001), ("SERVTD_ATTR_FIXED1", 0),
            ("GUEST_L2_GPA_ATTR_MASK", 0x807F), ("VM_CTLS_FIXED0", 1), ("VM_CTLS_FIXED1", 0),
            ("VPCU_L2_CTLS_FIXED0", 3), ("VCPU_L2_CTLS_FIXED1", 0), ("VPCU_L2_DEBUG_CTLS_FIXED0", 7),
            ("VCPU_L2_DEBUG_CTLS_FIXED1", 0), ("MAX_MIGS", 512), ("MIN_EXPORT_VERSION", 0),
            ("MAX_EXPORT_VERSION", 0), ("MIN_IMPORT_VERSION", 0), ("MAX_IMPORT_VERSION", 0),
        ] as [(String, UInt64)])
    func value(name: String, value: UInt64) throws {
        let scene = try Self.scene(.sysRd)
        let row = try #require(MetadataTable.system.first { $0.name == name })
        scene.registers.rdx = row.id.rawValue
        let result = scene.call()
        #expect((result.status, result.registers.r8) == (.success, value))
        #expect(result.registers.rcx == scene.registers.rcx)
    }

    @Test("ends arrays as the ABI says: no more CMRs, no more leaves")
    func arrays() throws {
        let machine = try Self.scene(.sysRd).machine
        func read(_ id: UInt64) -> UInt64 { machine.call(.sysRd, rdx: id).registers.r8 }
        #expect(
            [read(0x9000_0003_0000_0081), read(0x9000_0003_0000_0101), read(0x9000_0003_0000_011F)] == [
                0, 0, 0,
            ])
        #expect(read(0x9900_0003_0000_0411) == 0x0000_0005_0000_001F)
        #expect(read(0x9900_0003_0000_0412) == ~0)
        #expect(read(0x9900_0003_0000_0524) == 0)
        let mask = machine.module.cpuidConfigurationMask(5)
        #expect(read(0x9900_0003_0000_050A) == UInt64(mask.eax) | UInt64(mask.ebx) << 32)
        #expect(read(0x9900_0003_0000_050B) == UInt64(mask.ecx) | UInt64(mask.edx) << 32)
    }

    // MARK: Lists

    /// The elements of a list: identifiers and values.
    static func elements(_ machine: Machine, at address: UInt64) throws -> [(id: UInt64, value: UInt64)] {
        func word(_ index: UInt64) -> UInt64 { machine.memory.load(PhysicalAddress(address + index * 8)) }
        let header = word(0)
        #expect(header[bits: 32...63] == 0)
        var result: [(UInt64, UInt64)] = []
        var position: UInt64 = 1
        for _ in 0..<header[bits: 16...31] {
            let sequence = MetadataFieldID(word(position))
            position += 1
            let row = try #require(
                MetadataTable.system.first {
                    $0.index(of: MetadataFieldID(sequence.rawValue & ~(0x1FFF << 34))) != nil
                })
            #expect(sequence.lastElement + 1 == UInt64(row.elements))
            let first = sequence.rawValue & ~(0x1FFF << 34)
            for index in 0..<(sequence.lastElement + 1) * (sequence.lastField + 1) {
                result.append((first + index, word(position)))
                position += 1
            }
        }
        #expect(header[bits: 0...15] == position * 8)
        #expect(position <= 512)
        return result
    }

    @Test("lists, in as many pages as it takes, what reading one by one gives")
    func list() throws {
        let scene = try Self.scene(.sysRdAll)
        let machine = scene.machine
        var listed: [(id: UInt64, value: UInt64)] = []
        var pages = 0
        repeat {
            let result = scene.call()
            pages += 1
            listed += try Self.elements(machine, at: machine.scratch)
            #expect(result.status == (result.registers.r8 == ~0 ? .success : .metadataListOverflow))
            #expect(result.registers.rdx == scene.registers.rdx)
            scene.registers.r8 = result.registers.r8
        } while scene.registers.r8 != ~0 && pages < 16
        var read: [(id: UInt64, value: UInt64)] = []
        var id = machine.call(.sysRd, rdx: ~0).registers.rdx
        while id != ~0 && read.count < 4096 {
            let result = machine.call(.sysRd, rdx: id)
            #expect(result.status == .success)
            read.append((id, result.registers.r8))
            id = result.registers.rdx
        }
        #expect(listed.map(\.id) == read.map(\.id))
        #expect(listed.map(\.value) == read.map(\.value))
        #expect(read.count == MetadataTable.system.reduce(0) { $0 + Int($1.count) })
        print("TDH.SYS.RDALL: \(read.count) elements in \(pages) pages")
    }

    @Test("lists from any field on")
    func listFrom() throws {
        let scene = try Self.scene(.sysRdAll)
        scene.registers.r8 = 0xA200_0003_0000_0003
        #expect(scene.call().status == .success)
        let ids = try Self.elements(scene.machine, at: scene.machine.scratch).map(\.id)
        #expect(ids == (3...6).map { 0xA200_0003_0000_0000 + $0 })
    }
}

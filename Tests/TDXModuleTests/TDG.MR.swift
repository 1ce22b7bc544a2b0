// SPDX-License-Identifier: Apache-2.0

import Crypto
import PhysicalMemory
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDG.MR.REPORT, TDG.MR.RTMR.EXTEND and TDG.MR.VERIFYREPORT")
struct TDGMR {
    private static let shared: UInt64 = 1 << 47

    /// REPORTDATA at 0x1040; the report goes to 0x1400.
    static func report() throws -> GuestScene {
        let scene = try GuestScene(.mrReport, [.rcx: 0x1400, .rdx: 0x1040, .r8: 0])
        try scene.write(0x1040, Array(1...64))
        return scene
    }

    @Test("TDG.MR.REPORT fails on the first thing that is wrong, and changes nothing")
    func reportFails() throws {
        // The address of the report is looked up last; what is wrong with it as a number is found first.
        try expectFaults(
            GuestFault.dispatch() + GuestFault.values(.rcx, [0x1200, 0x1401, 0x1408])
                + GuestFault.values(.rdx, [0x1020, 0x1041, 1 << 48, 1 << 52 | 0x1040])
                + GuestFault.values(.r8, [1, ~0]) + [
                    GuestFault("the RTMRs are locked", .operandBusy.at(.rtmr)) {
                        guard $0.td.rtmrLock.tryHolding() else { throw SceneError.busy }
                    },
                    GuestFault("the report's address is too wide", .operandInvalid.at(.rcx)) {
                        $0.registers[.rcx] = 1 << 50
                    },
                ], Self.report)
    }

    @Test("TDG.MR.REPORT writes every field as the specification lays it out")
    func report() throws {
        let scene = try Self.report()
        scene.td.rtmr = (0..<4).map { Digest384(repeatElement(UInt8(0x10 + $0), count: 48)) }
        scene.td.mrConfigID = Digest384(repeatElement(0x21, count: 48))
        scene.td.mrOwner = Digest384(repeatElement(0x22, count: 48))
        scene.td.mrOwnerConfig = Digest384(repeatElement(0x23, count: 48))
        let page = try scene.memory.entry(0x1000, level: 0) & 0x3FFF_FFFF_F000
        expectEffects(scene, [Snapshot.contents(page)])
        let bytes = try scene.bytes(0x1400, count: 1024)
        func part(_ offset: Int, _ count: Int) -> [UInt8] { Array(bytes[offset..<offset + count]) }
        func hash(_ bytes: [UInt8]) -> [UInt8] { Array(SHA384.hash(data: bytes)) }
        // REPORTMACSTRUCT
        #expect(part(0, 4) == [0x81, 0, 0, 0])
        #expect(part(4, 12).allSatisfy { $0 == 0 })
        #expect(part(16, 16) == scene.machine.module.reportKey.cpuSVN)
        #expect(part(32, 48) == hash(part(256, 239)))
        #expect(part(80, 48) == hash(part(512, 512)))
        #expect(part(128, 64) == Array(1...64))
        #expect(part(192, 32).allSatisfy { $0 == 0 })
        let key = SymmetricKey(data: [UInt8](repeating: 7, count: 32))
        #expect(part(224, 32) == Array(HMAC<SHA256>.authenticationCode(for: part(0, 224), using: key)))
        // TEE_TCB_INFO
        #expect(part(256, 8) == [0xFF, 0x01, 0x03, 0, 0, 0, 0, 0])
        #expect(part(264, 16) == [5, 1] + [UInt8](repeating: 0, count: 14))
        #expect(part(280, 48) == hash(Array("Seamless TDX module 1.5.06".utf8)))
        #expect(part(328, 48).allSatisfy { $0 == 0 })
        #expect(part(376, 8).allSatisfy { $0 == 0 })
        #expect(part(384, 16) == part(264, 16))
        #expect(part(400, 112).allSatisfy { $0 == 0 })
        // TDINFO
        #expect(part(512, 8) == [0, 0, 0, 0x10, 0, 0, 0, 0])
        #expect(part(520, 8) == [3, 0, 0, 0, 0, 0, 0, 0])
        #expect(part(528, 48) == scene.td.mrTD.bytes && scene.td.mrTD != .zero)
        #expect(part(576, 48).allSatisfy { $0 == 0x21 })
        #expect(part(624, 48).allSatisfy { $0 == 0x22 })
        #expect(part(672, 48).allSatisfy { $0 == 0x23 })
        for index in 0..<4 {
            #expect(part(720 + 48 * index, 48).allSatisfy { $0 == UInt8(0x10 + index) })
        }
        #expect(part(912, 112).allSatisfy { $0 == 0 })
    }

    @Test("a memory operand that is not there ends the call without a status, to be made again")
    func missing() throws {
        for (leaf, register, address, bit) in [
            (GuestLeafNumber.mrReport, GeneralRegister.rdx, 0x7000, 1), (.mrReport, .rcx, 0x7400, 2),
            (.mrRTMRExtend, .rcx, 0x7040, 1), (.mrVerifyReport, .rcx, 0x7100, 1),
        ] as [(GuestLeafNumber, GeneralRegister, UInt64, UInt64)] {
            for state in EntryState.all where !state.isNonLeaf {
                let isRead = bit == 1
                if state.permissions & bit != 0 { continue }
                for disabled in [true, false] {
                    let scene = try Self.report()
                    scene.rax = UInt64(leaf.rawValue)
                    if leaf != .mrReport { scene.registers[.rdx] = 0 }
                    scene.registers[register] = address
                    try scene.memory.place(state.state, at: 0x7000)
                    scene.td.controls = disabled ? 1 : 0
                    let isPending = state.state == .pending || state.state == .pendingExportedDirty
                    let outcome = scene.call()
                    let comment: Comment = "\(leaf.rawValue), \(state.name)"
                    if isPending && !disabled {
                        #expect(outcome == .exception(20), comment)
                        let information = scene.machine.module.takeVirtualizationException(scene.vcpu)
                        #expect(information?.exitReason == 48)
                        #expect(information?.guestPhysicalAddress == address)
                        #expect(information?.guestLinearAddress == 0)
                    } else {
                        #expect(
                            outcome
                                == .exit(
                                    48, (isRead ? 1 : 2) | state.permissions << 3, isPending ? 6 : 0, 0x7000),
                            comment)
                    }
                    #expect(scene.processor[.rip] == GuestScene.rip)
                    #expect(scene.processor[.rax] == scene.rax)
                }
            }
        }
    }

    @Test("REPORTDATA and report may be shared; the host then sees the report, which verifies")
    func sharedReport() throws {
        let scene = try Self.report()
        let memory = scene.machine.memory
        let root: UInt64 = 0x50_0000
        scene.vcpu.sharedEPTPointer = root
        for level in 0..<3 as Range<UInt64> {
            memory.store(PhysicalAddress(root + level * 0x1000), (root + (level + 1) * 0x1000) | 7)
        }
        let page = PhysicalAddress(root + 0x3000 + 9 * 8)
        memory.store(page, UInt64(0x60_0000) | 0x37)
        memory.write(PhysicalAddress(0x60_0000), [UInt8](repeating: 9, count: 64))
        scene.registers[.rcx] = Self.shared | 0x9400
        scene.registers[.rdx] = Self.shared | 0x9000
        #expect(scene.call() == .status(.success))
        let report = try #require(TDReport(memory.read(PhysicalAddress(0x60_0400), count: 1024)))
        #expect(report.mac.reportData == [UInt8](repeating: 9, count: 64))
        #expect(scene.machine.module.reportKey.verifies(report.mac))
        // Read-only for the report; not there; a private key in the host's table.
        memory.store(page, UInt64(0x60_0000) | 0x35 | 1 << 63)
        #expect(scene.call() == .exit(48, 2 | 5 << 3, 0, Self.shared | 0x9000))
        #expect(scene.machine.enter(scene.tdvpr) != nil)
        memory.store(page, UInt64(0))
        #expect(scene.call() == .exception(20))
        _ = scene.machine.module.takeVirtualizationException(scene.vcpu)
        memory.store(page, UInt64(0x60_0000) | 0x37 | Machine.key << 46)
        #expect(scene.call() == .exit(49, 0, 0, Self.shared | 0x9000))
    }

    @Test(
        "an entry of the Shared EPT that no processor takes ends the call as an EPT misconfiguration",
        arguments: [
            (3, 0x50_1000 | 0x87), (3, 0x50_1000 | 0x0F), (2, 0x50_2000 | 0x17), (2, 0x60_0000 | 0xB7),
            (1, 0x60_1000 | 0xB7), (1, 0x50_3000 | 0x47), (0, 0x60_0000 | 0x32), (0, 0x60_0000 | 0x17),
            (0, 0x60_0000 | 0x3F), (0, 0x60_0000 | 0x37 | 32 << 46), (1, 0x50_3000 | 7 | 33 << 46),
            (3, 0x50_1000 | 7 | 33 << 46),
        ] as [(UInt64, UInt64)])
    func misconfigured(level: UInt64, entry: UInt64) throws {
        let scene = try Self.report()
        let memory = scene.machine.memory
        let root: UInt64 = 0x50_0000
        scene.vcpu.sharedEPTPointer = root
        for table in 0..<3 as Range<UInt64> {
            memory.store(PhysicalAddress(root + table * 0x1000), (root + (table + 1) * 0x1000) | 7)
        }
        memory.store(PhysicalAddress(root + 0x3000), UInt64(0x60_0000) | 0x37)
        scene.registers[.rdx] = Self.shared
        memory.store(PhysicalAddress(root + (3 - level) * 0x1000), entry)
        #expect(scene.call() == .exit(49, 0, 0, Self.shared))
        #expect(scene.processor[.rip] == GuestScene.rip)
    }

    @Test("TDG.MR.RTMR.EXTEND fails on the first thing that is wrong, and changes nothing")
    func extendFails() throws {
        try expectFaults(
            GuestFault.dispatch()
                + GuestFault.values(.rcx, [0x1020, 0x1041, Self.shared | 0x1040, 1 << 48, 1 << 63 | 0x1040])
                + GuestFault.values(.rdx, [4, 5, ~0, 1 << 32]) + [
                    GuestFault("the RTMRs are locked", .operandBusy.at(.rtmr)) {
                        guard $0.td.rtmrLock.tryHolding() else { throw SceneError.busy }
                    }
                ]
        ) { try GuestScene(.mrRTMRExtend, [.rcx: 0x1040, .rdx: 2]) }
    }

    @Test(
        "TDG.MR.RTMR.EXTEND hashes the register with 48 bytes, each register on its own",
        arguments: 0...3 as ClosedRange<UInt64>)
    func extend(index: UInt64) throws {
        let scene = try GuestScene(.mrRTMRExtend, [.rcx: 0x1040, .rdx: index])
        try scene.write(0x1040, Array(0..<48))
        expectEffects(scene, [Snapshot.td(scene.tdr, "measurement")])
        var expected = Array(SHA384.hash(data: [UInt8](repeating: 0, count: 48) + Array(0..<48)))
        #expect(scene.td.rtmr[Int(index)].bytes == expected)
        expectEffects(scene, [Snapshot.td(scene.tdr, "measurement")])
        expected = Array(SHA384.hash(data: expected + Array(0..<48)))
        for other in 0..<4 {
            #expect(
                scene.td.rtmr[other].bytes == (other == index ? expected : [UInt8](repeating: 0, count: 48)))
        }
    }

    /// A report of this platform at 0x1400.
    static func verification() throws -> GuestScene {
        let scene = try report()
        #expect(scene.call() == .status(.success))
        scene.rax = UInt64(GuestLeafNumber.mrVerifyReport.rawValue)
        scene.registers[.rcx] = 0x1400
        return scene
    }

    @Test("TDG.MR.VERIFYREPORT knows reports of this platform, and every change to one")
    func verify() throws {
        let scene = try Self.verification()
        for operand in [0x1480, 0x1401, Self.shared | 0x1400, 1 << 48] as [UInt64] {
            scene.registers[.rcx] = operand
            #expect(scene.call() == .status(.operandInvalid.at(.rcx)))
        }
        scene.registers[.rcx] = 0x1400
        expectEffects(scene, [])
        let bytes = try scene.bytes(0x1400, count: 256)
        for index in bytes.indices {
            var spoiled = bytes
            spoiled[index] ^= 0x40
            try scene.write(0x1400, spoiled)
            let status: TDXStatus = 16..<32 ~= index ? .invalidCPUSVN : .invalidREPORTMACSTRUCT
            #expect(scene.call() == .status(status), "byte \(index)")
        }
    }
}

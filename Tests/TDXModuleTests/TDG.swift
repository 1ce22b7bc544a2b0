// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDCALL")
struct GuestCallTests {
    @Test("Needs CPL 0 and 64-bit mode; unknown leaves and versions are refused")
    func dispatch() throws {
        let guest = try GuestFixture()
        #expect(guest.call(GuestLeafNumber(rawValue: 99)) == .operandInvalid.at(.rax))
        #expect(guest.call(.vpInfo, version: 1) == .operandInvalid.at(.rax))
        guest.processor[.rax] = 1 << 32 | 1
        _ = guest.exit(.tdcall, length: 4)
        #expect(guest.processor[.rax] == TDXStatus.operandInvalid.at(.rax).rawValue)
        guest.processor[.ss].accessRights |= 3 << 5
        #expect(guest.call(.vpInfo) == nil)
        #expect(guest.injected == 13)
    }

    @Test("TDG.VP.VMCALL leaves with the mask, and refuses registers that cannot be passed")
    func vmcall() throws {
        let guest = try GuestFixture()
        for mask: UInt64 in [1, 2, 1 << 4, 1 << 5, 1 << 32] {
            #expect(guest.call(.vpVMCall, rcx: mask) == .operandInvalid.at(.rcx))
        }
        guest.processor[.rax] = 0
        guest.processor[.rcx] = 0xFFCC
        let rip = guest.processor[.rip]
        guard case .vmcall = guest.exit(.tdcall, length: 4) else {
            Issue.record("The call did not go to the host.")
            return
        }
        #expect(guest.vcpu.vmcallMask == 0xFFCC)
        #expect(guest.processor[.rip] == rip + 4)
    }

    @Test("TDG.VP.INFO")
    func info() throws {
        let guest = try GuestFixture()
        #expect(guest.call(.vpInfo) == .success)
        #expect(guest.processor[.rcx] == 48)
        #expect(guest.processor[.rdx] == 1 << 28)
        #expect(guest.processor[.r8] == 8 << 32 | 2)
        #expect(guest.processor[.r9] == 1)
        #expect(guest.processor[.r10] == 1)
    }

    @Test("TDG.VP.VEINFO.GET takes the information once")
    func veInfo() throws {
        let guest = try GuestFixture()
        #expect(guest.call(.vpVEInfoGet, rcx: 7) == .noValidVEInfo)
        #expect(guest.processor[.rcx] == 0)
        _ = guest.exit(.ioInstruction, qualification: 0x3F8_0008, length: 1)
        #expect(guest.call(.vpVEInfoGet) == .success)
        #expect(guest.processor[.rcx] == 30)
        #expect(guest.processor[.rdx] == 0x3F8_0008)
        #expect(guest.processor[.r10] == 1)
        #expect(guest.call(.vpVEInfoGet) == .noValidVEInfo)
    }

    @Test("TDG.MR.RTMR.EXTEND: operand first, then index")
    func rtmr() throws {
        let guest = try GuestFixture()
        guest.map(0x3000)
        #expect(guest.call(.mrRTMRExtend, rcx: 0x3008, rdx: 9) == .operandInvalid.at(.rcx))
        #expect(guest.call(.mrRTMRExtend, rcx: 1 << 47 | 0x3000) == .operandInvalid.at(.rcx))
        #expect(guest.call(.mrRTMRExtend, rcx: 1 << 49) == .operandInvalid.at(.rcx))
        #expect(guest.leave(.mrRTMRExtend, rcx: 0x4000, rdx: 9)?.reason == 48)
        #expect(guest.call(.mrRTMRExtend, rcx: 0x3000, rdx: 4) == .operandInvalid.at(.rdx))
        #expect(guest.td.rtmrLock.tryHolding())
        #expect(guest.call(.mrRTMRExtend, rcx: 0x3000, rdx: 2) == .operandBusy.at(.rtmr))
        guest.td.rtmrLock.unlock()
        guest.module.memory.write(guest.keyed(0x40_0040), Array(0..<48))
        #expect(guest.call(.mrRTMRExtend, rcx: 0x3040, rdx: 2) == .success)
        #expect(guest.td.rtmr[2] == Digest384().extended(with: Array(0..<48)))
        #expect(guest.td.rtmr[0] == .zero)
    }

    @Test("TDG.MR.REPORT writes a report that verifies")
    func report() throws {
        let guest = try GuestFixture()
        guest.map(0x3000)
        guest.td.mrTD = Digest384(repeatElement(0xAB, count: 48))
        guest.module.memory.write(guest.keyed(0x40_0000), Array(1...64))
        #expect(guest.call(.mrReport, rcx: 0x3200, rdx: 0x3000) == .operandInvalid.at(.rcx))
        #expect(guest.call(.mrReport, rcx: 0x3400, rdx: 0x3001) == .operandInvalid.at(.rdx))
        #expect(guest.leave(.mrReport, rcx: 0x3400, rdx: 0x4000, r8: 1)?.guestPhysicalAddress == 0x4000)
        #expect(guest.call(.mrReport, rcx: 0x3400, rdx: 0x3000, r8: 1) == .operandInvalid.at(.r8))
        #expect(guest.leave(.mrReport, rcx: 0x5400, rdx: 0x3000)?.qualification == 2)
        #expect(guest.call(.mrReport, rcx: 0x3400, rdx: 0x3000) == .success)
        let report = try #require(TDReport(guest.module.memory.read(guest.keyed(0x40_0400), count: 1024)))
        #expect(report.mac.reportData == Array(1...64))
        #expect(report.tdInfo.mrTD == guest.td.mrTD)
        #expect(report.tdInfo.attributes == 1 << 28)
        #expect(guest.module.reportKey.verifies(report.mac))
        #expect(guest.call(.mrVerifyReport, rcx: 0x3400) == .success)
        guest.module.memory.write(guest.keyed(0x40_0480), [0xFF])
        #expect(guest.call(.mrVerifyReport, rcx: 0x3400) == .invalidREPORTMACSTRUCT)
        guest.module.memory.write(guest.keyed(0x40_0410), [0xFF])
        #expect(guest.call(.mrVerifyReport, rcx: 0x3400) == .invalidCPUSVN)
    }

    @Test("A shared operand goes through the Shared EPT")
    func sharedOperand() throws {
        let guest = try GuestFixture()
        guest.map(0x3000)
        let memory = guest.module.memory
        let shared: UInt64 = 1 << 47 | 0x6000
        guest.vcpu.sharedEPTPointer = 0x50_0000
        #expect(guest.call(.mrReport, rcx: shared, rdx: 0x3000) == nil)
        #expect(guest.injected == 20)
        #expect(guest.veInfo?.guestPhysicalAddress == shared)
        memory.store(PhysicalAddress(0x50_0000), UInt64(1) << 63)
        #expect(guest.leave(.mrReport, rcx: shared, rdx: 0x3000)?.reason == 48)
        for table: UInt64 in [0x50_0000, 0x50_1000, 0x50_2000] {
            memory.store(PhysicalAddress(table), (table + 0x1000) | 7)
        }
        memory.store(PhysicalAddress(0x50_3030), UInt64(0x60_0000) | 0x37)
        #expect(guest.call(.mrReport, rcx: shared, rdx: 0x3000) == .success)
        #expect(TDReport(memory.read(PhysicalAddress(0x60_0000), count: 1024))?.mac.reportType == 0x81)
    }
}

@Suite("TDG.MEM.PAGE.ACCEPT")
struct PageAccept {
    @Test("Clears a pending page and maps it")
    func accepts() throws {
        let guest = try GuestFixture()
        guest.map(0x3000, .pending)
        guest.module.memory.write(PhysicalAddress(0x40_0000), [1, 2, 3])
        #expect(guest.call(.memPageAccept, rcx: 0x3000) == .success)
        #expect(guest.state(0x3000) == .mapped)
        #expect(guest.module.memory.read(guest.keyed(0x40_0000), count: 3) == [0, 0, 0])
        #expect(guest.call(.memPageAccept, rcx: 0x3000) == .pageAlreadyAccepted)
    }

    @Test("Clears all of a large page")
    func acceptsLarge() throws {
        let guest = try GuestFixture()
        guest.mapLarge(.pending)
        let host = guest.leave(.memPageAccept, rcx: 0x20_1000)
        #expect(host?.extendedQualification == 1 | UInt64(0 | 1 << 3 | 2 << 6 | 1 << 14) << 32)
        #expect(guest.call(.memPageAccept, rcx: 0x20_0001) == .success)
        #expect(guest.module.memory.owner(of: PhysicalAddress(0x9F_F000)) == GuestFixture.key)
        #expect(guest.call(.memPageAccept, rcx: 0x20_1000) == .pageAlreadyAccepted.with(1))
        #expect(guest.call(.memPageAccept, rcx: 0x20_0001) == .pageAlreadyAccepted.with(1))
    }

    @Test(
        "Refuses bad operands",
        arguments: [0x3002, 0x3008, 0x3001, 1 << 47, 1 << 48, 1 << 52, 0x4000_0002] as [UInt64])
    func refuses(_ operand: UInt64) throws {
        let guest = try GuestFixture()
        guest.map(0x3000, .pending)
        #expect(guest.call(.memPageAccept, rcx: operand) == .operandInvalid.at(.rcx))
        #expect(guest.state(0x3000) == .pending)
    }

    @Test("Other states: a size mismatch, or an exit that tells what is wanted")
    func states() throws {
        let guest = try GuestFixture()
        #expect(guest.call(.memPageAccept, rcx: 1) == .pageSizeMismatch.with(1))
        let free = guest.leave(.memPageAccept, rcx: 0x3000)
        #expect(free?.reason == 48)
        #expect(free?.qualification == 2)
        #expect(free?.guestPhysicalAddress == 0x3000)
        #expect(free?.extendedQualification == 1)
        let missing = guest.leave(.memPageAccept, rcx: 0x4000_0001)
        #expect(missing?.extendedQualification == 1 | UInt64(1 | 2 << 3) << 32)
        guest.map(0x3000, .blocked)
        #expect(
            guest.leave(.memPageAccept, rcx: 0x3000)?.extendedQualification == 1 | UInt64(1 << 6 | 1 << 14)
                << 32)
    }
}

@Suite("Metadata")
struct MetadataTests {
    @Test("What Linux does at its start")
    func linux() throws {
        let guest = try GuestFixture(configFlags: 0b0110)
        #expect(guest.call(.vmWr, rdx: 0x9100_0000_0000_0010, r8: 0, r9: ~0) == .success)
        #expect(guest.call(.vmRd, rdx: 0x1110_0003_0000_0016) == .success)
        #expect(guest.processor[.r8] == 0b0110)
        #expect(guest.call(.vmRd, rdx: 0x1110_0003_0000_0017) == .success)
        #expect(guest.processor[.r8] == 1)
        #expect(guest.call(.vmWr, rdx: 0x1110_0003_0000_0017, r8: 8, r9: 8) == .metadataFieldNotWritable)
        #expect(guest.call(.vmRd, rdx: 0x9100_0000_0000_0019) == .success)
        #expect(guest.processor[.r8] == 1)
        #expect(guest.call(.vmWr, rdx: 0x1110_0003_0000_0017, r8: 2, r9: 2) == .success)
        #expect(guest.td.controls == 3)
    }

    @Test("TD_CTLS changes only where the TD's configuration lets it")
    func controls() throws {
        let guest = try GuestFixture()
        #expect(
            guest.call(.vmWr, rdx: 0x1110_0003_0000_0017, r8: 0, r9: 1) == .metadataFieldValueNotValid)
        guest.td.isTopologyConfigured = false
        #expect(
            guest.call(.vmWr, rdx: 0x1110_0003_0000_0017, r8: 2, r9: 2) == .metadataFieldValueNotValid)
        #expect(guest.td.controls == 1)
    }

    @Test(
        "Identifiers, and who may read what",
        arguments: [
            (0x1310_0003_0000_0000, .success), (0x1300_0000_0000_0000, .success),
            (0x1310_0003_0100_0000, .metadataFieldIDIncorrect),
            (0x1310_0007_0000_0000, .metadataFieldIDIncorrect),
            (0x1310_0003_0000_0006, .metadataFieldIDIncorrect),
            (0x5310_0003_0000_0000, .metadataFieldIDIncorrect),
            (0x8110_0001_0000_0001, .metadataFieldNotReadable),
            (0x9410_0003_0000_0000, .metadataFieldIDIncorrect),
        ] as [(UInt64, TDXStatus)])
    func identifiers(_ id: UInt64, _ status: TDXStatus) throws {
        let guest = try GuestFixture()
        #expect(guest.call(.vmRd, rdx: id) == status)
        #expect(guest.call(.vmRd, rcx: 1, rdx: id) == .operandInvalid.at(.rcx))
    }

    @Test("Reading from the null identifier lists every readable field of each context")
    func enumeration() throws {
        let guest = try GuestFixture()
        for (context, least) in [
            (MetadataContext.system(isGuest: false), 300), (.system(isGuest: true), 8),
            (.td(guest.td, isGuest: false), 700), (.td(guest.td, isGuest: true), 30),
            (.vcpu(guest.vcpu, isGuest: false), 20), (.vcpu(guest.vcpu, isGuest: true), 100),
        ] {
            var seen: Set<UInt64> = []
            var id = guest.module.nextMetadata(context, after: .null)
            while id != .null {
                #expect(throws: Never.self) { try guest.module.readMetadata(context, id) }
                guard seen.insert(id.rawValue).inserted else {
                    Issue.record("The enumeration comes back to \(String(id.rawValue, radix: 16)).")
                    break
                }
                id = guest.module.nextMetadata(context, after: id)
            }
            #expect(seen.count >= least)
        }
        #expect(guest.call(.sysRd, rdx: ~0) == .metadataFirstFieldIDInContext)
        #expect(guest.processor[.rdx] == 0x0800_0002_0000_0000)
        #expect(guest.call(.sysRd, rdx: 0x0800_0002_0000_0000) == .success)
        #expect(guest.processor[.r8] == 0x8086)
        #expect(guest.processor[.rdx] == 0x0800_0001_0000_0003)
    }

    @Test("TDG.SYS.RDALL gives a list")
    func list() throws {
        let guest = try GuestFixture()
        guest.map(0x3000)
        #expect(guest.call(.sysRdAll, rdx: 0x3008, r8: ~0) == .operandInvalid.at(.rdx))
        #expect(guest.call(.sysRdAll, rdx: 0x3000, r8: ~0) == .success)
        #expect(guest.processor[.r8] == ~0)
        let header: UInt64 = guest.module.memory.load(guest.keyed(0x40_0000))
        #expect(header & 0xFFFF > 64)
        let first: UInt64 = guest.module.memory.load(guest.keyed(0x40_0008))
        #expect(first == 0x0800_0002_0000_0000)
        let value: UInt64 = guest.module.memory.load(guest.keyed(0x40_0010))
        #expect(value == 0x8086)
    }

    @Test("What KVM writes to a vCPU takes effect in its processor")
    func kvm() throws {
        let guest = try GuestFixture()
        let context = MetadataContext.vcpu(guest.vcpu, isGuest: false)
        func write(_ id: UInt64, _ value: UInt64, _ mask: UInt64 = ~0) -> TDXStatus {
            do throws(TDXStatus) {
                _ = try guest.module.writeMetadata(context, MetadataFieldID(id), value: value, mask: mask)
                return .success
            } catch { return error }
        }
        #expect(write(0x4000, 0x80, 0x80).withoutDetails == .tdVMCSFieldNotInitialized)
        #expect(write(0x0002, 0x100, 0xFFFF) == .metadataFieldValueNotValid)
        #expect(write(0x0002, 0xF2, 0xFFFF) == .success)
        #expect(write(0x2016, 0x1_0001) == .metadataFieldValueNotValid)
        #expect(write(0x2016, UInt64(40) << 46) == .metadataFieldValueNotValid)
        #expect(write(0x2016, 0x1_0040) == .success)
        #expect(guest.processor.configuration.postedInterrupts == nil)
        #expect(write(0x4000, 0x80, 0x80) == .success)
        #expect(guest.processor.configuration.postedInterrupts == PhysicalAddress(0x1_0040))
        #expect(guest.processor.configuration.postedInterruptVector == 0xF2)
        #expect(write(0x203C, 0x77_7000, 0x000F_FFFF_FFFF_F000) == .success)
        #expect(guest.processor.configuration.sharedEPTRoot == PhysicalAddress(0x77_7000))
        #expect(guest.processor.flushes == 1)
        #expect(write(0x681E, 0) == .metadataFieldNotWritable)
        guest.processor.hasPendingVirtualInterrupt = true
        #expect(try guest.module.readMetadata(context, MetadataFieldID(0x9100_0000_0000_0100)) == 1)
    }

    @Test("KVM_TDX_GET_CPUID finds every leaf that has a value")
    func cpuidValues() throws {
        let guest = try GuestFixture()
        let context = MetadataContext.td(guest.td, isGuest: false)
        func read(_ leaf: UInt64, _ subleaf: UInt64?, _ half: UInt64) throws(TDXStatus) -> UInt64 {
            let code =
                half | (subleaf ?? 0x7F) << 1 | (subleaf == nil ? 1 << 8 : 0) | (leaf & 0x7F) << 9
                | (leaf >> 31) << 16
            return try guest.module.readMetadata(context, MetadataFieldID(0x9400_0000_0000_0000 | code))
        }
        #expect(try read(0x21, 0, 0) == 0x6574_6E49_0000_0000)
        #expect(try read(0x21, 0, 1) == 0x5844_546C_2020_2020)
        #expect(try read(0x8000_0008, nil, 0) & 0xFFFF == 0x3034)
        #expect(throws: TDXStatus.metadataFieldNotReadable) { try read(6, nil, 0) }
        #expect(throws: TDXStatus.metadataFieldIDIncorrect) { try read(9, nil, 0) }
    }
}

// SPDX-License-Identifier: Apache-2.0

import TDXABI
import Testing
import X86

@Suite("TDX structures")
struct TDXStructureTests {
    @Test("TD_PARAMS has its fields where the specification has them")
    func tdParams() {
        var parameters = TDParams()
        parameters.attributes = 0x0102_0304_0506_0708
        parameters.xfam = 3
        parameters.maxVCPUs = 0x1122
        parameters.numL2VMs = 1
        parameters.msrConfigControls = 2
        parameters.eptpControls = 0x1E
        parameters.configFlags = 4
        parameters.tscFrequency = 0x3344
        parameters.mrConfigID = Digest384([1])
        parameters.mrOwner = Digest384([2])
        parameters.mrOwnerConfig = Digest384([3])
        parameters.archCapabilitiesConfig = 0x10
        parameters.cpuidValues[1] = CPUIDValues(eax: 5, ebx: 6, ecx: 7, edx: 8)
        let bytes = parameters.bytes
        #expect(bytes.count == TDParams.size)
        #expect(bytes[0] == 8 && bytes[7] == 1)
        #expect(bytes[8] == 3)
        #expect(bytes[16] == 0x22 && bytes[17] == 0x11)
        #expect(bytes[18] == 1 && bytes[19] == 2)
        #expect(bytes[24] == 0x1E)
        #expect(bytes[32] == 4)
        #expect(bytes[40] == 0x44)
        #expect(bytes[80] == 1 && bytes[128] == 2 && bytes[176] == 3)
        #expect(bytes[224] == 0x10)
        #expect(bytes[272] == 5 && bytes[276] == 6 && bytes[280] == 7 && bytes[284] == 8)
        #expect(TDParams(bytes) == parameters)
        #expect(TDParams([]) == TDParams())
    }

    @Test("TDMR_INFO has its fields where the specification has them")
    func tdmrInfo() {
        var info = TDMRInfo()
        info.region = .init(base: 1 << 30, size: 2 << 30)
        info.pamt1G = .init(base: 0x1000, size: 0x2000)
        info.pamt2M = .init(base: 0x3000, size: 0x4000)
        info.pamt4K = .init(base: 0x5000, size: 0x6000)
        info.reserved[15] = .init(base: 0x7000, size: 0x8000)
        let bytes = info.bytes
        #expect(bytes.count == TDMRInfo.size)
        #expect(bytes[3] == 0x40 && bytes[11] == 0x80)
        #expect(bytes[17] == 0x10 && bytes[33] == 0x30 && bytes[49] == 0x50)
        #expect(bytes[305] == 0x70 && bytes[313] == 0x80)
        #expect(TDMRInfo(bytes) == info)
    }

    @Test("VE_INFO has its fields where the specification has them")
    func veInfo() {
        var info = VEInfo()
        info.exitReason = 48
        info.valid = ~0
        info.exitQualification = 0x81
        info.guestLinearAddress = 0x1000
        info.guestPhysicalAddress = 0x2000
        info.instructionLength = 3
        info.instructionInformation = 0x55
        let bytes = info.bytes
        #expect(bytes.count == VEInfo.size)
        #expect(bytes[0] == 48 && bytes[4] == 0xFF && bytes[8] == 0x81)
        #expect(bytes[17] == 0x10 && bytes[25] == 0x20)
        #expect(bytes[36] == 3 && bytes[40] == 0x55)
        #expect(VEInfo(bytes) == info)
    }

    @Test("statuses say what they are about")
    func status() {
        let status = TDXStatus.operandInvalid.at(.rdx)
        #expect(status.rawValue == 0xC000_0100_0000_0002)
        #expect(status.withoutDetails == .operandInvalid)
        #expect(status.isError && status.isNonRecoverable && !status.isFatal)
        #expect(status.statusClass == 1 && status.code == 0)
        #expect(status.description == "TDX_OPERAND_INVALID (0x2)")
        #expect(TDXStatus(0x1234_0000_0000).description == "0x123400000000")
        #expect(TDXStatus.operandBusy.at(.septTree).rawValue == 0x8000_0200_0000_0092)
    }

    @Test(
        "page-info operands are checked by bits",
        arguments: [
            (0x20_0001, 1, true, 0),
            (0x20_1001, 1, false, 0),
            (0x1000, 0, true, 0),
            (0x1008, 0, true, 8 >> 3),
            (1 << 52, 0, true, 1),
            (0x4000_0002, 2, true, 0),
        ] as [(UInt64, Int, Bool, UInt64)])
    func mapping(rawValue: UInt64, level: Int, isAligned: Bool, reserved: UInt64) {
        let mapping = GPAMapping(rawValue)
        #expect(mapping.level == level)
        #expect(mapping.isAligned == isAligned)
        #expect(mapping.reserved == reserved)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Platform
import TDXABI

/// A host-side leaf as KVM names it, with the version in bits 23:16.
struct SeamcallLeaf: RawRepresentable, Hashable, Sendable {
    var rawValue: UInt64
    init(rawValue: UInt64) { self.rawValue = rawValue }
    private init(_ rawValue: UInt64) { self.rawValue = rawValue }

    static let vpEnter = SeamcallLeaf(0)
    static let mngAddCX = SeamcallLeaf(1)
    static let memPageAdd = SeamcallLeaf(2)
    static let memSEPTAdd = SeamcallLeaf(3)
    static let vpAddCX = SeamcallLeaf(4)
    static let memPageAug = SeamcallLeaf(6)
    static let memRangeBlock = SeamcallLeaf(7)
    static let mngKeyConfig = SeamcallLeaf(8)
    static let mngCreate = SeamcallLeaf(9)
    static let vpCreate = SeamcallLeaf(10)
    static let mngRD = SeamcallLeaf(11)
    static let mrExtend = SeamcallLeaf(16)
    static let mrFinalize = SeamcallLeaf(17)
    static let vpFlush = SeamcallLeaf(18)
    static let mngVPFlushDone = SeamcallLeaf(19)
    static let mngKeyFreeID = SeamcallLeaf(20)
    static let mngInit = SeamcallLeaf(21)
    static let vpInit = SeamcallLeaf(22 | 1 << 16)
    static let vpRD = SeamcallLeaf(26)
    static let physicalPageReclaim = SeamcallLeaf(28)
    static let memPageRemove = SeamcallLeaf(29)
    static let sysKeyConfig = SeamcallLeaf(31)
    static let sysInit = SeamcallLeaf(33)
    static let sysRD = SeamcallLeaf(34)
    static let sysLPInit = SeamcallLeaf(35)
    static let sysTDMRInit = SeamcallLeaf(36)
    static let memTrack = SeamcallLeaf(38)
    static let physicalCacheWB = SeamcallLeaf(40)
    static let physicalPageWBINVD = SeamcallLeaf(41)
    static let vpWR = SeamcallLeaf(43)
    static let sysConfig = SeamcallLeaf(45)
}

/// The completion status of a leaf, as KVM looks at it.
struct SeamcallStatus: RawRepresentable, Hashable, Sendable {
    var rawValue: UInt64
    init(rawValue: UInt64) { self.rawValue = rawValue }
    private init(_ rawValue: UInt64) { self.rawValue = rawValue }

    /// Status class and code, without the details.
    var masked: SeamcallStatus { SeamcallStatus(rawValue & 0xFFFF_FFFF_0000_0000) }
    /// Bit 63.
    var isError: Bool { rawValue >> 63 != 0 }

    static let success = SeamcallStatus(0)
    static let nonRecoverableVCPU = SeamcallStatus(0x4000_0001_0000_0000)
    static let nonRecoverableTD = SeamcallStatus(0x4000_0002_0000_0000)
    static let nonRecoverableTDFatal = SeamcallStatus(0x6000_0002_0000_0000)
    static let nonRecoverableTDNonAccessible = SeamcallStatus(0x6000_0005_0000_0000)
    static let nonRecoverableTDWrongAPICMode = SeamcallStatus(0x6000_0007_0000_0000)
    static let interruptedResumable = SeamcallStatus(0x8000_0003_0000_0000)
    static let operandBusy = SeamcallStatus(0x8000_0200_0000_0000)
    static let noEntropy = SeamcallStatus(0x8000_0203_0000_0000)
    static let vcpuNotAssociated = SeamcallStatus(0x8000_0702_0000_0000)
    static let noKeyReadyToWriteBack = SeamcallStatus(0x0000_0821_0000_0000)
    static let operandInvalid = SeamcallStatus(0xC000_0100_0000_0000)
    static let eptEntryStateIncorrect = SeamcallStatus(0xC000_0B0D_0000_0000)
    static let rangeAlreadyBlocked = SeamcallStatus(0x0000_0B07_0000_0000)
    static let keyGenerationFailed = SeamcallStatus(0x8000_0800_0000_0000)
    /// What Linux makes of `VMfailInvalid`.
    static let failInvalid = SeamcallStatus(0x8000_FF00_FFFF_0000)
}

extension LogicalProcessor {
    /// One call with the operands that most leaves have; tried again while the module lacks entropy.
    ///
    /// - Returns: the status and all registers as the leaf left them.
    func call(
        _ leaf: SeamcallLeaf, rcx: UInt64 = 0, rdx: UInt64 = 0, r8: UInt64 = 0, r9: UInt64 = 0
    ) -> (status: SeamcallStatus, registers: HostRegisters) {
        var registers = HostRegisters()
        for _ in 0..<10 {
            registers = HostRegisters()
            registers.rax = leaf.rawValue
            registers.rcx = rcx
            registers.rdx = rdx
            registers.r8 = r8
            registers.r9 = r9
            guard seamcall(&registers) else { return (.failInvalid, registers) }
            guard SeamcallStatus(rawValue: registers.rax) == .noEntropy else { break }
        }
        return (SeamcallStatus(rawValue: registers.rax), registers)
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Number of a host-side leaf: `RAX` bits 15:0 of SEAMCALL.
///
/// - SeeAlso: ABI Reference, "SEAMCALL Instruction Leaf Numbers".
public struct HostLeafNumber: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
    public var rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }
    private init(_ rawValue: UInt16) { self.rawValue = rawValue }

    /// `TDH.VP.ENTER`
    public static let vpEnter = HostLeafNumber(0)
    /// `TDH.MNG.ADDCX`
    public static let mngAddCX = HostLeafNumber(1)
    /// `TDH.MEM.PAGE.ADD`
    public static let memPageAdd = HostLeafNumber(2)
    /// `TDH.MEM.SEPT.ADD`
    public static let memSEPTAdd = HostLeafNumber(3)
    /// `TDH.VP.ADDCX`
    public static let vpAddCX = HostLeafNumber(4)
    /// `TDH.MEM.PAGE.RELOCATE`
    public static let memPageRelocate = HostLeafNumber(5)
    /// `TDH.MEM.PAGE.AUG`
    public static let memPageAug = HostLeafNumber(6)
    /// `TDH.MEM.RANGE.BLOCK`
    public static let memRangeBlock = HostLeafNumber(7)
    /// `TDH.MNG.KEY.CONFIG`
    public static let mngKeyConfig = HostLeafNumber(8)
    /// `TDH.MNG.CREATE`
    public static let mngCreate = HostLeafNumber(9)
    /// `TDH.VP.CREATE`
    public static let vpCreate = HostLeafNumber(10)
    /// `TDH.MNG.RD`
    public static let mngRd = HostLeafNumber(11)
    /// `TDH.MEM.RD`
    public static let memRd = HostLeafNumber(12)
    /// `TDH.MNG.WR`
    public static let mngWr = HostLeafNumber(13)
    /// `TDH.MEM.WR`
    public static let memWr = HostLeafNumber(14)
    /// `TDH.MEM.PAGE.DEMOTE`
    public static let memPageDemote = HostLeafNumber(15)
    /// `TDH.MR.EXTEND`
    public static let mrExtend = HostLeafNumber(16)
    /// `TDH.MR.FINALIZE`
    public static let mrFinalize = HostLeafNumber(17)
    /// `TDH.VP.FLUSH`
    public static let vpFlush = HostLeafNumber(18)
    /// `TDH.MNG.VPFLUSHDONE`
    public static let mngVPFlushDone = HostLeafNumber(19)
    /// `TDH.MNG.KEY.FREEID`
    public static let mngKeyFreeID = HostLeafNumber(20)
    /// `TDH.MNG.INIT`
    public static let mngInit = HostLeafNumber(21)
    /// `TDH.VP.INIT`
    public static let vpInit = HostLeafNumber(22)
    /// `TDH.MEM.PAGE.PROMOTE`
    public static let memPagePromote = HostLeafNumber(23)
    /// `TDH.PHYMEM.PAGE.RDMD`
    public static let phymemPageRdMD = HostLeafNumber(24)
    /// `TDH.MEM.SEPT.RD`
    public static let memSEPTRd = HostLeafNumber(25)
    /// `TDH.VP.RD`
    public static let vpRd = HostLeafNumber(26)
    /// `TDH.MNG.KEY.RECLAIMID`
    public static let mngKeyReclaimID = HostLeafNumber(27)
    /// `TDH.PHYMEM.PAGE.RECLAIM`
    public static let phymemPageReclaim = HostLeafNumber(28)
    /// `TDH.MEM.PAGE.REMOVE`
    public static let memPageRemove = HostLeafNumber(29)
    /// `TDH.MEM.SEPT.REMOVE`
    public static let memSEPTRemove = HostLeafNumber(30)
    /// `TDH.SYS.KEY.CONFIG`
    public static let sysKeyConfig = HostLeafNumber(31)
    /// `TDH.SYS.INFO`
    public static let sysInfo = HostLeafNumber(32)
    /// `TDH.SYS.INIT`
    public static let sysInit = HostLeafNumber(33)
    /// `TDH.SYS.RD`
    public static let sysRd = HostLeafNumber(34)
    /// `TDH.SYS.LP.INIT`
    public static let sysLPInit = HostLeafNumber(35)
    /// `TDH.SYS.TDMR.INIT`
    public static let sysTDMRInit = HostLeafNumber(36)
    /// `TDH.SYS.RDALL`
    public static let sysRdAll = HostLeafNumber(37)
    /// `TDH.MEM.TRACK`
    public static let memTrack = HostLeafNumber(38)
    /// `TDH.MEM.RANGE.UNBLOCK`
    public static let memRangeUnblock = HostLeafNumber(39)
    /// `TDH.PHYMEM.CACHE.WB`
    public static let phymemCacheWB = HostLeafNumber(40)
    /// `TDH.PHYMEM.PAGE.WBINVD`
    public static let phymemPageWBInvd = HostLeafNumber(41)
    /// `TDH.VP.WR`
    public static let vpWr = HostLeafNumber(43)
    /// `TDH.SYS.LP.SHUTDOWN`
    public static let sysLPShutdown = HostLeafNumber(44)
    /// `TDH.SYS.CONFIG`
    public static let sysConfig = HostLeafNumber(45)
    /// `TDH.SERVTD.BIND`
    public static let servTDBind = HostLeafNumber(48)
    /// `TDH.SERVTD.PREBIND`
    public static let servTDPrebind = HostLeafNumber(49)
    /// `TDH.SYS.SHUTDOWN`
    public static let sysShutdown = HostLeafNumber(52)
    /// `TDH.SYS.UPDATE`
    public static let sysUpdate = HostLeafNumber(53)
}

/// Number of a guest-side leaf: `RAX` bits 15:0 of TDCALL.
///
/// - SeeAlso: ABI Reference, "TDCALL Instruction Leaf Numbers".
public struct GuestLeafNumber: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
    public var rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }
    private init(_ rawValue: UInt16) { self.rawValue = rawValue }

    /// `TDG.VP.VMCALL`
    public static let vpVMCall = GuestLeafNumber(0)
    /// `TDG.VP.INFO`
    public static let vpInfo = GuestLeafNumber(1)
    /// `TDG.MR.RTMR.EXTEND`
    public static let mrRTMRExtend = GuestLeafNumber(2)
    /// `TDG.VP.VEINFO.GET`
    public static let vpVEInfoGet = GuestLeafNumber(3)
    /// `TDG.MR.REPORT`
    public static let mrReport = GuestLeafNumber(4)
    /// `TDG.VP.CPUIDVE.SET`
    public static let vpCPUIDVESet = GuestLeafNumber(5)
    /// `TDG.MEM.PAGE.ACCEPT`
    public static let memPageAccept = GuestLeafNumber(6)
    /// `TDG.VM.RD`
    public static let vmRd = GuestLeafNumber(7)
    /// `TDG.VM.WR`
    public static let vmWr = GuestLeafNumber(8)
    /// `TDG.VP.RD`
    public static let vpRd = GuestLeafNumber(9)
    /// `TDG.VP.WR`
    public static let vpWr = GuestLeafNumber(10)
    /// `TDG.SYS.RD`
    public static let sysRd = GuestLeafNumber(11)
    /// `TDG.SYS.RDALL`
    public static let sysRdAll = GuestLeafNumber(12)
    /// `TDG.SERVTD.RD`
    public static let servTDRd = GuestLeafNumber(18)
    /// `TDG.SERVTD.WR`
    public static let servTDWr = GuestLeafNumber(20)
    /// `TDG.MR.VERIFYREPORT`
    public static let mrVerifyReport = GuestLeafNumber(22)
    /// `TDG.MEM.PAGE.ATTR.RD`
    public static let memPageAttrRd = GuestLeafNumber(23)
    /// `TDG.MEM.PAGE.ATTR.WR`
    public static let memPageAttrWr = GuestLeafNumber(24)
    /// `TDG.VP.ENTER`
    public static let vpEnter = GuestLeafNumber(25)
    /// `TDG.VP.INVEPT`
    public static let vpInvEPT = GuestLeafNumber(26)
    /// `TDG.VP.INVVPID`
    public static let vpInvVPID = GuestLeafNumber(27)
}

// SPDX-License-Identifier: Apache-2.0

import TDXABI

extension HostLeaf {
    /// The host-side leaves, by number.
    static let all: [HostLeaf] = [
        vpEnter, mngAddCX, memPageAdd, memSEPTAdd, vpAddCX, memPageRelocate, memPageAug, memRangeBlock,
        mngKeyConfig, mngCreate, vpCreate, mngRd, memRd, mngWr, memWr, memPageDemote, mrExtend, mrFinalize,
        vpFlush, mngVPFlushDone, mngKeyFreeID, mngInit, vpInit, memPagePromote, phymemPageRdMD, memSEPTRd,
        vpRd, mngKeyReclaimID, phymemPageReclaim, memPageRemove, memSEPTRemove, sysKeyConfig, sysInfo,
        sysInit, sysRd, sysLPInit, sysTDMRInit, sysRdAll, memTrack, memRangeUnblock, phymemCacheWB,
        phymemPageWBInvd, vpWr, sysLPShutdown, sysConfig, servTDBind, servTDPrebind, sysShutdown, sysUpdate,
    ]

    /// Leaves that may run while the system is not ready.
    static let beforeReady: Set<UInt16> = [31, 32, 33, 34, 35, 37, 44, 45, 53]
}

// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TDXABI
import X86

extension HostLeaf {
    /// `TDH.MNG.VPFLUSHDONE`: takes the key from a TD whose vCPUs are on no processor any more.
    ///
    /// - `RCX`: the TDR.
    ///
    /// - SeeAlso: ABI Reference, `TDH.MNG.VPFLUSHDONE`.
    static let mngVPFlushDone = HostLeaf(.mngVPFlushDone, "TDH.MNG.VPFLUSHDONE", [.rcx: .tdr]) {
        module, call throws(TDXStatus) in
        let page = try module.lock(call.registers.rcx, .rcx, exclusively: true)
        guard case .tdr(let td) = page.use else { throw .pageMetadataIncorrect.at(.rcx) }
        let kotLock = try module.kot.lock.exclusive(.kot)
        guard td.lifecycle == .keysConfigured || td.lifecycle == .hkidAssigned else {
            throw .lifecycleStateIncorrect
        }
        guard td.numAssociatedVCPUs.load(ordering: .acquiring) == 0 else { throw .flushvpNotDone }

        // Effects.
        module.kot[td.hkid] = .flushed(packages: module.kot.allPackages)
        td.lifecycle = .blocked
        _ = consume kotLock
    }
}

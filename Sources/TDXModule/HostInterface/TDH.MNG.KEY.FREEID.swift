// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

extension HostLeaf {
    /// `TDH.MNG.KEY.FREEID`: frees the key of a TD that has lost it.
    ///
    /// - `RCX`: the TDR.
    ///
    /// - SeeAlso: ABI Reference, `TDH.MNG.KEY.FREEID`.
    static let mngKeyFreeID = HostLeaf(.mngKeyFreeID, "TDH.MNG.KEY.FREEID", [.rcx: .tdr]) {
        module, call throws(TDXStatus) in
        let page = try module.lock(call.registers.rcx, .rcx, exclusively: true)
        guard case .tdr(let td) = page.use else { throw .pageMetadataIncorrect.at(.rcx) }
        guard td.lifecycle == .blocked else { throw .lifecycleStateIncorrect }
        let kotLock = try module.kot.lock.exclusive(.kot)
        guard module.kot[td.hkid] == .flushed(packages: 0) else { throw .wbcacheNotComplete }

        // Effects.
        module.kot[td.hkid] = .free
        td.lifecycle = .teardown
        _ = consume kotLock
    }
}

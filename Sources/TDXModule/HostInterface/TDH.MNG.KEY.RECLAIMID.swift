// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

extension HostLeaf {
    /// `TDH.MNG.KEY.RECLAIMID`: does nothing; kept for hosts that know it.
    ///
    /// - SeeAlso: ABI Reference, `TDH.MNG.KEY.RECLAIMID`.
    static let mngKeyReclaimID = HostLeaf(.mngKeyReclaimID, "TDH.MNG.KEY.RECLAIMID") {
        module, call throws(TDXStatus) in
        _ = (module, call)
    }
}

// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

extension HostLeaf {
    /// `TDH.SYS.LP.SHUTDOWN`: does nothing; kept for hosts that know it.
    ///
    /// - SeeAlso: ABI Reference, `TDH.SYS.LP.SHUTDOWN`.
    static let sysLPShutdown = HostLeaf(.sysLPShutdown, "TDH.SYS.LP.SHUTDOWN") {
        module, call throws(TDXStatus) in
        _ = (module, call)
    }
}

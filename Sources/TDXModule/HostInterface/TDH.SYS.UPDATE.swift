// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

extension HostLeaf {
    /// `TDH.SYS.UPDATE`: would take over from an earlier module; there is none.
    ///
    /// - SeeAlso: ABI Reference, `TDH.SYS.UPDATE`.
    static let sysUpdate = HostLeaf(.sysUpdate, "TDH.SYS.UPDATE") { module, call throws(TDXStatus) in
        let lock = try ExclusiveLock(module.system.lock, .sysBusy)
        guard module.system.state == .initDone else { throw .sysStateIncorrect }
        _ = consume lock
        _ = call
        throw .sysInvalidHandoff
    }
}

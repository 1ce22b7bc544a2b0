// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

extension HostLeaf {
    /// `TDH.SYS.SHUTDOWN`: ends the module: every later call is refused.
    ///
    /// - `RCX`: the hand-off version, which is 0: state is not handed to another module.
    ///
    /// - SeeAlso: ABI Reference, `TDH.SYS.SHUTDOWN`.
    static let sysShutdown = HostLeaf(
        .sysShutdown, "TDH.SYS.SHUTDOWN", [.rcx: .value("0, the hand-off version")]
    ) { module, call throws(TDXStatus) in
        guard call.registers.rcx == 0 else { throw .operandInvalid.at(.rcx) }
        guard module.system.processors.allSatisfy({ $0.entered == nil }) else { throw .sysBusy }
        let lock = try ExclusiveLock(module.system.lock, .sysBusy)

        // Effects.
        module.system.state = .shutdown
        _ = consume lock
    }
}

// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

extension HostLeaf {
    /// `TDH.SYS.KEY.CONFIG`: configures the module's own key on the calling processor's package.
    ///
    /// - SeeAlso: ABI Reference, `TDH.SYS.KEY.CONFIG`.
    static let sysKeyConfig = HostLeaf(.sysKeyConfig, "TDH.SYS.KEY.CONFIG") {
        module, call throws(TDXStatus) in
        let lock = try ExclusiveLock(module.system.lock, .sysBusy)
        let system = module.system
        guard system.state == .configDone else { throw .sysKeyConfigNotPending }
        let package = UInt64(1) << UInt64(system.processors[call.processor].package)
        guard system.packagesConfigured & package == 0 else { throw .keyConfigured }
        let keyLock = try system.keyLock.exclusive(.ket)
        guard module.platform.random(32).count == 32 else { throw .keyGenerationFailed }

        // Effects.
        system.packagesConfigured |= package
        if system.packagesConfigured == module.kot.allPackages { system.state = .ready }
        _ = consume keyLock
        _ = consume lock
    }
}

// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

extension HostLeaf {
    /// `TDH.MNG.KEY.CONFIG`: configures a TD's key on the calling processor's package.
    ///
    /// - `RCX`: the TDR.
    ///
    /// - SeeAlso: ABI Reference, `TDH.MNG.KEY.CONFIG`.
    static let mngKeyConfig = HostLeaf(.mngKeyConfig, "TDH.MNG.KEY.CONFIG", [.rcx: .tdr]) {
        module, call throws(TDXStatus) in
        let page = try module.lock(call.registers.rcx, .rcx, exclusively: true)
        guard case .tdr(let td) = page.use else { throw .pageMetadataIncorrect.at(.rcx) }
        guard !td.isFatal else { throw .tdFatal }
        guard td.lifecycle == .hkidAssigned else { throw .lifecycleStateIncorrect }
        let package = UInt64(1) << UInt64(module.system.processors[call.processor].package)
        guard td.packagesConfigured & package == 0 else { throw .keyConfigured }
        let keyLock = try module.system.keyLock.exclusive(.ket)
        guard module.platform.random(32).count == 32 else { throw .keyGenerationFailed }

        // Effects.
        td.packagesConfigured |= package
        if td.packagesConfigured == module.kot.allPackages { td.lifecycle = .keysConfigured }
        _ = consume keyLock
    }
}

// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

extension HostLeaf {
    /// `TDH.PHYMEM.CACHE.WB`: writes back the caches of the calling processor's package, so that keys can be freed.
    ///
    /// - `RCX`: 0 to start, 1 to resume.
    ///
    /// - SeeAlso: ABI Reference, `TDH.PHYMEM.CACHE.WB`.
    static let phymemCacheWB = HostLeaf(
        .phymemCacheWB, "TDH.PHYMEM.CACHE.WB", [.rcx: .value("0 to start or 1 to resume")]
    ) {
        module, call throws(TDXStatus) in
        let command = call.registers.rcx
        guard command <= 1 else { throw .operandInvalid.at(.rcx) }
        let package = module.system.processors[call.processor].package
        let writeBackLock = try module.system.writeBackLocks[package].exclusive(.wbCache)
        let kotLock = try module.kot.lock.exclusive(.kot)
        let keys: [UInt16]
        if command == 0 {
            keys = module.kot.flushedKeys
            guard !keys.isEmpty else { throw .noHKIDReadyToWBCache }
        } else {
            guard let interrupted = module.kot.interrupted[package] else { throw .wbcacheResumeError }
            keys = interrupted
        }

        // Effects. Keys that are flushed after the start wait for the next one.
        module.kot.interrupted[package] = nil
        if module.platform.isHostInterruptPending(call.processor) {
            module.kot.interrupted[package] = keys
            throw .interruptedResumable
        }
        for key in keys { module.kot.writeBack(key, on: package) }
        _ = consume kotLock
        _ = consume writeBackLock
    }
}

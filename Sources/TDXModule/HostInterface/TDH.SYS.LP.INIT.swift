// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

extension HostLeaf {
    /// `TDH.SYS.LP.INIT`: brings up the module on the calling logical processor.
    ///
    /// - SeeAlso: ABI Reference, `TDH.SYS.LP.INIT`.
    static let sysLPInit = HostLeaf(.sysLPInit, "TDH.SYS.LP.INIT") { module, call throws(TDXStatus) in
        call.registers.rcx = 0
        call.registers.rdx = 0
        call.registers.r8 = 0
        let lock = try SharedLock(module.system.lock, .sysBusy)
        guard module.system.state == .initDone else { throw .sysLPInitNotPending }
        let here = module.system.processors[call.processor]
        guard !here.isInitialized else { throw .sysLPInitDone }
        guard module.platform.random(32).count == 32 else { throw .rndNoEntropy }
        for number in TDXModule.comparedMSRs
        where module.platform.nativeMSR(number) != module.system.nativeMSRs[number] {
            throw .inconsistentMSR.with(number)
        }

        // Effects.
        here.isInitialized = true
        _ = consume lock
    }
}

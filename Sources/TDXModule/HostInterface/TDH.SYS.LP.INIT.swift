// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

extension HostLeaf {
    /// `TDH.SYS.LP.INIT`: brings up the module on the calling logical processor.
    ///
    /// - Returns, on a CPUID field unlike the first processor's, leaf and sub-leaf in `RCX`, compared bits in `RDX`, `R8`.
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
        for (row, first) in zip(CPUIDTable.rows, module.system.nativeCPUID) {
            let value = module.native(row.leaf, row.subleaf ?? 0)
            guard CPUIDRegister.allCases.allSatisfy({ (value[$0] ^ first[$0]) & row[$0].uniform == 0 }) else {
                call.registers.rcx = UInt64(row.leaf) | UInt64(row.subleafNumber) << 32
                call.registers.rdx = UInt64(row.eax.uniform) | UInt64(row.ebx.uniform) << 32
                call.registers.r8 = UInt64(row.ecx.uniform) | UInt64(row.edx.uniform) << 32
                throw .inconsistentCPUIDField
            }
        }

        // Effects.
        here.isInitialized = true
        _ = consume lock
    }
}

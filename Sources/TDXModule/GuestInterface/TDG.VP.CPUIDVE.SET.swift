// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

extension GuestLeaf {
    /// `TDG.VP.CPUIDVE.SET`: makes all CPUID raise #VE.
    ///
    /// - `RCX`: bit 0, at CPL 0; bit 1, above; the rest zero.
    ///
    /// - SeeAlso: ABI Reference, `TDG.VP.CPUIDVE.SET`.
    static let vpCPUIDVESet = GuestLeaf(
        .vpCPUIDVESet, "TDG.VP.CPUIDVE.SET", [.rcx: .value("0 to 3")]
    ) { _, vcpu, processor throws(TDXStatus) in
        let flags = processor[.rcx]
        guard flags[bits: 2...63] == 0 else { throw .operandInvalid.at(.rcx) }

        // Effects.
        vcpu.isCPUIDSupervisorVE = flags[bit: 0]
        vcpu.isCPUIDUserVE = flags[bit: 1]
        return .completed(.success)
    }
}

// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

extension GuestExit {
    /// CPUID.
    ///
    /// - SeeAlso: Base Specification, "CPUID Virtualization".
    func cpuid() -> GuestExitAction {
        let leaf = UInt32(truncatingIfNeeded: processor[.rax])
        let subleaf = UInt32(truncatingIfNeeded: processor[.rcx])
        guard let cpuid = td.cpuid, !isRefused(leaf, subleaf) else { return injectVE() }
        var state = VirtualCPUID.State()
        state.cr4 = processor[.cr4]
        state.xcr0 = processor[.xcr0]
        state.xss = processor.msr(MSRNumber.xss) ?? 0
        state.tsxControl = processor.msr(MSRNumber.tsxControl) ?? 0
        state.is64Bit = is64Bit
        state.vcpuIndex = vcpu.index
        state.x2APICID = vcpu.x2apicID
        state.tdControls = td.controls
        guard case .values(let values) = cpuid.execute(leaf: leaf, subleaf: subleaf, state) else {
            return injectVE()
        }
        processor[.rax] = UInt64(values.eax)
        processor[.rbx] = UInt64(values.ebx)
        processor[.rcx] = UInt64(values.ecx)
        processor[.rdx] = UInt64(values.edx)
        return advance()
    }

    /// The guest has asked for #VE on this CPUID.
    private func isRefused(_ leaf: UInt32, _ subleaf: UInt32) -> Bool {
        let isSupervisor = privilegeLevel == 0
        if isSupervisor ? vcpu.isCPUIDSupervisorVE : vcpu.isCPUIDUserVE { return true }
        guard !vcpu.cpuidControl.isEmpty, let row = CPUIDTable.index(leaf: leaf, subleaf: subleaf) else {
            return false
        }
        return (vcpu.cpuidControl[CPUIDTable.lookupIndex(row)] ?? 0)[bit: isSupervisor ? 0 : 1]
    }
}

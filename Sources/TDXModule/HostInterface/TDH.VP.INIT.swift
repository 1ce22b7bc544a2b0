// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import TDXABI
import X86

extension HostLeaf {
    /// `TDH.VP.INIT`: gives a vCPU its initial state.
    ///
    /// - `RCX`: the TDVPR.
    /// - `RDX`: what the guest finds in `RCX` and `R8`.
    /// - `R8`, version 1: the x2APIC id.
    ///
    /// - SeeAlso: ABI Reference, `TDH.VP.INIT`.
    static let vpInit = HostLeaf(
        .vpInit, "TDH.VP.INIT", [.rcx: .tdvpr, .rdx: .anything, .r8: .value("an x2APIC id of 32 bits")],
        versions: 1, in: [.initialized]
    ) {
        module, call throws(TDXStatus) in
        let registers = call.registers
        let vcpuPage = try module.lock(registers.rcx, .rcx, exclusively: true)
        guard case .vcpu(let vcpu) = vcpuPage.use else { throw .pageMetadataIncorrect.at(.rcx) }
        let td = vcpu.td
        let tdPage = try LockedPage(td.entry, exclusively: call.version > 0, operand: .tdr)
        let opState = try module.checkState(td, in: call.states)
        guard vcpu.pages.count >= vcpu.requiredPages else { throw .tdcxNumIncorrect }
        guard vcpu.state == .uninitialized else { throw .vcpuStateIncorrect }
        guard call.version == 0 || registers.r8[bits: 32...63] == 0 else { throw .operandInvalid.at(.r8) }
        let numberLock = try td.metadataLock.exclusive(.tdcs)
        guard td.numVCPUs < UInt32(td.maxVCPUs) else { throw .maxVCPUsExceeded }
        let id = UInt32(truncatingIfNeeded: registers.r8)
        if call.version > 0, td.x2apicIDs.values.contains(id) {
            // The number stays counted, as in the real module.
            td.numVCPUs += 1
            throw .x2apicIDNotUnique.with(id)
        }
        guard module.platform.nativeMSR(0x3B) ?? 0 == module.system.tscAdjust else {
            td.numVCPUs += 1
            throw .inconsistentMSR.with(0x3B)
        }
        guard try vcpu.associate(with: call.processor) else { throw .vcpuStateIncorrect }

        // Effects.
        vcpu.index = td.numVCPUs
        td.numVCPUs += 1
        if call.version > 0 {
            vcpu.x2apicID = id
            td.x2apicIDs[vcpu.index] = id
        } else {
            vcpu.x2apicID = vcpu.index
            td.isTopologyConfigured = false
        }
        vcpu.sharedEPTPointer =
            PhysicalMemory.address(PhysicalAddress(td.zeroPage), key: td.hkid).rawValue
        let processor = module.platform.makeProcessor()
        module.reset(processor, of: vcpu, initial: registers.rdx)
        vcpu.processor = processor
        vcpu.lastExit = .asynchronousFault
        td.vcpus.append(vcpu)
        vcpu.state = .ready
        _ = consume numberLock
        _ = consume opState
        _ = consume tdPage
    }
}

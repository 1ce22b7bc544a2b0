// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import TDXABI
import X86

/// `VE_INFO`: why the guest gets #VE.
///
/// - SeeAlso: ABI Reference, "VE_INFO"; SDM Vol. 3, "Convertible EPT Violations".
struct VirtualizationExceptionInformation: Hashable, Sendable {
    var exitReason: UInt32
    var qualification: UInt64 = 0
    var guestLinearAddress: UInt64 = 0
    var guestPhysicalAddress: UInt64 = 0
    var instructionLength: UInt32 = 0
    var instructionInformation: UInt32 = 0
}

/// The area lies in the first page of the `TDVPS`, because the processor fills it as well.
extension TDXModule {
    private func area(_ vcpu: VirtualCPUState, _ offset: UInt64) -> PhysicalAddress {
        PhysicalMemory.address(PhysicalAddress(vcpu.informationArea &+ offset), key: vcpu.td.hkid)
    }

    /// `VALID` is clear: the guest has taken what it last got.
    func virtualizationExceptionIsFree(_ vcpu: VirtualCPUState) -> Bool {
        memory.load(area(vcpu, 4), as: UInt32.self) == 0
    }

    func setVirtualizationException(
        _ information: VirtualizationExceptionInformation, _ vcpu: VirtualCPUState
    ) {
        memory.store(area(vcpu, 0), information.exitReason)
        memory.store(area(vcpu, 8), information.qualification)
        memory.store(area(vcpu, 16), information.guestLinearAddress)
        memory.store(area(vcpu, 24), information.guestPhysicalAddress)
        memory.store(area(vcpu, 32), UInt16(0))
        memory.store(area(vcpu, 36), information.instructionLength)
        memory.store(area(vcpu, 40), information.instructionInformation)
        memory.store(area(vcpu, 4), UInt32.max)
    }

    /// `TDG.VP.VEINFO.GET`: the information, which then counts as taken; nil when there is none.
    func takeVirtualizationException(_ vcpu: VirtualCPUState) -> VirtualizationExceptionInformation? {
        guard !virtualizationExceptionIsFree(vcpu) else { return nil }
        let information = VirtualizationExceptionInformation(
            exitReason: memory.load(area(vcpu, 0)), qualification: memory.load(area(vcpu, 8)),
            guestLinearAddress: memory.load(area(vcpu, 16)),
            guestPhysicalAddress: memory.load(area(vcpu, 24)),
            instructionLength: memory.load(area(vcpu, 36)),
            instructionInformation: memory.load(area(vcpu, 40)))
        memory.store(area(vcpu, 4), UInt32(0))
        return information
    }
}

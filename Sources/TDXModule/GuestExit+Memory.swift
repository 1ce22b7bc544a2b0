// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

/// EPT violations and misconfigurations.
///
/// - SeeAlso: Base Specification, "EPT Violations".
extension GuestExit {
    func eptViolation() -> GuestExitAction {
        let address = exit.guestPhysicalAddress
        let shared = UInt64(1) << UInt64(td.sharedBit)
        guard td.isPrivate(address & ~shared) else { return reservedAddress() }
        if address & shared != 0 { return leave(address) }
        guard let walk = try? module.walk(td, address, to: 0) else {  // a spoiled tree is fatal
            return fatal(.nonRecoverableTDNonAccessible)
        }
        guard walk.entry.state == .pending || walk.entry.state == .pendingExportedDirty else {
            return leave(address)
        }
        if !td.isPendingVEDisabled, exit.vectoringInformation[bit: 31] { return inject(.doubleFault) }
        let linear = exit.qualification[bit: 7] ? exit.guestLinearAddress : 0
        let action = module.pendingViolation(address, linear: linear, qualification: exit.qualification, vcpu)
        if case .toHost = action {
            restoreInterruptedEvent()
            vcpu.zeroStep.note(address, rip: processor[.rip])
        }
        return action
    }

    func eptMisconfiguration() -> GuestExitAction {
        let address = exit.guestPhysicalAddress
        guard address[bit: td.sharedBit] else { return fatal() }
        restoreInterruptedEvent()
        var host = HostExit(.eptMisconfiguration)
        host.guestPhysicalAddress = address & ~0xFFF
        return .toHost(host)
    }

    private func leave(_ address: UInt64) -> GuestExitAction {
        restoreInterruptedEvent()
        if td.isPrivate(address) { vcpu.zeroStep.note(address, rip: processor[.rip]) }
        return module.violation(address, qualification: exit.qualification)
    }

    /// What the broken-off instruction or event needs at the next entry.
    private func restoreInterruptedEvent() {
        if exit.vectoringInformation[bit: 31] {
            reinjectInterruptedEvent()
        } else if exit.qualification[bit: 12] {
            processor.interruptibility |= 1 << 3
        }
    }

    /// The address has bits that the guest must not use: #PF, as page tables with reserved bits give.
    private func reservedAddress() -> GuestExitAction {
        guard exit.qualification[bit: 7] else { return leave(exit.guestPhysicalAddress) }
        processor[.cr2] = exit.guestLinearAddress
        if exit.vectoringInformation[bit: 31] {
            switch exit.vectoringInformation[bits: 0...7] {
            case 8: return tripleFault()
            case 14, 20: return inject(.doubleFault)
            default: break
            }
        }
        var code: UInt32 = 1 << 0 | 1 << 3
        if exit.qualification[bit: 1] { code |= 1 << 1 }
        if privilegeLevel == 3 { code |= 1 << 2 }
        if exit.qualification[bit: 2] { code |= 1 << 4 }
        processor[.rflags][bit: 16] = true
        processor.entryEvent = .exception(14, errorCode: code)
        return .resume
    }
}

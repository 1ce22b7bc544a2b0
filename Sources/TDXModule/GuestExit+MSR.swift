// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

/// RDMSR and WRMSR.
///
/// - SeeAlso: Base Specification, "MSR Virtualization".
extension GuestExit {
    func rdmsr() -> GuestExitAction {
        let number = UInt32(truncatingIfNeeded: processor[.rcx])
        guard isCovered(number), let row = MSRTable.row(number) else { return injectMSRVE() }
        switch row.read.access(module.msrFeatures(of: td)) {
        case .native:
            guard let value = processor.msr(number) else { return inject(.generalProtection) }
            return completeRead(value)
        case .ve: return injectMSRVE()
        case .gp: return inject(.generalProtection)
        case .gpOrVE: return isEnumerated(number) ? injectMSRVE() : inject(.generalProtection)
        case .emulated: return emulatedRead(number)
        }
    }

    func wrmsr() -> GuestExitAction {
        let number = UInt32(truncatingIfNeeded: processor[.rcx])
        guard isCovered(number), let row = MSRTable.row(number) else { return injectMSRVE() }
        let value = processor[.rax][bits: 0...31] | processor[.rdx][bits: 0...31] << 32
        switch row.write.access(module.msrFeatures(of: td)) {
        case .native:
            guard processor.msr(number) != nil else { return inject(.generalProtection) }
            processor.setMSR(number, value)
            return advance()
        case .ve: return injectMSRVE()
        case .gp: return inject(.generalProtection)
        case .gpOrVE: return isEnumerated(number) ? injectMSRVE() : inject(.generalProtection)
        case .emulated: return emulatedWrite(number, value)
        }
    }

    /// The MSR bitmaps cover the number.
    private func isCovered(_ number: UInt32) -> Bool {
        number <= 0x1FFF || 0xC000_0000...0xC000_1FFF ~= number
    }

    private func injectMSRVE() -> GuestExitAction {
        injectVE(
            VirtualizationExceptionInformation(
                exitReason: exit.reason.rawValue, instructionLength: exit.instructionLength,
                instructionInformation: exit.instructionInformation))
    }

    /// The feature to which an MSR of the kind "#GP or #VE" belongs is enumerated to the TD.
    private func isEnumerated(_ number: UInt32) -> Bool {
        switch number {
        case 0x87: has(7, .edx, bit: 18)
        case 0x1F8...0x1FA: has(1, .ecx, bit: 18)
        case 0x6E0: has(1, .ecx, bit: 24)
        case 0x981...0x984: has(7, .ecx, bit: 13)
        default: false
        }
    }

    private func completeRead(_ value: UInt64) -> GuestExitAction {
        processor[.rax] = value[bits: 0...31]
        processor[.rdx] = value[bits: 32...63]
        return advance()
    }

    private func emulatedRead(_ number: UInt32) -> GuestExitAction {
        switch number {
        case MSRNumber.xapicDisableStatus: completeRead(1)
        case MSRNumber.archCapabilities: completeRead(td.archCapabilities)
        case MSRNumber.miscEnable:
            completeRead((module.platform.nativeMSR(number) ?? 0) & ~(1 << 7) | 1 << 12)
        case MSRNumber.debugControl: completeRead((processor.msr(number) ?? 0) & ~(1 << 13))
        case MSRNumber.perfCapabilities:
            completeRead(td.attributes[bit: 63] ? (module.platform.nativeMSR(number) ?? 0) & ~(1 << 16) : 0)
        case MSRNumber.x2APICID: td.controls[bit: 1] ? completeRead(UInt64(vcpu.x2apicID)) : injectMSRVE()
        default: completeRead(0)  // the VMX capabilities of a TD without nested VMs
        }
    }

    private func emulatedWrite(_ number: UInt32, _ value: UInt64) -> GuestExitAction {
        switch number {
        case MSRNumber.debugControl: return writeDebugControl(value)
        case MSRNumber.xss:
            guard value & ~(td.xfam & VirtualCPUID.supervisorStates) == 0 else {
                return inject(.generalProtection)
            }
            processor.setMSR(number, value)
            return advance()
        case MSRNumber.efer:
            let old = processor.msr(number) ?? 0
            guard (value ^ old) & ~(1 << 0 | 1 << 10) == 0 else { return injectMSRVE() }
            processor.setMSR(number, old & ~1 | value & 1)
            return advance()
        default: return injectMSRVE()
        }
    }

    private func writeDebugControl(_ value: UInt64) -> GuestExitAction {
        // LBR, BTF, bus-lock detection, TR to FREEZE_PERFMON_ON_PMI, the uncore bit, FREEZE_WHILE_SMM, RTM.
        let defined: UInt64 = 0b1111_1111_1100_0111
        guard value & ~defined == 0 else { return inject(.generalProtection) }
        if value[bits: 6...7] == 1 { return injectMSRVE() }
        let features = module.msrFeatures(of: td)
        if value[bit: 14] && !features.contains(.perfmon) || value[bit: 15] && !features.contains(.tsx) {
            return inject(.generalProtection)
        }
        let old = processor.msr(MSRNumber.debugControl) ?? 0
        processor.setMSR(MSRNumber.debugControl, value & ~(1 << 13) | old & (1 << 13))
        return advance()
    }
}

// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

/// Accesses to control registers that change a bit the module owns, and XSETBV.
///
/// - SeeAlso: Base Specification, "CR Handling".
extension GuestExit {
    func controlRegisterAccess() -> GuestExitAction {
        let number = exit.qualification[bits: 0...3]
        switch exit.qualification[bits: 4...5] {
        case 0:
            guard let register = GeneralRegister(rawValue: UInt8(exit.qualification[bits: 8...11])) else {
                return fatal()
            }
            let value = is64Bit ? processor[register] : processor[register] & 0xFFFF_FFFF
            switch number {
            case 0: return writeCR0(value)
            case 4: return writeCR4(value)
            default: return fatal()
            }
        case 3:
            let source = exit.qualification[bits: 16...31]
            processor[.cr0] = processor[.cr0] & ~0b1110 | source & 0b1110
            return advance()
        default: return fatal()
        }
    }

    private static let pe: UInt64 = 1 << 0
    private static let ne: UInt64 = 1 << 5
    private static let wp: UInt64 = 1 << 16
    private static let nw: UInt64 = 1 << 29
    private static let cd: UInt64 = 1 << 30
    private static let pg: UInt64 = 1 << 31
    /// The bits of CR0 without a meaning below bit 32; they keep their values.
    private static let keptCR0: UInt64 = 0x1FFA_FFC0 & ~wp

    private func writeCR0(_ value: UInt64) -> GuestExitAction {
        let old = processor[.cr0]
        let efer = processor.msr(MSRNumber.efer) ?? 0
        let turnsOn = value & Self.pg != 0 && old & Self.pg == 0
        // What VMX holds at 1, as far as guests must keep it: NE on every processor.
        let fixed = (module.platform.nativeMSR(MSRNumber.vmxCR0Fixed0) ?? Self.ne) & ~(Self.pe | Self.pg)
        if value >> 32 != 0 || ~value & fixed != 0 || value & Self.pg != 0 && value & Self.pe == 0
            || processor[.cr4][bit: 23] && value & Self.wp == 0
            || turnsOn && efer[bit: 8] && !processor[.cr4][bit: 5]
        {
            return inject(.generalProtection)
        }
        if value & Self.pe == 0 || value & (Self.nw | Self.cd) != 0 {
            return injectVE()
        }
        processor[.cr0] = value & ~Self.keptCR0 | old & Self.keptCR0
        if (value ^ old) & Self.pg != 0, efer[bit: 8] {
            processor.setMSR(MSRNumber.efer, value & Self.pg != 0 ? efer | 1 << 10 : efer & ~(1 << 10))
        }
        if (value ^ old) & (Self.pg | Self.wp) != 0 { processor.flushTranslations() }
        return advance()
    }

    private func writeCR4(_ value: UInt64) -> GuestExitAction {
        let possible = module.platform.nativeMSR(MSRNumber.vmxCR4Fixed1) ?? 0x0BFF_FFFF
        let (vmxe, smxe, mce) = (UInt64(1) << 13, UInt64(1) << 14, UInt64(1) << 6)
        var refused: UInt64 = 1 << 19
        if !td.xfam[bit: 9] { refused |= 1 << 22 }
        if td.xfam[bits: 11...12] != 3 { refused |= 1 << 23 }
        if !td.attributes[bit: 30] { refused |= 1 << 24 }
        if !td.xfam[bit: 14] { refused |= 1 << 25 }
        if !td.attributes[bit: 27] { refused |= 1 << 27 }
        if value & ~(possible | vmxe | smxe) != 0 || value & refused != 0
            || value[bit: 23] && processor[.cr0] & Self.wp == 0
        {
            return inject(.generalProtection)
        }
        if value & (vmxe | smxe) != 0 || value & mce == 0 { return injectVE() }
        processor[.cr4] = value | processor[.cr4] & vmxe
        processor.flushTranslations()
        return advance()
    }

    func xsetbv() -> GuestExitAction {
        let value = processor[.rax][bits: 0...31] | processor[.rdx][bits: 0...31] << 32
        let isAllowed =
            UInt32(truncatingIfNeeded: processor[.rcx]) == 0
            && value & ~(td.xfam & VirtualCPUID.userStates) == 0
            && value[bit: 0]
            && (!value[bit: 2] || value[bit: 1])
            && (value[bits: 5...7] == 0 || value[bits: 5...7] == 7 && value[bit: 2])
            && (value[bits: 17...18] == 0 || value[bits: 17...18] == 3)
        guard isAllowed else { return inject(.generalProtection) }
        processor[.xcr0] = value
        return advance()
    }
}

// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

/// Control and debug registers as instructions see them.
///
/// - SeeAlso: SDM Vol. 3, "Control Registers".
extension VirtualCPU {
    /// A VM exit of an instruction, recorded.
    func exit(
        _ reason: ExitReason, _ i: Instruction, qualification: UInt64 = 0, linear: UInt64 = 0
    ) -> Fault {
        pendingExit = VMExit(
            reason, qualification: qualification, guestLinearAddress: linear,
            instructionLength: UInt32(i.length))
        return .exit
    }

    /// A control register that is not there is found out before the privilege.
    private func checkAccess(toCR number: UInt8) throws(Fault) {
        switch number {
        case 0, 2, 3, 4, 8: guard cpl == 0 else { throw .protection(0) }
        default: throw .undefined
        }
    }

    func readCR(_ number: UInt8) throws(Fault) -> UInt64 {
        try checkAccess(toCR: number)
        switch number {
        case 0: return visibleCR0
        case 2: return state[field: State.Offset.cr2]
        case 3: return state[field: State.Offset.cr3]
        case 4:
            let mask = configuration.cr4GuestHostMask
            return cr4 & ~mask | configuration.cr4ReadShadow & mask
        case 8: return UInt64(taskPriority >> 4)
        default: throw .undefined
        }
    }

    var visibleCR0: UInt64 {
        let mask = configuration.cr0GuestHostMask
        return cr0 & ~mask | configuration.cr0ReadShadow & mask
    }

    /// MOV to a control register.
    func writeCR(_ number: UInt8, _ value: UInt64, _ i: Instruction) throws(Fault) {
        try checkAccess(toCR: number)
        let access = UInt64(number) | UInt64(i.rm) << 8
        switch number {
        case 0:
            let mask = configuration.cr0GuestHostMask
            if (value ^ configuration.cr0ReadShadow) & mask != 0 {
                if value & CR0.pg != 0, value & CR0.pe == 0 { throw .protection(0) }
                if value & CR0.nw != 0, value & CR0.cd == 0 { throw .protection(0) }
                throw exit(.controlRegisterAccess, i, qualification: access)
            }
            try setCR0(cr0 & mask | value & ~mask)
        case 2: state[field: State.Offset.cr2] = value
        case 3: try setCR3(value)
        case 4:
            let mask = configuration.cr4GuestHostMask
            if (value ^ configuration.cr4ReadShadow) & mask != 0 {
                throw exit(.controlRegisterAccess, i, qualification: access)
            }
            try setCR4(cr4 & mask | value & ~mask)
        case 8:
            guard value & ~0xF == 0 else { throw .protection(0) }
            setTaskPriority(UInt8(truncatingIfNeeded: value << 4))
        default: throw .undefined
        }
    }

    private func setCR0(_ value: UInt64) throws(Fault) {
        let old = cr0
        let new = value & CR0.all | CR0.et
        guard value >> 32 == 0, new & CR0.pg == 0 || new & CR0.pe != 0, new & CR0.nw == 0 || new & CR0.cd != 0
        else {
            throw .protection(0)
        }
        if (old ^ new) & CR0.pg != 0 {
            let cs: UInt32 = state.read(State.Offset.segments + 32 + 12)
            if new & CR0.pg != 0 {
                if efer & EFER.lme != 0 {
                    guard cr4 & CR4.pae != 0, cs & AccessRights.long == 0 else { throw .protection(0) }
                    state[field: State.Offset.efer] |= EFER.lma
                }
            } else {
                guard !is64Bit, cr4 & CR4.pcide == 0 else { throw .protection(0) }
                state[field: State.Offset.efer] &= ~EFER.lma
            }
        }
        state[field: State.Offset.cr0] = new
        if (old ^ new) & (CR0.pg | CR0.wp | CR0.pe) != 0 { translations.flushLinear() }
        updateMode()
    }

    private func setCR3(_ value: UInt64) throws(Fault) {
        var value = value
        if cr4 & CR4.pcide != 0 { value &= ~(1 << 63) }
        if isLongMode {
            guard value & ~physicalMask == 0 else { throw .protection(0) }
        } else {
            value &= 0xFFFF_FFFF
        }
        state[field: State.Offset.cr3] = value
        translations.flushNonGlobal()
    }

    private func setCR4(_ value: UInt64) throws(Fault) {
        let old = cr4
        guard value & ~CR4.all == 0 else { throw .protection(0) }
        if isLongMode {
            guard value & CR4.pae != 0, (value ^ old) & CR4.la57 == 0 else { throw .protection(0) }
        }
        if value & CR4.pcide != 0, old & CR4.pcide == 0 {
            guard isLongMode, state[field: State.Offset.cr3] & 0xFFF == 0 else { throw .protection(0) }
        }
        state[field: State.Offset.cr4] = value
        let paging =
            CR4.pse | CR4.pae | CR4.pge | CR4.pcide | CR4.smep | CR4.smap | CR4.pke | CR4.pks | CR4.la57
        if (old ^ value) & paging != 0 { translations.flushLinear() }
        updateMode()
    }

    /// LMSW
    func loadMachineStatus(_ word: UInt16, _ i: Instruction, linear: UInt64) throws(Fault) {
        guard cpl == 0 else { throw .protection(0) }
        let mask = configuration.cr0GuestHostMask & 0xF
        let value = UInt64(word) & 0xF
        var changes = (value ^ configuration.cr0ReadShadow) & mask
        // PE cannot be cleared, so an attempt is no change.
        if value & CR0.pe == 0 { changes &= ~CR0.pe }
        if changes != 0 {
            let qualification = 3 << 4 | (i.isMemory ? 1 << 6 : 0) | UInt64(word) << 16
            throw exit(.controlRegisterAccess, i, qualification: qualification, linear: linear)
        }
        let kept = cr0 & (~0xF | mask | CR0.pe)
        try setCR0(kept | value & ~mask)
    }

    /// CLTS
    func clearTaskSwitched(_ i: Instruction) throws(Fault) {
        guard cpl == 0 else { throw .protection(0) }
        if configuration.cr0GuestHostMask & CR0.ts != 0 {
            if configuration.cr0ReadShadow & CR0.ts != 0 {
                throw exit(.controlRegisterAccess, i, qualification: 2 << 4)
            }
            return
        }
        state[field: State.Offset.cr0] &= ~CR0.ts
        updateMode()
    }

    // MARK: Debug registers

    private func debugRegister(_ number: UInt8) throws(Fault) -> Int {
        guard number < 8 else { throw .undefined }
        var number = number
        if number == 4 || number == 5 {
            guard cr4 & CR4.de == 0 else { throw .undefined }
            number += 2
        }
        guard cpl == 0 else { throw .protection(0) }
        if state[field: State.Offset.dr + 40][bit: 13] {
            state[field: State.Offset.dr + 40][bit: 13] = false
            state[field: State.Offset.dr + 32][bit: 13] = true
            updateMode()
            throw .debug
        }
        return State.Offset.dr + (number < 4 ? Int(number) : Int(number) - 2) * 8
    }

    func readDR(_ number: UInt8) throws(Fault) -> UInt64 { state[field: try debugRegister(number)] }

    func writeDR(_ number: UInt8, _ value: UInt64) throws(Fault) {
        let offset = try debugRegister(number)
        if offset >= State.Offset.dr + 32, value >> 32 != 0 { throw .protection(0) }
        switch offset {
        case State.Offset.dr + 32: state[field: offset] = value & 0xE00F | 0xFFFF_0FF0
        case State.Offset.dr + 40:
            state[field: offset] = value & 0xFFFF_2BFF | 0x400
            updateMode()
        default: state[field: offset] = value
        }
    }
}

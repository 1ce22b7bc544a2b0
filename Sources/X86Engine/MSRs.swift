// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

/// Numbers of the MSRs that the engine gives a meaning.
enum MSRNumber {
    static let timeStampCounter: UInt32 = 0x10
    static let sysenterCS: UInt32 = 0x174
    static let sysenterESP: UInt32 = 0x175
    static let sysenterEIP: UInt32 = 0x176
    static let pat: UInt32 = 0x277
    static let pkrs: UInt32 = 0x6E1
    static let xss: UInt32 = 0xDA0
    static let efer: UInt32 = 0xC000_0080
    static let star: UInt32 = 0xC000_0081
    static let lstar: UInt32 = 0xC000_0082
    static let cstar: UInt32 = 0xC000_0083
    static let fmask: UInt32 = 0xC000_0084
    static let fsBase: UInt32 = 0xC000_0100
    static let gsBase: UInt32 = 0xC000_0101
    static let kernelGSBase: UInt32 = 0xC000_0102
    static let tscAux: UInt32 = 0xC000_0103
}

extension VirtualCPU {
    /// MSRs that are storage alone: SPEC_CTRL, PRED_CMD, UMWAIT_CONTROL, CORE_CAPABILITIES, ARCH_CAPABILITIES, FLUSH_CMD,
    /// TSX_CTRL, XFD, XFD_ERR, DEBUGCTL, PERF_CAPABILITIES, DS_AREA and the like.
    static let resetMSRs: [UInt32: UInt64] = {
        var result: [UInt32: UInt64] = [:]
        for number: UInt32 in [
            0x48, 0x49, 0xBC, 0xBD, 0xCF, 0xE1, 0x10A, 0x10B, 0x122, 0x1A0, 0x1C4, 0x1C5, 0x1D9, 0x345, 0x38F,
            0x600,
            0x1B01,
        ] { result[number] = 0 }
        result[0x1A0] = 1
        return result
    }()

    /// Where an MSR lies in the state block.
    private func offset(_ number: UInt32) -> Int? {
        switch number {
        case MSRNumber.sysenterCS: State.Offset.sysenterCS
        case MSRNumber.sysenterESP: State.Offset.sysenterESP
        case MSRNumber.sysenterEIP: State.Offset.sysenterEIP
        case MSRNumber.pat: State.Offset.pat
        case MSRNumber.pkrs: State.Offset.pkrs
        case MSRNumber.xss: State.Offset.xss
        case MSRNumber.efer: State.Offset.efer
        case MSRNumber.star: State.Offset.star
        case MSRNumber.lstar: State.Offset.lstar
        case MSRNumber.cstar: State.Offset.cstar
        case MSRNumber.fmask: State.Offset.fmask
        case MSRNumber.fsBase: State.Offset.segments + 4 * 32
        case MSRNumber.gsBase: State.Offset.segments + 5 * 32
        case MSRNumber.kernelGSBase: State.Offset.kernelGSBase
        case MSRNumber.tscAux: State.Offset.tscAux
        default: nil
        }
    }

    public func msr(_ number: UInt32) -> UInt64? {
        if let offset = offset(number) { return state[field: offset] }
        if number == MSRNumber.timeStampCounter { return timeStamp() }
        return otherMSRs[number]
    }

    public func setMSR(_ number: UInt32, _ value: UInt64) {
        if let offset = offset(number) {
            state[field: offset] = value
            if number == MSRNumber.efer { pagingChanged() }
            if number == MSRNumber.pkrs { translations.flushLinear() }
            return
        }
        if otherMSRs[number] != nil || configuration.directReadMSRs.contains(number)
            || configuration.directWriteMSRs.contains(number)
        {
            otherMSRs[number] = value
        }
    }

    /// The virtual TSC.
    func timeStamp() -> UInt64 {
        let product = clock().multipliedFullWidth(by: configuration.tscMultiplier)
        return (product.high << 16 | product.low >> 48) &+ configuration.tscOffset
    }

    /// RDMSR, with EDX:EAX as one value.
    func readMSR(_ i: Instruction) throws(Fault) -> UInt64 {
        guard cpl == 0 else { throw .protection(0) }
        let number = UInt32(truncatingIfNeeded: state[.rcx])
        if number >= 0x800, number <= 0x8FF, let value = try readX2APIC(number) { return value }
        guard configuration.directReadMSRs.contains(number) else { throw exit(.rdmsr, i) }
        guard let value = msr(number) else { throw .protection(0) }
        return value
    }

    /// WRMSR
    func writeMSR(_ i: Instruction) throws(Fault) {
        guard cpl == 0 else { throw .protection(0) }
        let number = UInt32(truncatingIfNeeded: state[.rcx])
        let value = state[.rax] & 0xFFFF_FFFF | state[.rdx] << 32
        if number >= 0x800, number <= 0x8FF, try writeX2APIC(number, value) { return }
        guard configuration.directWriteMSRs.contains(number) else { throw exit(.wrmsr, i) }
        switch number {
        case MSRNumber.lstar, MSRNumber.cstar, MSRNumber.fsBase, MSRNumber.gsBase, MSRNumber.kernelGSBase,
            MSRNumber.sysenterESP, MSRNumber.sysenterEIP, 0x600:
            guard isCanonical(value) else { throw .protection(0) }
        case MSRNumber.tscAux, MSRNumber.fmask, MSRNumber.pkrs:
            guard value >> 32 == 0 else { throw .protection(0) }
        case MSRNumber.pat:
            for byte in 0..<8 {
                let type = (value >> UInt64(byte * 8)) & 0xFF
                guard type < 8, type != 2, type != 3 else { throw .protection(0) }
            }
        case 0x49, 0x10B:
            // Commands keep nothing.
            guard value & ~1 == 0 else { throw .protection(0) }
            return
        default:
            guard msr(number) != nil else { throw .protection(0) }
        }
        setMSR(number, value)
    }
}

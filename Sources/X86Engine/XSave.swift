// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

/// The XSAVE family, for x87, SSE and PKRU state.
///
/// - SeeAlso: SDM Vol. 1, "Managing State Using the XSAVE Feature Set".
extension VirtualCPU {
    enum SaveForm {
        /// XSAVE
        case plain
        /// XSAVEOPT
        case optimized
        /// XSAVEC
        case compacted
        /// XSAVES
        case supervisor
    }

    private static let x87: UInt64 = 1 << 0
    private static let sse: UInt64 = 1 << 1
    private static let avx: UInt64 = 1 << 2
    private static let protectionKeys: UInt64 = 1 << 9
    /// Where PKRU lies in the standard form.
    private static let standardPKRU: UInt64 = 2688
    private static let header: UInt64 = 512
    private static let compactionBit: UInt64 = 1 << 63

    /// `XINUSE`: components that are not in their initial configuration.
    var componentsInUse: UInt64 {
        var result: UInt64 = 0
        var registers = SIMD2<UInt64>.zero
        for number in 2..<10 { registers |= slot(number) & SIMD2(~0, 0xFFFF) }
        let isInitial =
            state.read(State.Offset.fcw, as: UInt16.self) == 0x37F
            && state.read(State.Offset.fsw, as: UInt16.self) == 0
            && state.read(State.Offset.ftw, as: UInt8.self) == 0
            && slot(0).y == 0 && state[field: State.Offset.fdp] == 0 && registers == .zero
        if !isInitial { result |= VirtualCPU.x87 }
        for number in 0..<(is64Bit ? 16 : 8) where state[xmm: number] != .zero {
            result |= VirtualCPU.sse
            break
        }
        if state[field: State.Offset.pkru] != 0 { result |= VirtualCPU.protectionKeys }
        return result
    }

    func setPKRU(_ value: UInt64) {
        if state[field: State.Offset.pkru] != value {
            state[field: State.Offset.pkru] = value
            translations.flushLinear()
        }
    }

    /// The checks that all of the family begin with.
    private func checkExtended(_ address: UInt64) throws(Fault) {
        guard cr4 & CR4.osxsave != 0 else { throw .undefined }
        guard cr0 & CR0.ts == 0 else { throw .deviceNotAvailable }
        guard address & 63 == 0 else { throw .protection(0) }
    }

    /// EDX:EAX
    private var requested: UInt64 { state[.rax] & 0xFFFF_FFFF | state[.rdx] << 32 }

    private func slot(_ number: Int) -> SIMD2<UInt64> {
        state.read(State.Offset.fxsave + number * 16)
    }

    /// - Parameter isWide: the form with REX.W, which has 64-bit pointers.
    func saveExtended(_ address: UInt64, _ form: SaveForm, isWide: Bool) throws(Fault) {
        try checkExtended(address)
        let isCompact = form == .compacted || form == .supervisor
        if form == .supervisor, cpl != 0 { throw .protection(0) }
        var enabled = state[field: State.Offset.xcr0]
        if form == .supervisor { enabled |= state[field: State.Offset.xss] }
        let components = requested & enabled
        var used = componentsInUse
        if form == .supervisor || form == .compacted,
            state.read(State.Offset.mxcsr, as: UInt32.self) != 0x1F80
        {
            used |= VirtualCPU.sse
        }
        let written = form == .plain ? components : components & used
        // Both ends first, so that nothing is half saved.
        _ = try data(address, 1, .write, isStack: false)
        _ = try data(address &+ 575, 1, .write, isStack: false)

        if written & VirtualCPU.x87 != 0 {
            // Without REX.W offsets of 32 bits and the selectors, which are no longer kept.
            let pointers: UInt64 = isWide ? ~0 : 0xFFFF_FFFF
            try store(address, slot(0) & SIMD2(~0, pointers))
            try store(address &+ 16, state[field: State.Offset.fdp] & pointers)
            for number in 2..<10 {
                var value = slot(number)
                value.y &= 0xFFFF
                try store(address &+ UInt64(number * 16), value)
            }
        }
        if !isCompact && components & (VirtualCPU.sse | VirtualCPU.avx) != 0 || written & VirtualCPU.sse != 0
        {
            try store(address &+ 24, state.read(State.Offset.mxcsr, as: UInt32.self))
            try store(address &+ 28, mxcsrMaskValue)
        }
        if written & VirtualCPU.sse != 0 {
            let count = is64Bit ? 16 : 8
            for number in 0..<count {
                try store(address &+ 160 &+ UInt64(number * 16), state[xmm: number])
            }
        }
        if written & VirtualCPU.protectionKeys != 0 {
            let place = isCompact ? compactPKRU(components) : VirtualCPU.standardPKRU
            try store(address &+ place, state[field: State.Offset.pkru])
        }
        let header = address &+ VirtualCPU.header
        if isCompact {
            try store(header, SIMD2(components & used, components | VirtualCPU.compactionBit))
        } else {
            let old: UInt64 = try load(header)
            try store(header, old & ~components | used & components)
        }
    }

    private var mxcsrMaskValue: UInt32 { 0xFFFF }

    /// Where PKRU lies in the compacted form: AVX's 256 bytes come before it when the format has them.
    private func compactPKRU(_ format: UInt64) -> UInt64 { format & VirtualCPU.avx != 0 ? 576 + 256 : 576 }

    func restoreExtended(_ address: UInt64, supervisor: Bool, isWide: Bool) throws(Fault) {
        try checkExtended(address)
        if supervisor, cpl != 0 { throw .protection(0) }
        var enabled = state[field: State.Offset.xcr0]
        if supervisor { enabled |= state[field: State.Offset.xss] }
        _ = try load(address, as: UInt8.self)
        let header = address &+ VirtualCPU.header
        let present: UInt64 = try load(header)
        let format: UInt64 = try load(header &+ 8)
        let isCompact = format & VirtualCPU.compactionBit != 0
        if supervisor, !isCompact { throw .protection(0) }
        for part in 2..<8 where isCompact || part == 2 {
            guard try load(header &+ UInt64(part * 8), as: UInt64.self) == 0 else { throw .protection(0) }
        }
        if isCompact {
            let components = format & ~VirtualCPU.compactionBit
            guard components & ~enabled == 0, present & ~components == 0 else { throw .protection(0) }
        } else {
            guard format == 0, present & ~enabled == 0 else { throw .protection(0) }
        }
        let components = requested & enabled
        let loaded = components & present
        let initial = components & ~present
        // All that can fault comes before the first change.
        let hasMXCSR =
            isCompact ? loaded & VirtualCPU.sse != 0 : components & (VirtualCPU.sse | VirtualCPU.avx) != 0
        let mxcsr: UInt32 = try load(address &+ 24)
        if hasMXCSR, mxcsr & ~mxcsrMaskValue != 0 { throw .protection(0) }
        var pkru: UInt64 = 0
        if loaded & VirtualCPU.protectionKeys != 0 {
            let place = isCompact ? compactPKRU(format) : VirtualCPU.standardPKRU
            pkru = UInt64(try load(address &+ place, as: UInt32.self))
        }
        if hasMXCSR { state.write(State.Offset.mxcsr, mxcsr) }
        if loaded & VirtualCPU.x87 != 0 {
            let control: SIMD2<UInt64> = try load(address)
            let data: UInt64 = try load(address &+ 16)
            let pointers: UInt64 = isWide ? ~0 : 0xFFFF_FFFF
            state.write(State.Offset.fxsave, control & SIMD2(~0, pointers))
            state.write(State.Offset.ftw + 1, UInt8(0))
            state[field: State.Offset.fdp] = data & pointers
            state.settleX87Control()
            for number in 2..<10 {
                var value: SIMD2<UInt64> = try load(address &+ UInt64(number * 16))
                value.y &= 0xFFFF
                state.write(State.Offset.fxsave + number * 16, value)
            }
        } else if initial & VirtualCPU.x87 != 0 {
            for number in 0..<10 where number != 1 {
                state.write(State.Offset.fxsave + number * 16, SIMD2<UInt64>.zero)
            }
            state[field: State.Offset.fdp] = 0
            state.write(State.Offset.fcw, UInt16(0x37F))
        }
        if loaded & VirtualCPU.sse != 0 {
            let count = is64Bit ? 16 : 8
            for number in 0..<count { state[xmm: number] = try load(address &+ 160 &+ UInt64(number * 16)) }
        } else if initial & VirtualCPU.sse != 0 {
            for number in 0..<(is64Bit ? 16 : 8) { state[xmm: number] = .zero }
            if isCompact { state.write(State.Offset.mxcsr, UInt32(0x1F80)) }
        }
        if components & VirtualCPU.protectionKeys != 0 { setPKRU(pkru) }
    }
}

// MARK: Handlers

let xsave: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        try cpu.saveExtended(op.address(cpu.state), .plain, isWide: i.isWide)
        return .next
    }
}
let xsaveopt: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        try cpu.saveExtended(op.address(cpu.state), .optimized, isWide: i.isWide)
        return .next
    }
}
let xsavec: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        try cpu.saveExtended(op.address(cpu.state), .compacted, isWide: i.isWide)
        return .next
    }
}
let xsaves: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        try cpu.saveExtended(op.address(cpu.state), .supervisor, isWide: i.isWide)
        return .next
    }
}
let xrstor: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        try cpu.restoreExtended(op.address(cpu.state), supervisor: false, isWide: i.isWide)
        return .end
    }
}
let xrstors: Handler = { c, o in
    perform(c, o) { (cpu, i, op) throws(Fault) in
        try cpu.restoreExtended(op.address(cpu.state), supervisor: true, isWide: i.isWide)
        return .next
    }
}

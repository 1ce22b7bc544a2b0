// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

// Moves between MMX, XMM, general registers and memory.

private let copy: Handler = { c, o in vector(c, o) { _, b in b } }
private let copyLow8: Handler = { c, o in vector(c, o) { a, b in Vector(b.x, a.y) } }
private let copyLow8Zero: Handler = { c, o in vector(c, o) { _, b in Vector(b.x, 0) } }
private let copyLow4: Handler = { c, o in
    vector(c, o) { a, b in Vector(a.x & ~0xFFFF_FFFF | b.x & 0xFFFF_FFFF, a.y) }
}
private let lowToHigh: Handler = { c, o in vector(c, o) { a, b in Vector(a.x, b.x) } }
private let highToLow: Handler = { c, o in vector(c, o) { a, b in Vector(b.y, a.y) } }
private let duplicateLow: Handler = { c, o in vector(c, o) { _, b in Vector(b.x, b.x) } }
private let duplicateEven: Handler = { c, o in
    lanes(c, o, SIMD4<UInt32>.self) { _, b in SIMD4(b[0], b[0], b[2], b[2]) }
}
private let duplicateOdd: Handler = { c, o in
    lanes(c, o, SIMD4<UInt32>.self) { _, b in SIMD4(b[1], b[1], b[3], b[3]) }
}
private let unpackLowDouble: Handler = { c, o in vector(c, o) { a, b in Vector(a.x, b.x) } }
private let unpackHighDouble: Handler = { c, o in vector(c, o) { a, b in Vector(a.y, b.y) } }
private let unpackLowSingle: Handler = { c, o in
    lanes(c, o, SIMD4<UInt32>.self) { a, b in SIMD4(a[0], b[0], a[1], b[1]) }
}
private let unpackHighSingle: Handler = { c, o in
    lanes(c, o, SIMD4<UInt32>.self) { a, b in SIMD4(a[2], b[2], a[3], b[3]) }
}
private let shuffleSingle: Handler = { c, o in
    let order = Int(MicroOp(o).immediate)
    return lanes(c, o, SIMD4<UInt32>.self) { a, b in
        SIMD4(a[order & 3], a[order >> 2 & 3], b[order >> 4 & 3], b[order >> 6 & 3])
    }
}
private let shuffleDouble: Handler = { c, o in
    let order = Int(MicroOp(o).immediate)
    return vector(c, o) { a, b in Vector(a[order & 1], b[order >> 1 & 1]) }
}
private let bitAnd: Handler = { c, o in vector(c, o) { a, b in a & b } }
private let bitAndNot: Handler = { c, o in vector(c, o) { a, b in ~a & b } }
private let bitOr: Handler = { c, o in vector(c, o) { a, b in a | b } }
private let bitXor: Handler = { c, o in vector(c, o) { a, b in a ^ b } }

/// General register to slot, zero-extended: `source` is the register's byte offset.
private let fromGeneral32: Handler = { c, o in
    let state = State(c)
    let op = MicroOp(o)
    state[slot: op.destination] = Vector(UInt64(state.read(Int(op.source), as: UInt32.self)), 0)
    return proceed(c, o)
}
private let fromGeneral64: Handler = { c, o in
    let state = State(c)
    let op = MicroOp(o)
    state[slot: op.destination] = Vector(state.read(Int(op.source)), 0)
    return proceed(c, o)
}
private let toGeneral32: Handler = { c, o in
    let state = State(c)
    let op = MicroOp(o)
    state[field: Int(op.destination)] = state[slot: op.source].x & 0xFFFF_FFFF
    return proceed(c, o)
}
private let toGeneral64: Handler = { c, o in
    let state = State(c)
    let op = MicroOp(o)
    state[field: Int(op.destination)] = state[slot: op.source].x
    return proceed(c, o)
}
private let signsSingle: Handler = { c, o in
    let state = State(c)
    let op = MicroOp(o)
    let v = state[slot: op.source]
    state[field: Int(op.destination)] =
        v.x >> 31 & 1 | (v.x >> 63) << 1 | (v.y >> 31 & 1) << 2 | (v.y >> 63) << 3
    return proceed(c, o)
}
private let signsDouble: Handler = { c, o in
    let state = State(c)
    let op = MicroOp(o)
    let v = state[slot: op.source]
    state[field: Int(op.destination)] = v.x >> 63 | (v.y >> 63) << 1
    return proceed(c, o)
}
@inline(__always) private func byteSigns(_ x: UInt64) -> UInt64 {
    ((x >> 7 & 0x0101_0101_0101_0101) &* 0x0102_0408_1020_4080) >> 56
}
private let signsBytes16: Handler = { c, o in
    let state = State(c)
    let op = MicroOp(o)
    let v = state[slot: op.source]
    state[field: Int(op.destination)] = byteSigns(v.x) | byteSigns(v.y) << 8
    return proceed(c, o)
}
private let signsBytes8: Handler = { c, o in
    let state = State(c)
    let op = MicroOp(o)
    state[field: Int(op.destination)] = byteSigns(state[slot: op.source].x)
    return proceed(c, o)
}
/// `PINSRx`: lane `immediate` of the destination becomes the low part of the source slot.
@inline(__always)
private func insert<T: FixedWidthInteger & BitwiseCopyable>(
    _ c: UnsafeMutableRawPointer, _ o: UnsafeMutableRawPointer, _ type: T.Type, lanes: Int
) -> UnsafeMutableRawPointer? {
    let state = State(c)
    let op = MicroOp(o)
    let lane = Int(op.immediate) & (lanes - 1)
    let place = state.base + State.Offset.fxsave + Int(op.destination) &* 16 + lane &* MemoryLayout<T>.size
    place.storeBytes(of: T(truncatingIfNeeded: state[slot: op.source].x), as: T.self)
    return proceed(c, o)
}
let insertWord8: Handler = { c, o in insert(c, o, UInt16.self, lanes: 8) }
let insertWord4: Handler = { c, o in insert(c, o, UInt16.self, lanes: 4) }
let insertByte: Handler = { c, o in insert(c, o, UInt8.self, lanes: 16) }
let insertDouble: Handler = { c, o in insert(c, o, UInt32.self, lanes: 4) }
let insertQuad: Handler = { c, o in insert(c, o, UInt64.self, lanes: 2) }

/// `PEXTRx` to a general register: bytes at offset `immediate` of the source slot, zero-extended.
@inline(__always)
private func extract<T: FixedWidthInteger & BitwiseCopyable>(
    _ c: UnsafeMutableRawPointer, _ o: UnsafeMutableRawPointer, _ type: T.Type
) -> UnsafeMutableRawPointer? {
    let state = State(c)
    let op = MicroOp(o)
    let place = state.base + State.Offset.fxsave + Int(op.source) &* 16 + Int(op.immediate)
    state[field: Int(op.destination)] = UInt64(truncatingIfNeeded: place.loadUnaligned(as: T.self))
    return proceed(c, o)
}
private let extractWord: Handler = { c, o in extract(c, o, UInt16.self) }
private let extractByte: Handler = { c, o in extract(c, o, UInt8.self) }
private let extractDouble: Handler = { c, o in extract(c, o, UInt32.self) }
private let extractQuad: Handler = { c, o in extract(c, o, UInt64.self) }

/// The bytes of `value` whose mask has its top bit set, to memory. False: faulted, and nothing is written.
private func storeMasked<L: SIMD<UInt8>>(_ state: State, _ op: MicroOp, _ value: L, _ mask: L) -> Bool {
    let address = op.address(state)
    for lane in 0..<L.scalarCount where mask[lane] & 0x80 != 0 {
        guard state.loadForUpdate(address &+ UInt64(lane), op, as: UInt8.self) != nil else { return false }
    }
    for lane in 0..<L.scalarCount where mask[lane] & 0x80 != 0 {
        guard state.store(address &+ UInt64(lane), value[lane], op) else { return false }
    }
    return true
}
/// `MASKMOVDQU`; the address is in the address fields.
private let maskedStore: Handler = { c, o in
    let state = State(c)
    let op = MicroOp(o)
    let value = state[slot: op.destination, as: SIMD16<UInt8>.self]
    guard storeMasked(state, op, value, state[slot: op.source, as: SIMD16<UInt8>.self]) else { return nil }
    return proceed(c, o)
}
/// `MASKMOVQ`
private let maskedStoreMMX: Handler = { c, o in
    let state = State(c)
    let op = MicroOp(o)
    let value = state[slot: state.currentSlot(ofMMX: op.destination), as: SIMD8<UInt8>.self]
    let mask = state[slot: state.currentSlot(ofMMX: op.source), as: SIMD8<UInt8>.self]
    guard storeMasked(state, op, value, mask) else { return nil }
    state.enterMMX()
    return proceed(c, o)
}
private let storeGeneral32: Handler = { c, o in
    let state = State(c)
    let op = MicroOp(o)
    guard state.store(op.address(state), state.read(Int(op.source), as: UInt32.self), op) else { return nil }
    return proceed(c, o)
}
private let storeGeneral64: Handler = { c, o in
    let state = State(c)
    let op = MicroOp(o)
    guard state.store(op.address(state), state.read(Int(op.source), as: UInt64.self), op) else { return nil }
    return proceed(c, o)
}
private let emptyMMX: Handler = { c, o in
    let state = State(c)
    state.rotateX87ToTopZero()
    state.write(State.Offset.ftw, UInt8(0))
    return proceed(c, o)
}

extension BlockBuilder {
    /// Copies a slot.
    mutating func emitMove(_ i: Instruction, destination: UInt8, source: UInt8) {
        emit(copy, i, destination: destination, source: source)
    }
    /// A store of an XMM register, or a move between registers.
    private mutating func moveOut(_ i: Instruction, aligned: Bool) -> Bool {
        if refusesSSE(i) { return true }
        let register = SIMDSlot.xmm(i.reg)
        if i.isMemory {
            emitStore(i, size: 16, aligned: aligned, from: register)
        } else {
            emit(copy, i, destination: SIMDSlot.xmm(i.rm), source: register)
        }
        return true
    }
    private mutating func moveIn(_ i: Instruction, aligned: Bool) -> Bool {
        if refusesSSE(i) { return true }
        let register = SIMDSlot.xmm(i.reg)
        if i.isMemory {
            emitLoad(i, size: 16, aligned: aligned, into: register)
        } else {
            emit(copy, i, destination: register, source: SIMDSlot.xmm(i.rm))
        }
        return true
    }
    /// MOVSS, MOVSD: from memory zero-extended, between registers merged.
    private mutating func moveScalar(_ i: Instruction, size: Int, store: Bool) -> Bool {
        if refusesSSE(i) { return true }
        let register = SIMDSlot.xmm(i.reg)
        let other = SIMDSlot.xmm(i.rm)
        let merge = size == 4 ? copyLow4 : copyLow8
        if i.isMemory {
            if store {
                emitStore(i, size: size, from: register)
            } else {
                emitLoad(i, size: size, aligned: false, into: register)
            }
        } else if store {
            emit(merge, i, destination: other, source: register)
        } else {
            emit(merge, i, destination: register, source: other)
        }
        return true
    }
    /// A store of 8 bytes at `offset` of an XMM register; undefined with a register operand.
    private mutating func storeHalf(_ i: Instruction, offset: Int32, size: Int = 8) -> Bool {
        guard i.isMemory else { return undefined(i) }
        if refusesSSE(i) { return true }
        emitStore(i, size: size, from: SIMDSlot.xmm(i.reg), offset: offset)
        return true
    }
    /// General register from an XMM register, without flags or exceptions.
    private mutating func toGeneral(_ i: Instruction, _ handler: @escaping Handler) -> Bool {
        guard !i.isMemory else { return undefined(i) }
        if refusesSSE(i) { return true }
        emit(handler, i, destination: BlockBuilder.slot(i.reg), source: SIMDSlot.xmm(i.rm))
        return true
    }

    mutating func lowerSIMDMoves(_ i: Instruction) -> Bool {
        let prefix = i.mandatoryPrefix
        switch i.opcode {
        case 0x10:  // MOVUPS, MOVUPD, MOVSS, MOVSD
            switch prefix {
            case .none, .p66: return moveIn(i, aligned: false)
            case .pF3: return moveScalar(i, size: 4, store: false)
            case .pF2: return moveScalar(i, size: 8, store: false)
            }
        case 0x11:
            switch prefix {
            case .none, .p66: return moveOut(i, aligned: false)
            case .pF3: return moveScalar(i, size: 4, store: true)
            case .pF2: return moveScalar(i, size: 8, store: true)
            }
        case 0x12:  // MOVLPS, MOVHLPS, MOVLPD, MOVSLDUP, MOVDDUP
            switch prefix {
            case .none: return i.isMemory ? xmm(i, size: 8, copyLow8) : xmm(i, highToLow)
            case .p66: return i.isMemory ? xmm(i, size: 8, copyLow8) : undefined(i)
            case .pF3: return xmm(i, duplicateEven)
            case .pF2: return xmm(i, size: 8, duplicateLow)
            }
        case 0x13:  // MOVLPS, MOVLPD
            return prefix == .none || prefix == .p66 ? storeHalf(i, offset: 0) : undefined(i)
        case 0x14:  // UNPCKLPS, UNPCKLPD
            return prefix == .none
                ? xmm(i, unpackLowSingle) : prefix == .p66 ? xmm(i, unpackLowDouble) : undefined(i)
        case 0x15:  // UNPCKHPS, UNPCKHPD
            return prefix == .none
                ? xmm(i, unpackHighSingle) : prefix == .p66 ? xmm(i, unpackHighDouble) : undefined(i)
        case 0x16:  // MOVHPS, MOVLHPS, MOVHPD, MOVSHDUP
            switch prefix {
            case .none: return i.isMemory ? xmm(i, size: 8, lowToHigh) : xmm(i, lowToHigh)
            case .p66: return i.isMemory ? xmm(i, size: 8, lowToHigh) : undefined(i)
            case .pF3: return xmm(i, duplicateOdd)
            case .pF2: return undefined(i)
            }
        case 0x17:  // MOVHPS, MOVHPD
            return prefix == .none || prefix == .p66 ? storeHalf(i, offset: 8) : undefined(i)
        case 0x28:  // MOVAPS, MOVAPD
            return prefix == .none || prefix == .p66 ? moveIn(i, aligned: true) : undefined(i)
        case 0x29:
            return prefix == .none || prefix == .p66 ? moveOut(i, aligned: true) : undefined(i)
        case 0x2B:  // MOVNTPS, MOVNTPD
            guard i.isMemory, prefix == .none || prefix == .p66 else { return undefined(i) }
            return moveOut(i, aligned: true)
        case 0x50:  // MOVMSKPS, MOVMSKPD
            return prefix == .none
                ? toGeneral(i, signsSingle) : prefix == .p66 ? toGeneral(i, signsDouble) : undefined(i)
        case 0x54:  // ANDPS, ANDPD
            return prefix == .none || prefix == .p66 ? xmm(i, bitAnd) : undefined(i)
        case 0x55:  // ANDNPS, ANDNPD
            return prefix == .none || prefix == .p66 ? xmm(i, bitAndNot) : undefined(i)
        case 0x56:  // ORPS, ORPD
            return prefix == .none || prefix == .p66 ? xmm(i, bitOr) : undefined(i)
        case 0x57:  // XORPS, XORPD
            return prefix == .none || prefix == .p66 ? xmm(i, bitXor) : undefined(i)
        case 0x6E:  // MOVD, MOVQ
            switch prefix {
            case .none:
                if refusesMMX(i) { return true }
                let register = SIMDSlot.mmx(i.reg)
                if i.isMemory {
                    emitLoad(i, size: i.isWide ? 8 : 4, aligned: false, into: SIMDSlot.scratch)
                    emitEnterMMX(i)
                    emit(copy, i, destination: register, source: SIMDSlot.scratch)
                } else {
                    emitEnterMMX(i)
                    emit(
                        i.isWide ? fromGeneral64 : fromGeneral32, i, destination: register,
                        source: BlockBuilder.slot(i.rm))
                }
                emitFinishMMX(i, i.reg)
                return true
            case .p66:
                if refusesSSE(i) { return true }
                let register = SIMDSlot.xmm(i.reg)
                if i.isMemory {
                    emitLoad(i, size: i.isWide ? 8 : 4, aligned: false, into: register)
                } else {
                    emit(
                        i.isWide ? fromGeneral64 : fromGeneral32, i, destination: register,
                        source: BlockBuilder.slot(i.rm))
                }
                return true
            default: return undefined(i)
            }
        case 0x6F:  // MOVQ, MOVDQA, MOVDQU
            switch prefix {
            case .none: return mmx(i, copy)
            case .p66: return moveIn(i, aligned: true)
            case .pF3: return moveIn(i, aligned: false)
            case .pF2: return undefined(i)
            }
        case 0x77:  // EMMS
            guard prefix == .none else { return undefined(i) }
            if refusesMMX(i) { return true }
            emit(emptyMMX, i)
            return true
        case 0x7E:  // MOVD, MOVQ
            switch prefix {
            case .none, .p66:
                if prefix == .none ? refusesMMX(i) : refusesSSE(i) { return true }
                let register = prefix == .none ? SIMDSlot.mmx(i.reg) : SIMDSlot.xmm(i.reg)
                if i.isMemory, prefix == .none {
                    emitStoreMMX(i, size: i.isWide ? 8 : 4)
                } else if i.isMemory {
                    emitStore(i, size: i.isWide ? 8 : 4, from: register)
                } else {
                    if prefix == .none { emitEnterMMX(i) }
                    emit(
                        i.isWide ? toGeneral64 : toGeneral32, i, destination: BlockBuilder.slot(i.rm),
                        source: register)
                }
                return true
            case .pF3: return xmm(i, size: 8, copyLow8Zero)
            case .pF2: return undefined(i)
            }
        case 0x7F:
            switch prefix {
            case .none:
                if refusesMMX(i) { return true }
                if i.isMemory {
                    emitStoreMMX(i, size: 8)
                } else {
                    emitEnterMMX(i)
                    emit(copy, i, destination: SIMDSlot.mmx(i.rm), source: SIMDSlot.mmx(i.reg))
                    emitFinishMMX(i, i.rm)
                }
                return true
            case .p66: return moveOut(i, aligned: true)
            case .pF3: return moveOut(i, aligned: false)
            case .pF2: return undefined(i)
            }
        case 0xC3:  // MOVNTI
            guard i.isMemory, prefix == .none else { return undefined(i) }
            emit(i.isWide ? storeGeneral64 : storeGeneral32, i, source: BlockBuilder.slot(i.reg))
            return true
        case 0xC4:  // PINSRW
            return insertLane(
                i, size: 2, i.mandatoryPrefix == .none ? insertWord4 : insertWord8, mmxAllowed: true)
        case 0xC5:  // PEXTRW
            guard !i.isMemory, prefix == .none || prefix == .p66 else { return undefined(i) }
            if prefix == .none ? refusesMMX(i) : refusesSSE(i) { return true }
            if prefix == .none { emitEnterMMX(i) }
            emit(
                extractWord, i, destination: BlockBuilder.slot(i.reg),
                source: prefix == .none ? SIMDSlot.mmx(i.rm) : SIMDSlot.xmm(i.rm),
                immediate: Int32(i.immediateByte & (prefix == .none ? 3 : 7)) * 2)
            return true
        case 0xC6:  // SHUFPS, SHUFPD
            return prefix == .none
                ? xmm(i, shuffleSingle) : prefix == .p66 ? xmm(i, shuffleDouble) : undefined(i)
        case 0xD6:  // MOVQ, MOVQ2DQ, MOVDQ2Q
            switch prefix {
            case .none: return undefined(i)
            case .p66:
                if i.isMemory { return storeHalf(i, offset: 0) }
                if refusesSSE(i) { return true }
                emit(copyLow8Zero, i, destination: SIMDSlot.xmm(i.rm), source: SIMDSlot.xmm(i.reg))
                return true
            case .pF3:
                guard !i.isMemory else { return undefined(i) }
                if refusesSSE(i) || refusesMMX(i) { return true }
                emitEnterMMX(i)
                emit(copyLow8Zero, i, destination: SIMDSlot.xmm(i.reg), source: SIMDSlot.mmx(i.rm))
                return true
            case .pF2:
                guard !i.isMemory else { return undefined(i) }
                if refusesSSE(i) || refusesMMX(i) { return true }
                emitEnterMMX(i)
                emit(copy, i, destination: SIMDSlot.mmx(i.reg), source: SIMDSlot.xmm(i.rm))
                emitFinishMMX(i, i.reg)
                return true
            }
        case 0xD7:  // PMOVMSKB
            guard !i.isMemory else { return undefined(i) }
            switch prefix {
            case .none:
                if refusesMMX(i) { return true }
                emitEnterMMX(i)
                emit(signsBytes8, i, destination: BlockBuilder.slot(i.reg), source: SIMDSlot.mmx(i.rm))
                return true
            case .p66: return toGeneral(i, signsBytes16)
            default: return undefined(i)
            }
        case 0xE7:  // MOVNTQ, MOVNTDQ
            guard i.isMemory else { return undefined(i) }
            switch prefix {
            case .none:
                if refusesMMX(i) { return true }
                emitStoreMMX(i, size: 8)
                return true
            case .p66: return moveOut(i, aligned: true)
            default: return undefined(i)
            }
        case 0xF0:  // LDDQU
            guard i.isMemory, prefix == .pF2 else { return undefined(i) }
            return moveIn(i, aligned: false)
        case 0xF7:  // MASKMOVQ, MASKMOVDQU
            guard !i.isMemory, prefix == .none || prefix == .p66 else { return undefined(i) }
            var record = i
            record.base = 7
            record.index = Instruction.noRegister
            record.displacement = 0
            if prefix == .none {
                if refusesMMX(i) { return true }
                emit(maskedStoreMMX, record, destination: i.reg & 7, source: i.rm & 7)
            } else {
                if refusesSSE(i) { return true }
                emit(maskedStore, record, destination: SIMDSlot.xmm(i.reg), source: SIMDSlot.xmm(i.rm))
            }
            return true
        default: return false
        }
    }

    /// `PINSRB`, `PINSRW`, `PINSRD`, `PINSRQ`.
    mutating func insertLane(
        _ i: Instruction, size: Int, _ handler: @escaping Handler, mmxAllowed: Bool = false
    ) -> Bool {
        let isMMX = i.mandatoryPrefix == .none
        guard i.mandatoryPrefix == .p66 || isMMX && mmxAllowed else { return undefined(i) }
        if isMMX ? refusesMMX(i) : refusesSSE(i) { return true }
        if i.isMemory {
            emitLoad(i, size: size, aligned: false, into: SIMDSlot.scratch)
        } else {
            emit(fromGeneral64, i, destination: SIMDSlot.scratch, source: BlockBuilder.slot(i.rm))
        }
        if isMMX { emitEnterMMX(i) }
        let register = isMMX ? SIMDSlot.mmx(i.reg) : SIMDSlot.xmm(i.reg)
        emit(handler, i, destination: register, source: SIMDSlot.scratch, immediate: Int32(i.immediateByte))
        if isMMX { emitFinishMMX(i, i.reg) }
        return true
    }

    /// `PEXTRB`, `PEXTRW`, `PEXTRD`, `PEXTRQ`, `EXTRACTPS` of the 0F3A map.
    mutating func extractLane(_ i: Instruction, size: Int) -> Bool {
        guard i.mandatoryPrefix == .p66 else { return undefined(i) }
        if refusesSSE(i) { return true }
        let lane = (Int32(i.immediateByte) & Int32(16 / size - 1)) * Int32(size)
        if i.isMemory {
            emitStore(i, size: size, from: SIMDSlot.xmm(i.reg), offset: lane)
        } else {
            let handler =
                size == 1 ? extractByte : size == 2 ? extractWord : size == 4 ? extractDouble : extractQuad
            emit(
                handler, i, destination: BlockBuilder.slot(i.rm), source: SIMDSlot.xmm(i.reg), immediate: lane
            )
        }
        return true
    }
}

// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

// Integer operations of MMX and SSE2: the 0F map.

@inline(__always)
func unpackLow<L: SIMD>(_ a: L, _ b: L) -> L {
    var result = L()
    for lane in 0..<L.scalarCount / 2 {
        result[2 * lane] = a[lane]
        result[2 * lane + 1] = b[lane]
    }
    return result
}
@inline(__always)
func unpackHigh<L: SIMD>(_ a: L, _ b: L) -> L {
    var result = L()
    for lane in 0..<L.scalarCount / 2 {
        result[2 * lane] = a[L.scalarCount / 2 + lane]
        result[2 * lane + 1] = b[L.scalarCount / 2 + lane]
    }
    return result
}
/// `destination = pack(destination, source)`: every lane clamped to the narrower type.
@inline(__always)
func pack<W: SIMD & BitwiseCopyable, N: SIMD & BitwiseCopyable>(
    _ c: UnsafeMutableRawPointer, _ o: UnsafeMutableRawPointer, _ wide: W.Type, _ narrow: N.Type
) -> UnsafeMutableRawPointer? where W.Scalar: FixedWidthInteger, N.Scalar: FixedWidthInteger {
    let state = State(c)
    let op = MicroOp(o)
    let a = state[slot: op.destination, as: W.self]
    let b = state[slot: op.source, as: W.self]
    var result = N()
    for lane in 0..<W.scalarCount {
        result[lane] = N.Scalar(clamping: a[lane])
        result[W.scalarCount + lane] = N.Scalar(clamping: b[lane])
    }
    state[slot: op.destination, as: N.self] = result
    return proceed(c, o)
}
@inline(__always)
func addSaturating<T: FixedWidthInteger>(_ a: T, _ b: T) -> T {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? (T.isSigned && a < 0 ? T.min : T.max) : sum
}
@inline(__always)
func subtractSaturating<T: FixedWidthInteger>(_ a: T, _ b: T) -> T {
    let (difference, overflow) = a.subtractingReportingOverflow(b)
    return overflow ? (!T.isSigned || a < 0 ? T.min : T.max) : difference
}
@inline(__always)
private func minimum<L: SIMD>(_ a: L, _ b: L) -> L where L.Scalar: Comparable {
    a.replacing(with: b, where: b .< a)
}
@inline(__always)
private func maximum<L: SIMD>(_ a: L, _ b: L) -> L where L.Scalar: Comparable {
    a.replacing(with: b, where: b .> a)
}

private func multiplyAdd(_ a: SIMD8<Int16>, _ b: SIMD8<Int16>) -> SIMD4<Int32> {
    var result = SIMD4<Int32>()
    for lane in 0..<4 {
        result[lane] =
            Int32(a[2 * lane]) &* Int32(b[2 * lane]) &+ Int32(a[2 * lane + 1]) &* Int32(b[2 * lane + 1])
    }
    return result
}
private func sumOfDifferences(_ a: UInt64, _ b: UInt64) -> UInt64 {
    var sum: UInt64 = 0
    for lane in 0..<8 {
        let x = Int(a >> UInt64(lane * 8) & 0xFF)
        let y = Int(b >> UInt64(lane * 8) & 0xFF)
        sum += UInt64(abs(x - y))
    }
    return sum
}
@inline(__always) private func wide(_ v: Vector) -> UInt128 { UInt128(v.y) << 64 | UInt128(v.x) }
@inline(__always) private func vector(_ v: UInt128) -> Vector {
    Vector(UInt64(truncatingIfNeeded: v), UInt64(truncatingIfNeeded: v >> 64))
}

// PSHUFD, PSHUFLW, PSHUFHW, PSHUFW.
private let shuffleDoubles: Handler = { c, o in
    let order = Int(MicroOp(o).immediate)
    return lanes(c, o, SIMD4<UInt32>.self) { _, b in
        SIMD4(b[order & 3], b[order >> 2 & 3], b[order >> 4 & 3], b[order >> 6 & 3])
    }
}
@inline(__always) private func shuffleWords(_ v: UInt64, _ order: Int32) -> UInt64 {
    var result: UInt64 = 0
    for lane in 0..<4 {
        let from = UInt64(order >> Int32(2 * lane) & 3)
        result |= (v >> (from * 16) & 0xFFFF) << UInt64(16 * lane)
    }
    return result
}
private let shuffleLowWords: Handler = { c, o in
    let order = MicroOp(o).immediate
    return vector(c, o) { _, b in Vector(shuffleWords(b.x, order), b.y) }
}
private let shuffleHighWords: Handler = { c, o in
    let order = MicroOp(o).immediate
    return vector(c, o) { _, b in Vector(b.x, shuffleWords(b.y, order)) }
}
private let shiftBytesLeft: Handler = { c, o in
    let count = UInt128(min(MicroOp(o).immediate, 16)) * 8
    return vector(c, o) { a, _ in count > 127 ? Vector() : vector(wide(a) << count) }
}
private let shiftBytesRight: Handler = { c, o in
    let count = UInt128(min(MicroOp(o).immediate, 16)) * 8
    return vector(c, o) { a, _ in count > 127 ? Vector() : vector(wide(a) >> count) }
}

extension BlockBuilder {
    /// Groups 12 to 14: shifts by an immediate.
    private mutating func shiftGroup(_ i: Instruction) -> Bool {
        let prefix = i.mandatoryPrefix
        guard !i.isMemory, prefix == .none || prefix == .p66 else { return undefined(i) }
        let handler: Handler
        switch (i.opcode, i.opcodeExtension) {
        case (0x71, 2):
            handler = { c, o in shift(c, o, SIMD8<UInt16>.self, count: shiftImmediate(o)) { $0 &>> $1 } }
        case (0x71, 4):
            handler = { c, o in shift(c, o, SIMD8<Int16>.self, count: shiftImmediate(o)) { $0 &>> $1 } }
        case (0x71, 6):
            handler = { c, o in shift(c, o, SIMD8<UInt16>.self, count: shiftImmediate(o)) { $0 &<< $1 } }
        case (0x72, 2):
            handler = { c, o in shift(c, o, SIMD4<UInt32>.self, count: shiftImmediate(o)) { $0 &>> $1 } }
        case (0x72, 4):
            handler = { c, o in shift(c, o, SIMD4<Int32>.self, count: shiftImmediate(o)) { $0 &>> $1 } }
        case (0x72, 6):
            handler = { c, o in shift(c, o, SIMD4<UInt32>.self, count: shiftImmediate(o)) { $0 &<< $1 } }
        case (0x73, 2):
            handler = { c, o in shift(c, o, SIMD2<UInt64>.self, count: shiftImmediate(o)) { $0 &>> $1 } }
        case (0x73, 6):
            handler = { c, o in shift(c, o, SIMD2<UInt64>.self, count: shiftImmediate(o)) { $0 &<< $1 } }
        case (0x73, 3) where prefix == .p66: handler = shiftBytesRight
        case (0x73, 7) where prefix == .p66: handler = shiftBytesLeft
        default: return undefined(i)
        }
        if prefix == .none {
            if refusesMMX(i) { return true }
            emitEnterMMX(i)
            emit(handler, i, destination: SIMDSlot.mmx(i.rm), immediate: Int32(i.immediateByte))
            emitFinishMMX(i, i.rm)
        } else {
            if refusesSSE(i) { return true }
            emit(handler, i, destination: SIMDSlot.xmm(i.rm), immediate: Int32(i.immediateByte))
        }
        return true
    }
    private mutating func only66(_ i: Instruction, _ handler: @escaping Handler) -> Bool {
        i.mandatoryPrefix == .p66 ? xmm(i, handler) : undefined(i)
    }

    mutating func lowerSIMDInteger(_ i: Instruction) -> Bool {
        switch i.opcode {
        case 0x60:  // PUNPCKLBW
            return integer(i, .lanes, mmxSize: 4) { c, o in
                lanes(c, o, SIMD16<UInt8>.self) { unpackLow($0, $1) }
            }
        case 0x61:  // PUNPCKLWD
            return integer(i, .lanes, mmxSize: 4) { c, o in
                lanes(c, o, SIMD8<UInt16>.self) { unpackLow($0, $1) }
            }
        case 0x62:  // PUNPCKLDQ
            return integer(i, .lanes, mmxSize: 4) { c, o in
                lanes(c, o, SIMD4<UInt32>.self) { unpackLow($0, $1) }
            }
        case 0x63:  // PACKSSWB
            return integer(i, .joined) { c, o in pack(c, o, SIMD8<Int16>.self, SIMD16<Int8>.self) }
        case 0x64:  // PCMPGTB
            return integer(i) { c, o in compare(c, o, SIMD16<Int8>.self) { $0 .> $1 } }
        case 0x65:  // PCMPGTW
            return integer(i) { c, o in compare(c, o, SIMD8<Int16>.self) { $0 .> $1 } }
        case 0x66:  // PCMPGTD
            return integer(i) { c, o in compare(c, o, SIMD4<Int32>.self) { $0 .> $1 } }
        case 0x67:  // PACKUSWB
            return integer(i, .joined) { c, o in pack(c, o, SIMD8<Int16>.self, SIMD16<UInt8>.self) }
        case 0x68:  // PUNPCKHBW
            if i.mandatoryPrefix == .none {
                return mmx(i, .upper) { c, o in lanes(c, o, SIMD16<UInt8>.self) { unpackLow($0, $1) } }
            }
            return only66(i) { c, o in lanes(c, o, SIMD16<UInt8>.self) { unpackHigh($0, $1) } }
        case 0x69:  // PUNPCKHWD
            if i.mandatoryPrefix == .none {
                return mmx(i, .upper) { c, o in lanes(c, o, SIMD8<UInt16>.self) { unpackLow($0, $1) } }
            }
            return only66(i) { c, o in lanes(c, o, SIMD8<UInt16>.self) { unpackHigh($0, $1) } }
        case 0x6A:  // PUNPCKHDQ
            if i.mandatoryPrefix == .none {
                return mmx(i, .upper) { c, o in lanes(c, o, SIMD4<UInt32>.self) { unpackLow($0, $1) } }
            }
            return only66(i) { c, o in lanes(c, o, SIMD4<UInt32>.self) { unpackHigh($0, $1) } }
        case 0x6B:  // PACKSSDW
            return integer(i, .joined) { c, o in pack(c, o, SIMD4<Int32>.self, SIMD8<Int16>.self) }
        case 0x6C:  // PUNPCKLQDQ
            return only66(i) { c, o in vector(c, o) { Vector($0.x, $1.x) } }
        case 0x6D:  // PUNPCKHQDQ
            return only66(i) { c, o in vector(c, o) { Vector($0.y, $1.y) } }
        case 0x70:
            switch i.mandatoryPrefix {
            case .none: return mmx(i, shuffleLowWords)  // PSHUFW
            case .p66: return xmm(i, shuffleDoubles)
            case .pF3: return xmm(i, shuffleHighWords)
            case .pF2: return xmm(i, shuffleLowWords)
            }
        case 0x71, 0x72, 0x73: return shiftGroup(i)
        case 0x74:  // PCMPEQB
            return integer(i) { c, o in compare(c, o, SIMD16<UInt8>.self) { $0 .== $1 } }
        case 0x75:  // PCMPEQW
            return integer(i) { c, o in compare(c, o, SIMD8<UInt16>.self) { $0 .== $1 } }
        case 0x76:  // PCMPEQD
            return integer(i) { c, o in compare(c, o, SIMD4<UInt32>.self) { $0 .== $1 } }
        case 0xD1:  // PSRLW
            return integer(i) { c, o in shift(c, o, SIMD8<UInt16>.self, count: shiftCount(c, o)) { $0 &>> $1 }
            }
        case 0xD2:  // PSRLD
            return integer(i) { c, o in shift(c, o, SIMD4<UInt32>.self, count: shiftCount(c, o)) { $0 &>> $1 }
            }
        case 0xD3:  // PSRLQ
            return integer(i) { c, o in shift(c, o, SIMD2<UInt64>.self, count: shiftCount(c, o)) { $0 &>> $1 }
            }
        case 0xD4:  // PADDQ
            return integer(i) { c, o in vector(c, o) { $0 &+ $1 } }
        case 0xD5:  // PMULLW
            return integer(i) { c, o in lanes(c, o, SIMD8<UInt16>.self) { $0 &* $1 } }
        case 0xD8:  // PSUBUSB
            return integer(i) { c, o in eachLane(c, o, SIMD16<UInt8>.self) { subtractSaturating($0, $1) } }
        case 0xD9:  // PSUBUSW
            return integer(i) { c, o in eachLane(c, o, SIMD8<UInt16>.self) { subtractSaturating($0, $1) } }
        case 0xDA:  // PMINUB
            return integer(i) { c, o in lanes(c, o, SIMD16<UInt8>.self) { minimum($0, $1) } }
        case 0xDB:  // PAND
            return integer(i) { c, o in vector(c, o) { $0 & $1 } }
        case 0xDC:  // PADDUSB
            return integer(i) { c, o in eachLane(c, o, SIMD16<UInt8>.self) { addSaturating($0, $1) } }
        case 0xDD:  // PADDUSW
            return integer(i) { c, o in eachLane(c, o, SIMD8<UInt16>.self) { addSaturating($0, $1) } }
        case 0xDE:  // PMAXUB
            return integer(i) { c, o in lanes(c, o, SIMD16<UInt8>.self) { maximum($0, $1) } }
        case 0xDF:  // PANDN
            return integer(i) { c, o in vector(c, o) { ~$0 & $1 } }
        case 0xE0:  // PAVGB
            return integer(i) { c, o in
                eachLane(c, o, SIMD16<UInt8>.self) { UInt8((UInt16($0) + UInt16($1) + 1) >> 1) }
            }
        case 0xE1:  // PSRAW
            return integer(i) { c, o in shift(c, o, SIMD8<Int16>.self, count: shiftCount(c, o)) { $0 &>> $1 }
            }
        case 0xE2:  // PSRAD
            return integer(i) { c, o in shift(c, o, SIMD4<Int32>.self, count: shiftCount(c, o)) { $0 &>> $1 }
            }
        case 0xE3:  // PAVGW
            return integer(i) { c, o in
                eachLane(c, o, SIMD8<UInt16>.self) { UInt16((UInt32($0) + UInt32($1) + 1) >> 1) }
            }
        case 0xE4:  // PMULHUW
            return integer(i) { c, o in
                eachLane(c, o, SIMD8<UInt16>.self) { UInt16((UInt32($0) &* UInt32($1)) >> 16) }
            }
        case 0xE5:  // PMULHW
            return integer(i) { c, o in
                eachLane(c, o, SIMD8<Int16>.self) { Int16((Int32($0) &* Int32($1)) >> 16) }
            }
        case 0xE8:  // PSUBSB
            return integer(i) { c, o in eachLane(c, o, SIMD16<Int8>.self) { subtractSaturating($0, $1) } }
        case 0xE9:  // PSUBSW
            return integer(i) { c, o in eachLane(c, o, SIMD8<Int16>.self) { subtractSaturating($0, $1) } }
        case 0xEA:  // PMINSW
            return integer(i) { c, o in lanes(c, o, SIMD8<Int16>.self) { minimum($0, $1) } }
        case 0xEB:  // POR
            return integer(i) { c, o in vector(c, o) { $0 | $1 } }
        case 0xEC:  // PADDSB
            return integer(i) { c, o in eachLane(c, o, SIMD16<Int8>.self) { addSaturating($0, $1) } }
        case 0xED:  // PADDSW
            return integer(i) { c, o in eachLane(c, o, SIMD8<Int16>.self) { addSaturating($0, $1) } }
        case 0xEE:  // PMAXSW
            return integer(i) { c, o in lanes(c, o, SIMD8<Int16>.self) { maximum($0, $1) } }
        case 0xEF:  // PXOR
            return integer(i) { c, o in vector(c, o) { $0 ^ $1 } }
        case 0xF1:  // PSLLW
            return integer(i) { c, o in shift(c, o, SIMD8<UInt16>.self, count: shiftCount(c, o)) { $0 &<< $1 }
            }
        case 0xF2:  // PSLLD
            return integer(i) { c, o in shift(c, o, SIMD4<UInt32>.self, count: shiftCount(c, o)) { $0 &<< $1 }
            }
        case 0xF3:  // PSLLQ
            return integer(i) { c, o in shift(c, o, SIMD2<UInt64>.self, count: shiftCount(c, o)) { $0 &<< $1 }
            }
        case 0xF4:  // PMULUDQ
            return integer(i) { c, o in vector(c, o) { ($0 & 0xFFFF_FFFF) &* ($1 & 0xFFFF_FFFF) } }
        case 0xF5:  // PMADDWD
            return integer(i) { c, o in
                let state = State(c)
                let op = MicroOp(o)
                state[slot: op.destination, as: SIMD4<Int32>.self] = multiplyAdd(
                    state[slot: op.destination, as: SIMD8<Int16>.self],
                    state[slot: op.source, as: SIMD8<Int16>.self])
                return proceed(c, o)
            }
        case 0xF6:  // PSADBW
            return integer(i) { c, o in
                vector(c, o) { Vector(sumOfDifferences($0.x, $1.x), sumOfDifferences($0.y, $1.y)) }
            }
        case 0xF8:  // PSUBB
            return integer(i) { c, o in lanes(c, o, SIMD16<UInt8>.self) { $0 &- $1 } }
        case 0xF9:  // PSUBW
            return integer(i) { c, o in lanes(c, o, SIMD8<UInt16>.self) { $0 &- $1 } }
        case 0xFA:  // PSUBD
            return integer(i) { c, o in lanes(c, o, SIMD4<UInt32>.self) { $0 &- $1 } }
        case 0xFB:  // PSUBQ
            return integer(i) { c, o in vector(c, o) { $0 &- $1 } }
        case 0xFC:  // PADDB
            return integer(i) { c, o in lanes(c, o, SIMD16<UInt8>.self) { $0 &+ $1 } }
        case 0xFD:  // PADDW
            return integer(i) { c, o in lanes(c, o, SIMD8<UInt16>.self) { $0 &+ $1 } }
        case 0xFE:  // PADDD
            return integer(i) { c, o in lanes(c, o, SIMD4<UInt32>.self) { $0 &+ $1 } }
        default: return false
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

// SSSE3, SSE4.1 and SSE4.2 integer operations: the 0F38 and 0F3A maps.

/// `f` of neighbouring lanes: first the destination's pairs, then the source's.
@inline(__always)
private func pairs<L: SIMD & BitwiseCopyable>(
    _ c: UnsafeMutableRawPointer, _ o: UnsafeMutableRawPointer, _ type: L.Type,
    _ f: (L.Scalar, L.Scalar) -> L.Scalar
) -> UnsafeMutableRawPointer? {
    lanes(c, o, type) { a, b in
        var result = L()
        let half = L.scalarCount / 2
        for lane in 0..<half {
            result[lane] = f(a[2 * lane], a[2 * lane + 1])
            result[half + lane] = f(b[2 * lane], b[2 * lane + 1])
        }
        return result
    }
}
/// `PMOVSX`, `PMOVZX`.
@inline(__always)
private func extend<N: SIMD & BitwiseCopyable, W: SIMD & BitwiseCopyable>(
    _ c: UnsafeMutableRawPointer, _ o: UnsafeMutableRawPointer, _ from: N.Type, _ to: W.Type
) -> UnsafeMutableRawPointer? where N.Scalar: FixedWidthInteger, W.Scalar: FixedWidthInteger {
    let state = State(c)
    let op = MicroOp(o)
    let value = state[slot: op.source, as: N.self]
    var result = W()
    for lane in 0..<W.scalarCount { result[lane] = W.Scalar(truncatingIfNeeded: value[lane]) }
    state[slot: op.destination, as: W.self] = result
    return proceed(c, o)
}
/// `PBLENDVB`, `BLENDVPS`, `BLENDVPD`: the source's lanes where the top bit of XMM0's is set.
@inline(__always)
private func blendVariable<L: SIMD & BitwiseCopyable>(
    _ c: UnsafeMutableRawPointer, _ o: UnsafeMutableRawPointer, _ type: L.Type
) -> UnsafeMutableRawPointer? where L.Scalar: FixedWidthInteger {
    let mask = State(c)[slot: SIMDSlot.xmm(0), as: L.self]
    return lanes(c, o, type) { a, b in a.replacing(with: b, where: mask .< L()) }
}
@inline(__always)
private func blendImmediate<L: SIMD & BitwiseCopyable>(
    _ c: UnsafeMutableRawPointer, _ o: UnsafeMutableRawPointer, _ type: L.Type
) -> UnsafeMutableRawPointer? {
    let mask = Int(MicroOp(o).immediate)
    return lanes(c, o, type) { a, b in
        var result = a
        for lane in 0..<L.scalarCount where mask >> lane & 1 != 0 { result[lane] = b[lane] }
        return result
    }
}
private let shuffleBytes: Handler = { c, o in
    lanes(c, o, SIMD16<UInt8>.self) { a, b in
        var result = SIMD16<UInt8>()
        for lane in 0..<16 where b[lane] & 0x80 == 0 { result[lane] = a[Int(b[lane] & 15)] }
        return result
    }
}
private let shuffleBytes8: Handler = { c, o in
    lanes(c, o, SIMD16<UInt8>.self) { a, b in
        var result = SIMD16<UInt8>()
        for lane in 0..<8 where b[lane] & 0x80 == 0 { result[lane] = a[Int(b[lane] & 7)] }
        return result
    }
}
private let multiplyAddBytes: Handler = { c, o in
    let state = State(c)
    let op = MicroOp(o)
    let a = state[slot: op.destination, as: SIMD16<UInt8>.self]
    let b = state[slot: op.source, as: SIMD16<Int8>.self]
    var result = SIMD8<Int16>()
    for lane in 0..<8 {
        result[lane] = Int16(
            clamping: Int32(a[2 * lane]) &* Int32(b[2 * lane]) &+ Int32(a[2 * lane + 1])
                &* Int32(b[2 * lane + 1]))
    }
    state[slot: op.destination, as: SIMD8<Int16>.self] = result
    return proceed(c, o)
}
@inline(__always) private func sign<T: FixedWidthInteger>(_ a: T, _ b: T) -> T {
    b < 0 ? 0 &- a : b == 0 ? 0 : a
}
@inline(__always) private func absolute<T: FixedWidthInteger>(_ b: T) -> T { b < 0 ? 0 &- b : b }

private let alignBytes: Handler = { c, o in
    let count = UInt64(UInt8(truncatingIfNeeded: MicroOp(o).immediate))
    return vector(c, o) { a, b in
        let high = UInt128(a.y) << 64 | UInt128(a.x)
        let low = UInt128(b.y) << 64 | UInt128(b.x)
        let bits = UInt128(count * 8)
        let value =
            count < 16
            ? low >> bits | (count == 0 ? 0 : high << (128 - bits)) : count < 32 ? high >> (bits - 128) : 0
        return Vector(UInt64(truncatingIfNeeded: value), UInt64(truncatingIfNeeded: value >> 64))
    }
}
private let alignBytes8: Handler = { c, o in
    let count = UInt64(UInt8(truncatingIfNeeded: MicroOp(o).immediate))
    return vector(c, o) { a, b in
        let value = UInt128(a.x) << 64 | UInt128(b.x)
        return Vector(count < 16 ? UInt64(truncatingIfNeeded: value >> UInt128(count * 8)) : 0, 0)
    }
}
private let minimumPosition: Handler = { c, o in
    lanes(c, o, SIMD8<UInt16>.self) { _, b in
        var position = 0
        for lane in 1..<8 where b[lane] < b[position] { position = lane }
        var result = SIMD8<UInt16>()
        result[0] = b[position]
        result[1] = UInt16(position)
        return result
    }
}
private let sumsOfDifferences: Handler = { c, o in
    let select = Int(MicroOp(o).immediate)
    let state = State(c)
    let op = MicroOp(o)
    let a = state[slot: op.destination, as: SIMD16<UInt8>.self]
    let b = state[slot: op.source, as: SIMD16<UInt8>.self]
    let first = (select >> 2 & 1) * 4
    let second = (select & 3) * 4
    var result = SIMD8<UInt16>()
    for lane in 0..<8 {
        var sum = 0
        for k in 0..<4 { sum += abs(Int(a[(first + lane + k) & 15]) - Int(b[second + k])) }
        result[lane] = UInt16(sum)
    }
    state[slot: op.destination, as: SIMD8<UInt16>.self] = result
    return proceed(c, o)
}
private let test: Handler = { c, o in
    let state = State(c)
    let op = MicroOp(o)
    let a = state[slot: op.destination]
    let b = state[slot: op.source]
    state.setArithmeticFlags((a & b == Vector() ? 0x40 : 0) | (~a & b == Vector() ? 1 : 0))
    return proceed(c, o)
}
private let insertSingle: Handler = { c, o in
    let control = Int(MicroOp(o).immediate)
    return lanes(c, o, SIMD4<UInt32>.self) { a, b in
        var result = a
        result[control >> 4 & 3] = b[control >> 6 & 3]
        for lane in 0..<4 where control >> lane & 1 != 0 { result[lane] = 0 }
        return result
    }
}

/// `PCMPESTRI`, `PCMPESTRM`, `PCMPISTRI`, `PCMPISTRM`.
///
/// `code` bit 0: the result is a mask; bit 1: implicit lengths; bit 2: explicit lengths are 64 bits.
private let compareStrings: Handler = { c, o in
    let state = State(c)
    let op = MicroOp(o)
    let control = Int(UInt8(truncatingIfNeeded: op.immediate))
    let count = control & 1 == 0 ? 16 : 8
    let first = state.stringElements(op.destination, control)
    let second = state.stringElements(op.source, control)
    func implicitLength(_ v: [16 of Int32]) -> Int {
        for lane in 0..<count where v[lane] == 0 { return lane }
        return count
    }
    func explicitLength(_ register: Int) -> Int {
        let value = state[gpr: register]
        let length = op.code & 4 != 0 ? Int64(bitPattern: value) : Int64(Int32(truncatingIfNeeded: value))
        return Int(min(length.magnitude, UInt64(count)))
    }
    let lengthA = op.code & 2 != 0 ? implicitLength(first) : explicitLength(0)
    let lengthB = op.code & 2 != 0 ? implicitLength(second) : explicitLength(2)
    var bits = 0
    for j in 0..<count {
        var holds: Bool
        switch control >> 2 & 3 {
        case 0:
            holds = false
            if j < lengthB { for i in 0..<lengthA where first[i] == second[j] { holds = true } }
        case 1:
            holds = false
            if j < lengthB {
                var i = 0
                while i + 1 < lengthA {
                    if second[j] >= first[i] && second[j] <= first[i + 1] { holds = true }
                    i += 2
                }
            }
        case 2:
            holds = j < lengthA && j < lengthB ? first[j] == second[j] : j >= lengthA && j >= lengthB
        default:
            holds = true
            for i in 0..<(count - j) where i < lengthA {
                if j + i >= lengthB || first[i] != second[j + i] { holds = false }
            }
        }
        if holds { bits |= 1 << j }
    }
    let all = (1 << count) - 1
    if control & 0x10 != 0 { bits ^= control & 0x20 != 0 ? (1 << lengthB) - 1 : all }
    if op.code & 1 != 0 {
        var mask = Vector(UInt64(bits), 0)
        if control & 0x40 != 0 {
            var lanes = SIMD16<UInt8>()
            for lane in 0..<16 where bits >> (count == 16 ? lane : lane / 2) & 1 != 0 { lanes[lane] = 0xFF }
            mask = unsafeBitCast(lanes, to: Vector.self)
        }
        state[slot: SIMDSlot.xmm(0)] = mask
    } else {
        let index =
            bits == 0
            ? count
            : control & 0x40 != 0 ? Int.bitWidth - 1 - bits.leadingZeroBitCount : bits.trailingZeroBitCount
        state[gpr: 1] = UInt64(index)
    }
    state.setArithmeticFlags(
        (bits != 0 ? 1 : 0) | (lengthB < count ? 0x40 : 0) | (lengthA < count ? 0x80 : 0)
            | (bits & 1 != 0 ? 0x800 : 0))
    return proceed(c, o)
}
extension State {
    /// The elements of a string operand: bytes or words, signed or not, by the control byte.
    fileprivate func stringElements(_ slot: UInt8, _ control: Int) -> [16 of Int32] {
        var result = [16 of Int32](repeating: 0)
        switch control & 3 {
        case 0: for lane in 0..<16 { result[lane] = Int32(self[slot: slot, as: SIMD16<UInt8>.self][lane]) }
        case 1: for lane in 0..<8 { result[lane] = Int32(self[slot: slot, as: SIMD8<UInt16>.self][lane]) }
        case 2: for lane in 0..<16 { result[lane] = Int32(self[slot: slot, as: SIMD16<Int8>.self][lane]) }
        default: for lane in 0..<8 { result[lane] = Int32(self[slot: slot, as: SIMD8<Int16>.self][lane]) }
        }
        return result
    }
}

extension BlockBuilder {
    private mutating func only66(_ i: Instruction, size: Int = 16, _ handler: @escaping Handler) -> Bool {
        i.mandatoryPrefix == .p66 ? xmm(i, size: size, handler) : undefined(i)
    }
    private mutating func onlyPlain(_ i: Instruction, _ handler: @escaping Handler) -> Bool {
        i.mandatoryPrefix == .none ? xmm(i, handler) : undefined(i)
    }

    mutating func lowerSIMD38(_ i: Instruction) -> Bool {
        switch i.opcode {
        case 0x00:  // PSHUFB
            return i.mandatoryPrefix == .none ? mmx(i, shuffleBytes8) : only66(i, shuffleBytes)
        case 0x01:  // PHADDW
            return integer(i, .joined) { c, o in pairs(c, o, SIMD8<Int16>.self) { $0 &+ $1 } }
        case 0x02:  // PHADDD
            return integer(i, .joined) { c, o in pairs(c, o, SIMD4<Int32>.self) { $0 &+ $1 } }
        case 0x03:  // PHADDSW
            return integer(i, .joined) { c, o in pairs(c, o, SIMD8<Int16>.self) { addSaturating($0, $1) } }
        case 0x04:  // PMADDUBSW
            return integer(i, multiplyAddBytes)
        case 0x05:  // PHSUBW
            return integer(i, .joined) { c, o in pairs(c, o, SIMD8<Int16>.self) { $0 &- $1 } }
        case 0x06:  // PHSUBD
            return integer(i, .joined) { c, o in pairs(c, o, SIMD4<Int32>.self) { $0 &- $1 } }
        case 0x07:  // PHSUBSW
            return integer(i, .joined) { c, o in pairs(c, o, SIMD8<Int16>.self) { subtractSaturating($0, $1) }
            }
        case 0x08:  // PSIGNB
            return integer(i) { c, o in eachLane(c, o, SIMD16<Int8>.self) { sign($0, $1) } }
        case 0x09:  // PSIGNW
            return integer(i) { c, o in eachLane(c, o, SIMD8<Int16>.self) { sign($0, $1) } }
        case 0x0A:  // PSIGND
            return integer(i) { c, o in eachLane(c, o, SIMD4<Int32>.self) { sign($0, $1) } }
        case 0x0B:  // PMULHRSW
            return integer(i) { c, o in
                eachLane(c, o, SIMD8<Int16>.self) {
                    Int16(truncatingIfNeeded: (((Int32($0) &* Int32($1)) >> 14) &+ 1) >> 1)
                }
            }
        case 0x10:  // PBLENDVB
            return only66(i) { c, o in blendVariable(c, o, SIMD16<Int8>.self) }
        case 0x14:  // BLENDVPS
            return only66(i) { c, o in blendVariable(c, o, SIMD4<Int32>.self) }
        case 0x15:  // BLENDVPD
            return only66(i) { c, o in blendVariable(c, o, SIMD2<Int64>.self) }
        case 0x17:  // PTEST
            return only66(i, test)
        case 0x1C:  // PABSB
            return integer(i) { c, o in eachLane(c, o, SIMD16<Int8>.self) { absolute($1) } }
        case 0x1D:  // PABSW
            return integer(i) { c, o in eachLane(c, o, SIMD8<Int16>.self) { absolute($1) } }
        case 0x1E:  // PABSD
            return integer(i) { c, o in eachLane(c, o, SIMD4<Int32>.self) { absolute($1) } }
        case 0x20: return only66(i, size: 8) { c, o in extend(c, o, SIMD16<Int8>.self, SIMD8<Int16>.self) }
        case 0x21: return only66(i, size: 4) { c, o in extend(c, o, SIMD16<Int8>.self, SIMD4<Int32>.self) }
        case 0x22: return only66(i, size: 2) { c, o in extend(c, o, SIMD16<Int8>.self, SIMD2<Int64>.self) }
        case 0x23: return only66(i, size: 8) { c, o in extend(c, o, SIMD8<Int16>.self, SIMD4<Int32>.self) }
        case 0x24: return only66(i, size: 4) { c, o in extend(c, o, SIMD8<Int16>.self, SIMD2<Int64>.self) }
        case 0x25: return only66(i, size: 8) { c, o in extend(c, o, SIMD4<Int32>.self, SIMD2<Int64>.self) }
        case 0x28:  // PMULDQ
            return only66(i) { c, o in
                lanes(c, o, SIMD2<Int64>.self) { a, b in ((a &<< 32) &>> 32) &* ((b &<< 32) &>> 32) }
            }
        case 0x29:  // PCMPEQQ
            return only66(i) { c, o in compare(c, o, SIMD2<UInt64>.self) { $0 .== $1 } }
        case 0x2A:  // MOVNTDQA
            guard i.isMemory else { return undefined(i) }
            return only66(i) { c, o in vector(c, o) { $1 } }
        case 0x2B:  // PACKUSDW
            return only66(i) { c, o in pack(c, o, SIMD4<Int32>.self, SIMD8<UInt16>.self) }
        case 0x30: return only66(i, size: 8) { c, o in extend(c, o, SIMD16<UInt8>.self, SIMD8<UInt16>.self) }
        case 0x31: return only66(i, size: 4) { c, o in extend(c, o, SIMD16<UInt8>.self, SIMD4<UInt32>.self) }
        case 0x32: return only66(i, size: 2) { c, o in extend(c, o, SIMD16<UInt8>.self, SIMD2<UInt64>.self) }
        case 0x33: return only66(i, size: 8) { c, o in extend(c, o, SIMD8<UInt16>.self, SIMD4<UInt32>.self) }
        case 0x34: return only66(i, size: 4) { c, o in extend(c, o, SIMD8<UInt16>.self, SIMD2<UInt64>.self) }
        case 0x35: return only66(i, size: 8) { c, o in extend(c, o, SIMD4<UInt32>.self, SIMD2<UInt64>.self) }
        case 0x37:  // PCMPGTQ
            return only66(i) { c, o in compare(c, o, SIMD2<Int64>.self) { $0 .> $1 } }
        case 0x38: return only66(i) { c, o in eachLane(c, o, SIMD16<Int8>.self) { min($0, $1) } }  // PMINSB
        case 0x39: return only66(i) { c, o in eachLane(c, o, SIMD4<Int32>.self) { min($0, $1) } }  // PMINSD
        case 0x3A: return only66(i) { c, o in eachLane(c, o, SIMD8<UInt16>.self) { min($0, $1) } }  // PMINUW
        case 0x3B: return only66(i) { c, o in eachLane(c, o, SIMD4<UInt32>.self) { min($0, $1) } }  // PMINUD
        case 0x3C: return only66(i) { c, o in eachLane(c, o, SIMD16<Int8>.self) { max($0, $1) } }  // PMAXSB
        case 0x3D: return only66(i) { c, o in eachLane(c, o, SIMD4<Int32>.self) { max($0, $1) } }  // PMAXSD
        case 0x3E: return only66(i) { c, o in eachLane(c, o, SIMD8<UInt16>.self) { max($0, $1) } }  // PMAXUW
        case 0x3F: return only66(i) { c, o in eachLane(c, o, SIMD4<UInt32>.self) { max($0, $1) } }  // PMAXUD
        case 0x40: return only66(i) { c, o in lanes(c, o, SIMD4<UInt32>.self) { $0 &* $1 } }  // PMULLD
        case 0x41: return only66(i, minimumPosition)  // PHMINPOSUW
        case 0xC8: return onlyPlain(i, sha1NextE)
        case 0xC9: return onlyPlain(i, sha1Message1)
        case 0xCA: return onlyPlain(i, sha1Message2)
        case 0xCB: return onlyPlain(i, sha256Rounds)
        case 0xCC: return onlyPlain(i, sha256Message1)
        case 0xCD: return onlyPlain(i, sha256Message2)
        case 0xDB: return only66(i, aesInverseMixColumns)
        case 0xDC: return only66(i, aesEncrypt)
        case 0xDD: return only66(i, aesEncryptLast)
        case 0xDE: return only66(i, aesDecrypt)
        case 0xDF: return only66(i, aesDecryptLast)
        case 0xF0, 0xF1:
            return i.prefixes.contains(.repne) ? lowerCRC32(i) : false
        default: return false
        }
    }

    private mutating func strings(_ i: Instruction, code: UInt16) -> Bool {
        guard i.mandatoryPrefix == .p66 else { return undefined(i) }
        if refusesSSE(i) { return true }
        let source = source(i, aligned: false)
        emit(
            compareStrings, i, destination: SIMDSlot.xmm(i.reg), source: source,
            code: code | (i.isWide ? 4 : 0),
            immediate: Int32(i.immediateByte))
        return true
    }

    mutating func lowerSIMD3A(_ i: Instruction) -> Bool {
        switch i.opcode {
        case 0x0C: return only66(i) { c, o in blendImmediate(c, o, SIMD4<UInt32>.self) }  // BLENDPS
        case 0x0D: return only66(i) { c, o in blendImmediate(c, o, SIMD2<UInt64>.self) }  // BLENDPD
        case 0x0E: return only66(i) { c, o in blendImmediate(c, o, SIMD8<UInt16>.self) }  // PBLENDW
        case 0x0F:  // PALIGNR
            return i.mandatoryPrefix == .none ? mmx(i, alignBytes8) : only66(i, alignBytes)
        case 0x14: return extractLane(i, size: 1)  // PEXTRB
        case 0x15: return extractLane(i, size: 2)  // PEXTRW
        case 0x16: return extractLane(i, size: i.isWide ? 8 : 4)  // PEXTRD, PEXTRQ
        case 0x17: return extractLane(i, size: 4)  // EXTRACTPS
        case 0x20: return insertLane(i, size: 1, insertByte)  // PINSRB
        case 0x21:  // INSERTPS
            guard i.mandatoryPrefix == .p66 else { return undefined(i) }
            if refusesSSE(i) { return true }
            let source = source(i, size: 4)
            let control = i.isMemory ? i.immediateByte & 0x3F : i.immediateByte
            emit(insertSingle, i, destination: SIMDSlot.xmm(i.reg), source: source, immediate: Int32(control))
            return true
        case 0x22:  // PINSRD, PINSRQ
            return insertLane(i, size: i.isWide ? 8 : 4, i.isWide ? insertQuad : insertDouble)
        case 0x42: return only66(i, sumsOfDifferences)  // MPSADBW
        case 0x44: return only66(i, multiplyCarryless)  // PCLMULQDQ
        case 0x60: return strings(i, code: 1)  // PCMPESTRM
        case 0x61: return strings(i, code: 0)  // PCMPESTRI
        case 0x62: return strings(i, code: 3)  // PCMPISTRM
        case 0x63: return strings(i, code: 2)  // PCMPISTRI
        case 0xCC: return onlyPlain(i, sha1Rounds)
        case 0xDF: return only66(i, aesKeyAssist)
        default: return lowerSSEFloat3A(i)
        }
    }
}

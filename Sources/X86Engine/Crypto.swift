// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

// AES-NI, SHA-NI, PCLMULQDQ and CRC32.

/// The tables of AES and CRC-32C, made once.
private struct CipherTables: @unchecked Sendable {
    /// S-box and its inverse.
    let forward: UnsafeMutablePointer<UInt8>
    let inverse: UnsafeMutablePointer<UInt8>
    /// A byte after SubBytes and its part of MixColumns; and the inverse.
    let encrypt: UnsafeMutablePointer<UInt32>
    let decrypt: UnsafeMutablePointer<UInt32>
    let crc: UnsafeMutablePointer<UInt32>

    init() {
        forward = .allocate(capacity: 256)
        inverse = .allocate(capacity: 256)
        encrypt = .allocate(capacity: 256)
        decrypt = .allocate(capacity: 256)
        crc = .allocate(capacity: 256)
        // 3 generates the multiplicative group: walk it together with its inverse.
        var p: UInt8 = 1
        var q: UInt8 = 1
        repeat {
            p = p ^ CipherTables.double(p)
            q ^= q << 1
            q ^= q << 2
            q ^= q << 4
            if q & 0x80 != 0 { q ^= 0x09 }
            let x =
                q ^ CipherTables.rotate(q, 1) ^ CipherTables.rotate(q, 2) ^ CipherTables.rotate(q, 3)
                ^ CipherTables.rotate(q, 4)
            forward[Int(p)] = x ^ 0x63
        } while p != 1
        forward[0] = 0x63
        for i in 0..<256 { inverse[Int(forward[i])] = UInt8(i) }
        for i in 0..<256 {
            let s = forward[i]
            let s2 = CipherTables.double(s)
            let s3 = s2 ^ s
            encrypt[i] = UInt32(s2) | UInt32(s) << 8 | UInt32(s) << 16 | UInt32(s3) << 24
            let v = inverse[i]
            let v2 = CipherTables.double(v)
            let v4 = CipherTables.double(v2)
            let v8 = CipherTables.double(v4)
            decrypt[i] =
                UInt32(v8 ^ v4 ^ v2) | UInt32(v8 ^ v) << 8 | UInt32(v8 ^ v4 ^ v) << 16 | UInt32(v8 ^ v2 ^ v)
                << 24
            var r = UInt32(i)
            for _ in 0..<8 { r = r & 1 != 0 ? r >> 1 ^ 0x82F6_3B78 : r >> 1 }
            crc[i] = r
        }
    }
    private static func double(_ x: UInt8) -> UInt8 { x << 1 ^ (x & 0x80 != 0 ? 0x1B : 0) }
    private static func rotate(_ x: UInt8, _ n: UInt8) -> UInt8 { x << n | x >> (8 - n) }
}
private let tables = CipherTables()

@inline(__always) private func rotate(_ x: UInt32, _ n: UInt32) -> UInt32 { x &<< n | x &>> (32 &- n) }
@inline(__always) private func byte(_ x: UInt32, _ n: UInt32) -> Int { Int(x &>> (n &* 8) & 0xFF) }

private typealias Columns = SIMD4<UInt32>

private func aesColumn(_ t: UnsafeMutablePointer<UInt32>, _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32)
    -> UInt32
{
    t[byte(a, 0)] ^ rotate(t[byte(b, 1)], 8) ^ rotate(t[byte(c, 2)], 16) ^ rotate(t[byte(d, 3)], 24)
}
private func substitute(
    _ t: UnsafeMutablePointer<UInt8>, _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32
) -> UInt32 {
    UInt32(t[byte(a, 0)]) | UInt32(t[byte(b, 1)]) << 8 | UInt32(t[byte(c, 2)]) << 16 | UInt32(t[byte(d, 3)])
        << 24
}
/// `AESENC`
let aesEncrypt: Handler = { c, o in
    let t = tables.encrypt
    return lanes(c, o, SIMD4<UInt32>.self) { s, key in
        Columns(
            aesColumn(t, s[0], s[1], s[2], s[3]), aesColumn(t, s[1], s[2], s[3], s[0]),
            aesColumn(t, s[2], s[3], s[0], s[1]), aesColumn(t, s[3], s[0], s[1], s[2])) ^ key
    }
}
/// `AESENCLAST`
let aesEncryptLast: Handler = { c, o in
    let t = tables.forward
    return lanes(c, o, SIMD4<UInt32>.self) { s, key in
        Columns(
            substitute(t, s[0], s[1], s[2], s[3]), substitute(t, s[1], s[2], s[3], s[0]),
            substitute(t, s[2], s[3], s[0], s[1]), substitute(t, s[3], s[0], s[1], s[2])) ^ key
    }
}
/// `AESDEC`
let aesDecrypt: Handler = { c, o in
    let t = tables.decrypt
    return lanes(c, o, SIMD4<UInt32>.self) { s, key in
        Columns(
            aesColumn(t, s[0], s[3], s[2], s[1]), aesColumn(t, s[1], s[0], s[3], s[2]),
            aesColumn(t, s[2], s[1], s[0], s[3]), aesColumn(t, s[3], s[2], s[1], s[0])) ^ key
    }
}
/// `AESDECLAST`
let aesDecryptLast: Handler = { c, o in
    let t = tables.inverse
    return lanes(c, o, SIMD4<UInt32>.self) { s, key in
        Columns(
            substitute(t, s[0], s[3], s[2], s[1]), substitute(t, s[1], s[0], s[3], s[2]),
            substitute(t, s[2], s[1], s[0], s[3]), substitute(t, s[3], s[2], s[1], s[0])) ^ key
    }
}
/// `AESIMC`
let aesInverseMixColumns: Handler = { c, o in
    let t = tables.decrypt
    let f = tables.forward
    return lanes(c, o, SIMD4<UInt32>.self) { _, s in
        var result = Columns()
        for i in 0..<4 {
            let x = substitute(f, s[i], s[i], s[i], s[i])
            result[i] = aesColumn(t, x, x, x, x)
        }
        return result
    }
}
/// `AESKEYGENASSIST`
let aesKeyAssist: Handler = { c, o in
    let f = tables.forward
    let constant = UInt32(UInt8(truncatingIfNeeded: MicroOp(o).immediate))
    return lanes(c, o, SIMD4<UInt32>.self) { _, s in
        let x = substitute(f, s[1], s[1], s[1], s[1])
        let y = substitute(f, s[3], s[3], s[3], s[3])
        return Columns(x, rotate(x, 24) ^ constant, y, rotate(y, 24) ^ constant)
    }
}

@inline(never) private func carrylessMultiply(_ a: UInt64, _ b: UInt64) -> Vector {
    var low: UInt64 = 0
    var high: UInt64 = 0
    var bits = b
    while bits != 0 {
        let n = UInt64(bits.trailingZeroBitCount)
        bits &= bits &- 1
        low ^= a &<< n
        high ^= n == 0 ? 0 : a &>> (64 &- n)
    }
    return Vector(low, high)
}
/// `PCLMULQDQ`
let multiplyCarryless: Handler = { c, o in
    let select = Int(MicroOp(o).immediate)
    return vector(c, o) { a, b in carrylessMultiply(a[select & 1], b[select >> 4 & 1]) }
}

/// `SHA1RNDS4`
let sha1Rounds: Handler = { c, o in
    let function = MicroOp(o).immediate & 3
    return lanes(c, o, SIMD4<UInt32>.self) { s, w in
        let constants = Columns(0x5A82_7999, 0x6ED9_EBA1, 0x8F1B_BCDC, 0xCA62_C1D6)
        let k = constants[Int(function)]
        var a = s[3]
        var b = s[2]
        var c = s[1]
        var d = s[0]
        var e: UInt32 = 0
        for round in 0..<4 {
            let f =
                switch function {
                case 0: b & c ^ ~b & d
                case 2: b & c ^ b & d ^ c & d
                default: b ^ c ^ d
                }
            let next = f &+ rotate(a, 5) &+ w[3 - round] &+ e &+ k
            e = d
            d = c
            c = rotate(b, 30)
            b = a
            a = next
        }
        return Columns(d, c, b, a)
    }
}
/// `SHA1NEXTE`
let sha1NextE: Handler = { c, o in
    lanes(c, o, SIMD4<UInt32>.self) { a, b in Columns(b[0], b[1], b[2], b[3] &+ rotate(a[3], 30)) }
}
/// `SHA1MSG1`
let sha1Message1: Handler = { c, o in
    lanes(c, o, SIMD4<UInt32>.self) { a, b in Columns(b[2] ^ a[0], b[3] ^ a[1], a[0] ^ a[2], a[1] ^ a[3]) }
}
/// `SHA1MSG2`
let sha1Message2: Handler = { c, o in
    lanes(c, o, SIMD4<UInt32>.self) { a, b in
        let w16 = rotate(a[3] ^ b[2], 1)
        return Columns(rotate(a[0] ^ w16, 1), rotate(a[1] ^ b[0], 1), rotate(a[2] ^ b[1], 1), w16)
    }
}
/// `SHA256RNDS2`
let sha256Rounds: Handler = { c, o in
    let k = State(c)[slot: SIMDSlot.xmm(0), as: SIMD4<UInt32>.self]
    return lanes(c, o, SIMD4<UInt32>.self) { s1, s2 in
        var a = s2[3]
        var b = s2[2]
        var c = s1[3]
        var d = s1[2]
        var e = s2[1]
        var f = s2[0]
        var g = s1[1]
        var h = s1[0]
        for round in 0..<2 {
            let t = (e & f ^ ~e & g) &+ (rotate(e, 26) ^ rotate(e, 21) ^ rotate(e, 7)) &+ k[round] &+ h
            let u = (a & b ^ a & c ^ b & c) &+ (rotate(a, 30) ^ rotate(a, 19) ^ rotate(a, 10))
            h = g
            g = f
            f = e
            e = d &+ t
            d = c
            c = b
            b = a
            a = t &+ u
        }
        return Columns(f, e, b, a)
    }
}
@inline(__always) private func sigma0(_ x: UInt32) -> UInt32 { rotate(x, 25) ^ rotate(x, 14) ^ x >> 3 }
@inline(__always) private func sigma1(_ x: UInt32) -> UInt32 { rotate(x, 15) ^ rotate(x, 13) ^ x >> 10 }
/// `SHA256MSG1`
let sha256Message1: Handler = { c, o in
    lanes(c, o, SIMD4<UInt32>.self) { a, b in
        Columns(a[0] &+ sigma0(a[1]), a[1] &+ sigma0(a[2]), a[2] &+ sigma0(a[3]), a[3] &+ sigma0(b[0]))
    }
}
/// `SHA256MSG2`
let sha256Message2: Handler = { c, o in
    lanes(c, o, SIMD4<UInt32>.self) { a, b in
        let w16 = a[0] &+ sigma1(b[2])
        let w17 = a[1] &+ sigma1(b[3])
        return Columns(w16, w17, a[2] &+ sigma1(w16), a[3] &+ sigma1(w17))
    }
}

@inline(__always)
private func checksum(
    _ c: UnsafeMutableRawPointer, _ o: UnsafeMutableRawPointer, bytes: Int
) -> UnsafeMutableRawPointer? {
    let state = State(c)
    let op = MicroOp(o)
    var crc = state.read(Int(op.destination), as: UInt32.self)
    var data = state[slot: op.source].x
    let table = tables.crc
    for _ in 0..<bytes {
        crc = table[Int((crc ^ UInt32(truncatingIfNeeded: data)) & 0xFF)] ^ crc >> 8
        data >>= 8
    }
    state[field: Int(op.destination)] = UInt64(crc)
    return proceed(c, o)
}
/// A general register, or AH to BH, to the scratch slot.
private let generalToScratch: Handler = { c, o in
    let state = State(c)
    let op = MicroOp(o)
    let offset = Int(op.source)
    state[slot: op.destination] = Vector(state.read(offset & ~7) >> UInt64((offset & 7) * 8), 0)
    return proceed(c, o)
}

extension BlockBuilder {
    /// `CRC32`
    mutating func lowerCRC32(_ i: Instruction) -> Bool {
        let size = i.opcode == 0xF0 ? 1 : i.isWide ? 8 : i.prefixes.contains(.operandSize) ? 2 : 4
        if i.prefixes.contains(.lock) { return undefined(i) }
        if i.isMemory {
            emitLoad(i, size: size, aligned: false, into: SIMDSlot.scratch)
        } else {
            emit(
                generalToScratch, i, destination: SIMDSlot.scratch,
                source: size == 1 ? BlockBuilder.byteSlot(i.rm, i) : BlockBuilder.slot(i.rm))
        }
        let handler: Handler =
            switch size {
            case 1: { c, o in checksum(c, o, bytes: 1) }
            case 2: { c, o in checksum(c, o, bytes: 2) }
            case 4: { c, o in checksum(c, o, bytes: 4) }
            default: { c, o in checksum(c, o, bytes: 8) }
            }
        emit(handler, i, destination: BlockBuilder.slot(i.reg), source: SIMDSlot.scratch)
        return true
    }
}

// SPDX-License-Identifier: Apache-2.0

public import Crypto
public import Quote
import SwiftASN1

extension P256.Signing.PrivateKey {
    /// An ECDSA signature with SHA-256 that depends on nothing but the key and the message, so that what is issued twice is the
    /// same twice.
    ///
    /// The arithmetic takes a time that depends on the key: it is for keys of simulated platforms, which protect nothing.
    ///
    /// - SeeAlso: RFC 6979, "Generation of k".
    public func reproducibleSignature(for message: some Sequence<UInt8>) throws -> RawSignature {
        let digest = Scalar(SHA256.hash(data: Array(message)))
        let secret = Scalar(rawRepresentation)
        var nonces = NonceGenerator(secret: secret, digest: digest)
        while true {
            let nonce = nonces.next()
            // What is no private key is no nonce: zero, or not below the order.
            guard let point = try? P256.Signing.PrivateKey(rawRepresentation: nonce) else { continue }
            let r = Scalar(point.publicKey.rawRepresentation.prefix(32))
            let s = Scalar(nonce).inverse * (digest + r * secret)
            guard !r.isZero, !s.isZero else { continue }
            return RawSignature(r.bytes + s.bytes)
        }
    }
}

/// Nonces for one message, as RFC 6979 makes them of HMAC.
private struct NonceGenerator {
    private var k = [UInt8](repeating: 0, count: 32)
    private var v = [UInt8](repeating: 1, count: 32)

    init(secret: Scalar, digest: Scalar) {
        for tag: UInt8 in [0, 1] { mix([tag] + secret.bytes + digest.bytes) }
    }

    private func mac(_ bytes: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: bytes, using: SymmetricKey(data: k)))
    }

    private mutating func mix(_ bytes: [UInt8]) {
        k = mac(v + bytes)
        v = mac(v)
    }

    mutating func next() -> [UInt8] {
        v = mac(v)
        let nonce = v
        mix([0])
        return nonce
    }
}

/// A number modulo the order of P-256's group.
private struct Scalar: Equatable {
    /// The lowest word first; always below the order.
    private var words: SIMD4<UInt64>

    private static let order = SIMD4<UInt64>(
        0xF3B9_CAC2_FC63_2551, 0xBCE6_FAAD_A717_9E84, 0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_0000_0000)
    /// −1/order modulo 2⁶⁴
    private static let negativeInverse: UInt64 = 0xCCD1_C8AA_EE00_BC4F
    /// 2⁵¹² modulo the order
    private static let squaredRadix = Scalar(
        words: SIMD4(
            0x8324_4C95_BE79_EEA2, 0x4699_799C_49BD_6FA6, 0x2845_B239_2B6B_EC59, 0x66E1_2D94_F3D9_5620))

    private init(words: SIMD4<UInt64>) { self.words = words }

    /// 32 bytes, the highest first, taken modulo the order.
    init(_ bytes: some Sequence<UInt8>) {
        var words = SIMD4<UInt64>.zero
        for (index, byte) in bytes.prefix(32).enumerated() {
            words[3 - index / 8] |= UInt64(byte) << UInt64(56 - index % 8 * 8)
        }
        self.init(words: Scalar.reduced(words, carry: 0))
    }

    var bytes: [UInt8] {
        (0..<32).map { UInt8(truncatingIfNeeded: words[3 - $0 / 8] >> UInt64(56 - $0 % 8 * 8)) }
    }
    var isZero: Bool { words == .zero }

    /// A number below twice the order, less the order if it is not below it.
    private static func reduced(_ words: SIMD4<UInt64>, carry: UInt64) -> SIMD4<UInt64> {
        var difference = SIMD4<UInt64>.zero
        var borrow: UInt64 = 0
        for index in 0..<4 {
            let (first, under) = words[index].subtractingReportingOverflow(order[index])
            let (second, underAgain) = first.subtractingReportingOverflow(borrow)
            difference[index] = second
            borrow = under || underAgain ? 1 : 0
        }
        return carry >= borrow ? difference : words
    }

    static func + (a: Scalar, b: Scalar) -> Scalar {
        var (sum, carry) = (SIMD4<UInt64>.zero, UInt64(0))
        for index in 0..<4 {
            let wide = UInt128(a.words[index]) + UInt128(b.words[index]) + UInt128(carry)
            sum[index] = UInt64(truncatingIfNeeded: wide)
            carry = UInt64(truncatingIfNeeded: wide >> 64)
        }
        return Scalar(words: reduced(sum, carry: carry))
    }

    /// a · b / 2²⁵⁶: Montgomery's product.
    private static func product(_ a: Scalar, _ b: Scalar) -> Scalar {
        var (sum, top) = (SIMD4<UInt64>.zero, UInt64(0))
        for index in 0..<4 {
            // Adds a · b[index], then the multiple of the order that makes the lowest word zero, and drops that word.
            var carry: UInt128 = 0
            for word in 0..<4 {
                carry += UInt128(sum[word]) + UInt128(a.words[word]) * UInt128(b.words[index])
                sum[word] = UInt64(truncatingIfNeeded: carry)
                carry >>= 64
            }
            carry += UInt128(top)
            let (high, higher) = (UInt64(truncatingIfNeeded: carry), UInt64(truncatingIfNeeded: carry >> 64))
            let multiple = sum[0] &* negativeInverse
            carry = 0
            for word in 0..<4 {
                carry += UInt128(sum[word]) + UInt128(multiple) * UInt128(order[word])
                if word > 0 { sum[word - 1] = UInt64(truncatingIfNeeded: carry) }
                carry >>= 64
            }
            carry += UInt128(high)
            sum[3] = UInt64(truncatingIfNeeded: carry)
            top = higher + UInt64(truncatingIfNeeded: carry >> 64)
        }
        return Scalar(words: reduced(sum, carry: top))
    }

    static func * (a: Scalar, b: Scalar) -> Scalar { product(product(a, squaredRadix), b) }

    /// The number to the power of the order less two, which is its inverse.
    var inverse: Scalar {
        var exponent = Scalar.order
        exponent[0] -= 2
        var result = Scalar([UInt8](repeating: 0, count: 31) + [1])
        for bit in (0..<256).reversed() {
            result = result * result
            if exponent[bit / 64] >> UInt64(bit % 64) & 1 != 0 { result = result * self }
        }
        return result
    }
}

/// What certificates and lists are: a content, an algorithm, and the signature of the content.
func signedDER(_ content: some Sequence<UInt8>, by key: P256.Signing.PrivateKey) throws -> [UInt8] {
    let content = Array(content)
    let signature = try P256.Signing.ECDSASignature(
        rawRepresentation: key.reproducibleSignature(for: content).bytes)
    var whole = DER.Serializer()
    try whole.appendConstructedNode(identifier: .sequence) {
        $0.serializeRawBytes(content)
        try $0.appendAlgorithm()
        try $0.serialize(ASN1BitString(bytes: Array(signature.derRepresentation)[...]))
    }
    return whole.serializedBytes
}

extension DER.Serializer {
    /// `ecdsa-with-SHA256`
    mutating func appendAlgorithm() throws {
        try appendConstructedNode(identifier: .sequence) {
            try $0.serialize(CertificateRevocationList.ecdsaWithSHA256)
        }
    }
}

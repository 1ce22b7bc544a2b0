// SPDX-License-Identifier: Apache-2.0

import Collateral
import Crypto
import Quote
import Testing

@Suite("Reproducible signatures")
struct ReproducibleSignatureTests {
    @Test(
        "are those of RFC 6979, A.2.5",
        arguments: [
            (
                "sample",
                "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
                    + "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
            ),
            (
                "test",
                "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367"
                    + "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083"
            ),
        ])
    func vectors(message: String, signature: String) throws {
        let key = try P256.Signing.PrivateKey(
            rawRepresentation: [UInt8](
                hexadecimal: "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721") ?? [])
        #expect(try key.reproducibleSignature(for: Array(message.utf8)).description == signature)
    }

    @Test("verify, of any key and message")
    func verify() throws {
        for number in 0..<50 as Range<UInt8> {
            let key = P256.Signing.PrivateKey()
            let message = [UInt8](repeating: number, count: Int(number))
            #expect(try key.reproducibleSignature(for: message).isValid(for: message, by: key.publicKey))
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Collateral
import Crypto
import Quote
import X509

/// A PKI of keys that exist for one test.
struct TestPKI {
    let now: Timestamp
    let root: CertificateAuthority
    let platformCA: CertificateAuthority
    let tcbSigningKey = P256.Signing.PrivateKey()
    let tcbSigning: AttestationCertificate
    let pckKey = P256.Signing.PrivateKey()
    let pck: AttestationCertificate

    static let sgx = SGXExtension(
        ppid: Identifier128(1...16), tcb: SVNComponents([5, 5, 2, 2, 4, 1, 0, 5, 200]), pceSVN: 300,
        cpuSVN: Identifier128(17...32), pceID: .zero, fmspc: FMSPC([0x90, 0xC0, 0x6F, 0, 0, 0]),
        platform: .init(
            instanceID: Identifier128(33...48), isDynamic: true, hasCachedKeys: true, hasSMT: false))

    init(now: Timestamp = Timestamp(secondsSince1970: 1_780_000_000)) throws {
        self.now = now
        func terms(_ serial: UInt64) -> CertificateAuthority.Terms {
            .init(
                notBefore: Timestamp(secondsSince1970: now.secondsSince1970 - 86_400),
                notAfter: Timestamp(secondsSince1970: now.secondsSince1970 + 86_400 * 365),
                serialNumber: .init(serial << 32 | 0x8000_0000 | serial))
        }
        root = try .root(key: P256.Signing.PrivateKey(), terms: terms(1))
        platformCA = try root.authority(.platformCA, key: P256.Signing.PrivateKey(), terms: terms(2))
        tcbSigning = try root.issue(.tcbSigning, key: tcbSigningKey.publicKey, terms: terms(3))
        pck = try platformCA.issue(.pck, key: pckKey.publicKey, terms: terms(4), sgx: Self.sgx)
    }
}

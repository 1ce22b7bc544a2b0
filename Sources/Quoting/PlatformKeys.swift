// SPDX-License-Identifier: Apache-2.0

public import Crypto

/// The private keys of a simulated platform and of the vendor that stands behind it.
public struct PlatformKeys: Sendable {
    public var root: P256.Signing.PrivateKey
    public var platformCA: P256.Signing.PrivateKey
    public var tcbSigning: P256.Signing.PrivateKey
    /// What the platform's quoting enclave is certified with.
    public var pck: P256.Signing.PrivateKey
    /// What signs quotes.
    public var attestation: P256.Signing.PrivateKey
    /// What the processor makes the MAC of reports with, 32 bytes.
    public var report: [UInt8]

    public init(
        root: P256.Signing.PrivateKey, platformCA: P256.Signing.PrivateKey,
        tcbSigning: P256.Signing.PrivateKey,
        pck: P256.Signing.PrivateKey, attestation: P256.Signing.PrivateKey, report: [UInt8]
    ) {
        self.root = root
        self.platformCA = platformCA
        self.tcbSigning = tcbSigning
        self.pck = pck
        self.attestation = attestation
        self.report = report
    }

    /// The keys that belong to a seed.
    public init(seed: PlatformSeed) {
        self.init(
            root: seed.key("root CA"), platformCA: seed.key("platform CA"),
            tcbSigning: seed.key("TCB signing"),
            pck: seed.key("PCK"), attestation: seed.key("attestation"), report: seed.bytes("report key", 32))
    }
}

/// What all of a platform is derived from. Who knows it can be the platform.
public struct PlatformSeed: Sendable {
    private let key: SymmetricKey

    public init(_ bytes: [UInt8]) { key = SymmetricKey(data: SHA256.hash(data: bytes).map { $0 }) }

    /// Up to 32 bytes for one purpose.
    func bytes(_ purpose: String, _ count: Int) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array(purpose.utf8), using: key).prefix(count))
    }

    func key(_ purpose: String) -> P256.Signing.PrivateKey {
        var attempt = 0
        while true {
            // Of 2³² numbers one is not below the order of the group.
            if let key = try? P256.Signing.PrivateKey(rawRepresentation: bytes("\(purpose) \(attempt)", 32)) {
                return key
            }
            attempt += 1
        }
    }
}

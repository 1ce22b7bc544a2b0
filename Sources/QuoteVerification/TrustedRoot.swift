// SPDX-License-Identifier: Apache-2.0

public import Collateral
import Quote

/// The root that a verification ends in: exactly one, known by its key and not by its name.
///
/// Intel's root is built in. Any other is trusted only because a caller names it, and a report says so.
public struct TrustedRoot: Hashable, Sendable {
    /// The public key with its leading 4, 65 bytes.
    public let key: [UInt8]
    /// How a report names it.
    public let name: String
    /// Whether it is Intel's, for production.
    public let isBuiltIn: Bool
    /// The certificate that the caller named, when it signs itself: what was found out once.
    let selfSigned: AttestationCertificate?

    /// Intel SGX Root CA, which signs for every processor that is sold.
    public static let intel = TrustedRoot(
        key: [
            0x04, 0x0B, 0xA9, 0xC4, 0xC0, 0xC0, 0xC8, 0x61, 0x93, 0xA3, 0xFE, 0x23, 0xD6, 0xB0, 0x2C, 0xDA,
            0x10,
            0xA8, 0xBB, 0xD4, 0xE8, 0x8E, 0x48, 0xB4, 0x45, 0x85, 0x61, 0xA3, 0x6E, 0x70, 0x55, 0x25, 0xF5,
            0x67,
            0x91, 0x8E, 0x2E, 0xDC, 0x88, 0xE4, 0x0D, 0x86, 0x0B, 0xD0, 0xCC, 0x4E, 0xE2, 0x6A, 0xAC, 0xC9,
            0x88,
            0xE5, 0x05, 0xA9, 0x53, 0x55, 0x8C, 0x45, 0x3F, 0x6B, 0x09, 0x04, 0xAE, 0x73, 0x94,
        ], name: "Intel SGX Root CA", isBuiltIn: true)

    private init(
        key: [UInt8], name: String, isBuiltIn: Bool, selfSigned: AttestationCertificate? = nil
    ) {
        self.key = key
        self.name = name
        self.isBuiltIn = isBuiltIn
        self.selfSigned = selfSigned
    }

    /// A root that the caller vouches for. Naming Intel's own gives `intel`.
    public init(named certificate: AttestationCertificate) {
        guard certificate.uncompressedKey != TrustedRoot.intel.key else {
            self = .intel
            return
        }
        let kind = certificate.isSimulated ? "simulated, " : "not Intel's production root, "
        self.init(
            key: certificate.uncompressedKey, name: "\(certificate.commonName) (\(kind)named by the caller)",
            isBuiltIn: false, selfSigned: certificate.isSigned(by: certificate) ? certificate : nil)
    }

    /// Whether a certificate has this root's key.
    public func matches(_ certificate: AttestationCertificate) -> Bool { certificate.uncompressedKey == key }
}

extension TrustedRoot: CustomStringConvertible {
    public var description: String { name }
}

extension AttestationCertificate {
    /// How a refusal tells of a root that is not trusted.
    func untrustedDescription(instead root: TrustedRoot) -> (found: String, required: String) {
        let found = "a chain that ends in “\(commonName)” with the key \(keyID.description.prefix(16))…"
        let required = "the root “\(root.name)”"
        guard isSimulated else { return (found, required) }
        return (
            found + ", which is simulated: it proves nothing of any hardware",
            required + "; to trust a simulated root in tests, name its certificate (--root FILE)"
        )
    }
}

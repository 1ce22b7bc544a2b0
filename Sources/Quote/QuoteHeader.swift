// SPDX-License-Identifier: Apache-2.0

/// The algorithm of the key that signs a quote.
public struct AttestationKeyType: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public var rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    public static let ecdsaP256 = AttestationKeyType(rawValue: 2)
    public static let ecdsaP384 = AttestationKeyType(rawValue: 3)

    public var description: String {
        switch self {
        case .ecdsaP256: "ECDSA P-256"
        case .ecdsaP384: "ECDSA P-384"
        default: "\(rawValue)"
        }
    }
}

/// Which kind of trusted execution environment a quote is about.
public struct TEEType: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public var rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let sgx = TEEType(rawValue: 0)
    public static let tdx = TEEType(rawValue: 0x81)

    public var description: String {
        switch self {
        case .sgx: "SGX"
        case .tdx: "TDX"
        default: "0x\(String(rawValue, radix: 16))"
        }
    }
}

/// The first 48 bytes of a quote; the same in versions 4 and 5.
public struct QuoteHeader: Hashable, Sendable {
    public static let size = 48
    /// The vendor id of Intel's quoting enclaves.
    public static let intelVendorID = Identifier128([
        0x93, 0x9A, 0x72, 0x33, 0xF7, 0x9C, 0x4C, 0xA9, 0x94, 0x0A, 0x0D, 0xB3, 0x95, 0x7F, 0x06, 0x07,
    ])

    /// 4 or 5
    public var version: UInt16 = 4
    public var attestationKeyType = AttestationKeyType.ecdsaP256
    public var teeType = TEEType.tdx
    /// Reserved; the SVN of the quoting enclave in version 3.
    public var reserved1: UInt16 = 0
    /// Reserved; the SVN of the provisioning certification enclave in version 3.
    public var reserved2: UInt16 = 0
    public var qeVendorID = QuoteHeader.intelVendorID
    /// The first 16 of the user data: which quoting enclave of which platform.
    public var qeID = Identifier128.zero
    /// The last 4 of the user data.
    public var userDataTail: UInt32 = 0

    public init() {}
}

extension QuoteHeader {
    /// Refuses what would make the rest unreadable: another version, key type or kind of TEE.
    init(_ bytes: inout RawSpan) throws(QuoteFormatError) {
        version = try bytes.take("version")
        guard version == 4 || version == 5 else {
            throw .unsupported(field: "version", value: UInt64(version))
        }
        attestationKeyType = .init(rawValue: try bytes.take("attestation key type"))
        guard attestationKeyType == .ecdsaP256 else {
            throw .unsupported(field: "attestation key type", value: UInt64(attestationKeyType.rawValue))
        }
        teeType = .init(rawValue: try bytes.take("TEE type"))
        guard teeType == .tdx else {
            throw .unsupported(field: "TEE type", value: UInt64(teeType.rawValue))
        }
        reserved1 = try bytes.take("reserved (QE SVN)")
        reserved2 = try bytes.take("reserved (PCE SVN)")
        qeVendorID = try bytes.take("QE vendor id")
        qeID = try bytes.take("user data (QE id)")
        userDataTail = try bytes.take("user data")
    }

    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(QuoteHeader.size)
        bytes.put(version)
        bytes.put(attestationKeyType.rawValue)
        bytes.put(teeType.rawValue)
        bytes.put(reserved1)
        bytes.put(reserved2)
        bytes.put(qeVendorID)
        bytes.put(qeID)
        bytes.put(userDataTail)
        return bytes
    }
}

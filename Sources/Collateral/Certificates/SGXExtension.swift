// SPDX-License-Identifier: Apache-2.0

public import Quote
public import SwiftASN1
public import X509

/// The SGX extension of a PCK certificate: which platform, at which TCB, with which configuration.
///
/// ```
///  SEQUENCE of SEQUENCE { 1.2.840.113741.1.13.1.n, value }
/// ```
public struct SGXExtension: Hashable, Sendable {
    /// `SGX Type`: how the platform protects the memory of enclaves.
    public struct MemoryProtection: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        public var rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }
        public static let standard = MemoryProtection(rawValue: 0)
        public static let scalable = MemoryProtection(rawValue: 1)
        public static let scalableWithIntegrity = MemoryProtection(rawValue: 2)

        public var description: String {
            switch self {
            case .standard: "standard"
            case .scalable: "scalable"
            case .scalableWithIntegrity: "scalable with integrity"
            default: "\(rawValue)"
            }
        }
    }

    /// What only certificates of the platform CA have.
    public struct Platform: Hashable, Sendable {
        public var instanceID: Identifier128
        /// Processors can be added and removed.
        public var isDynamic: Bool
        /// The provisioning service keeps the platform's keys.
        public var hasCachedKeys: Bool
        /// Hyper-threading is on.
        public var hasSMT: Bool

        public init(instanceID: Identifier128, isDynamic: Bool, hasCachedKeys: Bool, hasSMT: Bool) {
            self.instanceID = instanceID
            self.isDynamic = isDynamic
            self.hasCachedKeys = hasCachedKeys
            self.hasSMT = hasSMT
        }
    }

    public var ppid: Identifier128
    /// The 16 SVNs that TCB levels are compared with.
    public var tcb: SVNComponents
    public var pceSVN: UInt16
    /// The raw `CPUSVN`, which is not compared.
    public var cpuSVN: Identifier128
    public var pceID: PCEID
    public var fmspc: FMSPC
    public var sgxType: MemoryProtection
    /// Nil in a certificate of the processor CA.
    public var platform: Platform?

    public init(
        ppid: Identifier128, tcb: SVNComponents, pceSVN: UInt16, cpuSVN: Identifier128, pceID: PCEID,
        fmspc: FMSPC,
        sgxType: MemoryProtection = .scalable, platform: Platform?
    ) {
        self.ppid = ppid
        self.tcb = tcb
        self.pceSVN = pceSVN
        self.cpuSVN = cpuSVN
        self.pceID = pceID
        self.fmspc = fmspc
        self.sgxType = sgxType
        self.platform = platform
    }
}

extension SGXExtension {
    public static let oid: ASN1ObjectIdentifier = [1, 2, 840, 113741, 1, 13, 1]
    /// The content of `oid`, with which that of each identifier within the extension begins; its last numbers follow, a
    /// byte each.
    private static let prefix: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF8, 0x4D, 0x01, 0x0D, 0x01]
    private static let document = "SGX extension"

    /// Reads the extension of a certificate.
    public init(of certificate: AttestationCertificate) throws(CollateralError) {
        guard let value = certificate.certificate.extensions[oid: SGXExtension.oid]?.value else {
            throw .missing(document: certificate.commonName, member: SGXExtension.document)
        }
        try self.init(value)
    }

    /// Reads the value of the extension.
    public init(_ value: ArraySlice<UInt8>) throws(CollateralError) {
        do {
            try self.init(DER.parse(value))
        } catch let error as CollateralError {
            throw error
        } catch {
            throw .unreadable(document: SGXExtension.document, reason: "it is not as DER requires (\(error))")
        }
    }

    private init(_ root: ASN1Node) throws {
        let fields = try SGXExtension.pairs(root, "fields")
        guard fields.count == 5 || fields.count == 7 else {
            throw CollateralError.malformed(
                document: SGXExtension.document, member: "fields",
                reason: "there are \(fields.count) where there must be 5 or 7")
        }
        ppid = Identifier128(try SGXExtension.octets(fields, 1, "PPID", count: 16))
        pceID = PCEID(try SGXExtension.octets(fields, 3, "PCE-ID", count: 2))
        fmspc = FMSPC(try SGXExtension.octets(fields, 4, "FMSPC", count: 6))
        let type = try SGXExtension.node(fields, [5], "SGX type")
        guard type.identifier == .enumerated, case .primitive(let content) = type.content, content.count == 1,
            let value = content.first, value <= 2
        else {
            throw CollateralError.malformed(
                document: SGXExtension.document, member: "SGX type", reason: "it is not 0, 1 or 2")
        }
        sgxType = MemoryProtection(rawValue: value)

        let levels = try SGXExtension.pairs(try SGXExtension.node(fields, [2], "TCB"), "TCB")
        guard levels.count == 18 else {
            throw CollateralError.malformed(
                document: SGXExtension.document, member: "TCB",
                reason: "there are \(levels.count) values where there must be 18")
        }
        tcb = .zero
        for index in 0..<16 {
            tcb[index] = try UInt8(
                derEncoded: try SGXExtension.node(
                    levels, [2, UInt8(index) + 1], "SGX TCB component \(index + 1)"))
        }
        pceSVN = try UInt16(derEncoded: try SGXExtension.node(levels, [2, 17], "PCESVN"))
        let cpuSVN = try ASN1OctetString(
            derEncoded: try SGXExtension.node(levels, [2, 18], "CPUSVN"))
        guard cpuSVN.bytes.count == 16 else {
            throw CollateralError.malformed(
                document: SGXExtension.document, member: "CPUSVN", reason: "it has not 16 bytes")
        }
        self.cpuSVN = Identifier128(Array(cpuSVN.bytes))

        guard fields.count == 7 else { return }
        let flags = try SGXExtension.pairs(
            try SGXExtension.node(fields, [7], "configuration"), "configuration")
        platform = Platform(
            instanceID: Identifier128(try SGXExtension.octets(fields, 6, "platform instance id", count: 16)),
            isDynamic: try Bool(
                derEncoded: SGXExtension.node(flags, [7, 1], "dynamic platform")),
            hasCachedKeys: try Bool(
                derEncoded: SGXExtension.node(flags, [7, 2], "cached keys")),
            hasSMT: try Bool(derEncoded: SGXExtension.node(flags, [7, 3], "SMT enabled")))
    }

    /// An identifier within the extension, by its content, and the value.
    private typealias Pair = (oid: ArraySlice<UInt8>, value: ASN1Node)

    /// The pairs of an identifier and a value, no identifier twice.
    private static func pairs(_ node: ASN1Node, _ name: String) throws -> [Pair] {
        try DER.sequence(node, identifier: .sequence) { nodes in
            var pairs: [Pair] = []
            while let pair = nodes.next() {
                try DER.sequence(pair, identifier: .sequence) { nodes in
                    guard let oid = nodes.next(), oid.identifier == .objectIdentifier,
                        case .primitive(let content) = oid.content, let value = nodes.next(),
                        !pairs.contains(where: { $0.oid == content }), pairs.count < 32
                    else {
                        throw CollateralError.malformed(
                            document: document, member: name, reason: "a value is missing or there twice")
                    }
                    pairs.append((content, value))
                }
            }
            return pairs
        }
    }

    private static func node(
        _ pairs: [Pair], _ last: [UInt8], _ name: @autoclosure () -> String
    ) throws(CollateralError) -> ASN1Node {
        let pair = pairs.first {
            $0.oid.count == prefix.count + last.count && $0.oid.starts(with: prefix)
                && $0.oid.suffix(last.count) == last[...]
        }
        guard let pair else { throw .missing(document: document, member: name()) }
        return pair.value
    }

    private static func octets(_ pairs: [Pair], _ last: UInt8, _ name: String, count: Int) throws
        -> [UInt8]
    {
        let bytes = try ASN1OctetString(derEncoded: node(pairs, [last], name)).bytes
        guard bytes.count == count else {
            throw CollateralError.malformed(
                document: document, member: name, reason: "it has \(bytes.count) bytes and not \(count)")
        }
        return Array(bytes)
    }
}

// MARK: Writing

extension SGXExtension {
    /// The value of the extension.
    public func derBytes() throws -> [UInt8] {
        var serializer = DER.Serializer()
        try serializer.appendConstructedNode(identifier: .sequence) { fields in
            try fields.pair(1) {
                try $0.serialize(ASN1OctetString(contentBytes: ppid.bytes[...]))
            }
            try fields.pair(2) { value in
                try value.appendConstructedNode(identifier: .sequence) { levels in
                    for index in 0..<16 {
                        try levels.pair(2, UInt(index) + 1) { try $0.serialize(tcb[index]) }
                    }
                    try levels.pair(2, 17) { try $0.serialize(pceSVN) }
                    try levels.pair(2, 18) {
                        try $0.serialize(ASN1OctetString(contentBytes: cpuSVN.bytes[...]))
                    }
                }
            }
            try fields.pair(3) {
                try $0.serialize(ASN1OctetString(contentBytes: pceID.bytes[...]))
            }
            try fields.pair(4) {
                try $0.serialize(ASN1OctetString(contentBytes: fmspc.bytes[...]))
            }
            try fields.pair(5) { value in
                value.appendPrimitiveNode(identifier: .enumerated) { $0.append(sgxType.rawValue) }
            }
            guard let platform else { return }
            try fields.pair(6) {
                try $0.serialize(ASN1OctetString(contentBytes: platform.instanceID.bytes[...]))
            }
            try fields.pair(7) { value in
                try value.appendConstructedNode(identifier: .sequence) { flags in
                    try flags.pair(7, 1) { try $0.serialize(platform.isDynamic) }
                    try flags.pair(7, 2) { try $0.serialize(platform.hasCachedKeys) }
                    try flags.pair(7, 3) { try $0.serialize(platform.hasSMT) }
                }
            }
        }
        return serializer.serializedBytes
    }

    /// The extension for a certificate that is to be issued.
    public func certificateExtension() throws -> Certificate.Extension {
        Certificate.Extension(oid: SGXExtension.oid, critical: false, value: try derBytes()[...])
    }
}

extension DER.Serializer {
    fileprivate mutating func pair(
        _ last: UInt..., value: (inout DER.Serializer) throws -> Void
    ) throws {
        try appendConstructedNode(identifier: .sequence) { pair in
            try pair.serialize(ASN1ObjectIdentifier(elements: [1, 2, 840, 113741, 1, 13, 1] + last))
            try value(&pair)
        }
    }
}

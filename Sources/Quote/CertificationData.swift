// SPDX-License-Identifier: Apache-2.0

/// How certification data is to be read.
public struct CertificationDataType: RawRepresentable, Hashable, Sendable {
    public var rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    public static let ppid = CertificationDataType(rawValue: 1)
    public static let ppidRSA2048 = CertificationDataType(rawValue: 2)
    public static let ppidRSA3072 = CertificationDataType(rawValue: 3)
    public static let pckCertificate = CertificationDataType(rawValue: 4)
    public static let pckChain = CertificationDataType(rawValue: 5)
    public static let qeReport = CertificationDataType(rawValue: 6)
    public static let platformManifest = CertificationDataType(rawValue: 7)
}

/// By what the key that signed the QE report is known: the inner certification data of a quote.
public enum CertificationData: Hashable, Sendable {
    /// Type 1: the platform's PPID in clear, 16 bytes, and the TCB of its key.
    case ppid(PlatformIdentification)
    /// Type 2: the same, the PPID encrypted with RSA-2048-OAEP, 256 bytes.
    case ppidRSA2048(PlatformIdentification)
    /// Type 3: the same, the PPID encrypted with RSA-3072-OAEP, 384 bytes.
    case ppidRSA3072(PlatformIdentification)
    /// Type 4: the PCK certificate, PEM text.
    case pckCertificate([UInt8])
    /// Type 5: the PCK certificate, its issuer and the root, PEM text; mostly with a NUL byte at the end.
    case pckChain([UInt8])
    /// Type 7: what a platform tells the provisioning service.
    case platformManifest([UInt8])

    public var type: CertificationDataType {
        switch self {
        case .ppid: .ppid
        case .ppidRSA2048: .ppidRSA2048
        case .ppidRSA3072: .ppidRSA3072
        case .pckCertificate: .pckCertificate
        case .pckChain: .pckChain
        case .platformManifest: .platformManifest
        }
    }
}

/// Which platform, and which TCB of it, certified a quoting enclave.
public struct PlatformIdentification: Hashable, Sendable {
    /// Clear or encrypted; the certification data type says which, and with it the size.
    public var ppid: [UInt8]
    public var cpuSVN: Identifier128
    public var pceSVN: UInt16
    public var pceID: UInt16

    public init(ppid: [UInt8], cpuSVN: Identifier128, pceSVN: UInt16, pceID: UInt16) {
        self.ppid = ppid
        self.cpuSVN = cpuSVN
        self.pceSVN = pceSVN
        self.pceID = pceID
    }
}

extension PlatformIdentification {
    init(_ bytes: [UInt8], ppidSize: Int) throws(QuoteFormatError) {
        self = try reading(bytes) { span throws(QuoteFormatError) in
            let identification = PlatformIdentification(
                ppid: try span.take("PPID", count: ppidSize), cpuSVN: try span.take("certified CPUSVN"),
                pceSVN: try span.take("certified PCESVN"), pceID: try span.take("PCEID"))
            guard span.isEmpty else {
                throw .wrongSize(
                    field: "inner certification data size", found: bytes.count, required: ppidSize + 20)
            }
            return identification
        }
    }

    var bytes: [UInt8] {
        var bytes = ppid
        bytes.put(cpuSVN)
        bytes.put(pceSVN)
        bytes.put(pceID)
        return bytes
    }
}

extension CertificationData {
    /// Reads type, size and data. Type 6 cannot be here: it would contain itself.
    init(_ bytes: inout RawSpan) throws(QuoteFormatError) {
        let type = CertificationDataType(rawValue: try bytes.take("inner certification data type"))
        let size: UInt32 = try bytes.take("inner certification data size")
        let data = try bytes.take("inner certification data", count: Int(size))
        switch type {
        case .ppid: self = .ppid(try PlatformIdentification(data, ppidSize: 16))
        case .ppidRSA2048: self = .ppidRSA2048(try PlatformIdentification(data, ppidSize: 256))
        case .ppidRSA3072: self = .ppidRSA3072(try PlatformIdentification(data, ppidSize: 384))
        case .pckCertificate: self = .pckCertificate(data)
        case .pckChain: self = .pckChain(data)
        case .platformManifest: self = .platformManifest(data)
        default: throw .unsupported(field: "inner certification data type", value: UInt64(type.rawValue))
        }
    }

    /// The data alone.
    public var content: [UInt8] {
        switch self {
        case .ppid(let identification), .ppidRSA2048(let identification), .ppidRSA3072(let identification):
            identification.bytes
        case .pckCertificate(let bytes), .pckChain(let bytes), .platformManifest(let bytes): bytes
        }
    }

    func write(to bytes: inout [UInt8]) {
        let content = content
        bytes.put(type.rawValue)
        bytes.put(UInt32(truncatingIfNeeded: content.count))
        bytes += content
    }
}

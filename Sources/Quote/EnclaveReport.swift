// SPDX-License-Identifier: Apache-2.0

/// `ATTRIBUTES.FLAGS` of an SGX enclave.
public struct EnclaveFlags: OptionSet, Hashable, Sendable, BitwiseCopyable {
    public var rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    public static let initialized = EnclaveFlags(rawValue: 1 << 0)
    public static let debug = EnclaveFlags(rawValue: 1 << 1)
    public static let mode64Bit = EnclaveFlags(rawValue: 1 << 2)
    public static let provisionKey = EnclaveFlags(rawValue: 1 << 4)
}

/// An SGX report body, 384 bytes: what the quoting enclave is, as the platform's certified key signed it.
public struct EnclaveReport: Hashable, Sendable {
    public static let size = 384

    public var cpuSVN = Identifier128.zero
    public var miscSelect: UInt32 = 0
    /// Bytes 47:20
    public var reserved20 = Reserved28.zero
    public var flags: EnclaveFlags = []
    /// `ATTRIBUTES.XFRM`
    public var xfrm: UInt64 = 0
    public var mrEnclave = Digest256.zero
    /// Bytes 127:96
    public var reserved96 = Digest256.zero
    public var mrSigner = Digest256.zero
    /// Bytes 255:160
    public var reserved160 = Reserved96.zero
    public var isvProductID: UInt16 = 0
    public var isvSVN: UInt16 = 0
    /// Bytes 319:260
    public var reserved260 = Reserved60.zero
    public var reportData = ReportData.zero

    public init() {}

    /// `ATTRIBUTES`: flags and XFRM as the 16 bytes that a mask applies to.
    public var attributes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.put(flags.rawValue)
        bytes.put(xfrm)
        return bytes
    }
}

extension EnclaveReport {
    /// Reads exactly 384 bytes.
    public init(_ bytes: [UInt8]) throws(QuoteFormatError) {
        self = try reading(bytes) { span throws(QuoteFormatError) in
            let report = try EnclaveReport(&span)
            guard span.isEmpty else {
                throw .wrongSize(field: "enclave report", found: bytes.count, required: EnclaveReport.size)
            }
            return report
        }
    }

    init(_ bytes: inout RawSpan) throws(QuoteFormatError) {
        cpuSVN = try bytes.take("QE report CPUSVN")
        miscSelect = try bytes.take("QE report MISCSELECT")
        reserved20 = try bytes.take("QE report reserved bytes 47:20")
        flags = EnclaveFlags(rawValue: try bytes.take("QE report ATTRIBUTES"))
        xfrm = try bytes.take("QE report ATTRIBUTES (XFRM)")
        mrEnclave = try bytes.take("QE report MRENCLAVE")
        reserved96 = try bytes.take("QE report reserved bytes 127:96")
        mrSigner = try bytes.take("QE report MRSIGNER")
        reserved160 = try bytes.take("QE report reserved bytes 255:160")
        isvProductID = try bytes.take("QE report ISVPRODID")
        isvSVN = try bytes.take("QE report ISVSVN")
        reserved260 = try bytes.take("QE report reserved bytes 319:260")
        reportData = try bytes.take("QE report REPORTDATA")
    }

    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(EnclaveReport.size)
        bytes.put(cpuSVN)
        bytes.put(miscSelect)
        bytes.put(reserved20)
        bytes.put(flags.rawValue)
        bytes.put(xfrm)
        bytes.put(mrEnclave)
        bytes.put(reserved96)
        bytes.put(mrSigner)
        bytes.put(reserved160)
        bytes.put(isvProductID)
        bytes.put(isvSVN)
        bytes.put(reserved260)
        bytes.put(reportData)
        return bytes
    }
}

// SPDX-License-Identifier: Apache-2.0

/// The signature section of a quote: who signed it, and who says so.
///
/// ```
///  PCK certificate ──signs──▶ QE report ──names──▶ attestation key ──signs──▶ header and body
/// ```
public struct QuoteSignature: Hashable, Sendable {
    /// By the attestation key, over the header and the body.
    public var signature: RawSignature
    public var attestationKey: RawPublicKey
    /// The outer certification data, which is always of type 6.
    public var certification: QEReportCertification

    public init(signature: RawSignature, attestationKey: RawPublicKey, certification: QEReportCertification) {
        self.signature = signature
        self.attestationKey = attestationKey
        self.certification = certification
    }
}

/// Certification data of type 6: the report of the quoting enclave, signed by the platform's PCK.
public struct QEReportCertification: Hashable, Sendable {
    public var report: EnclaveReport
    /// By the PCK, over the report.
    public var signature: RawSignature
    /// What the QE report's `REPORTDATA` covers besides the attestation key; at most 65 535 bytes.
    public var authenticationData: [UInt8]
    /// How the PCK is known.
    public var certification: CertificationData

    public init(
        report: EnclaveReport, signature: RawSignature, authenticationData: [UInt8],
        certification: CertificationData
    ) {
        self.report = report
        self.signature = signature
        self.authenticationData = authenticationData
        self.certification = certification
    }
}

extension QuoteSignature {
    /// Reads the signature section from its length field on.
    init(_ bytes: inout RawSpan) throws(QuoteFormatError) {
        let length: UInt32 = try bytes.take("signature data length")
        let declared = Int(length)
        guard declared <= bytes.byteCount else {
            throw .truncated(field: "signature data", needed: declared, available: bytes.byteCount)
        }
        let available = bytes.byteCount
        signature = try bytes.take("quote signature")
        attestationKey = try bytes.take("attestation key")
        let type: UInt16 = try bytes.take("outer certification data type")
        guard CertificationDataType(rawValue: type) == .qeReport else {
            throw .unsupported(field: "outer certification data type", value: UInt64(type))
        }
        let outer: UInt32 = try bytes.take("outer certification data size")
        let outerStart = bytes.byteCount
        certification = try QEReportCertification(&bytes)
        // Both sizes are of what was just read: neither may hide or cut anything.
        let outerSize = outerStart - bytes.byteCount
        guard outer == outerSize else {
            throw .wrongSize(field: "outer certification data size", found: Int(outer), required: outerSize)
        }
        let size = available - bytes.byteCount
        guard declared == size else {
            throw .wrongSize(field: "signature data length", found: declared, required: size)
        }
    }

    func write(to bytes: inout [UInt8]) {
        let certification = certification.bytes
        bytes.put(UInt32(truncatingIfNeeded: 134 + certification.count))
        bytes.put(signature)
        bytes.put(attestationKey)
        bytes.put(CertificationDataType.qeReport.rawValue)
        bytes.put(UInt32(truncatingIfNeeded: certification.count))
        bytes += certification
    }
}

extension QEReportCertification {
    init(_ bytes: inout RawSpan) throws(QuoteFormatError) {
        report = try EnclaveReport(&bytes)
        signature = try bytes.take("QE report signature")
        let size: UInt16 = try bytes.take("QE authentication data size")
        authenticationData = try bytes.take("QE authentication data", count: Int(size))
        certification = try CertificationData(&bytes)
    }

    var bytes: [UInt8] {
        var bytes = report.bytes
        bytes.put(signature)
        bytes.put(UInt16(truncatingIfNeeded: authenticationData.count))
        bytes += authenticationData
        certification.write(to: &bytes)
        return bytes
    }
}

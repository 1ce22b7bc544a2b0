// SPDX-License-Identifier: Apache-2.0

/// Why a quote is refused, by the names that the vendor's own library has for it.
///
/// An `…_EXPIRED` code says that a document is not valid at the given time, on either side of its period.
public enum VerificationCode: String, Hashable, Sendable, CaseIterable {
    case unsupportedQuoteFormat = "UNSUPPORTED_QUOTE_FORMAT"
    case unsupportedCertificateFormat = "UNSUPPORTED_CERT_FORMAT"
    case pckChainUntrusted = "SGX_PCK_CERT_CHAIN_UNTRUSTED"
    case signingChainUntrusted = "SGX_TCB_SIGNING_CERT_CHAIN_UNTRUSTED"
    case crlInvalid = "SGX_CRL_INVALID"
    case pckRevoked = "SGX_PCK_REVOKED"
    case intermediateRevoked = "SGX_INTERMEDIATE_CA_REVOKED"
    case signingCertificateRevoked = "SGX_TCB_SIGNING_CERT_REVOKED"
    case pckChainExpired = "SGX_PCK_CERT_CHAIN_EXPIRED"
    case signingChainExpired = "SGX_SIGNING_CERT_CHAIN_EXPIRED"
    case crlExpired = "SGX_CRL_EXPIRED"
    case tcbInfoExpired = "SGX_TCB_INFO_EXPIRED"
    case enclaveIdentityExpired = "SGX_ENCLAVE_IDENTITY_EXPIRED"
    case tcbInfoInvalidSignature = "TCB_INFO_INVALID_SIGNATURE"
    case enclaveIdentityInvalidSignature = "SGX_ENCLAVE_IDENTITY_INVALID_SIGNATURE"
    case tcbInfoMismatch = "TCB_INFO_MISMATCH"
    case tdxModuleMismatch = "TDX_MODULE_MISMATCH"
    case qeIdentityMismatch = "QE_IDENTITY_MISMATCH"
    case invalidQEReportSignature = "INVALID_QE_REPORT_SIGNATURE"
    case invalidQEReportData = "INVALID_QE_REPORT_DATA"
    case invalidQuoteSignature = "INVALID_QUOTE_SIGNATURE"
    case tcbNotSupported = "TCB_NOT_SUPPORTED"
    case tcbRevoked = "TCB_REVOKED"
}

/// A rule that a quote or its collateral breaks: what was found, and what the rule requires.
public struct Refusal: Error, Hashable, Sendable {
    public let code: VerificationCode
    public let found: String
    public let required: String

    public init(_ code: VerificationCode, found: String, required: String) {
        self.code = code
        self.found = found
        self.required = required
    }
}

extension Refusal: CustomStringConvertible {
    /// One sentence.
    public var description: String { "Found \(found); required is \(required)." }
}

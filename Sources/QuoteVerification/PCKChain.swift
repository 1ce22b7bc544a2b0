// SPDX-License-Identifier: Apache-2.0

public import Collateral
import Quote

/// The chain that certifies a platform, each certificate in its role.
public struct PCKChain: Hashable, Sendable {
    public let leaf: AttestationCertificate
    public let intermediate: AttestationCertificate
    public let root: AttestationCertificate
    /// What the leaf says of the platform.
    public let sgx: SGXExtension
    /// Whether the CA's key made the signature on the leaf; nil when nobody has looked.
    var isLeafSigned: Bool?

    static let document = "PCK certificate chain"

    /// Finds the roles by name, whatever the order: exactly three certificates.
    init(_ certificates: [AttestationCertificate]) throws(Refusal) {
        guard certificates.count == 3 else {
            throw Refusal(
                .unsupportedCertificateFormat, found: "a PCK chain of \(certificates.count) certificates",
                required: "three: PCK certificate, its CA and the root")
        }
        guard let root = certificates.first(where: \.isSelfIssued),
            let leaf = certificates.first(where: { $0.isNamed("SGX PCK Certificate") }),
            let intermediate = certificates.first(where: { !$0.isSelfIssued && $0.isNamed("CA") })
        else {
            let names = certificates.map { "“\($0.commonName)”" }.joined(separator: ", ")
            throw Refusal(
                .unsupportedCertificateFormat, found: "a PCK chain of \(names)",
                required: "a PCK certificate, its CA and a root that is its own issuer")
        }
        self.leaf = leaf
        self.intermediate = intermediate
        self.root = root
        do {
            sgx = try SGXExtension(of: leaf)
        } catch {
            throw Refusal(
                .unsupportedCertificateFormat, found: "a PCK certificate that cannot be used: \(error)",
                required: "an SGX extension with every field")
        }
    }

    /// The chain of a quote: its own, or that of the collateral when the quote has none.
    init(of quote: Quote, collateral: Collateral) throws(Refusal) {
        guard case .pckChain(let bytes) = quote.signature.certification.certification else {
            let type = quote.signature.certification.certification.type.rawValue
            guard type <= CertificationDataType.pckChain.rawValue else {
                throw Refusal(
                    .unsupportedQuoteFormat, found: "certification data of type \(type)",
                    required: "one of the types 1 to 5, by which a PCK is known")
            }
            guard let chain = collateral.pckCertificateChain else {
                throw Refusal(
                    .unsupportedCertificateFormat,
                    found: "certification data of type \(type) and no PCK chain",
                    required: "a PCK chain in the quote (type 5) or in the collateral")
            }
            try self.init(chain)
            return
        }
        let certificates: [AttestationCertificate]
        do {
            // The CA and root of the collateral are mostly those of the quote, and need not be read again.
            certificates = try AttestationCertificate.chain(
                bytes, document: PCKChain.document, known: collateral.pckCRLIssuerChain)
        } catch {
            throw Refusal(
                .unsupportedCertificateFormat, found: "a PCK chain that cannot be read: \(error)",
                required: "three certificates, PEM or DER")
        }
        try self.init(certificates)
    }

    public var certificates: [AttestationCertificate] { [leaf, intermediate, root] }
}

/// The chain of a signed document: the signing certificate and the root.
struct SigningChain: Sendable {
    let signer: AttestationCertificate
    let root: AttestationCertificate

    static func chain(
        _ certificates: [AttestationCertificate], of document: String
    ) -> Result<SigningChain, Refusal> {
        Result { () throws(Refusal) in try SigningChain(certificates, of: document) }
    }

    private init(_ certificates: [AttestationCertificate], of document: String) throws(Refusal) {
        guard certificates.count == 2, let root = certificates.first(where: \.isSelfIssued),
            let signer = certificates.first(where: { $0.isNamed("SGX TCB Signing") })
        else {
            let names = certificates.map { "“\($0.commonName)”" }.joined(separator: ", ")
            throw Refusal(
                .unsupportedCertificateFormat, found: "an issuer chain of the \(document) of \(names)",
                required: "a TCB signing certificate and a root that is its own issuer")
        }
        self.signer = signer
        self.root = root
    }
}

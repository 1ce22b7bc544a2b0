// SPDX-License-Identifier: Apache-2.0

public import Quote

/// Collateral as it travels: nine texts in one JSON object, or the same as files.
public struct CollateralBundle: Hashable, Sendable {
    /// The chain that certifies the PCK CRL: the platform CA and the root. PEM or DER.
    public var pckCRLIssuerChain: [UInt8]
    /// DER, PEM or hexadecimal digits, as the PCK CRL.
    public var rootCACRL: [UInt8]
    public var pckCRL: [UInt8]
    public var tcbInfoIssuerChain: [UInt8]
    /// The text that is signed.
    public var tcbInfo: [UInt8]
    public var tcbInfoSignature: RawSignature
    public var qeIdentityIssuerChain: [UInt8]
    /// The text that is signed.
    public var qeIdentity: [UInt8]
    public var qeIdentitySignature: RawSignature
    /// The chain of a platform whose quotes do not carry it. PEM or DER.
    public var pckCertificateChain: [UInt8]?
}

extension CollateralBundle {
    static let document = "collateral bundle"

    /// Reads the JSON form.
    public init(json bytes: [UInt8]) throws(CollateralError) {
        let fields = try JSONFields(
            JSONValue(bytes, document: CollateralBundle.document), document: CollateralBundle.document)
        func text(_ name: String) throws(CollateralError) -> [UInt8] { Array(try fields.string(name).utf8) }
        pckCRLIssuerChain = try text("pck_crl_issuer_chain")
        rootCACRL = try text("root_ca_crl")
        pckCRL = try text("pck_crl")
        tcbInfoIssuerChain = try text("tcb_info_issuer_chain")
        tcbInfo = try text("tcb_info")
        tcbInfoSignature = try fields.fixed("tcb_info_signature")
        qeIdentityIssuerChain = try text("qe_identity_issuer_chain")
        qeIdentity = try text("qe_identity")
        qeIdentitySignature = try fields.fixed("qe_identity_signature")
        if let chain = fields["pck_certificate_chain"], chain != .null {
            pckCertificateChain = try text("pck_certificate_chain")
        }
    }

    /// Reads files by name: those of the JSON form with an extension, TCB Info and QE identity as services send
    /// them, with their signature (`tcb_info.json`, `pck_crl.der`, `tcb_info_issuer_chain.pem`, …).
    public init(files: [String: [UInt8]]) throws(CollateralError) {
        /// By our name, or by the name that the vendor's sample application has for it.
        func file(_ name: String, _ other: String) throws(CollateralError) -> [UInt8] {
            for name in [name, other] {
                for ending in [".json", ".pem", ".der", ".crl", ".hex", ""] {
                    if let bytes = files[name + ending] { return bytes }
                }
            }
            throw .missing(document: "collateral directory", member: name)
        }
        pckCRLIssuerChain = try file("pck_crl_issuer_chain", "pckSignChain")
        rootCACRL = try file("root_ca_crl", "rootCaCrl")
        pckCRL = try file("pck_crl", "intermediateCaCrl")
        tcbInfoIssuerChain = try file("tcb_info_issuer_chain", "tcbSignChain")
        let info = try SignedDocument<TCBInfo>(body: file("tcb_info", "tcbInfo"))
        tcbInfo = info.text
        tcbInfoSignature = info.signature
        qeIdentityIssuerChain = try file("qe_identity_issuer_chain", "tcbSignChain")
        let identity = try SignedDocument<EnclaveIdentity>(body: file("qe_identity", "qeIdentity"))
        qeIdentity = identity.text
        qeIdentitySignature = identity.signature
        // A chain is optional: most quotes carry theirs.
        pckCertificateChain = try? file("pck_certificate_chain", "pckCertChain")
    }

    /// The JSON form of what was read or issued.
    public init(_ collateral: Collateral) {
        func text(_ chain: [AttestationCertificate]) -> [UInt8] {
            Array(AttestationCertificate.text(of: chain).utf8)
        }
        pckCRLIssuerChain = text(collateral.pckCRLIssuerChain)
        rootCACRL = Array(collateral.rootCACRL.bytes.hexadecimal.utf8)
        pckCRL = Array(collateral.pckCRL.bytes.hexadecimal.utf8)
        tcbInfoIssuerChain = text(collateral.tcbInfoIssuerChain)
        tcbInfo = collateral.tcbInfo.text
        tcbInfoSignature = collateral.tcbInfo.signature
        qeIdentityIssuerChain = text(collateral.qeIdentityIssuerChain)
        qeIdentity = collateral.qeIdentity.text
        qeIdentitySignature = collateral.qeIdentity.signature
        pckCertificateChain = collateral.pckCertificateChain.map(text)
    }

    public var json: JSONValue {
        func text(_ bytes: [UInt8]) -> JSONValue { .string(String(decoding: bytes, as: UTF8.self)) }
        var members: [JSONValue.Member] = [
            .init("pck_crl_issuer_chain", text(pckCRLIssuerChain)), .init("root_ca_crl", text(rootCACRL)),
            .init("pck_crl", text(pckCRL)), .init("tcb_info_issuer_chain", text(tcbInfoIssuerChain)),
            .init("tcb_info", text(tcbInfo)),
            .init("tcb_info_signature", .string(tcbInfoSignature.description)),
            .init("qe_identity_issuer_chain", text(qeIdentityIssuerChain)),
            .init("qe_identity", text(qeIdentity)),
            .init("qe_identity_signature", .string(qeIdentitySignature.description)),
        ]
        if let pckCertificateChain {
            members.append(.init("pck_certificate_chain", text(pckCertificateChain)))
        }
        return .object(members)
    }
}

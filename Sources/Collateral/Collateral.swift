// SPDX-License-Identifier: Apache-2.0

/// What the vendor publishes about its platforms, by which a quote is judged: certificates, revocation lists, TCB Info
/// and the identity of the quoting enclave.
///
/// Everything is kept as the bytes it came in, because signatures are of bytes. Reading says only that a document is
/// well formed; whether it is genuine, current and the right one is for `QuoteVerification`. The same types issue
/// collateral for a platform of one's own.
public struct Collateral: Hashable, Sendable {
    /// The CA that issues PCK certificates and its root.
    public let pckCRLIssuerChain: [AttestationCertificate]
    public let rootCACRL: CertificateRevocationList
    public let pckCRL: CertificateRevocationList
    /// The TCB signing certificate and its root.
    public let tcbInfoIssuerChain: [AttestationCertificate]
    public let tcbInfo: SignedDocument<TCBInfo>
    public let qeIdentityIssuerChain: [AttestationCertificate]
    public let qeIdentity: SignedDocument<EnclaveIdentity>
    /// For a platform whose quotes do not carry it.
    public let pckCertificateChain: [AttestationCertificate]?

    public init(
        pckCRLIssuerChain: [AttestationCertificate], rootCACRL: CertificateRevocationList,
        pckCRL: CertificateRevocationList, tcbInfoIssuerChain: [AttestationCertificate],
        tcbInfo: SignedDocument<TCBInfo>, qeIdentityIssuerChain: [AttestationCertificate],
        qeIdentity: SignedDocument<EnclaveIdentity>, pckCertificateChain: [AttestationCertificate]? = nil
    ) {
        self.pckCRLIssuerChain = pckCRLIssuerChain
        self.rootCACRL = rootCACRL
        self.pckCRL = pckCRL
        self.tcbInfoIssuerChain = tcbInfoIssuerChain
        self.tcbInfo = tcbInfo
        self.qeIdentityIssuerChain = qeIdentityIssuerChain
        self.qeIdentity = qeIdentity
        self.pckCertificateChain = pckCertificateChain
    }

    /// Reads every document of a bundle.
    public init(_ bundle: CollateralBundle) throws(CollateralError) {
        // The root is in every chain, and is read once.
        var known: [AttestationCertificate] = []
        func chain(_ bytes: [UInt8], _ name: String) throws(CollateralError) -> [AttestationCertificate] {
            let chain = try AttestationCertificate.chain(bytes, document: name, known: known)
            known += chain
            return chain
        }
        pckCRLIssuerChain = try chain(bundle.pckCRLIssuerChain, "issuer chain of the PCK CRL")
        rootCACRL = try CertificateRevocationList(bundle.rootCACRL, document: "root CA CRL")
        pckCRL = try CertificateRevocationList(bundle.pckCRL, document: "PCK CRL")
        tcbInfoIssuerChain = try chain(bundle.tcbInfoIssuerChain, "issuer chain of the TCB Info")
        tcbInfo = try SignedDocument(text: bundle.tcbInfo, signature: bundle.tcbInfoSignature)
        // Both documents mostly come with the same chain.
        qeIdentityIssuerChain =
            bundle.qeIdentityIssuerChain == bundle.tcbInfoIssuerChain
            ? tcbInfoIssuerChain : try chain(bundle.qeIdentityIssuerChain, "issuer chain of the QE identity")
        qeIdentity = try SignedDocument(text: bundle.qeIdentity, signature: bundle.qeIdentitySignature)
        pckCertificateChain = try bundle.pckCertificateChain.map { text throws(CollateralError) in
            try chain(text, "PCK certificate chain")
        }
    }

    /// Reads a bundle in its JSON form.
    public init(json bytes: [UInt8]) throws(CollateralError) {
        try self.init(CollateralBundle(json: bytes))
    }
}

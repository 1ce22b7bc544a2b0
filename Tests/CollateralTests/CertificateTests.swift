// SPDX-License-Identifier: Apache-2.0

import Collateral
import Crypto
import Quote
import SwiftASN1
import Testing
import X509

@Suite("Certificates")
struct CertificateTests {
    private let pki: TestPKI
    init() throws { pki = try TestPKI() }

    @Test("that were issued are read, name their issuer and are signed by it")
    func chain() throws {
        let chain = [pki.pck, pki.platformCA.certificate, pki.root.certificate]
        let text = AttestationCertificate.text(of: chain)
        for form in [Array(text.utf8), Array(text.utf8) + [0], chain.flatMap(\.bytes)] {
            #expect(try AttestationCertificate.chain(form, document: "chain") == chain)
        }
        #expect(pki.pck.commonName == "Intel SGX PCK Certificate")
        #expect(pki.root.certificate.isSelfIssued && !pki.pck.isSelfIssued)
        #expect(pki.pck.names(issuer: pki.platformCA.certificate))
        #expect(pki.pck.isSigned(by: pki.platformCA.certificate))
        #expect(!pki.pck.isSigned(by: pki.root.certificate))
        #expect(pki.platformCA.certificate.isSigned(by: pki.root.certificate))
        #expect(pki.root.certificate.isAuthority(below: 1) && !pki.root.certificate.isAuthority(below: 2))
        #expect(pki.platformCA.certificate.isAuthority(below: 0))
        #expect(!pki.platformCA.certificate.isAuthority(below: 1) && !pki.pck.isAuthority(below: 0))
        for certificate in chain + [pki.tcbSigning] { #expect(certificate.missingExtension == nil) }
    }

    @Test("have PEM with any line length and line end")
    func pem() throws {
        let text = AttestationCertificate.text(of: [pki.pck])
        let crlf = text.replacing("\n", with: "\r\n")
        let oneLine = text.split(separator: "\n").dropFirst().dropLast().joined()
        for form in [
            crlf, "before\n" + text + "after",
            "-----BEGIN CERTIFICATE-----\(oneLine)-----END CERTIFICATE-----",
        ] {
            #expect(try AttestationCertificate.chain(Array(form.utf8), document: "chain") == [pki.pck])
        }
        for broken in [
            text.replacing("-----END", with: "----END"), text.replacing("MII", with: "M*I"),
            text.replacing("CERTIFICATE-----\nMII", with: "CERTIFICATE-----\nMI"),
        ] {
            #expect(throws: CollateralError.self) {
                try AttestationCertificate.chain(Array(broken.utf8), document: "chain")
            }
        }
    }

    @Test("say which platform they are of, in both forms of the SGX extension")
    func sgxExtension() throws {
        #expect(try SGXExtension(of: pki.pck) == TestPKI.sgx)
        #expect(throws: CollateralError.self) { try SGXExtension(of: pki.tcbSigning) }
        var processor = TestPKI.sgx
        processor.platform = nil
        processor.sgxType = .standard
        #expect(try SGXExtension(processor.derBytes()[...]) == processor)
    }

    @Test("with an SGX extension that lacks something are refused by its name")
    func brokenExtension() throws {
        let bytes = try TestPKI.sgx.derBytes()
        for count in 0..<bytes.count {
            #expect(throws: CollateralError.self) { try SGXExtension(bytes[..<count]) }
        }
        // The arc of each field is the last byte of its identifier.
        let arc: [UInt8] = [0x06, 0x0A, 0x2A, 0x86, 0x48, 0x86, 0xF8, 0x4D, 0x01, 0x0D, 0x01]
        let rows: [(UInt8, String)] = [
            (1, "PPID"), (2, "TCB"), (3, "PCE-ID"), (4, "FMSPC"), (5, "SGX type"),
            (6, "platform instance id"),
            (7, "configuration"),
        ]
        for (field, name) in rows {
            var broken = bytes
            let start = try #require(broken.firstRange(of: arc + [field]))
            broken[start.upperBound - 1] = 9
            #expect(throws: CollateralError.missing(document: "SGX extension", member: name)) {
                try SGXExtension(broken[...])
            }
        }
    }

    @Test("of hardware are read, with their platform")
    func fixtures() throws {
        for (name, bytes) in Fixtures.files(in: "quotes") {
            guard case .pckChain(let chain) = try Quote(bytes).signature.certification.certification else {
                Issue.record("\(name) has no chain")
                continue
            }
            let certificates = try AttestationCertificate.chain(chain, document: "PCK certificate chain")
            guard let leaf = certificates.first(where: { $0.commonName.contains("PCK Certificate") }) else {
                Issue.record("\(name) has \(certificates.count) certificates")
                continue
            }
            let sgx = try SGXExtension(of: leaf)
            // What the vendor wrote is what would be written here.
            #expect(
                try sgx.derBytes().elementsEqual(
                    leaf.certificate.extensions[oid: SGXExtension.oid]?.value ?? []))
        }
        for (_, bytes) in Fixtures.files(in: "roots") {
            let root = try AttestationCertificate(bytes)
            #expect(root.isSelfIssued && root.isSigned(by: root) && root.commonName == "Intel SGX Root CA")
        }
    }
}

@Suite("Certificate revocation lists")
struct CertificateRevocationListTests {
    private let pki: TestPKI
    init() throws { pki = try TestPKI() }

    private func list(_ entries: [CertificateRevocationList.Entry] = []) throws -> CertificateRevocationList {
        try CertificateRevocationList(
            issuedBy: pki.platformCA.certificate, key: pki.platformCA.key, thisUpdate: pki.now,
            nextUpdate: Timestamp(secondsSince1970: pki.now.secondsSince1970 + 3600), entries: entries,
            number: 300)
    }

    @Test("that were issued are read in every encoding that services use")
    func encodings() throws {
        let list = try list([.init(serialNumber: pki.pck.certificate.serialNumber, revocationDate: pki.now)])
        let digits = list.bytes.hexadecimal
        for form in [
            list.bytes, Array(digits.utf8), Array(digits.uppercased().utf8), Array((digits + "\n").utf8),
            Array(PEM(label: "X509 CRL", bytes: list.bytes).text.utf8),
        ] {
            #expect(try CertificateRevocationList(form) == list)
        }
        #expect(list.thisUpdate == pki.now)
        #expect(list.nextUpdate.secondsSince1970 == pki.now.secondsSince1970 + 3600)
        #expect(list.number == [1, 44])
        #expect(throws: CollateralError.self) { try CertificateRevocationList([1, 2, 3]) }
        #expect(throws: CollateralError.self) { try CertificateRevocationList([]) }
    }

    @Test("revoke the certificates that they list and no others")
    func entries() throws {
        let empty = try list()
        #expect(empty.entries.isEmpty && empty.entry(for: pki.pck) == nil)
        let list = try list([
            .init(serialNumber: .init(7), revocationDate: pki.now),
            .init(serialNumber: pki.pck.certificate.serialNumber, revocationDate: pki.now),
        ])
        #expect(list.entries.count == 2)
        #expect(list.entry(for: pki.pck)?.revocationDate == pki.now)
        #expect(list.entry(for: pki.tcbSigning) == nil)
    }

    @Test("are signed by their issuer over the bytes that came")
    func signature() throws {
        let list = try list()
        #expect(
            list.isIssued(by: pki.platformCA.certificate) && list.isSigned(by: pki.platformCA.certificate))
        #expect(!list.isIssued(by: pki.root.certificate) && !list.isSigned(by: pki.root.certificate))
        var bytes = list.bytes
        let date = try #require(bytes.firstRange(of: Array("26".utf8)))
        bytes[date.lowerBound] ^= 1
        #expect(try !CertificateRevocationList(bytes).isSigned(by: pki.platformCA.certificate))
    }
}

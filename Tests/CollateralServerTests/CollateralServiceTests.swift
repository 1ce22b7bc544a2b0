// SPDX-License-Identifier: Apache-2.0

import Collateral
import CollateralServer
import Quote
import QuoteVerification
import Quoting
import TDXABI
import Testing

@Suite("Collateral service")
struct CollateralServiceTests {
    static let time = Timestamp(secondsSince1970: 1_780_000_000)

    static func authority(_ change: (inout SimulatedPlatform) -> Void = { _ in }) throws -> PlatformAuthority
    {
        let seed = PlatformSeed(Array("service".utf8))
        var platform = SimulatedPlatform(
            seed: seed, fmspc: FMSPC([0x90, 0xC0, 0x6F, 0xAB, 0, 0]),
            cpuSVN: Identifier128([2, 2, 2, 2, 3, 1, 0, 3]), moduleSVN: SVNComponents([5, 1]), mrSEAM: .zero,
            at: time)
        change(&platform)
        return try PlatformAuthority(platform: platform, keys: PlatformKeys(seed: seed))
    }

    private func get(_ target: String) throws -> CollateralResponse {
        try CollateralService(authority: Self.authority()).answer(CollateralRequest(target: target))
    }

    private func decoded(_ text: String?) -> String {
        var bytes: [UInt8] = []
        var rest = Array((text ?? "").utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            bytes += [UInt8](hexadecimal: String(decoding: rest.prefix(2), as: UTF8.self)) ?? []
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("serves the documents that were signed, with the chains that verify them")
    func documents() throws {
        let authority = try Self.authority()
        let collateral = try authority.collateral()
        let signers = AttestationCertificate.text(of: [authority.tcbSigning, authority.root])
        let issuers = AttestationCertificate.text(of: [authority.platformCA, authority.root])
        let rows: [(String, [UInt8], String, (String, String)?)] = [
            (
                "/tdx/certification/v4/tcb?fmspc=90c06fab0000", collateral.tcbInfo.body, "application/json",
                ("TCB-Info-Issuer-Chain", signers)
            ),
            (
                "/tdx/certification/v4/tcb?FMSPC=90C06FAB0000&update=early", collateral.tcbInfo.body,
                "application/json", ("TCB-Info-Issuer-Chain", signers)
            ),
            (
                "/tdx/certification/v4/qe/identity?tcbEvaluationDataNumber=1", collateral.qeIdentity.body,
                "application/json", ("SGX-Enclave-Identity-Issuer-Chain", signers)
            ),
            (
                "/sgx/certification/v4/pckcrl?ca=platform&encoding=der", collateral.pckCRL.bytes,
                "application/pkix-crl", ("SGX-PCK-CRL-Issuer-Chain", issuers)
            ),
            (
                "/sgx/certification/v4/rootcacrl", Array(collateral.rootCACRL.bytes.hexadecimal.utf8),
                "application/pkix-crl", nil
            ),
            ("/IntelSGXRootCA.der", collateral.rootCACRL.bytes, "application/pkix-crl", nil),
            (
                "/sgx/certification/v4/crl?uri=http%3A%2F%2Flocalhost%3A8081%2FIntelSGXRootCA.der",
                collateral.rootCACRL.bytes, "application/pkix-crl", nil
            ),
            (
                "/Intel_SGX_Provisioning_Certification_RootCA.cer", authority.root.bytes,
                "application/pkix-cert", nil
            ),
        ]
        for (target, body, type, chain) in rows {
            let response = try get(target)
            #expect(response.status == 200, "\(target)")
            #expect(response.body == body, "\(target)")
            #expect(response[header: "content-type"] == type, "\(target)")
            guard let chain else { continue }
            let header = try #require(response[header: chain.0])
            #expect(header.allSatisfy { $0.isLetter || $0.isNumber || "%-._~".contains($0) })
            #expect(decoded(header) == chain.1, "\(target)")
        }
        let list = try get("/sgx/certification/v4/pckcrl?ca=platform")
        #expect(try CertificateRevocationList(list.body) == collateral.pckCRL)
        #expect(list.body.starts(with: Array("-----BEGIN X509 CRL".utf8)))
    }

    @Test("has the documents of SGX, which nobody takes for those of TDX")
    func sgx() throws {
        let authority = try Self.authority()
        let info = try get("/sgx/certification/v4/tcb?fmspc=90C06FAB0000")
        let document = try SignedDocument<TCBInfo>(body: info.body)
        #expect(document.content.id == "SGX" && document.content.tdxModule == nil)
        #expect(document.content.levels.allSatisfy { $0.tdxComponents.isEmpty })
        #expect(document.isSigned(by: authority.tcbSigning.publicKey))
        #expect(info[header: "TCB-Info-Issuer-Chain"] != nil)
        for (path, id) in [("qe", "QE"), ("qve", "QVE"), ("qae", "QAE")] {
            let response = try get("/sgx/certification/v4/\(path)/identity?update=standard")
            let identity = try SignedDocument<EnclaveIdentity>(body: response.body)
            #expect(identity.content.id == id && identity.isSigned(by: authority.tcbSigning.publicKey))
            #expect(response[header: "SGX-Enclave-Identity-Issuer-Chain"] != nil)
        }
    }

    @Test("has its revocation list in each encoding, as a vendor's service and as a caching one")
    func encodings() throws {
        let authority = try Self.authority()
        let list = try authority.collateral().pckCRL
        let pem = Array(PEM(label: "X509 CRL", bytes: list.bytes).text.utf8)
        let digits = Array(list.bytes.hexadecimal.utf8)
        let rows: [(CollateralService.Style, String, [UInt8], String)] = [
            (.vendor, "", pem, "application/x-pem-file"),
            (.vendor, "&encoding=pem", pem, "application/x-pem-file"),
            (.vendor, "&encoding=der", list.bytes, "application/pkix-crl"),
            (.cache, "", digits, "application/pkix-crl"),
            (.cache, "&encoding=DER", list.bytes, "application/pkix-crl"),
        ]
        for (style, query, body, type) in rows {
            let service = try CollateralService(authority: authority, style: style)
            let response = service.answer(
                CollateralRequest(target: "/sgx/certification/v4/pckcrl?ca=platform" + query))
            #expect(response.status == 200 && response.body == body, "\(style) \(query)")
            #expect(response[header: "Content-Type"] == type, "\(style) \(query)")
            #expect(
                response[header: "SGX-PCK-CRL-Issuer-Chain"]?.hasPrefix("-----BEGIN%20CERTIFICATE-----%0A")
                    == true)
        }
    }

    @Test("finds the platform's certificate by its TCB")
    func certificates() throws {
        let authority = try Self.authority()
        let enclave = authority.platform.quotingEnclave.id
        func target(_ cpu: String, _ pce: String, pceID: String = "0000", id: String = "\(UInt8(0))")
            -> String
        {
            "/sgx/certification/v4/pckcert?qeid=\(id)&cpusvn=\(cpu)&pcesvn=\(pce)&pceid=\(pceID)"
        }
        let cpu = authority.platform.processor.cpuSVN.description
        let found = try get(target(cpu, "0D00", id: "\(enclave)"))
        #expect(found.status == 200)
        #expect(try AttestationCertificate.chain(found.body, document: "PCK") == [authority.pck])
        #expect(found[header: "SGX-TCBm"] == cpu.uppercased() + "0D00")
        #expect(found[header: "SGX-FMSPC"] == "90C06FAB0000")
        #expect(found[header: "SGX-PCK-Certificate-CA-Type"] == "platform")
        let lower = "01" + cpu.dropFirst(2)
        for (request, status) in [
            (target(lower, "0D00", id: "\(enclave)"), 404), (target(cpu, "0C00", id: "\(enclave)"), 404),
            (target(cpu, "0D00", pceID: "0100", id: "\(enclave)"), 404),
            (target(cpu, "0D00", id: String(repeating: "0", count: 32)), 461),
            (target(cpu, "0D00"), 400), (target("12", "0D00", id: "\(enclave)"), 400),
            ("/sgx/certification/v4/pckcert?cpusvn=\(cpu)&pcesvn=0D00&pceid=0000", 400),
        ] {
            #expect(try get(request).status == status, "\(request)")
        }
        let all = try get("/sgx/certification/v4/pckcerts?qeid=\(enclave)&pceid=0000")
        let list = try JSONValue(all.body, document: "list")
        guard case .array(let entries) = list, let entry = entries.first else {
            Issue.record("no list")
            return
        }
        #expect(entry["tcb"]?["sgxtcbcomp05svn"] == .integer(3))
        #expect(entry["tcbm"] == .string(cpu.uppercased() + "0D00"))
        guard case .string(let text) = entry["cert"] else {
            Issue.record("no certificate")
            return
        }
        #expect(decoded(text) == AttestationCertificate.text(of: [authority.pck]))
    }

    @Test(
        "refuses what it does not have with the status that clients know",
        arguments: [
            ("/", 404), ("/sgx/certification/v3/pckcrl?ca=platform", 410),
            ("/sgx/certification/v4/pckcrl", 400), ("/sgx/certification/v4/pckcrl?ca=x", 400),
            ("/sgx/certification/v4/pckcrl?ca=processor", 404),
            ("/sgx/certification/v4/pckcrl?ca=platform&encoding=xml", 400),
            ("/tdx/certification/v4/tcb", 400), ("/tdx/certification/v4/tcb?fmspc=12", 400),
            ("/tdx/certification/v4/tcb?fmspc=00906ED50000", 404),
            ("/tdx/certification/v4/tcb?fmspc=90c06fab0000&update=late", 400),
            ("/tdx/certification/v4/tcb?fmspc=90c06fab0000&update=early&tcbEvaluationDataNumber=1", 400),
            ("/tdx/certification/v4/tcb?fmspc=90c06fab0000&tcbEvaluationDataNumber=0", 410),
            ("/tdx/certification/v4/tcb?fmspc=90c06fab0000&tcbEvaluationDataNumber=2", 404),
            ("/tdx/certification/v4/tcb?fmspc=90c06fab0000&tcbEvaluationDataNumber=x", 400),
            ("/tdx/certification/v4/tcb?fmspc=90c06fab0000&fmspc=90c06fab0000", 400),
            ("/tdx/certification/v4/tcb?fmspc=%9", 400),
            ("/sgx/certification/v4/tcb?fmspc=00906ED50000", 404), ("/sgx/certification/v4/tcb", 400),
            ("/sgx/certification/v4/qe/identity?tcbEvaluationDataNumber=0", 410),
            ("/sgx/certification/v4/qve/identity?update=late", 400),
            ("/tdx/certification/v4/qve/identity", 404),
            ("/sgx/certification/v4/crl?uri=http://elsewhere/", 404), ("/sgx/certification/v4/crl", 400),
        ])
    func refusals(target: String, status: Int) throws {
        let response = try get(target)
        #expect(response.status == status)
        #expect(response[header: "Error-Message"] != nil)
    }

    @Test("lists its platforms and evaluations, and is only read from")
    func lists() throws {
        #expect(
            try get("/sgx/certification/v4/fmspcs").body
                == Array(#"[{"fmspc":"90c06fab0000","platform":"E5"}]"#.utf8))
        #expect(try get("/sgx/certification/v4/fmspcs?platform=client").body == Array("[]".utf8))
        for name in ["TDX", "SGX"] {
            let numbers = try get("/\(name.lowercased())/certification/v4/tcbevaluationdatanumbers")
            let text = String(decoding: numbers.body, as: UTF8.self)
            #expect(text.hasPrefix("{\"tcbEvaluationDataNumbers\":{\"id\":\"\(name)\",\"version\":1,"))
            #expect(numbers[header: "TCB-Evaluation-Data-Numbers-Issuer-Chain"] != nil)
        }
        let service = try CollateralService(authority: Self.authority())
        let post = CollateralRequest(method: "POST", target: "/sgx/certification/v4/rootcacrl")
        #expect(service.answer(post).status == 405)
    }
}

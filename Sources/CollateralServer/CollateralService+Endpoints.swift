// SPDX-License-Identifier: Apache-2.0

import Collateral
import Quote
import Quoting

extension CollateralService {
    private static let pem = "application/x-pem-file"
    private static let der = "application/pkix-crl"
    private static let json = "application/json"

    /// Every path, and what answers it.
    static let endpoints: [String: Endpoint] = [
        "/sgx/certification/v4/pckcert": .init { service, query throws(Failure) in
            try service.checkPlatform(query)
            let processor = service.authority.platform.processor
            let raw = SVNComponents(try query.bytes("cpusvn", count: 16))
            let pce = try query.bytes("pcesvn", count: 2)
            guard raw.meets(processor.tcb), UInt16(pce[0]) | UInt16(pce[1]) << 8 >= processor.pceSVN else {
                throw Failure(404, "No certificate is of that TCB or a lower one.")
            }
            return CollateralResponse(
                pem, Array(AttestationCertificate.text(of: [service.authority.pck]).utf8),
                service.pckHeaders + [("SGX-TCBm", service.tcbM)])
        },
        "/sgx/certification/v4/pckcerts": .init { service, query throws(Failure) in
            try service.pckCertificates(query)
        },
        "/sgx/certification/v4/pckcerts/config": .init { service, query throws(Failure) in
            _ = try query.bytes("cpusvn", count: 16)
            return try service.pckCertificates(query)
        },
        "/sgx/certification/v4/pckcrl": .init { service, query throws(Failure) in
            guard query["ca"] != nil else { throw Failure(400, "The parameter ca is missing.") }
            guard try query.choice("ca", "platform", "processor") == "platform" else {
                throw Failure(404, "This vendor has no processor CA.")
            }
            let list = service.collateral.pckCRL.bytes
            let chain = ("SGX-PCK-CRL-Issuer-Chain", header(service.collateral.pckCRLIssuerChain))
            if try query.choice("encoding", "pem", "der") == "der" {
                return CollateralResponse(der, list, [chain])
            }
            return service.style == .cache
                ? CollateralResponse(der, Array(list.hexadecimal.utf8), [chain])
                : CollateralResponse(pem, Array(PEM(label: "X509 CRL", bytes: list).text.utf8), [chain])
        },
        "/tdx/certification/v4/tcb": .init { service, query throws(Failure) in
            try service.tcbInfo(service.collateral.tcbInfo, query)
        },
        "/sgx/certification/v4/tcb": .init { service, query throws(Failure) in
            try service.tcbInfo(service.sgxTCBInfo, query)
        },
        "/tdx/certification/v4/qe/identity": .init { service, query throws(Failure) in
            try service.identity(service.collateral.qeIdentity, query)
        },
        "/sgx/certification/v4/qe/identity": .init { service, query throws(Failure) in
            try service.identity(service.sgxIdentities["qe"], query)
        },
        "/sgx/certification/v4/qve/identity": .init { service, query throws(Failure) in
            try service.identity(service.sgxIdentities["qve"], query)
        },
        "/sgx/certification/v4/qae/identity": .init { service, query throws(Failure) in
            try service.identity(service.sgxIdentities["qae"], query)
        },
        "/tdx/certification/v4/tcbevaluationdatanumbers": .init { service, _ throws(Failure) in
            service.evaluations(.tdx)
        },
        "/sgx/certification/v4/tcbevaluationdatanumbers": .init { service, _ throws(Failure) in
            service.evaluations(.sgx)
        },
        "/sgx/certification/v4/fmspcs": .init { service, query throws(Failure) in
            let kind = try query.choice("platform", "all", "client", "e3", "e5")
            let platforms: [JSONValue] =
                kind == "all" || kind == "e5"
                ? [
                    .object([
                        .init("fmspc", .string(service.authority.platform.processor.fmspc.description)),
                        .init("platform", .string("E5")),
                    ])
                ] : []
            return CollateralResponse(json, Array(JSONValue.array(platforms).compact.utf8))
        },
        // What a caching service has besides.
        "/sgx/certification/v4/rootcacrl": .init { service, _ throws(Failure) in
            CollateralResponse(der, Array(service.collateral.rootCACRL.bytes.hexadecimal.utf8))
        },
        "/sgx/certification/v4/crl": .init { service, query throws(Failure) in
            guard let address = query["uri"] else { throw Failure(400, "The parameter uri is missing.") }
            switch address {
            case service.authority.root.distributionPoint:
                return CollateralResponse(der, service.collateral.rootCACRL.bytes)
            case service.authority.pck.distributionPoint:
                return CollateralResponse(der, service.collateral.pckCRL.bytes)
            default: throw Failure(404, "No list of this vendor's is at that address.")
            }
        },
        // Where certificates say that the root's list is, and where its certificate is.
        "/IntelSGXRootCA.der": .init { service, _ throws(Failure) in
            CollateralResponse(der, service.collateral.rootCACRL.bytes)
        },
        "/Intel_SGX_Provisioning_Certification_RootCA.cer": .init { service, _ throws(Failure) in
            CollateralResponse("application/pkix-cert", service.authority.root.bytes)
        },
        "/Intel_SGX_Provisioning_Certification_RootCA.pem": .init { service, _ throws(Failure) in
            CollateralResponse(pem, Array(AttestationCertificate.text(of: [service.authority.root]).utf8))
        },
    ]

    /// A chain in a header: PEM with all but letters, digits and `-._~` percent-encoded, so that nobody reads a `+` as a space.
    private static func header(_ chain: [AttestationCertificate]) -> String {
        var text: [UInt8] = []
        for byte in AttestationCertificate.text(of: chain).utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                text.append(byte)
            default: text += Array(("%" + [byte].hexadecimal.uppercased()).utf8)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private func tcbInfo(
        _ document: SignedDocument<TCBInfo>, _ query: CollateralQuery
    ) throws(Failure) -> CollateralResponse {
        let fmspc = try query.bytes("fmspc", count: 6)
        try checkEvaluation(query)
        guard fmspc == authority.platform.processor.fmspc.bytes else {
            throw Failure(404, "No platform has that FMSPC.")
        }
        return CollateralResponse(
            CollateralService.json, document.body,
            [("TCB-Info-Issuer-Chain", CollateralService.header(collateral.tcbInfoIssuerChain))])
    }

    private func identity(
        _ document: SignedDocument<EnclaveIdentity>?, _ query: CollateralQuery
    ) throws(Failure) -> CollateralResponse {
        try checkEvaluation(query)
        guard let document else { throw Failure(404, "There is no such enclave.") }
        return CollateralResponse(
            CollateralService.json, document.body,
            [
                (
                    "SGX-Enclave-Identity-Issuer-Chain",
                    CollateralService.header(collateral.qeIdentityIssuerChain)
                )
            ])
    }

    private func evaluations(_ technology: Technology) -> CollateralResponse {
        CollateralResponse(
            CollateralService.json, evaluationNumbers[technology]?.body ?? [],
            [
                (
                    "TCB-Evaluation-Data-Numbers-Issuer-Chain",
                    CollateralService.header(collateral.tcbInfoIssuerChain)
                )
            ])
    }

    private var pckHeaders: [(name: String, value: String)] {
        [
            (
                "SGX-PCK-Certificate-Issuer-Chain",
                CollateralService.header([authority.platformCA, authority.root])
            ),
            ("SGX-FMSPC", authority.platform.processor.fmspc.description.uppercased()),
            ("SGX-PCK-Certificate-CA-Type", "platform"),
        ]
    }

    /// `CPUSVN` and `PCESVN` of the certificate.
    private var tcbM: String {
        let processor = authority.platform.processor
        let pce = [UInt8(truncatingIfNeeded: processor.pceSVN), UInt8(processor.pceSVN >> 8)]
        return (processor.cpuSVN.bytes + pce).hexadecimal.uppercased()
    }

    /// Whether a request for certificates is about this platform, as far as it says.
    private func checkPlatform(_ query: CollateralQuery) throws(Failure) {
        let ppid = try query.bytesIfPresent("encrypted_ppid", count: 384)
        let enclave = try query.bytesIfPresent("qeid", count: 16)
        guard ppid != nil || enclave != nil else {
            throw Failure(400, "The parameter encrypted_ppid is missing.")
        }
        guard try query.bytes("pceid", count: 2) == authority.platform.processor.pceID.bytes else {
            throw Failure(404, "No platform has that PCEID.")
        }
        if let enclave, enclave != authority.platform.quotingEnclave.id.bytes {
            throw Failure(461, "The platform is not known.")
        }
    }

    private func pckCertificates(_ query: CollateralQuery) throws(Failure) -> CollateralResponse {
        try checkPlatform(query)
        let processor = authority.platform.processor
        var tcb = (0..<16).map { index in
            let name = String(index + 1)
            return JSONValue.Member(
                "sgxtcbcomp\(index < 9 ? "0" : "")\(name)svn", .integer(Int64(processor.tcb[index])))
        }
        tcb.append(.init("pcesvn", .integer(Int64(processor.pceSVN))))
        let certificate = CollateralService.header([authority.pck])
        let list = JSONValue.array([
            .object([
                .init("tcb", .object(tcb)), .init("tcbm", .string(tcbM)), .init("cert", .string(certificate)),
            ])
        ])
        return CollateralResponse(CollateralService.json, Array(list.compact.utf8), pckHeaders)
    }

    /// Whether a request is for the documents that there are.
    private func checkEvaluation(_ query: CollateralQuery) throws(Failure) {
        guard let text = query["tcbEvaluationDataNumber"] else {
            _ = try query.choice("update", "standard", "early")
            return
        }
        guard query["update"] == nil else {
            throw Failure(400, "The parameters update and tcbEvaluationDataNumber exclude each other.")
        }
        guard let number = UInt32(text) else {
            throw Failure(400, "The parameter tcbEvaluationDataNumber is not a number.")
        }
        let current = authority.platform.tcbInfo.tcbEvaluationDataNumber
        if number < current { throw Failure(410, "That evaluation is retired; \(current) is the newest.") }
        if number > current { throw Failure(404, "There is no such evaluation; \(current) is the newest.") }
    }
}

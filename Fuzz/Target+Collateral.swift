// SPDX-License-Identifier: Apache-2.0

import Collateral
import Quote
import QuoteVerification
import Quoting

private func tree(_ bytes: [UInt8], _ wrapping: Tree.Wrapping = .none) throws -> Seed {
    guard let tree = Tree(der: bytes, wrapping) else { throw Failure.file("a seed that is not DER") }
    return .tree(tree)
}

extension Target {
    static let certificateExtension = Target("certificate-extension") {
        var processor = try Sample.platform().platform.processor
        let platform = try tree(try processor.derBytes())
        processor.platform = nil
        return [platform, try tree(try processor.derBytes())]
    } execute: {
        (try? SGXExtension($0[...])) != nil
    }

    /// With all that a verifier asks of a certificate.
    static let certificate = Target("certificate") {
        let vendor = try Sample.platform()
        return [
            try tree(vendor.pck.bytes), try tree(vendor.tcbSigning.bytes),
            try tree(vendor.root.bytes, .pem("CERTIFICATE")),
        ]
    } execute: { input in
        guard let chain = try? AttestationCertificate.chain(input, document: "chain") else { return false }
        for certificate in chain {
            _ = certificate.missingExtension
            _ = certificate.distributionPoint
            _ = certificate.isAuthority(below: 1)
            _ = certificate.isSimulated
            // A certificate may have no such extension.
            _ = try? SGXExtension(of: certificate)
        }
        return true
    }

    static let pem = Target(
        "pem",
        words: ["-----BEGIN ", "-----END ", "-----", "CERTIFICATE", "X509 CRL", "\n", "\r\n", "=", "==", " "]
    ) {
        [
            .bytes(Array(PEM(label: "CERTIFICATE", bytes: Array(0..<70)).text.utf8)),
            .bytes(
                Array(
                    (PEM(label: "X509 CRL", bytes: [1, 2]).text + PEM(label: "CERTIFICATE", bytes: [3]).text)
                        .utf8)),
        ]
    } execute: { input in
        guard let documents = try? PEM.documents(in: input, of: "text") else { return false }
        let text = documents.map(\.text).joined()
        let again = try? PEM.documents(in: Array(text.utf8), of: "text")
        precondition(again == documents, "a text is written as it was read")
        return true
    }

    static let crl = Target("crl") {
        let collateral = try Sample.platform().collateral()
        let list = collateral.pckCRL.bytes
        return [
            try tree(list), try tree(collateral.rootCACRL.bytes), try tree(list, .hexadecimal),
            try tree(list, .pem("X509 CRL")),
        ]
    } execute: {
        (try? CertificateRevocationList($0)) != nil
    }

    static let json = Target("json", words: jsonWords) {
        [
            .json(
                .object([
                    .init("a", .array([.integer(-1), .boolean(true), .null])), .init("b", .string("\\\"é\n")),
                    .init("c", .object([.init("d", .array([.array([]), .object([])]))])),
                ])), .bytes(Array(#" { "a" : [ 1 , "\u00e9\ud83d\ude00" ] } "#.utf8)),
        ]
    } execute: { input in
        guard let value = try? JSONValue(input, document: "text") else { return false }
        let again = try? JSONValue(Array(value.compact.utf8), document: "text")
        precondition(again == value, "a document is written as it was read")
        return true
    }

    static let tcbInfo = Target("tcb-info", words: jsonWords) {
        var info = try Sample.platform().platform.tcbInfo
        let whole = Seed.json(info.json)
        info.levels = [info.levels[0]]
        for index in 0..<16 {
            info.levels[0].sgxComponents[index] = TCBComponent(svn: 1)
            info.levels[0].tdxComponents[index] = TCBComponent(svn: 1)
        }
        return [.json(info.json), .json(info.json), whole]
    } execute: { input in
        guard let document = try? SignedDocument<TCBInfo>(body: envelope("tcbInfo", input)) else {
            return false
        }
        // What is understood can be written and is understood alike.
        let again = try? TCBInfo(JSONFields(document.content.json, document: "again"))
        precondition(again == document.content, "a TCB Info is written as it was read")
        return true
    }

    static let qeIdentity = Target("qe-identity", words: jsonWords) {
        [.json(try Sample.platform().platform.qeIdentity.json)]
    } execute: { input in
        guard let document = try? SignedDocument<EnclaveIdentity>(body: envelope("enclaveIdentity", input))
        else { return false }
        let again = try? EnclaveIdentity(JSONFields(document.content.json, document: "again"))
        precondition(again == document.content, "a QE identity is written as it was read")
        return true
    }

    /// A document as a service sends it: with a signature, which is not looked at when it is read.
    private static func envelope(_ name: String, _ document: [UInt8]) -> [UInt8] {
        Array("{\"\(name)\":".utf8) + document
            + Array(",\"signature\":\"\(String(repeating: "0", count: 128))\"}".utf8)
    }

    static let bundle = Target("bundle", words: jsonWords) {
        let bundle = CollateralBundle(try Sample.platform().collateral())
        guard case .object(let members) = bundle.json else { return [] }
        // What is in the documents is the business of the other parsers.
        return [
            .json(
                .object(
                    members.map { member in
                        guard case .string(let text) = member.value, text.count > 128 else { return member }
                        return .init(member.name, .string(String(text.prefix(20))))
                    })), .json(.object([.init("tcb_info", .null)])),
        ]
    } execute: {
        (try? CollateralBundle(json: $0)) != nil
    }

    static let policy = Target("policy", words: jsonWords) {
        let digest = JSONValue.string(String(repeating: "ab", count: 48))
        return [
            .json(
                .object([
                    .init("acceptedStatuses", .array([.string("UpToDate"), .string("OutOfDate")])),
                    .init("rejectedAdvisories", .array([.string("INTEL-SA-00001")])),
                    .init("minimumTCBDate", .string("2026-01-01T00:00:00Z")),
                    .init("minimumTEETCBSVN", .string(String(repeating: "01", count: 16))),
                    .init("minimumQESVN", .integer(4)), .init("allowDebug", .boolean(false)),
                    .init("requiredXFAM", .string("0300000000000000")),
                    .init("reportData", .string("0102")),
                    .init("mrTD", digest), .init("rtmr0", .array([digest, digest])),
                ]))
        ]
    } execute: {
        (try? AppraisalPolicy(json: $0)) != nil
    }

    static let platformDescription = Target("platform", words: jsonWords) {
        [.json(try Sample.platform().platform.json)]
    } execute: { input in
        guard let platform = try? SimulatedPlatform(json: input) else { return false }
        let again = try? SimulatedPlatform(json: Array(platform.json.compact.utf8))
        precondition(again == platform, "a platform is written as it was read")
        return true
    }
}

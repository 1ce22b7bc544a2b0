// SPDX-License-Identifier: Apache-2.0

import Collateral
import Crypto
import Quote
import TDXABI
import Testing

@Suite("Signed documents")
struct DocumentTests {
    private let now = Timestamp(secondsSince1970: 1_780_000_000)

    private func level(_ svn: UInt8, _ status: TCBStatus = .upToDate) -> TCBLevel {
        TCBLevel(
            sgxComponents: (0..<16).map {
                TCBComponent(svn: $0 == 0 ? UInt16(svn) : 0, category: $0 == 0 ? "BIOS" : nil)
            },
            pceSVN: 13, tdxComponents: (0..<16).map { _ in TCBComponent(svn: 0) }, tcbDate: now,
            status: status, advisoryIDs: status == .upToDate ? [] : ["INTEL-SA-00001"])
    }

    private var info: TCBInfo {
        TCBInfo(
            issueDate: now, nextUpdate: now, fmspc: FMSPC([0x90, 0xC0, 0x6F, 0, 0, 0]), pceID: .zero,
            tcbEvaluationDataNumber: 18,
            tdxModuleIdentities: [
                .init(
                    majorVersion: 1,
                    identity: TDXModuleIdentity(
                        attributes: 0x0102_0304_0506_0708,
                        levels: [.init(isvSVN: 4, tcbDate: now, status: .upToDate)]))
            ], levels: [level(5), level(4, .outOfDate)])
    }

    private var identity: EnclaveIdentity {
        EnclaveIdentity(
            issueDate: now, nextUpdate: now, tcbEvaluationDataNumber: 18, miscSelect: 0x0102_0304,
            attributes: Identifier128([0x11]), attributesMask: Identifier128([0xFB, 0xFF]),
            mrSigner: Digest256(1...32), levels: [.init(isvSVN: 4, tcbDate: now, status: .upToDate)])
    }

    @Test("are read as they were signed, alone and in an HTTP body")
    func roundTrips() throws {
        let key = P256.Signing.PrivateKey()
        let info = try SignedDocument(signing: info, with: key)
        #expect(try SignedDocument<TCBInfo>(text: info.text, signature: info.signature) == info)
        #expect(try SignedDocument<TCBInfo>(body: info.body) == info)
        #expect(info.isSigned(by: key.publicKey))
        #expect(!info.isSigned(by: P256.Signing.PrivateKey().publicKey))
        let identity = try SignedDocument(signing: identity, with: key)
        #expect(try SignedDocument<EnclaveIdentity>(body: identity.body) == identity)
        #expect(identity.isSigned(by: key.publicKey))
    }

    @Test("are signed as the text that came, whatever its white space")
    func text() throws {
        let key = P256.Signing.PrivateKey()
        let text = Array(info.json.indented.utf8)
        let document = try SignedDocument<TCBInfo>(signing: text, with: key)
        #expect(document.content == info && document.isSigned(by: key.publicKey))
        let other = try SignedDocument<TCBInfo>(
            text: Array(info.json.compact.utf8), signature: document.signature)
        #expect(other.content == document.content && !other.isSigned(by: key.publicKey))
        let body =
            Array("{ \"signature\" : \"\(document.signature)\",\n \"tcbInfo\" : ".utf8) + text
            + Array(" }".utf8)
        #expect(try SignedDocument<TCBInfo>(body: body) == document)
    }

    @Test(
        "with a member that is wrong are refused by its name",
        arguments: [
            (#""id":"TDX""#, #""id":"TDY""#, "id"), (#""id":"TDX""#, #""id":"SGX""#, "tdxModule"),
            (#""version":3"#, #""version":2"#, "version"), (#""tcbType":0"#, #""tcbType":1"#, "tcbType"),
            (#""fmspc":"90c06f000000""#, #""fmspc":"90c06f0000""#, "fmspc"),
            (#""fmspc":"90c06f000000","#, "", "fmspc"), (#""pceId":"0000""#, #""pceId":"000g""#, "pceId"),
            ("2026-05-28T20:26:40Z", "2026-05-28 20:26:40Z", "issueDate"),
            (#""tdxModule":"#, #""tdxModulo":"#, "tdxModule"),
            ("TDX_01", "TDX_1", "tdxModuleIdentities[0].id"),
            (#"{"isvsvn":4}"#, #"{"isvsvn":65536}"#, "tdxModuleIdentities[0].tcbLevels[0].tcb.isvsvn"),
            (#""tcbStatus":"OutOfDate""#, #""tcbStatus":"Fine""#, "tcbLevels[1].tcbStatus"),
            (#""tcbStatus":"OutOfDate""#, #""tcbStatus":"TDRelaunchAdvised""#, "tcbLevels[1].tcbStatus"),
            (
                #"{"svn":5,"category":"BIOS"}"#, #"{"svn":65536,"category":"BIOS"}"#,
                "tcbLevels[0].tcb.sgxtcbcomponents[0].svn"
            ),
            (#"{"svn":5,"category":"BIOS"},"#, "", "tcbLevels[0].tcb.sgxtcbcomponents"),
            (#"{"svn":5,"#, #"{"svn":4,"#, "tcbLevels"),
        ])
    func refused(old: String, new: String, member: String) throws {
        let text = info.json.compact
        let broken = Array(text.replacing(old, with: new, maxReplacements: 1).utf8)
        try #require(broken != Array(text.utf8))
        let error = #expect(throws: CollateralError.self) {
            try SignedDocument<TCBInfo>(text: broken, signature: .zero)
        }
        switch error {
        case .malformed(_, let found, _), .missing(_, let found): #expect(found == member)
        default: Issue.record("\(String(describing: error))")
        }
    }

    @Test("choose the highest level that an SVN reaches, in any order")
    func levels() {
        let levels = [2, 6, 4].map { ComponentTCBLevel(isvSVN: $0, tcbDate: now, status: .upToDate) }
        #expect(levels.level(reachedBy: 1) == nil)
        #expect(levels.level(reachedBy: 2)?.isvSVN == 2)
        #expect(levels.level(reachedBy: 5)?.isvSVN == 4)
        #expect(levels.level(reachedBy: .max)?.isvSVN == 6)
    }

    @Test("of the vendor are read, and written as the vendor wrote them")
    func fixtures() throws {
        for (name, bytes) in Fixtures.files(in: "collateral") {
            let bundle = try CollateralBundle(json: bytes)
            let collateral = try Collateral(bundle)
            for document in [
                (collateral.tcbInfo.text, collateral.tcbInfo.content.json),
                (collateral.qeIdentity.text, collateral.qeIdentity.content.json),
            ] {
                let (text, json) = document
                #expect(
                    String(decoding: text, as: UTF8.self).lowercased() == json.compact.lowercased(), "\(name)"
                )
            }
            #expect(
                try CollateralBundle(json: Array(CollateralBundle(collateral).json.compact.utf8))
                    == CollateralBundle(collateral))
            #expect(try Collateral(CollateralBundle(collateral)) == collateral)
            let signer = try #require(collateral.tcbInfoIssuerChain.first)
            #expect(collateral.tcbInfo.isSigned(by: signer.publicKey), "\(name)")
            let platformCA = try #require(collateral.pckCRLIssuerChain.first)
            #expect(collateral.pckCRL.isIssued(by: platformCA) && collateral.pckCRL.isSigned(by: platformCA))
        }
    }
}

@Suite("JSON")
struct JSONTests {
    private func read(_ text: String) throws -> JSONValue {
        try JSONValue(Array(text.utf8), document: "test")
    }

    @Test("is read strictly, and written in the order in which it came")
    func roundTrips() throws {
        for text in [
            #"{"b":1,"a":[true,false,null,-7,"x\"\\\n\u0001é"],"c":{}}"#, "[]", "0", #""""#, "[[],{}]",
            "9223372036854775807",
        ] {
            #expect(try read(text).compact == text)
            #expect(try read(read(text).indented) == read(text))
        }
        #expect(try read(#" [ "\u00e9\ud83d\ude00\/\b\f\r\t" ] "#) == .array([.string("é😀/\u{8}\u{c}\r\t")]))
    }

    @Test(
        "that is not JSON, or not of our documents, is refused",
        arguments: [
            "", "{", "[", "[1", "[1,]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "1 2", "01", "1.5",
            "1e3", "-",
            "\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\udc00\"", "\"\u{1}\"", "tru", "nul", "+1",
            "9223372036854775808", "{\"a\":1,\"a\":2}",
        ])
    func refuses(text: String) {
        #expect(throws: CollateralError.self) { try read(text) }
        #expect(throws: CollateralError.self) { try JSONValue([0x22, 0xFF, 0x22], document: "test") }
    }

    @Test("deeper than the vendor's own reader goes is refused")
    func depth() throws {
        func nested(_ count: Int) -> String {
            String(repeating: "[", count: count) + String(repeating: "]", count: count)
        }
        #expect(throws: Never.self) { try read(nested(32)) }
        #expect(throws: CollateralError.self) { try read(nested(100_000)) }
    }
}

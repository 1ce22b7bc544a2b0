// SPDX-License-Identifier: Apache-2.0

import Collateral
import Quote
public import Quoting

/// What a client of the service asked for.
public struct CollateralRequest: Hashable, Sendable {
    public var method: String
    /// Path and query, as they came.
    public var target: String

    public init(method: String = "GET", target: String) {
        self.method = method
        self.target = target
    }
}

/// What the client gets.
public struct CollateralResponse: Hashable, Sendable {
    public var status: Int
    public var headers: [(name: String, value: String)] { [("Content-Type", contentType)] + fields }
    public var body: [UInt8]
    private var contentType: String
    private var fields: [(name: String, value: String)]

    init(
        status: Int = 200, _ contentType: String, _ body: [UInt8],
        _ fields: [(name: String, value: String)] = []
    ) {
        self.status = status
        self.contentType = contentType
        self.body = body
        self.fields = fields
    }

    /// A refusal, with a sentence for a person.
    static func failure(_ status: Int, _ message: String) -> CollateralResponse {
        CollateralResponse(
            status: status, "text/plain; charset=utf-8", Array((message + "\n").utf8),
            [("Error-Message", message)])
    }

    public subscript(header name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    public static func == (a: Self, b: Self) -> Bool {
        a.status == b.status && a.body == b.body
            && a.headers.elementsEqual(b.headers) { $0.name == $1.name && $0.value == $1.value }
    }
    public func hash(into hasher: inout Hasher) {
        hasher.combine(status)
        hasher.combine(body)
    }
}

/// The provisioning certification service of a simulated platform's vendor, and the caching service that stands before it, in
/// one: what each path answers.
///
/// Documents are made once, when the service is; what goes out is what was signed, byte for byte.
///
/// - SeeAlso: PCS API, version 4; PCCS API.
public struct CollateralService: Sendable {
    let authority: PlatformAuthority
    let collateral: Collateral
    /// Which of the two it is where they differ.
    let style: Style
    let evaluationNumbers: [Technology: SignedDocument<EvaluationNumbers>]
    /// What the vendor says of enclaves of SGX and of the platform as one of SGX, which nobody verifies a quote of a TD with.
    let sgxTCBInfo: SignedDocument<TCBInfo>
    let sgxIdentities: [String: SignedDocument<EnclaveIdentity>]

    public enum Style: Sendable {
        /// The vendor's own service: a revocation list is PEM unless DER is asked for.
        case vendor
        /// A caching service: a revocation list is the hexadecimal digits of DER unless DER is asked for.
        case cache
    }

    enum Technology: String, Hashable {
        case sgx = "SGX"
        case tdx = "TDX"
    }

    public init(authority: PlatformAuthority, style: Style = .vendor) throws {
        self.authority = authority
        self.style = style
        collateral = try authority.collateral()
        let (platform, key) = (authority.platform, authority.keys.tcbSigning)
        sgxTCBInfo = try SignedDocument(signing: platform.sgxTCBInfo, with: key)
        var identities: [String: SignedDocument<EnclaveIdentity>] = [:]
        // Product numbers of the vendor's enclaves.
        for (path, id, product) in [("qe", "QE", 1), ("qve", "QVE", 2), ("qae", "QAE", 3)]
            as [(String, String, UInt16)]
        {
            var identity = platform.qeIdentity
            identity.id = id
            identity.isvProductID = product
            identities[path] = try SignedDocument(signing: identity, with: key)
        }
        sgxIdentities = identities
        evaluationNumbers = [
            .sgx: try SignedDocument(signing: EvaluationNumbers(platform.tcbInfo, .sgx), with: key),
            .tdx: try SignedDocument(signing: EvaluationNumbers(platform.tcbInfo, .tdx), with: key),
        ]
    }

    public func answer(_ request: CollateralRequest) -> CollateralResponse {
        guard request.method == "GET" || request.method == "HEAD" else {
            return .failure(405, "This service is only read from.")
        }
        let parts = request.target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = String(parts[0])
        guard let query = CollateralQuery(parts.count > 1 ? parts[1] : "") else {
            return .failure(400, "The query cannot be read.")
        }
        if path.hasPrefix("/sgx/certification/v3/") || path.hasPrefix("/tdx/certification/v3/") {
            return .failure(410, "Version 3 of this interface is gone; use version 4.")
        }
        guard let endpoint = CollateralService.endpoints[path] else {
            return .failure(404, "There is nothing at this path.")
        }
        do {
            return try endpoint.answer(self, query)
        } catch {
            return error.response
        }
    }

    /// What answers a path.
    struct Endpoint: Sendable {
        let answer: @Sendable (CollateralService, CollateralQuery) throws(Failure) -> CollateralResponse

        init(
            _ answer:
                @escaping @Sendable (CollateralService, CollateralQuery) throws(Failure) -> CollateralResponse
        ) { self.answer = answer }
    }

    /// Why a request has no document.
    struct Failure: Error {
        let response: CollateralResponse
        init(_ status: Int, _ message: String) { response = .failure(status, message) }
    }
}

/// The parameters of a request. Names and values are compared without regard to case.
struct CollateralQuery: Sendable {
    private var values: [String: String] = [:]

    /// Nil when an escape is not two hexadecimal digits, or a name comes twice.
    init?(_ text: some StringProtocol) {
        for part in text.split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = CollateralQuery.decoded(pair[0]),
                let value = CollateralQuery.decoded(pair.count > 1 ? pair[1] : ""),
                values.updateValue(value, forKey: name.lowercased()) == nil
            else { return nil }
        }
    }

    subscript(name: String) -> String? { values[name.lowercased()] }

    private static func decoded(_ text: some StringProtocol) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2,
                let value = [UInt8](hexadecimal: String(decoding: rest.prefix(2), as: UTF8.self))
            else { return nil }
            bytes += value
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A value of so many bytes, as hexadecimal digits.
    func bytes(_ name: String, count: Int) throws(CollateralService.Failure) -> [UInt8] {
        guard let bytes = try bytesIfPresent(name, count: count) else {
            throw .init(400, "The parameter \(name) is missing.")
        }
        return bytes
    }

    func bytesIfPresent(_ name: String, count: Int) throws(CollateralService.Failure) -> [UInt8]? {
        guard let text = self[name] else { return nil }
        guard let bytes = [UInt8](hexadecimal: text), bytes.count == count else {
            throw .init(400, "The parameter \(name) is not \(2 * count) hexadecimal digits.")
        }
        return bytes
    }

    /// One of the values that there are; the first when the parameter is absent.
    func choice(_ name: String, _ choices: String...) throws(CollateralService.Failure) -> String {
        guard let text = self[name]?.lowercased() else { return choices[0] }
        guard choices.contains(text) else {
            throw .init(400, "The parameter \(name) is none of \(choices.joined(separator: ", ")).")
        }
        return text
    }
}

/// Which TCB evaluations there are.
struct EvaluationNumbers: SignableDocument {
    static var name: String { "TCB evaluation data numbers" }
    static var bodyMember: String { "tcbEvaluationDataNumbers" }

    var technology: CollateralService.Technology
    var issueDate: Timestamp
    var nextUpdate: Timestamp
    var numbers: [Number]

    struct Number: Hashable, Sendable {
        var number: UInt32
        var recoveryDate: Timestamp
        var tcbDate: Timestamp
    }

    init(_ info: TCBInfo, _ technology: CollateralService.Technology) {
        self.technology = technology
        issueDate = info.issueDate
        nextUpdate = info.nextUpdate
        let date = info.levels.map(\.tcbDate).max() ?? info.issueDate
        numbers = [Number(number: info.tcbEvaluationDataNumber, recoveryDate: date, tcbDate: date)]
    }

    init(_ fields: JSONFields) throws(CollateralError) {
        guard let technology = CollateralService.Technology(rawValue: try fields.string("id")) else {
            throw fields.malformed("id", "it is neither SGX nor TDX")
        }
        self.technology = technology
        issueDate = try fields.timestamp("issueDate")
        nextUpdate = try fields.timestamp("nextUpdate")
        numbers = []
        for object in try fields.objects("tcbEvalNumbers") {
            numbers.append(
                Number(
                    number: UInt32(
                        try object.integer("tcbEvaluationDataNumber", in: 0...Int64(UInt32.max))),
                    recoveryDate: try object.timestamp("tcbRecoveryEventDate"),
                    tcbDate: try object.timestamp("tcbDate")))
        }
    }

    var json: JSONValue {
        .object([
            .init("id", .string(technology.rawValue)), .init("version", .integer(1)),
            .init("issueDate", .string(issueDate.description)),
            .init("nextUpdate", .string(nextUpdate.description)),
            .init(
                "tcbEvalNumbers",
                .array(
                    numbers.map {
                        .object([
                            .init("tcbEvaluationDataNumber", .integer(Int64($0.number))),
                            .init("tcbRecoveryEventDate", .string($0.recoveryDate.description)),
                            .init("tcbDate", .string($0.tcbDate.description)),
                        ])
                    })),
        ])
    }
}

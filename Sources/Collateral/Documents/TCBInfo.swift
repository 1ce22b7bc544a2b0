// SPDX-License-Identifier: Apache-2.0

public import Quote
public import TDXABI

/// `FMSPC`: family, model, stepping and platform of a processor, which TCB Info is about.
public struct FMSPC: FixedBytes {
    public static var size: Int { 6 }
    public let bytes: [UInt8]
    public init(_ bytes: [UInt8]) { self.bytes = Self.fitted(bytes) }
}

/// `PCEID`: which provisioning certification enclave certified a platform.
public struct PCEID: FixedBytes {
    public static var size: Int { 2 }
    public let bytes: [UInt8]
    public init(_ bytes: [UInt8]) { self.bytes = Self.fitted(bytes) }
}

/// Who signs TDX modules of one major version, and what is to be said of their SVNs.
public struct TDXModuleIdentity: Hashable, Sendable {
    public var mrSigner: Digest384
    public var attributes: UInt64
    public var attributesMask: UInt64
    /// Empty for the identity of major version 0, whose SVN is judged with the platform's.
    public var levels: [ComponentTCBLevel]

    public init(
        mrSigner: Digest384 = .zero, attributes: UInt64 = 0, attributesMask: UInt64 = .max,
        levels: [ComponentTCBLevel] = []
    ) {
        self.mrSigner = mrSigner
        self.attributes = attributes
        self.attributesMask = attributesMask
        self.levels = levels
    }
}

/// TCB Info, version 3: what the vendor says of the TCB of platforms with one FMSPC.
public struct TCBInfo: SignableDocument {
    public static var name: String { "TCB Info" }
    public static var bodyMember: String { "tcbInfo" }

    /// `TDX` or `SGX`
    public var id: String
    public var issueDate: Timestamp
    public var nextUpdate: Timestamp
    public var fmspc: FMSPC
    public var pceID: PCEID
    /// Grows with every TCB recovery.
    public var tcbEvaluationDataNumber: UInt32
    /// The module of major version 0; in every TDX document.
    public var tdxModule: TDXModuleIdentity?
    /// Modules of higher major versions, by version. Nil where the document has no list of them.
    public var tdxModuleIdentities: [Entry]?
    /// In the order of the document.
    public var levels: [TCBLevel]

    /// An identity and the major version that its `id` names.
    public struct Entry: Hashable, Sendable {
        public var majorVersion: UInt8
        public var identity: TDXModuleIdentity
        public init(majorVersion: UInt8, identity: TDXModuleIdentity) {
            self.majorVersion = majorVersion
            self.identity = identity
        }
    }

    public init(
        issueDate: Timestamp, nextUpdate: Timestamp, fmspc: FMSPC, pceID: PCEID,
        tcbEvaluationDataNumber: UInt32,
        tdxModule: TDXModuleIdentity? = TDXModuleIdentity(), tdxModuleIdentities: [Entry]?, levels: [TCBLevel]
    ) {
        id = "TDX"
        self.issueDate = issueDate
        self.nextUpdate = nextUpdate
        self.fmspc = fmspc
        self.pceID = pceID
        self.tcbEvaluationDataNumber = tcbEvaluationDataNumber
        self.tdxModule = tdxModule
        self.tdxModuleIdentities = tdxModuleIdentities
        self.levels = levels
    }
}

extension TCBInfo {
    public init(_ fields: JSONFields) throws(CollateralError) {
        id = try fields.string("id")
        guard id == "TDX" || id == "SGX" else {
            throw fields.malformed("id", "“\(id)” is neither TDX nor SGX")
        }
        let isTDX = id == "TDX"
        let version = try fields.integer("version", in: 0 ... .max)
        guard version == 3 else { throw fields.malformed("version", "\(version) is not 3") }
        issueDate = try fields.timestamp("issueDate")
        nextUpdate = try fields.timestamp("nextUpdate")
        fmspc = try fields.fixed("fmspc")
        pceID = try fields.fixed("pceId")
        let tcbType = try fields.integer("tcbType", in: 0 ... .max)
        guard tcbType == 0 else { throw fields.malformed("tcbType", "\(tcbType) is not 0") }
        tcbEvaluationDataNumber = UInt32(
            try fields.integer("tcbEvaluationDataNumber", in: 0...Int64(UInt32.max)))
        for member in ["tdxModule", "tdxModuleIdentities"] where !isTDX && fields[member] != nil {
            throw fields.malformed(member, "a document of SGX has none")
        }
        tdxModule = isTDX ? try TDXModuleIdentity(fields.object("tdxModule"), hasLevels: false) : nil
        tdxModuleIdentities =
            fields["tdxModuleIdentities"] == nil ? nil : try TCBInfo.identities(fields)
        levels = []
        for object in try fields.objects("tcbLevels") {
            let level = try TCBLevel(object, isTDX: isTDX)
            guard !levels.contains(where: { $0.hasSameSVNs(as: level) }) else {
                throw fields.malformed("tcbLevels", "two levels have the same SVNs")
            }
            levels.append(level)
        }
        guard !levels.isEmpty else { throw fields.malformed("tcbLevels", "it is empty") }
    }

    private static func identities(_ fields: JSONFields) throws(CollateralError) -> [Entry] {
        var entries: [Entry] = []
        for object in try fields.objects("tdxModuleIdentities") {
            let id = try object.string("id")
            guard id.utf8.count == 6, id.uppercased().hasPrefix("TDX_"),
                let version = [UInt8](hexadecimal: id.suffix(2)), let version = version.first
            else { throw object.malformed("id", "“\(id)” is not TDX_ and two hexadecimal digits") }
            guard !entries.contains(where: { $0.majorVersion == version }) else {
                throw object.malformed("id", "“\(id)” is there twice")
            }
            entries.append(
                Entry(majorVersion: version, identity: try TDXModuleIdentity(object, hasLevels: true)))
        }
        return entries
    }

    public var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("id", .string(id)), .init("version", .integer(3)),
            .init("issueDate", .string(issueDate.description)),
            .init("nextUpdate", .string(nextUpdate.description)), .init("fmspc", .string(fmspc.description)),
            .init("pceId", .string(pceID.description)), .init("tcbType", .integer(0)),
            .init("tcbEvaluationDataNumber", .integer(Int64(tcbEvaluationDataNumber))),
        ]
        if let tdxModule { members.append(.init("tdxModule", .object(tdxModule.members))) }
        if let tdxModuleIdentities {
            members.append(
                .init(
                    "tdxModuleIdentities",
                    .array(
                        tdxModuleIdentities.map { entry in
                            let id = "TDX_" + [entry.majorVersion].hexadecimal.uppercased()
                            return .object(
                                [.init("id", .string(id))] + entry.identity.members
                                    + [.init("tcbLevels", .array(entry.identity.levels.map(\.json)))])
                        })))
        }
        members.append(.init("tcbLevels", .array(levels.map(\.json))))
        return .object(members)
    }
}

extension TDXModuleIdentity {
    init(_ fields: JSONFields, hasLevels: Bool) throws(CollateralError) {
        self.init(
            mrSigner: try fields.fixed("mrsigner"), attributes: try fields.littleEndian("attributes"),
            attributesMask: try fields.littleEndian("attributesMask"),
            levels: hasLevels ? try ComponentTCBLevel.levels(of: fields) : [])
    }

    fileprivate var members: [JSONValue.Member] {
        [
            .init("mrsigner", .string(mrSigner.description)),
            .init("attributes", .string(littleEndianDigits(attributes))),
            .init("attributesMask", .string(littleEndianDigits(attributesMask))),
        ]
    }
}

/// The bytes of a number as upper-case digits, the lowest first.
func littleEndianDigits(_ value: some FixedWidthInteger) -> String {
    (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }.hexadecimal.uppercased()
}

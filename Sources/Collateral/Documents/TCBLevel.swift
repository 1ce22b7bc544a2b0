// SPDX-License-Identifier: Apache-2.0

public import Quote

/// A component of a TCB level: its least SVN, and what the vendor calls it.
public struct TCBComponent: Hashable, Sendable {
    /// More than 255 where no platform can reach the level.
    public var svn: UInt16
    public var category: String?
    public var type: String?

    public init(svn: UInt16, category: String? = nil, type: String? = nil) {
        self.svn = svn
        self.category = category
        self.type = type
    }
}

/// A level of a platform's TCB: SVNs that a platform must have, and what is to be said of one that has.
public struct TCBLevel: Hashable, Sendable {
    /// 16 of them.
    public var sgxComponents: [TCBComponent]
    public var pceSVN: UInt16
    /// 16 in a TDX document, none in one of SGX.
    public var tdxComponents: [TCBComponent]
    public var tcbDate: Timestamp
    public var status: TCBStatus
    public var advisoryIDs: [String]

    public init(
        sgxComponents: [TCBComponent], pceSVN: UInt16, tdxComponents: [TCBComponent], tcbDate: Timestamp,
        status: TCBStatus, advisoryIDs: [String] = []
    ) {
        self.sgxComponents = sgxComponents
        self.pceSVN = pceSVN
        self.tdxComponents = tdxComponents
        self.tcbDate = tcbDate
        self.status = status
        self.advisoryIDs = advisoryIDs
        sgxSVNs = SVNComponents(sgxComponents.map { UInt8(clamping: $0.svn) })
        tdxSVNs = SVNComponents(tdxComponents.map { UInt8(clamping: $0.svn) })
        isReachable = (sgxComponents + tdxComponents).allSatisfy { $0.svn <= 255 }
    }

    public private(set) var sgxSVNs: SVNComponents
    public private(set) var tdxSVNs: SVNComponents
    /// Whether every SVN is one that a platform can have.
    public private(set) var isReachable: Bool

    /// Whether this level comes before another when levels go from the highest to the lowest.
    public func isHigher(than other: TCBLevel) -> Bool {
        if sgxSVNs != other.sgxSVNs { return sgxSVNs.isListedBefore(other.sgxSVNs) }
        if pceSVN != other.pceSVN { return pceSVN > other.pceSVN }
        return tdxSVNs.isListedBefore(other.tdxSVNs)
    }

    func hasSameSVNs(as other: TCBLevel) -> Bool {
        guard pceSVN == other.pceSVN, sgxSVNs == other.sgxSVNs, tdxSVNs == other.tdxSVNs else { return false }
        // Where no platform can reach either level, 255 stands for every greater number.
        return sgxComponents.map(\.svn) == other.sgxComponents.map(\.svn)
            && tdxComponents.map(\.svn) == other.tdxComponents.map(\.svn)
    }
}

extension TCBLevel {
    init(_ fields: JSONFields, isTDX: Bool) throws(CollateralError) {
        let tcb = try fields.object("tcb")
        self.init(
            sgxComponents: try TCBComponent.sixteen(tcb, "sgxtcbcomponents"),
            pceSVN: UInt16(try tcb.integer("pcesvn", in: 0...65_535)),
            tdxComponents: isTDX ? try TCBComponent.sixteen(tcb, "tdxtcbcomponents") : [],
            tcbDate: try fields.timestamp("tcbDate"),
            status: try TCBStatus(fields, among: TCBStatus.ofPlatforms),
            advisoryIDs: try fields.strings("advisoryIDs"))
    }

    var json: JSONValue {
        var tcb: [JSONValue.Member] = [
            .init("sgxtcbcomponents", .array(sgxComponents.map(\.json))),
            .init("pcesvn", .integer(Int64(pceSVN))),
        ]
        if !tdxComponents.isEmpty { tcb.append(.init("tdxtcbcomponents", .array(tdxComponents.map(\.json)))) }
        return .level(tcb: tcb, date: tcbDate, status: status, advisoryIDs: advisoryIDs)
    }
}

extension TCBComponent {
    static func sixteen(_ fields: JSONFields, _ name: String) throws(CollateralError) -> [TCBComponent] {
        var components: [TCBComponent] = []
        for object in try fields.objects(name) {
            components.append(
                TCBComponent(
                    svn: UInt16(try object.integer("svn", in: 0...65_535)),
                    category: object["category"] == nil ? nil : try object.string("category"),
                    type: object["type"] == nil ? nil : try object.string("type")))
        }
        guard components.count == 16 else {
            throw fields.malformed(name, "it has \(components.count) components where it must have 16")
        }
        return components
    }

    var json: JSONValue {
        var members: [JSONValue.Member] = [.init("svn", .integer(Int64(svn)))]
        if let category { members.append(.init("category", .string(category))) }
        if let type { members.append(.init("type", .string(type))) }
        return .object(members)
    }
}

/// A level of a TDX module or an enclave: the least SVN, and what is to be said of one that has it.
public struct ComponentTCBLevel: Hashable, Sendable {
    public var isvSVN: UInt16
    public var tcbDate: Timestamp
    /// One of `TCBStatus.ofComponents`.
    public var status: TCBStatus
    public var advisoryIDs: [String]

    public init(isvSVN: UInt16, tcbDate: Timestamp, status: TCBStatus, advisoryIDs: [String] = []) {
        self.isvSVN = isvSVN
        self.tcbDate = tcbDate
        self.status = status
        self.advisoryIDs = advisoryIDs
    }
}

extension ComponentTCBLevel {
    init(_ fields: JSONFields) throws(CollateralError) {
        self.init(
            isvSVN: UInt16(try fields.object("tcb").integer("isvsvn", in: 0...65_535)),
            tcbDate: try fields.timestamp("tcbDate"),
            status: try TCBStatus(fields, among: TCBStatus.ofComponents),
            advisoryIDs: try fields.strings("advisoryIDs"))
    }

    /// The levels of a module or an enclave; there must be one, and none twice.
    static func levels(of fields: JSONFields) throws(CollateralError) -> [ComponentTCBLevel] {
        var levels: [ComponentTCBLevel] = []
        for object in try fields.objects("tcbLevels") {
            let level = try ComponentTCBLevel(object)
            guard !levels.contains(where: { $0.isvSVN == level.isvSVN }) else {
                throw fields.malformed("tcbLevels", "two levels have the ISVSVN \(level.isvSVN)")
            }
            levels.append(level)
        }
        guard !levels.isEmpty else { throw fields.malformed("tcbLevels", "it is empty") }
        return levels
    }

    var json: JSONValue {
        .level(
            tcb: [.init("isvsvn", .integer(Int64(isvSVN)))], date: tcbDate, status: status,
            advisoryIDs: advisoryIDs)
    }
}

extension [ComponentTCBLevel] {
    /// The highest level that `svn` reaches.
    public func level(reachedBy svn: UInt16) -> ComponentTCBLevel? {
        filter { $0.isvSVN <= svn }.max { $0.isvSVN < $1.isvSVN }
    }
}

extension TCBStatus {
    init(_ fields: JSONFields, among allowed: Set<TCBStatus>) throws(CollateralError) {
        let text = try fields.string("tcbStatus")
        guard let status = TCBStatus(rawValue: text), allowed.contains(status) else {
            throw fields.malformed("tcbStatus", "“\(text)” is not a status of such a level")
        }
        self = status
    }
}

extension JSONValue {
    fileprivate static func level(
        tcb: [Member], date: Timestamp, status: TCBStatus, advisoryIDs: [String]
    ) -> JSONValue {
        var members: [Member] = [
            .init("tcb", .object(tcb)), .init("tcbDate", .string(date.description)),
            .init("tcbStatus", .string(status.rawValue)),
        ]
        if !advisoryIDs.isEmpty {
            members.append(.init("advisoryIDs", .array(advisoryIDs.map { .string($0) })))
        }
        return .object(members)
    }
}

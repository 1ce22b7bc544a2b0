// SPDX-License-Identifier: Apache-2.0

public import Collateral
import Quote
import TDXABI

extension AppraisalPolicy {
    private static let members: Set<String> =
        Set(Measurement.allCases.map(\.rawValue)).union([
            "acceptedStatuses", "acceptedCurrentStatuses", "rejectedAdvisories", "acceptedAdvisories",
            "minimumTCBDate", "minimumTCBEvaluationDataNumber", "minimumTEETCBSVN", "minimumQESVN",
            "allowDebug",
            "requiredAttributes", "forbiddenAttributes", "requiredXFAM", "forbiddenXFAM", "reportData",
            "allowDynamicPlatform", "allowCachedKeys", "allowSMT",
        ])

    /// Reads a policy file: a JSON object with the names of the properties, digests as hexadecimal digits.
    ///
    /// A member that no policy has is refused, so that a misspelt requirement is not a requirement less.
    public init(json bytes: [UInt8]) throws(CollateralError) {
        self.init()
        let document = "policy"
        let fields = try JSONFields(JSONValue(bytes, document: document), document: document)
        for member in fields.members where !AppraisalPolicy.members.contains(member.name) {
            throw fields.malformed(member.name, "a policy has no such member")
        }
        func has(_ name: String) -> Bool { fields[name] != nil }

        if has("acceptedStatuses") { acceptedStatuses = try fields.statuses("acceptedStatuses") }
        if has("acceptedCurrentStatuses") {
            acceptedCurrentStatuses = try fields.statuses("acceptedCurrentStatuses")
        }
        rejectedAdvisories = Set(try fields.strings("rejectedAdvisories"))
        if has("acceptedAdvisories") { acceptedAdvisories = Set(try fields.strings("acceptedAdvisories")) }
        if has("minimumTCBDate") { minimumTCBDate = try fields.timestamp("minimumTCBDate") }
        if has("minimumTCBEvaluationDataNumber") {
            minimumTCBEvaluationDataNumber = UInt32(
                try fields.integer("minimumTCBEvaluationDataNumber", in: 0...Int64(UInt32.max)))
        }
        if has("minimumTEETCBSVN") {
            minimumTEETCBSVN = SVNComponents(try fields.bytes("minimumTEETCBSVN", count: 16))
        }
        if has("minimumQESVN") { minimumQESVN = UInt16(try fields.integer("minimumQESVN", in: 0...65_535)) }

        if has("allowDebug") { allowsDebug = try fields.boolean("allowDebug") }
        requiredAttributes = TDAttributes(rawValue: try fields.mask("requiredAttributes"))
        forbiddenAttributes = TDAttributes(rawValue: try fields.mask("forbiddenAttributes"))
        requiredXFAM = try fields.mask("requiredXFAM")
        forbiddenXFAM = try fields.mask("forbiddenXFAM")
        for measurement in Measurement.allCases where has(measurement.rawValue) {
            measurements[measurement] = try fields.digests(measurement.rawValue)
        }
        if has("reportData") {
            guard let data = [UInt8](hexadecimal: try fields.string("reportData")),
                data.count <= ReportData.size
            else { throw fields.malformed("reportData", "it is not at most 128 hexadecimal digits") }
            reportData = ReportData(data)
        }

        if has("allowDynamicPlatform") { allowsDynamicPlatform = try fields.boolean("allowDynamicPlatform") }
        if has("allowCachedKeys") { allowsCachedKeys = try fields.boolean("allowCachedKeys") }
        if has("allowSMT") { allowsSMT = try fields.boolean("allowSMT") }
    }
}

extension JSONFields {
    fileprivate func statuses(_ name: String) throws(CollateralError) -> Set<TCBStatus> {
        var statuses: Set<TCBStatus> = []
        for text in try strings(name) {
            guard let status = TCBStatus(rawValue: text) else {
                let known = TCBStatus.allCases.map(\.rawValue).joined(separator: ", ")
                throw malformed(name, "“\(text)” is none of \(known)")
            }
            guard status != .revoked else { throw malformed(name, "no policy accepts Revoked") }
            statuses.insert(status)
        }
        return statuses
    }

    /// A number in hexadecimal digits, with or without 0x; zero when it is absent.
    fileprivate func mask(_ name: String) throws(CollateralError) -> UInt64 {
        guard self[name] != nil else { return 0 }
        let text = try string(name)
        guard let mask = UInt64(text.hasPrefix("0x") ? String(text.dropFirst(2)) : text, radix: 16) else {
            throw malformed(name, "it is not a number of at most 16 hexadecimal digits")
        }
        return mask
    }

    /// One digest, or a list of those that will do.
    fileprivate func digests(_ name: String) throws(CollateralError) -> Set<Digest384> {
        let texts: [String]
        if case .string(let text) = self[name] { texts = [text] } else { texts = try strings(name) }
        var digests: Set<Digest384> = []
        for text in texts {
            guard let digest = Digest384(hexadecimal: text) else {
                throw malformed(name, "“\(text)” is not 96 hexadecimal digits")
            }
            digests.insert(digest)
        }
        return digests
    }
}

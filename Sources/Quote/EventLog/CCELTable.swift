// SPDX-License-Identifier: Apache-2.0

/// The ACPI table that says where the event log of a TD is: `CCEL`, 56 bytes.
///
/// - SeeAlso: ACPI Specification, "Confidential Computing Event Log (CCEL) Table".
public struct CCELTable: Hashable, Sendable {
    public static let size = 56

    public var revision: UInt8 = 1
    /// 6 bytes
    public var oemID: [UInt8]
    /// 8 bytes
    public var oemTableID: [UInt8]
    public var oemRevision: UInt32
    public var creatorID: UInt32
    public var creatorRevision: UInt32
    /// 2 is TDX.
    public var ccType: UInt8
    public var ccSubtype: UInt8
    public var reserved: UInt16
    /// How many bytes the area has at least.
    public var logAreaLength: UInt64
    /// The guest physical address of the area.
    public var logAreaStart: UInt64
}

extension CCELTable {
    /// Reads a table and checks its length and checksum.
    public init(_ bytes: [UInt8]) throws(QuoteFormatError) {
        self = try reading(bytes) { span throws(QuoteFormatError) in try CCELTable(&span) }
        guard bytes.count == CCELTable.size else {
            throw .wrongSize(field: "CCEL table", found: bytes.count, required: CCELTable.size)
        }
        let sum = bytes.reduce(0, &+)
        guard sum == 0 else {
            throw .malformed(field: "checksum", reason: "the bytes sum to \(sum) where they must to 0")
        }
    }

    private init(_ bytes: inout RawSpan) throws(QuoteFormatError) {
        try bytes.expect("signature", "CCEL")
        let length: UInt32 = try bytes.take("length")
        guard length == CCELTable.size else {
            throw .wrongSize(field: "length", found: Int(length), required: CCELTable.size)
        }
        revision = try bytes.take("revision")
        _ = try bytes.take("checksum", count: 1)
        oemID = try bytes.take("OEM ID", count: 6)
        oemTableID = try bytes.take("OEM table ID", count: 8)
        oemRevision = try bytes.take("OEM revision")
        creatorID = try bytes.take("creator ID")
        creatorRevision = try bytes.take("creator revision")
        ccType = try bytes.take("CC type")
        guard ccType == 2 else { throw .unsupported(field: "CC type", value: UInt64(ccType)) }
        ccSubtype = try bytes.take("CC subtype")
        reserved = try bytes.take("reserved")
        logAreaLength = try bytes.take("log area minimum length")
        logAreaStart = try bytes.take("log area start address")
    }
}

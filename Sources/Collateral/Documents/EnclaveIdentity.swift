// SPDX-License-Identifier: Apache-2.0

public import Quote

/// Enclave identity, version 2: which quoting enclave the vendor stands for, and what it says of its SVNs.
public struct EnclaveIdentity: SignableDocument {
    public static var name: String { "QE identity" }
    public static var bodyMember: String { "enclaveIdentity" }

    /// `TD_QE` for the quoting enclave of TDs; an identity of another enclave is as well signed.
    public var id: String
    public var issueDate: Timestamp
    public var nextUpdate: Timestamp
    public var tcbEvaluationDataNumber: UInt32
    public var miscSelect: UInt32
    public var miscSelectMask: UInt32
    /// Flags and XFRM, 16 bytes.
    public var attributes: Identifier128
    public var attributesMask: Identifier128
    public var mrSigner: Digest256
    public var isvProductID: UInt16
    public var levels: [ComponentTCBLevel]

    public init(
        id: String = "TD_QE", issueDate: Timestamp, nextUpdate: Timestamp, tcbEvaluationDataNumber: UInt32,
        miscSelect: UInt32 = 0, miscSelectMask: UInt32 = .max, attributes: Identifier128,
        attributesMask: Identifier128, mrSigner: Digest256, isvProductID: UInt16 = 2,
        levels: [ComponentTCBLevel]
    ) {
        self.id = id
        self.issueDate = issueDate
        self.nextUpdate = nextUpdate
        self.tcbEvaluationDataNumber = tcbEvaluationDataNumber
        self.miscSelect = miscSelect
        self.miscSelectMask = miscSelectMask
        self.attributes = attributes
        self.attributesMask = attributesMask
        self.mrSigner = mrSigner
        self.isvProductID = isvProductID
        self.levels = levels
    }
}

extension EnclaveIdentity {
    public init(_ fields: JSONFields) throws(CollateralError) {
        let id = try fields.string("id")
        guard ["QE", "TD_QE", "QVE", "QAE"].contains(id) else {
            throw fields.malformed("id", "“\(id)” is none of QE, TD_QE, QVE and QAE")
        }
        let version = try fields.integer("version", in: 0 ... .max)
        guard version == 2 else { throw fields.malformed("version", "\(version) is not 2") }
        self.init(
            id: id, issueDate: try fields.timestamp("issueDate"),
            nextUpdate: try fields.timestamp("nextUpdate"),
            tcbEvaluationDataNumber: UInt32(
                try fields.integer("tcbEvaluationDataNumber", in: 0...Int64(UInt32.max))),
            miscSelect: try fields.littleEndian("miscselect"),
            miscSelectMask: try fields.littleEndian("miscselectMask"),
            attributes: try fields.fixed("attributes"), attributesMask: try fields.fixed("attributesMask"),
            mrSigner: try fields.fixed("mrsigner"),
            isvProductID: UInt16(try fields.integer("isvprodid", in: 0...65_535)),
            levels: try ComponentTCBLevel.levels(of: fields))
    }

    public var json: JSONValue {
        .object([
            .init("id", .string(id)), .init("version", .integer(2)),
            .init("issueDate", .string(issueDate.description)),
            .init("nextUpdate", .string(nextUpdate.description)),
            .init("tcbEvaluationDataNumber", .integer(Int64(tcbEvaluationDataNumber))),
            .init("miscselect", .string(littleEndianDigits(miscSelect))),
            .init("miscselectMask", .string(littleEndianDigits(miscSelectMask))),
            .init("attributes", .string(attributes.description.uppercased())),
            .init("attributesMask", .string(attributesMask.description.uppercased())),
            .init("mrsigner", .string(mrSigner.description.uppercased())),
            .init("isvprodid", .integer(Int64(isvProductID))),
            .init("tcbLevels", .array(levels.map(\.json))),
        ])
    }
}

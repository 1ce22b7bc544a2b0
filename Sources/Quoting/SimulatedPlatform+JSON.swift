// SPDX-License-Identifier: Apache-2.0

public import Collateral
import Quote
import TDXABI
import X509

extension SimulatedPlatform {
    private static let document = "platform description"
    private static let version: Int64 = 1

    /// Reads what `json` gives.
    public init(json bytes: [UInt8]) throws(CollateralError) {
        let name = SimulatedPlatform.document
        let fields = try JSONFields(JSONValue(bytes, document: name), document: name)
        let version = try fields.integer("version", in: 0 ... .max)
        guard version == SimulatedPlatform.version else {
            throw fields.malformed("version", "\(version) is not \(SimulatedPlatform.version)")
        }
        manufactured = try fields.timestamp("manufactured")
        clockOffset = try fields.integer("clockOffset", in: -(1 << 40)...1 << 40)
        serviceAddress = try fields.string("serviceAddress")

        let processor = try fields.object("processor")
        self.processor = SGXExtension(
            ppid: try processor.fixed("ppid"), tcb: SVNComponents(try processor.bytes("svns", count: 16)),
            pceSVN: UInt16(try processor.integer("pceSVN", in: 0...65_535)),
            cpuSVN: try processor.fixed("cpuSVN"), pceID: try processor.fixed("pceID"),
            fmspc: try processor.fixed("fmspc"),
            platform: .init(
                instanceID: try processor.fixed("instance"), isDynamic: try processor.boolean("isDynamic"),
                hasCachedKeys: try processor.boolean("hasCachedKeys"),
                hasSMT: try processor.boolean("hasSMT")))
        let module = try fields.object("module")
        moduleSVN = SVNComponents(try module.bytes("teeTCBSVN", count: 16))
        mrSEAM = try module.fixed("mrSEAM")
        let enclave = try fields.object("quotingEnclave")
        quotingEnclave = QuotingEnclaveIdentity(
            id: try enclave.fixed("id"), mrEnclave: try enclave.fixed("mrEnclave"),
            mrSigner: try enclave.fixed("mrSigner"),
            productID: UInt16(try enclave.integer("productID", in: 0...65_535)),
            svn: UInt16(try enclave.integer("svn", in: 0...65_535)))

        let lists = try fields.object("revocationLists")
        crlsIssued = try lists.timestamp("issued")
        crlNumber = UInt64(try lists.integer("number", in: 0 ... .max))
        revokedByRoot = try .init(lists, "byRoot")
        revokedByPlatformCA = try .init(lists, "byPlatformCA")
        tcbInfo = try TCBInfo(fields.object("tcbInfo"))
        qeIdentity = try EnclaveIdentity(fields.object("qeIdentity"))
    }

    /// All of it, for people to read and change.
    public var json: JSONValue {
        func text(_ value: some CustomStringConvertible) -> JSONValue { .string(value.description) }
        let traits = processor.platform
        return .object([
            .init("version", .integer(SimulatedPlatform.version)),
            .init("manufactured", text(manufactured)), .init("clockOffset", .integer(clockOffset)),
            .init("serviceAddress", .string(serviceAddress)),
            .init(
                "processor",
                .object([
                    .init("fmspc", text(processor.fmspc)), .init("ppid", text(processor.ppid)),
                    .init("instance", text(traits?.instanceID ?? .zero)),
                    .init("cpuSVN", text(processor.cpuSVN)), .init("svns", text(processor.tcb)),
                    .init("pceSVN", .integer(Int64(processor.pceSVN))),
                    .init("pceID", text(processor.pceID)),
                    .init("isDynamic", .boolean(traits?.isDynamic ?? false)),
                    .init("hasCachedKeys", .boolean(traits?.hasCachedKeys ?? false)),
                    .init("hasSMT", .boolean(traits?.hasSMT ?? false)),
                ])),
            .init(
                "module", .object([.init("teeTCBSVN", text(moduleSVN)), .init("mrSEAM", text(mrSEAM))])),
            .init(
                "quotingEnclave",
                .object([
                    .init("id", text(quotingEnclave.id)), .init("mrEnclave", text(quotingEnclave.mrEnclave)),
                    .init("mrSigner", text(quotingEnclave.mrSigner)),
                    .init("productID", .integer(Int64(quotingEnclave.productID))),
                    .init("svn", .integer(Int64(quotingEnclave.svn))),
                ])),
            .init(
                "revocationLists",
                .object([
                    .init("issued", text(crlsIssued)), .init("number", .integer(Int64(clamping: crlNumber))),
                    .init("byRoot", revokedByRoot.json), .init("byPlatformCA", revokedByPlatformCA.json),
                ])),
            .init("tcbInfo", tcbInfo.json), .init("qeIdentity", qeIdentity.json),
        ])
    }
}

extension [CertificateRevocationList.Entry] {
    fileprivate init(_ fields: JSONFields, _ name: String) throws(CollateralError) {
        self = []
        for object in try fields.objects(name) {
            let digits = try object.string("serialNumber")
            // No certificate has the number 0, which would be written without a digit.
            guard let serial = [UInt8](hexadecimal: digits), 1...20 ~= serial.count,
                serial.contains(where: { $0 != 0 })
            else {
                throw object.malformed("serialNumber", "it is not 2 to 40 hexadecimal digits, or it is 0")
            }
            append(
                .init(
                    serialNumber: Certificate.SerialNumber(bytes: serial),
                    revocationDate: try object.timestamp("revoked")))
        }
    }

    fileprivate var json: JSONValue {
        .array(
            map {
                .object([
                    .init("serialNumber", .string([UInt8]($0.serialNumber.bytes).hexadecimal)),
                    .init("revoked", .string($0.revocationDate.description)),
                ])
            })
    }
}

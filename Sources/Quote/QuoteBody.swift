// SPDX-License-Identifier: Apache-2.0

public import TDXABI

/// Which report a quote carries: the body type that version 5 declares.
public struct QuoteBodyType: RawRepresentable, Hashable, Sendable {
    public var rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// An SGX enclave report, which no quote of a TD has.
    public static let enclave = QuoteBodyType(rawValue: 1)
    public static let td10 = QuoteBodyType(rawValue: 2)
    public static let td15 = QuoteBodyType(rawValue: 3)
    public static let td15ex = QuoteBodyType(rawValue: 4)
}

/// What a quote says of a TD, in the three forms that there are. Each adds fields to the one before.
public enum QuoteBody: Hashable, Sendable {
    case td10(TDReportBody)
    case td15(TDReportBody, TD15Fields)
    case td15ex(TDReportBody, TD15Fields, TD15ExFields)

    public var type: QuoteBodyType {
        switch self {
        case .td10: .td10
        case .td15: .td15
        case .td15ex: .td15ex
        }
    }

    /// The fields that every form has.
    public var report: TDReportBody {
        switch self {
        case .td10(let report), .td15(let report, _), .td15ex(let report, _, _): report
        }
    }
    /// The fields of TD 1.5, where there are any.
    public var td15: TD15Fields? {
        switch self {
        case .td10: nil
        case .td15(_, let fields), .td15ex(_, let fields, _): fields
        }
    }
    /// The fields of the extended TD 1.5, where there are any.
    public var td15ex: TD15ExFields? {
        if case .td15ex(_, _, let fields) = self { fields } else { nil }
    }

    /// `TEE_TCB_SVN` of the module that runs now: the second one, where the form has it.
    public var currentTEETCBSVN: SVNComponents { td15?.teeTCBSVN2 ?? report.teeTCBSVN }
}

extension QuoteBody {
    /// The size of each type's body.
    static func size(of type: QuoteBodyType) -> Int? {
        switch type {
        case .td10: TDReportBody.size
        case .td15: TDReportBody.size + TD15Fields.size
        case .td15ex: TDReportBody.size + TD15Fields.size + TD15ExFields.size
        default: nil
        }
    }

    /// Reads a version 5 descriptor and the body it declares.
    init(described bytes: inout RawSpan) throws(QuoteFormatError) {
        let type = QuoteBodyType(rawValue: try bytes.take("body type"))
        guard let required = QuoteBody.size(of: type) else {
            throw .unsupported(field: "body type", value: UInt64(type.rawValue))
        }
        let size: UInt32 = try bytes.take("body size")
        guard size == required else {
            throw .wrongSize(field: "body size", found: Int(size), required: required)
        }
        let report = try TDReportBody(&bytes)
        guard type != .td10 else {
            self = .td10(report)
            return
        }
        let fields = try TD15Fields(&bytes)
        self = type == .td15 ? .td15(report, fields) : .td15ex(report, fields, try TD15ExFields(&bytes))
    }

    /// The body alone, without a descriptor.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1024)
        report.write(to: &bytes)
        td15?.write(to: &bytes)
        td15ex?.write(to: &bytes)
        return bytes
    }

    /// The descriptor of version 5, and the body.
    var describedBytes: [UInt8] {
        let body = bytes
        var bytes: [UInt8] = []
        bytes.put(type.rawValue)
        bytes.put(UInt32(body.count))
        return bytes + body
    }
}

/// The TD report of TDX 1.0: 584 bytes, with which the later forms begin.
public struct TDReportBody: Hashable, Sendable {
    public static let size = 584

    /// `TEE_TCB_SVN`: of the module that launched the TD.
    public var teeTCBSVN = SVNComponents.zero
    public var mrSEAM = Digest384.zero
    /// `MRSIGNERSEAM`: zero for Intel's modules.
    public var mrSignerSEAM = Digest384.zero
    /// `SEAMATTRIBUTES`: zero for Intel's modules.
    public var seamAttributes: UInt64 = 0
    public var tdAttributes = TDAttributes()
    public var xfam: UInt64 = 0
    public var mrTD = Digest384.zero
    public var mrConfigID = Digest384.zero
    public var mrOwner = Digest384.zero
    public var mrOwnerConfig = Digest384.zero
    public var rtmr0 = Digest384.zero
    public var rtmr1 = Digest384.zero
    public var rtmr2 = Digest384.zero
    public var rtmr3 = Digest384.zero
    public var reportData = ReportData.zero

    public init() {}

    /// `RTMR0` to `RTMR3`
    public var rtmrs: [Digest384] { [rtmr0, rtmr1, rtmr2, rtmr3] }
}

extension TDReportBody {
    init(_ bytes: inout RawSpan) throws(QuoteFormatError) {
        teeTCBSVN = try bytes.take("TEE_TCB_SVN")
        mrSEAM = try bytes.take("MRSEAM")
        mrSignerSEAM = try bytes.take("MRSIGNERSEAM")
        seamAttributes = try bytes.take("SEAMATTRIBUTES")
        tdAttributes = TDAttributes(rawValue: try bytes.take("TDATTRIBUTES"))
        xfam = try bytes.take("XFAM")
        mrTD = try bytes.take("MRTD")
        mrConfigID = try bytes.take("MRCONFIGID")
        mrOwner = try bytes.take("MROWNER")
        mrOwnerConfig = try bytes.take("MROWNERCONFIG")
        rtmr0 = try bytes.take("RTMR0")
        rtmr1 = try bytes.take("RTMR1")
        rtmr2 = try bytes.take("RTMR2")
        rtmr3 = try bytes.take("RTMR3")
        reportData = try bytes.take("REPORTDATA")
    }

    func write(to bytes: inout [UInt8]) {
        bytes += teeTCBSVN.bytes
        bytes.put(mrSEAM)
        bytes.put(mrSignerSEAM)
        bytes.put(seamAttributes)
        bytes.put(tdAttributes.rawValue)
        bytes.put(xfam)
        bytes.put(mrTD)
        bytes.put(mrConfigID)
        bytes.put(mrOwner)
        bytes.put(mrOwnerConfig)
        for rtmr in rtmrs { bytes.put(rtmr) }
        bytes.put(reportData)
    }
}

/// What TD 1.5 adds: 64 bytes.
public struct TD15Fields: Hashable, Sendable {
    public static let size = 64

    /// `TEE_TCB_SVN_2`: of the module that runs now, which may have been updated under the TD.
    public var teeTCBSVN2 = SVNComponents.zero
    /// `MRSERVICETD`: of the service TDs bound to this one; zero for none.
    public var mrServiceTD = Digest384.zero

    public init() {}
}

extension TD15Fields {
    init(_ bytes: inout RawSpan) throws(QuoteFormatError) {
        teeTCBSVN2 = try bytes.take("TEE_TCB_SVN_2")
        mrServiceTD = try bytes.take("MRSERVICETD")
    }

    func write(to bytes: inout [UInt8]) {
        bytes += teeTCBSVN2.bytes
        bytes.put(mrServiceTD)
    }
}

/// What the extended TD 1.5 adds: 237 bytes. Today's quoting enclave leaves all but the first two zero.
public struct TD15ExFields: Hashable, Sendable {
    public static let size = 237

    /// `VMID`
    public var vmID: UInt8 = 0
    /// `TD_ID`
    public var tdID = Digest256.zero
    /// `DEVINFO` hash
    public var deviceInfoHash = Digest384.zero
    /// `INIT_SERVTD_HASH`
    public var initialServiceTDHash = Digest384.zero
    /// `INIT_SERVTD_ATTR`
    public var initialServiceTDAttributes: UInt64 = 0
    /// `INIT_CPUSVN`
    public var initialCPUSVN = Identifier128.zero
    /// `INIT_TEE_TCB_SVN`
    public var initialTEETCBSVN = SVNComponents.zero
    /// `INIT_TEE_FMSPC`
    public var initialTEEFMSPC = FMSPCField.zero
    /// `CUR_SERVTD_HASH`
    public var currentServiceTDHash = Digest384.zero
    /// `CUR_SERVTD_ATTR`
    public var currentServiceTDAttributes: UInt64 = 0

    public init() {}
}

extension TD15ExFields {
    init(_ bytes: inout RawSpan) throws(QuoteFormatError) {
        vmID = try bytes.take("VMID")
        tdID = try bytes.take("TD_ID")
        deviceInfoHash = try bytes.take("DEVINFO hash")
        initialServiceTDHash = try bytes.take("INIT_SERVTD_HASH")
        initialServiceTDAttributes = try bytes.take("INIT_SERVTD_ATTR")
        initialCPUSVN = try bytes.take("INIT_CPUSVN")
        initialTEETCBSVN = try bytes.take("INIT_TEE_TCB_SVN")
        initialTEEFMSPC = try bytes.take("INIT_TEE_FMSPC")
        currentServiceTDHash = try bytes.take("CUR_SERVTD_HASH")
        currentServiceTDAttributes = try bytes.take("CUR_SERVTD_ATTR")
    }

    func write(to bytes: inout [UInt8]) {
        bytes.put(vmID)
        bytes.put(tdID)
        bytes.put(deviceInfoHash)
        bytes.put(initialServiceTDHash)
        bytes.put(initialServiceTDAttributes)
        bytes.put(initialCPUSVN)
        bytes += initialTEETCBSVN.bytes
        bytes.put(initialTEEFMSPC)
        bytes.put(currentServiceTDHash)
        bytes.put(currentServiceTDAttributes)
    }
}

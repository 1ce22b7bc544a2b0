// SPDX-License-Identifier: Apache-2.0

/// What `REPORTMACSTRUCT` authenticates, the header of a `TDREPORT`; 256 bytes.
///
/// - SeeAlso: ABI Reference, "REPORTMACSTRUCT".
public struct ReportMACStruct: Hashable, Sendable {
    /// `REPORTTYPE`: type, sub-type, version, reserved.
    public var reportType: UInt32 = 0x81
    public var reserved1 = [UInt8](repeating: 0, count: 12)
    public var cpuSVN = [UInt8](repeating: 0, count: 16)
    /// `TEE_TCB_INFO_HASH`
    public var teeTCBInfoHash = Digest384()
    /// `TEE_INFO_HASH`: of the `TDINFO`.
    public var teeInfoHash = Digest384()
    public var reportData = [UInt8](repeating: 0, count: 64)
    public var reserved2 = [UInt8](repeating: 0, count: 32)
    public var mac = [UInt8](repeating: 0, count: 32)

    public static let size = 256
    public init() {}
}

/// `TEE_TCB_INFO`: which module runs the TD; 239 bytes.
public struct TEETCBInfo: Hashable, Sendable {
    /// `VALID`: bit *i* says that the field at byte 8·*i* is valid.
    public var valid: UInt64 = 0x301FF
    public var teeTCBSVN = [UInt8](repeating: 0, count: 16)
    public var mrSEAM = Digest384()
    public var mrSignerSEAM = Digest384()
    public var attributes: UInt64 = 0
    /// `TEE_TCB_SVN2`: of the module that runs now.
    public var teeTCBSVN2 = [UInt8](repeating: 0, count: 16)
    public var reserved = [UInt8](repeating: 0, count: 95)

    public static let size = 239
    public init() {}
}

/// `TDINFO`: what the TD is; 512 bytes.
public struct TDInfo: Hashable, Sendable {
    public var attributes: UInt64 = 0
    public var xfam: UInt64 = 0
    public var mrTD = Digest384()
    public var mrConfigID = Digest384()
    public var mrOwner = Digest384()
    public var mrOwnerConfig = Digest384()
    public var rtmr0 = Digest384()
    public var rtmr1 = Digest384()
    public var rtmr2 = Digest384()
    public var rtmr3 = Digest384()
    public var servTDHash = Digest384()
    public var reserved = [UInt8](repeating: 0, count: 64)

    public static let size = 512
    public init() {}
}

/// `TDREPORT_STRUCT`; 1024 bytes.
public struct TDReport: Hashable, Sendable {
    public var mac = ReportMACStruct()
    public var teeTCBInfo = TEETCBInfo()
    public var reserved = [UInt8](repeating: 0, count: 17)
    public var tdInfo = TDInfo()

    public static let size = 1024
    public init() {}
}

/// Takes fields from bytes in their order, up to the end; a structure's own check of the size comes first.
private struct FieldReader {
    var rest: ArraySlice<UInt8>

    mutating func bytes(_ count: Int) -> [UInt8] {
        let taken = Array(rest.prefix(count))
        rest = rest.dropFirst(count)
        return taken
    }
    mutating func digest() -> Digest384 { Digest384(bytes(48)) }
    mutating func number() -> UInt64 {
        bytes(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}

private func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
}

extension ReportMACStruct {
    /// Fails unless there are 256 bytes.
    public init?(_ bytes: some Sequence<UInt8>) {
        var reader = FieldReader(rest: ArraySlice(bytes))
        guard reader.rest.count == ReportMACStruct.size else { return nil }
        reportType = reader.bytes(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
        reserved1 = reader.bytes(12)
        cpuSVN = reader.bytes(16)
        teeTCBInfoHash = reader.digest()
        teeInfoHash = reader.digest()
        reportData = reader.bytes(64)
        reserved2 = reader.bytes(32)
        mac = reader.bytes(32)
    }
    /// What the MAC covers: everything before it.
    public var authenticated: [UInt8] {
        littleEndian(reportType) + reserved1 + cpuSVN + teeTCBInfoHash.bytes + teeInfoHash.bytes + reportData
            + reserved2
    }
    public var bytes: [UInt8] { authenticated + mac }
}

extension TEETCBInfo {
    /// Fails unless there are 239 bytes.
    public init?(_ bytes: some Sequence<UInt8>) {
        var reader = FieldReader(rest: ArraySlice(bytes))
        guard reader.rest.count == TEETCBInfo.size else { return nil }
        valid = reader.number()
        teeTCBSVN = reader.bytes(16)
        mrSEAM = reader.digest()
        mrSignerSEAM = reader.digest()
        attributes = reader.number()
        teeTCBSVN2 = reader.bytes(16)
        reserved = reader.bytes(95)
    }
    public var bytes: [UInt8] {
        littleEndian(valid) + teeTCBSVN + mrSEAM.bytes + mrSignerSEAM.bytes + littleEndian(attributes)
            + teeTCBSVN2
            + reserved
    }
}

extension TDInfo {
    /// Fails unless there are 512 bytes.
    public init?(_ bytes: some Sequence<UInt8>) {
        var reader = FieldReader(rest: ArraySlice(bytes))
        guard reader.rest.count == TDInfo.size else { return nil }
        attributes = reader.number()
        xfam = reader.number()
        mrTD = reader.digest()
        mrConfigID = reader.digest()
        mrOwner = reader.digest()
        mrOwnerConfig = reader.digest()
        rtmr0 = reader.digest()
        rtmr1 = reader.digest()
        rtmr2 = reader.digest()
        rtmr3 = reader.digest()
        servTDHash = reader.digest()
        reserved = reader.bytes(64)
    }
    public var bytes: [UInt8] {
        var result = littleEndian(attributes) + littleEndian(xfam)
        for digest in [
            mrTD, mrConfigID, mrOwner, mrOwnerConfig, rtmr0, rtmr1, rtmr2, rtmr3, servTDHash,
        ] { result += digest.bytes }
        return result + reserved
    }
}

extension TDReport {
    /// Fails unless there are 1024 bytes.
    public init?(_ bytes: some Sequence<UInt8>) {
        let bytes = Array(bytes)
        guard bytes.count == TDReport.size, let mac = ReportMACStruct(bytes[..<256]),
            let teeTCBInfo = TEETCBInfo(bytes[256..<495]), let tdInfo = TDInfo(bytes[512...])
        else { return nil }
        self.mac = mac
        self.teeTCBInfo = teeTCBInfo
        reserved = Array(bytes[495..<512])
        self.tdInfo = tdInfo
    }
    public var bytes: [UInt8] { mac.bytes + teeTCBInfo.bytes + reserved + tdInfo.bytes }
}

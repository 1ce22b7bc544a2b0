// SPDX-License-Identifier: Apache-2.0

public import TDXABI

/// What was measured into a TD's registers, in order: the confidential-computing event log of TDX firmware.
///
/// It is a crypto-agile TCG log. The first record says which digests the others have; TDX uses SHA-384 alone. The
/// log proves nothing by itself: `QuoteVerification` replays it and compares the result with a quote.
public struct EventLog: Hashable, Sendable {
    public var specification: EventLogSpecification
    public var records: [EventLogRecord]
    /// How many bytes of the area the log took, its first record included.
    public private(set) var size: Int

    public init(specification: EventLogSpecification = .init(), records: [EventLogRecord]) {
        self.specification = specification
        self.records = records
        size = 0
        size = bytes.count
    }
}

/// Which register an event was measured into, as a log numbers them.
public struct MeasurementRegister: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public var rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let mrTD = MeasurementRegister(rawValue: 0)
    public static let rtmr0 = MeasurementRegister(rawValue: 1)
    public static let rtmr1 = MeasurementRegister(rawValue: 2)
    public static let rtmr2 = MeasurementRegister(rawValue: 3)
    public static let rtmr3 = MeasurementRegister(rawValue: 4)

    /// 0 to 3 for an `RTMR`.
    public var rtmr: Int? { 1...4 ~= rawValue ? Int(rawValue) - 1 : nil }

    public var description: String {
        if let rtmr { "RTMR\(rtmr)" } else { self == .mrTD ? "MRTD" : "register \(rawValue)" }
    }
}

/// One event: what was measured, and its digest.
public struct EventLogRecord: Hashable, Sendable {
    public var register: MeasurementRegister
    public var type: EventType
    /// The SHA-384 digest that extended the register.
    public var digest: Digest384
    /// Digests of other algorithms, in the order of the log; none in a log of TDX.
    public var otherDigests: [OtherDigest]
    /// What the digest is of, or a description of it; trusted only as far as it can be hashed again.
    public var event: [UInt8]

    public struct OtherDigest: Hashable, Sendable {
        /// `TPM_ALG_ID`
        public var algorithm: UInt16
        public var bytes: [UInt8]
        public init(algorithm: UInt16, bytes: [UInt8]) {
            self.algorithm = algorithm
            self.bytes = bytes
        }
    }

    public init(
        register: MeasurementRegister, type: EventType, digest: Digest384, otherDigests: [OtherDigest] = [],
        event: [UInt8]
    ) {
        self.register = register
        self.type = type
        self.digest = digest
        self.otherDigests = otherDigests
        self.event = event
    }
}

/// The first record of a log, `TCG_EfiSpecIdEvent`: its version, and which digests it has.
public struct EventLogSpecification: Hashable, Sendable {
    public struct Algorithm: Hashable, Sendable {
        /// `TPM_ALG_ID`
        public var id: UInt16
        public var digestSize: UInt16
        public init(id: UInt16, digestSize: UInt16) {
            self.id = id
            self.digestSize = digestSize
        }
        public static let sha384 = Algorithm(id: 0xC, digestSize: 48)
    }

    /// The register of the record itself; it is not extended.
    public var register = MeasurementRegister.mrTD
    public var platformClass: UInt32 = 0
    public var minorVersion: UInt8 = 0
    public var majorVersion: UInt8 = 2
    public var errata: UInt8 = 0
    /// 1 for 32-bit addresses, 2 for 64-bit ones.
    public var uintnSize: UInt8 = 2
    public var algorithms = [Algorithm.sha384]
    public var vendorInformation: [UInt8] = []

    public init() {}
}

extension EventLog {
    /// Reads the area that a `CCEL` table points to, or a log that was cut to its length.
    ///
    /// The log ends with the bytes, with a record of all ones or zeros, or with one that has no digest.
    public init(_ bytes: [UInt8]) throws(QuoteFormatError) {
        self = try reading(bytes) { span throws(QuoteFormatError) in
            let whole = span.byteCount
            var log = EventLog(specification: try EventLogSpecification(&span), records: [])
            guard log.specification.algorithms.contains(.sha384) else {
                throw .malformed(field: "digest algorithms", reason: "SHA-384 is not among them")
            }
            log.size = whole - span.byteCount
            while let record = try EventLogRecord(
                next: &span, number: log.records.count + 1, algorithms: log.specification.algorithms)
            {
                log.records.append(record)
                log.size = whole - span.byteCount
            }
            return log
        }
    }

    /// The log without the rest of its area.
    public var bytes: [UInt8] {
        var bytes = specification.bytes
        for record in records { record.write(to: &bytes, algorithms: specification.algorithms) }
        return bytes
    }
}

extension EventLogSpecification {
    /// More would not be a log of this platform, and would make each record large.
    private static let maximumAlgorithms: UInt32 = 8

    init(_ bytes: inout RawSpan) throws(QuoteFormatError) {
        register = .init(rawValue: try bytes.take("record 0: register"))
        let type: UInt32 = try bytes.take("record 0: event type")
        guard EventType(rawValue: type) == .noAction else {
            throw .unsupported(field: "record 0: event type", value: UInt64(type))
        }
        _ = try bytes.take("record 0: digest", count: 20)
        let declared: UInt32 = try bytes.take("record 0: event size")
        let before = bytes.byteCount
        try bytes.expect("record 0: signature", "Spec ID Event03\0")
        platformClass = try bytes.take("record 0: platform class")
        minorVersion = try bytes.take("record 0: minor version")
        majorVersion = try bytes.take("record 0: major version")
        errata = try bytes.take("record 0: errata")
        uintnSize = try bytes.take("record 0: size of UINTN")
        let count: UInt32 = try bytes.take("record 0: number of algorithms")
        guard 1...EventLogSpecification.maximumAlgorithms ~= count else {
            throw .unsupported(field: "record 0: number of algorithms", value: UInt64(count))
        }
        algorithms = []
        for _ in 0..<count {
            let algorithm = Algorithm(
                id: try bytes.take("record 0: algorithm"), digestSize: try bytes.take("record 0: digest size")
            )
            // A digest names its algorithm by the id alone.
            guard !algorithms.contains(where: { $0.id == algorithm.id }) else {
                throw .malformed(field: "record 0: algorithm", reason: "\(algorithm.id) is there twice")
            }
            algorithms.append(algorithm)
        }
        let vendorSize: UInt8 = try bytes.take("record 0: size of vendor information")
        vendorInformation = try bytes.take("record 0: vendor information", count: Int(vendorSize))
        let size = before - bytes.byteCount
        guard declared == size else {
            throw .wrongSize(field: "record 0: event size", found: Int(declared), required: size)
        }
    }

    var bytes: [UInt8] {
        var event = Array("Spec ID Event03\0".utf8)
        event.put(platformClass)
        event += [minorVersion, majorVersion, errata, uintnSize]
        event.put(UInt32(truncatingIfNeeded: algorithms.count))
        for algorithm in algorithms {
            event.put(algorithm.id)
            event.put(algorithm.digestSize)
        }
        event.append(UInt8(truncatingIfNeeded: vendorInformation.count))
        event += vendorInformation
        var bytes: [UInt8] = []
        bytes.put(register.rawValue)
        bytes.put(EventType.noAction.rawValue)
        bytes += [UInt8](repeating: 0, count: 20)
        bytes.put(UInt32(truncatingIfNeeded: event.count))
        return bytes + event
    }
}

extension EventLogRecord {
    /// Reads the next record; nil at the end of the log.
    init?(
        next bytes: inout RawSpan, number: Int, algorithms: [EventLogSpecification.Algorithm]
    ) throws(QuoteFormatError) {
        guard !bytes.isEmpty else { return nil }
        register = .init(rawValue: try bytes.take("record \(number): register"))
        type = .init(rawValue: try bytes.take("record \(number): event type"))
        guard register.rawValue != .max || type.rawValue != .max else { return nil }
        let count: UInt32 = try bytes.take("record \(number): digest count")
        guard count != 0 else { return nil }
        guard count <= algorithms.count else {
            throw .unsupported(field: "record \(number): digest count", value: UInt64(count))
        }
        var sha384: Digest384?
        otherDigests = []
        for _ in 0..<count {
            let id: UInt16 = try bytes.take("record \(number): digest algorithm")
            guard let algorithm = algorithms.first(where: { $0.id == id }) else {
                throw .unsupported(field: "record \(number): digest algorithm", value: UInt64(id))
            }
            let digest = try bytes.take("record \(number): digest", count: Int(algorithm.digestSize))
            if algorithm == .sha384, sha384 == nil {
                sha384 = Digest384(digest)
            } else {
                otherDigests.append(OtherDigest(algorithm: id, bytes: digest))
            }
        }
        guard let sha384 else {
            throw .malformed(field: "record \(number): digest", reason: "there is no SHA-384 digest")
        }
        digest = sha384
        let size: UInt32 = try bytes.take("record \(number): event size")
        event = try bytes.take("record \(number): event", count: Int(size))
    }

    /// Digests go out in the order in which the log declares their algorithms.
    func write(to bytes: inout [UInt8], algorithms: [EventLogSpecification.Algorithm]) {
        bytes.put(register.rawValue)
        bytes.put(type.rawValue)
        bytes.put(UInt32(truncatingIfNeeded: otherDigests.count + 1))
        for algorithm in algorithms {
            if algorithm == .sha384 {
                bytes.put(algorithm.id)
                bytes.put(digest)
            }
            for other in otherDigests where other.algorithm == algorithm.id {
                bytes.put(other.algorithm)
                bytes += other.bytes
            }
        }
        bytes.put(UInt32(truncatingIfNeeded: event.count))
        bytes += event
    }
}

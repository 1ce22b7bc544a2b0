// SPDX-License-Identifier: Apache-2.0

import Crypto
public import Quote
public import TDXABI

/// An event as a replay sees it, whatever form of log it came from.
public struct MeasuredEvent: Hashable, Sendable {
    /// The record of the log, counted from 1; the first record of a binary log is number 0.
    public let number: Int
    /// 0 to 3; nil for an event that extends no register.
    public let rtmr: Int?
    public let type: EventType
    public let digest: Digest384
    /// What the digest is of, where the log has it.
    public let event: [UInt8]

    public init(number: Int, rtmr: Int?, type: EventType, digest: Digest384, event: [UInt8]) {
        self.number = number
        self.rtmr = rtmr
        self.type = type
        self.digest = digest
        self.event = event
    }

    /// Whether the digest is that of the event's own bytes: what is known of an event beyond its digest.
    public var isSelfDescribing: Bool { Digest384(SHA384.hash(data: event)) == digest }
}

extension MeasuredEvent: CustomStringConvertible {
    public var description: String {
        let register = rtmr.map { "RTMR\($0)" } ?? "no register"
        return "record \(number), \(type) into \(register), digest \(digest)"
    }
}

/// What a log makes of the registers.
public struct RTMRReplay: Hashable, Sendable {
    /// Leaving out each event in turn takes time with the square of their number, which a log may choose.
    private static let searchLimit = 256

    public let events: [MeasuredEvent]
    /// `RTMR0` to `RTMR3` after the last event.
    public let registers: [Digest384]

    /// Starts each register with zeros and extends it with every event of its own.
    public init(_ events: [MeasuredEvent]) {
        self.events = events
        var registers = [Digest384](repeating: .zero, count: 4)
        for event in events {
            guard let rtmr = event.rtmr, registers.indices.contains(rtmr) else { continue }
            registers[rtmr] = registers[rtmr].extended(with: event.digest)
        }
        self.registers = registers
    }

    public init(_ log: EventLog) {
        self.init(
            log.records.enumerated().map { index, record in
                MeasuredEvent(
                    number: index + 1, rtmr: record.type == .noAction ? nil : record.register.rtmr,
                    type: record.type,
                    digest: record.digest, event: record.event)
            })
    }

    /// Separators that are too many: firmware ends its part once, and who follows it may not pretend to.
    ///
    /// It does so once for each register of a TPM that a register stands for; some firmware writes all of them.
    public var repeatedSeparators: [MeasuredEvent] {
        // RTMR0 stands for PCRs 1 and 7, RTMR1 for 2 to 6, RTMR2 for 8 to 15.
        var left = [2, 5, 8, 1]
        return events.filter { event in
            guard event.type == .separator, let rtmr = event.rtmr, left.indices.contains(rtmr) else {
                return false
            }
            left[rtmr] -= 1
            return left[rtmr] < 0
        }
    }

    /// Compares with the registers of a quote or a report.
    public func comparison(with values: [Digest384]) -> [RTMRComparison] {
        zip(registers.indices, values).map { rtmr, value in
            RTMRComparison(rtmr: rtmr, replayed: registers[rtmr], found: value, match: match(rtmr, value))
        }
    }

    /// Where on its way the register had the value.
    private func match(_ rtmr: Int, _ value: Digest384) -> RTMRComparison.Match {
        guard registers[rtmr] != value else { return .equal }
        let own = events.filter { $0.rtmr == rtmr }
        var register = Digest384.zero
        for event in own {
            // The quote is of a moment before this event.
            if register == value { return .endsBefore(event) }
            register = register.extended(with: event.digest)
        }
        // An event that did not happen is looked for in logs of a length that firmware writes.
        for index in own.indices where own.count <= RTMRReplay.searchLimit {
            var without = own
            without.remove(at: index)
            if RTMRReplay(without).registers[rtmr] == value { return .without(own[index]) }
        }
        return .different(first: own.first, last: own.last)
    }
}

/// One register, replayed and found.
public struct RTMRComparison: Hashable, Sendable {
    public enum Match: Hashable, Sendable {
        case equal
        /// The register has the value that it had before this event: the log goes on.
        case endsBefore(MeasuredEvent)
        /// The register has the value that the log without this event gives.
        case without(MeasuredEvent)
        /// Some event differs or is missing; digests alone do not say which. The first and last of the register.
        case different(first: MeasuredEvent?, last: MeasuredEvent?)
    }

    public let rtmr: Int
    public let replayed: Digest384
    /// What the quote has.
    public let found: Digest384
    public let match: Match

    public var isEqual: Bool { match == .equal }
}

extension RTMRComparison: CustomStringConvertible {
    public var description: String {
        switch match {
        case .equal: "RTMR\(rtmr) is what the log makes of it"
        case .endsBefore(let event): "RTMR\(rtmr) is what the log made of it before \(event)"
        case .without(let event): "RTMR\(rtmr) is what the log makes of it without \(event)"
        case .different(nil, _):
            "RTMR\(rtmr) was extended, and the log has no event of it"
        case .different(.some(let first), _):
            "RTMR\(rtmr) is not what the log makes of it: an event from \(first) on differs or is missing"
        }
    }
}

extension Digest384 {
    /// What `TDG.MR.RTMR.EXTEND` does: the digest of the register and the new digest.
    func extended(with digest: Digest384) -> Digest384 { Digest384(SHA384.hash(data: bytes + digest.bytes)) }
}

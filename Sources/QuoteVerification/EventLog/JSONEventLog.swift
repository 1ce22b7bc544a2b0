// SPDX-License-Identifier: Apache-2.0

public import Collateral
import Crypto
import Quote
import TDXABI

/// A log as a JSON list of `{imr, event_type, digest, event, event_payload}`, where `imr` is the number of the `RTMR`.
///
/// An event without a digest has that of its type, name and payload with colons between them.
public struct JSONEventLog: Hashable, Sendable {
    public let events: [MeasuredEvent]

    public init(_ bytes: [UInt8]) throws(CollateralError) {
        let document = "event log"
        var events: [MeasuredEvent] = []
        for (index, fields) in try JSONFields.list(JSONValue(bytes, document: document), document: document)
            .enumerated()
        {
            let type = UInt32(try fields.integer("event_type", in: 0...Int64(UInt32.max)))
            let name = try fields.string("event")
            let payload = try fields.string("event_payload")
            guard let payloadBytes = [UInt8](hexadecimal: payload) else {
                throw fields.malformed("event_payload", "it is not hexadecimal digits")
            }
            let digest = try fields.string("digest")
            var computed: [UInt8] = (0..<4).map { UInt8(truncatingIfNeeded: type >> ($0 * 8)) }
            computed += Array(":\(name):".utf8)
            computed += payloadBytes
            if digest.isEmpty {
                events.append(
                    MeasuredEvent(
                        number: index + 1, rtmr: Int(try fields.integer("imr", in: 0...3)),
                        type: EventType(rawValue: type), digest: Digest384(SHA384.hash(data: computed)),
                        event: computed))
            } else {
                events.append(
                    MeasuredEvent(
                        number: index + 1, rtmr: Int(try fields.integer("imr", in: 0...3)),
                        type: EventType(rawValue: type), digest: try fields.fixed("digest"),
                        event: payloadBytes))
            }
        }
        self.events = events
    }
}

extension RTMRReplay {
    /// Reads a log in either form, binary or JSON, and replays it.
    public init(reading bytes: [UInt8]) throws {
        if bytes.first(where: { $0 > 0x20 }) == UInt8(ascii: "["), !bytes.starts(with: [0, 0, 0, 0]) {
            self.init(try JSONEventLog(bytes).events)
        } else {
            self.init(try EventLog(bytes))
        }
    }
}

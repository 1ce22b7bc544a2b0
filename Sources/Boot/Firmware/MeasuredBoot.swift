// SPDX-License-Identifier: Apache-2.0

import Crypto
import Quote
import TDXABI

/// What the boot shim measures before it starts Linux, and the event log that says so.
///
/// The log comes with the launch, complete but for the digests, and is measured into `MRTD` as it is. The shim hashes
/// what each event is about, writes the digest into the log and extends the register. Kernel and initrd are in `MRTD`
/// alone: hashing them would take the guest longer than all else in the shim.
///
/// - SeeAlso: TDX Virtual Firmware Design Guide, "TD Measurement"; TCG PC Client Platform Firmware Profile.
public struct MeasuredBoot: Sendable {
    /// Something that the shim hashes, and where its digest goes.
    struct Step: Hashable, Sendable {
        enum Source: Hashable, Sendable {
            /// The TD HOB, which the shim finds the end of.
            case hob
            case memory(gpa: UInt64, size: UInt64)
        }
        var source: Source
        /// 0 to 3
        var rtmr: Int
        /// The digest's place in the log.
        var digest: UInt64
    }

    /// The log after the shim's work.
    public private(set) var log = EventLog(records: [])
    /// Where the log begins.
    let gpa: UInt64
    /// What the shim does, in order.
    private(set) var steps: [Step] = []

    init(logAt gpa: UInt64) { self.gpa = gpa }

    /// An event about `bytes`, which lie at `source` when the shim runs.
    mutating func measure(
        _ register: MeasurementRegister, _ type: EventType, _ event: [UInt8], of bytes: [UInt8],
        at source: Step.Source
    ) {
        let digest = append(register, type, event, of: bytes)
        steps.append(Step(source: source, rtmr: register.rtmr ?? 0, digest: digest))
    }

    /// The end of what firmware measures into a register before the operating system: `EV_SEPARATOR`.
    mutating func separate(_ register: MeasurementRegister) {
        let event: [UInt8] = [0, 0, 0, 0]
        let digest = append(register, .separator, event, of: event)
        // What is hashed is the event itself, which its size and the digest precede.
        let source = Step.Source.memory(gpa: digest + 48 + 4, size: 4)
        steps.append(Step(source: source, rtmr: register.rtmr ?? 0, digest: digest))
    }

    /// - Returns: where the digest is.
    private mutating func append(
        _ register: MeasurementRegister, _ type: EventType, _ event: [UInt8], of bytes: [UInt8]
    ) -> UInt64 {
        let position = log.size + 14  // behind register, type, number of digests and algorithm
        let digest = Digest384(SHA384.hash(data: bytes))
        let record = EventLogRecord(register: register, type: type, digest: digest, event: event)
        log = EventLog(records: log.records + [record])
        return gpa + UInt64(position)
    }

    /// The event of something that an event of its own kind describes: `TCG_PCClientTaggedEvent`.
    static func tagged(_ id: UInt32, _ data: [UInt8]) -> [UInt8] {
        var event: [UInt8] = []
        event.append(littleEndian: id)
        event.append(littleEndian: UInt32(truncatingIfNeeded: data.count))
        return event + data
    }

    /// `LOADED_IMAGE::LoadOptions`, the tag that Linux gives its command line.
    static let loadOptions: UInt32 = 0x8F3B_22ED

    /// The log as it is launched, without digests, in its area.
    func image(size: Int) -> MemoryImage {
        var launched = log
        for index in launched.records.indices { launched.records[index].digest = .zero }
        let bytes = launched.bytes
        let rest = [UInt8](repeating: 0, count: size - bytes.count)
        return MemoryImage("event log", gpa: gpa, bytes: bytes + rest, measured: true)
    }

    /// `RTMR0` to `RTMR3` when Linux starts.
    public var rtmrs: [[UInt8]] {
        var registers = [[UInt8]](repeating: [UInt8](repeating: 0, count: 48), count: 4)
        for record in log.records {
            guard let rtmr = record.register.rtmr else { continue }
            registers[rtmr] = MeasurementCalculator.extend(rtmr: registers[rtmr], record.digest.bytes)
        }
        return registers
    }
}

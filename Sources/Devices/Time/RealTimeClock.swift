// SPDX-License-Identifier: Apache-2.0

/// The battery-backed clock of a PC with its 128 bytes of memory. The guest can read the time, not set it.
public final class RealTimeClock: PortDevice {
    // Configuration
    public let ports: ClosedRange<UInt16> = 0x70...0x71
    // Wiring
    private let now: () -> Int64
    // State
    private var index: UInt8 = 0
    private var memory = [UInt8](repeating: 0, count: 128)

    /// - Parameter now: seconds since 1970-01-01 00:00 UTC.
    public init(now: @escaping () -> Int64) {
        self.now = now
        memory[Int(RTCRegister.b)] = RTCRegister.twentyFourHours
    }

    public func read(_ port: UInt16, width: AccessWidth) -> UInt32 {
        guard port == 0x71 else { return 0xFF }
        return UInt32(register(index))
    }

    public func write(_ port: UInt16, width: AccessWidth, _ value: UInt32) {
        let value = UInt8(truncatingIfNeeded: value)
        guard port == 0x71 else {
            index = value & 0x7F  // bit 7 masks NMIs, which do not come from here
            return
        }
        switch index {
        case RTCRegister.a, RTCRegister.c, RTCRegister.d: break
        case RTCRegister.b: memory[Int(index)] = value & 0x07
        default: memory[Int(index)] = value
        }
    }

    private func register(_ index: UInt8) -> UInt8 {
        let time = CalendarTime(secondsSince1970: now())
        return switch index {
        case RTCRegister.seconds: digits(time.second)
        case RTCRegister.minutes: digits(time.minute)
        case RTCRegister.hours: hours(time.hour)
        case RTCRegister.dayOfWeek: digits(time.dayOfWeek)
        case RTCRegister.dayOfMonth: digits(time.day)
        case RTCRegister.month: digits(time.month)
        case RTCRegister.year: digits(time.year % 100)
        case RTCRegister.century: digits(time.year / 100)
        case RTCRegister.a: RTCRegister.aValue
        case RTCRegister.c: 0
        case RTCRegister.d: RTCRegister.valid
        default: memory[Int(index & 0x7F)]
        }
    }

    private func digits(_ value: Int) -> UInt8 {
        memory[Int(RTCRegister.b)] & RTCRegister.binary != 0
            ? UInt8(truncatingIfNeeded: value)
            : UInt8(truncatingIfNeeded: (value / 10 % 10) << 4 | value % 10)
    }

    private func hours(_ hour: Int) -> UInt8 {
        guard memory[Int(RTCRegister.b)] & RTCRegister.twentyFourHours == 0 else { return digits(hour) }
        return digits(hour % 12 == 0 ? 12 : hour % 12) | (hour >= 12 ? 0x80 : 0)
    }
}

/// A moment as a calendar and a clock on the wall show it, in UTC.
struct CalendarTime: Equatable, Sendable {
    var year: Int
    var month: Int
    var day: Int
    /// 1 is Sunday.
    var dayOfWeek: Int
    var hour: Int
    var minute: Int
    var second: Int

    init(secondsSince1970 seconds: Int64) {
        // Years that begin in March, so that the leap day is a year's last; days counted from 0000-03-01.
        let clamped = Int(min(max(seconds, 0), 253_402_300_799))
        let days = clamped / 86400 + 719_468
        let era = days / 146_097
        let dayOfEra = days % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
        dayOfWeek = (clamped / 86400 + 4) % 7 + 1
        hour = clamped / 3600 % 24
        minute = clamped / 60 % 60
        second = clamped % 60
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Registers of the MC146818 clock, and the century byte where the FADT says it is.
///
/// - SeeAlso: MC146818A data sheet, "Registers".
enum RTCRegister {
    static let seconds: UInt8 = 0x00
    static let minutes: UInt8 = 0x02
    static let hours: UInt8 = 0x04
    static let dayOfWeek: UInt8 = 0x06
    static let dayOfMonth: UInt8 = 0x07
    static let month: UInt8 = 0x08
    static let year: UInt8 = 0x09
    static let a: UInt8 = 0x0A
    static let b: UInt8 = 0x0B
    static let c: UInt8 = 0x0C
    static let d: UInt8 = 0x0D
    static let century: UInt8 = 0x32

    /// `A`: 32768 Hz time base, 1024 Hz rate, no update in progress.
    static let aValue: UInt8 = 0x26
    /// `B`, `DM`: values are binary; clear: decimal digits.
    static let binary: UInt8 = 1 << 2
    /// `B`, `24/12`
    static let twentyFourHours: UInt8 = 1 << 1
    /// `D`, `VRT`: the battery is good.
    static let valid: UInt8 = 1 << 7
}

// SPDX-License-Identifier: Apache-2.0

/// The windows of an I/O APIC and the registers behind them.
///
/// - SeeAlso: ICH9 data sheet, "APIC".
enum IOAPICRegister {
    // Offsets in memory.
    static let select: UInt64 = 0x00
    static let window: UInt64 = 0x10
    static let endOfInterrupt: UInt64 = 0x40

    // Indexes behind the window.
    static let id: UInt8 = 0x00
    static let version: UInt8 = 0x01
    static let arbitration: UInt8 = 0x02
    static let firstEntry: UInt8 = 0x10

    /// Version 0x20: it has an EOI register.
    static let versionNumber: UInt32 = 0x20
}

/// An entry of the redirection table.
struct IOAPICEntry: RawRepresentable, Sendable {
    var rawValue: UInt64

    /// Masked, everything else zero: as after reset.
    static let reset = IOAPICEntry(rawValue: 1 << 16)
    /// Bits 12 (delivery status) and 14 (remote IRR), which software cannot write.
    static let readOnly: UInt64 = 1 << 12 | 1 << 14

    /// Bits 7:0
    var vector: UInt8 { UInt8(truncatingIfNeeded: rawValue) }
    /// Bits 10:8
    var deliveryMode: UInt64 { rawValue >> 8 & 7 }
    /// Bit 11
    var isLogical: Bool { rawValue >> 11 & 1 != 0 }
    /// Bit 13
    var isActiveLow: Bool { rawValue >> 13 & 1 != 0 }
    /// Bit 14
    var remoteIRR: Bool {
        get { rawValue >> 14 & 1 != 0 }
        set { rawValue = rawValue & ~(1 << 14) | (newValue ? 1 << 14 : 0) }
    }
    /// Bit 15
    var isLevel: Bool { rawValue >> 15 & 1 != 0 }
    /// Bit 16
    var isMasked: Bool { rawValue >> 16 & 1 != 0 }
    /// Bits 55:49: bits 14:8 of the destination, where the hypervisor offers them.
    var extendedDestination: UInt64 { rawValue >> 49 & 0x7F }
    /// Bits 63:56
    var destination: UInt64 { rawValue >> 56 }
}
